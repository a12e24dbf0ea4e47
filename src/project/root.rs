//! Finds the project's root and checks that paths stay inside it.

use crate::source::read::{self, Kind, ReadError};
use camino::{Utf8Path, Utf8PathBuf};

/// Finds the project's root: the nearest folder above the stack with a `.git`, else the folder that
/// contains `stacks/`, else the stack's own folder.
pub fn find(stack: &Utf8Path) -> Result<Utf8PathBuf, ReadError> {
    let start = match stack.parent() {
        Some(folder) if folder != "" => read::canonical(folder)?,
        _ => read::current_directory()?,
    };
    let with_git = start.ancestors().find(|folder| read::kind(&folder.join(".git")) != Kind::Nothing);
    Ok(match with_git {
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

/// The full path of an output, with links resolved; `None` if it leaves the root.
pub fn inside(root: &Utf8Path, relative: &str) -> Option<Utf8PathBuf> {
    let relative = Utf8Path::new(relative);
    if relative.is_absolute() || relative.components().any(|part| part.as_str() == "..") {
        return None;
    }
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
