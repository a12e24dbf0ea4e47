//! Plans the outputs of several stacks at once, for the commands that build, compare or list them.

use super::session::{self, Session};
use super::{ExitStatus, Global, Input, output};
use crate::compile::Compiled;
use crate::diagnostics::Diagnostic;
use crate::project::plan::{self, Member, Named, Options, Plan};
use crate::source::SourceMap;
use crate::source::read;
use crate::yaml::path;
use camino::Utf8PathBuf;

/// The stacks of one project.
pub(super) struct Project {
    /// The project's root.
    pub(super) root: Utf8PathBuf,
    /// The compiled stacks, with their sessions.
    pub(super) stacks: Vec<(Session, Compiled)>,
}

/// A plan, its diagnostics, and what they point into.
pub(super) struct Planned {
    pub(super) plan: Plan,
    /// The diagnostics of no stack.
    pub(super) general: Vec<Diagnostic>,
    pub(super) map: SourceMap,
}

impl Planned {
    /// Whether the plan has errors.
    pub(super) fn is_wrong(&self, project: &Project) -> bool {
        let of = project.stacks.iter().flat_map(|(session, _)| &session.reports);
        of.chain(&self.general).any(Diagnostic::is_error)
    }
}

/// Compiles the selected stacks and groups them by project. Those with errors are reported and left out;
/// the status is theirs.
pub(super) fn open(input: &Input, global: &Global) -> (Vec<Project>, ExitStatus) {
    let mut projects: Vec<Project> = Vec::new();
    if input.stacks.is_empty() {
        let root = session::root(input);
        let recorded = crate::project::root::recorded_stacks(&root);
        let is_there = |stack: &String| read::kind(&root.join(stack)) == read::Kind::File;
        if crate::project::root::stacks(&root).is_empty()
            && !recorded.is_empty()
            && !recorded.iter().any(is_there)
        {
            // Every stack is gone: what they wrote may go with them.
            return (vec![Project { root, stacks: Vec::new() }], ExitStatus::Fine);
        }
    }
    let ending =
        session::each(input, global, &|stack| session::open(stack, input, global), &mut |mut session| {
            let Some(compiled) = session.compiled.take() else {
                output::reports(&session.reports, &session.map, global);
                return ExitStatus::Wrong;
            };
            match projects.iter_mut().find(|project| project.root == session.root) {
                Some(project) => project.stacks.push((session, compiled)),
                None => {
                    projects.push(Project { root: session.root.clone(), stacks: vec![(session, compiled)] })
                }
            }
            ExitStatus::Fine
        });
    (projects, ending)
}

/// Plans a build of a project's stacks; diagnostics go to the stacks' sessions.
pub(super) fn plan(project: &mut Project, options: &Options, global: &Global) -> Planned {
    let mut map = SourceMap::default();
    let mut members: Vec<Member> = project
        .stacks
        .iter_mut()
        .map(|(session, compiled)| Member { compiled, source: &session.name, map: &mut session.map })
        .collect();
    let (plan, reports) = plan::plan(&mut members, &project.root, options, &mut map);
    drop(members);
    for (at, report) in reports.of {
        project.stacks[at].0.reports.push(report);
    }
    for (session, _) in &mut project.stacks {
        global.denied(&mut session.reports);
    }
    let mut general = reports.general;
    global.denied(&mut general);
    Planned { plan, general, map }
}

/// Shows all diagnostics of a plan.
pub(super) fn show(project: &Project, planned: &Planned, global: &Global) {
    for (session, _) in &project.stacks {
        output::reports(&session.reports, &session.map, global);
    }
    output::reports(&planned.general, &planned.map, global);
}

/// Parses the places that an option names, `FILE` or `FILE:PATH`.
pub(super) fn named(flag: &str, values: &[String]) -> Result<Vec<Named>, ExitStatus> {
    let one = |value: &String| {
        let (file, rest) = path::word(value, ".")?;
        let path = match rest.strip_prefix(':') {
            Some(rest) => path::parse(rest)?,
            None => rest.is_empty().then(Vec::new)?,
        };
        let file = file.strip_prefix("./").unwrap_or(&file).to_owned();
        Some(Named { file, path })
    };
    values
        .iter()
        .map(|value| {
            one(value).ok_or_else(|| {
                output::failure(&format!(
                    "`{flag}={value}` names no place: write a file, or a file and a path as in `{flag}=docker/docker-compose.yml:services.web.image`"
                ));
                ExitStatus::Failed
            })
        })
        .collect()
}
