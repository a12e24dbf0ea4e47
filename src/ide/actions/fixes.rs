//! The edits that diagnostics propose.

use crate::compile::Live;
use crate::diagnostics::{Diagnostic, Severity};
use crate::ide::edit::Edits;
use crate::ide::trial;
use crate::source::FileId;
use std::ops::Range;

/// An edit that a diagnostic proposes.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// Index of the diagnostic among those that were given.
    pub of: usize,
    /// Whether it is certain: there are fewer errors with it.
    pub certain: bool,
    /// The edits.
    pub edits: Edits,
}

/// Rounds of fixing, at most.
const ROUNDS: usize = 16;

/// The fixes of those diagnostics whose labels touch a range of a file.
pub fn fixes(live: &Live, reports: &[Diagnostic], file: FileId, range: &Range<usize>) -> Vec<Fix> {
    let map = live.map();
    let touches = |report: &Diagnostic| {
        report.labels.iter().any(|label| {
            let (own, place) = map.locate(label.span);
            own == file && place.start <= range.end && range.start <= place.end
        })
    };
    let mut found = Vec::new();
    for (of, report) in reports.iter().enumerate().filter(|(_, report)| touches(report)) {
        for help in &report.helps {
            let Some(edit) = &help.edit else { continue };
            let (own, place) = map.locate(edit.span);
            let edits = Edits::one(live.path_of(own), place, edit.replacement.clone());
            let certain = edit.certain && {
                let after = trial::edited(live, &edits);
                trial::weight(&after) < trial::weight(live)
            };
            found.push(Fix { title: sentence(&help.text), of, certain, edits });
        }
    }
    found
}

/// A help as a title: its first letter is a capital.
fn sentence(help: &str) -> String {
    let mut letters = help.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// All fixes of the stack's own file that are certain, applied as often as they make it better.
pub fn fix_all(live: &Live) -> Option<Edits> {
    let own = live.path_of(live.file());
    let original = live.source().text.clone();
    let mut now = trial::edited(live, &Edits::default());
    let before = trial::weight(&now);
    for _ in 0..ROUNDS {
        let edits = certain(&now)?;
        if edits.is_empty() {
            break;
        }
        let next = trial::edited(&now, &edits);
        if trial::weight(&next) >= trial::weight(&now) {
            break;
        }
        now = next;
    }
    let text = &now.source().text;
    let better = trial::weight(&now) < before && *text != original;
    better.then(|| Edits::one(own, 0..original.len(), text.clone()))
}

/// The certain edits of a stack's own file that do not overlap.
fn certain(live: &Live) -> Option<Edits> {
    let own = live.path_of(live.file());
    let reports = &live.outcome()?.reports;
    let mut found: Vec<(Range<usize>, String)> = reports
        .iter()
        .filter(|report| {
            report.severity == Severity::Error || report.helps.iter().any(|help| help.edit.is_some())
        })
        .filter_map(|report| {
            report.helps.iter().filter_map(|help| help.edit.clone()).find(|edit| edit.certain)
        })
        .filter_map(|edit| {
            let (file, range) = live.map().locate(edit.span);
            (file == live.file()).then_some((range, edit.replacement))
        })
        .collect();
    found.sort_by_key(|(range, _)| (range.start, range.end));
    found.dedup();
    let mut edits = Edits::default();
    let mut end = 0;
    for (range, text) in found {
        if range.start >= end {
            end = range.end;
            edits.add(own.clone(), range, text);
        }
    }
    Some(edits)
}
