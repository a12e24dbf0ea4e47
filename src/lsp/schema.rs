//! vmsc's own schema as files that an editor can open, to read.

use crate::project::write;
use crate::source::{SourceFile, read};
use camino::{Utf8Path, Utf8PathBuf};

/// The folder of this version's schema: in the user's cache folder.
fn folder() -> Option<Utf8PathBuf> {
    let absolute = |name: &str| {
        let value = Utf8PathBuf::from(std::env::var(name).ok()?);
        value.is_absolute().then_some(value)
    };
    let cache = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(cache.join("vmsc").join(env!("CARGO_PKG_VERSION")))
}

/// The path of one of vmsc's own files, which is written if it is not there.
pub(super) fn laid_down(file: &SourceFile) -> Option<Utf8PathBuf> {
    let path = folder()?.join(Utf8Path::new(&file.name).file_name()?);
    if read::text(&path).ok().as_deref() != Some(&file.text) {
        write::text(&path, &file.text).ok()?;
    }
    Some(path)
}

/// Whether a file is one of vmsc's own.
pub(super) fn is_ours(path: &Utf8Path) -> bool {
    folder().is_some_and(|folder| path.starts_with(folder))
}
