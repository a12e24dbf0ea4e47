//! Keeps two builds of one project apart.
//!
//! The lock is a file that no build replaces or removes: a lock on a file that builds rename excludes
//! nobody. Where there can be none, each file is still compared with what the plan was made from right
//! before it is replaced.

use crate::yaml::meaning::digest;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{File, TryLockError};

/// Waits until no other build of the project runs; `wait` is called once before waiting. `None` if there
/// can be no lock.
pub fn lock(root: &Utf8Path, wait: &dyn Fn()) -> Option<File> {
    let file = open(&folder()?.join(format!("vmsc-{}.lock", digest(root.as_str()))))?;
    match file.try_lock() {
        Ok(()) => Some(file),
        Err(TryLockError::WouldBlock) => {
            wait();
            file.lock().ok()?;
            Some(file)
        }
        Err(TryLockError::Error(_)) => None,
    }
}

/// The user's runtime folder, else a private one in the temporary folder.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "the lock is outside of the project")]
fn folder() -> Option<Utf8PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    let is_private = |folder: &Utf8Path| {
        let found = std::fs::symlink_metadata(folder).ok();
        found.is_some_and(|found| {
            found.is_dir() && found.uid() == rustix::process::getuid().as_raw() && found.mode() & 0o077 == 0
        })
    };
    let runtime = std::env::var("XDG_RUNTIME_DIR").ok().map(Utf8PathBuf::from);
    if let Some(runtime) = runtime.filter(|runtime| runtime.is_absolute() && is_private(runtime)) {
        return Some(runtime);
    }
    let name = format!("vmsc-{}", rustix::process::getuid().as_raw());
    let folder = Utf8PathBuf::from_path_buf(std::env::temp_dir()).ok()?.join(name);
    // It may be there already.
    let _ = std::fs::DirBuilder::new().mode(0o700).create(&folder);
    is_private(&folder).then_some(folder)
}

#[cfg(not(unix))]
fn folder() -> Option<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(std::env::temp_dir()).ok()
}

/// Opens the lock's file, and follows no link that somebody put there.
#[cfg(unix)]
fn open(path: &Utf8Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::open(path.as_str(), flags, Mode::RUSR | Mode::WUSR).ok().map(File::from)
}

#[cfg(not(unix))]
fn open(path: &Utf8Path) -> Option<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path).ok()
}
