//! Plans the changes of a build, completely, before the first byte is written.

use super::change::Change;
use super::codes::{NO_PLACE, OUTSIDE};
use super::header::Header;
use super::old_record::OldRecords;
use super::origins::OutputMap;
use super::outputs::Wanted;
use super::owned::record::{Mark, NAME, Owned, Place};
use super::root;
use crate::compile::{Compiled, Places};
use crate::diagnostics::Diagnostic;
use crate::load::codes::{unreadable, unresolved};
use crate::source::SourceMap;
use crate::source::markers;
use crate::source::read::ReadError;
use crate::yaml::Segment;
use crate::yaml::path::dotted;
use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// A stack of a build.
#[derive(Debug)]
pub struct Member<'m> {
    /// The compiled stack.
    pub compiled: &'m Compiled,
    /// Its file, below the root.
    pub source: &'m str,
    /// The sources that its diagnostics point into.
    pub map: &'m mut SourceMap,
}

/// The planned changes of a build.
#[derive(Debug, Default)]
pub struct Plan {
    /// Every file that the build maintains, including unchanged ones, without the record.
    pub changes: Vec<Change>,
    /// The record, `vmsc.owned`.
    pub record: RecordChange,
    /// Codes of checks that the chart does not enforce.
    pub not_lowered: Vec<String>,
    /// Which lines come from which settings, if requested.
    pub origins: OutputMap,
    /// What the build has to say beside the files that it writes.
    pub notes: Vec<String>,
    /// How many places the user keeps for themselves.
    pub kept: usize,
}

/// The record before, during and after a build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordChange {
    /// Its full path.
    pub full: Utf8PathBuf,
    /// Its text on disk; `None` if it does not exist.
    pub before: Option<String>,
    /// What is known before and after the build, together: a build that is killed is completed by the
    /// next one.
    pub during: String,
    /// Its text after the build; empty if nothing is recorded.
    pub after: String,
}

impl RecordChange {
    /// Whether a line of the record is missing on disk.
    pub fn lacks_lines(&self) -> bool {
        let known: HashSet<&str> =
            self.before.as_deref().unwrap_or_default().lines().map(str::trim_end).collect();
        self.after.lines().any(|line| !known.contains(line))
    }

    /// The record as a file that changes.
    pub fn change(&self) -> Change {
        let after = Some(self.after.clone()).filter(|text| !text.is_empty());
        Change { path: NAME.to_owned(), full: self.full.clone(), before: self.before.clone(), after }
    }
}

impl Plan {
    /// The files that would change, without the record.
    pub fn changed(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.before != change.after)
    }

    /// Whether every differing generated file is as some build left it: another version of vmsc made them.
    pub fn is_of_another_version(&self) -> bool {
        let headed = |text: &Option<String>| text.as_deref().is_some_and(|text| Header::read(text).is_some());
        let generated = || self.changes.iter().filter(|change| headed(&change.after));
        generated().count() > 1
            && generated().all(|change| change.before != change.after && headed(&change.before))
    }
}

/// A place that an option names: a file, or a value in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The file, below the root.
    pub file: String,
    /// The path of the value; empty for the whole file.
    pub path: Vec<Segment>,
}

/// The command-line options that affect a plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Overwrite whatever the user wrote.
    pub force: bool,
    /// Overwrite what the user wrote in these places.
    pub forced: Vec<Named>,
    /// Keep what the user wrote in these places.
    pub keep: Vec<Named>,
    /// Write only the files of these profiles; all if empty.
    pub profiles: Vec<String>,
    /// Record which lines come from which settings.
    pub trace: bool,
    /// Whether the build is of every stack: what a stack that is gone wrote is removed.
    pub whole: bool,
    /// Stacks whose outputs are taken out.
    pub removed: Vec<String>,
}

impl Options {
    /// Whether to write what belongs to a profile, or to all profiles if `None`.
    pub(super) fn wants(&self, profile: Option<&str>) -> bool {
        self.profiles.is_empty()
            || profile.is_some_and(|profile| self.profiles.iter().any(|wanted| wanted == profile))
    }

    /// Whether a place is to be overwritten.
    pub(super) fn forces(&self, file: &str, path: &[Segment]) -> bool {
        let named = |one: &Named| one.file == file && path.starts_with(&one.path);
        self.force || self.forced.iter().any(named)
    }

    /// Whether a place is to be kept.
    pub(super) fn keeps(&self, file: &str, path: &[Segment]) -> bool {
        self.keep.iter().any(|one| one.file == file && !one.path.is_empty() && path.starts_with(&one.path))
    }
}

/// The diagnostics of a plan: those of each member, in order, and those of no member.
#[derive(Debug, Default)]
pub struct Reports {
    /// The diagnostics that point into a member's sources, with the member's index.
    pub of: Vec<(usize, Diagnostic)>,
    /// The diagnostics of files that belong to no stack.
    pub general: Vec<Diagnostic>,
}

impl Reports {
    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.of.iter().map(|(_, report)| report).chain(&self.general).any(Diagnostic::is_error)
    }
}

/// Plans a build of the compiled stacks of one project. `general` is for the files of no stack.
pub fn plan(
    members: &mut [Member],
    root: &Utf8Path,
    options: &Options,
    general: &mut SourceMap,
) -> (Plan, Reports) {
    let mut planner = Planner {
        root,
        options,
        members,
        general,
        at: None,
        reports: Reports::default(),
        files: IndexMap::new(),
        unreadable: HashSet::new(),
        looked_after: HashSet::new(),
        before: Rc::default(),
        sides: Rc::default(),
        old: OldRecords::default(),
        gone: Vec::new(),
        notes: Vec::new(),
    };
    let plan = planner.run();
    (plan, planner.reports)
}

/// A file of the project, as it is and as it will be.
#[derive(Debug)]
pub(super) struct Known {
    full: Utf8PathBuf,
    before: Option<String>,
    after: Option<String>,
}

/// A plan under construction.
pub(super) struct Planner<'a, 'm> {
    pub(super) root: &'a Utf8Path,
    pub(super) options: &'a Options,
    pub(super) members: &'a mut [Member<'m>],
    pub(super) general: &'a mut SourceMap,
    /// The member that is being planned.
    pub(super) at: Option<usize>,
    pub(super) reports: Reports,
    pub(super) files: IndexMap<String, Known>,
    /// Files that were already reported.
    unreadable: HashSet<String>,
    /// The files that the selected profiles may have, if only some are selected.
    pub(super) looked_after: HashSet<String>,
    /// What is recorded.
    pub(super) before: Rc<Owned>,
    /// What is recorded in the commits that come together in the working copy.
    pub(super) sides: Rc<Owned>,
    /// The records of 0.1.
    pub(super) old: OldRecords,
    /// Stacks that are gone, and what they wrote with them.
    pub(super) gone: Vec<Rc<str>>,
    pub(super) notes: Vec<String>,
}

impl Known {
    /// Whether the build removes the file.
    pub(super) fn is_removed(&self) -> bool {
        self.before.is_some() && self.after.is_none()
    }
}

impl Planner<'_, '_> {
    fn run(&mut self) -> Plan {
        let Some(read) = self.read_record() else { return Plan::default() };
        let mut wanted = self.wanted();
        self.settle_gone(&wanted);
        self.check_volumes(&wanted);
        if self.reports.has_errors() && !self.options.trace {
            return Plan::default();
        }
        self.check_named(&wanted);
        let mut after = Owned::default();
        let mut standing = Owned::default();
        self.generated_files(&mut wanted, &mut after);
        self.users_files(&wanted, &mut after, &mut standing);
        self.forget_old_records();
        if !self.reports.has_errors() {
            self.check_remains(&wanted);
        }
        for at in 0..wanted.members.len() {
            self.at = Some(at);
            self.look_around(&wanted, at);
        }
        self.at = None;
        self.finish(wanted, read, after, standing)
    }

    fn finish(
        &mut self,
        wanted: Wanted,
        read: (Utf8PathBuf, Option<String>),
        mut after: Owned,
        mut during: Owned,
    ) -> Plan {
        during.merge(&self.before);
        during.merge(&after);
        // What stood in a place is known as long as something of ours is at or below it.
        let live = |place: &Place| {
            let below = |own: &Place| own.file == place.file && own.path.starts_with(&place.path);
            after.leaves.range(place.clone()..).next().is_some_and(|(own, _)| below(own))
        };
        after.was = std::mem::take(&mut after.was).into_iter().filter(|(place, _)| live(place)).collect();
        let kept =
            after.leaves.values().filter(|marks| marks.iter().any(|(_, mark)| *mark == Mark::Kept)).count();
        let mut record =
            RecordChange { full: read.0, before: read.1, during: during.to_text(), after: after.to_text() };
        // Other line ends are no difference.
        if let Some(before) = record.before.as_ref().filter(|text| text.replace("\r\n", "\n") == record.after)
        {
            record.after = before.clone();
        }
        let planned = |file: &str| self.files.get(file).and_then(|known| known.after.clone());
        let origins = match self.options.trace {
            true => OutputMap::new(&wanted.traced_files, &wanted.traced_edits, &planned),
            false => OutputMap::default(),
        };
        let changes = self.files.drain(..).map(|(path, known)| Change {
            path,
            full: known.full,
            before: known.before,
            after: known.after,
        });
        Plan {
            changes: changes.collect(),
            record,
            not_lowered: wanted.not_lowered,
            origins,
            notes: std::mem::take(&mut self.notes),
            kept,
        }
    }

    /// Reports an error of the current member, or of no member.
    pub(super) fn report(&mut self, report: Diagnostic) {
        match self.at {
            Some(at) => self.reports.of.push((at, report)),
            None => self.reports.general.push(report),
        }
    }

    /// The sources that diagnostics of the current member point into.
    pub(super) fn map(&mut self) -> &mut SourceMap {
        match self.at {
            Some(at) => self.members[at].map,
            None => self.general,
        }
    }

    /// Where the current member names its places.
    pub(super) fn places(&self) -> Option<Places> {
        self.at.map(|at| self.members[at].compiled.places)
    }

    /// Whether this build maintains a file of an earlier build.
    pub(super) fn looks_after(&self, file: &str) -> bool {
        self.options.profiles.is_empty() || self.looked_after.contains(file)
    }

    /// The stacks of this build, and those that are taken out.
    pub(super) fn is_planned(&self, stack: &str) -> bool {
        self.members.iter().any(|member| member.source == stack)
            || self.options.removed.iter().any(|gone| gone == stack)
            || self.gone.iter().any(|gone| **gone == *stack)
    }

    /// The full path of a file, or `None` if it is outside the project, which is reported.
    fn full(&mut self, path: &str) -> Option<Utf8PathBuf> {
        if let Some(full) = root::inside(self.root, path) {
            return Some(full);
        }
        let told = self.reports.of.iter().any(|(_, report)| report.code == OUTSIDE.code());
        if !told {
            let mut report = Diagnostic::error(&OUTSIDE, format!("`{path}` is outside the project"));
            if let Some(places) = self.places() {
                let place = if is_of_chart(path) { places.parent } else { places.compose };
                report = report.at(place, format!("the project is `{}`", self.root));
            }
            self.report(report.help("name a path below it, without `..` and links that lead out"));
        }
        None
    }

    /// The planned text of a file so far; `Some(None)` if it does not exist, `None` if it can't be read,
    /// which is reported.
    pub(super) fn load(&mut self, path: &str) -> Option<Option<String>> {
        if let Some(known) = self.files.get(path) {
            return Some(known.after.clone());
        }
        if self.unreadable.contains(path) {
            return None;
        }
        let full = self.full(path)?;
        let text = match self.map().overlay.text(&full) {
            Ok(text) => Some(text),
            Err(ReadError::NotFound) => None,
            Err(error) => {
                let places = self.places();
                let mut report = unreadable(error, path, self.map());
                if let Some(places) = places.filter(|_| report.labels.is_empty()) {
                    report.helps.clear();
                    let of_chart = is_of_chart(path);
                    let place = if of_chart { places.parent } else { places.compose };
                    report = report.at(place, "named here").help(match of_chart {
                        true => "name the folder of a chart",
                        false => "name a file, as in `file = \"docker/docker-compose.yml\"`",
                    });
                }
                self.report(report);
                self.unreadable.insert(path.to_owned());
                return None;
            }
        };
        self.files.insert(path.to_owned(), Known { full, before: text.clone(), after: text.clone() });
        Some(text)
    }

    /// Sets the planned text of a file that was loaded.
    pub(super) fn put(&mut self, path: &str, text: Option<String>) {
        if let Some(file) = self.files.get_mut(path) {
            file.after = text;
        }
    }

    /// Reports a file whose merge is not resolved; returns whether it is.
    pub(super) fn is_unresolved(&mut self, file: &str, text: &str) -> bool {
        let Some(lines) = markers::unresolved(text) else { return false };
        let report = unresolved(file, &lines);
        let report = super::codes::at_file(
            report,
            file,
            text,
            markers::first_marker(text, &lines),
            "git marks the first difference here",
            self.map(),
        );
        self.report(
            report
                .note("nothing was written")
                .help("resolve it, whichever side you take, and run `vmsc build`"),
        );
        true
    }

    /// Reports an option that names a place that is none of the build's.
    fn check_named(&mut self, wanted: &Wanted) {
        let options = self.options;
        let flags = options
            .forced
            .iter()
            .map(|one| ("--force", one))
            .chain(options.keep.iter().map(|one| ("--keep", one)));
        for (flag, named) in flags {
            let of = |place: &Place| *place.file == named.file && place.path.starts_with(&named.path);
            let known = wanted.leaves.keys().chain(self.before.leaves.keys()).any(of)
                || named.path.is_empty()
                    && (wanted.files.contains_key(&named.file)
                        || self.before.files.contains_key(&*named.file));
            if !known {
                let path =
                    if named.path.is_empty() { String::new() } else { format!(":{}", dotted(&named.path)) };
                let title = format!("`{flag}={}{path}` names nothing that vmsc writes", named.file);
                let help = "name a file as reports do, below the project's root, or a value in it as `vmsc.owned` does";
                self.reports.general.push(Diagnostic::error(&NO_PLACE, title).help(help));
            }
        }
    }

    /// The names of all files that are recorded or planned.
    pub(super) fn users_files_of(&self, wanted: &Wanted) -> Vec<Rc<str>> {
        let planned = wanted.leaves.keys().map(|place| place.file.clone());
        let mut files: Vec<Rc<str>> = Vec::new();
        let mut seen = BTreeSet::new();
        let known = self.before.leaves.keys().chain(self.sides.leaves.keys());
        for file in planned.chain(known.map(|place| place.file.clone())) {
            if seen.insert(file.clone()) {
                files.push(file);
            }
        }
        files
    }
}

/// Whether a file is part of a chart.
fn is_of_chart(path: &str) -> bool {
    path.ends_with("Chart.yaml") || path.contains("/charts/")
}
