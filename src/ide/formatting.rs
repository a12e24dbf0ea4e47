//! Formatting as small edits.

use super::view::View;
use crate::source::markers;
use crate::syntax::format;
use similar::{DiffTag, TextDiff};
use std::ops::Range;

/// The edits that format a file, or the lines of it that touch a range; none if it has syntax errors.
pub fn formatting(view: View<'_>, within: Option<&Range<usize>>) -> Vec<(Range<usize>, String)> {
    let text = view.text();
    if markers::unresolved(text).is_some() {
        return Vec::new();
    }
    let Ok(formatted) = format::checked(&view.source().name, text) else { return Vec::new() };
    let diff = TextDiff::from_lines(text, formatted.as_str());
    let (old, new) = (starts(text), starts(&formatted));
    let mut edits = Vec::new();
    for change in diff.ops() {
        if change.tag() == DiffTag::Equal {
            continue;
        }
        let (before, after) = (change.old_range(), change.new_range());
        let range = old[before.start]..old[before.end];
        let touches = within.is_none_or(|within| range.start <= within.end && within.start <= range.end);
        if touches {
            edits.push((range, formatted[new[after.start]..new[after.end]].to_owned()));
        }
    }
    edits
}

/// The start of each line, and the end of the text.
fn starts(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut found = vec![0];
    for line in text.split_inclusive('\n') {
        at += line.len();
        found.push(at);
    }
    found
}
