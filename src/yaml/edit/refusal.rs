//! Why an edit is refused.

use std::ops::Range;

/// Why a file can't be edited, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The reason.
    pub reason: String,
    /// Whether the file is not valid YAML.
    pub broken: bool,
    /// The byte range of the cause.
    pub at: Range<usize>,
}

impl Refusal {
    /// The same refusal, `by` bytes further on.
    pub(super) fn moved(self, by: usize) -> Refusal {
        Refusal { at: self.at.start + by..self.at.end + by, ..self }
    }
}

pub(super) fn refuse<T>(reason: impl Into<String>, at: Range<usize>) -> Result<T, Refusal> {
    Err(Refusal { reason: reason.into(), broken: false, at })
}
