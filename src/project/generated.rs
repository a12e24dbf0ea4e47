//! Generated files: each proves by its header that no person touched it.

use super::codes::{self, EDITED};
use super::desk::indented;
use super::difference::Difference;
use super::header::{self, Header, State};
use super::outputs::Wanted;
use super::owned::record::{Owned, Place};
use super::plan::Planner;
use crate::diagnostics::Diagnostic;
use crate::source::markers;
use crate::source::read;
use std::collections::HashSet;
use std::rc::Rc;

impl Planner<'_, '_> {
    /// Plans every generated file, and removes those that no stack generates any more.
    pub(super) fn generated_files(&mut self, wanted: &mut Wanted, after: &mut Owned) {
        for (path, generated) in &mut wanted.files {
            self.at = Some(generated.member);
            let source = self.members[generated.member].source;
            after.files.entry(Rc::from(path.as_str())).or_default().insert(Rc::from(source));
            // A large text is never in memory twice.
            self.generated(path, std::mem::take(&mut generated.text), source);
        }
        self.at = None;
        let before: Vec<(Rc<str>, Vec<Rc<str>>)> = self
            .before
            .files
            .iter()
            .chain(self.sides.files.iter().filter(|(path, _)| !self.before.files.contains_key(*path)))
            .filter(|(path, _)| !wanted.files.contains_key(&***path))
            .map(|(path, stacks)| (path.clone(), stacks.iter().cloned().collect()))
            .collect();
        for (path, stacks) in before {
            let aside = wanted.aside.contains(&Place { file: Rc::clone(&path), path: Vec::new() });
            if aside || !self.looks_after(&path) || !stacks.iter().all(|stack| self.is_planned(stack)) {
                let kept = |stack: &Rc<str>| aside || !self.looks_after(&path) || !self.is_planned(stack);
                let stacks = stacks.into_iter().filter(kept).collect();
                if self.before.files.contains_key(&path) {
                    after.files.insert(Rc::clone(&path), stacks);
                }
                continue;
            }
            self.remove_generated(&path);
        }
    }

    fn generated(&mut self, path: &str, after: String, source: &str) {
        let Some(before) = self.load(path) else { return };
        let Some(text) = before.filter(|text| *text != after) else {
            return self.put(path, Some(after));
        };
        let ours = self.before.files.contains_key(path) || Header::read(&text).is_some();
        if markers::unresolved(&text).is_some() && ours {
            self.tell_lines(path, &text, &after);
            return self.put(path, Some(after));
        }
        match header::state(path, &text) {
            State::Untouched => {
                if let (Some(there), Some(new)) = (Header::read(&text), Header::read(&after)) {
                    if self.is_anothers(there.source, source) {
                        return self.report_contested(path, there.source);
                    }
                    // Another layout of the same data stays.
                    if there.digest == new.digest && there.source == new.source {
                        return;
                    }
                }
                self.put(path, Some(after));
            }
            _ if self.options.forces(path, &[]) => {
                self.tell_lines(path, &text, &after);
                self.put(path, Some(after));
            }
            State::Edited => self.report_edited(path, &text, &after),
            State::Foreign => {
                let report = Diagnostic::error(
                    &EDITED,
                    format!("`{path}` already exists, and vmsc did not generate it"),
                )
                .note("vmsc overwrites nothing that it has not written")
                .help(format!("move it away, or run `vmsc build --force={}`", codes::shell(path)));
                self.report(report);
            }
        }
    }

    /// Whether a file is from another stack that is still there, and not built now.
    fn is_anothers(&self, other: &str, source: &str) -> bool {
        other != source && !self.is_planned(other) && read::kind(&self.root.join(other)) == read::Kind::File
    }

    fn remove_generated(&mut self, path: &str) {
        let Some(Some(text)) = self.load(path) else { return };
        if markers::unresolved(&text).is_some() {
            self.tell_lines(path, &text, "");
            return self.put(path, None);
        }
        match header::state(path, &text) {
            State::Untouched => self.put(path, None),
            _ if self.options.forces(path, &[]) => {
                self.tell_lines(path, &text, "");
                self.put(path, None);
            }
            _ => {
                let report = Diagnostic::error(
                    &EDITED,
                    format!("`{path}` is not what vmsc wrote, and no stack writes it any more"),
                )
                .note("a build would remove it")
                .help(format!(
                    "move what is yours in it elsewhere and remove it, or run `vmsc build --force={}`",
                    codes::shell(path)
                ));
                self.report(report);
            }
        }
    }

    /// Says which lines of a file go.
    fn tell_lines(&mut self, path: &str, text: &str, after: &str) {
        let kept: HashSet<&str> = after.lines().map(str::trim_end).collect();
        let gone =
            text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty() && !kept.contains(line));
        let gone: Vec<&str> =
            gone.filter(|line| markers::of(line).is_none() && !Header::is_one(line)).collect();
        if !gone.is_empty() {
            self.notes
                .push(format!("discarded from `{path}`:{}", indented(&format!("{}\n", gone.join("\n")))));
        }
    }

    fn report_edited(&mut self, path: &str, text: &str, after: &str) {
        let difference = Difference::of_file(after, text);
        let report = Diagnostic::error(&EDITED, format!("`{path}` is not what vmsc wrote"));
        let report = match difference.at {
            Some(at) => codes::at_file(report, path, text, at, "a build would change this", self.map()),
            None => report,
        };
        let help = match self.options.keep.iter().any(|one| one.file == path) {
            true => "a generated file can't be kept: say it in the stack, or put it in a file of your own beside it".to_owned(),
            false => "say it in the stack".to_owned(),
        };
        let force = format!("run `vmsc build --force={}` to discard the difference", codes::shell(path));
        self.report(report.note(difference.note).help(help).help(force));
    }
}
