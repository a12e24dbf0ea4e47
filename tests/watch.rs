//! `vmsc watch` builds when a person saves, and only then.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
mod editor;

use editor::Room;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// A running `vmsc watch`.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

/// The line that ends each round.
const WAITS: &str = "waiting for changes";

impl Watch {
    fn start(root: &Path) -> Watch {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vmsc"))
            .args(["watch", "--color", "never"])
            .current_dir(root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Watch { child, lines }
    }

    /// What is said up to the end of a round.
    fn round(&self) -> String {
        let mut said = String::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60)).expect("a round ends");
            if line.contains(WAITS) {
                return said;
            }
            said.push_str(&line);
            said.push('\n');
        }
    }

    /// Whether nothing was said.
    fn is_silent(&self) -> bool {
        self.lines.try_recv().is_err()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn project() -> Room {
    let room = Room::new();
    room.write("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 0.1.0\n");
    room.write("charts/shop/values.yaml", "web: {}\n");
    room.write("docker/docker-compose.yml", "services:\n  web:\n    image: web\n");
    room.write("stacks/ports.yaml", "web: 8080\n");
    room.write("stacks/lib.vms", "let keep = 30d\n");
    room.write(
        "stacks/metrics.vms",
        "import \"lib.vms\" as lib\nimport \"ports.yaml\" as ports\n\nstack metrics {\n  version = v1.106.1\n  retention = lib.keep\n  scrape { job \"web\" { service = \"web:\\(ports.web)\" } }\n  chart { parent = \"charts/shop\" }\n}\n",
    );
    room
}

fn values(room: &Room) -> String {
    fs::read_to_string(room.root().join("charts/shop/values.yaml")).unwrap()
}

#[test]
fn a_save_of_anything_that_is_read_builds() {
    let room = project();
    let watch = Watch::start(&room.root());
    assert!(watch.round().contains("wrote"));
    assert!(values(&room).contains("30d"));
    // An import.
    room.write("stacks/lib.vms", "let keep = 40d\n");
    assert!(watch.round().contains("wrote"));
    assert!(values(&room).contains("40d"));
    // Data.
    room.write("stacks/ports.yaml", "web: 8081\n");
    assert!(watch.round().contains("wrote"));
    // An editor that puts a new file in the place of the old one.
    let stack = room.root().join("stacks/metrics.vms");
    let text = fs::read_to_string(&stack).unwrap().replace("lib.keep", "50d");
    room.write("stacks/.metrics.swp", &text);
    fs::rename(room.root().join("stacks/.metrics.swp"), &stack).unwrap();
    assert!(watch.round().contains("wrote"));
    assert!(values(&room).contains("50d"));
    // One that moves the old file away first.
    fs::rename(&stack, room.root().join("stacks/metrics.vms~")).unwrap();
    room.write("stacks/metrics.vms", &text.replace("50d", "60d"));
    while !values(&room).contains("60d") {
        watch.round();
    }
    // The compose file: what is ours comes back.
    let compose = room.root().join("docker/docker-compose.yml");
    let before = fs::read_to_string(&compose).unwrap();
    fs::write(&compose, "services:\n  web:\n    image: web\n").unwrap();
    watch.round();
    assert!(before.contains("metrics"));
    // A new stack, which other folders belong to.
    room.write(
        "stacks/second.vms",
        "stack second { version = v1.106.1, compose { file = \"other/compose.yaml\" } }\n",
    );
    assert!(watch.round().contains("wrote"));
    assert!(room.root().join("other/compose.yaml").exists());
}

/// What it writes itself wakes nothing: after each save there is one round.
#[test]
fn what_it_wrote_wakes_nothing() {
    let room = project();
    let watch = Watch::start(&room.root());
    watch.round();
    for days in 31..36 {
        room.write("stacks/lib.vms", &format!("let keep = {days}d\n"));
        assert!(watch.round().contains("wrote"), "{days}");
        assert!(values(&room).contains(&format!("{days}d")), "each save has its round, and no other");
    }
    // A file that nothing reads, and one saved without a change.
    room.write("stacks/notes.txt", "x");
    room.write("stacks/lib.vms", "let keep = 35d\n");
    room.write("stacks/lib.vms", "let keep = 99d\n");
    watch.round();
    assert!(values(&room).contains("99d"));
    assert!(watch.is_silent());
}

#[test]
fn what_stops_a_build_is_reported_and_the_next_save_tries_again() {
    let room = project();
    let watch = Watch::start(&room.root());
    watch.round();
    // A mistake.
    room.write("stacks/lib.vms", "let keep = 30\n");
    assert!(watch.round().contains("error["));
    room.write("stacks/lib.vms", "let keep = 30d\n");
    assert!(!watch.round().contains("error["));
    // An import that is not there yet.
    room.write("stacks/lib.vms", "import \"more/days.vms\" as more\nlet keep = more.days\n");
    assert!(watch.round().contains("E0007"));
    room.write("stacks/more/days.vms", "let days = 44d\n");
    while !values(&room).contains("44d") {
        watch.round();
    }
    // A person's edit of what is ours.
    let path = room.root().join("charts/shop/values.yaml");
    let edited = values(&room).replace("44d", "45d");
    fs::write(&path, &edited).unwrap();
    let said = watch.round();
    assert!(said.contains("error["), "{said}");
    assert_eq!(values(&room), edited, "nothing of the person's is lost");
    fs::write(&path, edited.replace("45d", "44d")).unwrap();
    assert!(!watch.round().contains("error["));
}
