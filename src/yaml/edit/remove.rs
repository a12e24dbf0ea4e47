//! Removes entries. Comments stay, and so does every blank line that was not added with an entry.

use super::super::events::{Kind, Node};
use super::splice::{Splice, splice};
use super::walk::Walk;
use super::{Refusal, refuse};

/// Which blank line may go with an entry.
#[derive(Clone, Copy)]
pub(super) struct Gap {
    /// Whether the entry is the last of its collection.
    pub(super) last: bool,
    /// Where the entry before it ends: a text's own blank lines are no gap.
    pub(super) floor: usize,
}

impl Walk<'_> {
    /// Removes the entry. Comments on its lines stay, in its column.
    pub(super) fn remove(&self) -> Result<Vec<Splice>, Refusal> {
        let (Some(parent), Some(_)) = (self.parent, self.node) else {
            return refuse("the whole file can't be removed", 0..0);
        };
        self.changeable()?;
        if self.in_flow() {
            return Ok(vec![self.remove_flow(parent)]);
        }
        let before = match &parent.kind {
            Kind::Map { entries, .. } => {
                let at = entries.partition_point(|(key, _)| key.start < self.start);
                entries[..at].last().map(|(key, value)| self.end_of_entry(key, value))
            }
            Kind::List { items, .. } => {
                let at = items.partition_point(|item| item.end < self.start);
                items[..at].last().map(|item| item.end)
            }
            _ => None,
        };
        let gap = Gap { last: self.is_last_of(parent), floor: before.unwrap_or_default() };
        Ok(self.without_lines(self.start, self.node_end(), self.column(self.start), Some(gap)))
    }

    fn is_last_of(&self, parent: &Node) -> bool {
        match &parent.kind {
            Kind::Map { entries, .. } => entries.last().is_some_and(|(key, _)| key.start == self.start),
            Kind::List { items, flow } => {
                let start = |item: &Node| if *flow { item.start } else { self.dash(item) };
                items.last().is_some_and(|item| start(item) == self.start)
            }
            _ => false,
        }
    }

    /// Removes the lines of an entry, but for their comments, which stay in `column`, and those below it
    /// that would hang in the air. Without `gap`, no blank line goes with it.
    pub(super) fn without_lines(
        &self,
        start: usize,
        end: usize,
        column: usize,
        gap: Option<Gap>,
    ) -> Vec<Splice> {
        let end = self.line_end(end.max(start));
        let (line, next) = (self.line_start(start), self.next_line(end));
        let kept = self.comments_in(start..end);
        let pad = " ".repeat(column);
        let mut splices: Vec<Splice> = self
            .hanging_comments(end, column)
            .into_iter()
            .map(|comment| splice(self.line_start(comment)..comment, pad.clone()))
            .collect();
        if !self.text[line..start].trim().is_empty() {
            // The first entry of an element follows its dash, so the next entry takes its place.
            let rest = self.text[next..].trim_start_matches([' ', '\t']);
            let lines = self.comment_lines(kept, column);
            let with = match lines.trim_start() {
                "" => String::new(),
                comments => format!("{comments}{}{}", self.newline(), " ".repeat(self.column(start))),
            };
            splices.clear();
            splices.push(splice(start..self.text.len() - rest.len(), with));
            return splices;
        }
        if !kept.is_empty() {
            let lines = self.comment_lines(kept, column);
            splices.push(splice(line..end, lines.trim_start_matches(['\r', '\n'])));
            return splices;
        }
        // A blank line that stands above the last entry came with it, as did one of two around an entry.
        let blank = |from: usize| self.text[from..self.line_end(from).max(from)].trim().is_empty();
        let above = self.line_start(line.saturating_sub(1));
        let apart = gap.is_some_and(|gap| {
            let around = gap.last || next < self.text.len() && blank(next);
            line > 0 && above > gap.floor && blank(above) && around
        });
        // Where the blank line above is a text's own, the one below goes.
        let kept_above = gap.is_some_and(|gap| line > 0 && above <= gap.floor && blank(above));
        let next =
            if kept_above && next < self.text.len() && blank(next) { self.next_line(next) } else { next };
        let begin = if apart { above } else { line };
        let unended = next >= self.text.len() && !self.text.ends_with('\n');
        let newline = if unended && begin > 0 { self.newline().len() } else { 0 };
        splices.push(splice(begin.saturating_sub(newline)..next, ""));
        splices
    }

    /// Empties a collection: gives back the token that was there before, else `{}` or `[]`. Comments
    /// inside it stay.
    pub(super) fn empty(&self, token: &str) -> Result<Vec<Splice>, Refusal> {
        let Some(node) = self.node else { return refuse("nothing stands here", 0..0) };
        self.changeable()?;
        if self.in_flow() || matches!(node.kind, Kind::Map { flow: true, .. } | Kind::List { flow: true, .. })
        {
            return Ok(vec![self.empty_flow(node, token)]);
        }
        let first = match &node.kind {
            Kind::Map { entries, .. } => entries.first().map(|(key, _)| key.start),
            Kind::List { items, .. } => items.first().map(|item| self.dash(item)),
            _ => None,
        };
        let Some(first) = first else { return refuse("this is no collection", node.start..node.end) };
        match self.key {
            Some(key) => {
                let colon = self.colon(key) + 1;
                let blank = if token.is_empty() || token.trim().is_empty() || token.starts_with('\n') {
                    ""
                } else {
                    " "
                };
                let to = colon + self.text[colon..self.line_end(colon)].len();
                let raw = to - self.comment_of_line(colon).len();
                let mut splices = vec![splice(colon..raw, format!("{blank}{token}"))];
                splices.extend(self.without_lines(first, self.node_end(), self.column(self.start), None));
                Ok(splices)
            }
            None if self.depth == 0 => {
                let mut splices = self.without_lines(first, node.end, 0, None);
                // A comment that stood behind the token is indented now.
                let comment = self.comments_in(0..first).last().map(|comment| self.line_start(comment.start));
                let is_behind = |line: &usize| {
                    self.next_line(*line) == self.line_start(first) && self.text[*line..].starts_with(' ')
                };
                if let (Some(line), false) = (comment.filter(is_behind), token.is_empty()) {
                    splices.push(splice(line..line, token));
                } else if !token.is_empty()
                    && let Some(lines) = splices.last_mut()
                {
                    let line = lines.range.start;
                    let ended = self.text[lines.range.clone()].ends_with('\n');
                    let newline = if ended { self.newline() } else { "" };
                    let gap = if ended || line == 0 { "" } else { self.newline() };
                    lines.with = format!("{gap}{token}{newline}{}", lines.with);
                }
                Ok(splices)
            }
            None => refuse("an element of a list would be left empty", node.start..node.end),
        }
    }

    fn empty_flow(&self, node: &Node, token: &str) -> Splice {
        match self.comments_in(node.start..node.end).is_empty() {
            true => splice(node.start..node.end, token),
            // The comments stay between the brackets.
            false => {
                let (first, last) = match &node.kind {
                    Kind::Map { entries, .. } => (
                        entries.first().map(|(key, _)| key.start),
                        entries.last().map(|(key, value)| key.end.max(value.end)),
                    ),
                    Kind::List { items, .. } => {
                        (items.first().map(|item| item.start), items.last().map(|item| item.end))
                    }
                    _ => (None, None),
                };
                let (first, last) = (first.unwrap_or(node.start + 1), last.unwrap_or(node.start + 1));
                let line = self.line_start(first);
                let alone = self.text[line..first].trim().is_empty()
                    && self.text[last..self.line_end(last)].trim().is_empty();
                if alone { splice(line..self.next_line(last), "") } else { splice(first..last, "") }
            }
        }
    }

    /// An empty node as written, from its key's colon; `None` if the node is not empty.
    pub(super) fn empty_token(&self) -> Option<String> {
        let Some(node) = self.node else { return Some(String::new()) };
        let empty = match &node.kind {
            Kind::Map { entries, .. } => entries.is_empty(),
            Kind::List { items, .. } => items.is_empty(),
            _ => node.is_null(),
        };
        if !empty {
            return None;
        }
        Some(match self.key {
            Some(key) if !self.in_flow() => {
                let colon = self.colon(key) + 1;
                let end = self.node_end();
                let raw = &self.text[colon..end.max(colon)];
                let trailing = &self.text[end..self.line_end(end) - self.comment_of_line(end).len()];
                let raw = format!("{raw}{trailing}");
                match raw.strip_prefix(' ') {
                    Some(rest) if !rest.trim().is_empty() => rest.to_owned(),
                    _ => raw,
                }
            }
            _ => self.text[node.start..node.end.max(node.start)].to_owned(),
        })
    }

    fn remove_flow(&self, parent: &Node) -> Splice {
        let (start, end) = (self.start, self.node_end());
        let after = &self.text[end..parent.end];
        let blanks = after.len() - after.trim_start().len();
        if after.trim_start().starts_with(',') {
            let tail = &after[blanks + 1..];
            let more = tail.len() - tail.trim_start_matches([' ', '\t']).len();
            // A comment needs a blank before it.
            let more = if tail.trim_start().starts_with('#') { 0 } else { more };
            let before = self.text[..start].trim_end_matches([' ', '\t']);
            // The last entry of several gives up the blank before it.
            let last = before.ends_with(',') && self.is_last_of(parent);
            return splice(
                if last { before.len() } else { start }..end + blanks + 1 + if last { 0 } else { more },
                "",
            );
        }
        let before = self.text[..start].trim_end();
        splice(if before.ends_with(',') { before.len() - 1 } else { start }..end, "")
    }
}
