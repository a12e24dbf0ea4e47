//! What git knows of the project's files.

use crate::source::read::{self, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use std::process::{Command, Stdio};

/// Other sides that a merge, cherry-pick, rebase or revert under way comes from, each with the file of
/// git's that says so.
const UNDER_WAY: &[(&str, &str)] = &[
    ("MERGE_HEAD", "MERGE_HEAD"),
    ("CHERRY_PICK_HEAD", "CHERRY_PICK_HEAD"),
    ("REBASE_HEAD", "REBASE_HEAD"),
    ("REVERT_HEAD", "REVERT_HEAD"),
    ("REVERT_HEAD^1", "REVERT_HEAD"),
    ("REVERT_HEAD^2", "REVERT_HEAD"),
];

/// Other files of git's without which nothing was ever brought together in a working copy.
const TRACES: &[&str] = &["ORIG_HEAD", "SQUASH_MSG", "refs/stash"];

/// Whether git has a file as it is on disk.
pub fn has_unchanged(root: &Utf8Path, file: &str) -> bool {
    says(root, &["ls-files", "--full-name", "--", file]) == Some(true)
        && says(root, &["status", "--porcelain", "--", file]) == Some(false)
}

/// Whether git tracks that a file was removed or renamed: it is in the history, and no longer in the index.
pub fn tracks_removal(root: &Utf8Path, file: &str) -> bool {
    says(root, &["ls-files", "--full-name", "--", file]) == Some(false)
        && says(root, &["log", "-1", "--format=%H", "--", file]) == Some(true)
}

/// The texts of a file in the commits that come together in the working copy: the current one, the parents
/// of a merge, and the other side of a merge, rebase, cherry-pick, revert or stash that is under way. Empty
/// where git never brought anything together.
pub fn sides(root: &Utf8Path, file: &str) -> Vec<String> {
    let Some(folder) = state_folder(root) else { return Vec::new() };
    let is_there = |name: &str| read::kind(&folder.join(name)) == Kind::File;
    // A file is looked for before a program is started: most builds need none.
    if !UNDER_WAY.iter().map(|(_, trace)| trace).chain(TRACES).any(|trace| is_there(trace)) {
        return Vec::new();
    }
    let is_merge = says(root, &["rev-parse", "-q", "--verify", "HEAD^2"]).is_some();
    let is_unmerged = says(root, &["ls-files", "-u", "--", "."]) == Some(true);
    let under_way = UNDER_WAY.iter().filter(|(_, trace)| is_there(trace)).map(|(side, _)| *side);
    let sides: Vec<&str> = under_way.chain(is_unmerged.then_some("stash@{0}")).collect();
    let current: &[&str] = match (is_merge, sides.is_empty()) {
        (true, _) => &["HEAD", "HEAD^1", "HEAD^2"],
        (false, false) => &["HEAD"],
        (false, true) => return Vec::new(),
    };
    let text = |side: &str| String::from_utf8(run(root, &["show", &format!("{side}:./{file}")])?).ok();
    current.iter().copied().chain(sides).filter_map(text).collect()
}

/// The folder that git keeps a working copy's state in.
fn state_folder(root: &Utf8Path) -> Option<Utf8PathBuf> {
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

/// Whether a git command printed something; `None` if it failed.
fn says(root: &Utf8Path, arguments: &[&str]) -> Option<bool> {
    run(root, arguments).map(|printed| !printed.is_empty())
}

/// Runs a git command; what it printed, or `None` if it failed.
fn run(root: &Utf8Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let mut git = Command::new("git");
    let output = git.arg("-C").arg(root).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}
