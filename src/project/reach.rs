//! Where a setting goes: the lines of the outputs that change with it, or that name it.

use super::mark::Header;
use super::plan::{self, Options, Plan};
use crate::compile::Compiled;
use crate::source::SourceMap;
use camino::Utf8Path;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// Files in which every change shows, and which say nothing of where a setting goes.
const ABOUT: &[&str] = &[".vmsc.json", "README.md", "values.schema.json"];

/// The lines (from 1) of each output which differ between a stack and the same stack changed, and
/// the lines of the chart's templates that name the setting's value.
pub fn reach(
    before: &Compiled,
    after: &[Compiled],
    path: &str,
    root: &Utf8Path,
    source: &str,
    map: &mut SourceMap,
) -> BTreeMap<String, Vec<usize>> {
    let options = Options { force: true, ..Options::default() };
    let mut planned = |compiled: &Compiled| plan::plan(compiled, root, source, &options, map).0;
    let old = planned(before);
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for changed in after {
        let new = planned(changed);
        for (file, text) in texts(&old) {
            let other = texts(&new).find(|(name, _)| *name == file).map_or("", |(_, text)| text);
            if text != other {
                found.entry(file.to_owned()).or_default().extend(differing(text, other));
            }
        }
    }
    let values = format!(".Values.{path}");
    for (file, text) in texts(&old).filter(|(file, _)| file.contains("/templates/")) {
        let names = |line: &str| {
            line.match_indices(&values).any(|(at, _)| {
                let next = line[at + values.len()..].chars().next();
                next.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_')
            })
        };
        let lines = text.lines().enumerate().filter(|(_, line)| names(line)).map(|(n, _)| n + 1);
        found.entry(file.to_owned()).or_default().extend(lines);
    }
    found.retain(|_, lines| {
        lines.sort_unstable();
        lines.dedup();
        !lines.is_empty()
    });
    found
}

fn texts(plan: &Plan) -> impl Iterator<Item = (&str, &str)> {
    let told = plan.changes.iter().filter(|change| !ABOUT.iter().any(|about| change.path.ends_with(about)));
    told.filter_map(|change| Some((change.path.as_str(), change.after.as_deref()?)))
}

fn differing(text: &str, other: &str) -> Vec<usize> {
    let diff = TextDiff::from_lines(text, other);
    let gone = diff.iter_all_changes().filter(|change| change.tag() == ChangeTag::Delete);
    // The header has a digest of the other lines.
    let lines = gone.filter_map(|change| change.old_index()).filter(|line| Header::line(text) != Some(*line));
    lines.map(|line| line + 1).collect()
}
