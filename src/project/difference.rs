//! Compares edits made by hand with what a build writes.

use super::header::Header;
use crate::source::line_start;
use similar::{Change, ChangeTag, TextDiff};
use std::ops::Range;

/// Maximum number of lines to show.
const MOST: usize = 6;

/// How an edited file or value differs from what a build writes.
pub(super) struct Difference {
    /// The differing lines, for a note.
    pub(super) note: String,
    /// The first differing line in the edited file; `None` if lines are only missing.
    pub(super) at: Option<Range<usize>>,
}

impl Difference {
    /// Compares a whole file with what a build writes.
    pub(super) fn of_file(built: &str, edited: &str) -> Difference {
        let diff = TextDiff::from_lines(built, edited);
        // The header is ignored, because its digest changes with any other line.
        let headers = (Header::line(built), Header::line(edited));
        let of_header = |change: &Change<&str>| match change.tag() {
            ChangeTag::Delete => change.old_index() == headers.0,
            _ => change.new_index() == headers.1,
        };
        let differs = |change: &Change<&str>| change.tag() != ChangeTag::Equal && !of_header(change);
        let changes: Vec<Change<&str>> = diff.iter_all_changes().filter(differs).collect();
        let lines = changes.iter().take(MOST).map(|change| {
            let sign = if change.tag() == ChangeTag::Insert { "+" } else { "-" };
            format!("\n{sign} {}", change.value().trim_end())
        });
        let more = if changes.len() > MOST { "\n…" } else { "" };
        let first = changes.iter().find_map(Change::new_index);
        Difference {
            note: format!("the edit, beside what a build writes:{}{more}", lines.collect::<String>()),
            at: first.map(|line| line_range(edited, 0, line)),
        }
    }

    /// Compares a value in a YAML file with what a build writes, unindented.
    pub(super) fn of_value(built: &str, text: &str, value: &Range<usize>) -> Difference {
        let line = text[..value.start].rfind('\n').map_or(0, |newline| newline + 1);
        let begin = if text[line..value.start].trim().is_empty() { line } else { value.start };
        let block = text[begin..value.end].trim_start_matches(['\n', '\r']);
        let begin = value.end - block.len();
        let indent = |line: &str| line.len() - line.trim_start().len();
        let least = block.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
        let flat = block.lines().map(|line| format!("{}\n", line.get(least..).unwrap_or_default()));
        let flat: String = flat.collect();
        let found = Difference::of_file(built, &flat);
        let at = found.at.map(|at| line_range(text, begin, flat[..at.start].matches('\n').count()));
        Difference { at, ..found }
    }
}

/// The range of a line, counted from `from`, without surrounding whitespace.
fn line_range(text: &str, from: usize, line: usize) -> Range<usize> {
    let start = from + line_start(&text[from..], line);
    let line = text[start..].lines().next().unwrap_or_default();
    let (blanks, kept) = (line.len() - line.trim_start().len(), line.trim_end().len());
    start + blanks.min(kept)..start + kept
}
