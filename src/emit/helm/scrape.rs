//! The scrape files as templates.

use super::formula::helper;
use super::template::{Template, action, end, value};
use super::workload::expression;
use crate::deploy::platform::Platform;
use crate::deploy::scrape::{self, Discovery, JOBS, Job, ScrapeDialect};
use crate::deploy::setting::SettingRef;
use crate::deploy::workload::{Scrapes, Workload};
use crate::emit::Build;
use crate::yaml::scalar::{Guard, quoted};
use crate::yaml::{Traced, Within, Yaml};
use std::collections::HashSet;

/// Writes settings as template expressions.
struct Dialect<'a> {
    build: &'a Build<'a>,
    /// Whether the settings belong to a job, whose dict is `$at`.
    job: bool,
}

impl ScrapeDialect for Dialect<'_> {
    fn traced(&self, path: &[String], node: Yaml) -> Yaml {
        self.build.from_path(path, node)
    }

    fn setting(&self, setting: &SettingRef) -> Yaml {
        let (build, chart) = (self.build, self.build.name());
        if setting.path.is_empty() {
            return Yaml::Raw(quoted(&setting.value.to_string(), Guard::PercentInTemplate));
        }
        let computed = build.shape.field(&setting.path).is_some_and(|field| field.default.is_some());
        let read = match (self.job, setting.path.last()) {
            (true, Some(field)) if computed => {
                let path = [JOBS[0], JOBS[1], field].map(str::to_owned);
                format!("(include \"{}\" $at)", helper(chart, &path))
            }
            (true, Some(field)) => format!("$at.record.{field}"),
            _ => format!("({})", expression(build, setting)),
        };
        build.from_path(&setting.path, Yaml::Raw(value(format!("include \"{chart}.text\" {read}"))))
    }

    fn in_namespace(&self, rest: &str) -> Yaml {
        let rest = quoted(rest, Guard::PercentInTemplate);
        let rest = &rest[1..rest.len() - 1];
        Yaml::Raw(format!("\"{}{rest}\"", value("$.Release.Namespace")))
    }

    fn in_release(&self, rest: &str) -> Yaml {
        let name = value(format!("include \"{}.name\" $", self.build.name()));
        let (namespace, release) = (value("$.Release.Namespace"), value("$.Release.Name"));
        Yaml::Raw(format!("\"{namespace};{release};{name}{rest}\""))
    }
}

/// The scrape files, each a named template; those for pods on nodes come first.
pub(super) fn files(build: &Build) -> Traced {
    let mut workloads: Vec<&Workload> = build.workloads().collect();
    workloads.sort_by_key(|of| of.scrapes);
    let mut out = Template::default();
    for of in workloads {
        let comment = match of.scrapes {
            Scrapes::NodePods { .. } => "The agents' scrape file.",
            Scrapes::Addresses => "The server's scrape file: addresses, which are on no node.",
        };
        if !out.is_empty() {
            out.line("");
        }
        let name = format!("{}.{}.scrape", build.name(), of.name);
        out.define(&name, comment, |out| file(build, of, out));
    }
    out.finish()
}

fn file(build: &Build, of: &Workload, out: &mut Template) {
    // Each job is written before the next one is made: there may be 100 000.
    let mut jobs = Template::default();
    let mut write = |job| jobs.append(Yaml::List(vec![job]).traced(0, Guard::PercentInTemplate));
    match of.scrapes {
        Scrapes::NodePods { namespaces } => of_node(build, namespaces, &mut write),
        Scrapes::Addresses => addresses(build, &mut write),
    }
    let (stack, dialect) = (&build.base().deployment.stack, Dialect { build, job: false });
    out.append(Yaml::Map(vec![scrape::global(stack, &dialect)]).traced(0, Guard::PercentInTemplate));
    out.line("scrape_configs:");
    let extra = format!(".Values.{}", of.extra_jobs);
    let path: Vec<String> = of.extra_jobs.split('.').map(str::to_owned).collect();
    let settings = if build.trace { std::slice::from_ref(&path) } else { &[] };
    match jobs.is_empty() {
        true => out.reading(settings, |out| {
            out.line(format!("{} []{}", action(format!("if not {extra}")), value("end")));
        }),
        false => out.append(jobs.finish()),
    }
    out.reading(settings, |out| {
        out.block(format!("with {extra}"), |out| out.line(value("toYaml .")));
    });
}

/// The jobs of the stack alone and of all profiles, each once, in order of appearance.
fn all_jobs<'b>(build: &'b Build) -> impl Iterator<Item = &'b Job> {
    let mut known = HashSet::new();
    let jobs = build.variants.iter().flat_map(|variant| &variant.deployment.jobs);
    jobs.filter(move |job| known.insert(&*job.name))
        .filter(|job| job.platforms.contains(&Platform::Kubernetes))
}

/// Wraps a job in its switch, with its values in `$at`.
fn switched(job: &Job, node: Yaml) -> Yaml {
    let jobs = JOBS.join(".");
    let before = vec![
        action(format!("with index .Values.{jobs} {:?}", job.name)),
        action("if .enabled"),
        action("$at := dict \"record\" . \"root\" $"),
    ];
    Yaml::Within(Box::new(Within { before, node, after: vec![end(), end()] }))
}

/// The jobs of an agent, over the pods on its node.
fn of_node(build: &Build, namespaces: &str, write: &mut dyn FnMut(Yaml)) {
    let (always, of_job) = (Dialect { build, job: false }, Dialect { build, job: true });
    // The clause is present only if namespaces are set.
    let clause = || {
        let names = value(format!("append $.Values.{namespaces} $.Release.Namespace | uniq | toJson"));
        let clause = Within {
            before: vec![action(format!("if $.Values.{namespaces}"))],
            node: Yaml::map([("names", Yaml::Raw(names))]),
            after: vec![end()],
        };
        Some(build.from([namespaces], Yaml::Within(Box::new(clause))))
    };
    let base = &build.base().deployment;
    let own: Vec<Job> = base.workloads.iter().map(|of| scrape::own(&base.stack, of)).collect();
    let jobs: Vec<&Job> = all_jobs(build).collect();
    let drops = || {
        let ours = own.iter().filter_map(|job| scrape::drop_rule(job, &always));
        let theirs = jobs.iter().filter_map(|job| {
            let open =
                format!("if (index $.Values.{} {:?} | default dict).enabled", JOBS.join("."), job.name);
            let node = scrape::drop_rule(job, &of_job)?;
            Some(Yaml::Within(Box::new(Within { before: vec![action(open)], node, after: vec![end()] })))
        });
        ours.chain(theirs).collect()
    };
    let own_nodes = own.iter().map(|job| scrape::service_pods(job, clause(), &always));
    let nodes = jobs.iter().filter_map(|job| match &job.what {
        Discovery::Targets(_) | Discovery::Own { .. } => None,
        Discovery::Service { .. } => Some(switched(job, scrape::service_pods(job, clause(), &of_job))),
        Discovery::Pods { .. } => {
            Some(switched(job, scrape::annotated_pods(job, clause(), drops(), &of_job)))
        }
    });
    own_nodes.chain(nodes).for_each(write);
}

/// The jobs of the server, over fixed addresses.
fn addresses(build: &Build, write: &mut dyn FnMut(Yaml)) {
    let dialect = Dialect { build, job: true };
    let nodes = all_jobs(build).filter_map(|job| match &job.what {
        Discovery::Targets(targets) => Some(switched(job, scrape::addresses(job, targets, &dialect))),
        _ => None,
    });
    nodes.for_each(write);
}
