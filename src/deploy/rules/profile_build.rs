//! Checks that a profile does not change settings that shape the build.

use super::{Check, Rule, Subject};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0621", "a profile changes a setting that shapes the build");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r"The chart is made once, for the stack and all its profiles; what shapes it can't depend on one.
- profile p { chart { version = 0.2.0 } }
+ chart { version = 0.2.0 }",
    check: Check::Profiles(check),
};

fn check(subject: &Subject, diagnostics: &mut Vec<Diagnostic>) {
    let Some((base, profiles)) = subject.deployments.split_first() else { return };
    for (deployment, name) in profiles.iter().zip(subject.profiles) {
        let (ours, theirs) = (&base.stack, &deployment.stack);
        let mut fixed = |same: bool, span: Span, what: &str| {
            if !same {
                diagnostics.push(
                    Diagnostic::error(&KIND, format!("a profile can't change `{what}`"))
                        .at(span, "changed here")
                        .because(name.span, "in this profile")
                        .note("it shapes files that the stack and all its profiles share")
                        .help("write it in the stack"),
                );
            }
        };
        let (chart, compose) = (&theirs.chart, &theirs.compose);
        fixed(chart.version.value == ours.chart.version.value, chart.version.span, "chart.version");
        if let Some(parent) = chart.parent.as_ref() {
            fixed(
                ours.chart.parent.as_ref().is_some_and(|p| p.value == parent.value),
                parent.span,
                "chart.parent",
            );
        }
        fixed(compose.file.value == ours.compose.file.value, compose.file.span, "compose.file");
        fixed(compose.agent.value == ours.compose.agent.value, compose.agent.span, "compose.agent");
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn what_shapes_the_build_is_the_stacks() {
        assert_eq!(
            reported(
                "E0621",
                r#"stack m { version = v1.106.1 }
profile p { chart.version = 0.2.0 }"#
            ),
            [r#"0.2.0"#]
        );
        assert_eq!(
            reported(
                "E0621",
                r#"stack m { version = v1.106.1 }
profile p { compose.agent = true }"#
            ),
            [r#"true"#]
        );
        assert_eq!(
            reported(
                "E0621",
                r#"stack m { version = v1.106.1, chart.version = 0.2.0 }
profile p { chart.version = 0.2.0, compose.restart = "no" }"#
            ),
            [] as [&str; 0]
        );
    }
}
