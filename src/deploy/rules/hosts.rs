//! Addresses that mean something else where they are scraped from.

use crate::deploy::Deployment;
use crate::deploy::workload::METRICS;
use crate::diagnostics::{Page, Report};
use crate::source::Span;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[DOCKER, LOCAL];

const DOCKER: Page = Page::rule("E0533", "a target exists in Docker only");
const LOCAL: Page = Page::rule("E0534", "a target is the scraper itself");

/// `host.docker.internal` is no name in a cluster; `localhost` is the scraper's own container.
pub(super) fn check(deployment: &Deployment, _: Span, reports: &mut Vec<Report>) {
    let Some((server, _)) = deployment.database() else { return };
    let own = [&*deployment.name, &*deployment.stack.service.name.value];
    let ports = [i64::from(server.port), deployment.stack.service.port.value];
    for job in deployment.stack.scrape.job.values() {
        let kubernetes = job.on.iter().find(|on| &*on.value == "kubernetes");
        for target in job.targets.iter().chain(job.service.as_ref()) {
            let host = target.value.rsplit_once(':').map_or(&*target.value, |(host, _)| host);
            if host == "host.docker.internal" && kubernetes.is_some() {
                reports.push(
                    Report::error(&DOCKER, "`host.docker.internal` is a name in Docker only")
                        .at(target.span, "no such name in a cluster")
                        .help("write `on = [\"compose\"]` beside it"),
                );
            }
            let port = target.value.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
            let same = job.enabled.value && &*job.path.value == METRICS && job.params.is_empty();
            if same && own.contains(&host) && port.is_some_and(|port| ports.contains(&port)) {
                reports.push(
                    Report::error(&LOCAL, format!("`{}` is the server itself", target.value))
                        .at(target.span, "scraped already")
                        .note(format!("the job `{}` scrapes it, in both places", server.job))
                        .help("remove it"),
                );
            }
            if matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0") {
                reports.push(
                    Report::error(&LOCAL, format!("`{host}` is the scraper's own container"))
                        .at(target.span, "nothing else answers there")
                        .help("for a program on the host, write `host.docker.internal` and `on = [\"compose\"]`; for a service, its name"),
                );
            }
        }
    }
}
