//! Diagnostics: what a user sees when something is wrong.
//!
//! [`report`] has the plain data that every stage produces, and [`wording`] the phrases they share.
//! [`human`] renders for a terminal; [`short`], [`json`], [`github`] and [`sarif`] render for other
//! programs. [`explain`] has the explanations of codes, and [`Code`] and [`DiagnosticKind`] are the stable
//! names. Each stage keeps its own kinds beside the check that reports them.

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
