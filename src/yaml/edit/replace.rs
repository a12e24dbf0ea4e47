//! Replaces a value: a scalar where it stands, a list element by element. Comments and order stay.

use super::super::events::{Kind, Node};
use super::super::meaning;
use super::super::scalar::Guard;
use super::super::write::Yaml;
use super::remove::Gap;
use super::splice::{Splice, inline, splice};
use super::walk::Walk;
use super::{Refusal, refuse};
use similar::{Algorithm, DiffOp, capture_diff_slices};

impl Walk<'_> {
    /// Replaces an existing value; its key and all comments stay.
    pub(super) fn replace(&self, value: &Yaml) -> Result<Vec<Splice>, Refusal> {
        let Some(node) = self.node else { return refuse("nothing stands here", 0..0) };
        self.changeable()?;
        let value = value.plain();
        match (&node.kind, value) {
            (Kind::List { items, flow: false }, Yaml::List(new))
                if !items.is_empty() && !new.is_empty() && node.tag.is_empty() =>
            {
                Ok(self.replace_elements(node, items, new))
            }
            _ if self.in_flow() => self.replace_flow(value),
            (Kind::List { flow: true, .. }, Yaml::List(_))
                if node.tag.is_empty() && self.comments_in(node.start..node.end).is_empty() =>
            {
                Ok(vec![splice(node.start..node.end, inline(value))])
            }
            (Kind::Scalar { .. } | Kind::Alias(_), _) if is_inline(value) => self.replace_scalar(node, value),
            _ => self.replace_whole(value),
        }
    }

    fn replace_flow(&self, value: &Yaml) -> Result<Vec<Splice>, Refusal> {
        let range = self.value_start()..self.node_end();
        if let Some(comment) = self.comments_in(range.clone()).first() {
            return refuse(
                "a comment stands inside this value, which is written in brackets",
                comment.clone(),
            );
        }
        let blank = if self.text[..range.start].ends_with(':') { " " } else { "" };
        Ok(vec![splice(range, format!("{blank}{}", inline(value)))])
    }

    /// Replaces a scalar by one, with its tag.
    fn replace_scalar(&self, node: &Node, value: &Yaml) -> Result<Vec<Splice>, Refusal> {
        let empty = node.text() == Some("") && node.start == node.end;
        // The header of a block scalar stands before its text.
        let header = self.line_start(node.start) > self.start && !empty;
        let from = match self.key {
            // A tag goes with its value.
            Some(key) if empty || header || !node.tag.is_empty() => self.colon(key) + 1,
            _ => node.start,
        };
        let to = if empty { from } else { node.end };
        let comment: String = self
            .comments_in(from..to)
            .iter()
            .map(|comment| format!(" {}", &self.text[comment.clone()]))
            .collect();
        let blank = if self.text[..from].ends_with([':', '-']) { " " } else { "" };
        Ok(vec![splice(from..to, format!("{blank}{}{comment}", inline(value)))])
    }

    /// Replaces a value by one of another kind; comments inside it become lines below.
    fn replace_whole(&self, value: &Yaml) -> Result<Vec<Splice>, Refusal> {
        let column = self.column(self.start);
        let end = self.line_end(self.node_end());
        Ok(vec![match self.key {
            Some(key) => {
                let colon = self.colon(key) + 1;
                let first = self.comment_of_line(colon);
                let below = self.line_end(colon).min(end);
                let rest = if below < end { self.comments_in(below..end) } else { &[] };
                let kept = self.comment_lines(rest, column);
                splice(colon..end, format!("{}{kept}", self.value_lines(value, column, first)))
            }
            None => {
                let text = Yaml::List(vec![value.clone()]).to_text(column, Guard::Nothing);
                let kept = self.comment_lines(self.comments_in(self.start..end), column);
                splice(self.start..end, format!("{}{kept}", self.lines(&text).trim_start()))
            }
        }])
    }

    /// Changes a block list element by element, so that what stands beside the others stays.
    fn replace_elements(&self, list: &Node, items: &[Node], new: &[Yaml]) -> Vec<Splice> {
        let column = self.column(self.dash(&items[0]));
        let known = self.anchors();
        let old: Vec<String> = items.iter().map(|item| meaning::digest_of_node(item, &known)).collect();
        let wanted: Vec<String> = new.iter().map(meaning::digest_of).collect();
        let mut splices = Vec::new();
        for op in capture_diff_slices(Algorithm::Myers, &old, &wanted) {
            match op {
                DiffOp::Equal { .. } => {}
                DiffOp::Delete { old_index, old_len, .. } => {
                    for item in &items[old_index..old_index + old_len] {
                        splices.extend(self.without_element(item, column));
                    }
                }
                DiffOp::Insert { old_index, new_index, new_len } => {
                    splices.push(self.elements_at(
                        list,
                        items,
                        old_index,
                        &new[new_index..new_index + new_len],
                    ));
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    let both = old_len.min(new_len);
                    for (item, value) in items[old_index..].iter().zip(&new[new_index..new_index + both]) {
                        splices.push(self.other_element(item, value, column));
                    }
                    for item in &items[old_index + both..old_index + old_len] {
                        splices.extend(self.without_element(item, column));
                    }
                    if new_len > both {
                        let more = &new[new_index + both..new_index + new_len];
                        splices.push(self.elements_at(list, items, old_index + both, more));
                    }
                }
            }
        }
        splices
    }

    fn without_element(&self, item: &Node, column: usize) -> Vec<Splice> {
        self.without_lines(self.dash(item), item.end, column, Some(Gap { last: false, floor: 0 }))
    }

    /// Puts another element in the place of one.
    fn other_element(&self, item: &Node, value: &Yaml, column: usize) -> Splice {
        if matches!(item.kind, Kind::Scalar { .. })
            && item.tag.is_empty()
            && item.start < item.end
            && is_inline(value)
        {
            let inside = self.comments_in(item.start..item.end);
            let kept: String =
                inside.iter().map(|comment| format!(" {}", &self.text[comment.clone()])).collect();
            return splice(item.start..item.end, format!("{}{kept}", inline(value)));
        }
        let (dash, end) = (self.dash(item), self.line_end(item.end.max(self.dash(item) + 1)));
        let text = self.lines(&Yaml::List(vec![value.clone()]).to_text(column, Guard::Nothing));
        let kept = self.comment_lines(self.comments_in(dash..end), column);
        splice(dash..end, format!("{}{kept}", text.trim_start()))
    }

    /// Adds elements before the one at an index, or at the end.
    fn elements_at(&self, list: &Node, items: &[Node], at: usize, new: &[Yaml]) -> Splice {
        let column = self.column(self.dash(&items[0]));
        let text = new
            .iter()
            .map(|value| self.lines(&Yaml::List(vec![value.clone()]).to_text(column, Guard::Nothing)));
        match at.checked_sub(1).map(|before| &items[before]) {
            // Comments above the first element stay above it.
            None => {
                let line = self.line_start(self.key.map_or(list.start, |key| self.colon(key)));
                let first = self.line_start(self.dash(&items[0]));
                let at = if self.key.is_some() && line < first { self.next_line(line) } else { first };
                splice(at..at, text.map(|text| text + self.newline()).collect::<String>())
            }
            Some(before) => {
                let end = if at == items.len() {
                    self.end_with_comments(before.end)
                } else {
                    self.line_end(before.end.max(self.dash(before) + 1))
                };
                splice(end..end, text.map(|text| format!("{}{text}", self.newline())).collect::<String>())
            }
        }
    }
}

/// Whether a value is written on one line.
fn is_inline(value: &Yaml) -> bool {
    match value.plain() {
        Yaml::List(items) => items.is_empty(),
        Yaml::Map(entries) => entries.is_empty(),
        Yaml::Tagged(_, inner) => is_inline(inner),
        _ => true,
    }
}
