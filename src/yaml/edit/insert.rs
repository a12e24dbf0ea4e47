//! Adds entries to a collection, after what is there and the comments that trail it.

use super::super::events::{Kind, Node};
use super::super::path::Segment;
use super::super::scalar::{Guard, scalar};
use super::super::write::Yaml;
use super::additions::{Addition, Additions, nested};
use super::splice::{Splice, flow_key, inline, splice};
use super::walk::Walk;
use super::{Refusal, refuse};

impl Walk<'_> {
    /// Adds entries to the node.
    pub(super) fn insert(&self, additions: &Additions) -> Result<Vec<Splice>, Refusal> {
        let Some(node) = self.node else { return Ok(vec![self.append_root(additions)]) };
        self.changeable()?;
        match &node.kind {
            Kind::Map { entries, flow, .. } if !entries.is_empty() => {
                if *flow {
                    let (key, value) = &entries[entries.len() - 1];
                    return Ok(vec![self.insert_flow(node, Some(key.end.max(value.end)), additions)]);
                }
                let column = self.column_of_key(&entries[0].0);
                let (key, value) = &entries[entries.len() - 1];
                let apart = entries.len() > 1
                    && self.is_apart(key.start)
                    && !self.keeps_blanks(value, self.colon(key));
                let texts = additions.iter().map(|addition| self.entry_text(addition, column));
                Ok(vec![self.insert_lines(self.end_of_entry(key, value), texts, apart)])
            }
            Kind::List { items, flow } if !items.is_empty() => {
                let last = &items[items.len() - 1];
                if *flow {
                    return Ok(vec![self.insert_flow(node, Some(last.end), additions)]);
                }
                let column = self.column(self.dash(&items[0]));
                let apart = items.len() > 1
                    && self.is_apart(self.dash(last))
                    && !self.keeps_blanks(last, self.dash(last));
                let texts = additions.iter().map(|addition| {
                    self.lines(&Yaml::List(vec![addition.value.clone()]).to_text(column, Guard::Nothing))
                });
                Ok(vec![self.insert_lines(last.end, texts, apart)])
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

    /// Whether a node ends in a text that keeps its blank lines (`|+`): another one would become part of it.
    fn keeps_blanks(&self, node: &Node, from: usize) -> bool {
        match &node.kind {
            Kind::Scalar { plain: false, .. } => {
                let header = self.text[from..node.start.max(from)].lines().next().unwrap_or_default();
                let header = header.split('#').next().unwrap_or_default();
                header.contains(['|', '>']) && header.contains('+')
            }
            Kind::Map { entries, flow: false, .. } => {
                entries.last().is_some_and(|(key, value)| self.keeps_blanks(value, self.colon(key)))
            }
            Kind::List { items, flow: false } => {
                items.last().is_some_and(|item| self.keeps_blanks(item, self.dash(item)))
            }
            _ => false,
        }
    }

    /// Adds lines after an entry, with a blank line before each if its siblings have one.
    fn insert_lines(&self, after: usize, texts: impl Iterator<Item = String>, apart: bool) -> Splice {
        let after = after.min(self.text.len());
        let end = self.end_with_comments(after);
        let gap = if apart { self.newline() } else { "" };
        let with = texts.map(|text| format!("{gap}{}{text}", self.newline())).collect::<String>();
        splice(end..end, with)
    }

    /// Adds entries in flow style after the last one, which ends at `last`.
    fn insert_flow(&self, node: &Node, last: Option<usize>, additions: &Additions) -> Splice {
        let bracket = node.end - 1;
        let texts: Vec<String> = additions
            .iter()
            .map(|addition| match &addition.at {
                Segment::Named(_) => inline(&addition.value),
                Segment::Key(key) => format!("{}: {}", flow_key(key), inline(&addition.value)),
            })
            .collect();
        let text = texts.join(", ");
        let Some(last) = last else {
            let line = self.line_start(bracket);
            // A comment inside the brackets ends with its line.
            return match self.comments_in(node.start..bracket).last() {
                Some(comment) if comment.start >= line => {
                    splice(bracket..bracket, format!("{}{text}", self.newline()))
                }
                Some(comment) => {
                    let pad = " ".repeat(self.column(comment.start));
                    splice(line..line, format!("{pad}{text}{}", self.newline()))
                }
                None => splice(node.start + 1..node.start + 1, text),
            };
        };
        let rest = &self.text[last..bracket];
        match rest.trim_start().starts_with(',') {
            true => {
                let at = last + rest.find(',').map_or(0, |comma| comma + 1);
                splice(at..at, format!(" {text},"))
            }
            false => splice(last..last, format!(", {text}")),
        }
    }

    /// Adds the first entries to an empty value, `~`, `{}` or `[]`: replaces the token, keeps the comment
    /// of its line, and adds the entries below the comments that follow.
    fn insert_first(&self, node: &Node, additions: &Additions) -> Result<Vec<Splice>, Refusal> {
        let inside = !self.comments_in(node.start..node.end.max(node.start)).is_empty();
        if (inside || self.in_flow()) && !node.is_null() {
            return Ok(vec![self.insert_flow(node, None, additions)]);
        }
        let Some(key) = self.key else {
            if self.depth > 0 {
                return refuse("an element of a list is empty here", node.start..node.end);
            }
            if node.start == node.end {
                return Ok(vec![self.append_root(additions)]);
            }
            if self.comment_of_line(node.end).is_empty() {
                return Ok(vec![splice(node.start..node.end, self.root_text(additions))]);
            }
            // The comment of its line stays above the entries.
            let end = self.end_with_comments(node.end);
            let text = format!("{}{}", self.newline(), self.root_text(additions));
            return Ok(vec![splice(node.start..node.end, ""), splice(end..end, text)]);
        };
        let column = self.column(key.start);
        let colon = self.colon(key) + 1;
        let filled = node.start < node.end;
        let properties = if filled { self.text[colon..node.start.max(colon)].trim_end() } else { "" };
        let end = self.node_end();
        let lines = self.value_lines(&nested(additions), column, "");
        let at = self.end_with_comments(end);
        if at == self.line_end(end) {
            let comment = self.comment_of_line(end);
            return Ok(vec![splice(colon..at, format!("{properties}{comment}{lines}"))]);
        }
        let mut splices = vec![splice(at..at, lines)];
        if filled {
            splices.push(splice(colon..end, properties));
        }
        Ok(splices)
    }

    fn root_text(&self, additions: &Additions) -> String {
        let lines: Vec<String> = additions.iter().map(|addition| self.entry_text(addition, 0)).collect();
        lines.join(self.newline())
    }

    /// Adds the first entries of a document, after its comments.
    fn append_root(&self, additions: &Additions) -> Splice {
        let at = self.document.end.min(self.text.len());
        let before = &self.text[..at];
        let (gap, end) = match before {
            "" => ("", self.newline()),
            _ if before.ends_with('\n') => ("", self.newline()),
            _ => (self.newline(), ""),
        };
        splice(at..at, format!("{gap}{}{end}", self.root_text(additions)))
    }
}
