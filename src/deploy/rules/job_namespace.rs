//! Checks that agents look into the namespaces that a job names.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::model::stack::Job;
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0518", "a job names a namespace that the agents do not look into");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"`vmagent.namespaces` limits where the agents may look for pods. A job for other namespaces finds nothing.
- vmagent { namespaces = ["shop"] }
- scrape { job "ksm" { service = "ksm:8080", namespaces = ["kube-system"] } }
+ vmagent { namespaces = ["shop", "kube-system"] }
+ scrape { job "ksm" { service = "ksm:8080", namespaces = ["kube-system"] } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let looked = &deployment.stack.vmagent.namespaces;
    let Some(first) = looked.first() else { return };
    // Where a job has addresses, its namespaces have another report.
    let of_pods = |job: &&Job| job.discover.is_some() || job.service.is_some();
    for job in deployment.stack.scrape.job.values().filter(of_pods) {
        for name in job.namespaces.iter().filter(|name| looked.iter().all(|known| known.value != name.value))
        {
            diagnostics.push(
                Diagnostic::error(&KIND, format!("the agents do not look into `{}`", name.value))
                    .at(name.span, "nothing is found here")
                    .because(first.span, "these are the namespaces that they look into")
                    .help(format!("add `\"{}\"` to `vmagent.namespaces`", name.value)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn agents_look_into_a_jobs_namespaces() {
        let of = |looked: &str| {
            format!(
                r#"vmagent.namespaces = [{looked}]
scrape.job "a" {{ service = "a:1", namespaces = ["x"] }}"#
            )
        };
        assert_eq!(reported("E0518", &of(r#""y""#)), [r#""x""#]);
        assert_eq!(reported("E0518", &of(r#""y", "x""#)), [] as [&str; 0]);
        assert_eq!(reported("E0518", &of("")), [] as [&str; 0]);
    }
}
