//! What a profile can't change by values.

use super::Subject;
use crate::deploy::scrape::Job;
use crate::diagnostics::{Page, Report};
use crate::source::Span;
use foldhash::HashMap;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[SHAPE, BUILD];

const SHAPE: Page = Page::rule("E0620", "a profile changes what a job is");
const BUILD: Page = Page::rule("E0621", "a profile changes what shapes the build");

/// A job's shape is compiled into the template, which base and profiles share.
pub(super) fn check(subject: &Subject, reports: &mut Vec<Report>) {
    let Some((base, profiles)) = subject.deployments.split_first() else { return };
    let known: HashMap<_, _> = base.jobs.iter().map(|job| (&job.name, job)).collect();
    for (deployment, name) in profiles.iter().zip(subject.profiles) {
        let (ours, theirs) = (&base.stack, &deployment.stack);
        let mut fixed = |same: bool, span: Span, what: &str| {
            if !same {
                reports.push(
                    Report::error(&BUILD, format!("a profile can't change `{what}`"))
                        .at(span, "changed here")
                        .because(name.span, "in this profile")
                        .note("it shapes files that the stack and all its profiles share")
                        .help("write it in the stack"),
                );
            }
        };
        let (chart, compose) = (&theirs.chart, &theirs.compose);
        fixed(chart.version.value == ours.chart.version.value, chart.version.span, "chart.version");
        if let Some(parent) = chart.parent.as_ref() {
            fixed(
                ours.chart.parent.as_ref().is_some_and(|p| p.value == parent.value),
                parent.span,
                "chart.parent",
            );
        }
        fixed(compose.file.value == ours.compose.file.value, compose.file.span, "compose.file");
        fixed(compose.agent.value == ours.compose.agent.value, compose.agent.span, "compose.agent");
        for job in &deployment.jobs {
            let Some(before) = known.get(&job.name) else { continue };
            if !same_shape(before, job) {
                let spot =
                    theirs.scrape.job.get(&job.name).and_then(super::names::place).unwrap_or(name.span);
                reports.push(
                    Report::error(&SHAPE, format!("a profile can't change what the job `{}` scrapes", job.name))
                        .at(spot, "this job")
                        .because(name.span, "in this profile")
                        .note("a job's shape is compiled into the chart's template; values change its interval, timeout, path and whether it is on")
                        .help("switch the job off in the profile, and add one of another name"),
                );
            }
        }
    }
}

fn same_shape(a: &Job, b: &Job) -> bool {
    a.what == b.what
        && a.platforms == b.platforms
        && a.scheme == b.scheme
        && a.params == b.params
        && a.relabel.len() == b.relabel.len()
        && a.relabel.iter().zip(&b.relabel).all(|(x, y)| same_rule(x, y))
        && a.metric_relabel.len() == b.metric_relabel.len()
        && a.metric_relabel.iter().zip(&b.metric_relabel).all(|(x, y)| same_rule(x, y))
}

fn same_rule(a: &crate::model::stack::Relabel, b: &crate::model::stack::Relabel) -> bool {
    let text = |rule: &crate::model::stack::Relabel| {
        let labels: Vec<_> = rule.source_labels.iter().map(|l| l.value.to_string()).collect();
        (
            labels,
            rule.regex.value.clone(),
            rule.replacement.value.clone(),
            rule.action.value.clone(),
            rule.target_label.as_ref().map(|l| l.value.clone()),
            rule.separator.value.clone(),
        )
    };
    text(a) == text(b)
}
