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
        /// A generated file that is not what vmsc wrote.
        EDITED "E0702" "a generated file is not what vmsc wrote";
        /// A value in a file of the user's that is not what vmsc wrote.
        OWNED "E0703" "a value is not what vmsc wrote";
        /// A file that can't be edited in place.
        SHAPE "E0704" "a file can't be edited in place";
        /// An output that is out of date.
        STALE "E0705" "outputs differ from what a build would write";
        /// A missing umbrella chart.
        UMBRELLA "E0706" "the umbrella chart does not exist";
        /// A file that two outputs share.
        SHARED "E0709" "two outputs share one file";
        /// A volume of another name.
        VOLUME "E0712" "the samples are in a volume of another name";
        /// Two stacks whose Services have one name.
        SERVICE "E0714" "two stacks share the name of a Service";
        /// A volume that would be smaller than it was.
        SMALLER "W0716" "the volume would get smaller";
        /// A record that can't be used.
        RECORD "E0720" "vmsc.owned can't be used";
        /// A file of the user's that is gone.
        GONE_FILE "E0722" "a file that vmsc wrote into is gone";
        /// What would be left where vmsc takes out what it wrote.
        REMAINS "E0723" "only what is yours would be left";
        /// A file that changed during a build.
        MEANWHILE "E0724" "a file changed during the build";
        /// A value that the chart's schema refuses.
        REFUSED_KEY "E0725" "the chart's schema refuses a key";
        /// An umbrella chart of an old format.
        CHART_V1 "E0726" "the umbrella chart has apiVersion v1";
        /// A stack file that is gone.
        GONE_STACK "E0727" "a stack is gone, and what it wrote is not";
        /// Two stacks that write different values to one place.
        CONTESTED "E0728" "two stacks give one place two values";
        /// An option that names no such place.
        NO_PLACE "E0729" "an option names no place of the build";
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

/// Begins a report of a database whose Service has the name of another's; `with` is when.
pub fn shared_service(other: &str, service: &str, with: &str) -> Diagnostic {
    Diagnostic::error(&SERVICE, format!("the Service of `{other}` is also called `{service}`{with}"))
        .note("everything would start, and one of the databases stay empty; each upgrade may exchange them")
}

/// Reports a stack whose Service has the name of another stack's.
pub fn same_service(
    other: &str,
    service: &str,
    stack: &str,
    profile: Option<&str>,
    name: Span,
) -> Diagnostic {
    let with = profile.map(|profile| format!(" with profile `{profile}`")).unwrap_or_default();
    shared_service(other, service, &with)
        .at(name, format!("`{service}` would lead to either database"))
        .help(format!("write `service.name = \"{stack}-store\"`, or another name of its own"))
}

/// Reports a file that can't be written.
pub fn unwritable(failure: &WriteError) -> Diagnostic {
    Diagnostic::error(&UNWRITABLE, format!("`{}` can't be written", failure.path))
        .note(failure.error.to_string())
        .help("check its permissions, and whether the disk is full")
}

/// Reports a file that changed after the build was planned.
pub fn meanwhile(path: &str) -> Diagnostic {
    Diagnostic::error(&MEANWHILE, format!("`{path}` changed during the build"))
        .note("it stays as it is now; files that were written before it are current")
        .help("run `vmsc build` again")
}

/// A text as a shell takes it: in quotes if it has other characters than those of plain names.
pub fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:-".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
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
    report.help(format!("run `vmsc build{stack}` and commit what it writes"))
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
