//! The project on disk: its root, what a build would change, and the writing.
//!
//! Read in this order: [`root`] (where the project is), [`mark`] (how generated files say so),
//! [`record`] (what was written into files of the user's), [`plan`] (what a build changes, as data: a [`change`] for each file;
//! [`entries`] in the user's files, [`conflicts`] of the subchart, [`overrides`] in its umbrella, [`difference`] to a person's edit), [`write`](mod@write) (doing it), [`origins`] (which line comes from which setting), [`impact`](mod@impact) (which lines change with a setting).

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
