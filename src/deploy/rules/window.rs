//! A deduplication window is no longer than the shortest interval.

use crate::deploy::Deployment;
use crate::diagnostics::{Page, Report};
use crate::semantics::data::Kind;
use crate::source::Span;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[WINDOW];

const WINDOW: Page = Page::rule("E0542", "deduplication takes away samples");

/// `-dedup.minScrapeInterval` leaves one sample a window.
pub(super) fn check(deployment: &Deployment, _: Span, reports: &mut Vec<Report>) {
    let stack = &deployment.stack;
    let Some(window) = stack.server.extra_args.get("dedup.minScrapeInterval") else { return };
    let Kind::Quantity(length) = &window.kind else { return };
    let intervals = stack.scrape.job.values().filter(|job| job.enabled.value).map(|job| &job.interval);
    let Some(shortest) = intervals.chain([&stack.scrape.interval]).min_by_key(|leaf| leaf.value.amount)
    else {
        return;
    };
    if length.amount > shortest.value.amount {
        reports.push(
            Report::error(&WINDOW, "deduplication would take away samples that were scraped")
                .at(window.span, format!("one sample every {length} is kept"))
                .because(shortest.span, format!("and a sample is scraped every {}", shortest.value))
                .help(format!("set it to {} or less", shortest.value)),
        );
    }
}
