//! What is known while the declarations are collected.

use super::{
    Base, HashMap, Item, Lineage, ModuleId, Name, Names, Program, Resolution, Schema, SchemaId, Span, Type,
};
use crate::diagnostics::{Diagnostic, wording};
use crate::semantics::codes::DUPLICATE;
use crate::semantics::findings::Findings;
use foldhash::HashSet;

pub(super) struct Builder<'t, 'p> {
    pub(super) names: Vec<Names<'t>>,
    pub(super) findings: &'p mut Findings,
    /// What is known of the built-in schema, unless that is what is collected.
    pub(super) base: Option<&'t Base<'t>>,
    /// The declarations of schemas that are not known before, in the order of their ids.
    pub(super) declared: Vec<(&'t Item, ModuleId)>,
    /// The same schemas, made; none while or before one is.
    pub(super) schemas: Vec<Option<Schema<'t>>>,
    pub(super) lineage: Lineage,
    /// The types that are being resolved, to find one that stands for itself.
    pub(super) resolving: HashSet<Resolution>,
    /// Schemas that extend one that is not known.
    pub(super) orphans: HashSet<SchemaId>,
    /// What aliases and refinements stand for, as far as they are resolved.
    pub(super) aliases: HashMap<Resolution, Type>,
    pub(super) diagnostics: &'p mut Vec<Diagnostic>,
}

impl<'t> Builder<'t, '_> {
    /// How many schemas are known before.
    pub(super) fn known(&self) -> usize {
        self.base.map_or(0, |base| base.schemas.len())
    }

    /// A schema that is made.
    pub(super) fn schema(&self, id: SchemaId) -> Option<&Schema<'t>> {
        match self.base.and_then(|base| base.schemas.get(id.index())) {
            Some(base) => Some(base),
            None => self.schemas[id.index() - self.known()].as_ref(),
        }
    }

    /// The name of a schema.
    pub(super) fn name_of(&self, id: SchemaId) -> &'t Name {
        match self.base.and_then(|base| base.schemas.get(id.index())) {
            Some(base) => base.name,
            None => &self.declared[id.index() - self.known()].0.name,
        }
    }

    /// The names of a file.
    pub(super) fn names(&self, module: ModuleId) -> &Names<'t> {
        match self.base {
            Some(base) if module == Program::builtin() => &base.names,
            _ => &self.names[module.index()],
        }
    }

    pub(super) fn report_duplicate(&mut self, name: &Name, first: Span, what: &str) {
        self.diagnostics.push(
            Diagnostic::error(&DUPLICATE, format!("the {what} `{}` is declared twice", name.text))
                .at(name.span, "again here")
                .because(first, "first here")
                .help("rename one of them"),
        );
    }
}

/// The nearest of some names, for a report.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    wording::nearest(name, known)
}
