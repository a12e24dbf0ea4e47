//! Checks for flags that name a file which is in no volume.

use super::{Verdict, each, literal};
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::deploy::workload::{SCRAPE_FOLDER, Volume, Workload};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::semantics::data::{Value, ValueKind};
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0543", "a flag names a file that nothing mounts");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"A container has the files of its image and of its volumes. A program that is told to read another file does not start. Where the flag takes a URL, that works.
- vmagent { extraArgs { "remoteWrite.streamAggr.config" = "/etc/aggregation.yml" } }
+ vmagent { extraArgs { "remoteWrite.streamAggr.config" = "http://config.internal/aggregation.yml" } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        let Verdict::Known(flag) = &given.verdict else { return };
        if !flag.names_a_file() {
            return;
        }
        for value in given.values().iter().filter(|value| !is_there(given.workload, value)) {
            let path = wording::short(&literal(&value.kind));
            diagnostics.push(
                Diagnostic::error(&KIND, format!("`-{}` names a file that nothing mounts", given.bare))
                    .at(value.span, format!("no volume has {path}"))
                    .note("a program that can't read such a file does not start")
                    .help("remove it, or give a URL if the flag takes one"),
            );
        }
    });
}

/// Whether a path is a URL, empty, in a volume of the workload, or put there by Kubernetes.
fn is_there(of: &Workload, path: &Value) -> bool {
    let ValueKind::String(path) = &path.kind else { return true };
    let mounted = of.volumes.iter().any(|volume| match volume {
        Volume::Data { mount, .. } => path.starts_with(&mount.spelled()),
        Volume::Scratch { mount, .. } => path.starts_with(mount),
        Volume::ScrapeFile => path.starts_with(SCRAPE_FOLDER),
        Volume::Token | Volume::UrlSecrets => false,
    });
    let put_there = ["http://", "https://", "/var/run/secrets/"];
    path.is_empty() || mounted || put_there.iter().any(|start| path.starts_with(start))
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_file_is_in_a_volume() {
        let of =
            |path: &str| format!(r#"vmagent.extraArgs {{ "remoteWrite.streamAggr.config" = "{path}" }}"#);
        assert_eq!(reported("E0543", &of("/etc/a.yml")), [r#""/etc/a.yml""#]);
        assert_eq!(reported("E0543", &of("http://a/a.yml")), [] as [&str; 0]);
        assert_eq!(
            reported("E0543", r#"server.extraArgs { relabelConfig = "/storage/relabel.yml" }"#),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "E0543",
                r#"vmagent.extraArgs { "remoteWrite.relabelConfig" = "/storage/relabel.yml" }"#
            ),
            [r#""/storage/relabel.yml""#]
        );
        let both = r#"vmagent.extraArgs { "remoteWrite.urlRelabelConfig" = ["https://a/b", "/c"] }"#;
        assert_eq!(reported("E0543", both), [r#""/c""#]);
    }
}
