//! Finds, reads and compiles the stacks that a subcommand works on.

use super::names::names_in;
use super::{Deny, ExitStatus, Format, Global, Input, output};
use crate::compile::{Compiled, Outcome, compile};
use crate::diagnostics::{Diagnostic, Severity, wording};
use crate::load::{StackLocation, codes::unreadable};
use crate::project::root;
use crate::project::workspace::{self, Claims};
use crate::semantics::codes::NO_STACK;
use crate::source::SourceMap;
use crate::source::read::{self, ReadError};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashSet;

/// A stack that was read and compiled.
pub(super) struct Session {
    /// The project's root.
    pub(super) root: Utf8PathBuf,
    /// The stack's file relative to the root, as shown in diagnostics.
    pub(super) name: String,
    /// The sources that diagnostics point into.
    pub(super) map: SourceMap,
    /// The compiled stack; `None` if it has errors.
    pub(super) compiled: Option<Compiled>,
    /// All diagnostics.
    pub(super) reports: Vec<Diagnostic>,
    /// Whether this is a file in `stacks/` that declares no stack: others import it, and nothing is built
    /// from it.
    pub(super) library: bool,
}

/// Opens each selected stack and calls `run` with it. Diagnostics of a file that declares no stack are
/// reported with the stack that imports it, or here if none does.
pub(super) fn each(
    input: &Input,
    global: &Global,
    open: &dyn Fn(&Utf8Path) -> Result<Session, ExitStatus>,
    run: &mut dyn FnMut(Session) -> ExitStatus,
) -> ExitStatus {
    let stacks = match stacks(input) {
        Ok(stacks) => stacks,
        Err(ending) => return ending,
    };
    let mut ending = None;
    let (mut libraries, mut imported) = (Vec::new(), HashSet::new());
    let mut claims = Claims::default();
    for stack in stacks {
        let one = match open(&stack) {
            Ok(session) if session.library => {
                libraries.push(session);
                continue;
            }
            Ok(mut session) => {
                imported.extend(session.map.files().map(|(_, file)| file.name.clone()));
                let compiled = session.compiled.as_ref();
                if let Some(report) =
                    compiled.and_then(|compiled| claims.claim(&session.root, &session.name, compiled))
                {
                    session.reports.push(report);
                    session.compiled = None;
                }
                run(session)
            }
            Err(failed) => failed,
        };
        ending = ending.max(Some(one));
    }
    for session in libraries.iter().filter(|session| !imported.contains(&session.name)) {
        output::reports(&session.reports, &session.map, global);
        if session.reports.iter().any(Diagnostic::is_error) {
            ending = ending.max(Some(ExitStatus::Wrong));
        }
    }
    ending.unwrap_or_else(|| {
        output::failure(
            "no file in `stacks/` has a stack: write `stack victoriametrics { version = v1.106.1 }`",
        );
        ExitStatus::Failed
    })
}

/// The root of the project that the command works on.
pub(super) fn root(input: &Input) -> Utf8PathBuf {
    let beside = input.stacks.first().filter(|stack| read::kind(stack) == read::Kind::File);
    let found = match &input.root {
        Some(root) => read::canonical(root),
        None => root::find(beside.map_or(Utf8Path::new("stack"), |stack| stack)),
    };
    found.unwrap_or_else(|_| Utf8PathBuf::from("."))
}

/// The selected stacks: those that are named, or all in `stacks/`.
fn stacks(input: &Input) -> Result<Vec<Utf8PathBuf>, ExitStatus> {
    if !input.stacks.is_empty() {
        return input.stacks.iter().map(|stack| file_of(stack, input)).collect();
    }
    let root = root(input);
    let found = workspace::stacks(&root);
    if found.is_empty() {
        output::failure(&format!(
            "no stack in `{}`: name one, or write `stacks/victoriametrics.vms` (`vmsc --help` shows one)",
            root.join("stacks")
        ));
        return Err(ExitStatus::Failed);
    }
    Ok(found)
}

/// The file of a stack that was named by its file or by its name.
pub(super) fn file_of(stack: &Utf8Path, input: &Input) -> Result<Utf8PathBuf, ExitStatus> {
    let is_name = !stack.as_str().contains(['/', '.']) && stack != "-";
    if !is_name || read::kind(stack) != read::Kind::Nothing {
        return Ok(stack.to_owned());
    }
    let files = workspace::stacks(&root(input));
    let named = |file: &&Utf8PathBuf| names_in(file).iter().any(|name| name == stack.as_str());
    let found: Vec<&Utf8PathBuf> = files.iter().filter(named).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let known: Vec<String> = files.iter().flat_map(|file| names_in(file)).collect();
            let near = wording::nearest(stack.as_str(), known.iter().map(String::as_str));
            output::failure(&match near {
                Some(near) => format!("there is no stack `{stack}`: did you mean `{near}`?"),
                None if known.is_empty() => format!("there is no file and no stack `{stack}`"),
                None => format!("there is no stack `{stack}`: there are {}", wording::all_of(&known)),
            });
            Err(ExitStatus::Failed)
        }
        several => {
            let several: Vec<&str> = several.iter().map(|file| file.as_str()).collect();
            output::failure(&format!("several stacks are named `{stack}`: {}", wording::all_of(&several)));
            Err(ExitStatus::Failed)
        }
    }
}

/// A stack's source and its location.
pub(super) struct StackSource {
    /// The path from the command line; `-` is standard input.
    pub(super) path: Utf8PathBuf,
    /// The name shown in diagnostics.
    name: String,
    place: StackLocation,
    /// The source itself.
    pub(super) text: String,
}

/// Reads and compiles one stack; `-` is standard input.
pub(super) fn open(stack: &Utf8Path, input: &Input, global: &Global) -> Result<Session, ExitStatus> {
    let text = text(stack, input, global)?;
    let session = compiled(&text, input, global);
    session.known_profiles(input)?;
    Ok(session)
}

/// Reads one stack.
pub(super) fn text(stack: &Utf8Path, input: &Input, global: &Global) -> Result<StackSource, ExitStatus> {
    let stdin = stack == "-";
    let root = match &input.root {
        Some(root) => read::canonical(root),
        None => root::find(if stdin { Utf8Path::new("stack") } else { stack }),
    };
    let name = shown(stack, root.as_deref().ok());
    let failed = |error: ReadError, name: &str| {
        let mut map = SourceMap::default();
        let report = unreadable(error, name, &mut map);
        output::reports(&[report], &map, global);
        ExitStatus::Failed
    };
    let text = if stdin { read::stdin() } else { read::text(stack) };
    let text = text.map_err(|error| failed(error, &name))?;
    let root = root.map_err(|error| {
        let shown = input.root.as_deref().unwrap_or(Utf8Path::new("."));
        failed(error, shown.as_str())
    })?;
    // Standard input is treated as a file inside the project.
    let file = if stdin { Utf8PathBuf::new() } else { read::canonical(stack).unwrap_or_default() };
    let stacks = root.join("stacks");
    let folder = match file.parent() {
        Some(folder) => folder.to_owned(),
        None if read::kind(&stacks) == read::Kind::Directory => stacks,
        None => root.clone(),
    };
    Ok(StackSource { path: stack.to_owned(), name, place: StackLocation { root, folder, file }, text })
}

/// Compiles one stack.
pub(super) fn compiled(text: &StackSource, input: &Input, global: &Global) -> Session {
    let mut map = SourceMap::default();
    let file = map.add(text.name.clone(), text.text.clone());
    let Outcome { mut compiled, mut reports, has_stack, .. } = compile(file, &text.place, &mut map);
    let library = !has_stack && input.stacks.is_empty();
    if library {
        reports.retain(|report| report.code != NO_STACK.code());
    }
    global.denied(&mut reports);
    if reports.iter().any(Diagnostic::is_error) {
        compiled = None;
    }
    let (root, name) = (text.place.root.clone(), text.name.clone());
    Session { root, name, map, compiled, reports, library }
}

impl Global {
    /// Whether diagnostics are for people, not for programs that read standard output.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.message_format, Format::Human | Format::Short)
    }

    /// Turns warnings into errors if `--deny warnings` is set.
    pub(super) fn denied(&self, reports: &mut [Diagnostic]) {
        if self.deny == Some(Deny::Warnings) {
            reports.iter_mut().for_each(|report| report.severity = Severity::Error);
        }
    }
}

/// Leaks a large value. The process is about to exit and the system frees all memory at once; dropping it
/// piece by piece took a tenth of a check.
pub(super) fn leave<T>(done: T) {
    std::mem::forget(done);
}

/// The stack's path relative to the root, or as given if it is outside.
fn shown(stack: &Utf8Path, root: Option<&Utf8Path>) -> String {
    if stack == "-" {
        return "<stdin>".to_owned();
    }
    let full = read::canonical(stack).ok();
    let below = full.as_deref().zip(root).and_then(|(full, root)| full.strip_prefix(root).ok());
    below.unwrap_or(stack).to_string()
}

impl Session {
    /// Checks that the profiles named by `--profile` exist.
    fn known_profiles(&self, input: &Input) -> Result<(), ExitStatus> {
        let Some(compiled) = &self.compiled else { return Ok(()) };
        let known: Vec<&str> = compiled.variants.iter().filter_map(|v| v.profile.as_deref()).collect();
        for name in &input.profile {
            if !known.contains(&name.as_str()) {
                let near = wording::nearest(name, known.iter().copied());
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => "the stack has no profiles".to_owned(),
                    None => format!("it has {}", wording::all_of(&known)),
                };
                output::failure(&format!("`{}` has no profile `{name}`: {help}", self.name));
                return Err(ExitStatus::Failed);
            }
        }
        Ok(())
    }
}
