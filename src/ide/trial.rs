//! What a stack would be with some edits, to see what they would break.

use super::edit::Edits;
use crate::compile::Live;
use crate::diagnostics::Diagnostic;
use crate::project::workspace::location;
use crate::semantics::stop::Stop;
use std::collections::BTreeMap;

/// A stack with edits applied to its files.
pub fn edited(live: &Live, edits: &Edits) -> Live {
    let overlay = edits.over(&live.map().overlay);
    let file = live.path_of(live.file());
    let place = live.place();
    let place = if place.file.as_str().is_empty() { place.clone() } else { location(&file, &place.root) };
    let text = edits.files().find(|(edited, _)| *edited == file);
    let text = text.map_or_else(
        || live.source().text.clone(),
        |(_, edits)| super::edit::applied(&live.source().text, edits),
    );
    let mut after = Live::new(&live.source().name, text, place, overlay);
    let _ = after.evaluate(&Stop::default());
    after
}

/// How many diagnostics of each kind a stack has, if it was evaluated.
fn counts(live: &Live) -> BTreeMap<(&str, bool), usize> {
    let mut found = BTreeMap::new();
    for report in live.outcome().iter().flat_map(|outcome| &outcome.reports) {
        *found.entry((&*report.code.0, report.is_error())).or_default() += 1;
    }
    found
}

/// Whether a stack has a kind of diagnostic that it had not, or more of one, than before.
pub fn is_worse(before: &Live, after: &Live) -> bool {
    let known = counts(before);
    counts(after).into_iter().any(|(kind, count)| count > known.get(&kind).copied().unwrap_or_default())
}

/// The first error that a stack has and had not before: its title and where it is.
pub fn first_new(before: &Live, after: &Live) -> Option<String> {
    let reports = |live: &Live| live.outcome().map(|outcome| outcome.reports.clone()).unwrap_or_default();
    let known: Vec<String> = reports(before).into_iter().map(|report| report.title).collect();
    let new = reports(after).into_iter().find(|report| !known.contains(&report.title))?;
    let place = new.primary().map(|span| {
        let (file, range) = after.map().locate(span);
        let (line, _) = after.map().line_column(file, range.start);
        format!(" ({}:{line})", after.map().file(file).name)
    });
    Some(format!("{}{}", new.title, place.unwrap_or_default()))
}

/// The number of errors and warnings.
pub fn weight(live: &Live) -> usize {
    live.outcome().map_or(0, |outcome| outcome.reports.iter().map(severity).sum())
}

fn severity(report: &Diagnostic) -> usize {
    if report.is_error() { 1000 } else { 1 }
}
