//! Open files and the projects that they belong to.

use super::claims::Claims;
use crate::compile::Live;
use crate::diagnostics::Diagnostic;
use crate::load::StackLocation;
use crate::project::root;
use crate::semantics::codes::NO_STACK;
use crate::semantics::stop::{Stop, Stopped};
use crate::source::overlay::Overlay;
use crate::source::read;
use crate::source::{FileId, SourceMap};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The stacks of a project: the files in `stacks/`, and those elsewhere that a build has written for.
pub fn stacks(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut found = root::stacks(root);
    let recorded = root::recorded_stacks(root).into_iter().map(|stack| root.join(stack));
    let more: Vec<Utf8PathBuf> =
        recorded.filter(|file| read::kind(file) == read::Kind::File && !found.contains(file)).collect();
    found.extend(more);
    found
}

/// A file's name in diagnostics: its path below the root, or all of it.
pub fn shown(file: &Utf8Path, root: &Utf8Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string()
}

/// The location of a stack, given its file with links resolved.
pub fn location(file: &Utf8Path, root: &Utf8Path) -> StackLocation {
    let folder = file.parent().unwrap_or(root).to_owned();
    StackLocation { root: root.to_owned(), folder, file: file.to_owned() }
}

/// Open files and the projects that they belong to. All paths have their links resolved.
#[derive(Debug, Default)]
pub struct Workspace {
    overlay: Overlay,
    /// Files with unsaved texts.
    open: BTreeSet<Utf8PathBuf>,
    projects: BTreeMap<Utf8PathBuf, Project>,
}

/// A project, by its root.
#[derive(Debug, Default)]
struct Project {
    /// Its stacks and libraries by their files, and open files that belong to none.
    stacks: BTreeMap<Utf8PathBuf, Stack>,
}

#[derive(Debug)]
struct Stack {
    live: Live,
    /// Whether a file that it may import changed since it was read.
    stale: bool,
}

impl Workspace {
    /// The path of a file with links resolved; the file need not exist, but its folder must.
    pub fn path_of(file: &Utf8Path) -> Option<Utf8PathBuf> {
        let known = read::canonical(file).ok();
        known.or_else(|| Some(read::canonical(file.parent()?).ok()?.join(file.file_name()?)))
    }

    /// The root of the project of a file.
    pub fn root_of(file: &Utf8Path) -> Utf8PathBuf {
        root::find(file).unwrap_or_else(|_| file.parent().unwrap_or(file).to_owned())
    }

    /// Opens a file, or takes its new text.
    pub fn set(&mut self, file: &Utf8Path, text: &str) {
        let root = Workspace::root_of(file);
        let known = self.open.contains(file);
        self.overlay.open(file.to_owned(), text);
        self.open.insert(file.to_owned());
        let project = self.project(&root);
        for (path, stack) in &mut project.stacks {
            // What is new may be what an import did not find.
            stack.stale |= path != file && (!known || stack.live.file_at(file).is_some());
        }
        let overlay = self.overlay.clone();
        let Some(project) = self.projects.get_mut(&root) else { return };
        match project.stacks.get_mut(file) {
            Some(stack) if known && stack.live.source().text == text => {}
            Some(stack) => stack.live.edit(text.to_owned(), &overlay),
            None if is_stack(file) => {
                let live = read_stack(file, &root, &overlay);
                project.stacks.insert(file.to_owned(), Stack { live, stale: false });
            }
            None => {}
        }
    }

    /// Forgets the unsaved text of a file: what is on disk counts again.
    pub fn close(&mut self, file: &Utf8Path) {
        self.overlay.close(file);
        self.open.remove(file);
        self.refresh();
        let root = Workspace::root_of(file);
        if !self.open.iter().any(|open| Workspace::root_of(open) == root) {
            self.projects.remove(&root);
        }
    }

    /// Looks at the disk again, after files changed there.
    pub fn refresh(&mut self) {
        let roots: Vec<Utf8PathBuf> = self.projects.keys().cloned().collect();
        for root in roots {
            let listed: BTreeSet<Utf8PathBuf> = self.listed(&root);
            let Some(project) = self.projects.get_mut(&root) else { continue };
            project.stacks.retain(|file, _| listed.contains(file));
            for file in listed {
                match project.stacks.get_mut(&file) {
                    Some(stack) if self.open.contains(&file) => stack.stale = true,
                    _ => {
                        let live = read_stack(&file, &root, &self.overlay);
                        project.stacks.insert(file, Stack { live, stale: false });
                    }
                }
            }
        }
    }

    /// The stacks of a project, and the open files in it.
    fn listed(&self, root: &Utf8Path) -> BTreeSet<Utf8PathBuf> {
        let stacks = stacks(root).into_iter().filter_map(|file| Workspace::path_of(&file));
        let open = self.open.iter().filter(|file| is_stack(file) && Workspace::root_of(file) == root);
        stacks.chain(open.cloned()).collect()
    }

    fn project(&mut self, root: &Utf8Path) -> &mut Project {
        if !self.projects.contains_key(root) {
            let mut project = Project::default();
            for file in self.listed(root) {
                let live = read_stack(&file, root, &self.overlay);
                project.stacks.insert(file, Stack { live, stale: false });
            }
            self.projects.insert(root.to_owned(), project);
        }
        self.projects.entry(root.to_owned()).or_default()
    }

    /// The roots of the open projects.
    pub fn roots(&self) -> Vec<Utf8PathBuf> {
        self.projects.keys().cloned().collect()
    }

    /// Opens the project at a root without a file of it.
    pub fn open_root(&mut self, root: &Utf8Path) {
        self.project(root);
    }

    /// The text of a file: the unsaved one if there is one.
    pub fn text(&self, file: &Utf8Path) -> Option<String> {
        self.overlay.text(file).ok()
    }

    /// What is known of a file as a stack of its own, whatever imports it.
    pub fn live(&self, file: &Utf8Path) -> Option<&Live> {
        let project = self.projects.get(&Workspace::root_of(file))?;
        project.stacks.get(file).map(|stack| &stack.live)
    }

    /// Evaluates a stack if that was not done since the last edit, unless `stop` interrupts it.
    pub fn evaluated(&mut self, file: &Utf8Path, stop: &Stop) -> Result<Option<&Live>, Stopped> {
        let overlay = self.overlay.clone();
        let project = self.projects.get_mut(&Workspace::root_of(file));
        let Some(stack) = project.and_then(|project| project.stacks.get_mut(file)) else { return Ok(None) };
        stack.evaluate(&overlay, stop)?;
        Ok(Some(&stack.live))
    }

    /// All stacks of the file's project that consist of the file or import it, itself first.
    pub fn holders(&self, file: &Utf8Path) -> Vec<(&Live, FileId)> {
        let Some(project) = self.projects.get(&Workspace::root_of(file)) else { return Vec::new() };
        let own = project.stacks.get(file).map(|stack| &stack.live);
        let others = project.stacks.iter().filter(|(path, _)| *path != file).map(|(_, stack)| &stack.live);
        own.into_iter().chain(others).filter_map(|live| Some((live, live.file_at(file)?))).collect()
    }

    /// The file of the stack that a file is part of: itself, or one that imports it.
    pub fn stack_of(&self, file: &Utf8Path) -> Option<Utf8PathBuf> {
        let has_stack = |live: &&Live| live.analysis().is_some_and(|known| known.program().stack.is_some());
        let stack = self.holders(file).into_iter().map(|(live, _)| live).find(has_stack);
        stack.map(|live| live.path_of(live.file()))
    }

    /// All stacks of a file's project.
    pub fn beside(&self, file: &Utf8Path) -> Vec<&Live> {
        let project = self.projects.get(&Workspace::root_of(file));
        project.into_iter().flat_map(|project| project.stacks.values()).map(|stack| &stack.live).collect()
    }

    /// Reads again what is stale in a project, and evaluates its stacks, unless `stop` interrupts it.
    pub fn evaluate(&mut self, root: &Utf8Path, stop: &Stop) -> Result<(), Stopped> {
        let overlay = self.overlay.clone();
        let Some(project) = self.projects.get_mut(root) else { return Ok(()) };
        for stack in project.stacks.values_mut() {
            stack.evaluate(&overlay, stop)?;
        }
        Ok(())
    }

    /// What is wrong in a project, as `vmsc check` reports it: each diagnostic with the stack that has it.
    /// The project must be evaluated.
    pub fn reports(&self, root: &Utf8Path) -> Vec<(&Live, Diagnostic)> {
        let Some(project) = self.projects.get(root) else { return Vec::new() };
        let (mut claims, mut imported, mut found) = (Claims::default(), HashSet::new(), Vec::new());
        let evaluated =
            project.stacks.values().filter_map(|stack| Some((&stack.live, stack.live.outcome()?)));
        let (stacks, libraries): (Vec<_>, Vec<_>) = evaluated.partition(|(_, outcome)| outcome.has_stack);
        for (live, outcome) in stacks {
            imported.extend(live.map().files().map(|(_, file)| file.name.as_str()));
            found.extend(outcome.reports.iter().map(|report| (live, report.clone())));
            let claimed = outcome.compiled.as_ref();
            let claimed = claimed.and_then(|compiled| claims.claim(root, &live.source().name, compiled));
            found.extend(claimed.map(|report| (live, report)));
        }
        for (live, outcome) in libraries {
            if !imported.contains(live.source().name.as_str()) {
                let reports = outcome.reports.iter().filter(|report| report.code != NO_STACK.code());
                found.extend(reports.map(|report| (live, report.clone())));
            }
        }
        found
    }
}

impl Stack {
    fn evaluate(&mut self, overlay: &Overlay, stop: &Stop) -> Result<(), Stopped> {
        if std::mem::take(&mut self.stale) {
            self.live.reload(overlay);
        }
        self.live.evaluate(stop).map(|_| ())
    }
}

/// Whether a file is a stack or a library, by its name.
pub fn is_stack(file: &Utf8Path) -> bool {
    file.extension() == Some("vms")
}

fn read_stack(file: &Utf8Path, root: &Utf8Path, overlay: &Overlay) -> Live {
    let (name, place) = (shown(file, root), location(file, root));
    match overlay.text(file) {
        Ok(text) => Live::new(&name, text, place, overlay.clone()),
        Err(error) => Live::unreadable(&name, error, place),
    }
}

impl Live {
    /// The file of the map at a path.
    pub fn file_at(&self, path: &Utf8Path) -> Option<FileId> {
        let name = shown(path, &self.place().root);
        self.map().files().find(|(_, file)| file.name == name).map(|(id, _)| id)
    }

    /// The path of a file of the map.
    pub fn path_of(&self, file: FileId) -> Utf8PathBuf {
        path_in(self.map(), file, &self.place().root)
    }
}

fn path_in(map: &SourceMap, file: FileId, root: &Utf8Path) -> Utf8PathBuf {
    root.join(&map.file(file).name)
}
