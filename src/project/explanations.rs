//! The explanations of all codes.

use crate::diagnostics::explain::Explanation;
use crate::{deploy, load, prelude, semantics, syntax};

/// All explanations, sorted by code.
pub fn explanations() -> Vec<Explanation> {
    let mut pages = [
        load::codes::explanations(),
        syntax::codes::explanations(),
        semantics::codes::explanations(),
        prelude::explanations(),
        deploy::rules::explanations(),
        super::codes::explanations(),
    ]
    .concat();
    // Errors first, then warnings, by their numbers.
    pages.sort_by_key(|page| (page.code.starts_with('W'), page.code.clone()));
    pages
}
