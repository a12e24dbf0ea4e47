//! `vmsc build`

use super::planning::{self, Planned, Project};
use super::{ExitStatus, Global, Input, output};
use crate::diagnostics::{Diagnostic, wording};
use crate::project::change::Change;
use crate::project::codes;
use crate::project::lock::lock;
use crate::project::plan::{Options, Plan};
use crate::project::write::{self, Stopped};
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
    /// Overwrite what differs from what vmsc wrote: everywhere, or in a file or value (may be repeated)
    #[arg(long, value_name = "FILE[:PATH]", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    force: Vec<String>,
    /// Keep a value of your own where vmsc would write another (may be repeated)
    #[arg(long, value_name = "FILE:PATH", num_args = 1, require_equals = true)]
    keep: Vec<String>,
}

impl Build {
    /// A plain build of some stacks.
    pub(super) fn of(input: &Input) -> Build {
        Build { input: input.clone(), dry_run: false, check: false, force: Vec::new(), keep: Vec::new() }
    }

    /// The options of a build without flags.
    pub(super) fn plain_options(&self) -> Options {
        self.options().unwrap_or_default()
    }

    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let options = match self.options() {
            Ok(options) => options,
            Err(ending) => return ending,
        };
        if self.input.stacks.iter().any(|stack| stack == "-") {
            output::failure("a build needs a file: `-` is for `vmsc check`");
            return ExitStatus::Failed;
        }
        let (projects, mut ending) = planning::open(&self.input, global);
        for project in projects {
            let options = Options { whole: options.whole && ending == ExitStatus::Fine, ..options.clone() };
            ending = ending.max(self.one(project, &options, global));
        }
        ending
    }

    fn options(&self) -> Result<Options, ExitStatus> {
        let some: Vec<String> = self.force.iter().filter(|value| !value.is_empty()).cloned().collect();
        Ok(Options {
            force: self.force.iter().any(String::is_empty),
            forced: planning::named("--force", &some)?,
            keep: planning::named("--keep", &self.keep)?,
            profiles: self.input.profile.clone(),
            whole: self.input.stacks.is_empty() && self.input.profile.is_empty(),
            ..Options::default()
        })
    }

    fn one(&self, mut project: Project, options: &Options, global: &Global) -> ExitStatus {
        let writes = !self.check && !self.dry_run;
        let wait = || output::line(global, "waiting for another build of this project");
        let lock = if writes { lock(&project.root, &wait) } else { None };
        let mut planned = planning::plan(&mut project, options, global);
        planning::show(&project, &planned, global);
        let ending = match planned.is_wrong(&project) {
            true => ExitStatus::Wrong,
            false if self.check => compare(&mut planned, &project, global),
            false if self.dry_run => {
                list(&planned.plan, &named(&project), global, "would write");
                ExitStatus::Fine
            }
            false => {
                if lock.is_some() {
                    write::sweep(&planned.plan);
                }
                write_plan(&planned, &named(&project), global)
            }
        };
        drop(lock);
        super::session::leave((project, planned));
        ending
    }
}

/// How the summary calls the stacks of a project.
fn named(project: &Project) -> String {
    match project.stacks.as_slice() {
        [] => "no stack".to_owned(),
        [(one, _)] => one.name.clone(),
        several => wording::count(several.len(), "stack"),
    }
}

/// Writes a plan and says what was written.
pub(super) fn write_plan(planned: &Planned, name: &str, global: &Global) -> ExitStatus {
    match write::write(&planned.plan) {
        Ok(()) => {
            list(&planned.plan, name, global, "wrote");
            ExitStatus::Fine
        }
        Err(stopped) => {
            let report = match &stopped {
                Stopped::Unwritable(failure) => codes::unwritable(failure),
                Stopped::Meanwhile(path) => codes::meanwhile(path),
            };
            output::reports(&[report], &planned.map, global);
            ExitStatus::Failed
        }
    }
}

/// Implements `--check`: compares the files on disk with what a build would write.
fn compare(planned: &mut Planned, project: &Project, global: &Global) -> ExitStatus {
    let record = planned.plan.record.lacks_lines().then(|| planned.plan.record.change());
    let changed: Vec<Change> = planned.plan.changed().cloned().chain(record).collect();
    let kept = match planned.plan.kept {
        0 => String::new(),
        kept => format!(", {} kept as it is", wording::count(kept, "value")),
    };
    let name = named(project);
    if changed.is_empty() {
        output::line(global, &format!("{name}: outputs are current{kept}"));
        return ExitStatus::Fine;
    }
    let stack = match project.stacks.as_slice() {
        [(one, _)] => format!(" {}", one.name),
        _ => String::new(),
    };
    let mut reports: Vec<Diagnostic> =
        changed.iter().map(|change| codes::stale(change, &stack, &mut planned.map)).collect();
    if planned.plan.is_of_another_version()
        && let Some(report) = reports.first_mut()
    {
        report.notes.push(
            "every generated file differs, and each is as a build left it: another version of vmsc made them"
                .to_owned(),
        );
    }
    output::reports(&reports, &planned.map, global);
    if !global.is_for_people() {
        return ExitStatus::Wrong;
    }
    changed.iter().for_each(|change| output::data(&diff(change)));
    let files = wording::count(changed.len(), "file");
    output::failure(&format!("{files} differ from what `vmsc build{stack}` writes: run it and commit{kept}"));
    ExitStatus::Wrong
}

/// What a build would change in a file, as a unified diff.
pub(super) fn diff(change: &Change) -> String {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let (before, after) = (text(&change.before), text(&change.after));
    let diff = TextDiff::from_lines(&before, &after);
    diff.unified_diff().context_radius(2).header(&format!("on disk: {}", change.path), "a build").to_string()
}

/// Prints a short summary of the files that were or would be written.
pub(super) fn list(plan: &Plan, name: &str, global: &Global, verb: &str) {
    let changed: Vec<&Change> = plan.changed().collect();
    for note in &plan.notes {
        output::line(global, note);
    }
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
    let record = plan.record.change();
    let changed = changed.into_iter().chain((record.before != record.after).then_some(&record));
    let changed: Vec<&Change> = changed.collect();
    if changed.is_empty() {
        return output::line(global, &format!("{name}: nothing to do, outputs are current"));
    }
    output::line(global, &format!("{name}: {verb} {}", wording::count(changed.len(), "file")));
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
