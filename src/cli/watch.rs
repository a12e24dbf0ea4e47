//! `vmsc watch`

use super::build::Build;
use super::planning;
use super::session;
use super::{ExitStatus, Global, Input, output};
use crate::project::workspace::Inputs;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// How long files must rest before a build: an editor may write several, or one in steps.
const REST: Duration = Duration::from_millis(60);

/// Builds in a row, at most, when files change while one runs.
const MOST_IN_A_ROW: usize = 5;

/// The arguments of `vmsc watch`.
#[derive(Debug, Args)]
pub(super) struct Watch {
    #[command(flatten)]
    input: Input,
}

impl Watch {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let root = session::root(&self.input);
        let (sender, events) = mpsc::channel();
        let heard = move |event: notify::Result<Event>| {
            // If nobody listens any more, the program is about to end.
            let _ = sender.send(event.is_ok_and(|event| !event.kind.is_access()));
        };
        let mut watcher = match notify::recommended_watcher(heard) {
            Ok(watcher) => watcher,
            Err(error) => {
                output::failure(&format!("files can't be watched: {error}"));
                return ExitStatus::Failed;
            }
        };
        let mut watched = BTreeSet::new();
        let mut known = self.build(&root, global, &mut watcher, &mut watched);
        while wait(&events) {
            let now = Inputs::of(&root);
            follow(&mut watcher, &mut watched, &now.folders);
            if now.files != known.files {
                known = self.build(&root, global, &mut watcher, &mut watched);
            }
        }
        ExitStatus::Failed
    }

    /// Builds until the outputs fit the inputs; returns the inputs that were built.
    fn build(
        &self,
        root: &Utf8Path,
        global: &Global,
        watcher: &mut RecommendedWatcher,
        watched: &mut BTreeSet<Utf8PathBuf>,
    ) -> Inputs {
        if std::io::stderr().is_terminal() && !global.verbose {
            output::clear();
        }
        let mut before = Inputs::of(root);
        follow(watcher, watched, &before.folders);
        for _ in 0..MOST_IN_A_ROW {
            let ending = Build::of(&self.input).run(global);
            let after = Inputs::of(root);
            follow(watcher, watched, &after.folders);
            // What changed is what the build wrote, or what a person saved meanwhile.
            let settled = after.files == before.files || ending != ExitStatus::Fine || self.is_current(root);
            before = after;
            if settled {
                break;
            }
        }
        output::line(global, "waiting for changes; Ctrl-C ends");
        before
    }

    /// Whether a build would change nothing.
    fn is_current(&self, root: &Utf8Path) -> bool {
        let quiet = Global::silent();
        let input = Input { root: Some(root.to_owned()), ..self.input.clone() };
        let (projects, ending) = planning::open(&input, &quiet);
        ending == ExitStatus::Fine
            && projects.into_iter().all(|mut project| {
                let planned = planning::plan(&mut project, &Build::of(&input).plain_options(), &quiet);
                planned.is_wrong(&project) || planned.plan.changed().next().is_none()
            })
    }
}

/// Waits until something changed and files rest; `false` if nothing can change any more.
fn wait(events: &Receiver<bool>) -> bool {
    loop {
        match events.recv() {
            Ok(true) => break,
            Ok(false) => {}
            Err(_) => return false,
        }
    }
    loop {
        match events.recv_timeout(REST) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Watches these folders and no others. A folder is watched rather than its files: an editor may put a new
/// file in the place of the old one.
fn follow(
    watcher: &mut RecommendedWatcher,
    watched: &mut BTreeSet<Utf8PathBuf>,
    folders: &BTreeSet<Utf8PathBuf>,
) {
    for gone in watched.difference(folders) {
        // A folder that was removed is watched no more.
        let _ = watcher.unwatch(gone.as_std_path());
    }
    let is_watched = |folder: &&Utf8PathBuf| {
        watched.contains(*folder) || watcher.watch(folder.as_std_path(), RecursiveMode::NonRecursive).is_ok()
    };
    let now: BTreeSet<Utf8PathBuf> = folders.iter().filter(is_watched).cloned().collect();
    *watched = now;
}
