//! Reading from disk: the only place that does.
//!
//! A text is read whole, checked for size before and after (a file may grow), and decoded.

use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File};
use std::io::{self, Read};

/// Largest text accepted: 4 MiB.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Why a text could not be read. Each is a sentence's end: "`path` …".
#[derive(Debug)]
pub enum ReadError {
    /// There is nothing at the path.
    NotFound,
    /// It is a directory.
    Directory,
    /// It is neither a file nor a directory (a device, a socket, a pipe).
    NotAFile,
    /// It is larger than [`MAX_BYTES`].
    TooLarge,
    /// The byte at this offset starts no UTF-8 character; with the text before it.
    NotUtf8 {
        /// Offset of the first wrong byte.
        at: usize,
        /// The readable text before it.
        before: String,
    },
    /// The system refused, in its own words.
    System(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::NotFound,
            io::ErrorKind::IsADirectory => ReadError::Directory,
            _ => ReadError::System(error),
        }
    }
}

/// Reads the text at `path`. A byte order mark is kept: who edits the file in place must keep it.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn text(path: &Utf8Path) -> Result<String, ReadError> {
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(ReadError::Directory);
    }
    if !kind.is_file() {
        return Err(ReadError::NotAFile);
    }
    if kind.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    decode(File::open(path)?, kind.len())
}

/// Reads all of standard input.
pub fn stdin() -> Result<String, ReadError> {
    decode(io::stdin().lock(), 0)
}

/// Reads a text of which so many bytes are expected.
fn decode(reader: impl Read, expected: u64) -> Result<String, ReadError> {
    // With room for one byte more, a file is read by one call, and its end seen by a second.
    let mut bytes = Vec::with_capacity(usize::try_from(expected + 1).unwrap_or_default());
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(at);
        ReadError::NotUtf8 { at, before: String::from_utf8(bytes).unwrap_or_default() }
    })
}

/// What stands at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, or nothing that may be looked at.
    Nothing,
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// Looks what stands at `path`.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn kind(path: &Utf8Path) -> Kind {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Kind::Directory,
        Ok(_) => Kind::File,
        Err(_) => Kind::Nothing,
    }
}

/// Whether a link stands at a path and leads nowhere.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn leads_nowhere(path: &Utf8Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) && kind(path) == Kind::Nothing
}

/// The path with every link resolved; an error where it does not exist or is not UTF-8.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn canonical(path: &Utf8Path) -> Result<Utf8PathBuf, ReadError> {
    path.canonicalize_utf8().map_err(ReadError::from)
}

/// The current directory, links resolved.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn current_directory() -> Result<Utf8PathBuf, ReadError> {
    let here = std::env::current_dir()?;
    Utf8PathBuf::from_path_buf(here)
        .map_err(|_| ReadError::System(io::Error::other("the current directory's name is not UTF-8")))
}

/// Names of the entries of a directory, sorted; empty where it can't be listed.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn names(directory: &Utf8Path) -> Vec<String> {
    let Ok(entries) = directory.read_dir_utf8() else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_owned()).collect();
    names.sort();
    names
}

/// Waits until no other run holds the file, and holds it until the result is dropped. Where the
/// system has no locks there is none, and the run goes on.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn lock(path: &Utf8Path) -> Option<File> {
    // Opening a pipe would wait for its other end.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let file = File::open(path).ok()?;
    file.lock().ok()?;
    Some(file)
}
