//! Why an edit is refused.

use std::ops::Range;

/// Why a file can't be edited: a sentence about the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// What is in the way.
    pub reason: String,
    /// Whether the text is no YAML at all.
    pub broken: bool,
    /// Where.
    pub at: Range<usize>,
}

pub(super) fn refuse<T>(reason: impl Into<String>, at: Range<usize>) -> Result<T, Refusal> {
    Err(Refusal { reason: reason.into(), broken: false, at })
}
