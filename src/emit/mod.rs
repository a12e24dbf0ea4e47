//! Lowering to files: [`helm`] emits the subchart, [`compose`] the service. Neither knows about the
//! other; a build uses both through [`Target`]. [`build`] defines the input and the output.
//!
//! Emitting never fails and never reads source locations; the same input gives the same bytes.

mod build;
pub mod compose;
pub mod helm;

pub use build::{Build, CommentStyle, Edit, File, Target, Variant, json, yaml};

/// The targets that stacks are deployed to.
pub const TARGETS: &[&Target] = &[&helm::TARGET, &compose::TARGET];
