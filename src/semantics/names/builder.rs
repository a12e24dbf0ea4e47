//! The state of collecting declarations.

use super::{
    Base, HashMap, Item, ItemKind, Lineage, ModuleId, Name, Names, Program, Resolution, Schema, SchemaId,
    Span, Type,
};
use crate::diagnostics::{Diagnostic, wording};
use crate::semantics::codes::DUPLICATE;
use crate::semantics::findings::Findings;
use foldhash::HashSet;

pub(super) struct Builder<'t, 'p> {
    pub(super) names: Vec<Names<'t>>,
    pub(super) findings: &'p mut Findings,
    /// The precompiled built-in schema; `None` while that itself is collected.
    pub(super) base: Option<&'t Base<'t>>,
    /// The declarations of the schemas that are not in `base`, in the order of their ids.
    pub(super) declared: Vec<(&'t Item, ModuleId)>,
    /// The same schemas, once built; `None` before and while one is being built.
    pub(super) schemas: Vec<Option<Schema<'t>>>,
    pub(super) lineage: Lineage,
    /// The types being resolved, to detect one that is defined by itself.
    pub(super) resolving: HashSet<Resolution>,
    /// Schemas that extend an unknown schema.
    pub(super) orphans: HashSet<SchemaId>,
    /// The types of the aliases and refinements resolved so far.
    pub(super) aliases: HashMap<Resolution, Type>,
    pub(super) diagnostics: &'p mut Vec<Diagnostic>,
    /// Whether the declaration being collected has a syntax error.
    pub(super) muted: bool,
}

impl<'t> Builder<'t, '_> {
    /// The number of schemas in `base`.
    pub(super) fn known(&self) -> usize {
        self.base.map_or(0, |base| base.schemas.len())
    }

    /// Returns a schema, if it has been built.
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

    /// Records a diagnostic, unless it is a consequence of a syntax error.
    pub(super) fn tell(&mut self, report: Diagnostic) {
        if !self.muted {
            self.diagnostics.push(report);
        }
    }

    /// Collects a node; if it is `broken`, what is found in it is a consequence of its syntax error.
    pub(super) fn muted<R>(&mut self, broken: bool, collect: impl FnOnce(&mut Self) -> R) -> R {
        let muted = std::mem::replace(&mut self.muted, broken);
        let result = collect(self);
        self.muted = muted;
        result
    }

    /// Marks the expressions of a declaration with a syntax error.
    pub(super) fn poison(&mut self, item: &Item) {
        match &item.kind {
            _ if !item.broken => {}
            ItemKind::Let { value: expr, .. }
            | ItemKind::Fn { body: expr, .. }
            | ItemKind::Type { condition: Some(expr), .. } => self.findings.poison(expr),
            _ => {}
        }
    }

    pub(super) fn report_duplicate(&mut self, name: &Name, first: Span, what: &str) {
        self.tell(
            Diagnostic::error(&DUPLICATE, format!("the {what} `{}` is declared twice", name.text))
                .at(name.span, "again here")
                .because(first, "first here")
                .help("rename one of them"),
        );
    }
}

/// Returns the most similar of some names, for a diagnostic.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    wording::nearest(name, known)
}
