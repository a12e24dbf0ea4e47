//! The outputs of a stack as a build would write them now, with the setting that each line comes from.

use crate::compile::{Compiled, Live, compile};
use crate::diagnostics::Diagnostic;
use crate::project::impact::impact;
use crate::project::plan::{self, Member, Options, Plan};
use crate::semantics::data::{Layer, Value, ValueKind};
use crate::semantics::formula::Shape;
use crate::source::{SourceMap, Span};
use camino::Utf8PathBuf;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// The planned outputs of a stack.
#[derive(Debug)]
pub struct Outputs {
    compiled: Compiled,
    map: SourceMap,
    shape: Shape,
    plan: Plan,
    root: Utf8PathBuf,
    /// What stands in the way of a build.
    pub reports: Vec<Diagnostic>,
}

/// An output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its path below the root.
    pub path: String,
    /// Its full path.
    pub full: Utf8PathBuf,
    /// Whether a build would change it.
    pub changes: bool,
}

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: Utf8PathBuf,
    /// The bytes.
    pub range: Range<usize>,
}

impl Outputs {
    /// Plans the outputs of a stack; `None` if it has errors.
    pub fn new(live: &Live) -> Option<Outputs> {
        // A plan adds files to the map, which an open stack would keep.
        let mut map = SourceMap::default();
        map.overlay = live.map().overlay.clone();
        let (source, place) = (live.source(), live.place());
        let file = map.add(source.name.clone(), source.text.clone());
        let compiled = compile(file, place, &mut map).compiled?;
        let options = Options { force: true, trace: true, ..Options::default() };
        let mut members = [Member { compiled: &compiled, source: &source.name, map: &mut map }];
        let (plan, found) = plan::plan(&mut members, &place.root, &options, &mut SourceMap::default());
        let reports = found.of.into_iter().map(|(_, report)| report).chain(found.general).collect();
        let shape = compiled.analysis.shape(&map);
        Some(Outputs { compiled, shape, plan, root: place.root.clone(), map, reports })
    }

    /// The outputs that a build writes.
    pub fn list(&self) -> Vec<Output> {
        let written = self.plan.changes.iter().filter(|change| change.after.is_some());
        let one = written.map(|change| Output {
            path: change.path.clone(),
            full: change.full.clone(),
            changes: change.before != change.after,
        });
        one.collect()
    }

    /// The planned text of an output.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.plan.changes.iter().find(|change| change.path == path)?.after.as_deref()
    }

    /// A line (from 0) of an output.
    pub fn line(&self, path: &str, line: usize) -> Option<&str> {
        self.text(path)?.lines().nth(line)
    }

    /// The lines (from 0) of each output that change with a setting, in the stack alone or in any profile.
    pub fn reached(&self, setting: &[String]) -> Vec<(String, Vec<usize>)> {
        let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for at in 0..self.compiled.variants.len() {
            for (file, lines) in impact(&self.plan.origins, &self.compiled, at, &self.shape, setting) {
                let known = found.entry(file.to_owned()).or_default();
                known.extend(lines);
                known.sort_unstable();
                known.dedup();
            }
        }
        found.into_iter().collect()
    }

    /// The settings that a line (from 0) of an output comes from, innermost first, each with where it is
    /// given, if it is.
    pub fn settings(&self, path: &str, line: usize) -> Vec<(String, Option<Place>)> {
        let settings = self.plan.origins.settings_at(path, line).into_iter();
        settings.map(|setting| (setting.join("."), self.given(setting))).collect()
    }

    /// The innermost setting of each line (from 0) of an output that has one, with where it is given.
    pub fn all_settings(&self, path: &str) -> Vec<(usize, String, Option<Place>)> {
        let mut known: HashMap<&[String], Option<Place>> = HashMap::new();
        let mut found = Vec::new();
        for (line, setting) in self.plan.origins.settings_of(path) {
            let place = known.entry(setting).or_insert_with(|| self.given(setting)).clone();
            found.push((line, setting.join("."), place));
        }
        found
    }

    /// Where a setting is given, in the stack or else in a profile; for one that is left at its default, where
    /// the record around it is.
    fn given(&self, setting: &[String]) -> Option<Place> {
        let own = self.given_itself(setting);
        own.or_else(|| match setting {
            [] | [_] => None,
            [around @ .., _] => self.given(around),
        })
    }

    fn given_itself(&self, setting: &[String]) -> Option<Place> {
        let at = |root: &Value| -> Option<Span> {
            let value = setting.iter().try_fold(root, |value, name| match &value.kind {
                ValueKind::List(items) => items.get(name.parse::<usize>().ok()?),
                _ => value.get(name),
            })?;
            let own = value.layer != Layer::Default && !self.map.is_builtin(value.span);
            own.then_some(value.span).or_else(|| self.inside(value))
        };
        let span = self.compiled.variants.iter().find_map(|variant| at(&variant.values))?;
        let (file, range) = self.map.locate(span);
        Some(Place { file: self.root.join(&self.map.file(file).name), range })
    }

    /// Where the first value inside a record is given.
    fn inside(&self, value: &Value) -> Option<Span> {
        let ValueKind::Record(record) = &value.kind else { return None };
        record.values().find_map(|value| {
            let own = value.layer != Layer::Default && !self.map.is_builtin(value.span);
            own.then_some(value.span).or_else(|| self.inside(value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn lines_and_settings_lead_to_each_other() {
        let at = cursor(&stack("retention = 40d\n  scrape { job \"x\" { targets = [\"a:1\"] } }"));
        let outputs = Outputs::new(&at.live).unwrap();
        let reached = outputs.reached(&["retention".to_owned()]);
        let (file, lines) = reached.iter().find(|(file, _)| file == "docker/docker-compose.yml").unwrap();
        assert!(outputs.line(file, lines[0]).unwrap().contains("40d"));
        let (setting, place) = &outputs.settings(file, lines[0])[0];
        assert_eq!((setting.as_str(), at.text(&place.as_ref().unwrap().range)), ("retention", "40d"));
        let _ = with_files;
    }
}
