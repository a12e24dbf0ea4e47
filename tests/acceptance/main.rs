//! The stories' scenarios, word for word, on real parts: Helm 3 and 4, a Docker Engine, Compose, the real
//! VictoriaMetrics and vmagent in a small cluster (`tests/cluster`).
//!
//! It starts itself again inside `tests/tools/in-docker.sh`, whose engine, network and mounts are its own, and
//! there a process a scenario. A whole run that passes writes `docs/acceptance.md`.
//! `cargo test --test acceptance NAME` runs the scenarios that have NAME in theirs.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../common/mod.rs"]
mod common;
mod evidence;
mod scenario;
mod steps;
mod world;

use common::shards;

fn main() {
    let part = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    let scenarios = scenario::all(part.as_deref());
    if let Some(name) = scenario::asked() {
        std::process::exit(if steps::run(&name) { 0 } else { 1 });
    }
    let run = |number: usize| scenario::run(&scenarios[number], None, None);
    match shards::run(scenarios.len(), run) {
        Ok(shared) if part.is_none() => evidence::write(shared.path()),
        Ok(_) => {}
        Err(said) => {
            println!("{said}");
            std::process::exit(1);
        }
    }
}
