//! Checks that relabelling keeps the labels that identify a series.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::model::stack::Relabel;
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0541", "relabelling removes a label that queries rely on");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Each series has the `job` and `service` of what it was scraped from; a series that loses them is not found any more. Set a label of another name.
- scrape { job "a" { targets = ["a:1"], relabel = [{ sourceLabels = ["b"], targetLabel = "service" }] } }
+ scrape { job "a" { targets = ["a:1"], relabel = [{ sourceLabels = ["b"], targetLabel = "part" }] } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for job in deployment.stack.scrape.job.values() {
        let of_target = job.relabel.iter().map(|rule| (rule, TARGET_LABELS));
        let of_sample = job.metric_relabel.iter().map(|rule| (rule, SAMPLE_LABELS));
        for (rule, needed) in of_target.chain(of_sample) {
            dropped(rule, needed, diagnostics);
            if let Some(target) = rule.target_label.as_ref()
                && matches!(&*target.value, "job" | "service")
            {
                diagnostics.push(
                    Diagnostic::error(
                        &KIND,
                        format!("relabelling would overwrite `{}`, which queries rely on", target.value),
                    )
                    .at(target.span, "set by vmsc, the same in Kubernetes and Compose")
                    .help("choose another label, or another name for the job"),
                );
            }
        }
    }
}

/// Labels without which a target can't be scraped or found.
const TARGET_LABELS: &[&str] = &["job", "service", "__address__", "__scheme__", "__metrics_path__"];
/// Labels without which a sample can't be stored or found.
const SAMPLE_LABELS: &[&str] = &["job", "service", "__name__"];

/// `labeldrop` and `labelkeep` select labels by a regular expression. They make no exception for
/// labels that begin with `__` (VictoriaMetrics docs, Relabeling).
fn dropped(rule: &Relabel, needed: &[&str], diagnostics: &mut Vec<Diagnostic>) {
    let drops = match &*rule.action.value {
        "labeldrop" => true,
        "labelkeep" => false,
        _ => return,
    };
    let Ok(regex) = regex::Regex::new(&format!("^(?:{})$", rule.regex.value)) else { return };
    if let Some(lost) = needed.iter().find(|label| regex.is_match(label) == drops) {
        let what = match lost.starts_with("__") {
            true => "leaving nothing to scrape or store",
            false => "which queries rely on",
        };
        diagnostics.push(
            Diagnostic::error(&KIND, format!("`{}` would remove `{lost}`, {what}", rule.action.value))
                .at(rule.regex.span, if drops { "matches it" } else { "does not match it" })
                .help(match drops {
                    true => format!("write an expression that does not match `{lost}`"),
                    false => format!("write `regex = \"__.*|job|service|{}\"`", rule.regex.value),
                }),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn what_a_series_is_found_by_stays() {
        let with = |rule: &str| {
            reported(
                "E0541",
                &format!("scrape {{ job \"a\" {{ targets = [\"x:1\"], metricRelabel = [{rule}] }} }}"),
            )
        };
        assert_eq!(with(r#"{ sourceLabels = ["b"], targetLabel = "job" }"#), [r#""job""#]);
        assert_eq!(with(r#"{ action = "labeldrop", regex = "job|b" }"#), [r#""job|b""#]);
        assert_eq!(with(r#"{ action = "labelkeep", regex = "b" }"#), [r#""b""#]);
        assert_eq!(with(r#"{ action = "labeldrop", regex = "b.*" }"#), [] as [&str; 0]);
        assert_eq!(with(r#"{ action = "labelkeep", regex = "__.*|job|service" }"#), [] as [&str; 0]);
    }
}
