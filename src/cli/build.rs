//! `vmsc build`

use super::session::{self, Session};
use super::{ExitStatus, Global, Input, output};
use crate::diagnostics::{Diagnostic, wording};
use crate::project::change::Change;
use crate::project::codes;
use crate::project::plan::{self, Options, Plan};
use crate::project::write;
use camino::Utf8Path;
use clap::Args;
use similar::TextDiff;

/// The arguments of `vmsc build`.
#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    input: Input,
    /// List the files that would be written, without writing them
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,
    /// Show a diff and exit with 1 if any output is out of date, without writing anything
    #[arg(long)]
    check: bool,
    /// Overwrite files and entries that were edited by hand
    #[arg(long)]
    force: bool,
}

impl Build {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        session::each(&self.input, global, &|stack| self.open(stack, global), &mut |session| {
            self.one(session, global)
        })
    }

    fn open(&self, stack: &Utf8Path, global: &Global) -> Result<Session, ExitStatus> {
        if stack == "-" {
            output::failure("a build needs a file: `-` is for `vmsc check`");
            return Err(ExitStatus::Failed);
        }
        // Concurrent builds wait for each other, so neither loses the other's edits.
        let lock = crate::source::read::lock(stack);
        let session = session::open(stack, &self.input, global)?;
        Ok(Session { lock, ..session })
    }

    fn one(&self, mut session: Session, global: &Global) -> ExitStatus {
        let Some(compiled) = session.compiled.take() else {
            output::reports(&session.reports, &session.map, global);
            return ExitStatus::Wrong;
        };
        let options = Options { force: self.force, profiles: self.input.profile.clone(), trace: false };
        let (plan, reports) = plan::plan(&compiled, &session.root, &session.name, &options, &mut session.map);
        session.reports.extend(reports);
        global.denied(&mut session.reports);
        output::reports(&session.reports, &session.map, global);
        let ending = match session.reports.iter().any(Diagnostic::is_error) {
            true => ExitStatus::Wrong,
            false if self.check => self.compare(&plan, &mut session, global),
            false if self.dry_run => {
                list(&plan, &session, global, "would write");
                ExitStatus::Fine
            }
            false => self.write(&plan, &session, global),
        };
        drop(session.lock.take());
        session::leave((session, compiled, plan));
        ending
    }

    fn write(&self, plan: &Plan, session: &Session, global: &Global) -> ExitStatus {
        if let Err(failure) = write::write(plan) {
            output::reports(&[codes::unwritable(&failure)], &session.map, global);
            return ExitStatus::Failed;
        }
        list(plan, session, global, "wrote");
        ExitStatus::Fine
    }

    /// Implements `--check`: compares the files on disk with what a build would write.
    fn compare(&self, plan: &Plan, session: &mut Session, global: &Global) -> ExitStatus {
        let changed: Vec<&Change> = plan.changed().collect();
        if changed.is_empty() {
            output::line(global, &format!("{}: outputs are current", session.name));
            return ExitStatus::Fine;
        }
        let stack = session.name.clone();
        let reports: Vec<Diagnostic> =
            changed.iter().map(|change| codes::stale(change, &stack, &mut session.map)).collect();
        output::reports(&reports, &session.map, global);
        if !global.is_for_people() {
            return ExitStatus::Wrong;
        }
        for change in &changed {
            let (before, after) =
                (change.before.as_deref().unwrap_or_default(), change.after.as_deref().unwrap_or_default());
            let diff = TextDiff::from_lines(before, after);
            let header = diff
                .unified_diff()
                .context_radius(2)
                .header(&format!("on disk: {}", change.path), "a build")
                .to_string();
            output::data(&header);
        }
        let files = wording::count(changed.len(), "file");
        output::failure(&format!(
            "{files} differ from what `vmsc build {}` writes: run it and commit",
            session.name
        ));
        ExitStatus::Wrong
    }
}

/// Prints a short summary of the files that were or would be written.
fn list(plan: &Plan, session: &Session, global: &Global, verb: &str) {
    let changed: Vec<&Change> = plan.changed().collect();
    if global.verbose {
        for change in &plan.changes {
            let what = match (&change.before, &change.after) {
                (before, after) if before == after => "same",
                (None, _) => "new",
                (_, None) => "gone",
                _ => "changed",
            };
            output::line(global, &format!("  {what:<8}{}", change.path));
        }
        if !plan.not_lowered.is_empty() {
            output::line(
                global,
                &format!("  checked by vmsc only, not at install: {}", plan.not_lowered.join(" ")),
            );
        }
    }
    if changed.is_empty() {
        return output::line(global, &format!("{}: nothing to do, outputs are current", session.name));
    }
    output::line(global, &format!("{}: {verb} {}", session.name, wording::count(changed.len(), "file")));
    if global.verbose {
        return;
    }
    // A generated chart gets one line; the user's own files get a line each.
    let mut folders: Vec<(String, usize)> = Vec::new();
    for change in changed {
        let folder = change.path.find("/templates/").map(|at| &change.path[..at]);
        let folder = folder.or_else(|| {
            let (folder, _) = change.path.rsplit_once('/')?;
            plan.changes.iter().any(|c| c.path.starts_with(&format!("{folder}/templates/"))).then_some(folder)
        });
        match folder {
            None => output::line(global, &format!("  {}", change.path)),
            Some(folder) => match folders.iter_mut().find(|(known, _)| known == folder) {
                Some((_, count)) => *count += 1,
                None => folders.push((folder.to_owned(), 1)),
            },
        }
    }
    for (folder, count) in folders {
        output::line(global, &format!("  {folder}/  ({})", wording::count(count, "file")));
    }
}
