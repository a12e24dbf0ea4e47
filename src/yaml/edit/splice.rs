//! The text change of an edit: what is replaced, and with what.

use super::super::events::{Kind, Node};
use super::super::path::Segment;
use super::super::scalar::{Guard, quoted, scalar};
use super::super::write::{Entry, Yaml};
use super::walk::Walk;
use super::{Refusal, refuse};
use std::ops::Range;

/// A range of the text and its replacement.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) with: String,
}

fn splice(range: Range<usize>, with: impl Into<String>) -> Splice {
    Splice { range, with: with.into() }
}

/// What to add to one node: entries of a map, or elements of a list.
pub(super) type Additions = Vec<Addition>;

/// An entry or an element to add.
pub(super) struct Addition {
    at: Segment,
    value: Yaml,
}

impl Walk<'_> {
    /// Replaces an existing value; its key and the comment on its line stay.
    pub(super) fn replace(&self, value: &Yaml) -> Result<Splice, Refusal> {
        let Some(node) = self.node else { return refuse("nothing stands here", 0..0) };
        if self.used_elsewhere(node) {
            return refuse("this has an anchor that is used elsewhere", node.start..node.end);
        }
        if self.in_flow() {
            let range = self.value_start()..self.node_end();
            let blank = if self.text[..range.start].ends_with(':') { " " } else { "" };
            return Ok(splice(range, format!("{blank}{}", inline(value))));
        }
        let column = self.column(self.start);
        let end = self.entry_end(self.node_end(), column + 1);
        Ok(match self.key {
            Some(key) => {
                let colon = self.colon(key) + 1;
                splice(colon..end, self.value_lines(value, column, self.comment_of_line(colon)))
            }
            None => {
                let text = Yaml::List(vec![value.clone()]).to_text(column, Guard::Nothing);
                splice(self.start..end, self.lines(&text).trim_start())
            }
        })
    }

    /// Replaces a collection that is now empty with a token: what was there before it was filled, else
    /// `{}` or `[]`.
    pub(super) fn empty(&self, token: &str) -> Result<Splice, Refusal> {
        let Some(node) = self.node else { return refuse("nothing stands here", 0..0) };
        if self.in_flow() {
            return Ok(splice(node.start..node.end, token));
        }
        match self.key {
            Some(key) => {
                let colon = self.colon(key) + 1;
                let blank = if token.is_empty() { "" } else { " " };
                let end = self.entry_end(self.node_end(), self.column(self.start) + 1);
                Ok(splice(colon..end, format!("{blank}{token}{}", self.comment_of_line(colon))))
            }
            None if self.depth == 0 => {
                let end = self.entry_end(self.node_end(), 1);
                let end = if token.is_empty() { self.next_line(end) } else { end };
                Ok(splice(self.line_start(node.start)..end, token))
            }
            None => refuse("an element of a list would be left empty", node.start..node.end),
        }
    }

    /// An empty node as written; `None` if the node is not empty.
    pub(super) fn empty_token(&self) -> Option<&str> {
        let Some(node) = self.node else { return Some("") };
        let empty = match &node.kind {
            Kind::Map { entries, .. } => entries.is_empty(),
            Kind::List { items, .. } => items.is_empty(),
            _ => node.is_null(),
        };
        empty.then(|| &self.text[node.start..node.end])
    }

    fn in_flow(&self) -> bool {
        self.parent
            .is_some_and(|p| matches!(p.kind, Kind::Map { flow: true, .. } | Kind::List { flow: true, .. }))
    }

    fn lines(&self, text: &str) -> String {
        text.trim_end_matches('\n').replace('\n', self.newline())
    }

    /// The comment at the end of a line, with the whitespace before it.
    fn comment_of_line(&self, at: usize) -> &str {
        let end = self.line_end(at);
        let first = self.document.comments.partition_point(|comment| comment.start < at);
        let comment = self.document.comments.get(first).filter(|comment| comment.start < end);
        comment.map_or("", |comment| {
            let before = self.text[at..comment.start].trim_end_matches([' ', '\t']).len();
            &self.text[at + before..end]
        })
    }

    /// What follows a key's colon: a value on the same line or on the lines below.
    fn value_lines(&self, value: &Yaml, column: usize, comment: &str) -> String {
        let text = match value {
            Yaml::List(items) if !items.is_empty() => {
                value.to_text(column + self.dash_width(), Guard::Nothing)
            }
            Yaml::Map(entries) if !entries.is_empty() => {
                value.to_text(column + self.step_width(), Guard::Nothing)
            }
            other => return format!(" {}{comment}", other.to_text(0, Guard::Nothing).trim_end()),
        };
        format!("{comment}{}{}", self.newline(), self.lines(&text))
    }

    /// Adds entries to the node.
    pub(super) fn insert(&self, additions: &Additions) -> Result<Splice, Refusal> {
        let Some(node) = self.node else { return Ok(self.append_root(additions)) };
        match &node.kind {
            Kind::Map { entries, flow, .. } if !entries.is_empty() => {
                if *flow {
                    return Ok(self.insert_flow(node, additions));
                }
                let column = self.column(entries[0].0.start);
                let last = &entries[entries.len() - 1];
                let apart = entries.len() > 1 && self.is_apart(last.0.start);
                let texts = additions.iter().map(|addition| self.entry_text(addition, column));
                Ok(self.insert_lines(self.colon(&last.0).max(last.1.end), column, texts, apart))
            }
            Kind::List { items, flow } if !items.is_empty() => {
                if *flow {
                    return Ok(self.insert_flow(node, additions));
                }
                let column = self.column(self.dash(&items[0]));
                let last = &items[items.len() - 1];
                let apart = items.len() > 1 && self.is_apart(self.dash(last));
                let texts = additions.iter().map(|addition| {
                    self.lines(&Yaml::List(vec![addition.value.clone()]).to_text(column, Guard::Nothing))
                });
                Ok(self.insert_lines(last.end, column, texts, apart))
            }
            _ => self.insert_first(node, additions),
        }
    }

    fn entry_text(&self, addition: &Addition, column: usize) -> String {
        let key = addition.at.key().unwrap_or_default();
        let (pad, key) = (" ".repeat(column), scalar(key, Guard::Nothing));
        format!("{pad}{key}:{}", self.value_lines(&addition.value, column, ""))
    }

    /// Whether there is a blank line above an entry, or above its comment.
    fn is_apart(&self, at: usize) -> bool {
        let mut above = self.text[..self.line_start(at)].lines().rev().map(str::trim);
        above.find(|line| !line.starts_with('#')).is_some_and(str::is_empty)
    }

    /// Adds lines after an entry, with a blank line before each if its siblings have one.
    fn insert_lines(
        &self,
        after: usize,
        column: usize,
        texts: impl Iterator<Item = String>,
        apart: bool,
    ) -> Splice {
        let after = after.min(self.text.len());
        let end = if column == 0 { self.line_end(after) } else { self.entry_end(after, column) };
        let gap = if apart { self.newline() } else { "" };
        let with = texts.map(|text| format!("{gap}{}{text}", self.newline())).collect::<String>();
        splice(end..end, with)
    }

    fn insert_flow(&self, node: &Node, additions: &Additions) -> Splice {
        let bracket = node.end - 1;
        let before = self.text[node.start..bracket].trim_end();
        let at = node.start + before.len();
        let comma = if before.ends_with(',') || before.len() == 1 { "" } else { "," };
        let blank = if before.len() == 1 { "" } else { " " };
        let texts: Vec<String> = additions
            .iter()
            .map(|addition| match &addition.at {
                Segment::Named(_) => inline(&addition.value),
                Segment::Key(key) => format!("{}: {}", flow_key(key), inline(&addition.value)),
            })
            .collect();
        splice(at..at, format!("{comma}{blank}{}", texts.join(", ")))
    }

    /// Adds the first entries to an empty value, `~`, `{}` or `[]`; replaces the token and keeps the
    /// line's comment.
    fn insert_first(&self, node: &Node, additions: &Additions) -> Result<Splice, Refusal> {
        let inside = self.document.comments.iter().any(|c| node.start < c.start && c.end < node.end);
        if (inside || self.in_flow()) && !node.is_null() {
            return Ok(self.insert_flow(node, additions));
        }
        let Some(key) = self.key else {
            if self.depth > 0 {
                return refuse("an element of a list is empty here", node.start..node.end);
            }
            if node.start == node.end {
                return Ok(self.append_root(additions));
            }
            let text = self.root_text(additions);
            return Ok(splice(node.start..node.end, text.trim_end()));
        };
        let value = nested(additions);
        let column = self.column(key.start);
        let colon = self.colon(key) + 1;
        let comment = self.comment_of_line(colon);
        let properties = match node.is_null() && node.text() == Some("") {
            true => "",
            false => self.text[colon..node.start.max(colon)].trim_end(),
        };
        let body = self.value_lines(&value, column, "");
        Ok(splice(colon..self.line_end(self.node_end()), format!("{properties}{comment}{body}")))
    }

    fn root_text(&self, additions: &Additions) -> String {
        let line = |addition: &Addition| self.entry_text(addition, 0) + self.newline();
        additions.iter().map(line).collect()
    }

    fn append_root(&self, additions: &Additions) -> Splice {
        let before = &self.text[..self.document.end.min(self.text.len())];
        let fresh = before.is_empty() || before.ends_with('\n') || before == "\u{FEFF}";
        let gap = if fresh { "" } else { self.newline() };
        splice(before.len()..before.len(), format!("{gap}{}", self.root_text(additions)))
    }

    /// Removes the entry and the comment lines that belong to it.
    pub(super) fn remove(&self) -> Result<Splice, Refusal> {
        let (Some(parent), Some(node)) = (self.parent, self.node) else {
            return refuse("the whole file can't be removed", 0..0);
        };
        if self.in_flow() {
            return Ok(self.remove_flow(parent));
        }
        if !matches!(parent.kind, Kind::Map { .. } | Kind::List { .. }) {
            return refuse("nothing can be removed here", node.start..node.end);
        }
        let end = self.entry_end(self.node_end(), self.column(self.start) + 1);
        let line = self.line_start(self.start);
        let next = self.next_line(end);
        if !self.text[line..self.start].trim().is_empty() {
            // The first entry of an element follows its dash, so the next entry takes its place.
            let rest = self.text[next..].trim_start_matches([' ', '\t']);
            return Ok(splice(self.start..self.text.len() - rest.len(), ""));
        }
        if next >= self.text.len() && !self.text.ends_with('\n') {
            return Ok(splice(line.saturating_sub(self.newline().len())..self.text.len(), ""));
        }
        // If there are blank lines both above and below the entry, one is removed with it.
        let blank = |line: &str| line.trim().is_empty();
        let alone = blank(&self.text[next..self.line_end(next).max(next)]);
        let above = self.line_start(line.saturating_sub(1));
        let apart = line > 0 && blank(&self.text[above..line]) && alone;
        Ok(splice(if apart { above } else { line }..next, ""))
    }

    fn remove_flow(&self, parent: &Node) -> Splice {
        let (start, end) = (self.start, self.node_end());
        let after = &self.text[end..parent.end];
        let blanks = after.len() - after.trim_start().len();
        if after.trim_start().starts_with(',') {
            let tail = &after[blanks + 1..];
            let more = tail.len() - tail.trim_start().len();
            return splice(start..end + blanks + 1 + more, "");
        }
        let before = self.text[..start].trim_end();
        splice(if before.ends_with(',') { before.len() - 1 } else { start }..end, "")
    }
}

/// Combines additions into one value: a list if they are list elements, else a map.
fn nested(additions: &Additions) -> Yaml {
    let entry = |addition: &Addition| Some(Entry::new(addition.at.key()?, addition.value.clone()));
    match additions.iter().map(entry).collect::<Option<Vec<Entry>>>() {
        Some(entries) => Yaml::Map(entries),
        None => Yaml::List(additions.iter().map(|addition| addition.value.clone()).collect()),
    }
}

/// Adds a value, with the missing part of its path.
pub(super) fn add(additions: &mut Additions, missing: &[Segment], value: &Yaml) {
    let Some((first, rest)) = missing.split_first() else { return };
    // Entries of the same map are consecutive, so the last addition is the map to add to.
    if let Some(last) = additions.last_mut()
        && last.at == *first
        && add_below(&mut last.value, rest, value)
    {
        return;
    }
    additions.push(Addition { at: first.clone(), value: wrapped(rest, value) });
}

/// Adds a value inside another added value; returns false if it does not fit there.
fn add_below(target: &mut Yaml, missing: &[Segment], value: &Yaml) -> bool {
    match (target, missing) {
        (Yaml::Map(entries), [Segment::Key(key), rest @ ..]) => {
            let added = match entries.last_mut() {
                Some(last) if last.key == *key => add_below(&mut last.value, rest, value),
                _ => false,
            };
            if !added {
                entries.push(Entry::new(key, wrapped(rest, value)));
            }
            true
        }
        (Yaml::List(items), [Segment::Named(_)]) => {
            items.push(value.clone());
            true
        }
        _ => false,
    }
}

/// Wraps a value in the maps and lists of its path.
fn wrapped(path: &[Segment], value: &Yaml) -> Yaml {
    path.iter().rev().fold(value.clone(), |inner, segment| match segment {
        Segment::Named(_) => Yaml::List(vec![inner]),
        Segment::Key(key) => Yaml::map([(key.as_str(), inner)]),
    })
}

fn flow_key(key: &str) -> String {
    inline(&Yaml::string(key))
}

/// Formats a value on one line.
fn inline(value: &Yaml) -> String {
    match value {
        Yaml::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|e| format!("{}: {}", flow_key(&e.key), inline(&e.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Yaml::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Yaml::String(text) | Yaml::Block(text) if text.contains(',') => quoted(text, Guard::Nothing),
        Yaml::Tagged(tag, inner) => format!("{tag} {}", inline(inner)),
        other => other.to_text(0, Guard::Nothing).trim_end().to_owned(),
    }
}
