//! Checks for flags that only other releases have.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::flags::{self, RELEASES};
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
        let report = Diagnostic::error(&KIND, format!("{name} v{release} has no flag `-{}`", given.bare))
            .at(given.value.span, format!("only in {}", known.releases()))
            .note("a flag that a program does not know stops it at start");
        let report = match flags::known_as(release) {
            Some(said) => report.note(said),
            None => report,
        };
        let newer = RELEASES.iter().find(|other| *other > release && known.known_in(other));
        diagnostics.push(report.help(match newer {
            Some(newer) => format!("set `version = v{newer}`, or remove the flag"),
            None => "remove the flag".to_owned(),
        }));
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
