//! Checks that no two scrape jobs have one name.

use super::records;
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule, what_it_scrapes};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::semantics::data::ValueKind;
use crate::source::Span;
use std::collections::HashMap;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0538", "two scrape jobs have one name");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Two jobs of one name in a scrape file keep the program from starting; in two files their series can't be told apart.
- scrape { extraScrapeConfigs = [{ job_name = "a" }, { job_name = "a" }] }
+ scrape { extraScrapeConfigs = [{ job_name = "a" }, { job_name = "b" }] }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let own = deployment.workloads.iter().map(|of| (of.job, None));
    let typed = deployment.stack.scrape.job.iter().filter(|(_, job)| job.enabled.value);
    let typed = typed.map(|(name, job)| (&**name, what_it_scrapes(job)));
    let mut known: HashMap<&str, Option<Span>> = own.chain(typed).collect();
    for job in records(deployment) {
        let Some(name) = job.get("job_name") else { continue };
        let ValueKind::String(text) = &name.kind else { continue };
        if let Some(first) = known.insert(text, Some(name.span)) {
            let report = Diagnostic::error(&KIND, format!("another scrape job is called `{text}`"))
                .at(name.span, "the same name")
                .note("in one scrape file two jobs of a name keep the program from starting; in two their series can't be told apart");
            let report = match first {
                Some(first) => report.because(first, "this job"),
                None => report.note("the server and the agents are scraped by jobs of these names"),
            };
            diagnostics.push(report.help("choose another name"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_name_is_one_job_s() {
        let wrong = |text: &str| reported("E0538", text);
        let twice = r#"scrape.extraScrapeConfigs = [{ job_name = "a" }]
vmagent.extraScrapeConfigs = [{ job_name = "a" }]"#;
        assert_eq!(wrong(twice), [r#""a""#]);
        assert_eq!(wrong(r#"scrape.extraScrapeConfigs = [{ job_name = "vmagent" }]"#), [r#""vmagent""#]);
        let typed = r#"scrape { job "a" { targets = ["x:1"] }, extraScrapeConfigs = [{ job_name = "a" }] }"#;
        assert_eq!(wrong(typed), [r#""a""#]);
        assert_eq!(wrong(r#"scrape.extraScrapeConfigs = [{ job_name = "b" }]"#), [] as [&str; 0]);
    }
}
