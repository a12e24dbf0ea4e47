//! Checks that a relabelling replacement refers only to groups of its regular expression.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::model::stack::Relabel;
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0540", "a replacement refers to a group that does not exist");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"VictoriaMetrics takes a `$2` without a second group for nothing, and says nothing.
- scrape { job "a" { targets = ["a:1"], relabel = [{ sourceLabels = ["b"], regex = "(.*)", targetLabel = "c", replacement = "$2" }] } }
+ scrape { job "a" { targets = ["a:1"], relabel = [{ sourceLabels = ["b"], regex = "(.*)", targetLabel = "c", replacement = "$1" }] } }"#,
    check: Check::Deployment(check),
};

/// VictoriaMetrics replaces `$2` with nothing if there is no second group, without a warning.
fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let jobs = deployment.stack.scrape.job.values();
    for rule in jobs.flat_map(|job| job.relabel.iter().chain(&job.metric_relabel)) {
        group(rule, diagnostics);
    }
}

fn group(rule: &Relabel, diagnostics: &mut Vec<Diagnostic>) {
    if !matches!(&*rule.action.value, "replace" | "labelmap") {
        return;
    }
    let Ok(regex) = regex::Regex::new(&rule.regex.value) else { return };
    let groups = regex.captures_len() - 1;
    for number in references(&rule.replacement.value) {
        if number > groups {
            diagnostics.push(
                Diagnostic::error(
                    &KIND,
                    format!("`${number}` refers to a group that the regex does not have"),
                )
                .at(rule.replacement.span, format!("there is no group {number}"))
                .because(rule.regex.span, format!("has {}", wording::count(groups, "group")))
                .note("it would be replaced by nothing")
                .help("put what you want to keep in parentheses"),
            );
        }
    }
}

/// Group numbers referenced as `$1` or `${1}`.
fn references(text: &str) -> Vec<usize> {
    let after_dollar = text.split('$').skip(1);
    after_dollar
        .filter_map(|rest| {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::references;
    use crate::deploy::rules::testing::reported;

    #[test]
    fn groups_are_those_of_the_expression() {
        assert_eq!(references("$1-${2}x$$3"), [1, 2, 3]);
        let with = |regex: &str, replacement: &str| {
            let rule = format!(
                "{{ sourceLabels = [\"b\"], regex = \"{regex}\", targetLabel = \"c\", replacement = \"{replacement}\" }}"
            );
            reported(
                "E0540",
                &format!("scrape {{ job \"a\" {{ targets = [\"x:1\"], relabel = [{rule}] }} }}"),
            )
        };
        assert_eq!(with("(.*)", "$1 $2"), ["\"$1 $2\""]);
        assert_eq!(with("(a)(b)", "$1 $2"), [] as [&str; 0]);
    }
}
