//! Finds the project's root and checks that paths stay inside it.

use super::owned::record::{NAME, Owned};
use crate::source::read::{self, Kind, ReadError};
use camino::{Utf8Path, Utf8PathBuf};

/// Finds the project's root: the nearest folder above the stack with a `vmsc.owned`, though not above the
/// nearest `.git`; else that with the `.git`, else the folder that contains `stacks/`, else the stack's own
/// folder.
pub fn find(stack: &Utf8Path) -> Result<Utf8PathBuf, ReadError> {
    let start = match stack.parent() {
        Some(folder) if folder != "" => read::canonical(folder)?,
        _ => read::current_directory()?,
    };
    let has = |folder: &Utf8Path, name: &str| read::kind(&folder.join(name)) != Kind::Nothing;
    let with_git = start.ancestors().find(|folder| has(folder, ".git"));
    let below = |folder: &&Utf8Path| with_git.is_none_or(|git| folder.starts_with(git));
    let with_record = start.ancestors().take_while(below).find(|folder| has(folder, NAME));
    Ok(match with_record.or(with_git) {
        Some(root) => root.to_owned(),
        None if start.file_name() == Some("stacks") => start.parent().unwrap_or(&start).to_owned(),
        None => start,
    })
}

/// The stacks of a project: the files in `stacks/`, sorted.
pub fn stacks(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let folder = root.join("stacks");
    let names = read::names(&folder).into_iter().filter(|name| name.ends_with(".vms"));
    names.map(|name| folder.join(name)).collect()
}

/// The stacks that the project's record names, below the root; none if it can't be read.
pub fn recorded_stacks(root: &Utf8Path) -> Vec<String> {
    let text = read::text(&root.join(NAME)).unwrap_or_default();
    let owned = Owned::parse(&text).unwrap_or_default();
    let inside = owned.stacks().into_iter().filter(|stack| inside(root, stack).is_some());
    inside.map(|stack| stack.to_string()).collect()
}

/// Whether a path stays below the root, links aside.
pub fn is_below(path: &str) -> bool {
    let path = Utf8Path::new(path);
    !path.is_absolute() && !path.components().any(|part| part.as_str() == "..")
}

/// The full path of an output, with links resolved; `None` if it leaves the root.
pub fn inside(root: &Utf8Path, relative: &str) -> Option<Utf8PathBuf> {
    if !is_below(relative) {
        return None;
    }
    let relative = Utf8Path::new(relative);
    let full = root.join(relative);
    // The deepest existing ancestor determines where links lead.
    let existing = full.ancestors().find(|path| read::kind(path) != Kind::Nothing)?;
    if full.ancestors().take_while(|path| *path != existing).any(read::leads_nowhere) {
        return None;
    }
    let real = read::canonical(existing).ok()?;
    let rest = full.strip_prefix(existing).ok()?;
    let within = real.starts_with(read::canonical(root).ok()?);
    // Write to the target of a link, not over the link.
    within.then(|| if rest == "" { real } else { real.join(rest) })
}
