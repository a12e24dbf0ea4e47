//! Checks that relabelling rules are valid for VictoriaMetrics.

use super::records;
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::deploy::scrape::known_keys;
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::semantics::data::{Value, ValueKind};
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0554", "a relabelling rule is not valid in VictoriaMetrics");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"VictoriaMetrics leaves out a job with a rule that it can't read, and says so in a line of its log; releases before do not start.
- scrape { extraScrapeConfigs = [{ job_name = "a", metric_relabel_configs = [{ source_labels = ["b"], regex = "c", action = "kep" }] }] }
+ scrape { extraScrapeConfigs = [{ job_name = "a", metric_relabel_configs = [{ source_labels = ["b"], regex = "c", action = "keep" }] }] }"#,
    check: Check::Deployment(check),
};

/// Relabelling actions that VictoriaMetrics supports as of the newest release (VictoriaMetrics docs,
/// Relabeling).
const ACTIONS: &[&str] = &[
    "replace",
    "replace_all",
    "keep",
    "drop",
    "keep_if_equal",
    "drop_if_equal",
    "keep_if_contains",
    "drop_if_contains",
    "keepequal",
    "dropequal",
    "keep_metrics",
    "drop_metrics",
    "hashmod",
    "labelmap",
    "labelmap_all",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
    "graphite",
];

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for job in records(deployment) {
        for rules in ["relabel_configs", "metric_relabel_configs"] {
            if let Some(ValueKind::List(rules)) = job.get(rules).map(|rules| &rules.kind) {
                rules.iter().for_each(|rule| action(rule, diagnostics));
            }
        }
    }
}

/// VictoriaMetrics 1.112 and 1.145 skip a job with an invalid rule and log a line; 1.79 does not start.
fn action(rule: &Value, diagnostics: &mut Vec<Diagnostic>) {
    let given = |key: &str| rule.get(key).filter(|value| !value.is_absent());
    let Some(ValueKind::String(name)) = given("action").map(|action| &action.kind) else { return };
    let span = given("action").map_or(rule.span, |action| action.span);
    const LEFT_OUT: &str = "VictoriaMetrics leaves out a job with such a rule, and scrapes nothing of it";
    let action = name.to_ascii_lowercase();
    if !ACTIONS.contains(&&*action) {
        let report = Diagnostic::error(&KIND, format!("relabelling has no action `{name}`"))
            .at(span, "unknown action")
            .note(LEFT_OUT);
        diagnostics.push(match wording::nearest(name, ACTIONS.iter().copied()) {
            Some(near) => report.suggest(format!("did you mean `{near}`?"), span, &format!("\"{near}\"")),
            None => report.help(format!("it is {}", wording::one_of(ACTIONS))),
        });
        return;
    }
    let reads = matches!(&*action, "hashmod" | "lowercase" | "uppercase" | "replace_all")
        || matches!(&*action, "keep" | "drop") && given("if").is_none();
    // The missing key may be present but misspelt.
    let known = known_keys::of("relabel_configs").unwrap_or_default();
    let misspelt = match &rule.kind {
        ValueKind::Record(record) => record.keys().any(|key| !known.contains(&&**key)),
        _ => false,
    };
    if reads && given("source_labels").is_none() && !misspelt {
        diagnostics.push(
            Diagnostic::error(&KIND, format!("`{name}` needs `source_labels`"))
                .at(span, "reads `source_labels`")
                .note(LEFT_OUT)
                .help("write `source_labels = [\"__name__\"]`, or the labels that you mean"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_rule_is_one_that_is_known() {
        let with = |rule: &str| {
            let job = format!("{{ job_name = \"a\", relabel_configs = [{rule}] }}");
            reported("E0554", &format!("scrape.extraScrapeConfigs = [{job}]"))
        };
        assert_eq!(with(r#"{ action = "kep", source_labels = ["b"] }"#), [r#""kep""#]);
        assert_eq!(with(r#"{ action = "drop" }"#), [r#""drop""#]);
        assert_eq!(with(r#"{ action = "drop", if = "up" }"#), [] as [&str; 0]);
        assert_eq!(with(r#"{ action = "KEEP", source_labels = ["b"] }"#), [] as [&str; 0]);
        // The missing key is misspelt, which another rule reports.
        assert_eq!(with(r#"{ action = "drop", source_label = ["b"] }"#), [] as [&str; 0]);
    }
}
