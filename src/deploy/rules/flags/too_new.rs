//! Checks for flags that only other releases have.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::flags;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0521", "the stack's release does not have this flag");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Another release has this flag, and the stack's does not: the program would not start.
- stack m { version = v1.79.5, server { extraArgs { "search.maxLabelsAPISeries" = 1000 } } }
+ stack m { version = v1.145.0, server { extraArgs { "search.maxLabelsAPISeries" = 1000 } } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        let Verdict::OtherRelease(known) = &given.verdict else { return };
        let (name, release) = (given.workload.program.name(), given.release);
        let range = match known.last >= flags::NEWEST {
            true => format!("v{} has it", known.first),
            false => format!("v{} to v{} have it", known.first, known.last),
        };
        diagnostics.push(
            Diagnostic::error(&KIND, format!("{name} v{release} has no flag `-{}`", given.bare))
                .at(given.value.span, range)
                .note("a flag that a program does not know stops it at start")
                .help(format!("set `version = v{}` or newer, or remove the flag", known.first)),
        );
    });
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_flag_is_in_the_release() {
        assert_eq!(
            reported(
                "E0521",
                r#"stack m { version = v1.79.5, server.extraArgs { "search.maxLabelsAPISeries" = 1000 } }"#
            ),
            [r#"1000"#]
        );
        assert_eq!(
            reported(
                "E0521",
                r#"stack m { version = v1.145.0, server.extraArgs { "search.maxLabelsAPISeries" = 1000 } }"#
            ),
            [] as [&str; 0]
        );
    }
}
