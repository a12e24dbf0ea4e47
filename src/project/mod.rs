//! The project on disk: its root, the planned changes of a build, and writing them.
//!
//! Read in this order: [`root`] (where the project is), [`places`] (paths as they are on disk), [`owned`]
//! (what is ours in the user's files: the record, and the rules; [`read_record`] reads it, with those that [`git`] brings together), [`header`] (how generated files are
//! marked), [`plan`] (what a build changes, as data: a [`change`] for each file). A plan collects the
//! [`outputs`] that are [`wanted`], decides about [`generated`] files and [`leaves`] in the user's files (each on a
//! [`desk`], and then [`carry_out`]), [`take_over`]s the
//! [`old_record`] of 0.1, settles stacks that are [`gone`], sees that no [`volume`] is left behind, names what reads a [`renamed`] stack's former values, and looks at what [`remains`]; [`around`] looks
//! at the files beside ours ([`conflicts`], [`overrides`], [`refused_keys`]), [`reports`] and
//! [`difference`] say what is in the way. [`lock`](mod@lock) keeps builds apart, [`write`](mod@write) writes
//! the plan, [`origins`] says which line comes from which setting, [`impact`](mod@impact) which lines change
//! with a setting. [`workspace`] holds the projects that are open in an editor.
//! [`explanations`](mod@explanations) has the explanations of all codes.

mod around;
mod carry_out;
pub mod change;
pub mod codes;
mod conflicts;
mod desk;
mod difference;
pub mod explanations;
mod generated;
pub mod git;
mod gone;
pub mod header;
pub mod impact;
mod leaves;
pub mod lock;
mod old_record;
pub mod origins;
mod outputs;
mod overrides;
pub mod owned;
mod places;
pub mod plan;
mod read_record;
mod refused_keys;
mod remains;
mod renamed;
mod reports;
pub mod root;
mod take_over;
mod volume;
mod wanted;
pub mod workspace;
pub mod write;
