//! Entries in the user's files: set if they are ours or missing, removed if the stack no longer has them.
//! Entries that were written or edited by hand are reported.

use super::codes::{self, OWNED, SHAPE};
use super::difference::Difference;
use super::header::{self, State};
use super::plan::Planner;
use super::record::{FilledCollection, OwnedEntry, Record};
use crate::diagnostics::{Diagnostic, wording};
use crate::emit::Edit;
use crate::yaml::Segment;
use crate::yaml::edit::{Editor, Filled, Found, Refusal};
use crate::yaml::path::dotted;
use crate::yaml::scalar::Guard;
use indexmap::IndexMap;
use std::collections::HashSet;

/// An entry that a build sets, and its state before.
struct PlannedEntry<'e> {
    edit: &'e Edit,
    /// The digest recorded by an earlier build.
    digest: Option<String>,
    /// Whether the entry is already up to date.
    same: bool,
}

impl Planner<'_> {
    /// Sets the entries of a build, one file at a time.
    pub(super) fn entries(&mut self, edits: &[Edit], before: &Record, record: &mut Record) {
        let digests = before.digests();
        let mut files: IndexMap<&str, Vec<PlannedEntry>> = IndexMap::new();
        for edit in edits {
            let digest = digests.get(&(edit.file.as_str(), edit.path.as_slice())).map(|d| (*d).to_owned());
            files.entry(&edit.file).or_default().push(PlannedEntry { edit, digest, same: false });
        }
        for (file, edits) in files {
            match self.options.wants(edits[0].edit.profile.as_deref()) {
                true => self.file_entries(file, edits, before, record),
                false => record.entries.extend(edits.into_iter().filter_map(|known| {
                    let (file, path) = (known.edit.file.clone(), known.edit.path.clone());
                    Some(OwnedEntry { file, path, digest: known.digest? })
                })),
            }
            record.filled.extend(before.filled.iter().filter(|filling| filling.file == file).cloned());
        }
    }

    fn file_entries(&mut self, file: &str, edits: Vec<PlannedEntry>, before: &Record, record: &mut Record) {
        let Some(text) = self.load(file) else { return };
        let mut edits = edits;
        if text.is_none() {
            edits.retain(|known| known.edit.create);
            if edits.is_empty() {
                return;
            }
        }
        let created = text.is_none() && !before.filled.iter().any(|f| f.file == file && f.path.is_empty());
        let text = text.unwrap_or_default();
        let mut editor = match Editor::new(text.clone()) {
            Ok(editor) => editor,
            Err(refusal) => return self.report_refused(edits[0].edit, &text, &refusal),
        };
        let mut kept = Vec::with_capacity(edits.len());
        for mut known in edits {
            match editor.find(&known.edit.path) {
                Err(refusal) => return self.report_refused(known.edit, &text, &refusal),
                Ok(None) => kept.push(known),
                Ok(Some(found)) => {
                    if self.is_ours(&mut known, &editor, &found) {
                        kept.push(known);
                    }
                }
            }
        }
        let changed = kept.iter().filter(|known| !known.same);
        let changed: Vec<(&[Segment], _)> =
            changed.map(|known| (known.edit.path.as_slice(), &known.edit.value)).collect();
        let filled = match changed.is_empty() {
            true => Filled::new(),
            false => match editor.set(&changed) {
                Ok(filled) => filled,
                Err((at, refusal)) => {
                    let Some(known) = kept.iter().filter(|known| !known.same).nth(at) else { return };
                    return self.report_refused(known.edit, &text, &refusal);
                }
            },
        };
        for known in kept {
            let Ok(Some(found)) = editor.find(&known.edit.path) else { continue };
            // Keep the recorded digest of an unchanged entry, so that a comment added by hand is still
            // recognized.
            let digest = match known.digest.filter(|_| known.same) {
                Some(digest) => digest,
                None => header::digest(&editor.text()[found.range]),
            };
            record.entries.push(OwnedEntry { file: file.to_owned(), path: known.edit.path.clone(), digest });
        }
        let mut filled: Vec<FilledCollection> = filled
            .into_iter()
            .map(|(path, was)| FilledCollection { file: file.to_owned(), path, was })
            .collect();
        if created {
            filled.retain(|filling| !filling.path.is_empty());
            filled.push(FilledCollection { file: file.to_owned(), path: Vec::new(), was: None });
        }
        filled.sort();
        record.filled.extend(filled);
        self.put(file, Some(editor.into_text()));
    }

    /// Whether an existing entry is ours to maintain; reports one that was edited by hand.
    fn is_ours(&mut self, known: &mut PlannedEntry, editor: &Editor, found: &Found) -> bool {
        let edit = known.edit;
        if edit.shared && known.digest.is_none() {
            return false;
        }
        known.same = editor.says(&edit.path, &edit.value);
        if known.same {
            // If the user wrote the same value, the entry stays theirs until it differs.
            return known.digest.is_some();
        }
        let own = known.digest.as_deref() == Some(&header::digest(&editor.text()[found.range.clone()]));
        if !own && !self.options.force {
            self.report_owned(edit, editor.text(), found, known.digest.is_some());
        }
        own || self.options.force
    }

    fn report_refused(&mut self, edit: &Edit, text: &str, refusal: &Refusal) {
        let title = match refusal.broken {
            true => format!("`{}` is not valid YAML", edit.file),
            false => format!("`{}` can't be edited at `{}`", edit.file, dotted(&edit.path)),
        };
        let report = codes::at_file(
            Diagnostic::error(&SHAPE, title),
            &edit.file,
            text,
            refusal.at.clone(),
            &refusal.reason,
            self.map,
        );
        if refusal.broken {
            let report = report.note("the file stays as it is");
            return self.diagnostics.push(report.help("mend it, and build again"));
        }
        let shown = edit.value.to_text(0, Guard::Nothing);
        let lines: Vec<&str> = shown.lines().take(3).collect();
        let more = if shown.lines().count() > 3 { "\n…" } else { "" };
        self.diagnostics.push(report.note("the file stays as it is").help(format!(
            "write that place as a plain block, or add by hand at `{}`:\n{}{more}",
            dotted(&edit.path),
            lines.join("\n")
        )));
    }

    fn report_owned(&mut self, edit: &Edit, text: &str, found: &Found, ours: bool) {
        let path = dotted(&edit.path);
        let title = match ours {
            true => format!("`{path}` in `{}` was edited by hand", edit.file),
            false => format!("`{path}` in `{}` was written by hand", edit.file),
        };
        let shown = edit.value.to_text(0, Guard::Nothing);
        let several = shown.trim_end().contains('\n');
        let label = match several {
            true => "a build would change this".to_owned(),
            false => format!("a build would write `{}` here", wording::short(shown.trim_end())),
        };
        let mut report = Diagnostic::error(&OWNED, title);
        let mut at = found.range.clone();
        if several {
            let difference = Difference::of_value(&shown, text, &found.value);
            at = difference.at.unwrap_or(at);
            report = report.note(difference.note);
        }
        let report = codes::at_file(report, &edit.file, text, at, &label, self.map);
        self.diagnostics.push(
            report.help("say it in the stack, remove it here, or run `vmsc build --force` to overwrite it"),
        );
    }

    /// Removes what an earlier build wrote and this one does not.
    pub(super) fn remove_gone(&mut self, before: &Record, record: &mut Record) {
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        let kept: HashSet<(&str, &[Segment])> =
            record.entries.iter().map(|new| (new.file.as_str(), new.path.as_slice())).collect();
        let mut files: IndexMap<&str, Vec<&OwnedEntry>> = IndexMap::new();
        for old in &before.entries {
            if !kept.contains(&(old.file.as_str(), old.path.as_slice())) && self.looks_after(&old.file) {
                files.entry(&old.file).or_default().push(old);
            }
        }
        for (file, entries) in files {
            self.remove_from_file(file, &entries, before);
        }
        let kept: HashSet<&String> = record.files.iter().collect();
        for old in before.files.iter().filter(|old| !kept.contains(old)) {
            if self.looks_after(old)
                && let Some(Some(text)) = self.load(old)
                && header::state(&text) == State::Untouched
            {
                self.put(old, None);
            }
        }
        // A filled collection without any entries of ours belongs to the user again.
        let holds = |filling: &FilledCollection| {
            record.entries.iter().any(|new| new.file == filling.file && new.path.starts_with(&filling.path))
        };
        let filled: Vec<FilledCollection> =
            record.filled.iter().filter(|filling| holds(filling)).cloned().collect();
        record.filled = filled;
        record.filled.sort();
        record.filled.dedup();
    }

    fn remove_from_file(&mut self, file: &str, entries: &[&OwnedEntry], before: &Record) {
        let Some(Some(text)) = self.load(file) else { return };
        let Ok(mut editor) = Editor::new(text) else { return };
        let ours = |old: &&&OwnedEntry| {
            let found = editor.find(&old.path).ok().flatten();
            found.is_some_and(|found| header::digest(&editor.text()[found.range]) == old.digest)
        };
        let paths: Vec<&[Segment]> = entries.iter().filter(ours).map(|old| old.path.as_slice()).collect();
        let filled: Filled = before
            .filled
            .iter()
            .filter(|filling| filling.file == file)
            .map(|filling| (filling.path.clone(), filling.was.clone()))
            .collect();
        match editor.remove(&paths, &filled) {
            Ok(true) => self.put(file, None),
            Ok(false) => self.put(file, Some(editor.into_text())),
            // The entry stays, without a diagnostic: a leftover entry does no harm that reporting it
            // would prevent.
            Err(_) => {}
        }
    }
}
