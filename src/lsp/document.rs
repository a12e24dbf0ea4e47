//! An open document.

use crate::source::position::Encoding;
use crate::source::{SourceFile, position};
use camino::Utf8PathBuf;
use gen_lsp_types::{Range, TextDocumentContentChangeEvent};

/// A document that the client has open.
#[derive(Debug)]
pub(super) struct Document {
    /// Its address, as the client wrote it.
    pub(super) uri: String,
    /// Its path with links resolved.
    pub(super) path: Utf8PathBuf,
    /// Its version.
    pub(super) version: i32,
    /// Its text.
    pub(super) source: SourceFile,
}

impl Document {
    /// Applies changes in order. Returns the lines (from 0) that changed, as they were before, and how many
    /// lines the text grew by; `None` if everything may have changed.
    pub(super) fn change(
        &mut self,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Vec<Option<Changed>> {
        let mut changed = Vec::new();
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    changed.push(Some(self.replace(change.range, &change.text, encoding)));
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
                    self.source = SourceFile::new(self.source.name.clone(), change.text);
                    changed.push(None);
                }
            }
        }
        changed
    }

    fn replace(&mut self, range: Range, text: &str, encoding: Encoding) -> Changed {
        let at = |position: gen_lsp_types::Position| position::Position {
            line: position.line,
            column: position.character,
        };
        let start = self.source.byte(at(range.start), encoding);
        let end = self.source.byte(at(range.end), encoding).max(start);
        let lines = |text: &str| i64::try_from(text.matches('\n').count()).unwrap_or(i64::MAX);
        let first = self.source.line(start);
        let last = self.source.line(end);
        let mut after = std::mem::take(&mut self.source.text);
        let grown = lines(text) - lines(&after[start..end]);
        after.replace_range(start..end, text);
        self.source = SourceFile::new(std::mem::take(&mut self.source.name), after);
        Changed { first, last, grown }
    }
}

/// Lines that changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed {
    /// The first, from 0.
    pub(super) first: usize,
    /// The last, as it was before.
    pub(super) last: usize,
    /// How many lines the text grew by.
    pub(super) grown: i64,
}

impl Changed {
    /// Where a line is after the change.
    pub(super) fn moved(self, line: usize) -> usize {
        match line {
            line if line <= self.first => line,
            line if line <= self.last => self.first,
            line => {
                let moved = i64::try_from(line).unwrap_or(i64::MAX) + self.grown;
                usize::try_from(moved).unwrap_or(self.first).max(self.first)
            }
        }
    }
}
