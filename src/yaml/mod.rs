//! Prints YAML with comments, and edits it in place. Independent of stacks and the file system.
//!
//! [`write`](mod@write) prints a [`Yaml`] tree, [`scalar`] quotes a string, [`read`] parses plain data,
//! [`located`] parses data with locations, [`edit`] changes single entries of the user's files, found by
//! their [`path`], and nothing else, [`meaning`] says whether two values are the same to every reader, and [`trace`] finds which lines of a file come from which settings.

pub mod edit;
mod events;
pub mod located;
pub mod meaning;
pub mod path;
pub mod read;
pub mod scalar;
pub mod trace;
pub mod write;

pub use path::Segment;
pub use write::{Entry, Traced, Within, Yaml};
