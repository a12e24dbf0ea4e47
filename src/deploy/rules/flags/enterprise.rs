//! Checks for flags of the enterprise build.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0537", "only the enterprise build has this flag");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Images whose tag ends in `-enterprise` have more flags. Other images do not start with one of them.
- server { extraArgs { "downsampling.period" = "30d:5m" } }
+ stack m { version = v1.106.1-enterprise, server { extraArgs { "downsampling.period" = "30d:5m" } } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        if matches!(given.verdict, Verdict::Enterprise) {
            let (version, tag) = (&deployment.stack.version.value, &given.workload.image.tag.value);
            // A tag that is given does not follow the version.
            let help = match tag == version {
                true => format!("set `version = {version}-enterprise`, or remove the flag"),
                false => "give the image a tag that ends in `-enterprise`, or remove the flag".to_owned(),
            };
            diagnostics.push(
                Diagnostic::error(&KIND, format!("only the enterprise build has `-{}`", given.bare))
                    .at(given.value.span, "the program would not start")
                    .note(format!("the image's tag is `{tag}`"))
                    .help(help),
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn the_enterprise_build_has_more_flags() {
        let stack = |version: &str, more: &str| {
            format!(
                r#"stack m {{ version = {version}, server {{ extraArgs {{ "downsampling.period" = "30d:5m" }} {more} }} }}"#
            )
        };
        assert_eq!(reported("E0537", &stack("v1.106.1", "")), [r#""30d:5m""#]);
        assert_eq!(reported("E0537", &stack("v1.106.1-enterprise", "")), [] as [&str; 0]);
        let tag = r#", image.tag = "v1.106.1-enterprise""#;
        assert_eq!(reported("E0537", &stack("v1.106.1", tag)), [] as [&str; 0]);
    }
}
