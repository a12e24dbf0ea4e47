//! What a stack compiles to.

use super::analysis::Analysis;
use crate::diagnostics::Diagnostic;
use crate::emit::Variant;
use crate::source::Span;

/// What a stack compiles to.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What is known of its files.
    pub analysis: Analysis,
    /// The stack alone, then each profile.
    pub variants: Vec<Variant>,
    /// Where the compose file is named, and the umbrella.
    pub places: Places,
}

/// Settings that later reports point at.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// `chart.parent`, else the stack's name.
    pub parent: Span,
    /// `compose.file`, else the stack's name.
    pub compose: Span,
    /// The stack's name.
    pub name: Span,
}

/// What came of compiling a file.
#[derive(Debug)]
pub struct Outcome {
    /// What was compiled, where no report is an error.
    pub compiled: Option<Compiled>,
    /// What is known of the file and its imports, whatever is wrong with them.
    pub analysis: Option<Analysis>,
    /// Every report, in source order.
    pub reports: Vec<Diagnostic>,
    /// Whether the file has a stack, and is not only there to be imported.
    pub has_stack: bool,
}
