//! Checks that a raw job of the agents stays on the agent's node.

use super::jobs::{discoveries_of, of_agents, role_of};
use super::role::ROLES;
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::deploy::workload::{NODE, NODE_ADDRESS};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::semantics::data::{Value, ValueKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0536", "each node's agent would scrape the same targets");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"An agent runs on each node, and each has the jobs of `vmagent.extraScrapeConfigs`. A job that does not name its node, by `%{NODE_NAME}` or `%{NODE_IP}`, is scraped once for each node, and every sample is stored as often. What is there once belongs into `scrape.extraScrapeConfigs`.
- vmagent { extraScrapeConfigs = [{ job_name = "db", static_configs = [{ targets = ["db:9187"] }] }] }
+ scrape { extraScrapeConfigs = [{ job_name = "db", static_configs = [{ targets = ["db:9187"] }] }] }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let is_record = |job: &&Value| matches!(job.kind, ValueKind::Record(_));
    for job in of_agents(deployment).filter(is_record).filter(|job| !names_node(job)) {
        // A role that does not exist has its own report.
        if discoveries_of(job).any(|discovery| !ROLES.contains(&&*role_of(discovery))) {
            continue;
        }
        let discovery = discoveries_of(job).next();
        let report = Diagnostic::error(&KIND, "each node's agent would scrape this job")
            .at(
                discovery.map_or(job.span, |discovery| discovery.span),
                format!("names neither `%{{{NODE}}}` nor `%{{{NODE_ADDRESS}}}`"),
            )
            .note("an agent runs on each node: every sample would be stored once for each of them");
        let select = |role: &str, field: &str| {
            let field = format!("{field}=%{{{NODE}}}");
            format!("write `role = \"{role}\", selectors = [{{ role = \"{role}\", field = \"{field}\" }}]`")
        };
        diagnostics.push(report.help(match discovery.map(role_of).as_deref() {
            None => "move it into `scrape.extraScrapeConfigs`, which the server scrapes once".to_owned(),
            Some("node") => select("node", "metadata.name"),
            Some(_) => select("pod", "spec.nodeName"),
        }));
    }
}

/// Whether a text in a value names the agent's node.
fn names_node(value: &Value) -> bool {
    match &value.kind {
        ValueKind::String(text) => {
            [NODE, NODE_ADDRESS].iter().any(|name| text.contains(&format!("%{{{name}}}")))
        }
        ValueKind::List(items) => items.iter().any(names_node),
        ValueKind::Record(record) => record.values().any(names_node),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_job_of_the_agents_names_their_node() {
        let of = |at: &str, job: &str| reported("E0536", &format!("{at}.extraScrapeConfigs = [{job}]")).len();
        let pods = |more: &str| {
            format!(r#"{{ job_name = "a", kubernetes_sd_configs = [{{ role = "pod"{more} }}] }}"#)
        };
        let own = r#", selectors = [{ role = "pod", field = "spec.nodeName=%{NODE_NAME}" }]"#;
        assert_eq!((of("vmagent", &pods("")), of("scrape", &pods("")), of("vmagent", &pods(own))), (1, 0, 0));
        let node = r#"{ job_name = "a", kubernetes_sd_configs = [{ role = "node", selectors = [{ role = "node", field = "metadata.name=%{NODE_NAME}" }] }] }"#;
        assert_eq!(of("vmagent", node), 0);
        let fixed =
            |host: &str| format!(r#"{{ job_name = "a", static_configs = [{{ targets = ["{host}:1"] }}] }}"#);
        assert_eq!((of("vmagent", &fixed("db")), of("vmagent", &fixed("%{NODE_IP}"))), (1, 0));
        assert_eq!(of("scrape", &fixed("db")), 0);
    }
}
