//! Checks that `host.docker.internal` is used only in Docker, where it resolves.

use super::{Check, Rule, host_and_port};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0533", "a target exists only in Docker");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"`host.docker.internal` is a name of Docker's: nothing answers to it in Kubernetes.
- scrape { job "a" { targets = ["host.docker.internal:9191"] } }
+ scrape { job "a" { targets = ["host.docker.internal:9191"], on = ["compose"] } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for job in deployment.stack.scrape.job.values() {
        if !job.on.iter().any(|on| &*on.value == "kubernetes") {
            continue;
        }
        for target in job.targets.iter().chain(job.service.as_ref()) {
            if host_and_port(&target.value).0 == "host.docker.internal" {
                diagnostics.push(
                    Diagnostic::error(&KIND, "`host.docker.internal` exists only in Docker")
                        .at(target.span, "no such name in a cluster")
                        .help("write `on = [\"compose\"]` beside it"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn the_host_is_there_in_compose_only() {
        assert_eq!(
            reported("E0533", r#"scrape { job "a" { targets = ["x:1", "host.docker.internal:2"] } }"#),
            [r#""host.docker.internal:2""#]
        );
        assert_eq!(
            reported(
                "E0533",
                r#"scrape { job "a" { targets = ["host.docker.internal:2"], on = ["compose"] } }"#
            ),
            [] as [&str; 0]
        );
    }
}
