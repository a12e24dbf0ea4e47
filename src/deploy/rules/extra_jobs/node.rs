//! Checks that discovery by an agent stays on its node.

use super::discoveries;
use super::role::ROLES;
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::deploy::workload::NODE;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::semantics::data::ValueKind;
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0551", "every agent would scrape the pods of all nodes");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"An agent runs on each node. One that finds the pods of all nodes stores every sample once a node.
- vmagent { extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pod" }] }] }
+ vmagent { extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pod", selectors = [{ role = "pod", field = "spec.nodeName=%{NODE_NAME}" }] }] }] }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for (discovery, role) in discoveries(deployment).filter(|(_, role)| ROLES.contains(&role.as_str())) {
        let selected = match discovery.get("selectors").map(|selectors| &selectors.kind) {
            Some(ValueKind::List(selectors)) => selectors.iter().any(|selector| {
                let text = |key: &str| selector.get(key).map(|v| v.kind.to_string()).unwrap_or_default();
                text("role") == role && text("field").contains(&format!("spec.nodeName=%{{{NODE}}}"))
            }),
            _ => false,
        };
        if !selected {
            diagnostics.push(
                Diagnostic::error(&KIND, "the agent on every node would scrape everything this finds")
                    .at(discovery.span, "not restricted to the agent's node")
                    .note("an agent runs on each node, and each would find all of them")
                    .help(format!(
                        "write `role = \"pod\", selectors = [{{ role = \"pod\", field = \"spec.nodeName=%{{{NODE}}}\" }}]`"
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn an_agent_finds_the_pods_of_its_node() {
        assert_eq!(
            reported(
                "E0551",
                r#"vmagent.extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pod" }] }]"#
            ),
            [r#"{ role = "pod" }"#]
        );
        assert_eq!(
            reported(
                "E0551",
                r#"vmagent.extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pod", selectors = [{ role = "pod", field = "spec.nodeName=%{NODE_NAME}" }] }] }]"#
            ),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "E0551",
                r#"scrape.extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pod" }] }]"#
            ),
            [] as [&str; 0]
        );
    }
}
