//! Checks that a discovery role exists.

use super::discoveries;
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0553", "discovery has a role that does not exist");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Discovery with an unknown role finds nothing, and nobody says so.
- vmagent { extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pods" }] }] }
+ vmagent { extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pod", selectors = [{ role = "pod", field = "spec.nodeName=%{NODE_NAME}" }] }] }] }"#,
    check: Check::Deployment(check),
};

/// Roles of `kubernetes_sd_configs` (VictoriaMetrics docs, Prometheus service discovery).
pub(super) const ROLES: &[&str] =
    &["node", "pod", "service", "endpoints", "endpointslice", "endpointslices", "ingress"];

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for (discovery, role) in discoveries(deployment) {
        if !ROLES.contains(&role.as_str()) {
            let span = discovery.get("role").map_or(discovery.span, |role| role.span);
            diagnostics.push(
                Diagnostic::error(&KIND, format!("discovery has no role `{role}`"))
                    .at(span, "would silently find nothing")
                    .help(format!("it is {}", wording::one_of(ROLES))),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_role_exists() {
        assert_eq!(
            reported(
                "E0553",
                r#"vmagent.extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "pods" }] }]"#
            ),
            [r#""pods""#]
        );
        assert_eq!(
            reported(
                "E0553",
                r#"vmagent.extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ namespaces = {} }] }]"#
            ),
            [r#"{ namespaces = {} }"#]
        );
        assert_eq!(
            reported(
                "E0553",
                r#"vmagent.extraScrapeConfigs = [{ job_name = "a", kubernetes_sd_configs = [{ role = "node" }] }]"#
            ),
            [] as [&str; 0]
        );
    }
}
