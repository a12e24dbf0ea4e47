//! Checks that nothing is scraped twice on the same platform, by two jobs or by one.

use super::{Check, Rule, what_it_scrapes};
use crate::deploy::Deployment;
use crate::deploy::platform::Platform;
use crate::deploy::scrape::{Discovery, Job};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::source::Span;
use foldhash::{HashMap, HashSet};

const KIND: DiagnosticKind = DiagnosticKind::rule("E0531", "two jobs scrape the same thing");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Each sample would be stored twice, under two jobs.
- scrape { job "a" { targets = ["a:1"] }, job "b" { targets = ["a:1"] } }
+ scrape { job "a" { targets = ["a:1", "b:1"] } }"#,
    check: Check::Deployment(check),
};

/// Identity of a scrape; no two jobs may have the same one.
#[derive(PartialEq, Eq, Hash)]
struct Scraped<'a> {
    thing: Thing<'a>,
    place: Place<'a>,
    platform: Platform,
    path: &'a str,
    params: &'a [(String, Vec<String>)],
}

/// A single thing that a job scrapes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Thing<'a> {
    Pods,
    Service(&'a str, u16, &'a [(String, String)]),
    Target(&'a str),
}

/// Where a thing is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place<'a> {
    /// Everywhere, or where the release is.
    Any,
    /// In some namespace.
    Some,
    /// In this namespace.
    In(&'a str),
}

impl Place<'_> {
    /// The places at which a job is remembered on a platform, and those at which another would scrape the same.
    fn of(job: &Job, platform: Platform) -> (Vec<Place<'_>>, Vec<Place<'_>>) {
        let names = job.namespaces();
        // Annotated pods of all namespaces are also those of one; a service's are in the release's.
        let is_anywhere = matches!(job.what, Discovery::Pods { .. });
        if names.is_empty() || platform == Platform::Compose {
            let meets = if is_anywhere { vec![Place::Any, Place::Some] } else { vec![Place::Any] };
            return (vec![Place::Any], meets);
        }
        let named = names.iter().map(|name| Place::In(name));
        let all = |more: Place<'static>| named.clone().chain(is_anywhere.then_some(more)).collect();
        (all(Place::Some), all(Place::Any))
    }
}

fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let mut told: HashSet<Option<Span>> = diagnostics.iter().map(Diagnostic::primary).collect();
    let mut known: HashMap<Scraped, usize> = HashMap::default();
    for (at, job) in deployment.jobs.iter().enumerate().filter(|(_, job)| job.enabled) {
        let things: Vec<Thing> = match &job.what {
            Discovery::Pods { .. } => vec![Thing::Pods],
            Discovery::Service { host, port, labels, .. } => vec![Thing::Service(host, *port, labels)],
            Discovery::Targets(targets) => targets.iter().map(|target| Thing::Target(target)).collect(),
            Discovery::Own { .. } => Vec::new(),
        };
        for (thing, platform) in
            things.iter().flat_map(|thing| job.platforms.iter().map(move |platform| (thing, platform)))
        {
            let scraped = |place| Scraped {
                thing: *thing,
                place,
                platform: *platform,
                path: &job.path,
                params: &job.params,
            };
            let (places, meets) = Place::of(job, *platform);
            let first = meets.iter().find_map(|place| known.get(&scraped(*place)).copied());
            for place in places {
                known.insert(scraped(place), at);
            }
            let Some(first) = first else { continue };
            if first == at {
                report_repeated_target(deployment, at, *thing, &mut told, diagnostics);
                continue;
            }
            let (Some(a), Some(b)) = (place_of(deployment, first), place_of(deployment, at)) else {
                continue;
            };
            if !told.insert(Some(b)) {
                continue;
            }
            diagnostics.push(
                Diagnostic::error(
                    &KIND,
                    format!("`{}` scrapes the same thing as `{}`", job.name, deployment.jobs[first].name),
                )
                .at(b, "scraped again here")
                .because(a, "scraped here")
                .note("each sample would be stored twice, under two jobs")
                .help("remove one of them, or give them different paths"),
            );
        }
    }
}

/// Reports a target that a job lists twice.
fn report_repeated_target(
    deployment: &Deployment,
    at: usize,
    thing: Thing,
    told: &mut HashSet<Option<Span>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(job) = deployment.stack.scrape.job.get(&deployment.jobs[at].name) else { return };
    let Thing::Target(target) = thing else { return };
    let mut same = job.targets.iter().filter(|known| *known.value == *target).map(|known| known.span);
    if let (Some(first), Some(second)) = (same.next(), same.next())
        && told.insert(Some(second))
    {
        diagnostics.push(
            Diagnostic::error(&KIND, format!("`{target}` is listed twice"))
                .at(second, "again here")
                .because(first, "first here")
                .note("vmagent drops the second, and logs an error at every discovery")
                .help("remove one of them"),
        );
    }
}

fn place_of(deployment: &Deployment, at: usize) -> Option<Span> {
    let name = &deployment.jobs.get(at)?.name;
    what_it_scrapes(deployment.stack.scrape.job.get(name)?)
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn jobs_of_other_namespaces_are_apart() {
        let pods = |one: &str, other: &str| {
            format!(
                r#"scrape {{ job "a" {{ discover = "pods"{one} }}, job "b" {{ discover = "pods"{other} }} }}"#
            )
        };
        let of = |names: &str| format!(", namespaces = [{names}]");
        assert_eq!(reported("E0531", &pods(&of(r#""x""#), &of(r#""y""#))), [] as [&str; 0]);
        assert_eq!(reported("E0531", &pods(&of(r#""x", "y""#), &of(r#""y""#))).len(), 1);
        assert_eq!(reported("E0531", &pods("", &of(r#""y""#))).len(), 1);
        assert_eq!(reported("E0531", &pods(&of(r#""y""#), "")).len(), 1);
        let services = r#"scrape { job "a" { service = "s:1", on = ["kubernetes"] }, job "b" { service = "s:1", namespaces = ["x"], on = ["kubernetes"] } }"#;
        assert_eq!(reported("E0531", services), [] as [&str; 0]);
    }

    #[test]
    fn a_thing_is_scraped_once() {
        assert_eq!(reported("E0531", r#"scrape { job "a" { targets = ["x:1", "x:1"] } }"#), [r#""x:1""#]);
        assert_eq!(
            reported("E0531", r#"scrape { job "a" { discover = "pods" }, job "b" { discover = "pods" } }"#),
            [r#""pods""#]
        );
        assert_eq!(
            reported("E0531", r#"scrape { job "a" { service = "x:1" }, job "b" { service = "x:1" } }"#),
            [r#""x:1""#]
        );
        assert_eq!(
            reported(
                "E0531",
                r#"scrape { job "a" { targets = ["x:1"] }, job "b" { targets = ["x:1"], path = "/other" } }"#
            ),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "E0531",
                r#"scrape { job "a" { targets = ["x:1"], on = ["compose"] }, job "b" { targets = ["x:1"], on = ["kubernetes"] } }"#
            ),
            [] as [&str; 0]
        );
        assert_eq!(
            reported(
                "E0531",
                r#"scrape { job "a" { targets = ["x:1"] }, job "b" { targets = ["x:1"], enabled = false } }"#
            ),
            [] as [&str; 0]
        );
    }
}
