//! Checks that a flag's value has the flag's type.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::semantics::data::ValueKind;
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
        let items = match &given.value.kind {
            ValueKind::List(items) if flag.repeats() => items.to_vec(),
            _ => vec![given.value.clone()],
        };
        for item in items {
            let wrong_word = match &item.kind {
                ValueKind::String(text) => {
                    let words = flag.words();
                    !words.is_empty() && !words.contains(&&**text) && !text.contains("%{")
                }
                _ => false,
            };
            if wrong_word {
                let title = format!("`-{}` takes {}", given.bare, wording::one_of(flag.words()));
                let report = Diagnostic::error(&KIND, title)
                    .at(item.span, format!("found {}", wording::short(&item.kind.to_string())))
                    .note("the program would not start");
                let near = wording::nearest(&item.kind.to_string(), flag.words().iter().copied());
                diagnostics.push(match near {
                    Some(near) => report.help(format!("write `\"{near}\"`")),
                    None => report.help(format!("write {}", wording::one_of(flag.words()))),
                });
                continue;
            }
            let Err(takes) = flag.spell(&item) else { continue };
            let report = Diagnostic::error(&KIND, format!("`-{}` takes {takes}", given.bare))
                .at(item.span, format!("found {}", wording::short(&item.kind.to_string())));
            diagnostics.push(report.help(format!("write {takes}")));
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
