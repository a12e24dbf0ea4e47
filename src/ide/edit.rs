//! Edits of files, as a feature proposes them.

use super::outputs::Place;
use crate::source::overlay::Overlay;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::ops::Range;

/// Edits by file, each sorted and apart from the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(BTreeMap<Utf8PathBuf, Vec<(Range<usize>, String)>>);

impl Edits {
    /// A single edit.
    pub fn one(file: Utf8PathBuf, range: Range<usize>, text: impl Into<String>) -> Edits {
        let mut edits = Edits::default();
        edits.add(file, range, text);
        edits
    }

    /// Adds an edit, which must not overlap another.
    pub fn add(&mut self, file: Utf8PathBuf, range: Range<usize>, text: impl Into<String>) {
        let known = self.0.entry(file).or_default();
        let at = known.partition_point(|(other, _)| (other.start, other.end) <= (range.start, range.end));
        known.insert(at, (range, text.into()));
    }

    /// Adds an edit at a place.
    pub fn replace(&mut self, place: Place, text: impl Into<String>) {
        self.add(place.file, place.range, text);
    }

    /// The edited files with their edits.
    pub fn files(&self) -> impl Iterator<Item = (&Utf8Path, &[(Range<usize>, String)])> {
        self.0.iter().map(|(file, edits)| (file.as_path(), edits.as_slice()))
    }

    /// Whether nothing is edited.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The texts of an overlay with the edits applied.
    pub fn over(&self, overlay: &Overlay) -> Overlay {
        let mut after = overlay.clone();
        for (file, edits) in self.files() {
            if let Ok(text) = overlay.text(file) {
                after.open(file.to_owned(), applied(&text, edits));
            }
        }
        after
    }
}

/// A text with edits applied; they are sorted and do not overlap. What is beyond the text is ignored.
pub fn applied(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(replacement);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
