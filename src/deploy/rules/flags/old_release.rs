//! Checks for releases older than the flag tables.

use super::release;
use crate::deploy::Deployment;
use crate::deploy::flags;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0525", "the stack's release is older than any that vmsc knows");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r"Flags and behaviour are known from v1.79.5 on.
- stack m { version = v1.60.0 }
+ stack m { version = v1.106.1 }",
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let version = &deployment.stack.version;
    if release(deployment).is_some_and(|release| release < flags::OLDEST) {
        diagnostics.push(
            Diagnostic::error(
                &KIND,
                format!("VictoriaMetrics {} is older than any release that vmsc knows", version.value),
            )
            .at(version.span, format!("the oldest known release is v{}", flags::OLDEST))
            .help(format!("use v{} or newer", flags::OLDEST)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_release_is_known() {
        assert_eq!(reported("E0525", r#"stack m { version = v1.60.0 }"#), [r#"v1.60.0"#]);
        assert_eq!(reported("E0525", r#"stack m { version = v1.79.0 }"#), [] as [&str; 0]);
    }
}
