//! Maps the lines of outputs to the settings that they come from.

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
    /// The profile that the file belongs to; `None` for a shared file.
    pub profile: Option<String>,
    /// Whether the lines read the setting when the chart is installed, instead of holding its value.
    pub asks: bool,
}

/// The origins of lines in all outputs, by file.
#[derive(Clone, Debug, Default)]
pub struct OutputMap {
    files: BTreeMap<String, Vec<Origin>>,
}

impl OutputMap {
    /// Collects the origins from the files and edits of a build. `after` returns the planned text of a file.
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

    /// The settings that a line (from 0) of an output comes from, innermost first.
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

    /// The setting that each line (from 0) of an output comes from, the innermost one, by the line.
    pub fn settings_of(&self, file: &str) -> BTreeMap<usize, &Path> {
        let mut origins: Vec<&Origin> = self.files.get(file).into_iter().flatten().collect();
        // Of two that are as long, the first counts, as in `settings_at`.
        origins.reverse();
        origins.sort_by_key(|origin| std::cmp::Reverse(origin.lines.len()));
        let mut found = BTreeMap::new();
        for origin in origins {
            found.extend(origin.lines.clone().map(|line| (line, &origin.setting)));
        }
        found
    }

    /// The first line (from 0) of each origin that is the setting, is inside it, or contains it, by file.
    /// `holds` says whether the files of a profile, or the shared files if `None`, hold the requested
    /// value.
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
