//! `vmsc check --fix`: applies the fixes that are safe.

use super::session::{self, Session, StackSource};
use super::{Global, Input};
use crate::diagnostics::{Diagnostic, Edit};
use std::ops::Range;

/// Maximum number of rounds of applying fixes and recompiling.
const ROUNDS: usize = 16;

/// Applies safe fixes until none is left; returns the fixed stack and the number of diagnostics fixed. A
/// round that does not reduce the number of diagnostics is undone, unless it uncovers one further on that
/// can be fixed too.
pub(super) fn fix(text: &mut StackSource, input: &Input, global: &Global) -> (Session, usize) {
    let mut session = session::compiled(text, input, global);
    let (before, original) = (session.reports.len(), text.text.clone());
    for _ in 0..ROUNDS {
        let edits = edits(&session);
        if edits.is_empty() {
            break;
        }
        let old = std::mem::take(&mut text.text);
        text.text = applied(&old, &edits);
        let next = session::compiled(text, input, global);
        // A fix may uncover another diagnostic behind it.
        let further = next.reports.len() == session.reports.len()
            && self::edits(&next).first().is_some_and(|(range, _)| range.start > edits[0].0.start);
        if next.reports.len() >= session.reports.len() && !further {
            text.text = old;
            break;
        }
        session = next;
    }
    let done = before.saturating_sub(session.reports.len());
    // Edits that fixed nothing in the end are dropped; recompile so that the diagnostics match the text.
    if done == 0 && text.text != original {
        text.text = original;
        session = session::compiled(text, input, global);
    }
    (session, done)
}

/// The safe edits to the stack's own file, sorted and without overlaps.
fn edits(session: &Session) -> Vec<(Range<usize>, String)> {
    let own = session.map.files().next().map(|(file, _)| file);
    let certain = |report: &Diagnostic| -> Option<Edit> {
        let mut edits = report.helps.iter().filter_map(|help| help.edit.clone());
        edits.find(|edit| edit.certain)
    };
    let found = session.reports.iter().filter_map(certain).filter_map(|edit| {
        let (file, range) = session.map.locate(edit.span);
        (Some(file) == own).then_some((range, edit.replacement))
    });
    // If two delimiters are closed at the same position, the one opened last is closed first.
    let mut found: Vec<(Range<usize>, String)> = found.collect();
    found.reverse();
    found.sort_by_key(|(range, _)| (range.start, range.end));
    found.dedup();
    let mut end = 0;
    found.retain(|(range, _)| {
        let apart = range.start >= end;
        end = if apart { range.end } else { end };
        apart
    });
    found
}

fn applied(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        out.push_str(&text[at..range.start]);
        out.push_str(replacement);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}
