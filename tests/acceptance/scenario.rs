//! The scenarios, and a run of one in a process of its own.

use crate::cluster::docker::docker;
use crate::common::{must, repository};
use crate::world::features;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Names the scenario to run; else all are.
const SCENARIO: &str = "VMSC_TEST_SCENARIO";
/// Another project than the committed example.
pub const PROJECT: &str = "VMSC_TEST_PROJECT";

/// The features, in order.
pub fn texts() -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(features()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "feature"));
    files.sort();
    files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The names of a feature's scenarios.
pub fn names(feature: &str) -> Vec<String> {
    let names = feature.lines().filter_map(|line| line.trim().strip_prefix("Scenario: "));
    names.map(str::to_owned).collect()
}

/// The names of all scenarios, in order, or of those that have a part in theirs.
pub fn all(part: Option<&str>) -> Vec<String> {
    let mut all: Vec<String> = texts().iter().flat_map(|text| names(text)).collect();
    all.retain(|name| part.is_none_or(|part| name.contains(part)));
    all
}

/// The scenario that this process is for.
pub fn asked() -> Option<String> {
    std::env::var(SCENARIO).ok()
}

/// Runs a scenario; whether it passed, and what it said. `patience` limits each of its waits, in seconds.
pub fn run(name: &str, project: Option<&Path>, patience: Option<u64>) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(SCENARIO, name).stdin(Stdio::null());
    if let Some(project) = project {
        command.env(PROJECT, project);
    }
    if let Some(seconds) = patience {
        command.env(crate::cluster::PATIENCE, seconds.to_string());
    }
    let output = command.output().unwrap();
    // What a run that ended half-way has left.
    for container in must(&mut docker(&["ps", "--all", "--quiet"])).lines() {
        let _ = docker(&["rm", "--force", "--volumes", container]).output();
    }
    let _ = docker(&["volume", "prune", "--force"]).output();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

/// Where it stands how long the longest wait of a scenario was.
fn waited_file(name: &str) -> PathBuf {
    repository()
        .join("target/tmp")
        .join(format!("{}.waited", name.replace(|c: char| !c.is_alphanumeric(), "-")))
}

/// Remembers the longest wait of a scenario that passed on the committed example, in seconds.
pub fn keep_waited(name: &str, seconds: u64) {
    fs::write(waited_file(name), seconds.to_string()).unwrap();
}

/// The longest wait of a scenario when it passed, in seconds.
#[allow(dead_code, reason = "what the mutations ask")]
pub fn waited(name: &str) -> Option<u64> {
    fs::read_to_string(waited_file(name)).ok()?.parse().ok()
}
