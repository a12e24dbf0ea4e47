//! The project on disk: its root, the planned changes of a build, and writing them.
//!
//! Read in this order: [`root`] (where the project is), [`header`] (how generated files are marked),
//! [`record`] (what was written into the user's files), [`plan`] (what a build changes, as data: a
//! [`change`] for each file, [`entries`] in the user's files, [`conflicts`] with other files,
//! [`overrides`] in the umbrella, the [`difference`] to an edit made by hand), [`write`](mod@write)
//! (writing the plan), [`origins`] (which line comes from which setting), [`impact`](mod@impact) (which
//! lines change with a setting).

pub mod change;
pub mod codes;
mod conflicts;
mod difference;
mod entries;
pub mod header;
pub mod impact;
pub mod origins;
mod overrides;
pub mod plan;
pub mod record;
pub mod root;
pub mod write;
