//! Each scenario of the stories can fail: the chart or the compose file is broken in one way at a time,
//! and the smallest scenario that shows it must go red, at a step that is about it.
//!
//! The scenarios are those of `tests/acceptance`. `cargo test --test mutations PART` runs the mutations that have
//! PART in their words.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
// The scenarios' code, of which the writing of the page is not used here.
#![allow(dead_code)]

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../common/mod.rs"]
mod common;
#[path = "../acceptance/evidence.rs"]
mod evidence;
#[path = "../acceptance/scenario.rs"]
mod scenario;
#[path = "../acceptance/steps/mod.rs"]
mod steps;
mod table;
#[path = "../acceptance/world.rs"]
mod world;

use common::{Project, shards};
use table::{MUTATIONS, Mutation};

fn main() {
    if let Some(name) = scenario::asked() {
        std::process::exit(if steps::run(&name) { 0 } else { 1 });
    }
    let part = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    let of_part = |mutation: &&Mutation| part.as_ref().is_none_or(|part| mutation.what.contains(part));
    let chosen: Vec<&Mutation> = MUTATIONS.iter().filter(of_part).collect();
    if let Err(said) = shards::run(chosen.len(), |number| run(chosen[number])) {
        println!("{said}");
        std::process::exit(1);
    }
}

/// Breaks a copy of the example and runs the scenario; whether it was caught, and a line that says so.
fn run(mutation: &Mutation) -> (bool, String) {
    let what = mutation.what;
    let project = Project::example();
    // Unbroken, it passes: in the run of all scenarios, or here. What is broken gets twice the time.
    let unbroken = || {
        let (passed, said) = scenario::run(mutation.scenario, None, None);
        assert!(passed, "unbroken, it fails too:\n{said}");
        scenario::waited(mutation.scenario)
    };
    let patience = 10 + 2 * scenario::waited(mutation.scenario).or_else(unbroken).unwrap();
    for (file, from, to) in mutation.edits {
        let below = if file.starts_with("docker") { "" } else { "charts/dox-asdlc/" };
        let path = format!("{below}{file}");
        let text = project.read(&path);
        assert!(text.contains(from), "{what}: {path} has no {from:?}");
        project.write(&path, &text.replace(from, to));
    }
    let (passed, said) = scenario::run(mutation.scenario, Some(project.path()), Some(patience));
    let failed = said.lines().find(|line| line.contains('✘'));
    let is_about_it =
        |line: &str| std::iter::once(mutation.step).chain(mutation.sooner).any(|step| line.contains(step));
    match failed.is_some_and(is_about_it) && !passed {
        true => (true, format!("caught: {what}\n")),
        false => (false, format!("not caught: {what}; this should fail: {}\n{said}", mutation.step)),
    }
}
