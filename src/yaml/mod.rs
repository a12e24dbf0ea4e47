//! YAML as text: written with comments, and edited in place. Knows no stack and no file system.
//!
//! [`write`](mod@write) makes text of a [`Yaml`] tree, [`scalar`] quotes one string, [`read`] makes
//! plain data of text, [`edit`] changes one entry of somebody else's file and nothing beside it, found by its [`path`];
//! [`trace`] says which lines of a file come from which settings.

pub mod edit;
mod events;
pub mod located;
pub mod path;
pub mod read;
pub mod scalar;
pub mod trace;
pub mod write;

pub use path::Segment;
pub use write::{Entry, Traced, Within, Yaml};
