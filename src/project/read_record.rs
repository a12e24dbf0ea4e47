//! Reads the record, and those of the commits that git brings together.

use super::codes::{self, RECORD};
use super::owned::record::{Mark, NAME, Owned};
use super::plan::Planner;
use super::{git, root};
use crate::diagnostics::Diagnostic;
use crate::source::line_start;
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
                    let start = line_start(text, unusable.line);
                    let help = "take the file from a commit in which it was right, or remove it: what stands in your files is then taken for yours";
                    self.report_record(text, start..text.len(), &unusable.reason, help);
                    return None;
                }
            }
        }
        for side in git::sides(self.root, NAME) {
            let mut side = Owned::parse(&side).unwrap_or_default();
            // What a person keeps is said by the record alone.
            side.leaves.values_mut().for_each(|marks| marks.retain(|(_, mark)| *mark != Mark::Kept));
            Rc::make_mut(&mut self.sides).merge(&side);
        }
        self.read_old_records(text.is_none());
        Some((full, text))
    }

    fn report_record(&mut self, text: &str, at: std::ops::Range<usize>, reason: &str, help: &str) {
        let report = Diagnostic::error(&RECORD, format!("`{NAME}` can't be used"));
        let report = codes::at_file(report, NAME, text, at, reason, self.general);
        self.reports.general.push(report.help(help));
    }
}
