//! Names of stacks and jobs, and jobs that scrape the same thing.

use crate::deploy::Deployment;
use crate::deploy::scrape::{OWN_JOBS, What};
use crate::diagnostics::{Page, Report};
use crate::source::Span;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[STACK, JOB, TWICE, NOBODY];

const STACK: Page = Page { code: "E0610", title: "a stack's name is no DNS label" };
const JOB: Page = Page { code: "E0530", title: "a job's name can't be used" };
const TWICE: Page = Page { code: "E0531", title: "two jobs scrape the same thing" };
const NOBODY: Page = Page { code: "W0532", title: "nothing scrapes pods" };

/// The stack's name is the subchart's and the service's, a job's a key that `--set` can reach.
pub(super) fn check(deployment: &Deployment, name: Span, reports: &mut Vec<Report>) {
    let label = |text: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        text.len() <= 40
            && text.chars().all(inner)
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
    };
    if !label(&deployment.name) {
        reports.push(
            Report::error(&STACK, format!("`{}` can't name a chart and a service", deployment.name))
                .at(name, "not a DNS label")
                .help("use at most 40 lower case letters and digits, starting with a letter"),
        );
    }
    let jobs = &deployment.stack.scrape.job;
    for (key, job) in jobs {
        let span = job.interval.span;
        let at = [&job.enabled.span, &job.path.span].into_iter().copied().next().unwrap_or(span);
        let place = place(job).unwrap_or(at);
        if key.contains('.') || key.is_empty() {
            let report = Report::error(
                &JOB,
                format!("the job's name `{key}` {}", if key.is_empty() { "is empty" } else { "has a dot" }),
            )
            .at(place, "this job")
            .note("`--set scrape.job.NAME.interval=…` splits at dots")
            .help(format!("write `job \"{}\"`", key.replace('.', "-")));
            reports.push(report);
        }
        if OWN_JOBS.contains(&&**key) {
            let report = Report::error(&JOB, format!("`{key}` is scraped already"))
                .at(place, "this job")
                .note("the server and the agents are scraped by jobs of these names")
                .help("choose another name");
            reports.push(report);
        }
    }
    twice(deployment, reports);
    let agent = &deployment.stack.vmagent.enabled;
    if !agent.value && deployment.jobs.iter().any(|job| job.enabled && job.what == What::Pods) {
        reports.push(
            Report::warning(&NOBODY, "nothing scrapes pods while `vmagent.enabled` is false")
                .at(agent.span, "no agents")
                .help("leave it out, or switch the jobs over pods off too"),
        );
    }
}

/// Where a job says what it scrapes.
pub(super) fn place(job: &crate::model::stack::Job) -> Option<Span> {
    let what = job.discover.get().or(job.service.get()).map(|leaf| leaf.span);
    what.or(job.targets.first().map(|target| target.span))
}

fn twice(deployment: &Deployment, reports: &mut Vec<Report>) {
    let mut seen: Vec<(usize, &What)> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for (at, job) in deployment.jobs.iter().enumerate().filter(|(_, job)| job.enabled) {
        let keys: Vec<String> = match &job.what {
            What::Pods => vec!["pods".to_owned()],
            What::Service { host, port, labels } => vec![format!("{host}:{port}:{labels:?}")],
            What::Targets(targets) => targets.iter().map(|target| format!("target {target}")).collect(),
            What::Own { .. } => Vec::new(),
        };
        for key in keys {
            let keys =
                job.places.iter().map(|place| format!("{key} {place:?} {} {:?}", job.path.value, job.params));
            for key in keys.collect::<Vec<_>>() {
                let Some(first) = known.insert(key, at) else { continue };
                let (Some(a), Some(b)) = (spot(deployment, first), spot(deployment, at)) else { continue };
                if reports.iter().any(|report| report.primary() == Some(b)) {
                    continue;
                }
                reports.push(
                    Report::error(
                        &TWICE,
                        format!("`{}` scrapes what `{}` scrapes", job.name, deployment.jobs[first].name),
                    )
                    .at(b, "scraped again here")
                    .because(a, "scraped here")
                    .note("each sample would be stored twice, under two jobs")
                    .help("remove one of them, or give them different paths"),
                );
            }
        }
        seen.push((at, &job.what));
    }
}

fn spot(deployment: &Deployment, at: usize) -> Option<Span> {
    let name = &deployment.jobs.get(at)?.name;
    place(deployment.stack.scrape.job.get(name.as_str())?)
}
