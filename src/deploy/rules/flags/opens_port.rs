//! Checks for flags that open a port.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0523", "a flag opens a port that nothing exposes");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A listener that the chart does not know of has no port, no network rule and no probe.
- server { extraArgs { "graphiteListenAddr" = ":2003" } }
+ server { extraArgs { "search.maxConcurrentRequests" = 8 } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        if matches!(given.verdict, Verdict::OpensPort) {
            diagnostics.push(
                Diagnostic::error(&KIND, format!("`-{}` opens a port that nothing exposes", given.bare))
                    .at(given.value.span, "neither the Service nor the network policy has it")
                    .help("remove it"),
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_port_is_known_to_the_service() {
        assert_eq!(reported("E0523", r#"server.extraArgs { graphiteListenAddr = ":2003" }"#), [r#"":2003""#]);
        assert_eq!(reported("E0523", r#"server.extraArgs { "http.shutdownDelay" = 5s }"#), [] as [&str; 0]);
    }
}
