//! Checks that the deduplication window is no longer than the shortest scrape interval.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::semantics::data::ValueKind;
use crate::source::Span;

const KIND: DiagnosticKind = DiagnosticKind::rule("E0542", "deduplication drops samples");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Deduplication keeps one sample of each interval: one longer than the time between two scrapes throws samples away.
- scrape { interval = 15s }
- server { extraArgs { "dedup.minScrapeInterval" = 1m } }
+ scrape { interval = 15s }
+ server { extraArgs { "dedup.minScrapeInterval" = 15s } }"#,
    check: Check::Deployment(check),
};

/// `-dedup.minScrapeInterval` keeps one sample per window.
fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let stack = &deployment.stack;
    let Some(window) = stack.server.extra_args.get("dedup.minScrapeInterval") else { return };
    let ValueKind::Quantity(length) = &window.kind else { return };
    let intervals = stack.scrape.job.values().filter(|job| job.enabled.value).map(|job| &job.interval);
    let Some(shortest) = intervals.chain([&stack.scrape.interval]).min_by_key(|leaf| leaf.value.amount)
    else {
        return;
    };
    if length.amount > shortest.value.amount {
        diagnostics.push(
            Diagnostic::error(&KIND, "deduplication would drop scraped samples")
                .at(window.span, format!("keeps one sample every {length}"))
                .because(shortest.span, format!("a sample is scraped every {}", shortest.value))
                .help(format!("set it to {} or less", shortest.value)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_window_is_no_longer_than_an_interval() {
        assert_eq!(reported("E0542", r#"server.extraArgs { "dedup.minScrapeInterval" = 20s }"#), [r#"20s"#]);
        assert_eq!(
            reported(
                "E0542",
                r#"scrape { job "a" { targets = ["x:1"], interval = 5s, timeout = 5s } }
server.extraArgs { "dedup.minScrapeInterval" = 10s }"#
            ),
            [r#"10s"#]
        );
        assert_eq!(
            reported("E0542", r#"server.extraArgs { "dedup.minScrapeInterval" = 15s }"#),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "E0542",
                r#"scrape { job "a" { targets = ["x:1"], interval = 5s, timeout = 5s, enabled = false } }
server.extraArgs { "dedup.minScrapeInterval" = 10s }"#
            ),
            [] as [&str; 0]
        );
    }
}
