//! The map of outputs: which lines come from which settings, and where a setting goes.

use super::mark::Header;
use crate::compile::Compiled;
use crate::emit::{Edit, File, Mark};
use crate::semantics::data::{Kind, Layer, Value};
use crate::semantics::formula::{Base, Formula, Shape};
use crate::yaml::trace;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// The path of a setting.
pub type Path = Vec<String>;

/// Lines of an output that come from a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The lines, counted from 0.
    pub lines: Range<usize>,
    /// The setting.
    pub setting: Path,
    /// The profile whose file it is; none for one that all share.
    pub profile: Option<String>,
    /// Whether the lines ask for the setting where the chart is installed, and do not hold its value.
    pub asks: bool,
}

/// The lines of all outputs that come from settings, by file.
#[derive(Clone, Debug, Default)]
pub struct OutputMap {
    files: BTreeMap<String, Vec<Origin>>,
}

impl OutputMap {
    /// What the emitters said of a build. `after` gives the text of a file as it is planned.
    pub(super) fn new(files: &[File], edits: &[Edit], after: &dyn Fn(&str) -> Option<String>) -> OutputMap {
        let mut map = OutputMap::default();
        for file in files.iter().filter(|file| !file.origins.is_empty()) {
            let Some(text) = after(&file.path) else { continue };
            let header = usize::from(Header::line(&text).is_some());
            let moved = |lines: &Range<usize>| lines.start + header..lines.end + header;
            let origins = file.origins.iter().map(|(lines, setting)| Origin {
                lines: moved(lines),
                setting: setting.clone(),
                profile: file.profile.clone(),
                asks: file.mark == Mark::Template,
            });
            map.files.entry(file.path.clone()).or_default().extend(origins);
        }
        for edit in edits {
            let Some(text) = after(&edit.file) else { continue };
            let origins = trace::origins(&text, &edit.path, &edit.value).into_iter();
            let origins = origins.map(|(lines, setting)| Origin {
                lines,
                setting,
                profile: edit.profile.clone(),
                asks: false,
            });
            map.files.entry(edit.file.clone()).or_default().extend(origins);
        }
        map
    }

    /// The settings that a line of an output, counted from 0, comes from: the nearest first.
    pub fn settings_at(&self, file: &str, line: usize) -> Vec<&Path> {
        let mut origins: Vec<&Origin> = self
            .files
            .get(file)
            .into_iter()
            .flatten()
            .filter(|origin| origin.lines.contains(&line))
            .collect();
        origins.sort_by_key(|origin| origin.lines.len());
        let mut settings: Vec<&Path> = Vec::new();
        for origin in origins {
            if !settings.contains(&&origin.setting) {
                settings.push(&origin.setting);
            }
        }
        settings
    }

    /// The lines, counted from 0, that come from a setting, from what is in it, or from the record that
    /// it is in: their first lines, by file. `holds` says whether files of a profile, or those that all
    /// share, hold the value that is asked for.
    fn lines_of(&self, setting: &[String], holds: &dyn Fn(Option<&str>) -> bool) -> BTreeSet<(&str, usize)> {
        let related = |other: &[String]| other.starts_with(setting) || setting.starts_with(other);
        let mut found = BTreeSet::new();
        for (file, origins) in &self.files {
            let wanted = origins.iter().filter(|origin| related(&origin.setting));
            let wanted = wanted.filter(|origin| origin.asks || holds(origin.profile.as_deref()));
            found.extend(wanted.map(|origin| (file.as_str(), origin.lines.start)));
        }
        found
    }
}

/// The lines (from 0) of each output that a setting reaches, in the stack alone or in a profile: those
/// that come from it, and those of settings that are computed from it.
pub fn reach<'m>(
    map: &'m OutputMap,
    compiled: &Compiled,
    variant: usize,
    shape: &Shape,
    setting: &[String],
) -> BTreeMap<&'m str, Vec<usize>> {
    let Some(own) = compiled.variants.get(variant) else { return BTreeMap::new() };
    let mut found = BTreeSet::new();
    let (mut open, mut known) = (vec![setting.to_vec()], BTreeSet::new());
    while let Some(path) = open.pop() {
        if !known.insert(path.clone()) {
            continue;
        }
        let value = at(&own.values, &path);
        // A file that all share has the stack's value, which a profile may have changed.
        let shared = variant == 0 || value == at(&compiled.variants[0].values, &path);
        let holds = |profile: Option<&str>| match profile {
            None => shared,
            Some(profile) => own.profile.as_deref() == Some(profile),
        };
        found.extend(map.lines_of(&path, &holds));
        computed_from(shape, &own.values, &path, &mut open);
    }
    let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (file, line) in found {
        files.entry(file).or_default().push(line);
    }
    files
}

fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// The settings left at a default that is computed from this one.
fn computed_from(shape: &Shape, values: &Value, setting: &[String], found: &mut Vec<Path>) {
    let asked = |base: Base, path: &[Rc<str>], record: &[String]| {
        let mut full = if base == Base::Record { record.to_vec() } else { Vec::new() };
        full.extend(path.iter().map(|name| name.to_string()));
        full.starts_with(setting) || setting.starts_with(&full)
    };
    each_default(shape, values, &mut Vec::new(), &mut |path, formula| {
        let (_, record) = path.split_last().unwrap_or((&path[0], &[]));
        if formula.asks(|base, asks| asked(base, asks, record)) {
            found.push(path.to_vec());
        }
    });
}

/// Calls `visit` with each setting that is left at a computed default.
fn each_default(shape: &Shape, record: &Value, path: &mut Path, visit: &mut dyn FnMut(&[String], &Formula)) {
    for field in &shape.fields {
        let Some(value) = record.get(&field.name) else { continue };
        path.push(field.name.clone());
        if let Some(default) = field.default.as_ref().filter(|_| value.layer == Layer::Default) {
            visit(path, &default.formula);
        }
        match (&field.inside, field.ty.is_map(), &value.kind) {
            (Some(inside), true, Kind::Record(entries)) => {
                for (key, entry) in entries.iter() {
                    path.push(key.to_string());
                    each_default(inside, entry, path, visit);
                    path.pop();
                }
            }
            (Some(inside), false, _) => each_default(inside, value, path, visit),
            _ => {}
        }
        path.pop();
    }
}
