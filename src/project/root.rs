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

/// Whether git has a file as it is on disk.
pub fn git_has_unchanged(root: &Utf8Path, file: &str) -> bool {
    git(root, &["ls-files", "--full-name"], file) == Some(true)
        && git(root, &["status", "--porcelain"], file) == Some(false)
}

/// The texts of a file in the commits that come together in the working copy: the current one, the parents
/// of a merge, and the other side of a merge, rebase, cherry-pick, revert or stash that is under way. Empty
/// where git never brought anything together.
pub fn git_sides(root: &Utf8Path, file: &str) -> Vec<String> {
    const SIDES: &[&str] = &[
        "MERGE_HEAD",
        "CHERRY_PICK_HEAD",
        "REBASE_HEAD",
        "REVERT_HEAD",
        "REVERT_HEAD^1",
        "REVERT_HEAD^2",
        "ORIG_HEAD",
        "SQUASH_MSG",
    ];
    let Some(folder) = git_folder(root) else { return Vec::new() };
    let is_there = |name: &&&str| read::kind(&folder.join(name)) == Kind::File;
    if SIDES.iter().all(|side| !is_there(&side)) && read::kind(&folder.join("refs/stash")) != Kind::File {
        return Vec::new();
    }
    let merged = git(root, &["rev-parse", "-q", "--verify", "HEAD^2"], "").is_some();
    let unmerged = git(root, &["ls-files", "-u"], ".") == Some(true);
    let parents: &[&str] = if merged { &["HEAD", "HEAD^1", "HEAD^2"] } else { &["HEAD"] };
    let under_way = SIDES[..6].iter().filter(|side| is_there(&&side.split('^').next().unwrap_or(side)));
    let stash = unmerged.then_some(&"stash@{0}");
    let sides: Vec<&&str> = under_way.chain(stash).collect();
    if sides.is_empty() && !merged && !unmerged {
        return Vec::new();
    }
    let text = |side: &&str| {
        let mut command = std::process::Command::new("git");
        command
            .arg("-C")
            .arg(root)
            .args(["show", &format!("{side}:./{file}")])
            .stdin(std::process::Stdio::null());
        let output = command.output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    };
    parents.iter().chain(sides).filter_map(text).collect()
}

/// The folder that git keeps a working copy's state in.
fn git_folder(root: &Utf8Path) -> Option<Utf8PathBuf> {
    let found =
        root.ancestors().map(|folder| folder.join(".git")).find(|git| read::kind(git) != Kind::Nothing)?;
    if read::kind(&found) == Kind::Directory {
        return Some(found);
    }
    // A worktree names its folder.
    let text = read::text(&found).ok()?;
    let named = text.strip_prefix("gitdir: ")?.trim_end();
    Some(found.parent()?.join(named))
}

/// Runs a git command for one file; whether it printed something, or `None` if it failed.
fn git(root: &Utf8Path, arguments: &[&str], file: &str) -> Option<bool> {
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(root).args(arguments).stdin(std::process::Stdio::null());
    if !file.is_empty() {
        command.args(["--", file]);
    }
    command.output().ok().filter(|output| output.status.success()).map(|output| !output.stdout.is_empty())
}

/// Whether git tracks that a file was removed or renamed: it is in the history, and no longer in the index.
pub fn git_tracks_removal(root: &Utf8Path, file: &str) -> bool {
    git(root, &["ls-files", "--full-name"], file) == Some(false)
        && git(root, &["log", "-1", "--format=%H"], file) == Some(true)
}
