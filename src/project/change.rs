//! A file before and after a build.

use camino::Utf8PathBuf;
use std::io;

/// The current and planned content of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The file, below the root.
    pub path: String,
    /// Its full path.
    pub full: Utf8PathBuf,
    /// Its current content; `None` if it does not exist.
    pub before: Option<String>,
    /// Its planned content; `None` if it is removed.
    pub after: Option<String>,
}

/// A file that could not be written.
#[derive(Debug)]
pub struct WriteError {
    /// The file, below the root.
    pub path: String,
    /// The error from the operating system.
    pub error: io::Error,
}
