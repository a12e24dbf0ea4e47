//! Lowering to files: [`helm`] the subchart, [`compose`] the service. Neither knows the other; what a
//! build needs of either is its [`Target`]. [`build`] is what goes in and what comes out.
//!
//! Emitting never fails and looks at no place in a source; the same input gives the same bytes.

mod build;
pub mod compose;
pub mod helm;

pub use build::{Build, CommentStyle, Edit, File, Target, Variant, json, yaml};

/// Where stacks are deployed to.
pub const TARGETS: &[&Target] = &[&helm::TARGET, &compose::TARGET];
