//! What is left of a person's where vmsc takes out all of its own.

use super::codes::{self, REMAINS};
use super::outputs::Wanted;
use super::owned::record::Place;
use super::plan::Planner;
use crate::diagnostics::Diagnostic;
use crate::source::read;
use crate::yaml::Segment;
use crate::yaml::edit::Editor;
use crate::yaml::located::{self, Data, Spanned};
use crate::yaml::path::dotted;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

impl Planner<'_, '_> {
    /// Reports services, dependencies and keys of values of which only a person's part would stay.
    pub(super) fn check_units(
        &mut self,
        file: &Rc<str>,
        text: &str,
        edited: &Editor,
        removed: &[Place],
        wanted: &Wanted,
    ) {
        let units: BTreeSet<&[Segment]> =
            removed.iter().filter_map(|place| self.unit(place, wanted)).collect();
        for unit in units {
            let ours = wanted.leaves.keys().any(|place| place.file == *file && place.path.starts_with(unit));
            let found =
                self.before.was.keys().any(|place| place.file == *file && place.path.starts_with(unit));
            let Ok(Some(left)) = edited.find(unit) else { continue };
            if ours || found || self.options.forces(file, unit) {
                continue;
            }
            // A dependency on the same chart under another name is another element.
            let alias: Vec<Segment> = unit.iter().cloned().chain([Segment::from("alias")]).collect();
            let before = Editor::new(text.to_owned()).ok();
            let has = |editor: &Editor| editor.find(&alias).is_ok_and(|found| found.is_some());
            if has(edited) && !before.as_ref().is_some_and(has) {
                continue;
            }
            let path = dotted(unit);
            if unit.len() == 1 && !self.options.removed.is_empty() {
                // Values that no chart reads harm nothing, and may have been there before.
                self.notes.push(format!("`{path}` in `{file}` stays: what is left there is yours"));
                continue;
            }
            let start = left.value.start - edited.mark();
            let left = edited.text()[start..left.value.end - edited.mark()].trim();
            let column = edited.text()[..start].rfind('\n').map_or(start, |newline| start - newline - 1);
            let title = format!("only what is yours would be left of `{path}` in `{file}`");
            let report = Diagnostic::error(&REMAINS, title);
            let at = before.and_then(|editor| editor.find(unit).ok().flatten());
            let report = match at {
                Some(at) => codes::at_file(
                    report,
                    file,
                    text,
                    at.range,
                    "vmsc takes out its part of this",
                    self.map(),
                ),
                None => report,
            };
            self.report(
                report
                    .note(format!("would be left:{}", super::desk::indented(&dedented(left, column))))
                    .help("move it to where it belongs now, or remove it, and build again"),
            );
        }
    }

    /// The service, dependency or key of values that a place is part of, if nothing reads the rest alone.
    fn unit<'p>(&self, place: &'p Place, wanted: &Wanted) -> Option<&'p [Segment]> {
        let first = place.path.first()?.key()?;
        if matches!(first, "services" | "dependencies") {
            return (place.path.len() > 2).then(|| &place.path[..2]);
        }
        let (folder, _) = place.file.rsplit_once('/')?;
        let chart = format!("{folder}/charts/{first}/Chart.yaml");
        let goes = self.before.files.contains_key(&*chart) && !wanted.files.contains_key(&chart);
        goes.then(|| &place.path[..1])
    }

    /// Reports files of a person's in a chart that goes.
    pub(super) fn check_remains(&mut self, wanted: &Wanted) {
        let before = Rc::clone(&self.before);
        let charts = before.files.keys().filter_map(|path| path.strip_suffix("/Chart.yaml"));
        for chart in charts.filter(|chart| !wanted.files.contains_key(&format!("{chart}/Chart.yaml"))) {
            let goes = self.files.get(&format!("{chart}/Chart.yaml")).is_some_and(|known| known.is_removed());
            if !goes {
                continue;
            }
            let mut left = Vec::new();
            read::walk(&self.root.join(chart), 8, &mut |path| {
                let path = path.strip_prefix(self.root).map(|path| path.to_string()).unwrap_or_default();
                let goes = self.files.get(&path).is_some_and(|known| known.is_removed());
                if !goes && !path.rsplit('/').next().is_some_and(super::write::is_temporary) {
                    left.push(path);
                }
            });
            left.sort();
            if let Some(first) = left.first() {
                let report =
                    Diagnostic::error(&REMAINS, format!("only files of yours would be left in `{chart}`"))
                        .note(format!(
                            "would be left:{}",
                            super::desk::indented(&format!("{}\n", left.join("\n")))
                        ))
                        .note("Helm refuses a folder in `charts/` without a `Chart.yaml`")
                        .help(format!(
                            "move `{first}` to where it belongs now, or remove it, and build again"
                        ));
                self.report(report);
            }
        }
    }
}

/// The lines of a value that begins in a column, without the indentation up to there, and with a last
/// newline.
fn dedented(text: &str, column: usize) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let indent = |line: &str| line.len() - line.trim_start().len();
    let line = |line: &str| format!("{}\n", &line[column.min(indent(line))..]);
    format!("{first}\n{}", rest.lines().map(line).collect::<String>())
}

/// The volumes and networks that services of a compose file name.
pub(super) fn named_by_services(text: &str) -> HashSet<String> {
    let mut named = HashSet::new();
    let Ok(root) = located::read(text) else { return named };
    let services = root.get("services").map(|services| services.entries()).unwrap_or_default();
    for service in services {
        for key in ["volumes", "networks"] {
            match service.value.get(key).map(|value| &value.data) {
                Some(Data::List(items)) => named.extend(items.iter().filter_map(name_of)),
                Some(Data::Map(entries)) => named.extend(entries.iter().map(|entry| entry.key.to_string())),
                _ => {}
            }
        }
    }
    named
}

/// The volume or network that an element of a service's list names.
fn name_of(element: &Spanned) -> Option<String> {
    match (&element.data, element.get("source").map(|source| &source.data)) {
        (Data::String(text), _) => Some(text.split(':').next().unwrap_or(text).to_owned()),
        (_, Some(Data::String(text))) => Some(text.to_string()),
        _ => None,
    }
}
