//! Writes a plan: each file is replaced atomically or not at all.

use super::change::{Change, WriteError};
use super::plan::Plan;
use camino::Utf8Path;
use std::io::{self, Write};
use tempfile::NamedTempFile;

/// Writes the changed files. All new text is on disk before the first file is replaced, so that a full
/// disk leaves everything as it was.
#[expect(clippy::disallowed_methods, reason = "only here is written")]
pub fn write(plan: &Plan) -> Result<(), WriteError> {
    let fail = |change: &Change| {
        let path = change.path.clone();
        move |error| WriteError { path, error }
    };
    let mut ready = Vec::new();
    let mut made = Vec::new();
    let prepared: Result<(), WriteError> = plan.changed().try_for_each(|change| {
        if let Some(text) = &change.after {
            ready.push((change, prepare(&change.full, text, &mut made).map_err(fail(change))?));
        }
        Ok(())
    });
    if let Err(error) = prepared {
        drop(ready);
        for folder in made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
        return Err(error);
    }
    for (change, file) in ready {
        file.persist(&change.full).map_err(|error| fail(change)(error.error))?;
    }
    for change in plan.changed().filter(|change| change.after.is_none()) {
        std::fs::remove_file(&change.full).map_err(fail(change))?;
        // Also remove folders that are now empty; removing one that is not fails.
        let folders = change.full.ancestors().skip(1).zip(change.path.rmatch_indices('/'));
        folders.take_while(|(folder, _)| std::fs::remove_dir(folder).is_ok()).for_each(drop);
    }
    Ok(())
}

/// Replaces a file that the user named, atomically or not at all.
pub fn text(path: &Utf8Path, text: &str) -> Result<(), WriteError> {
    let fail = |error| WriteError { path: path.to_string(), error };
    let file = prepare(path, text, &mut Vec::new()).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Writes the new text to a temporary file in the same folder and flushes it to disk. Links are followed:
/// the target is replaced, not the link.
#[expect(clippy::disallowed_methods, reason = "only here is written")]
fn prepare(path: &Utf8Path, text: &str, made: &mut Vec<camino::Utf8PathBuf>) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let missing: Vec<_> = folder.ancestors().take_while(|f| !f.as_str().is_empty() && !f.exists()).collect();
    for folder in missing.into_iter().rev() {
        match std::fs::create_dir(folder) {
            Ok(()) => made.push(folder.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    let mut file = tempfile::Builder::new().prefix(".vmsc-").tempfile_in(folder)?;
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
