//! Checks that `%{NAME}` names an environment variable that is set.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::deploy::workload::{AGENT_VARIABLES, Workload};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::semantics::data::{Value, ValueKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0539", "a placeholder names a variable that is not set");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"The programs put environment variables in place of `%{NAME}`, in flags and in scrape jobs. Without the variable some releases do not start, and others take the text as it stands.
- server { extraArgs { loggerTimezone = "%{ZONE}" } }
+ server { extraArgs { loggerTimezone = "%{ZONE}" }, extraEnv = [{ name = "ZONE", value = "Europe/Berlin" }] }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    for of in &deployment.workloads {
        for value in of.extra_args.values().chain(&of.raw_jobs) {
            in_value(of, value, diagnostics);
        }
    }
}

/// Reports the placeholders in a value.
fn in_value(of: &Workload, value: &Value, diagnostics: &mut Vec<Diagnostic>) {
    match &value.kind {
        ValueKind::List(items) => items.iter().for_each(|item| in_value(of, item, diagnostics)),
        ValueKind::Record(record) => record.values().for_each(|inner| in_value(of, inner, diagnostics)),
        ValueKind::String(text) => {
            let own = of.extra_env.iter().map(|variable| &*variable.name.value);
            let given = AGENT_VARIABLES.iter().filter(|_| of.reads_node).map(|(name, _)| *name);
            let known: Vec<&str> = own.chain(given).collect();
            for name in names(text).filter(|name| !known.contains(name)) {
                let report =
                    Diagnostic::error(&KIND, format!("no variable `{name}` is set for `%{{{name}}}`"))
                        .at(
                            value.span,
                            format!("`{name}` is not among the variables of {}", of.program.name()),
                        )
                        .note("some releases do not start without it, others take the text as it stands");
                diagnostics.push(match wording::nearest(name, known.iter().copied()) {
                    Some(near) => report.help(format!("write `%{{{near}}}`")),
                    None => report.help(format!("set it in `{}.extraEnv`", of.name)),
                });
            }
        }
        _ => {}
    }
}

/// The names of the placeholders in a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("%{").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_placeholder_has_its_variable() {
        let flag = |more: &str| format!(r#"server {{ extraArgs {{ loggerTimezone = "%{{TZ}}" }} {more} }}"#);
        assert_eq!(reported("E0539", &flag("")), [r#""%{TZ}""#]);
        let set = flag(r#", extraEnv = [{ name = "TZ", value = "UTC" }]"#);
        assert_eq!(reported("E0539", &set), [] as [&str; 0]);
        let jobs = |at: &str| {
            format!(r#"{at} = [{{ job_name = "a", static_configs = [{{ targets = ["%{{NODE_IP}}:1"] }}] }}]"#)
        };
        assert_eq!(reported("E0539", &jobs("vmagent.extraScrapeConfigs")), [] as [&str; 0]);
        assert_eq!(reported("E0539", &jobs("scrape.extraScrapeConfigs")), [r#""%{NODE_IP}:1""#]);
    }
}
