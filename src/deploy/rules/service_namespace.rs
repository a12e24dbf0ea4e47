//! Checks that a service's namespace stands where it counts.

use super::{Check, Rule, host_and_port};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0516", "a service's name has its namespace in it");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"In Kubernetes a service is found by the labels of its pods, not by a DNS name: no pod is labelled `name.namespace`, and the job would find nothing. `namespaces` says where the pods are.
- scrape { job "ksm" { service = "kube-state-metrics.kube-system:8080" } }
+ scrape { job "ksm" { service = "kube-state-metrics:8080", namespaces = ["kube-system"] } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for job in deployment.stack.scrape.job.values() {
        let Some(service) = job.service.as_ref() else { continue };
        let in_cluster = job.on.iter().any(|on| &*on.value == "kubernetes");
        let (host, port) = host_and_port(&service.value);
        if !in_cluster || !job.selector.is_empty() {
            continue;
        }
        let mut parts = host.split('.');
        let (Some(name), Some(namespace)) = (parts.next(), parts.next()) else { continue };
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        diagnostics.push(
            Diagnostic::error(
                &KIND,
                format!("`{namespace}` is a namespace, and no part of the service's name"),
            )
            .at(service.span, "no pod has this label")
            .note("in Kubernetes a service's pods are found by their labels, not by DNS")
            .help(format!("write `service = \"{name}{port}\"`, `namespaces = [\"{namespace}\"]`")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_namespace_is_no_part_of_a_name() {
        let of = |text: &str| reported("E0516", &format!(r#"scrape.job "a" {{ service = {text} }}"#)).len();
        assert_eq!(of(r#""web.shop:80""#), 1);
        assert_eq!(of(r#""web.shop.svc.cluster.local:80""#), 1);
        assert_eq!(of(r#""web.shop:80", on = ["compose"]"#), 0);
        assert_eq!(of(r#""web:80", namespaces = ["shop"]"#), 0);
    }
}
