//! Checks for flags that no release has, or whose names are malformed.

use super::{Given, Verdict, each, literal, nested, newer};
use crate::deploy::Deployment;
use crate::deploy::flags;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0520", "no release has this flag");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A flag that a program does not know keeps it from starting. The flags of seventeen releases are known.
- server { extraArgs { "search.maxConcurentRequests" = 8 } }
+ server { extraArgs { "search.maxConcurrentRequests" = 8 } }"#,
    check: Check::Deployment(check),
};

/// A program exits at start (exit status 2) when its release does not know a flag.
fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| match &given.verdict {
        Verdict::Written(None) => diagnostics.push(with_dash(given)),
        Verdict::Written(Some(whole)) => diagnostics.extend(in_parts(given, whole)),
        Verdict::Unknown if !newer::may_have(given) => diagnostics.push(unknown(given)),
        _ => {}
    });
}

fn with_dash(given: &Given) -> Diagnostic {
    let bare = given.bare;
    let right = format!("write `\"{bare}\" = {}`", wording::short(&literal(&given.value.kind)));
    Diagnostic::error(&KIND, format!("a flag must be written without its dash: `{bare}`"))
        .at(given.value.span, "the value of this flag")
        .help(right)
}

fn in_parts(given: &Given, whole: &str) -> Option<Diagnostic> {
    let (_, value) = nested(given.value)?;
    Some(
        Diagnostic::error(&KIND, format!("the flag name `{whole}` must be in quotes"))
            .at(value.span, "the value of this flag")
            .note("without quotes a dot is a step into a record, and no flag has a record")
            .help(format!("write `\"{whole}\" = {}`", wording::short(&literal(&value.kind)))),
    )
}

fn unknown(given: &Given) -> Diagnostic {
    let table = flags::table(given.workload.program);
    let name = given.workload.program.name();
    let report = Diagnostic::error(&KIND, format!("{name} has no flag `-{}`", given.bare))
        .at(given.value.span, "the value of an unknown flag")
        .note("a flag that a program does not know stops it at start");
    match wording::nearest(given.bare, table.iter().map(|known| known.name)) {
        Some(near) => report.help(format!("did you mean `\"{near}\"`?")),
        None => report.help("the program's `-help` lists its flags"),
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_flag_is_one_of_the_program() {
        assert_eq!(reported("E0520", r#"server.extraArgs { "search.maxConcurentRequests" = 8 }"#), [r#"8"#]);
        assert_eq!(
            reported("E0520", r#"server.extraArgs { "-search.maxConcurrentRequests" = 8 }"#),
            [r#"8"#]
        );
        assert_eq!(reported("E0520", r#"server.extraArgs { search.maxConcurrentRequests = 8 }"#), [r#"8"#]);
        assert_eq!(
            reported("E0520", r#"vmagent.extraArgs { "search.maxConcurrentRequests" = 8 }"#),
            [r#"8"#]
        );
        assert_eq!(
            reported("E0520", r#"server.extraArgs { "search.maxConcurrentRequests" = 8 }"#),
            [] as [&str; 0]
        );
    }
}
