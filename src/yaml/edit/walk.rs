//! Follows the path of an entry: which part of it exists, and where that is in the text.

use super::super::events::{Document, Kind, Node};
use super::super::meaning::{self, Anchors};
use super::super::path::Segment;
use super::{Refusal, refuse};
use std::ops::Range;

/// The deepest existing node on the path of an entry.
pub(super) struct Walk<'a> {
    pub(super) text: &'a str,
    pub(super) document: &'a Document,
    /// How many segments of the path exist.
    pub(super) depth: usize,
    /// The node there; `None` if the document is empty.
    pub(super) node: Option<&'a Node>,
    /// Start of its entry: the key or the dash.
    pub(super) start: usize,
    /// Its key; `None` for the root and for list elements.
    pub(super) key: Option<&'a Node>,
    /// The collection that contains it.
    pub(super) parent: Option<&'a Node>,
    /// The outermost node on the way whose anchor is used elsewhere.
    shared: Option<&'a Node>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a str, document: &'a Document, path: &[Segment]) -> Result<Self, Refusal> {
        let start = document.root.as_ref().map_or(0, |root| root.start);
        let mut walk = Walk {
            text,
            document,
            depth: 0,
            node: document.root.as_ref(),
            start,
            key: None,
            parent: None,
            shared: None,
        };
        for segment in path {
            let Some(node) = walk.node else { break };
            if let Kind::Alias(_) = node.kind {
                return refuse(
                    "this is an alias: an edit would change its anchor elsewhere",
                    node.start..node.end,
                );
            }
            walk.note_shared(node);
            match walk.step(node, segment)? {
                Some((start, key, child)) => {
                    walk.parent = Some(node);
                    (walk.start, walk.key, walk.node) = (start, key, Some(child));
                    walk.depth += 1;
                }
                None => {
                    walk.merged(node)?;
                    break;
                }
            }
        }
        if let Some(node) = walk.node {
            walk.note_shared(node);
        }
        Ok(walk)
    }

    fn note_shared(&mut self, node: &'a Node) {
        let root = self.document.root.as_ref();
        let used = node.anchor != 0 && root.is_some_and(|root| root.uses_of(node.anchor) > 0);
        self.shared = self.shared.or(used.then_some(node));
    }

    /// Checks that a change here changes nothing elsewhere.
    pub(super) fn changeable(&self) -> Result<(), Refusal> {
        match self.shared {
            Some(node) => refuse(
                "this has an anchor that is used elsewhere, and would change there too",
                node.start..node.end,
            ),
            None => Ok(()),
        }
    }

    /// The byte range to blame where an edit of this place fails.
    pub(super) fn place(&self) -> Range<usize> {
        match (self.key, self.node) {
            (Some(key), _) => key.start..key.end,
            (None, Some(node)) => {
                node.start..self.line_end(node.start).max(node.start).min(node.end.max(node.start))
            }
            (None, None) => 0..0,
        }
    }

    /// Refuses a map with `<<`, which could take the key from another map.
    pub(super) fn merged(&self, node: &Node) -> Result<(), Refusal> {
        match node.entries_of("<<").first() {
            Some((key, _)) => refuse("`<<` merges in entries from elsewhere", key.start..key.end),
            None => Ok(()),
        }
    }

    #[expect(clippy::type_complexity, reason = "a place, its key and its value: said once")]
    pub(super) fn step(
        &self,
        node: &'a Node,
        segment: &Segment,
    ) -> Result<Option<(usize, Option<&'a Node>, &'a Node)>, Refusal> {
        match (&node.kind, segment) {
            (Kind::List { .. }, Segment::Key(_)) => {
                refuse("expected a map, found a list", node.start..node.end)
            }
            (Kind::List { items, flow }, Segment::Named(value)) => {
                let chosen = |item: &&Node| node.name_of(item) == Some(value);
                let mut found = items.iter().filter(chosen);
                let first = found.next();
                if let Some(second) = found.next() {
                    return refuse(format!("two elements have the name `{value}`"), second.start..second.end);
                }
                Ok(first.map(|item| (if *flow { item.start } else { self.dash(item) }, None, item)))
            }
            (Kind::Map { entries, .. }, Segment::Named(_)) if !entries.is_empty() => {
                refuse("expected a list, found a map", node.start..node.end)
            }
            (Kind::Map { .. }, Segment::Named(_)) => Ok(None),
            (Kind::Map { .. }, Segment::Key(name)) => match node.entries_of(name).as_slice() {
                [] => Ok(None),
                [(key, value)] => {
                    let before = self.text[self.line_start(key.start)..key.start].trim_start();
                    // In `? key`, on one line or more, and in `{key}`, no colon follows the key.
                    let after = self.text[key.end..].trim_start_matches([' ', '\t']);
                    if before.starts_with('?') || !after.starts_with(':') {
                        return refuse(
                            "a key is written with `?` here, or without a colon",
                            key.start..key.end,
                        );
                    }
                    Ok(Some((key.start, Some(key), value)))
                }
                [_, (key, _), ..] => refuse(format!("duplicate key `{name}`"), key.start..key.end),
            },
            _ if node.is_null() => Ok(None),
            _ => refuse(
                if self.depth == 0 {
                    "the file is not a map"
                } else {
                    "expected a map, found a single value"
                },
                node.start..node.end,
            ),
        }
    }

    // --------------------------------------------------------------------------------- geometry

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |n| n + 1)
    }

    /// The end of a line, excluding its newline.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let end = self.text[at..].find('\n').map_or(self.text.len(), |n| at + n);
        if self.text[..end].ends_with('\r') && end > at { end - 1 } else { end }
    }

    pub(super) fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |n| at + n + 1)
    }

    pub(super) fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    /// The position of the dash before an element of a block list.
    pub(super) fn dash(&self, item: &Node) -> usize {
        self.text[..item.start].rfind('-').unwrap_or(item.start)
    }

    pub(super) fn newline(&self) -> &'static str {
        // Use the line ending of the line itself, else of the line before.
        let end = self.node_end().min(self.text.len());
        let own = self.text[end..].find('\n').map(|at| end + at);
        let before = own.or_else(|| self.text[..end].rfind('\n'));
        if before.is_some_and(|at| self.text[..at].ends_with('\r')) { "\r\n" } else { "\n" }
    }

    pub(super) fn node_end(&self) -> usize {
        // An empty value has no place of its own.
        let filled =
            self.node.filter(|node| self.key.is_none() || node.text() != Some("") || node.start < node.end);
        let end = filled.map_or(0, |node| node.end);
        // An empty value ends right after the key's colon.
        end.max(self.key.map_or(0, |key| self.colon(key) + 1))
    }

    /// The column of the entries of a block map; a complex key follows a question mark.
    pub(super) fn column_of_key(&self, key: &Node) -> usize {
        let line = self.line_start(key.start);
        let before = &self.text[line..key.start];
        match before.rfind('?').filter(|at| before[at + 1..].trim().is_empty()) {
            Some(at) => self.column(line + at),
            None => self.column(key.start),
        }
    }

    /// The end of an entry of a map; an empty value ends with the key's colon.
    pub(super) fn end_of_entry(&self, key: &Node, value: &Node) -> usize {
        let colon = self.colon(key) + 1;
        if value.text() == Some("") && value.start == value.end { colon } else { colon.max(value.end) }
    }

    /// The digest of a node of the document.
    pub(super) fn digest(&self, node: &Node) -> String {
        meaning::digest_of_node(node, &if node.has_alias() { self.anchors() } else { Anchors::new() })
    }

    /// The anchored nodes of the document.
    pub(super) fn anchors(&self) -> Anchors<'a> {
        let mut found = Anchors::new();
        if let Some(root) = &self.document.root {
            meaning::anchors(root, &mut found);
        }
        found
    }

    pub(super) fn value_start(&self) -> usize {
        self.node.map_or(0, |node| node.start).max(self.key.map_or(0, |key| self.colon(key) + 1))
    }

    pub(super) fn colon(&self, key: &Node) -> usize {
        self.text[key.end..].find(':').map_or(key.end, |n| key.end + n)
    }

    /// Where an entry goes that follows one ending at `node_end`: the end of that entry's last line, or of
    /// the last comment that trails it, so that no comment comes to stand below the new entry. Comments
    /// that lead the next entry are not passed.
    pub(super) fn end_with_comments(&self, node_end: usize) -> usize {
        let mut lines: Vec<Range<usize>> = Vec::new();
        let (mut at, mut apart, mut attached) = (self.next_line(node_end), true, true);
        let mut next = None;
        // The lines of the run of comments directly above the next entry.
        let mut run = 0;
        while at < self.document.end && at < self.text.len() {
            let line = &self.text[at..self.line_end(at)];
            let trimmed = line.trim_start();
            match trimmed.chars().next() {
                None => (run, attached) = (0, false),
                Some('#') => {
                    apart = if run == 0 { !attached } else { apart };
                    run += 1;
                    lines.push(at + (line.len() - trimmed.len())..self.line_end(at));
                }
                Some(_) => {
                    next = Some(line.len() - trimmed.len());
                    break;
                }
            }
            at = self.next_line(at);
        }
        let leads = |line: &&Range<usize>| {
            // A key that was commented out right below the entry belongs to it.
            let commented_out = !apart && self.text[line.start + 1..line.end].starts_with("  ");
            next == Some(self.column(line.start)) && !commented_out
        };
        let leading = lines.iter().rev().take(run).take_while(leads).count();
        lines.truncate(lines.len() - leading);
        lines.last().map_or_else(|| self.line_end(node_end), |line| line.end)
    }

    /// The comments below a node, up to the next entry, that stand further right than `column`.
    pub(super) fn hanging_comments(&self, node_end: usize, column: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = self.next_line(node_end);
        while at < self.document.end && at < self.text.len() {
            let line = &self.text[at..self.line_end(at)];
            let trimmed = line.trim_start();
            let indent = line.len() - trimmed.len();
            match trimmed.chars().next() {
                Some('#') if indent > column => found.push(at + indent),
                None => {}
                Some(_) => break,
            }
            at = self.next_line(at);
        }
        found
    }

    /// The comments that begin in a range.
    pub(super) fn comments_in(&self, range: Range<usize>) -> &'a [Range<usize>] {
        let comments = &self.document.comments;
        let first = comments.partition_point(|comment| comment.start < range.start);
        let last = comments.partition_point(|comment| comment.start < range.end);
        &comments[first..last.max(first)]
    }

    /// The file's indentation step, or 2 if it has none.
    pub(super) fn step_width(&self) -> usize {
        fn find(walk: &Walk, node: &Node) -> Option<usize> {
            let Kind::Map { entries, flow: false, .. } = &node.kind else { return None };
            entries.iter().find_map(|(key, value)| match &value.kind {
                Kind::Map { flow: false, .. } => {
                    let step = walk.column(value.start).checked_sub(walk.column(key.start))?;
                    if step > 0 { Some(step) } else { find(walk, value) }
                }
                _ => None,
            })
        }
        self.document.root.as_ref().and_then(|root| find(self, root)).unwrap_or(2)
    }

    /// How far the file indents list dashes from their key, or 2 if it has no lists.
    pub(super) fn dash_width(&self) -> usize {
        fn find(walk: &Walk, node: &Node) -> Option<usize> {
            let Kind::Map { entries, flow: false, .. } = &node.kind else { return None };
            entries.iter().find_map(|(key, value)| match &value.kind {
                Kind::List { flow: false, items } => {
                    walk.column(walk.dash(items.first()?)).checked_sub(walk.column(key.start))
                }
                Kind::Map { .. } => find(walk, value),
                _ => None,
            })
        }
        self.document.root.as_ref().and_then(|root| find(self, root)).unwrap_or(2)
    }
}
