//! vmsc in a repository that was there first: what is ours follows the stack, and what is a person's stays.
//!
//! [`cases`] are repositories as people have them, [`before`] those that 0.1 left, [`kills`] builds that are
//! killed, [`commands`] the other commands, [`pairs`] two builds at once, [`histories`] random days at work, and [`branches`] those with git.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "../common/mod.rs"]
mod common;

mod before;
mod branches;
mod cases;
mod commands;
mod histories;
mod kills;
mod pairs;

use common::Project;
use std::path::Path;
use std::process::Command;

const VALUES: &str = "charts/u/values.yaml";
const COMPOSE: &str = "docker/docker-compose.yml";
const STACK: &str = "stacks/metrics.vms";
const CHART: &str = "charts/u/charts/metrics";

/// A stack with its retention, and more settings.
fn stack(retention: &str, more: &str) -> String {
    format!(
        "stack metrics {{\n  version = v1.106.1\n\n  retention = {retention}\n\n  chart.parent = \"charts/u\"\n\n  \
         compose.network = \"app-net\"\n\n  scrape {{ job \"a\" {{ targets = [\"a:1\"] }} }}\n\n{more}}}\n"
    )
}

/// An umbrella chart with values, a compose file, and a stack that was not built yet.
fn repository(values: &str, compose: &str) -> Project {
    let project = Project::empty();
    project.write("charts/u/Chart.yaml", "apiVersion: v2\nname: u\nversion: 0.1.0\n");
    project.write(VALUES, values);
    project.write(COMPOSE, compose);
    project.write(STACK, &stack("30d", ""));
    project
}

/// The same, built.
fn built(values: &str, compose: &str) -> Project {
    let project = repository(values, compose);
    project.build(&[]);
    project
}

/// Replaces text of a file, which must be there.
#[track_caller]
fn edit(project: &Project, file: &str, from: &str, to: &str) {
    let text = project.read(file);
    assert!(text.contains(from), "{file} has no {from:?}:\n{text}");
    project.write(file, &text.replacen(from, to, 1));
}

/// Runs git in a folder, as somebody with a name; its output if it succeeds.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    command.current_dir(folder).args([
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-c",
        "commit.gpgsign=false",
    ]);
    let output = command.args(arguments).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// Makes a project a real git repository with one commit.
fn commit_all(project: &Project, message: &str) {
    if !project.path().join(".git/HEAD").exists() {
        git(project.path(), &["init", "-q", "-b", "main"]).unwrap();
    }
    git(project.path(), &["add", "-A"]).unwrap();
    git(project.path(), &["commit", "-qm", message, "--allow-empty"]).unwrap();
}
