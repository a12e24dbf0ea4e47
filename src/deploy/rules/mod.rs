//! What the language can't check itself, one rule a file, each with its page and its tests.

mod extra;
mod extra_keys;
mod flags;
mod groups;
mod hosts;
mod names;
mod profiles;
mod text;
mod window;

use super::Deployment;
use crate::diagnostics::explain::{self, Explanation};
use crate::diagnostics::{Page, Report};
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

/// A rule looks at one deployment.
type Rule = fn(&Deployment, Span, &mut Vec<Report>);

const RULES: &[Rule] =
    &[names::check, flags::check, groups::check, hosts::check, extra::check, window::check];

/// Runs all rules; what several profiles share is told once.
pub fn check(subject: &Subject) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    let profiles = std::iter::once(None).chain(subject.profiles.iter().map(|name| Some(&*name.text)));
    for ((deployment, values), profile) in subject.deployments.iter().zip(subject.values).zip(profiles) {
        let mut found = Vec::new();
        text::check(values, &mut found);
        for rule in RULES {
            rule(deployment, subject.name, &mut found);
        }
        for report in found {
            if !reports.iter().any(|known| known.repeats(&report)) {
                reports.push(Report { profile: profile.map(Into::into), ..report });
            }
        }
    }
    profiles::check(subject, &mut reports);
    reports
}

/// Every page of the rules.
pub fn pages() -> Vec<Page> {
    [
        names::PAGES,
        flags::PAGES,
        groups::PAGES,
        hosts::PAGES,
        extra::PAGES,
        window::PAGES,
        profiles::PAGES,
        text::PAGES,
    ]
    .concat()
}

/// What the codes of the rules mean.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), &pages())
}
