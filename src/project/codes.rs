//! Diagnostics about the project and its outputs.

use super::change::{Change, WriteError};
use super::difference::Difference;
use crate::diagnostics::explain::{self, Explanation};
use crate::diagnostics::{Diagnostic, pages};
use crate::source::{SourceMap, Span};

pages! {
    Project {
        /// A file that can't be written.
        UNWRITABLE "E0006" "a file can't be written";
        /// A path that leads out of the project.
        OUTSIDE "E0701" "a path is outside the project";
        /// A generated file that was edited by hand.
        EDITED "E0702" "a generated file was edited by hand";
        /// An entry that was written or edited by hand.
        OWNED "E0703" "an entry was written or edited by hand";
        /// A file that can't be edited in place.
        SHAPE "E0704" "a file can't be edited in place";
        /// An output that is out of date.
        STALE "E0705" "outputs differ from what a build would write";
        /// A missing umbrella chart.
        UMBRELLA "E0706" "the umbrella chart does not exist";
        /// A file that two outputs share.
        SHARED "E0709" "two outputs share one file";
        /// A value in the umbrella that overrides the stack for Helm only.
        OVERRIDDEN "W0710" "the umbrella's values override the stack, for Helm only";
        /// A port that two services publish.
        PUBLISHED "W0711" "another service publishes the same port";
        /// An archived chart that Helm would use instead of the subchart.
        ARCHIVE "W0707" "an archive overrides the subchart";
        /// A lock file that is out of sync.
        LOCK "W0708" "the umbrella's lock file is out of sync";
    }
}

/// Reports a stack whose name is already used in another file.
pub fn same_name(first: &str, name: Span) -> Diagnostic {
    Diagnostic::error(&SHARED, format!("`{first}` already has a stack with this name"))
        .at(name, "would write the same files")
        .help("give one of the stacks another name, or remove it")
}

/// Reports a file that can't be written.
pub fn unwritable(failure: &WriteError) -> Diagnostic {
    Diagnostic::error(&UNWRITABLE, format!("`{}` can't be written", failure.path))
        .note(failure.error.to_string())
        .help("check its permissions, and whether the disk is full")
}

/// Reports a file that a build would change.
pub fn stale(change: &Change, stack: &str, map: &mut SourceMap) -> Diagnostic {
    let report = |what: &str| Diagnostic::error(&STALE, format!("`{}` {what}", change.path));
    let report = match (&change.before, &change.after) {
        (None, _) => report("is missing, and a build would write it"),
        (_, None) => report("is left over, and a build would remove it"),
        (Some(before), Some(after)) => {
            let report = report("differs from what a build would write");
            match Difference::of_file(after, before).at {
                Some(at) => at_file(report, &change.path, before, at, "a build would change this", map),
                None => report,
            }
        }
    };
    report.help(format!("run `vmsc build {stack}` and commit what it writes"))
}

/// Adds a label in a file that is not a stack.
pub fn at_file(
    report: Diagnostic,
    name: &str,
    text: &str,
    range: std::ops::Range<usize>,
    label: &str,
    map: &mut SourceMap,
) -> Diagnostic {
    let file = map.add(name, text);
    let line_end = text[range.start.min(text.len())..].find('\n').map_or(text.len(), |n| range.start + n);
    let span: Span = map.whole(file, range.start..range.end.min(line_end.max(range.start)));
    report.at(span, label)
}

/// The explanations of this stage's codes.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), KINDS)
}
