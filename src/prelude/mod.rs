//! The built-in schema, in the language itself: types, defaults, docs and checks of a stack.
//!
//! The one source about settings. A setting is added here and in [`crate::deploy`]; values, JSON
//! Schema, checks at install and documents are computed from it.

use crate::diagnostics::Report;
use crate::source::SourceMap;
use crate::syntax::{self, tree::Tree};

/// The schema that a stack has.
pub const ROOT: &str = "Stack";

const FILES: &[(&str, &str)] = &[
    ("types.vms", include_str!("types.vms")),
    ("workload.vms", include_str!("workload.vms")),
    ("server.vms", include_str!("server.vms")),
    ("agent.vms", include_str!("agent.vms")),
    ("scrape.vms", include_str!("scrape.vms")),
    ("stack.vms", include_str!("stack.vms")),
];

/// Parses the built-in schema. It has no problems; a test holds that.
pub fn parse(map: &mut SourceMap) -> (Vec<Tree>, Vec<Report>) {
    let mut problems = Vec::new();
    let trees = FILES.iter().map(|(name, text)| {
        let file = map.add_builtin(format!("the built-in {name}"), *text);
        let (tree, mut found) = syntax::parse(file, map);
        problems.append(&mut found);
        tree
    });
    (trees.collect(), problems)
}
