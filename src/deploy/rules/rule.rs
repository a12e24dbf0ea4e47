//! The definition of a rule, and helpers that rules share.

use super::super::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::model::stack::Job;
use crate::semantics::data::Value;
use crate::source::Span;
use crate::syntax::tree::Name;

/// Input of the rules: the stack alone first, then each profile.
pub struct Subject<'a> {
    /// Location of the stack's name.
    pub name: Span,
    /// The profiles' names.
    pub profiles: &'a [&'a Name],
    /// Deployments of the stack and of each profile.
    pub deployments: &'a [&'a Deployment],
    /// Their settings.
    pub values: &'a [&'a Value],
}

/// A rule.
pub(super) struct Rule {
    /// Its code and title.
    pub(super) kind: DiagnosticKind,
    /// Why the rule exists, with a wrong and a right example, in the format that [`explain`] reads.
    pub(super) explanation: &'static str,
    /// Reports violations.
    pub(super) check: Check,
}

/// A check, by what it inspects.
pub(super) enum Check {
    /// Inspects all settings of the stack alone, then of each profile.
    Values(fn(&Value, &mut Vec<Diagnostic>)),
    /// Inspects the deployment of the stack alone, then of each profile, with the location of the
    /// stack's name.
    Deployment(fn(&Deployment, Span, &mut Vec<Diagnostic>)),
    /// Compares the profiles with the stack alone.
    Profiles(fn(&Subject, &mut Vec<Diagnostic>)),
}

/// Location in a job of what it scrapes.
pub(super) fn what_it_scrapes(job: &Job) -> Option<Span> {
    let what = job.discover.as_ref().or(job.service.as_ref()).map(|leaf| leaf.span);
    what.or(job.targets.first().map(|target| target.span))
}

/// Splits a target into its host and, if it has one, its port.
pub(super) fn host_and_port(target: &str) -> (&str, Option<i64>) {
    match target.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (target, None),
    }
}
