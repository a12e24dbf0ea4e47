//! The map of outputs: a line that changes with a setting is one that the map leads back to it.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use camino::{Utf8Path, Utf8PathBuf};
use common::Project;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;
use vmsc::compile::{Compiled, compile};
use vmsc::load::StackLocation;
use vmsc::project::header::Header;
use vmsc::project::impact::impact;
use vmsc::project::plan::{Member, Options, Plan, plan};
use vmsc::source::SourceMap;

const STACK: &str = "stacks/victoriametrics.vms";

/// A build of the example with its stack's text changed, planned and not written.
fn planned(project: &Project, text: &str) -> (Compiled, Plan, SourceMap) {
    let root = Utf8PathBuf::from_path_buf(project.path().canonicalize().unwrap()).unwrap();
    let mut map = SourceMap::default();
    let file = map.add(STACK, text.to_owned());
    let place = StackLocation { root: root.clone(), folder: root.join("stacks"), file: root.join(STACK) };
    let outcome = compile(file, &place, &mut map);
    let compiled = outcome.compiled.unwrap_or_else(|| panic!("{:?}", outcome.reports));
    let options = Options { force: true, trace: true, ..Options::default() };
    let mut members = [Member { compiled: &compiled, source: STACK, map: &mut map }];
    let (plan, _) = plan(&mut members, Utf8Path::new(&root), &options, &mut SourceMap::default());
    (compiled, plan, map)
}

fn texts(plan: &Plan) -> BTreeMap<&str, &str> {
    let about = ["README.md", "values.schema.json"];
    let changes = plan.changes.iter().filter(|change| !about.iter().any(|name| change.path.ends_with(name)));
    changes.filter_map(|change| Some((change.path.as_str(), change.after.as_deref()?))).collect()
}

#[test]
fn what_changes_with_a_setting_leads_back_to_it() {
    let project = Project::example();
    let stack = project.read(STACK);
    let (compiled, before, map) = planned(&project, &stack);
    let shape = compiled.analysis.shape(&map);
    // A setting, what is written in its place, and what else may change with it.
    let cases: &[(&str, usize, &str, &str, &[&str])] = &[
        ("retention", 0, "retention = 30d", "retention = 31d", &[]),
        ("retention", 1, "retention        = 7d", "retention        = 8d", &[]),
        ("persistence.size", 0, "size = 10Gi", "size = 11Gi", &[]),
        (
            "server.resources.limits.memory",
            0,
            "memory = 512Mi",
            "memory = 640Mi",
            &["server.maxUniqueTimeseries"],
        ),
        ("server.resources.requests.cpu", 0, "cpu = 100m", "cpu = 110m", &[]),
        ("scrape.interval", 0, "interval = 15s", "interval = 20s", &["scrape.job"]),
        ("scrape.job.hook-telemetry.interval", 0, "interval = 30s", "interval = 40s", &[]),
        ("scrape.timeout", 0, "interval = 15s", "interval = 15s\n    timeout = 4s", &["scrape.job"]),
        ("service.port", 0, "port = 8428", "port = 8500", &[]),
        ("service.name", 0, "\"metrics-store\"", "\"store\"", &[]),
        ("compose.network", 0, "\"asdlc-network\"", "\"other\"", &[]),
        ("chart.version", 0, "version = 0.1.0", "version = 0.2.0", &[]),
        ("version", 0, "v1.106.1", "v1.107.0", &["server.image", "vmagent.image"]),
    ];
    for (setting, variant, from, to, follow) in cases {
        let path: Vec<String> = setting.split('.').map(str::to_owned).collect();
        let changed = stack.replace(from, to);
        assert_ne!(changed, stack, "{from} is in the stack");
        let (_, after, _) = planned(&project, &changed);
        let (old, new) = (texts(&before), texts(&after));
        assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
        let mut lines = 0;
        for (file, text) in &old {
            let header = Header::line(text);
            let diff = TextDiff::from_lines(*text, new[file]);
            let gone = diff.iter_all_changes().filter(|change| change.tag() == ChangeTag::Delete);
            // A comment tells what a setting is for, whatever it is.
            let gone = gone.filter(|change| !change.value().trim_start().starts_with("# "));
            for change in gone.filter(|change| change.old_index() != header) {
                let line = change.old_index().unwrap();
                let found = before.origins.settings_at(file, line);
                let of = |origin: &&Vec<String>| {
                    let own = path.starts_with(origin) || origin.starts_with(&path);
                    own || follow.iter().any(|follow| origin.join(".").starts_with(follow))
                };
                let shown = change.value();
                assert!(found.iter().any(of), "{setting}: {file}:{line}: {shown} is from {found:?}");
                lines += 1;
            }
        }
        let reached = impact(&before.origins, &compiled, *variant, &shape, &path);
        assert!(lines > 0 && !reached.is_empty(), "{setting} changes {lines} lines, and reaches {reached:?}");
    }
}

/// A line of a template that asks for a setting is there, and so is one that asks for its default.
#[test]
fn templates_are_reached_by_what_they_ask_for() {
    let project = Project::example();
    let (compiled, plan, map) = planned(&project, &project.read(STACK));
    let shape = compiled.analysis.shape(&map);
    let chart = "charts/dox-asdlc/charts/victoriametrics";
    for (setting, file, words) in [
        ("server.resources.limits.memory", "templates/_helpers.tpl", "server.maxUniqueTimeseries"),
        ("vmagent.remoteWrite.extraUrls", "templates/daemonset.yaml", "vmagent.remoteWrite.extraUrls"),
        ("vmagent.remoteWrite.queueSize", "templates/daemonset.yaml", "remoteWrite.maxDiskUsagePerURL"),
        ("persistence.existingClaim", "templates/statefulset.yaml", ".Values.persistence.existingClaim"),
        ("networkPolicy.enabled", "templates/networkpolicy.yaml", ".Values.networkPolicy.enabled"),
        ("serviceAccount.create", "templates/serviceaccount.yaml", ".Values.serviceAccount.create"),
        ("scrape.extraScrapeConfigs", "templates/_helpers.tpl", ".Values.scrape.extraScrapeConfigs"),
    ] {
        let path: Vec<String> = setting.split('.').map(str::to_owned).collect();
        let file = format!("{chart}/{file}");
        let reached = impact(&plan.origins, &compiled, 0, &shape, &path);
        let text = texts(&plan)[file.as_str()].to_owned();
        let lines: Vec<&str> = text.lines().collect();
        let there = reached.get(file.as_str()).into_iter().flatten().map(|line| lines[*line]);
        assert!(
            there.clone().any(|line| line.contains(words)),
            "{setting} reaches {:?}",
            there.collect::<Vec<_>>()
        );
    }
}

/// No template reads a setting past the map.
#[test]
fn every_setting_that_a_template_names_is_in_the_map() {
    let project = Project::example();
    let (_, plan, _) = planned(&project, &project.read(STACK));
    let mut named = 0;
    for (file, text) in texts(&plan).into_iter().filter(|(file, _)| file.contains("/templates/")) {
        for (line, text) in text.lines().enumerate() {
            for (at, _) in text.match_indices(".Values.") {
                let rest = &text[at + ".Values.".len()..];
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
                let path: Vec<String> = rest[..end].split('.').map(str::to_owned).collect();
                if path[0] == "global" {
                    continue;
                }
                let found = plan.origins.settings_at(file, line);
                let of = |origin: &&Vec<String>| path.starts_with(origin) || origin.starts_with(&path);
                // A job's own switch is asked by the job's name.
                let of_job = path.starts_with(&["scrape".to_owned(), "job".to_owned()]);
                assert!(of_job || found.iter().any(of), "{file}:{}: {text} is from {found:?}", line + 1);
                named += 1;
            }
        }
    }
    assert!(named > 100, "{named} settings are named");
}
