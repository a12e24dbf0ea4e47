//! Checks that a raw scrape job is a record with a name.

use super::jobs;
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::semantics::data::ValueKind;
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0552", "a scrape job is not a record with a name");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A whole scrape job is a record with a `job_name`.
- scrape { extraScrapeConfigs = [{ static_configs = [{ targets = ["a:1"] }] }] }
+ scrape { extraScrapeConfigs = [{ job_name = "a", static_configs = [{ targets = ["a:1"] }] }] }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for job in jobs(deployment) {
        let report = match &job.kind {
            ValueKind::Record(record) if record.get("job_name").is_some() => continue,
            ValueKind::Record(_) => Diagnostic::error(&KIND, "this scrape job has no `job_name`")
                .at(job.span, "")
                .help("write `job_name = \"…\"`"),
            _ => Diagnostic::error(&KIND, "a scrape job must be a record")
                .at(job.span, "")
                .help("write `{ job_name = \"…\", … }`"),
        };
        diagnostics.push(report);
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_job_is_a_record_with_a_name() {
        assert_eq!(reported("E0552", r#"scrape.extraScrapeConfigs = ["a"]"#), [r#""a""#]);
        assert_eq!(
            reported("E0552", r#"vmagent.extraScrapeConfigs = [{ scheme = "http" }]"#),
            [r#"{ scheme = "http" }"#]
        );
        assert_eq!(reported("E0552", r#"scrape.extraScrapeConfigs = [{ job_name = "a" }]"#), [] as [&str; 0]);
    }
}
