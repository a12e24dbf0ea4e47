//! The map of outputs: which lines come from which settings.

use super::header::Header;
use crate::emit::{CommentStyle, Edit, File};
use crate::yaml::trace;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

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
                asks: file.mark == CommentStyle::Template,
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
    pub(super) fn lines_of(
        &self,
        setting: &[String],
        holds: &dyn Fn(Option<&str>) -> bool,
    ) -> BTreeSet<(&str, usize)> {
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
