//! Templates of the umbrella that still read the values of a stack's former name.

use super::outputs::Wanted;
use super::plan::Planner;
use crate::source::read;
use std::collections::BTreeSet;

/// How deep folders of templates are looked into.
const DEPTH: usize = 8;

impl Planner<'_, '_> {
    /// Says which templates of the umbrella read values below a key that the stack wrote before and no stack
    /// writes now: they would get nothing, or fail to render.
    pub(super) fn note_readers(&mut self, wanted: &Wanted, at: usize) {
        let (home, source) = (&wanted.members[at], self.members[at].source);
        let Some(parent) = &home.parent else { return };
        let values = format!("{parent}/values.yaml");
        let former: BTreeSet<String> = self
            .before
            .leaves
            .iter()
            .filter(|(place, marks)| *place.file == *values && marks.iter().any(|(by, _)| **by == *source))
            .filter_map(|(place, _)| place.path.first()?.key().map(str::to_owned))
            .filter(|key| !wanted.members.iter().any(|other| other.name == *key))
            .collect();
        if former.is_empty() {
            return;
        }
        let name = home.name.clone();
        let mut files = Vec::new();
        read::walk(&self.root.join(parent).join("templates"), DEPTH, &mut |path| files.push(path.to_owned()));
        files.sort();
        for path in files {
            let Ok(text) = self.map().overlay.text(&path) else { continue };
            for old in former.iter().filter(|old| reads(&text, old)) {
                let shown = path.strip_prefix(self.root).unwrap_or(&path);
                self.notes.push(format!("`{shown}` reads `.Values.{old}`, which is `.Values.{name}` now"));
            }
        }
    }
}

/// Whether a template reads a value of this name, or one below it.
fn reads(template: &str, name: &str) -> bool {
    let whole = format!(".Values.{name}");
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
    template.match_indices(&whole).any(|(at, found)| ends(&template[at + found.len()..]))
        || template.contains(&format!(".Values \"{name}\""))
}

#[cfg(test)]
mod tests {
    use super::reads;

    #[test]
    fn a_name_is_read_as_a_whole() {
        assert!(reads("{{ .Values.old.service.port }}", "old"));
        assert!(reads("{{ with .Values.old }}", "old"));
        assert!(reads("{{ (index .Values \"o-ld\").x }}", "o-ld"));
        assert!(!reads("{{ .Values.older }} {{ .Values.x.old }}", "old"));
    }
}
