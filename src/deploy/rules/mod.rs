//! Checks that the language can't express. Each rule is a file with its explanation and its tests,
//! and a line in [`RULES`]; [`rule`] defines what a rule is.

mod characters;
mod dedup_window;
mod docker_host;
mod extra_jobs;
mod flags;
mod free_space;
mod identity_labels;
mod job_name;
mod job_namespace;
mod labels;
mod no_agents;
mod placeholders;
mod profile_build;
mod profile_jobs;
mod replacement_group;
mod rule;
mod scraped_twice;
mod self_scrape;
mod service_namespace;
mod stack_name;
#[cfg(test)]
mod testing;
mod variables;

use crate::diagnostics::explain::{self, Explanation};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
pub use rule::Subject;
use rule::{Check, Rule, host_and_port, what_it_scrapes};

/// All rules.
const RULES: &[&Rule] = &[
    &characters::RULE,
    &stack_name::RULE,
    &job_name::RULE,
    &service_namespace::RULE,
    &job_namespace::RULE,
    &scraped_twice::RULE,
    &no_agents::RULE,
    &flags::old_release::RULE,
    &flags::unknown::RULE,
    &flags::newer::RULE,
    &flags::too_new::RULE,
    &flags::reserved::RULE,
    &flags::opens_port::RULE,
    &flags::unfollowed::RULE,
    &flags::enterprise::RULE,
    &flags::file::RULE,
    &flags::value::RULE,
    &labels::RULE,
    &variables::RULE,
    &placeholders::RULE,
    &free_space::RULE,
    &replacement_group::RULE,
    &identity_labels::RULE,
    &docker_host::RULE,
    &self_scrape::RULE,
    &extra_jobs::shape::RULE,
    &extra_jobs::twice::RULE,
    &extra_jobs::key::RULE,
    &extra_jobs::action::RULE,
    &extra_jobs::role::RULE,
    &extra_jobs::node::RULE,
    &dedup_window::RULE,
    &profile_build::RULE,
    &profile_jobs::RULE,
];

/// Checks all rules; a diagnostic that several profiles share is reported once.
pub fn check(subject: &Subject) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let profiles = std::iter::once(None).chain(subject.profiles.iter().map(|name| Some(&*name.text)));
    for ((deployment, values), profile) in subject.deployments.iter().zip(subject.values).zip(profiles) {
        let mut found = Vec::new();
        for rule in RULES {
            match rule.check {
                Check::Values(check) => check(values, &mut found),
                Check::Deployment(check) => check(deployment, subject.name, &mut found),
                Check::Profiles(_) => {}
            }
        }
        for report in found {
            if !diagnostics.iter().any(|known| known.repeats(&report)) {
                diagnostics.push(Diagnostic { profile: profile.map(Into::into), ..report });
            }
        }
    }
    for rule in RULES {
        if let Check::Profiles(check) = rule.check {
            check(subject, &mut diagnostics);
        }
    }
    diagnostics
}

/// Diagnostic kinds of all rules.
pub fn pages() -> Vec<DiagnosticKind> {
    RULES.iter().map(|rule| rule.kind).collect()
}

/// Explanations of the rules' codes.
pub fn explanations() -> Vec<Explanation> {
    let text = |rule: &&Rule| format!("{}\n{}\n\n", rule.kind.code, rule.explanation);
    explain::pages(&RULES.iter().map(text).collect::<String>(), &pages())
}
