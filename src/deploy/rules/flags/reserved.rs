//! Checks for flags that a setting already sets.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::deploy::workload::ArgValue;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0522", "a setting already sets this flag");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A flag that is given twice has two values, and which of them counts is not said anywhere. Use the setting.
- server { extraArgs { "retentionPeriod" = "7d" } }
+ retention = 7d"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        if !matches!(given.verdict, Verdict::Reserved) {
            return;
        }
        let own = given.workload.args.iter().find(|arg| arg.flag == given.bare);
        let setting = own.and_then(|arg| match &arg.value {
            ArgValue::Setting(setting) => Some(setting.path.join(".")),
            _ => None,
        });
        let report = Diagnostic::error(&KIND, format!("`-{}` is already set", given.bare))
            .at(given.value.span, "set a second time here");
        diagnostics.push(match setting {
            Some(setting) => report.help(format!("set `{setting}` instead")),
            None => report.help("vmsc needs it to be what it is; remove this"),
        });
    });
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_flag_of_a_setting_is_given_by_it() {
        assert_eq!(reported("E0522", r#"server.extraArgs { retentionPeriod = "7d" }"#), [r#""7d""#]);
        assert_eq!(
            reported("E0522", r#"vmagent.extraArgs { "remoteWrite.bearerTokenFile" = "/t" }"#),
            [r#""/t""#]
        );
        assert_eq!(
            reported("E0522", r#"server.extraArgs { "remoteWrite.bearerTokenFile" = "/t" }"#),
            [] as [&str; 0]
        );
    }
}
