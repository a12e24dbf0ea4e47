//! Checks the names of environment variables.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::deploy::kubernetes::VARIABLE;
use crate::deploy::workload::AGENT_VARIABLES;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;
use regex::Regex;
use std::collections::HashMap;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0612", "an environment variable can't be set so");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A variable has one value: of two with one name Kubernetes takes the last, and Helm 4 is refused half-way. `NODE_NAME`, `NODE_IP`, `POD_NAME` and `POD_NAMESPACE` are set in each agent.
- server { extraEnv = [{ name = "TZ", value = "UTC" }, { name = "TZ", value = "CET" }] }
+ server { extraEnv = [{ name = "TZ", value = "UTC" }] }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let Ok(pattern) = Regex::new(VARIABLE) else { return };
    for of in &deployment.workloads {
        let mut known: HashMap<&str, Span> = HashMap::new();
        for variable in &of.extra_env {
            let (name, span) = (&*variable.name.value, variable.name.span);
            let report = |title: String| Diagnostic::error(&KIND, title);
            if !pattern.is_match(name) {
                diagnostics.push(
                    report(format!("`{name}` is not a valid name of an environment variable"))
                        .at(span, "refused by the API server")
                        .help("use letters, digits, `_`, `-` and `.`, not starting with a digit"),
                );
            } else if of.reads_node && AGENT_VARIABLES.iter().any(|(own, _)| *own == name) {
                diagnostics.push(
                    report(format!("`{name}` is set by vmsc"))
                        .at(span, "tells each agent about its own pod")
                        .help("choose another name"),
                );
            } else if let Some(first) = known.insert(name, span) {
                diagnostics.push(
                    report(format!("the variable `{name}` is set twice"))
                        .at(span, "set again")
                        .because(first, "set here")
                        .help("keep one of them"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_variable_has_a_name_of_its_own() {
        let wrong = |text: &str| reported("E0612", text);
        let twice = r#"server.extraEnv = [{ name = "A", value = "1" }, { name = "A", value = "2" }]"#;
        assert_eq!(wrong(twice), [r#""A""#]);
        assert_eq!(wrong(r#"vmagent.extraEnv = [{ name = "NODE_NAME", value = "1" }]"#), [r#""NODE_NAME""#]);
        assert_eq!(wrong(r#"vmagent.extraEnv = [{ name = "NODE_IP", value = "1" }]"#), [r#""NODE_IP""#]);
        assert_eq!(wrong(r#"server.extraEnv = [{ name = "1 A", value = "1" }]"#), [r#""1 A""#]);
        let fine = r#"server.extraEnv = [{ name = "NODE_NAME", value = "1" }]
vmagent.extraEnv = [{ name = "A", value = "1" }]"#;
        assert_eq!(wrong(fine), [] as [&str; 0]);
    }
}
