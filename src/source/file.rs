//! A file, and positions in its text.

use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// A position in a text, or a count of what is in one: a text has at most [`super::read::MAX_BYTES`].
pub fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// One file: its name as a person would type it, and its text.
#[derive(Debug, Serialize, Deserialize)]
pub struct SourceFile {
    /// Path as shown in reports, relative to the project root where it is below it.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// Where its lines begin, once somebody asks.
    #[serde(skip)]
    pub(super) lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// Where each line begins.
    pub fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let after =
                self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(after).collect()
        })
    }

    /// The line of a byte, from 0.
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
