//! Checks for jobs that scrape pods when there are no agents.

use super::{Check, Rule, what_it_scrapes};
use crate::deploy::Deployment;
use crate::deploy::platform::Platform;
use crate::deploy::scrape::{Discovery, Job};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("W0532", "nothing scrapes pods");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Without agents nothing finds pods and services: the server scrapes fixed addresses only.
- vmagent { enabled = false }
- scrape { job "a" { service = "web:8080" } }
+ vmagent { enabled = false }
+ scrape { job "a" { targets = ["a:1"] } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let agent = &deployment.stack.vmagent.enabled;
    let of_pods = |job: &&Job| {
        job.enabled
            && job.platforms.contains(&Platform::Kubernetes)
            && matches!(job.what, Discovery::Pods { .. } | Discovery::Service { .. })
    };
    if !agent.value
        && let Some(job) = deployment.jobs.iter().find(of_pods)
    {
        let report = Diagnostic::warning(&KIND, "nothing scrapes pods while `vmagent.enabled` is false")
            .at(agent.span, "no agents");
        let report = match deployment.stack.scrape.job.get(&job.name).and_then(what_it_scrapes) {
            Some(span) => report.because(span, format!("so `{}` is not scraped in Kubernetes", job.name)),
            None => report,
        };
        diagnostics.push(report.help("leave it out, or switch the jobs over pods and services off too"));
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn agents_find_pods_and_services() {
        assert_eq!(
            reported(
                "W0532",
                r#"vmagent.enabled = false
scrape { job "a" { discover = "pods" } }"#
            ),
            [r#"false"#]
        );
        assert_eq!(
            reported(
                "W0532",
                r#"vmagent.enabled = false
scrape { job "a" { service = "x:1" } }"#
            ),
            [r#"false"#]
        );
        assert_eq!(
            reported(
                "W0532",
                r#"vmagent.enabled = false
scrape { job "a" { targets = ["x:1"] } }"#
            ),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "W0532",
                r#"vmagent.enabled = false
scrape { job "a" { service = "x:1", on = ["compose"] } }"#
            ),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "W0532",
                r#"vmagent.enabled = false
scrape { job "a" { service = "x:1", enabled = false } }"#
            ),
            [] as [&str; 0]
        );
    }
}
