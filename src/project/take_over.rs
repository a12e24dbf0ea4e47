//! Takes over what 0.1 wrote: its record is read once, and then removed.

use super::header::Header;
use super::old_record::{FilledCollection, NAME, Record};
use super::outputs::Wanted;
use super::owned::record::{Mark, Place, Was};
use super::plan::Planner;
use crate::source::markers;
use crate::source::read;
use crate::yaml::Segment;
use crate::yaml::edit::Editor;
use crate::yaml::meaning;
use std::rc::Rc;

impl Planner<'_, '_> {
    /// Reads the records of 0.1. Where no record of today's format is, the whole project is searched.
    pub(super) fn read_old_records(&mut self, search: bool) {
        let mut paths = Vec::new();
        let mut note = |path: &camino::Utf8Path| {
            if path.file_name() == Some(NAME)
                && let Ok(path) = path.strip_prefix(self.root)
            {
                paths.push(path.to_string());
            }
        };
        if search {
            read::walk(self.root, 6, &mut note);
        } else {
            for member in self.members.iter() {
                let parent = member.compiled.variants[0].deployment.stack.chart.parent.as_ref();
                let parent =
                    parent.map_or_else(String::new, |parent| super::places::normal(self.root, &parent.value));
                read::walk(&self.root.join(parent).join("charts"), 1, &mut note);
            }
        }
        paths.sort();
        paths.dedup();
        for path in paths {
            let Some(Some(text)) = self.load(&path) else { continue };
            let Some(source) = Header::read(&text).map(|header| Rc::<str>::from(header.source)) else {
                continue;
            };
            for side in markers::sides(&text) {
                let record: Record = serde_json::from_str(&side).unwrap_or_default();
                self.take_over(&source, record);
            }
            self.old.paths.push(path);
        }
    }

    fn take_over(&mut self, source: &Rc<str>, record: Record) {
        let before = Rc::make_mut(&mut self.before);
        for file in record.files {
            before.files.entry(file.into()).or_default().insert(Rc::clone(source));
        }
        for FilledCollection { file, path, was } in record.filled {
            let whole = path.is_empty();
            let was = match was {
                Some(text) => Was::Text(text),
                None if whole => Was::NoFile,
                None => continue,
            };
            before.note(Place { file: file.into(), path }, was);
        }
        self.old.entries.extend(record.entries.into_iter().map(|entry| (Rc::clone(source), entry)));
    }

    /// Makes the leaves of 0.1's entries known: by what stands there if the entry is as it was written,
    /// else by what this build writes.
    pub(super) fn adopt_old_records(&mut self, wanted: &Wanted) {
        for (source, entry) in std::mem::take(&mut self.old.entries) {
            let file: Rc<str> = entry.file.as_str().into();
            let text = self.load(&entry.file).flatten();
            let editor = text.as_ref().and_then(|text| Editor::new(text.clone()).ok());
            let mut known: Vec<(Vec<Segment>, String)> = Vec::new();
            if let Some(editor) = &editor
                && editor.texts_of(&entry.path).iter().any(|text| meaning::digest(text) == entry.digest)
            {
                known = editor.leaves(&entry.path);
            } else {
                let places = wanted.leaves.iter().filter(|(place, _)| *place.file == *entry.file);
                let below = places.filter(|(place, _)| place.path.starts_with(&entry.path));
                known.extend(below.map(|(place, leaf)| (place.path.clone(), leaf.digest.to_string())));
            }
            let before = Rc::make_mut(&mut self.before);
            for (path, digest) in known {
                let marks = before.leaves.entry(Place { file: Rc::clone(&file), path }).or_default();
                marks.insert((Rc::clone(&source), Mark::Digest(digest.into())));
            }
        }
    }

    /// Removes the records of 0.1.
    pub(super) fn forget_old_records(&mut self) {
        for path in std::mem::take(&mut self.old.paths) {
            self.put(&path, None);
        }
    }
}
