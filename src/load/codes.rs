//! Diagnostic kinds for reading files: encoding and limits, imports, data.

use crate::diagnostics::explain::{self, Explanation};
use crate::diagnostics::{Diagnostic, DiagnosticKind, pages};
use crate::source::SourceMap;
use crate::source::read::{MAX_BYTES, ReadError};

pages! {
    Files {
        /// A file that can't be read.
        UNREADABLE_FILE "E0001" "a file can't be read";
        /// A file that is no UTF-8.
        ENCODING "E0002" "a file is not UTF-8";
        /// A file over the limit.
        LARGE "E0004" "a file is larger than 4 MiB";
        /// A file with conflict markers.
        MERGE "E0721" "a merge is not resolved";
        /// An import that leads to nothing.
        IMPORT "E0007" "a file can't be imported";
        /// An import that leads out of the project.
        LEADS_OUT "E0008" "an import is outside the project";
        /// Too long a chain of imports.
        LONG "E0009" "imports are nested more than 32 files deep";
        /// Data that is no YAML or JSON.
        DATA "E0010" "a data file can't be read";
        /// Data that expands to too much.
        EXPANDS "E0011" "a data file has more than 1 000 000 values";
    }
}

/// Diagnostic for a file with conflict markers; `lines` are the first ones, from 0. It has no label.
pub fn unresolved(name: &str, lines: &std::ops::Range<usize>) -> Diagnostic {
    let title = format!("a merge is not resolved in `{name}`, lines {}–{}", lines.start + 1, lines.end);
    Diagnostic::error(&MERGE, title)
}

/// Diagnostic for a file that could not be read.
pub fn unreadable(error: ReadError, name: &str, map: &mut SourceMap) -> Diagnostic {
    let make = |page: &DiagnosticKind, what: &str| Diagnostic::error(page, format!("`{name}` {what}"));
    match error {
        ReadError::NotFound => make(&UNREADABLE_FILE, "does not exist")
            .help("check the path; `vmsc` without one takes the stacks in `stacks/`"),
        ReadError::Directory => {
            make(&UNREADABLE_FILE, "is a directory").help("name the file in it that has the stack")
        }
        ReadError::NotAFile => make(&UNREADABLE_FILE, "is not a regular file")
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
                .at(span, "invalid UTF-8 starts here")
                .help("save the file as UTF-8")
        }
    }
}

/// Explanations of this stage's codes.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), KINDS)
}
