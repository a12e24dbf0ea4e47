//! Checks that a stack's name works as a chart name, a service name and a DNS label.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0610", "a stack's name is not a DNS label");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r"The stack's name is the subchart's, the Compose service's and a DNS label.
- stack My_Metrics { version = v1.106.1 }
+ stack metrics { version = v1.106.1 }",
    check: Check::Deployment(check),
};

/// Maximum length: leaves room for a release name and a suffix in a 63-character DNS label.
const LONGEST: usize = 40;

fn check(deployment: &Deployment, name: Span, diagnostics: &mut Vec<Diagnostic>) {
    if !fits(&deployment.name) {
        diagnostics.push(
            Diagnostic::error(
                &KIND,
                format!("`{}` can't be the name of a chart and a service", deployment.name),
            )
            .at(name, "not a DNS label")
            .help("use at most 40 lower case letters and digits, starting with a letter"),
        );
    }
}

fn fits(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= LONGEST
        && text.chars().all(inner)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_dns_label() {
        assert!(fits("metrics") && fits("m2") && fits("a-b") && fits(&"a".repeat(LONGEST)));
        for wrong in ["", "2m", "-a", "a-", "a_b", "A", "é", &"a".repeat(LONGEST + 1)] {
            assert!(!fits(wrong), "{wrong}");
        }
    }
}
