//! Checks for targets that are the server or the scraper's own container.

use super::{Check, Rule, host_and_port};
use crate::deploy::Deployment;
use crate::deploy::workload::METRICS;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0534", "a target is the scraper itself");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"In a pod or container `localhost` is the scraper itself, whose metrics are scraped already.
- scrape { job "a" { targets = ["localhost:9100"] } }
+ scrape { job "a" { targets = ["node:9100"] } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let Some((server, _)) = deployment.database() else { return };
    let own = [&*deployment.name, &*deployment.stack.service.name.value];
    let ports = [i64::from(server.port), deployment.stack.service.port.value];
    for job in deployment.stack.scrape.job.values() {
        for target in job.targets.iter().chain(job.service.as_ref()) {
            let (host, port) = host_and_port(&target.value);
            let same = job.enabled.value && &*job.path.value == METRICS && job.params.is_empty();
            if same && own.contains(&host) && port.is_some_and(|port| ports.contains(&port)) {
                diagnostics.push(
                    Diagnostic::error(&KIND, format!("`{}` is the server itself", target.value))
                        .at(target.span, "already scraped")
                        .note(format!("the job `{}` scrapes it, in both places", server.job))
                        .help("remove it"),
                );
            }
            if matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0") {
                diagnostics.push(
                    Diagnostic::error(&KIND, format!("`{host}` is the scraper's own container"))
                        .at(target.span, "nothing else answers there")
                        .help("for a program on the host, write `host.docker.internal` and `on = [\"compose\"]`; for a service, its name"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn neither_the_scraper_nor_the_server_again() {
        assert_eq!(
            reported("E0534", r#"scrape { job "a" { targets = ["localhost:1"] } }"#),
            [r#""localhost:1""#]
        );
        assert_eq!(reported("E0534", r#"scrape { job "a" { targets = ["[::1]:1"] } }"#), [r#""[::1]:1""#]);
        assert_eq!(
            reported("E0534", r#"scrape { job "a" { targets = ["metrics-store:8428"] } }"#),
            [r#""metrics-store:8428""#]
        );
        assert_eq!(
            reported("E0534", r#"scrape { job "a" { targets = ["metrics-store:9000"] } }"#),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "E0534",
                r#"scrape { job "a" { targets = ["metrics-store:8428"], path = "/federate" } }"#
            ),
            [] as [&str; 0]
        );
    }
}
