//! The reports of files (E00xx) and of the project (E07xx).

use crate::diagnostics::{Page, Report, pages};
use crate::source::read::{MAX_BYTES, ReadError};
use crate::source::{SourceMap, Span};

pages! {
    /// A file that can't be read.
    UNREADABLE_FILE "E0001" "a file can't be read";
    /// A file that is no UTF-8.
    ENCODING "E0002" "a file is not UTF-8";
    /// A file over the limit.
    LARGE "E0004" "a file is larger than 4 MiB";
    /// A file that can't be written.
    UNWRITABLE "E0006" "a file can't be written";
    /// A path that leads out of the project.
    OUTSIDE "E0701" "a path leads out of the project";
    /// A generated file that a person has changed.
    EDITED "E0702" "a generated file was edited by hand";
    /// An entry that is a person's, or was changed by one.
    OWNED "E0703" "an entry was written or edited by hand";
    /// A file of a shape that can't be edited.
    SHAPE "E0704" "a file can't be edited in place";
    /// A file on disk that a build would change.
    STALE "E0705" "outputs are not what a build would write";
    /// An umbrella chart that is not there.
    UMBRELLA "E0706" "the umbrella chart is not there";
    /// A file that two things write.
    SHARED "E0709" "two outputs are one file";
    /// A packed chart that Helm would take instead.
    ARCHIVE "W0707" "an archive of the subchart is in the way";
    /// A lock file that is out of step.
    LOCK "W0708" "the umbrella's lock file is out of step";
}

/// The report about a file that could not be read.
pub fn unreadable(error: ReadError, name: &str, map: &mut SourceMap) -> Report {
    let make = |page: &Page, what: &str| Report::error(page, format!("`{name}` {what}"));
    match error {
        ReadError::NotFound => make(&UNREADABLE_FILE, "does not exist")
            .help("check the path; `vmsc` without one takes the stacks in `stacks/`"),
        ReadError::Directory => {
            make(&UNREADABLE_FILE, "is a directory").help("name the file in it that has the stack")
        }
        ReadError::NotAFile => make(&UNREADABLE_FILE, "is no file")
            .help("a device, pipe or socket can't be a stack; `-` reads standard input"),
        ReadError::TooLarge => make(&LARGE, "is larger than 4 MiB")
            .note(format!("the limit is {MAX_BYTES} bytes"))
            .help("split it"),
        ReadError::System(error) => {
            make(&UNREADABLE_FILE, "can't be read").note(error.to_string()).help("check its permissions")
        }
        ReadError::NotUtf8 { at, before } => {
            let file = map.add(name, before);
            let span = map.whole(file, at..at);
            make(&ENCODING, "is not UTF-8")
                .at(span, "the next byte starts no character")
                .help("save the file as UTF-8")
        }
    }
}

/// A report about a place in a file that is not a stack.
pub fn at_file(
    report: Report,
    name: &str,
    text: &str,
    range: std::ops::Range<usize>,
    label: &str,
    map: &mut SourceMap,
) -> Report {
    let file = map.add(name, text);
    let line_end = text[range.start.min(text.len())..].find('\n').map_or(text.len(), |n| range.start + n);
    let span: Span = map.whole(file, range.start..range.end.min(line_end.max(range.start)));
    report.at(span, label)
}
