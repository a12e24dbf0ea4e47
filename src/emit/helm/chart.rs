//! `Chart.yaml`, and the subchart's entry in the umbrella's.

use super::umbrella;
use crate::emit::{Build, Edit};
use crate::yaml::scalar::Guard;
use crate::yaml::{Entry, Segment, Traced, Yaml};

/// The oldest Kubernetes release that supports everything the templates use.
const KUBERNETES: &str = ">=1.25.0-0";

/// The subchart's `Chart.yaml`.
pub(super) fn manifest(build: &Build) -> Traced {
    let stack = &build.base().deployment.stack;
    Yaml::Map(vec![
        Entry::new("apiVersion", Yaml::string("v2")),
        Entry::new("name", Yaml::string(build.name())),
        Entry::new("description", Yaml::string("VictoriaMetrics with an agent on each node")),
        Entry::new("type", Yaml::string("application")),
        Entry::new("version", build.from(["chart.version"], Yaml::string(&*stack.chart.version.value))),
        Entry::new("appVersion", build.from(["version"], Yaml::string(&*stack.version.value))),
        Entry::new("kubeVersion", Yaml::string(KUBERNETES)),
        Entry::new("keywords", Yaml::strings(["victoriametrics", "metrics", "monitoring"])),
        Entry::new("home", Yaml::string("https://victoriametrics.com")),
    ])
    .traced(0, Guard::Nothing)
}

/// Adds the dependency without a `repository`: with `file://`, Helm leaves an archive beside the
/// folder, and Helm 3 then prefers that stale archive.
pub(super) fn edits(build: &Build) -> Vec<Edit> {
    let Some(parent) = umbrella(build) else { return Vec::new() };
    let stack = &build.base().deployment.stack;
    let name = build.name();
    vec![Edit {
        file: format!("{parent}/Chart.yaml"),
        path: vec!["dependencies".into(), Segment::Named(name.to_owned())],
        value: Yaml::map([
            ("name", build.from(["chart.parent"], Yaml::string(name))),
            ("version", build.from(["chart.version"], Yaml::string(&*stack.chart.version.value))),
            ("condition", Yaml::string(format!("{name}.enabled"))),
        ]),
        create: false,
        profile: None,
    }]
}
