//! A build that is killed at any of its writes is completed by the next one, without a word.
//!
//! `strace` kills the real program at the n-th call that renames or removes a file.

use crate::common::{Project, vmsc};
use crate::{STACK, built, repository, stack};
use std::path::Path;
use std::process::Command;

const COMPOSE: &str = "services:\n  web:\n    image: x\n";

/// Builds, or runs another command, and is killed at the n-th write. Returns whether it was.
fn killed(project: &Project, arguments: &[&str], call: &str, n: usize) -> bool {
    let mut command = Command::new("strace");
    command.current_dir(project.path()).args(["-f", "-qq", "-o", "/dev/null"]);
    command.args(["-e", &format!("trace={call}"), "-e", &format!("inject={call}:signal=SIGKILL:when={n}")]);
    let output = command.arg(vmsc(Path::new(".")).get_program()).args(arguments).output().unwrap();
    !output.status.success()
}

/// Kills at each write of a build; afterwards the next build, and one after a change, complete it.
fn at_each_write(prepare: &dyn Fn() -> Project, expected: &Project) -> usize {
    let mut kills = 0;
    for call in ["rename,renameat,renameat2", "unlink,unlinkat"] {
        for n in 1.. {
            let project = prepare();
            if !killed(&project, &["build"], call, n) {
                break;
            }
            kills += 1;
            let copy = Project::empty();
            crate::common::copy(project.path(), copy.path());
            let said = project.build(&[]);
            assert!(
                !said.contains("written again") && !said.contains("discarded") && !said.contains("warning"),
                "{call} {n}: {said}"
            );
            project.is_same_as(expected);
            // Or the stack changes before the next build.
            copy.write(STACK, &stack("90d", ""));
            copy.build(&[]);
            let fresh = prepare();
            fresh.write(STACK, &stack("90d", ""));
            fresh.build(&[]);
            copy.is_same_as(&fresh);
        }
    }
    kills
}

#[test]
fn a_killed_build_is_completed() {
    let first = || repository("a: 1\n", COMPOSE);
    assert!(at_each_write(&first, &built("a: 1\n", COMPOSE)) > 20, "a first build has many writes");

    let update = || {
        let project = built("a: 1\n", COMPOSE);
        project.write(STACK, &stack("60d", "  service.port = 9000\n"));
        project
    };
    let expected = update();
    expected.build(&[]);
    assert!(at_each_write(&update, &expected) > 4);

    let moved = || {
        let project = built("a: 1\n", COMPOSE);
        project.write(
            STACK,
            &stack("60d", "  compose.file = \"compose.yml\"\n")
                .replace("stack metrics {", "stack other {\n  persistence.volume = \"other\""),
        );
        project
    };
    let expected = moved();
    expected.build(&[]);
    assert!(at_each_write(&moved, &expected) > 40);
}

#[test]
fn a_killed_removal_is_completed() {
    let before = repository("a: 1\n", COMPOSE);
    let mut kills = 0;
    for call in ["rename,renameat,renameat2", "unlink,unlinkat"] {
        for n in 1.. {
            let project = built("a: 1\n", COMPOSE);
            if !killed(&project, &["remove", "metrics"], call, n) {
                break;
            }
            kills += 1;
            // The very last removal may have been that of the record.
            if project.exists("vmsc.owned") {
                let output = project.run(&["remove", "stacks/metrics.vms"]);
                assert!(output.status.success(), "{call} {n}: {}", String::from_utf8_lossy(&output.stderr));
            }
            project.is_same_as(&before);
        }
    }
    assert!(kills > 20, "{kills}");
}
