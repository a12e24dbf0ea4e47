//! A file, and positions in its text.

use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Converts a position or a count in a text to `u32`; a text has at most [`super::read::MAX_BYTES`].
pub fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Start of a line (from 0) of a text; its end if it has fewer lines.
pub fn line_start(text: &str, line: usize) -> usize {
    text.split_inclusive('\n').take(line).map(str::len).sum()
}

/// A file: its name as a user would type it, and its text.
#[derive(Debug, Serialize, Deserialize)]
pub struct SourceFile {
    /// Path as shown in diagnostics; relative to the project root if the file is below it.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// Start of each line, computed on first use.
    #[serde(skip)]
    pub(super) lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A file with its text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> SourceFile {
        SourceFile { name: name.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// Start of each line.
    pub fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let after =
                self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(after).collect()
        })
    }

    /// Zero-based line of a byte.
    pub fn line(&self, byte: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= byte).saturating_sub(1)
    }
}

pub(super) fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

pub(super) fn ceil_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
