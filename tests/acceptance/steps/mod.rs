//! The steps, a file a story, and the run.

pub mod compose;
mod daemonset;
mod helm;
mod service;
mod statefulset;

use crate::cluster::longest_wait;
use crate::common::compose_plugin;
use crate::world::{COMPOSE, Story, features};
use crate::{evidence, scenario};
use cucumber::writer::Stats;
use cucumber::{World, WriterExt, writer};

/// Runs a scenario; whether it passed.
pub fn run(name: &str) -> bool {
    compose_plugin(COMPOSE);
    let wanted = name.to_owned();
    let runner = Story::cucumber()
        .with_default_cli()
        .with_writer(writer::Basic::stdout().summarized().normalized())
        .max_concurrent_scenarios(1)
        .fail_on_skipped();
    let run = runner.filter_run(features(), move |_, _, scenario| scenario.name == wanted);
    let writer = futures::executor::block_on(run);
    let passed = !writer.execution_has_failed() && writer.passed_steps() > 0;
    if passed && std::env::var_os(scenario::PROJECT).is_none() {
        scenario::keep_waited(name, longest_wait().as_secs());
        evidence::keep(name);
    }
    passed
}
