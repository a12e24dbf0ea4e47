//! Reports: what a person sees when something is wrong.
//!
//! [`report`] is the plain data every stage makes, [`wording`] the phrases they share,
//! [`human`] the renderer for a terminal, [`short`], [`json`], [`github`] and [`sarif`] those for
//! other programs, [`explain`] the pages of prose, [`Code`] and [`DiagnosticKind`] the stable names and their
//! explanations. Each stage keeps its own pages beside the check that makes the report.

pub mod explain;
pub mod github;
pub mod human;
pub mod json;
mod report;
pub mod sarif;
pub mod short;
pub mod wording;

pub use report::{Code, Diagnostic, DiagnosticKind, Edit, Help, Label, Phase, Severity, sort_and_merge};

pub(crate) use report::pages;
