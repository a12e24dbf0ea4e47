//! Replacements of relabelling name groups that the expression has.

use crate::deploy::Deployment;
use crate::diagnostics::{Page, Report};
use crate::model::stack::Relabel;
use crate::source::Span;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[GROUP, TARGET];

const GROUP: Page = Page::rule("E0540", "a replacement names a group that does not exist");
const TARGET: Page = Page::rule("E0541", "relabelling takes away what a series is found by");

/// `$2` without a second group is replaced by nothing, and no program says so.
pub(super) fn check(deployment: &Deployment, _: Span, reports: &mut Vec<Report>) {
    for job in deployment.stack.scrape.job.values() {
        let of_target = job.relabel.iter().map(|rule| (rule, TARGET_LABELS));
        let of_sample = job.metric_relabel.iter().map(|rule| (rule, SAMPLE_LABELS));
        for (rule, needed) in of_target.chain(of_sample) {
            group(rule, reports);
            dropped(rule, needed, reports);
            if let Some(target) = rule.target_label.as_ref()
                && matches!(&*target.value, "job" | "service")
            {
                reports.push(
                    Report::error(&TARGET, format!("`{}` is what queries find a series by", target.value))
                        .at(target.span, "set by vmsc, the same in both places")
                        .help("choose another label, or another name for the job"),
                );
            }
        }
    }
}

/// Labels without which a target is not scraped, or not found.
const TARGET_LABELS: &[&str] = &["job", "service", "__address__", "__scheme__", "__metrics_path__"];
/// Labels without which a sample is nothing, or not found.
const SAMPLE_LABELS: &[&str] = &["job", "service", "__name__"];

/// `labeldrop` and `labelkeep` say by an expression which labels stay. They make no exception for
/// those that begin with `__` (VictoriaMetrics docs, Relabeling).
fn dropped(rule: &Relabel, needed: &[&str], reports: &mut Vec<Report>) {
    let drops = match &*rule.action.value {
        "labeldrop" => true,
        "labelkeep" => false,
        _ => return,
    };
    let Ok(regex) = regex::Regex::new(&format!("^(?:{})$", rule.regex.value)) else { return };
    if let Some(lost) = needed.iter().find(|label| regex.is_match(label) == drops) {
        let what = match lost.starts_with("__") {
            true => "and nothing is left to scrape or store",
            false => "which queries find a series by",
        };
        reports.push(
            Report::error(&TARGET, format!("`{}` takes `{lost}` away, {what}", rule.action.value))
                .at(rule.regex.span, if drops { "matches it" } else { "does not match it" })
                .help(match drops {
                    true => format!("write an expression that does not match `{lost}`"),
                    false => format!("write `regex = \"__.*|job|service|{}\"`", rule.regex.value),
                }),
        );
    }
}

fn group(rule: &Relabel, reports: &mut Vec<Report>) {
    if !matches!(&*rule.action.value, "replace" | "labelmap") {
        return;
    }
    let Ok(regex) = regex::Regex::new(&rule.regex.value) else { return };
    let groups = regex.captures_len() - 1;
    for number in references(&rule.replacement.value) {
        if number > groups {
            reports.push(
                Report::error(&GROUP, format!("`${number}` names a group that the expression does not have"))
                    .at(rule.replacement.span, format!("there is no group {number}"))
                    .because(
                        rule.regex.span,
                        format!("has {}", crate::diagnostics::wording::count(groups, "group")),
                    )
                    .note("it would be replaced by nothing")
                    .help("put what you want to keep in parentheses"),
            );
        }
    }
}

/// The numbers of `$1` and `${1}`.
fn references(text: &str) -> Vec<usize> {
    let after_dollar = text.split('$').skip(1);
    after_dollar
        .filter_map(|rest| {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}
