//! The project on disk: its root, what a build would change, and the writing.
//!
//! Read in this order: [`root`] (where the project is), [`mark`] (how generated files say so),
//! [`record`] (what was written into files of the user's), [`plan`] (what a build changes, as data),
//! [`write`](mod@write) (doing it).

pub mod mark;
pub mod plan;
pub mod problems;
pub mod record;
pub mod root;
pub mod write;
