//! Finds which lines of a file come from which settings, after an entry was set.

use super::events::{self, Kind, Node};
use super::path::Segment;
use super::write::Yaml;
use std::ops::Range;

/// Lines (from 0), each with the path of a setting that they come from.
pub type Origins = Vec<(Range<usize>, Vec<String>)>;

/// The lines of a file that come from settings; `value` is what was set at `path`. Lines are found
/// however the user lays out the file, and missing ones are skipped.
pub fn origins(text: &str, path: &[Segment], value: &Yaml) -> Origins {
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let mut found = Finder { starts, origins: Vec::new() };
    let Ok(document) = events::parse(text) else { return Vec::new() };
    let node = document.root.as_ref().and_then(|root| descend(root, root.start, path));
    if let Some((start, node)) = node {
        found.walk(start, node, value);
    }
    found.origins
}

/// The node at a path, with the start of its key or of the node itself.
fn descend<'n>(node: &'n Node, start: usize, path: &[Segment]) -> Option<(usize, &'n Node)> {
    let Some((first, rest)) = path.split_first() else { return Some((start, node)) };
    match (&node.kind, first) {
        (_, Segment::Key(key)) => {
            let (key, value) = *node.entries_of(key).first()?;
            descend(value, key.start, rest)
        }
        (Kind::List { items, .. }, Segment::Named(name)) => {
            let named = |item: &&Node| {
                item.entries_of("name").first().is_some_and(|(_, value)| value.text() == Some(name))
            };
            let item = items.iter().find(named)?;
            descend(item, item.start, rest)
        }
        _ => None,
    }
}

struct Finder {
    /// The byte where each line begins.
    starts: Vec<usize>,
    origins: Origins,
}

impl Finder {
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// `start` is where the node's key begins, or the node itself if it has no key.
    fn walk(&mut self, start: usize, node: &Node, value: &Yaml) {
        match value {
            Yaml::From(settings, inner) => {
                let last = node.end.saturating_sub(1).max(start);
                let lines = self.line(start)..self.line(last) + 1;
                self.origins.extend(settings.iter().map(|setting| (lines.clone(), setting.clone())));
                self.walk(start, node, inner);
            }
            Yaml::Tagged(_, inner) => self.walk(start, node, inner),
            Yaml::Map(entries) => {
                for entry in entries {
                    if let Some((key, inner)) = node.entries_of(&entry.key).first() {
                        self.walk(key.start, inner, &entry.value);
                    }
                }
            }
            Yaml::List(values) => {
                if let Kind::List { items, .. } = &node.kind {
                    for (item, value) in items.iter().zip(values) {
                        self.walk(item.start, item, value);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_however_they_are_laid_out() {
        let from = |path: &str, node| Yaml::From(vec![vec![path.to_owned()]], Box::new(node));
        let value = Yaml::map([
            ("image", from("i", Yaml::string("x"))),
            ("command", Yaml::List(vec![Yaml::string("a"), from("c", Yaml::string("b"))])),
        ]);
        let path = ["services".into(), "s".into()];
        let lines = |text: &str| {
            let found = origins(text, &path, &value).into_iter();
            found.map(|(lines, path)| (lines.start, path.join("."))).collect::<Vec<_>>()
        };
        let of = |line: usize, path: &str| (line, path.to_owned());
        let text = "# a comment\nservices:\n  s:\n    image: x\n    command:\n      - a\n      - b\n";
        assert_eq!(lines(text), [of(3, "i"), of(6, "c")]);
        assert_eq!(lines("services: {s: {command: [a,\n b],\n image: x}}\n"), [of(2, "i"), of(1, "c")]);
        assert_eq!(lines("services: {}\n"), []);
    }
}
