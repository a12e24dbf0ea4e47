//! Checks that a flag's value has the flag's type.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0524", "a flag has a value that it does not accept");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A flag takes a value of its own kind: the program would not start with another.
- server { extraArgs { "search.maxConcurrentRequests" = "many" } }
+ server { extraArgs { "search.maxConcurrentRequests" = 8 } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        let Verdict::Known(flag) = &given.verdict else { return };
        for value in given.values() {
            let Err(takes) = flag.spell(value) else { continue };
            let found = value.kind.to_string();
            let near = wording::nearest(&found, flag.words().iter().copied());
            diagnostics.push(
                Diagnostic::error(&KIND, format!("`-{}` takes {takes}", given.bare))
                    .at(value.span, format!("found {}", wording::short(&found)))
                    .note("a value that a flag does not take stops the program at start")
                    .help(
                        near.map_or_else(|| format!("write {takes}"), |near| format!("write `\"{near}\"`")),
                    ),
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_value_is_what_the_flag_takes() {
        assert_eq!(
            reported("E0524", r#"server.extraArgs { "search.maxConcurrentRequests" = "many" }"#),
            [r#""many""#]
        );
        assert_eq!(reported("E0524", r#"server.extraArgs { "search.maxQueryDuration" = 5 }"#), [r#"5"#]);
        let logs = r#"server.extraArgs { loggerFormat = "jsn", loggerLevel = "WARN" }"#;
        assert_eq!(reported("E0524", logs), [r#""jsn""#]);
        assert_eq!(
            reported(
                "E0524",
                r#"server.extraArgs { "search.maxConcurrentRequests" = 8, "search.maxQueryDuration" = 30s }"#
            ),
            [] as [&str; 0]
        );
    }
}
