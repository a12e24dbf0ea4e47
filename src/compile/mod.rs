//! The compiler pipeline, from a source file to deployments, collecting diagnostics.
//!
//! [`compiled`] defines the result and [`analysis`] holds the analysis of the files, which [`front`] makes and
//! [`back`] evaluates.
//! [`live`] compiles a file again after each edit. [`what_if`] re-evaluates the stack with a setting
//! changed, [`run_tests`](mod@run_tests) runs the stack's tests, and [`default_notes`] turns labels on
//! defaults into notes.

mod analysis;
mod back;
mod compiled;
mod default_notes;
mod front;
mod live;
mod run_tests;
mod what_if;

pub use analysis::Analysis;
pub use live::Live;
pub use run_tests::{Tested, run_tests};
pub use what_if::{below, changed, defaults};

use crate::load::{Loaded, StackLocation};
use crate::prelude;
use crate::semantics::formula::Shape;
use crate::semantics::stop::Stop;
use crate::source::{FileId, SourceMap};
use crate::stack_space;
use back::evaluate;
pub use compiled::{Compiled, Outcome, Places};
use front::Front;

/// The settings of the built-in schema.
pub fn builtin() -> Shape {
    let mut map = SourceMap::default();
    map.attach(prelude::get().sources.clone());
    let analysis = Analysis::new(Loaded::default(), &mut Vec::new());
    analysis.map(|analysis| analysis.shape(&map)).unwrap_or_default()
}

/// Compiles `file`; `place` is its location in the project.
pub fn compile(file: FileId, place: &StackLocation, map: &mut SourceMap) -> Outcome {
    stack_space::ensure_for_run(|| {
        let front = Front::new(file, place, map);
        evaluate(file, &front, map, &Stop::default()).unwrap_or_default()
    })
}
