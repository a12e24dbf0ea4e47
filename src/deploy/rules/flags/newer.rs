//! Warns of flags that no known release has, where the stack's is newer than all of them.

use super::{Given, Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::flags;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("W0520", "vmsc can't tell whether the release has this flag");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"The stack's release is newer than those whose flags vmsc knows, and none of them has this flag. A program that does not know a flag does not start: look into its `-help`.
- stack m { version = v1.999.0, server { extraArgs { "search.brandNew" = 1 } } }
+ stack m { version = v1.999.0, server { extraArgs { "search.maxConcurrentRequests" = 8 } } }"#,
    check: Check::Deployment(check),
};

/// Whether the release may have a flag that no known one has: it is newer, and the name is no known one's
/// misspelled.
pub(super) fn may_have(given: &Given) -> bool {
    let table = flags::table(given.workload.program);
    *given.release > flags::NEWEST
        && wording::nearest(given.bare, table.iter().map(|known| known.name)).is_none()
}

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        if !matches!(given.verdict, Verdict::Unknown) || !may_have(given) {
            return;
        }
        let (name, release) = (given.workload.program.name(), given.release);
        let title = format!("vmsc does not know whether {name} v{release} has a flag `-{}`", given.bare);
        let report = Diagnostic::warning(&KIND, title)
            .at(given.value.span, "the value of an unknown flag")
            .note("a flag that a program does not know stops it at start");
        let report = match flags::known_as(release) {
            Some(said) => report.note(said),
            None => report,
        };
        diagnostics.push(report.help("the program's `-help` lists its flags"));
    });
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_newer_release_may_have_more_flags() {
        let stack = |version: &str, flag: &str| {
            format!(r#"stack m {{ version = {version}, server.extraArgs {{ "{flag}" = 8 }} }}"#)
        };
        assert_eq!(reported("W0520", &stack("v1.999.0", "brand.new")), ["8"]);
        assert_eq!(reported("E0520", &stack("v1.999.0", "brand.new")), [] as [&str; 0]);
        assert_eq!(reported("E0520", &stack("v1.999.0", "search.maxConcurentRequests")), ["8"]);
        assert_eq!(reported("W0520", &stack("v1.153.0", "brand.new")), [] as [&str; 0]);
        assert_eq!(reported("E0520", &stack("v1.153.0", "brand.new")), ["8"]);
    }
}
