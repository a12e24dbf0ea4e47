//! Checks for flags that change what others rely on.

use super::{Verdict, each};
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0535", "a flag changes what others rely on, and they do not follow");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Probes, agents and jobs ask the programs at fixed paths, over HTTP and without a password. A flag that changes this is not seen by them: the pod is never ready, or the agents get 401 while `/health` says that all is well.
- server { extraArgs { "http.pathPrefix" = "/metrics-store" } }
+ server { extraArgs { "search.maxConcurrentRequests" = 8 } }"#,
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    each(deployment, &mut |given| {
        if let Verdict::Unfollowed(why) = given.verdict {
            diagnostics.push(
                Diagnostic::error(&KIND, format!("`-{}` {}", given.bare, why.does))
                    .at(given.value.span, "nothing here follows")
                    .help(why.instead),
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn what_others_rely_on_stays() {
        for flag in
            ["http.pathPrefix", "tls", "tlsKeyFile", "httpAuth.password", "metricsAuthKey", "envflag.prefix"]
        {
            let text = format!(r#"server.extraArgs {{ "{flag}" = "a" }}"#);
            assert_eq!(reported("E0535", &text), [r#""a""#], "{flag}");
        }
        let agents = r#"vmagent.extraArgs { "promscrape.cluster.membersCount" = 3, "httpListenAddr.useProxyProtocol" = true }"#;
        assert_eq!(reported("E0535", agents), ["3", "true"]);
        let others = r#"server.extraArgs { "deleteAuthKey" = "a", "http.shutdownDelay" = 5s }
vmagent.extraArgs { "remoteWrite.tlsInsecureSkipVerify" = true }"#;
        assert_eq!(reported("E0535", others), [] as [&str; 0]);
    }
}
