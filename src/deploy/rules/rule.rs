//! What a rule is, and what rules share.

use super::super::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::model::stack::Job;
use crate::semantics::data::Value;
use crate::source::Span;
use crate::syntax::tree::Name;

/// What the rules look at: the stack alone first, then each profile.
pub struct Subject<'a> {
    /// Where the stack's name stands.
    pub name: Span,
    /// The profiles' names.
    pub profiles: &'a [&'a Name],
    /// What is installed, for the stack and for each profile.
    pub deployments: &'a [&'a Deployment],
    /// All their settings.
    pub values: &'a [&'a Value],
}

/// A rule.
pub(super) struct Rule {
    /// Its code and title.
    pub(super) page: DiagnosticKind,
    /// Why it is one, with a wrong and a right example, as [`explain`] reads it.
    pub(super) explanation: &'static str,
    /// What reports those who break it.
    pub(super) check: Check,
}

/// What a rule looks at.
pub(super) enum Check {
    /// All settings of the stack alone, and of each profile.
    Values(fn(&Value, &mut Vec<Diagnostic>)),
    /// What is installed by the stack alone, and by each profile; and where the stack's name stands.
    Deployment(fn(&Deployment, Span, &mut Vec<Diagnostic>)),
    /// The profiles beside the stack alone.
    Profiles(fn(&Subject, &mut Vec<Diagnostic>)),
}

/// Where a job says what it scrapes.
pub(super) fn what_it_scrapes(job: &Job) -> Option<Span> {
    let what = job.discover.as_ref().or(job.service.as_ref()).map(|leaf| leaf.span);
    what.or(job.targets.first().map(|target| target.span))
}

/// The host of a target, and its port where it has one.
pub(super) fn host_and_port(target: &str) -> (&str, Option<i64>) {
    match target.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (target, None),
    }
}
