//! Names of stacks and jobs, and jobs that scrape the same thing.

use crate::deploy::Deployment;
use crate::deploy::platform::Platform;
use crate::deploy::scrape::{Discovery, Job};
use crate::diagnostics::{Page, Report};
use crate::source::Span;
use foldhash::{HashMap, HashSet};

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[STACK, JOB, TWICE, NOBODY];

const STACK: Page = Page::rule("E0610", "a stack's name is no DNS label");
const JOB: Page = Page::rule("E0530", "a job's name can't be used");
const TWICE: Page = Page::rule("E0531", "two jobs scrape the same thing");
const NOBODY: Page = Page::rule("W0532", "nothing scrapes pods");

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
            reports.push(match key.is_empty() {
                true => Report::error(&JOB, "a job has an empty name")
                    .at(place, "this job")
                    .note("the name is the `job` label of its series, and its key in the chart's values")
                    .help("write `job \"name\"`"),
                false => Report::error(&JOB, format!("the job's name `{key}` has a dot"))
                    .at(place, "this job")
                    .note("`--set scrape.job.NAME.interval=…` splits at dots")
                    .help(format!("write `job \"{}\"`", key.replace('.', "-"))),
            });
        }
        if deployment.workloads.iter().any(|workload| workload.job == &**key) {
            let report = Report::error(&JOB, format!("`{key}` is scraped already"))
                .at(place, "this job")
                .note("the server and the agents are scraped by jobs of these names")
                .help("choose another name");
            reports.push(report);
        }
    }
    twice(deployment, reports);
    let agent = &deployment.stack.vmagent.enabled;
    let of_pods = |job: &&Job| {
        job.enabled
            && job.platforms.contains(&Platform::Kubernetes)
            && matches!(job.what, Discovery::Pods | Discovery::Service { .. })
    };
    if !agent.value
        && let Some(job) = deployment.jobs.iter().find(of_pods)
    {
        let report = Report::warning(&NOBODY, "nothing scrapes pods while `vmagent.enabled` is false")
            .at(agent.span, "no agents");
        let report = match deployment.stack.scrape.job.get(&job.name).and_then(place) {
            Some(span) => report.because(span, format!("so `{}` is not scraped in Kubernetes", job.name)),
            None => report,
        };
        reports.push(report.help("leave it out, or switch the jobs over pods and services off too"));
    }
}

/// Where a job says what it scrapes.
pub(super) fn place(job: &crate::model::stack::Job) -> Option<Span> {
    let what = job.discover.as_ref().or(job.service.as_ref()).map(|leaf| leaf.span);
    what.or(job.targets.first().map(|target| target.span))
}

/// What no two jobs may scrape.
#[derive(PartialEq, Eq, Hash)]
struct Scraped<'a> {
    thing: Thing<'a>,
    platform: Platform,
    path: &'a str,
    params: &'a [(String, Vec<String>)],
}

/// One of the things that a job scrapes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Thing<'a> {
    Pods,
    Service(&'a str, u16, &'a [(String, String)]),
    Target(&'a str),
}

fn twice(deployment: &Deployment, reports: &mut Vec<Report>) {
    let mut told: HashSet<Option<Span>> = reports.iter().map(Report::primary).collect();
    let mut known = HashMap::default();
    for (at, job) in deployment.jobs.iter().enumerate().filter(|(_, job)| job.enabled) {
        let things: Vec<Thing> = match &job.what {
            Discovery::Pods => vec![Thing::Pods],
            Discovery::Service { host, port, labels } => vec![Thing::Service(host, *port, labels)],
            Discovery::Targets(targets) => targets.iter().map(|target| Thing::Target(target)).collect(),
            Discovery::Own { .. } => Vec::new(),
        };
        for (thing, platform) in
            things.iter().flat_map(|thing| job.platforms.iter().map(move |platform| (thing, platform)))
        {
            let scraped =
                Scraped { thing: *thing, platform: *platform, path: &job.path, params: &job.params };
            let Some(first) = known.insert(scraped, at) else { continue };
            if first == at {
                again(deployment, at, *thing, &mut told, reports);
                continue;
            }
            let (Some(a), Some(b)) = (spot(deployment, first), spot(deployment, at)) else { continue };
            if !told.insert(Some(b)) {
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
}

/// A job names a target twice.
fn again(
    deployment: &Deployment,
    at: usize,
    thing: Thing,
    told: &mut HashSet<Option<Span>>,
    reports: &mut Vec<Report>,
) {
    let Some(job) = deployment.stack.scrape.job.get(&deployment.jobs[at].name) else { return };
    let Thing::Target(target) = thing else { return };
    let mut same = job.targets.iter().filter(|known| *known.value == *target).map(|known| known.span);
    if let (Some(first), Some(second)) = (same.next(), same.next())
        && told.insert(Some(second))
    {
        reports.push(
            Report::error(&TWICE, format!("`{target}` stands twice in the list"))
                .at(second, "again here")
                .because(first, "first here")
                .note("vmagent drops the second, and logs an error at every discovery")
                .help("remove one of them"),
        );
    }
}

fn spot(deployment: &Deployment, at: usize) -> Option<Span> {
    let name = &deployment.jobs.get(at)?.name;
    place(deployment.stack.scrape.job.get(name)?)
}
