//! Stacks that are recorded, and whose file is gone.

use super::codes::{self, GONE_STACK, RECORD};
use super::outputs::Wanted;
use super::owned::record::{Mark, NAME, Owned};
use super::plan::Planner;
use super::root;
use crate::diagnostics::Diagnostic;
use crate::source::read::{self, Kind};
use camino::Utf8PathBuf;
use std::rc::Rc;

impl Planner<'_, '_> {
    /// Reads the record; `None` if it can't be used, which is reported.
    pub(super) fn read_record(&mut self) -> Option<(Utf8PathBuf, Option<String>)> {
        let full = root::inside(self.root, NAME);
        let Some(full) = full else {
            self.report(
                Diagnostic::error(&RECORD, format!("`{NAME}` leads out of the project"))
                    .help("remove the link"),
            );
            return None;
        };
        let text = self.load(NAME)?;
        self.files.shift_remove(NAME);
        if let Some(text) = &text {
            match Owned::parse(text) {
                Ok(owned) => {
                    // Where links lead is looked at where a file is used.
                    if let Some(file) = owned.named_files().into_iter().find(|file| !root::is_below(file)) {
                        let at = text.find(&**file).unwrap_or_default();
                        self.report_record(
                            text,
                            at..at + file.len(),
                            "this leads out of the project",
                            "no build of vmsc writes that: remove the line",
                        );
                        return None;
                    }
                    self.before = Rc::new(owned);
                }
                Err(unusable) => {
                    let start: usize = text.split_inclusive('\n').take(unusable.line).map(str::len).sum();
                    let help = "take the file from a commit in which it was right, or remove it: what stands in your files is then taken for yours";
                    self.report_record(text, start..text.len(), &unusable.reason, help);
                    return None;
                }
            }
        }
        for side in root::git_sides(self.root, NAME) {
            let mut side = Owned::parse(&side).unwrap_or_default();
            // What a person keeps is said by the record alone.
            side.leaves.values_mut().for_each(|marks| marks.retain(|(_, mark)| *mark != Mark::Kept));
            Rc::make_mut(&mut self.sides).merge(&side);
        }
        self.read_old_records(text.is_none());
        Some((full, text))
    }

    /// A file elsewhere that declares a stack and is not part of the build: a stack may have moved there.
    fn moved_to(&self, stack: &str) -> Option<String> {
        let name = stack.rsplit('/').next().unwrap_or(stack);
        let mut found = Vec::new();
        read::walk(self.root, 6, &mut |path| {
            let below = path.strip_prefix(self.root).map(|path| path.to_string()).unwrap_or_default();
            if path.file_name() == Some(name)
                && !self.is_planned(&below)
                && !self.before.stacks().iter().any(|known| ***known == *below)
            {
                found.push(below);
            }
        });
        found.into_iter().next()
    }

    fn report_record(&mut self, text: &str, at: std::ops::Range<usize>, reason: &str, help: &str) {
        let report = Diagnostic::error(&RECORD, format!("`{NAME}` can't be used"));
        let report = codes::at_file(report, NAME, text, at, reason, self.general);
        self.reports.general.push(report.help(help));
    }

    /// Decides about stacks whose file is gone: what they wrote is removed if git tracks the removal, or if
    /// another stack writes all of it now.
    pub(super) fn settle_gone(&mut self, wanted: &Wanted) {
        let before = Rc::clone(&self.before);
        for stack in before.stacks() {
            if self.is_planned(stack) || read::kind(&self.root.join(&**stack)) != Kind::Nothing {
                continue;
            }
            let mut leaves =
                before.leaves.iter().filter(|(_, marks)| marks.iter().any(|(source, _)| source == stack));
            let mut files = before.files.iter().filter(|(_, stacks)| stacks.contains(stack));
            let taken_over = leaves.all(|(place, _)| wanted.leaves.contains_key(place))
                && files.all(|(path, _)| wanted.files.contains_key(&**path));
            let moved = if taken_over || !self.options.whole { None } else { self.moved_to(stack) };
            if let Some(moved) = moved {
                let report = Diagnostic::error(
                    &GONE_STACK,
                    format!("`{stack}` is gone, and `{moved}` declares a stack that was never built"),
                )
                .help(format!("run `vmsc build {}` if it was moved there", codes::shell(&moved)))
                .help(format!("run `vmsc remove {}` to take out what it wrote", codes::shell(stack)));
                self.report(report);
                continue;
            }
            if taken_over || self.options.whole && root::git_tracks_removal(self.root, stack) {
                if !taken_over {
                    self.notes.push(format!("`{stack}` is gone: what it wrote is removed"));
                }
                self.gone.push(Rc::clone(stack));
                continue;
            }
            if self.options.whole {
                let stack_file = codes::shell(stack);
                let report = Diagnostic::error(
                    &GONE_STACK,
                    format!("`{stack}` is gone, and git does not track its removal"),
                )
                .note("a sparse checkout or a wrong branch may lack it")
                .help(format!("bring it back, or run `vmsc remove {stack_file}` to take out what it wrote"));
                self.report(report);
            }
        }
    }
}
