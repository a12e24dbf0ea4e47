//! Checks that a job's name is a key that `--set` can address, and not the name of a built-in job.

use super::{Check, Rule, what_it_scrapes};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0530", "a job's name can't be used");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A job's name is a key of the chart's values, where a dot would part it, and some names are those of the programs' own jobs.
- scrape { job "my.job" { targets = ["a:1"] } }
+ scrape { job "my-job" { targets = ["a:1"] } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for (key, job) in &deployment.stack.scrape.job {
        let place = what_it_scrapes(job).unwrap_or(job.enabled.span);
        if key.is_empty() {
            diagnostics.push(
                Diagnostic::error(&KIND, "a job's name can't be empty")
                    .at(place, "this job")
                    .note("the name is the `job` label of its series, and its key in the chart's values")
                    .help("write `job \"name\"`"),
            );
        } else if key.contains('.') {
            diagnostics.push(
                Diagnostic::error(&KIND, format!("the job name `{key}` contains a dot"))
                    .at(place, "this job")
                    .note("`--set scrape.job.NAME.interval=…` splits at dots")
                    .help(format!("write `job \"{}\"`", key.replace('.', "-"))),
            );
        }
        if deployment.workloads.iter().any(|workload| workload.job == &**key) {
            diagnostics.push(
                Diagnostic::error(&KIND, format!("`{key}` is already scraped"))
                    .at(place, "this job")
                    .note("the server and the agents are scraped by jobs of these names")
                    .help("choose another name"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_name_is_a_key_and_not_taken() {
        assert_eq!(reported("E0530", r#"scrape { job "a.b" { targets = ["x:1"] } }"#), [r#""x:1""#]);
        assert_eq!(reported("E0530", r#"scrape { job "" { service = "x:1" } }"#), [r#""x:1""#]);
        assert_eq!(reported("E0530", r#"scrape { job "vmagent" { targets = ["x:1"] } }"#), [r#""x:1""#]);
        assert_eq!(reported("E0530", r#"scrape { job "a-b" { targets = ["x:1"] } }"#), [] as [&str; 0]);
    }
}
