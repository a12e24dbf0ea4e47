//! The built-in schema, written in the language itself: types, defaults, docs and checks of a stack.
//!
//! This is the single source of truth about settings. To add a setting, change this schema and
//! [`crate::deploy`]; values, JSON Schema, install-time checks and docs are generated from it.
//!
//! `build.rs` parses, resolves and type-checks these files when vmsc itself is built, so that vmsc
//! need not do so on every run. An error in one of them fails that build.

use crate::diagnostics::explain::{self, Explanation};
use crate::semantics::names::{Base, Skeleton};
use crate::source::Sources;
use crate::syntax::tree::Tree;
use std::sync::Arc;

/// The schema of a stack.
pub const ROOT: &str = "Stack";

/// The built-in schema.
#[derive(Debug)]
pub struct Prelude {
    /// Its files, in which a source map finds the spans of the trees.
    pub sources: Arc<Sources>,
    /// The syntax trees, one per file.
    pub trees: &'static [Tree],
    /// Its declarations, resolved and type-checked.
    pub base: Base<'static>,
}

/// The serialized schema that `build.rs` generates.
const WRITTEN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/prelude.bin"));

thread_local! {
    // Declarations borrow from the trees, so both are leaked for the life of the thread. Only one
    // thread of a process compiles.
    static PRELUDE: &'static Prelude = Box::leak(Box::new(read()));
}

/// The built-in schema, deserialized once per thread.
pub fn get() -> &'static Prelude {
    PRELUDE.with(|prelude| *prelude)
}

fn read() -> Prelude {
    let (sources, trees, skeleton): (Sources, Vec<Tree>, Skeleton) =
        postcard::from_bytes(WRITTEN).unwrap_or_default();
    let trees: &'static [Tree] = Box::leak(trees.into_boxed_slice());
    Prelude { sources: Arc::new(sources), trees, base: Base::new(skeleton, trees) }
}

/// Explanations of its checks' codes.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Loaded;
    use crate::semantics::findings::Findings;
    use crate::semantics::names::{Builtins, Files, collect};

    #[test]
    fn it_has_the_root_schema() {
        let mut items = get().trees.iter().flat_map(Tree::items);
        assert!(items.any(|item| &*item.name.text == ROOT));
    }

    /// The serialized schema equals what analysing the files at run time would produce.
    #[test]
    fn what_is_read_is_what_would_be_found_out() {
        let Prelude { trees, base, .. } = get();
        let chunks = || trees.iter().flat_map(Tree::all_chunks);
        let mut findings = Findings::default().with(chunks());
        let (mut diagnostics, loaded) = (Vec::new(), Loaded::default());
        let files = Files { builtin: Builtins::Files(trees, ROOT), loaded: &loaded };
        let found = collect(files, &mut findings, &mut diagnostics).unwrap();
        crate::semantics::check(&found, &mut findings, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let files = Files { builtin: Builtins::Known(base), loaded: &loaded };
        let read = collect(files, &mut base.findings().clone(), &mut diagnostics).unwrap();
        assert_eq!(
            format!("{:#?}", found.schemas.iter().collect::<Vec<_>>()),
            format!("{:#?}", read.schemas.iter().collect::<Vec<_>>())
        );
        assert_eq!(
            format!("{:?}", found.refined.iter().collect::<Vec<_>>()),
            format!("{:?}", read.refined.iter().collect::<Vec<_>>())
        );
        let written =
            |program, findings| postcard::to_allocvec(&Skeleton::of(program, findings, trees)).unwrap();
        let skeleton: Skeleton = postcard::from_bytes(&written(&found, &findings)).unwrap();
        assert_eq!(format!("{:?}", Base::new(skeleton, trees).findings()), format!("{:?}", base.findings()));
    }
}
