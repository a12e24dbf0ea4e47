//! The result of compiling a stack.

use super::analysis::Analysis;
use crate::diagnostics::Diagnostic;
use crate::emit::Variant;
use crate::semantics::Evaluated;
use crate::source::Span;

/// A compiled stack.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The analysis of its files.
    pub analysis: Analysis,
    /// The stack alone, then each profile.
    pub variants: Vec<Variant>,
    /// Locations for diagnostics about the umbrella and the compose file.
    pub places: Places,
}

/// Locations that later diagnostics point at.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// `chart.parent`, or the stack's name if unset.
    pub parent: Span,
    /// `compose.file`, or the stack's name if unset.
    pub compose: Span,
    /// The stack's name.
    pub name: Span,
}

/// The outcome of compiling a file.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The compiled stack, if there are no errors.
    pub compiled: Option<Compiled>,
    /// The values of the stack alone, then with each profile, even if there are errors. What could not be
    /// computed is an error value.
    pub evaluated: Vec<Evaluated>,
    /// All diagnostics, in source order.
    pub reports: Vec<Diagnostic>,
    /// Whether the file has a stack, rather than only declarations to import.
    pub has_stack: bool,
}
