//! `vmsc remove`

use super::build::write_plan;
use super::planning::{self, Planned, Project};
use super::{ExitStatus, Global, Input, output};
use super::{complete, session};
use crate::project::codes::{shell, unwritable};
use crate::project::lock::lock;
use crate::project::plan::{Options, Plan};
use crate::project::{git, root, write};
use crate::source::read;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use clap_complete::engine::ArgValueCompleter;

/// The arguments of `vmsc remove`.
#[derive(Debug, Args)]
pub(super) struct Remove {
    /// Files or names of stacks
    #[arg(value_name = "STACK", required = true, add = ArgValueCompleter::new(complete::stacks))]
    stacks: Vec<Utf8PathBuf>,
    /// Project folder [default: the nearest one above the stack with a vmsc.owned or a .git]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    root: Option<Utf8PathBuf>,
    /// Also remove the stack's file, if git has it as it is
    #[arg(long)]
    stack_file: bool,
    /// Overwrite what differs from what vmsc wrote: everywhere, or in a file or value (may be repeated)
    #[arg(long, value_name = "FILE[:PATH]", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    force: Vec<String>,
}

impl Remove {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let input = Input { stacks: self.stacks.clone(), root: self.root.clone(), profile: Vec::new() };
        let root = session::root(&input);
        let mut sources = Vec::new();
        for stack in &self.stacks {
            match source(stack, &root, &input) {
                Ok(source) => sources.push(source),
                Err(ending) => return ending,
            }
        }
        let some: Vec<String> = self.force.iter().filter(|value| !value.is_empty()).cloned().collect();
        let forced = match planning::named("--force", &some) {
            Ok(forced) => forced,
            Err(ending) => return ending,
        };
        let force = self.force.iter().any(String::is_empty);
        let options = Options { force, forced, removed: sources.clone(), ..Options::default() };
        let lock = lock(&root, &|| output::line(global, "waiting for another build of this project"));
        let mut project = Project { root, stacks: Vec::new() };
        let planned = planning::plan(&mut project, &options, global);
        planning::show(&project, &planned, global);
        if planned.is_wrong(&project) {
            return ExitStatus::Wrong;
        }
        if lock.is_some() {
            write::sweep(&planned.plan);
        }
        let ending = write_plan(&planned, &sources.join(", "), global);
        if ending == ExitStatus::Fine {
            say_what_stays(&planned.plan, global);
            return self.stack_files(&sources, &project.root, &planned, global);
        }
        ending
    }

    /// Removes the stacks' own files, or says how to.
    fn stack_files(
        &self,
        sources: &[String],
        root: &Utf8Path,
        planned: &Planned,
        global: &Global,
    ) -> ExitStatus {
        let there = |source: &&String| read::kind(&root.join(source)) == read::Kind::File;
        for source in sources.iter().filter(there) {
            if !self.stack_file {
                output::line(
                    global,
                    &format!("the stack itself stays: `git rm {}` removes it", shell(source)),
                );
            } else if !git::has_unchanged(root, source) {
                output::line(global, &format!("`{source}` stays: git does not have it as it is"));
            } else if let Err(failure) = write::remove(&root.join(source)) {
                output::reports(&[unwritable(&failure)], &planned.map, global);
                return ExitStatus::Failed;
            } else {
                output::line(global, &format!("removed `{source}`"));
            }
        }
        ExitStatus::Fine
    }
}

/// A stack's file below the root; one that is gone is known by the record.
fn source(stack: &Utf8Path, root: &Utf8Path, input: &Input) -> Result<String, ExitStatus> {
    let recorded = root::recorded_stacks(root);
    let given = stack.as_str().trim_start_matches("./");
    if recorded.iter().any(|known| known == given) {
        return Ok(given.to_owned());
    }
    let file = session::file_of(stack, input)?;
    let full = read::canonical(&file).ok();
    let below = full.as_ref().and_then(|full| full.strip_prefix(root).ok()).map(|path| path.to_string());
    match below.filter(|path| recorded.contains(path)) {
        Some(path) => Ok(path),
        None => {
            output::failure(&format!(
                "`{stack}` has no outputs that `vmsc.owned` knows: there is nothing to remove"
            ));
            Err(ExitStatus::Failed)
        }
    }
}

/// Says what a removal does not reach: the data.
fn say_what_stays(plan: &Plan, global: &Global) {
    let charts = plan
        .changed()
        .filter(|change| change.after.is_none() && change.path.ends_with("/templates/statefulset.yaml"));
    if charts.count() > 0 {
        output::line(
            global,
            "in clusters, the volume claims stay: `kubectl get persistentvolumeclaims` lists them",
        );
    }
    let composed = plan.changed().any(|change| change.path.ends_with("scrape.yml") && change.after.is_none());
    if composed {
        output::line(global, "in Docker engines, the volumes stay: `docker volume ls` lists them");
    }
}
