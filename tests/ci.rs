//! What runs vmsc in CI: the hooks by real pre-commit, the steps of the action and of the GitLab job by real
//! shells, and the image by a real Docker Engine.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, in_docker, is_in_docker, must, must_fail, repository, tool};
use serde_yaml::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Cargo as CI runs it, but quick to build, and with its builds kept between runs.
fn quick(command: &mut Command) -> &mut Command {
    command
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_TARGET_DIR", repository().join("target/ci"))
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]);
    must(command.args(arguments))
}

/// A repository whose stack is built and committed.
fn committed() -> Project {
    let project = Project::example();
    fs::remove_dir(project.path().join(".git")).unwrap();
    git(project.path(), &["init", "-q", "-b", "main"]);
    git(project.path(), &["add", "-A"]);
    git(project.path(), &["commit", "-qm", "a"]);
    project
}

/// A clone of this repository as it is on disk, which is where hooks and the action come from.
fn checkout(folder: &Path) -> PathBuf {
    let copy = folder.join("vmsc");
    let listed = git(&repository(), &["ls-files", "--cached", "--others", "--exclude-standard"]);
    for file in listed.lines().filter(|file| repository().join(file).is_file()) {
        let target = copy.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(repository().join(file), target).unwrap();
    }
    git(&copy, &["init", "-q", "-b", "main"]);
    git(&copy, &["add", "-A"]);
    git(&copy, &["commit", "-qm", "a"]);
    copy
}

#[test]
fn the_hooks_are_run_by_pre_commit() {
    let project = committed();
    let elsewhere = tempfile::tempdir().unwrap();
    let source = checkout(elsewhere.path());
    let revision = git(&source, &["rev-parse", "HEAD"]);
    let hooks = ["vmsc-fmt", "vmsc-check", "vmsc-test", "vmsc-build"].map(|id| format!("      - id: {id}\n"));
    project.write(
        ".pre-commit-config.yaml",
        &format!(
            "repos:\n  - repo: {}\n    rev: {}    hooks:\n{}",
            source.display(),
            revision,
            hooks.concat()
        ),
    );
    let run = || {
        let mut command = Command::new(tool("precommit/bin/pre-commit"));
        command.current_dir(project.path()).args(["run", "--all-files", "--color", "never"]);
        quick(command.env("PRE_COMMIT_HOME", elsewhere.path().join("home")));
        command
    };
    let said = must(&mut run());
    assert_eq!(said.matches("Passed").count(), 4, "{said}");
    let stack = project.read("stacks/victoriametrics.vms");
    project.write("stacks/victoriametrics.vms", &stack.replace("retention = 30d", "retention   =  31d"));
    let said = must_fail(&mut run());
    assert!(said.contains("outputs are current") && said.contains("error[E0705]"), "{said}");
    assert!(said.contains("stacks/victoriametrics.vms is not formatted"), "{said}");
}

/// The scripts of the action's own steps, in order.
fn steps() -> Vec<String> {
    let text = fs::read_to_string(repository().join("action.yml")).unwrap();
    let action: Value = serde_yaml::from_str(&text).unwrap();
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let scripts = steps.iter().filter_map(|step| step["run"].as_str());
    scripts.map(str::to_owned).collect()
}

#[test]
fn the_action_and_the_gitlab_job_are_run_by_shells() {
    let project = committed();
    let home = repository().join("target/ci/home");
    fs::create_dir_all(&home).unwrap();
    let _ = fs::remove_dir_all(home.join(".cache/vmsc"));
    let path_file = project.path().join(".git/github-path");
    let cargo_home =
        std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap()));
    let rustup = std::env::var("RUSTUP_HOME")
        .unwrap_or_else(|_| format!("{}/.rustup", std::env::var("HOME").unwrap()));
    let shell = |script: &str| {
        let mut command = Command::new("bash");
        command.current_dir(project.path()).args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
        command.env("HOME", &home).env("CARGO_HOME", &cargo_home).env("RUSTUP_HOME", &rustup);
        command.env("GITHUB_ACTION_PATH", repository()).env("GITHUB_PATH", &path_file);
        command.env("STACKS", "").env("ARGUMENTS", "--deny warnings");
        command
    };
    let [build, check] = <[String; 2]>::try_from(steps()).unwrap();
    must(quick(&mut shell(&build)));
    let added = fs::read_to_string(&path_file).unwrap();
    let path = format!("{}:{}", added.trim(), std::env::var("PATH").unwrap());
    must(shell(&check).env("PATH", &path));
    project.write("docker/victoriametrics/scrape.yml", "mine\n");
    let said = must_fail(shell(&check).env("PATH", &path));
    assert!(said.contains("::error "), "{said}");

    // The job of GitLab, with the build of the action in its cache.
    let text = fs::read_to_string(repository().join("docs/ci/vmsc.gitlab-ci.yml")).unwrap();
    let job: Value = serde_yaml::from_str(&text).unwrap();
    let script = job["vmsc"]["script"].as_sequence().unwrap();
    let script: Vec<&str> = script.iter().map(|line| line.as_str().unwrap()).collect();
    let elsewhere = tempfile::tempdir().unwrap();
    let source = checkout(elsewhere.path());
    let other = committed();
    let mut command = shell(&script.join("\n"));
    command.current_dir(other.path()).env("VMSC_REPOSITORY", &source).env("VMSC_REF", "main");
    must(quick(&mut command));
    assert!(other.exists(".vmsc/bin/vmsc"));
}

#[test]
fn the_image_is_built_by_an_engine() {
    const NAME: &str = "the_image_is_built_by_an_engine";
    if !is_in_docker() {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(repository()).args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "x86_64-unknown-linux-gnu",
        ]);
        must(quick(cargo.env("RUSTFLAGS", "-C target-feature=+crt-static")));
    }
    in_docker(NAME, || {
        let context = tempfile::tempdir().unwrap();
        let binary = repository().join("target/ci/x86_64-unknown-linux-gnu/release/vmsc");
        fs::copy(&binary, context.path().join("vmsc")).unwrap();
        must(Command::new(repository().join("tests/tools/image.sh")).arg("base-of-ours:1"));
        let file = repository().join("Dockerfile");
        // The classic builder is what an engine without plugins has.
        let mut docker = Command::new("docker");
        docker.env("DOCKER_BUILDKIT", "0").args([
            "build",
            "-q",
            "-t",
            "vmsc:test",
            "--build-arg",
            "BASE=base-of-ours:1",
            "-f",
        ]);
        must(docker.arg(&file).arg(context.path()));
        let project = Project::example();
        let mount = format!("{}:/work", project.path().display());
        let run = |arguments: &[&str]| {
            let mut docker = Command::new("docker");
            docker.args(["run", "--rm", "--network", "none", "-v", &mount, "vmsc:test"]).args(arguments);
            docker
        };
        must(&mut run(&["check"]));
        must(&mut run(&["build", "--check"]));
        project.write("stacks/victoriametrics.vms", "stack x {}\n");
        assert!(must_fail(&mut run(&["check"])).contains("error["));
    });
}
