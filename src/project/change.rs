//! One file, before a build and after it.

use camino::Utf8PathBuf;
use std::io;

/// A file as it is and as it will be.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The file, below the root.
    pub path: String,
    /// Its full path.
    pub full: Utf8PathBuf,
    /// Its text now; none where it does not exist.
    pub before: Option<String>,
    /// Its text after; none where it goes.
    pub after: Option<String>,
}

/// A file that could not be written.
#[derive(Debug)]
pub struct WriteError {
    /// The file, below the root.
    pub path: String,
    /// Why, in the system's words.
    pub error: io::Error,
}
