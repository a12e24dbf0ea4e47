//! Reads from disk; nothing else does.
//!
//! A text is read whole, checked for size before and after (a file may grow), and decoded.

use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File};
use std::io::{self, Read};

/// Largest text accepted: 4 MiB.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Why a text could not be read. Each completes the sentence "`path` …".
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
    /// The byte at this offset does not start a UTF-8 character.
    NotUtf8 {
        /// Offset of the first invalid byte.
        at: usize,
        /// The valid text before it.
        before: String,
    },
    /// Any other error of the system.
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

/// Reads the text at `path`. A byte order mark is kept, because edits in place must preserve it.
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

/// Reads a text; `expected` is its size in bytes, if known.
fn decode(reader: impl Read, expected: u64) -> Result<String, ReadError> {
    // With room for one extra byte, the first call reads the whole file and the second one sees its end.
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

/// What a path refers to, following links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, or nothing that can be accessed.
    Nothing,
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// Finds out what `path` refers to.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn kind(path: &Utf8Path) -> Kind {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Kind::Directory,
        Ok(_) => Kind::File,
        Err(_) => Kind::Nothing,
    }
}

/// Whether the path is a dangling link.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn leads_nowhere(path: &Utf8Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) && kind(path) == Kind::Nothing
}

/// Resolves every link in the path; fails if it does not exist or is not UTF-8.
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

/// Names of the entries of a directory, sorted; empty if it can't be listed.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn names(directory: &Utf8Path) -> Vec<String> {
    let Ok(entries) = directory.read_dir_utf8() else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_owned()).collect();
    names.sort();
    names
}

/// Folders that are no part of a project's own files.
const SKIPPED: &[&str] = &[".git", "node_modules", "target", ".venv", "vendor"];

/// Calls `each` for every file below a directory, down to `depth` folders, without following links.
#[expect(clippy::disallowed_methods, reason = "only here is read")]
pub fn walk(directory: &Utf8Path, depth: usize, each: &mut dyn FnMut(&Utf8Path)) {
    let Ok(entries) = directory.read_dir_utf8() else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 && !SKIPPED.contains(&entry.file_name()) => {
                walk(entry.path(), depth - 1, each);
            }
            Ok(kind) if kind.is_file() => each(entry.path()),
            _ => {}
        }
    }
}
