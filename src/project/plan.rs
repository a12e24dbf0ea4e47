//! Plans the changes of a build, completely, before the first byte is written.

use super::change::Change;
use super::codes::{self, EDITED, OUTSIDE, SHARED, UMBRELLA};
use super::difference::Difference;
use super::header::{self, Header, State};
use super::origins::OutputMap;
use super::record::{NAME, Record};
use super::root;
use crate::compile::{Compiled, Places};
use crate::diagnostics::Diagnostic;
use crate::emit::{Build, CommentStyle, Edit, File, TARGETS, helm};
use crate::load::codes::unreadable;
use crate::source::SourceMap;
use crate::source::read::{self, ReadError};
use crate::yaml::{Traced, Yaml, read as yaml_read};
use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use std::collections::HashSet;

/// The planned changes of a build.
#[derive(Debug, Default)]
pub struct Plan {
    /// Every file that the build maintains, including unchanged ones.
    pub changes: Vec<Change>,
    /// Codes of checks that the chart does not enforce.
    pub not_lowered: Vec<String>,
    /// Which lines come from which settings, if requested.
    pub origins: OutputMap,
}

impl Plan {
    /// The files that would change.
    pub fn changed(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.before != change.after)
    }
}

/// The command-line options that affect a plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Overwrite edits made by hand.
    pub force: bool,
    /// Write only the files of these profiles; all if empty.
    pub profiles: Vec<String>,
    /// Record which lines come from which settings.
    pub trace: bool,
}

impl Options {
    /// Whether to write what belongs to a profile, or to all profiles if `None`.
    pub(super) fn wants(&self, profile: Option<&str>) -> bool {
        self.profiles.is_empty()
            || profile.is_some_and(|profile| self.profiles.iter().any(|wanted| wanted == profile))
    }
}

/// Plans a build of a compiled stack. `source` is the stack's file, relative to the root.
pub fn plan(
    compiled: &Compiled,
    root: &Utf8Path,
    source: &str,
    options: &Options,
    map: &mut SourceMap,
) -> (Plan, Vec<Diagnostic>) {
    let mut planner = Planner {
        root,
        source,
        options,
        places: compiled.places,
        map,
        diagnostics: Vec::new(),
        files: IndexMap::new(),
        unreadable: HashSet::new(),
        wanted: HashSet::new(),
    };
    let plan = planner.run(compiled);
    (plan, planner.diagnostics)
}

/// The files that may be specific to some profiles.
fn wanted_files(build: &Build, profiles: &[String]) -> HashSet<String> {
    let of_profile = |profile: &String| {
        let files = TARGETS.iter().map(|target| (target.files_of)(build, profile));
        files.flatten().collect::<Vec<String>>()
    };
    profiles.iter().flat_map(of_profile).collect()
}

/// If `trace` is set, strips the origins from the edits and returns a copy that has them.
fn take_origins(edits: &mut [Edit], trace: bool) -> Vec<Edit> {
    if !trace {
        return Vec::new();
    }
    let traced = edits.to_vec();
    for edit in edits {
        edit.value = std::mem::replace(&mut edit.value, Yaml::Null).without_origins();
    }
    traced
}

/// A plan under construction.
pub(super) struct Planner<'a> {
    pub(super) root: &'a Utf8Path,
    pub(super) source: &'a str,
    pub(super) options: &'a Options,
    pub(super) places: Places,
    pub(super) map: &'a mut SourceMap,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Files by path: the full path, the text on disk, and the planned text.
    files: IndexMap<String, (Utf8PathBuf, Option<String>, Option<String>)>,
    /// Unreadable files that were already reported.
    unreadable: HashSet<String>,
    /// The files that the selected profiles may have, if only some are selected.
    wanted: HashSet<String>,
}

impl Planner<'_> {
    fn run(&mut self, compiled: &Compiled) -> Plan {
        let base = &compiled.variants[0].deployment;
        let parent =
            base.stack.chart.parent.as_ref().map(|parent| parent.value.trim_end_matches('/').to_owned());
        let compose_file = base.stack.compose.file.value.to_string();
        let part_of = match &parent {
            Some(parent) => match self.umbrella(parent) {
                Some(name) => name,
                None => return Plan::default(),
            },
            None => base.name.clone(),
        };
        let shape = compiled.analysis.shape(self.map);
        let build = Build {
            source: self.source,
            shape: &shape,
            variants: &compiled.variants,
            part_of,
            replicated: self.replicated(&compose_file),
            trace: self.options.trace,
        };
        self.wanted = wanted_files(&build, &self.options.profiles);
        let folder = helm::folder(&build);
        let record_path = format!("{folder}/{NAME}");
        let before = match self.load(&record_path) {
            Some(Some(text)) => Record::parse(&text),
            _ => Record::default(),
        };
        let mut record = Record::default();
        let mut files = Vec::new();
        for file in TARGETS.iter().flat_map(|target| (target.files)(&build)) {
            if self.options.wants(file.profile.as_deref()) {
                self.file(&file);
            }
            record.files.push(file.path.clone());
            // Keep the files only for tracing, so that a large build is not in memory twice.
            files.extend(build.trace.then_some(file));
        }
        let edits: Vec<Vec<Edit>> = TARGETS.iter().map(|target| (target.edits)(&build)).collect();
        self.report_collisions(&record, &edits);
        let mut edits: Vec<Edit> = edits.into_iter().flatten().collect();
        let traced = take_origins(&mut edits, build.trace);
        self.remove_renamed(&folder, &record);
        self.entries(&edits, &before, &mut record);
        self.remove_gone(&before, &mut record);
        self.report_published(&compose_file, &edits, base);
        let text = record.to_text();
        self.file(&File::new(record_path, Traced::plain(text), CommentStyle::Json));
        if let Some(parent) = &parent {
            self.report_conflicts(parent, build.name());
            self.overrides(parent, &build, compiled);
        }
        let after = |file: &str| self.files.get(file).and_then(|(_, _, after)| after.clone());
        let origins =
            if build.trace { OutputMap::new(&files, &traced, &after) } else { OutputMap::default() };
        let changes =
            self.files.drain(..).map(|(path, (full, before, after))| Change { path, full, before, after });
        let not_lowered = TARGETS.iter().flat_map(|target| (target.not_lowered)(&build)).collect();
        Plan { changes: changes.collect(), not_lowered, origins }
    }

    /// Whether this build maintains a file of an earlier build.
    pub(super) fn looks_after(&self, file: &str) -> bool {
        self.options.profiles.is_empty() || self.wanted.contains(file)
    }

    /// The umbrella's name, from its `Chart.yaml`.
    fn umbrella(&mut self, parent: &str) -> Option<String> {
        let file = format!("{parent}/Chart.yaml");
        let text = self.load(&file)?;
        let Some(text) = text else {
            self.diagnostics.push(
                Diagnostic::error(&UMBRELLA, format!("there is no chart in `{parent}`"))
                    .at(self.places.parent, format!("`{file}` does not exist"))
                    .help(match parent.rsplit_once('/') {
                        Some((folder, "Chart.yaml")) => format!("name its folder: `parent = \"{folder}\"`"),
                        _ => format!("make one with `helm create {parent}`, or leave `chart.parent` out for a chart of its own"),
                    }),
            );
            return None;
        };
        let name = yaml_read::value(&text).ok()?;
        Some(name.get("name").and_then(|name| name.as_str()).unwrap_or(parent).to_owned())
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

    /// The planned text of a file so far; `Some(None)` if it does not exist, `None` if it can't be read,
    /// which is reported.
    pub(super) fn load(&mut self, path: &str) -> Option<Option<String>> {
        if let Some((_, _, after)) = self.files.get(path) {
            return Some(after.clone());
        }
        if self.unreadable.contains(path) {
            return None;
        }
        let of_chart = path.ends_with("Chart.yaml") || path.contains("/charts/");
        let place = if of_chart { self.places.parent } else { self.places.compose };
        let Some(full) = root::inside(self.root, path) else {
            if !self.diagnostics.iter().any(|report| report.code == OUTSIDE.code()) {
                self.diagnostics.push(
                    Diagnostic::error(&OUTSIDE, format!("`{path}` is outside the project"))
                        .at(place, format!("the project is `{}`", self.root))
                        .help("name a path below it, without `..` and links that lead out"),
                );
            }
            return None;
        };
        let text = match self.map.overlay.text(&full) {
            Ok(text) => Some(text),
            Err(ReadError::NotFound) => None,
            Err(error) => {
                let mut report = unreadable(error, path, self.map);
                if report.labels.is_empty() {
                    report.helps.clear();
                    report = report.at(place, "named here").help(match of_chart {
                        true => "name the folder of a chart",
                        false => "name a file, as in `file = \"docker/docker-compose.yml\"`",
                    });
                }
                self.diagnostics.push(report);
                self.unreadable.insert(path.to_owned());
                return None;
            }
        };
        self.files.insert(path.to_owned(), (full, text.clone(), text.clone()));
        Some(text)
    }

    pub(super) fn put(&mut self, path: &str, text: Option<String>) {
        if let Some(file) = self.files.get_mut(path) {
            file.2 = text;
        }
    }

    /// Plans a file that vmsc owns entirely.
    fn file(&mut self, file: &File) {
        let Some(before) = self.load(&file.path) else { return };
        let after = header::marked(&file.text, file.mark, self.source);
        // A checkout may have changed its line endings.
        if before.as_ref().is_some_and(|text| text.contains("\r\n") && text.replace("\r\n", "\n") == after) {
            return;
        }
        if let Some(text) = &before
            && !self.options.force
            && *text != after
        {
            match header::state(text) {
                State::Untouched => {
                    if let Some(Header { source: other, .. }) = Header::read(text)
                        && other != self.source
                        && read::kind(&self.root.join(other)) == read::Kind::File
                    {
                        return self.report_contested(&file.path, other);
                    }
                }
                State::Edited => return self.report_edited(file, text, &after),
                State::Foreign => {
                    self.diagnostics.push(
                        Diagnostic::error(
                            &EDITED,
                            format!("`{}` already exists, and vmsc did not generate it", file.path),
                        )
                        .note("vmsc overwrites nothing that it has not written")
                        .help("move it away, or run `vmsc build --force`"),
                    );
                    return;
                }
            }
        }
        self.put(&file.path, Some(after));
    }

    /// Reports a compose file that the chart also writes.
    fn report_collisions(&mut self, record: &Record, targets: &[Vec<Edit>]) {
        let [charts, services @ ..] = targets else { return };
        let taken =
            |file: &String| record.files.contains(file) || charts.iter().any(|edit| edit.file == *file);
        if let Some(edit) = services.iter().flatten().find(|edit| taken(&edit.file)) {
            self.diagnostics.push(
                Diagnostic::error(&SHARED, format!("`{}` belongs to the chart", edit.file))
                    .at(self.places.compose, "can't also be the compose file")
                    .help("write `file = \"docker/docker-compose.yml\"`"),
            );
        }
    }

    /// Reports a file that two stacks write.
    fn report_contested(&mut self, path: &str, other: &str) {
        if self.diagnostics.iter().any(|report| report.code == SHARED.code()) {
            return;
        }
        self.diagnostics.push(
            Diagnostic::error(&SHARED, format!("`{other}` also writes `{path}`"))
                .at(self.places.name, "same stack name")
                .help("give one of the stacks another name, or remove it"),
        );
    }

    fn report_edited(&mut self, file: &File, text: &str, after: &str) {
        let difference = Difference::of_file(after, text);
        let report = Diagnostic::error(&EDITED, format!("`{}` was edited by hand", file.path));
        let report = match difference.at {
            Some(at) => codes::at_file(report, &file.path, text, at, "a build would change this", self.map),
            None => report,
        };
        self.diagnostics.push(
            report
                .note(difference.note)
                .help("say it in the stack, or run `vmsc build --force` to overwrite it"),
        );
    }
}
