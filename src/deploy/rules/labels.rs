//! Checks that keys and values of labels and annotations are such that Kubernetes takes.

use super::{Check, Rule};
use crate::deploy::kubernetes::{KEY, KEYED, LABEL_VALUE};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::semantics::data::{Value, ValueKind};
use regex::Regex;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0624", "not a label or annotation of Kubernetes");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A key has at most 63 letters, digits, `-`, `_` and `.`, and may have a DNS name and a slash before it; a label's value has the same characters, or none. The API server refuses anything else, and with it one object of an upgrade whose others have changed already.
- server { podLabels { "my team" = "data base" } }
+ server { podLabels { team = "database" } }"#,
    check: Check::Values(check),
};

fn check(stack: &Value, diagnostics: &mut Vec<Diagnostic>) {
    let (Ok(key), Ok(label)) = (Regex::new(KEY), Regex::new(LABEL_VALUE)) else { return };
    let of = |path: &[&str]| path.iter().try_fold(stack, |value, name| value.get(name));
    let given = KEYED.iter().filter_map(|keyed| Some((of(keyed.path)?, keyed.labels)));
    let selectors = match of(&["scrape", "job"]).map(|jobs| &jobs.kind) {
        Some(ValueKind::Record(jobs)) => {
            jobs.values().filter_map(|job| Some((job.get("selector")?, true))).collect()
        }
        _ => Vec::new(),
    };
    for (map, labels) in given.chain(selectors) {
        let ValueKind::Record(entries) = &map.kind else { continue };
        for (name, value) in entries.iter().filter(|(_, value)| !value.is_absent()) {
            let what = if labels { "label" } else { "annotation" };
            if !key.is_match(name) {
                diagnostics.push(
                    Diagnostic::error(&KIND, format!("`{name}` is not a valid {what} key"))
                        .at(value.span, "under this key")
                        .help("use letters, digits, `-`, `_` and `.`, at most 63, with `example.com/` before them if need be"),
                );
            }
            if let ValueKind::String(text) = &value.kind
                && labels
                && !label.is_match(text)
            {
                let text = wording::short(text);
                diagnostics.push(
                    Diagnostic::error(&KIND, format!("`{text}` is not a valid label value"))
                        .at(value.span, "refused by the API server")
                        .help("use letters, digits, `-`, `_` and `.`, at most 63, starting and ending with a letter or digit"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn keys_and_values_are_those_of_kubernetes() {
        let wrong = |text: &str| reported("E0624", text);
        assert_eq!(wrong(r#"server.podLabels { "a b" = "x" }"#), [r#""x""#]);
        assert_eq!(wrong(r#"server.podLabels { a = "x y" }"#), [r#""x y""#]);
        assert_eq!(wrong(r#"vmagent.nodeSelector { a = "-x" }"#), [r#""-x""#]);
        assert_eq!(wrong(r#"service.annotations { "a//b" = "x" }"#), [r#""x""#]);
        assert_eq!(wrong(r#"scrape.job "a" { service = "a:1", selector { "a b" = "x" } }"#), [r#""x""#]);
        let fine = r#"service.annotations { "example.com/a_b" = "anything at all {}" }
server.podLabels { "app.kubernetes.io/x" = "" }"#;
        assert_eq!(wrong(fine), [] as [&str; 0]);
    }
}
