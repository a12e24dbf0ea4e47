//! What this build writes: every value in the user's files, and every generated file, of all its stacks.

use super::codes::{CHART_V1, CONTESTED, SHARED, UMBRELLA};
use super::header;
use super::outputs::{Generated, Home, Leaf, Wanted, explode};
use super::owned::record::Place;
use super::places;
use super::plan::Planner;
use crate::compile::{self, Compiled};
use crate::diagnostics::Diagnostic;
use crate::emit::{Edit, File, TARGETS};
use crate::semantics::data::ValueKind;
use crate::semantics::formula::Shape;
use crate::semantics::types::Type;
use crate::yaml::{Yaml, meaning, read as yaml_read};
use indexmap::IndexSet;
use std::collections::HashSet;
use std::rc::Rc;

impl Planner<'_, '_> {
    /// Collects what all stacks of the build write.
    pub(super) fn wanted(&mut self) -> Wanted {
        let mut wanted = Wanted::default();
        for at in 0..self.members.len() {
            self.at = Some(at);
            let home = self.home();
            if let Some(home) = home {
                self.collect(at, home, &mut wanted);
            }
        }
        self.at = None;
        wanted
    }

    /// Where the outputs of the current stack go.
    pub(super) fn home(&mut self) -> Option<Home> {
        let compiled = self.members[self.at?].compiled;
        let base = &compiled.variants[0].deployment;
        let parent = base
            .stack
            .chart
            .parent
            .as_ref()
            .map(|parent| places::normal(self.root, parent.value.trim_end_matches('/')));
        let compose_file = places::normal(self.root, &base.stack.compose.file.value);
        let part_of = match &parent {
            Some(parent) => self.umbrella(parent)?,
            None => base.name.clone(),
        };
        let replicated = self.replicated(&compose_file);
        let defaults = parent.as_ref().and_then(|_| {
            let records = records(compiled, &compiled.analysis.shape(self.map()), &mut Vec::new());
            compile::defaults(compiled, &records, self.map())
        });
        Some(Home { parent, compose_file, part_of, replicated, name: base.name.clone(), defaults })
    }

    fn collect(&mut self, at: usize, home: Home, wanted: &mut Wanted) {
        let (compiled, source) = (self.members[at].compiled, self.members[at].source);
        let shape = compiled.analysis.shape(self.map());
        let build = home.build(compiled, source, &shape, self.options.trace);
        for profile in &self.options.profiles {
            let files = TARGETS.iter().flat_map(|target| (target.files_of)(&build, profile));
            self.looked_after.extend(files);
        }
        for file in TARGETS.iter().flat_map(|target| (target.files)(&build)) {
            match self.options.wants(file.profile.as_deref()) {
                true => self.want_file(file, at, wanted),
                false => drop(wanted.aside.insert(Place { file: file.path.into(), path: Vec::new() })),
            }
        }
        let edits: Vec<Vec<Edit>> = TARGETS.iter().map(|target| (target.edits)(&build)).collect();
        self.report_collisions(&edits, wanted);
        let known: HashSet<&String> = wanted.not_lowered.iter().collect();
        let more = TARGETS.iter().flat_map(|target| (target.not_lowered)(&build));
        let more: Vec<String> = more.filter(|code| !known.contains(code)).collect();
        wanted.not_lowered.extend(more);
        for mut edit in edits.into_iter().flatten() {
            if self.options.trace {
                wanted.traced_edits.push(edit.clone());
                edit.value = edit.value.without_origins();
            }
            let (file, wants) = (Rc::from(edit.file.as_str()), self.options.wants(edit.profile.as_deref()));
            let mut path = edit.path;
            let mut leaves = Vec::new();
            explode(&mut path, edit.value, &mut leaves);
            for (path, value) in leaves {
                let place = Place { file: Rc::clone(&file), path };
                match wants {
                    true => self.want_leaf(place, value, edit.create, at, wanted),
                    false => drop(wanted.aside.insert(place)),
                }
            }
        }
        wanted.members.push(home);
    }

    fn want_file(&mut self, file: File, at: usize, wanted: &mut Wanted) {
        if let Some(other) = wanted.files.get(&file.path) {
            let other = self.members[other.member].source.to_owned();
            return self.report_contested(&file.path, &other);
        }
        // Keep the files only for tracing, so that a large build is not in memory twice.
        wanted.traced_files.extend(self.options.trace.then(|| file.clone()));
        let source = self.members[at].source;
        let text = header::marked(&file.path, &file.text, file.mark, source, file.digest.as_deref());
        let generated = Generated { text, member: at };
        wanted.files.insert(file.path, generated);
    }

    fn want_leaf(&mut self, place: Place, value: Yaml, create: bool, at: usize, wanted: &mut Wanted) {
        let digest: Rc<str> = meaning::digest_of(&value).into();
        let Some(known) = wanted.leaves.get_mut(&place) else {
            wanted.leaves.insert(place, Leaf { value, digest, members: vec![at], create });
            return;
        };
        if known.digest == digest {
            known.members.push(at);
            return;
        }
        let other = known.members[0];
        let (path, other) = (crate::yaml::path::dotted(&place.path), &self.members[other]);
        let (file, range) = other.map.locate(other.compiled.places.name);
        let (line, column) = other.map.line_column(file, range.start);
        let note = format!(
            "`{}` writes another value there, {}:{line}:{column}",
            other.source,
            other.map.file(file).name
        );
        let mut report =
            Diagnostic::error(&CONTESTED, format!("two stacks give `{path}` in `{}` two values", place.file));
        if let Some(places) = self.places() {
            report = report.at(places.name, "this stack");
        }
        self.report(report.note(note).help("give both stacks the same value, or other files"));
    }

    /// The umbrella's name, from its `Chart.yaml`.
    fn umbrella(&mut self, parent: &str) -> Option<String> {
        let file = format!("{parent}/Chart.yaml");
        let text = self.load(&file)?;
        let place = self.places()?.parent;
        let Some(text) = text else {
            let report = Diagnostic::error(&UMBRELLA, format!("there is no chart in `{parent}`"))
                .at(place, format!("`{file}` does not exist"))
                .help(match parent.rsplit_once('/') {
                    Some((folder, "Chart.yaml")) => format!("name its folder: `parent = \"{folder}\"`"),
                    _ => format!("make one with `helm create {parent}`, or leave `chart.parent` out for a chart of its own"),
                });
            self.report(report);
            return None;
        };
        if self.is_unresolved(&file, &text) {
            return None;
        }
        // What is not valid YAML is reported where the dependency is set.
        let chart = yaml_read::value(&text).unwrap_or_default();
        if chart.get("apiVersion").and_then(|version| version.as_str()) == Some("v1") {
            let at = text.find("apiVersion").unwrap_or_default();
            let report = Diagnostic::error(&CHART_V1, format!("the chart in `{parent}` has apiVersion v1"));
            let report = super::codes::at_file(
                report,
                &file,
                &text,
                at..text.len(),
                "Helm reads `dependencies` here only from v2 on",
                self.map(),
            );
            self.report(report.help(format!(
                "write `apiVersion: v2`, and move what `{parent}/requirements.yaml` lists below `dependencies:` in `{file}`"
            )));
            return None;
        }
        Some(chart.get("name").and_then(|name| name.as_str()).unwrap_or(parent).to_owned())
    }

    /// The services of the compose file that run more than one container.
    fn replicated(&mut self, file: &str) -> Vec<String> {
        let Some(Some(text)) = self.load(file) else { return Vec::new() };
        let Ok(value) = yaml_read::value(&text) else { return Vec::new() };
        let Some(services) = value.get("services").and_then(|s| s.as_mapping()) else { return Vec::new() };
        let several = |service: &serde_yaml::Value| {
            let count = yaml_read::at(service, &["deploy", "replicas"]).or_else(|| service.get("scale"));
            count.and_then(|count| count.as_u64()).is_some_and(|count| count > 1)
        };
        let names = services.iter().filter(|(_, service)| several(service));
        names.filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect()
    }

    /// Reports a compose file that the chart also writes.
    fn report_collisions(&mut self, targets: &[Vec<Edit>], wanted: &Wanted) {
        let [charts, services @ ..] = targets else { return };
        let taken =
            |file: &String| wanted.files.contains_key(file) || charts.iter().any(|edit| edit.file == *file);
        let (Some(edit), Some(places)) =
            (services.iter().flatten().find(|edit| taken(&edit.file)), self.places())
        else {
            return;
        };
        let report = Diagnostic::error(&SHARED, format!("`{}` belongs to the chart", edit.file))
            .at(places.compose, "can't also be the compose file")
            .help("write `file = \"docker/docker-compose.yml\"`");
        self.report(report);
    }

    /// Reports a file that two stacks write.
    pub(super) fn report_contested(&mut self, path: &str, other: &str) {
        if self.reports.of.iter().any(|(at, report)| Some(*at) == self.at && report.code == SHARED.code()) {
            return;
        }
        let Some(places) = self.places() else { return };
        let report = Diagnostic::error(&SHARED, format!("`{other}` also writes `{path}`"))
            .at(places.name, "same stack name")
            .help("give one of the stacks another name, or remove it");
        self.report(report);
    }
}

/// Names every record of the maps of a stack and its profiles, in the language's syntax.
fn records(compiled: &Compiled, shape: &Shape, path: &mut Vec<String>) -> String {
    let mut out = String::new();
    for field in shape.values() {
        path.push(field.name.clone());
        match (&field.inside, field.ty.plain()) {
            (Some(inside), Type::Map(_)) => {
                let mut keys: IndexSet<&str> = IndexSet::new();
                for variant in &compiled.variants {
                    let at = path.iter().try_fold(&variant.values, |value, name| value.get(name));
                    if let Some(ValueKind::Record(record)) = at.map(|value| &value.kind) {
                        keys.extend(record.keys().map(|key| &**key));
                    }
                }
                for key in keys {
                    path.push(key.to_owned());
                    let inner = records(compiled, inside, path);
                    path.pop();
                    let names: Vec<String> =
                        path.iter().chain([&key.to_owned()]).map(|name| format!("{name:?}")).collect();
                    out.push_str(&format!("{} {{}}\n{inner}", names.join(".")));
                }
            }
            (Some(inside), Type::Schema(_)) if !field.optional => {
                out.push_str(&records(compiled, inside, path))
            }
            _ => {}
        }
        path.pop();
    }
    out
}
