//! Checks that a profile does not redefine a job.

use super::{Check, Rule, Subject, what_it_scrapes};
use crate::deploy::scrape::Job;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::model::stack::Relabel;
use foldhash::HashMap;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0620", "a profile changes what a job scrapes");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A job's shape is compiled into the template, which has one. A profile may switch a job off, and add one of its own.
- scrape { job "a" { targets = ["a:1"] } }
- profile p { scrape { job "a" { targets = ["b:1"] } } }
+ scrape { job "a" { targets = ["a:1"] } }
+ profile p { scrape { job "a" { enabled = false } } }"#,
    check: Check::Profiles(check),
};

/// A job's shape is compiled into the template, which the base and all profiles share.
fn check(subject: &Subject, diagnostics: &mut Vec<Diagnostic>) {
    let Some((base, profiles)) = subject.deployments.split_first() else { return };
    let known: HashMap<_, _> = base.jobs.iter().map(|job| (&job.name, job)).collect();
    for (deployment, name) in profiles.iter().zip(subject.profiles) {
        let theirs = &deployment.stack;
        for job in &deployment.jobs {
            let Some(before) = known.get(&job.name) else { continue };
            if !same_shape(before, job) {
                let spot = theirs.scrape.job.get(&job.name).and_then(what_it_scrapes).unwrap_or(name.span);
                diagnostics.push(
                    Diagnostic::error(&KIND, format!("a profile can't change what the job `{}` scrapes", job.name))
                        .at(spot, "this job")
                        .because(name.span, "in this profile")
                        .note("a job's shape is compiled into the chart's template; values change its interval, timeout, path and whether it is on")
                        .help("switch the job off in the profile, and add one of another name"),
                );
            }
        }
    }
}

fn same_shape(a: &Job, b: &Job) -> bool {
    a.what == b.what
        && a.platforms == b.platforms
        && a.scheme == b.scheme
        && a.params == b.params
        && a.relabel.len() == b.relabel.len()
        && a.relabel.iter().zip(&b.relabel).all(|(x, y)| same_rule(x, y))
        && a.metric_relabel.len() == b.metric_relabel.len()
        && a.metric_relabel.iter().zip(&b.metric_relabel).all(|(x, y)| same_rule(x, y))
}

fn same_rule(a: &Relabel, b: &Relabel) -> bool {
    let text = |rule: &Relabel| {
        let labels: Vec<_> = rule.source_labels.iter().map(|l| l.value.to_string()).collect();
        (
            labels,
            rule.regex.value.clone(),
            rule.replacement.value.clone(),
            rule.action.value.clone(),
            rule.target_label.as_ref().map(|l| l.value.clone()),
            rule.separator.value.clone(),
        )
    };
    text(a) == text(b)
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_job_is_the_same_in_all_profiles() {
        assert_eq!(
            reported(
                "E0620",
                r#"stack m { version = v1.106.1, scrape { job "a" { targets = ["x:1"] } } }
profile p { scrape.job "a" { targets = ["y:1"] } }"#
            ),
            [r#""y:1""#]
        );
        assert_eq!(
            reported(
                "E0620",
                r#"stack m { version = v1.106.1, scrape { job "a" { targets = ["x:1"] } } }
profile p { scrape.job "a" { interval = 30s, enabled = false } }"#
            ),
            [] as [&str; 0]
        );
    }
}
