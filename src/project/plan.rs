//! What a build would change, computed whole before the first byte is written.

use super::mark::{self, State};
use super::problems::{self, ARCHIVE, EDITED, LOCK, OUTSIDE, OWNED, SHAPE, SHARED, UMBRELLA};
use super::record::{NAME, Record, Written};
use super::root;
use crate::compile::{Compiled, Places};
use crate::diagnostics::{Report, wording};
use crate::emit::{Build, Edit, File, Mark, compose, helm};
use crate::source::SourceMap;
use crate::source::read::{self, ReadError};
use crate::yaml::edit::{self, Refusal};
use crate::yaml::{Yaml, read as yaml_read};
use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use std::collections::HashSet;

/// A file as it is and as it will be.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The file, below the root.
    pub path: String,
    /// Its full path.
    pub full: Utf8PathBuf,
    /// Its text now; none where it does not exist.
    pub before: Option<String>,
    /// Its text after; none where it goes.
    pub after: Option<String>,
}

/// What a build would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// Every file that the build looks after, also those that stay as they are.
    pub changes: Vec<Change>,
    /// Codes of checks that the chart does not have.
    pub not_lowered: Vec<String>,
}

impl Plan {
    /// The files that would change.
    pub fn changed(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.before != change.after)
    }
}

/// What the command line asks of a plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Overwrite what a person has edited.
    pub force: bool,
    /// Write the files of these profiles only; all where it is empty.
    pub profiles: Vec<String>,
}

/// Plans a build of a compiled stack. `source` is the stack's file below the root.
pub fn plan(
    compiled: &Compiled,
    root: &Utf8Path,
    source: &str,
    options: &Options,
    map: &mut SourceMap,
) -> (Plan, Vec<Report>) {
    let mut planner = Planner {
        root,
        source,
        options,
        places: compiled.places,
        map,
        reports: Vec::new(),
        files: IndexMap::new(),
        unreadable: HashSet::new(),
    };
    let plan = planner.run(compiled);
    (plan, planner.reports)
}

struct Planner<'a> {
    root: &'a Utf8Path,
    source: &'a str,
    options: &'a Options,
    places: Places,
    map: &'a mut SourceMap,
    reports: Vec<Report>,
    /// Files by their path: the full path, the text on disk, and the text after.
    files: IndexMap<String, (Utf8PathBuf, Option<String>, Option<String>)>,
    /// Files whose trouble is told.
    unreadable: HashSet<String>,
}

impl Planner<'_> {
    fn run(&mut self, compiled: &Compiled) -> Plan {
        let base = &compiled.variants[0].deployment;
        let parent =
            base.stack.chart.parent.get().map(|parent| parent.value.trim_end_matches('/').to_owned());
        let compose_file = base.stack.compose.file.value.to_string();
        let part_of = match &parent {
            Some(parent) => match self.umbrella(parent) {
                Some(name) => name,
                None => return Plan::default(),
            },
            None => base.name.clone(),
        };
        let variants = compiled.variants.iter().map(|v| crate::emit::Variant {
            profile: v.profile.clone(),
            deployment: v.deployment.clone(),
            values: v.values.clone(),
        });
        let build = Build {
            source: self.source,
            shape: &compiled.shape,
            variants: variants.collect(),
            part_of,
            replicated: self.replicated(&compose_file),
        };
        let folder = helm::folder(&build);
        let record_path = format!("{folder}/{NAME}");
        let before = match self.load(&record_path) {
            Some(Some(text)) => Record::parse(&text),
            _ => Record::default(),
        };
        let mut record = Record::default();
        for file in helm::files(&build).into_iter().chain(compose::files(&build)) {
            if wanted(self.options, &file.path) {
                self.file(&file);
            }
            record.files.push(file.path);
        }
        self.collisions(&record, &helm::edits(&build), &compose::edits(&build));
        for edit in helm::edits(&build).into_iter().chain(compose::edits(&build)) {
            self.edit(&edit, &before, &mut record);
        }
        self.gone(&before, &mut record);
        let text = record.to_text();
        self.file(&File { path: record_path, text, mark: Mark::Json });
        if let Some(parent) = &parent {
            self.neighbours(parent, build.name());
        }
        let changes =
            self.files.drain(..).map(|(path, (full, before, after))| Change { path, full, before, after });
        Plan { changes: changes.collect(), not_lowered: helm::not_lowered(&build) }
    }

    /// The umbrella's name, from its `Chart.yaml`.
    fn umbrella(&mut self, parent: &str) -> Option<String> {
        let file = format!("{parent}/Chart.yaml");
        let text = self.load(&file)?;
        let Some(text) = text else {
            self.reports.push(
                Report::error(&UMBRELLA, format!("there is no chart in `{parent}`"))
                    .at(self.places.parent, format!("`{file}` does not exist"))
                    .help(format!("make one with `helm create {parent}`, or leave `chart.parent` out for a chart of its own")),
            );
            return None;
        };
        let name = yaml_read::value(&text).ok()?;
        Some(name.get("name").and_then(|name| name.as_str()).unwrap_or(parent).to_owned())
    }

    /// Services of the compose file that run several containers.
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

    /// The text of a file as planned so far; none inside where it does not exist, none at all where
    /// it can't be read, which is reported.
    fn load(&mut self, path: &str) -> Option<Option<String>> {
        if let Some((_, _, after)) = self.files.get(path) {
            return Some(after.clone());
        }
        if self.unreadable.contains(path) {
            return None;
        }
        let Some(full) = root::inside(self.root, path) else {
            let place = if path.ends_with("Chart.yaml") || path.contains("/charts/") {
                self.places.parent
            } else {
                self.places.compose
            };
            if !self.reports.iter().any(|report| report.code == OUTSIDE.code()) {
                self.reports.push(
                    Report::error(&OUTSIDE, format!("`{path}` leads out of the project"))
                        .at(place, format!("the project is `{}`", self.root))
                        .help("name a path below it, without `..` and links that lead out"),
                );
            }
            return None;
        };
        let text = match read::text(&full) {
            Ok(text) => Some(text),
            Err(ReadError::NotFound) => None,
            Err(error) => {
                let report = problems::unreadable(error, path, self.map);
                self.reports.push(report);
                self.unreadable.insert(path.to_owned());
                return None;
            }
        };
        self.files.insert(path.to_owned(), (full, text.clone(), text.clone()));
        Some(text)
    }

    fn put(&mut self, path: &str, text: Option<String>) {
        if let Some(file) = self.files.get_mut(path) {
            file.2 = text;
        }
    }

    /// A file that is ours whole.
    fn file(&mut self, file: &File) {
        let Some(before) = self.load(&file.path) else { return };
        let after = mark::marked(&file.text, file.mark, self.source);
        if let Some(text) = &before
            && !self.options.force
            && *text != after
        {
            match mark::state(text) {
                State::Untouched => {
                    if let Some(other) = mark::source(text)
                        && other != self.source
                        && read::kind(&self.root.join(other)) == read::Kind::File
                    {
                        return self.contested(&file.path, other);
                    }
                }
                State::Edited => return self.edited(file, text, &after),
                State::Foreign => {
                    self.reports.push(
                        Report::error(
                            &EDITED,
                            format!("`{}` stands where a build writes, and is not generated", file.path),
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

    /// The compose file is none of the chart's.
    fn collisions(&mut self, record: &Record, charts: &[Edit], services: &[Edit]) {
        let taken =
            |file: &String| record.files.contains(file) || charts.iter().any(|edit| edit.file == *file);
        if let Some(edit) = services.iter().find(|edit| taken(&edit.file)) {
            self.reports.push(
                Report::error(&SHARED, format!("`{}` belongs to the chart", edit.file))
                    .at(self.places.compose, "can't be a compose file too")
                    .help("write `file = \"docker/docker-compose.yml\"`"),
            );
        }
    }

    /// Two stacks that write the same file.
    fn contested(&mut self, path: &str, other: &str) {
        if self.reports.iter().any(|report| report.code == SHARED.code()) {
            return;
        }
        self.reports.push(
            Report::error(&SHARED, format!("`{other}` writes `{path}` too"))
                .at(self.places.name, "a stack of this name")
                .help("give one of the stacks another name, or remove it"),
        );
    }

    fn edited(&mut self, file: &File, text: &str, after: &str) {
        let change = similar::TextDiff::from_lines(after, text);
        let shown = change.iter_all_changes().filter(|c| c.tag() != similar::ChangeTag::Equal);
        let lines: Vec<String> = shown
            .filter(|c| !c.value().contains("Generated by vmsc"))
            .take(6)
            .map(|c| {
                format!(
                    "{} {}",
                    if c.tag() == similar::ChangeTag::Insert { "+" } else { "-" },
                    c.value().trim_end()
                )
            })
            .collect();
        self.reports.push(
            Report::error(&EDITED, format!("`{}` was edited by hand", file.path))
                .note(format!("the edit, beside what a build writes:\n{}", lines.join("\n")))
                .help("say it in the stack, or run `vmsc build --force` to overwrite it"),
        );
    }

    /// An entry in a file of the user's.
    fn edit(&mut self, edit: &Edit, before: &Record, record: &mut Record) {
        let Some(text) = self.load(&edit.file) else { return };
        if text.is_none() && !edit.create {
            return;
        }
        let known = before.digest(&edit.file, &edit.path).map(str::to_owned);
        if !wanted(self.options, &edit.file) {
            if let Some(digest) = known {
                record.entries.push(Written { file: edit.file.clone(), path: edit.path.clone(), digest });
            }
            return;
        }
        let text = text.unwrap_or_default();
        let found = match edit::find(&text, &edit.path) {
            Ok(found) => found,
            Err(refusal) => return self.refused(edit, &text, &refusal),
        };
        let mut after = text.clone();
        match found {
            Some(_) if edit.shared && known.is_none() => return,
            Some(found) => {
                let own = known.as_deref() == Some(&mark::digest(&text[found.range.clone()]));
                let says = edit::says(&text, &edit.path, &edit.value);
                if !own && !says && !self.options.force {
                    return self.owned(edit, &text, &found, known.is_some());
                }
                if !says {
                    after = match edit::set(&text, &edit.path, &edit.value) {
                        Ok(after) => after,
                        Err(refusal) => return self.refused(edit, &text, &refusal),
                    };
                } else if known.is_none() {
                    // A person wrote the same: it stays theirs until it differs.
                    return;
                }
            }
            None => {
                after = match edit::set(&text, &edit.path, &edit.value) {
                    Ok(after) => after,
                    Err(refusal) => return self.refused(edit, &text, &refusal),
                }
            }
        }
        if let Ok(Some(found)) = edit::find(&after, &edit.path) {
            // What a person wrote into an entry of ours, a comment perhaps, stays known as theirs.
            let digest = match known.filter(|_| after == text) {
                Some(known) => known,
                None => mark::digest(&after[found.range]),
            };
            record.entries.push(Written { file: edit.file.clone(), path: edit.path.clone(), digest });
        }
        self.put(&edit.file, Some(after));
    }

    fn refused(&mut self, edit: &Edit, text: &str, refusal: &Refusal) {
        let title = format!("`{}` can't be edited at `{}`", edit.file, edit.path.join("."));
        let known = |report: &Report| report.title.starts_with(&format!("`{}` can't be edited", edit.file));
        if self.reports.iter().any(known) {
            return;
        }
        let report = problems::at_file(
            Report::error(&SHAPE, title),
            &edit.file,
            text,
            refusal.at.clone(),
            &refusal.reason,
            self.map,
        );
        let shown = edit.value.to_text(0, crate::yaml::scalar::Guard::Nothing);
        let lines: Vec<&str> = shown.lines().take(3).collect();
        let more = if shown.lines().count() > 3 { "\n…" } else { "" };
        self.reports.push(report.note("the file stays as it is").help(format!(
            "write that place as a plain block, or add by hand at `{}`:\n{}{more}",
            edit.path.join("."),
            lines.join("\n")
        )));
    }

    fn owned(&mut self, edit: &Edit, text: &str, found: &edit::Found, ours: bool) {
        let path = edit.path.join(".");
        let title = match ours {
            true => format!("`{path}` in `{}` was edited by hand", edit.file),
            false => format!("`{path}` in `{}` is written by hand", edit.file),
        };
        let shown = edit.value.to_text(0, crate::yaml::scalar::Guard::Nothing);
        let label = match shown.trim_end().contains('\n') {
            true => "a build writes something else here".to_owned(),
            false => format!("a build writes `{}` here", wording::short(shown.trim_end())),
        };
        let report = problems::at_file(
            Report::error(&OWNED, title),
            &edit.file,
            text,
            found.range.clone(),
            &label,
            self.map,
        );
        self.reports.push(
            report.help("say it in the stack, remove it here, or run `vmsc build --force` to overwrite it"),
        );
    }

    /// What an earlier build wrote and this one does not.
    fn gone(&mut self, before: &Record, record: &mut Record) {
        for old in &before.entries {
            let kept = record.entries.iter().any(|new| new.file == old.file && new.path == old.path);
            if kept || self.reports.iter().any(Report::is_error) || !wanted(self.options, &old.file) {
                continue;
            }
            let Some(Some(text)) = self.load(&old.file) else { continue };
            let Ok(Some(found)) = edit::find(&text, &old.path) else { continue };
            if mark::digest(&text[found.range]) == old.digest
                && let Ok(after) = edit::remove(&text, &old.path)
            {
                let after = without_empty(after, &old.path);
                self.put(&old.file, Some(after));
            }
        }
        for old in &before.files {
            if record.files.contains(old) || !wanted(self.options, old) {
                continue;
            }
            if let Some(Some(text)) = self.load(old)
                && mark::state(&text) == State::Untouched
            {
                self.put(old, None);
            }
        }
    }

    /// Files of the umbrella's that make Helm look elsewhere.
    fn neighbours(&mut self, parent: &str, name: &str) {
        let charts = self.root.join(parent).join("charts");
        let packed = |file: &String| {
            let rest = file
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.strip_suffix(".tgz"));
            rest.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        };
        for archive in read::names(&charts).iter().filter(|file| packed(file)) {
            self.reports.push(
                Report::warning(
                    &ARCHIVE,
                    format!("`{parent}/charts/{archive}` is in the way of the subchart"),
                )
                .at(self.places.parent, "Helm 3 takes the archive and not the folder beside it")
                .help(format!("remove it: `rm {parent}/charts/{archive}`")),
            );
        }
        let lock = self.root.join(parent).join("Chart.lock");
        let locked = read::text(&lock).is_ok_and(|text| !text.contains(&format!("name: {name}\n")));
        if locked {
            self.reports.push(
                Report::warning(&LOCK, format!("`{parent}/Chart.lock` does not know the subchart"))
                    .at(self.places.parent, "`helm dependency build` says that it is out of sync")
                    .help(format!("run `helm dependency update {parent}`")),
            );
        }
    }
}

/// Takes away the maps that an entry leaves empty, but for those of the file's own top level.
fn without_empty(mut text: String, path: &[String]) -> String {
    for depth in (2..path.len()).rev() {
        let parent = &path[..depth];
        let empty = edit::says(&text, parent, &Yaml::Map(Vec::new()));
        match edit::remove(&text, parent) {
            Ok(after) if empty => text = after,
            _ => break,
        }
    }
    text
}

/// Whether a file is to be written, for a build of some profiles only.
fn wanted(options: &Options, path: &str) -> bool {
    options.profiles.is_empty()
        || options.profiles.iter().any(|profile| {
            path.ends_with(&format!("values-{profile}.yaml"))
                || path.contains(&format!(".{profile}."))
                || path.contains(&format!("/{profile}/"))
        })
}
