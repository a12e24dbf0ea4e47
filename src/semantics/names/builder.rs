//! What is known while the declarations are collected.

use super::*;
use crate::diagnostics::{Report, wording};
use crate::semantics::findings::Findings;
use crate::semantics::problems::DUPLICATE;
use foldhash::HashSet;

pub(super) struct Builder<'t, 'p> {
    pub(super) names: Vec<Names<'t>>,
    pub(super) findings: &'p mut Findings,
    /// The declarations of schemas, by their ids.
    pub(super) declared: Vec<(&'t Item, ModuleId)>,
    /// The schemas that are made; none while or before one is.
    pub(super) schemas: Vec<Option<Schema<'t>>>,
    pub(super) lineage: Lineage,
    /// The types that are being resolved, to find one that stands for itself.
    pub(super) resolving: HashSet<Resolution>,
    /// Schemas that extend one that is not known.
    pub(super) orphans: HashSet<SchemaId>,
    /// What aliases and refinements stand for, as far as they are resolved.
    pub(super) aliases: HashMap<Resolution, Type>,
    pub(super) problems: &'p mut Vec<Report>,
}

impl Builder<'_, '_> {
    pub(super) fn twice(&mut self, name: &Name, first: Span, what: &str) {
        self.problems.push(
            Report::error(&DUPLICATE, format!("the {what} `{}` is declared twice", name.text))
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
