//! The steps, a file a story, and the run.

pub mod compose;
mod daemonset;
mod helm;
mod service;
mod statefulset;

use crate::evidence;
use crate::world::{Story, features};
use cucumber::writer::Stats;
use cucumber::{World, WriterExt, writer};

/// Runs all scenarios, or the one that is asked for; whether all passed.
pub fn run() -> bool {
    let wanted = std::env::var("VMSC_TEST_SCENARIO").ok();
    let chosen = wanted.clone();
    let runner = Story::cucumber()
        .with_default_cli()
        .with_writer(writer::Basic::stdout().summarized().normalized())
        .max_concurrent_scenarios(1)
        .fail_on_skipped();
    let run = runner.filter_run(features(), move |_, _, scenario| {
        chosen.as_ref().is_none_or(|wanted| scenario.name == *wanted)
    });
    let writer = futures::executor::block_on(run);
    let passed = !writer.execution_has_failed() && writer.passed_steps() > 0;
    if passed && wanted.is_none() && std::env::var_os("VMSC_TEST_PROJECT").is_none() {
        evidence::write();
    }
    passed
}
