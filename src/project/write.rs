//! Writes a plan: each file is replaced atomically or not at all, and a build that is killed anywhere is
//! completed by the next one.
//!
//! The record is first written with what is known before and after the build together, then the files, then
//! the removals, then the record with what is known after.

use super::change::{Change, WriteError};
use super::plan::Plan;
use crate::source::read::{self, ReadError};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use std::io::{self, Write};
use tempfile::NamedTempFile;

/// How the name of a temporary file begins and ends.
const TEMPORARY: (&str, &str) = (".vmsc-", ".tmp");

/// Whether a file is a temporary one of a build, of 0.1 as well.
pub fn is_temporary(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(TEMPORARY.0) else { return false };
    let rest = rest.strip_suffix(TEMPORARY.1).unwrap_or(rest);
    rest.len() == 6 && rest.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Why a plan was not written, or not completely.
#[derive(Debug)]
pub enum Stopped {
    /// A file can't be written.
    Unwritable(WriteError),
    /// A file changed after the plan was made.
    Meanwhile(String),
}

/// Writes the changed files. All new text is on disk before the first file is replaced, so that a full
/// disk leaves everything as it was.
#[expect(clippy::disallowed_methods, reason = "only here is written")]
pub fn write(plan: &Plan) -> Result<(), Stopped> {
    let fail = |change: &Change| {
        let path = change.path.clone();
        move |error| Stopped::Unwritable(WriteError { path, error })
    };
    let record = plan.record.change();
    let changed = plan.changed().next().is_some();
    if !changed && record.before == record.after {
        return Ok(());
    }
    let mut ready = Vec::new();
    let mut made = Vec::new();
    let beside = record.full.parent();
    let mut all = || -> Result<(NamedTempFile, Option<NamedTempFile>), Stopped> {
        for change in plan.changed() {
            is_as_planned(change)?;
            if let Some(text) = &change.after {
                ready.push((change, prepare(&change.full, text, &mut made, beside).map_err(fail(change))?));
            }
        }
        is_as_planned(&record)?;
        let during = prepare(&record.full, &plan.record.during, &mut made, beside).map_err(fail(&record))?;
        let after = match &record.after {
            Some(text) => Some(prepare(&record.full, text, &mut made, beside).map_err(fail(&record))?),
            None => None,
        };
        Ok((during, after))
    };
    let (during, after) = match all() {
        Ok(records) => records,
        Err(stopped) => {
            drop(ready);
            for folder in made.iter().rev() {
                let _ = std::fs::remove_dir(folder);
            }
            return Err(stopped);
        }
    };
    let mut there = record.clone();
    if changed {
        is_as_planned(&record)?;
        during.persist(&record.full).map_err(|error| fail(&record)(error.error))?;
        there.before = Some(plan.record.during.clone());
    }
    for (change, file) in ready {
        is_as_planned(change)?;
        file.persist(&change.full).map_err(|error| fail(change)(error.error))?;
    }
    for change in plan.changed().filter(|change| change.after.is_none()) {
        is_as_planned(change)?;
        std::fs::remove_file(&change.full).map_err(fail(change))?;
        // Also remove folders that are now empty; removing one that is not fails.
        let folders = change.full.ancestors().skip(1).zip(change.path.rmatch_indices('/'));
        folders.take_while(|(folder, _)| std::fs::remove_dir(folder).is_ok()).for_each(drop);
    }
    is_as_planned(&there)?;
    match after {
        Some(after) => after.persist(&record.full).map(drop).map_err(|error| fail(&record)(error.error)),
        None if there.before.is_some() => std::fs::remove_file(&record.full).map_err(fail(&record)),
        None => Ok(()),
    }
}

/// Checks that a file's bytes are those that the plan was made from.
fn is_as_planned(change: &Change) -> Result<(), Stopped> {
    let now = match read::text(&change.full) {
        Ok(text) => Some(text),
        Err(ReadError::NotFound) => None,
        Err(_) => return Err(Stopped::Meanwhile(change.path.clone())),
    };
    if now == change.before { Ok(()) } else { Err(Stopped::Meanwhile(change.path.clone())) }
}

/// Removes temporary files that a build left when it was killed. Only a build that holds the lock may.
#[expect(clippy::disallowed_methods, reason = "only here is written")]
pub fn sweep(plan: &Plan) {
    let paths = plan.changes.iter().map(|change| &change.full).chain([&plan.record.full]);
    let folders: BTreeSet<&Utf8Path> = paths.filter_map(|path| path.parent()).collect();
    for folder in folders {
        for name in read::names(folder).iter().filter(|name| is_temporary(name)) {
            // Somebody else may have removed it.
            let _ = std::fs::remove_file(folder.join(name));
        }
    }
}

/// Removes a file that the user named.
#[expect(clippy::disallowed_methods, reason = "only here is written")]
pub fn remove(path: &Utf8Path) -> Result<(), WriteError> {
    std::fs::remove_file(path).map_err(|error| WriteError { path: path.to_string(), error })
}

/// Replaces a file that the user named, atomically or not at all. Links are followed.
pub fn text(path: &Utf8Path, text: &str) -> Result<(), WriteError> {
    let path = &read::canonical(path).unwrap_or_else(|_| path.to_owned());
    let fail = |error| WriteError { path: path.to_string(), error };
    let file = prepare(path, text, &mut Vec::new(), None).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Writes the new text to a temporary file and flushes it to disk: in `beside` if that is on the same file
/// system, so that the next build finds what a killed one left, else in the file's own folder.
#[expect(clippy::disallowed_methods, reason = "only here is written")]
fn prepare(
    path: &Utf8Path,
    text: &str,
    made: &mut Vec<Utf8PathBuf>,
    beside: Option<&Utf8Path>,
) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let missing: Vec<_> = folder.ancestors().take_while(|f| !f.as_str().is_empty() && !f.exists()).collect();
    for folder in missing.into_iter().rev() {
        match std::fs::create_dir(folder) {
            Ok(()) => made.push(folder.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    let beside = beside.filter(|beside| are_together(beside, folder)).unwrap_or(folder);
    let mut file = builder.tempfile_in(beside)?;
    file.write_all(text.as_bytes())?;
    let permissions = match std::fs::metadata(path) {
        Ok(existing) if existing.permissions().readonly() => {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
        }
        Ok(existing) => existing.permissions(),
        Err(_) => readable(file.as_file())?,
    };
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Whether two folders are on one file system, so that a file can be renamed from one to the other.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "only here is written")]
fn are_together(a: &Utf8Path, b: &Utf8Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |folder: &Utf8Path| std::fs::metadata(folder).ok().map(|found| found.dev());
    device(a).is_some() && device(a) == device(b)
}

#[cfg(not(unix))]
fn are_together(a: &Utf8Path, b: &Utf8Path) -> bool {
    a == b
}

/// Temporary files are private, but project files must be readable by everyone who can read the folder.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> io::Result<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = file.metadata()?.permissions();
    permissions.set_mode(0o644);
    Ok(permissions)
}

#[cfg(not(unix))]
fn readable(file: &std::fs::File) -> io::Result<std::fs::Permissions> {
    Ok(file.metadata()?.permissions())
}
