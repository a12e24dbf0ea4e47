//! The built-in schema, in the language itself: types, defaults, docs and checks of a stack.
//!
//! The one source about settings. A setting is added here and in [`crate::deploy`]; values, JSON
//! Schema, checks at install and documents are computed from it.
//!
//! `build.rs` parses the files when vmsc itself is built, so that no run has to: a mistake in one
//! of them fails that build.

use crate::diagnostics::explain::{self, Explanation};
use crate::source::Sources;
use crate::syntax::tree::Tree;
use std::sync::{Arc, OnceLock};

/// The schema that a stack has.
pub const ROOT: &str = "Stack";

/// The built-in schema, parsed.
#[derive(Debug)]
pub struct Prelude {
    /// Its files, for a source map to find the spans of the trees in.
    pub sources: Arc<Sources>,
    /// A tree a file.
    pub trees: Vec<Tree>,
}

/// What `build.rs` made of the files beside this one.
const PARSED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/prelude.bin"));

/// The built-in schema; decoded once a process.
pub fn get() -> &'static Prelude {
    static PRELUDE: OnceLock<Prelude> = OnceLock::new();
    PRELUDE.get_or_init(|| {
        let (sources, trees) = postcard::from_bytes(PARSED).unwrap_or_default();
        Prelude { sources: Arc::new(sources), trees }
    })
}

/// What the codes of its checks mean.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_root_schema() {
        let mut items = get().trees.iter().flat_map(Tree::items);
        assert!(items.any(|item| &*item.name.text == ROOT));
    }
}
