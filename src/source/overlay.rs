//! Unsaved texts that shadow the files on disk.

use super::read::{self, ReadError};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Texts that an editor has open. They take precedence when a file of a [`super::SourceMap`] is read.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    texts: BTreeMap<Utf8PathBuf, Rc<str>>,
}

impl Overlay {
    /// Shadows the file at a path, which may not exist yet. The path must have no links in it, as returned
    /// by [`read::canonical`].
    pub fn open(&mut self, path: Utf8PathBuf, text: impl Into<Rc<str>>) {
        self.texts.insert(path, text.into());
    }

    /// Removes a text: the file on disk is used again.
    pub fn close(&mut self, path: &Utf8Path) {
        self.texts.remove(path);
    }

    /// The text of a file: the open one if there is one, otherwise the one on disk.
    pub fn text(&self, path: &Utf8Path) -> Result<String, ReadError> {
        match self.texts.get(path) {
            Some(text) if text.len() as u64 > read::MAX_BYTES => Err(ReadError::TooLarge),
            Some(text) => Ok(text.strip_prefix('\u{FEFF}').map_or(&**text, |text| text).to_owned()),
            None => read::text(path),
        }
    }

    /// Resolves every link in the path; fails if there is neither a file nor an open text.
    pub fn canonical(&self, path: &Utf8Path) -> Result<Utf8PathBuf, ReadError> {
        read::canonical(path).or_else(|error| {
            let (folder, name) = path.parent().zip(path.file_name()).ok_or(ReadError::NotFound)?;
            let known = read::canonical(folder).map(|folder| folder.join(name));
            known.ok().filter(|path| self.texts.contains_key(path)).ok_or(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_seen_first() {
        let root = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/stacks"));
        let (there, new) = (root.join("services.vms"), root.join("new.vms"));
        let mut overlay = Overlay::default();
        let saved = overlay.text(&there).unwrap();
        assert!(matches!(overlay.canonical(&new), Err(ReadError::NotFound)));
        overlay.open(there.clone(), "let a = 1\n");
        overlay.open(new.clone(), "let b = 2\n");
        assert_eq!(overlay.text(&there).unwrap(), "let a = 1\n");
        assert_eq!(
            overlay.canonical(&root.join("../stacks/new.vms")).unwrap(),
            overlay.canonical(&new).unwrap()
        );
        overlay.close(&there);
        assert_eq!(overlay.text(&there).unwrap(), saved);
    }
}
