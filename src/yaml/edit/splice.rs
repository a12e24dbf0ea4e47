//! A change of the text, and how values are printed in the style of the file around them.

use super::super::events::Kind;
use super::super::scalar::{Guard, quoted};
use super::super::write::Yaml;
use super::walk::Walk;
use std::ops::Range;

/// A range of the text and its replacement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) with: String,
}

pub(super) fn splice(range: Range<usize>, with: impl Into<String>) -> Splice {
    Splice { range, with: with.into() }
}

impl Walk<'_> {
    pub(super) fn in_flow(&self) -> bool {
        self.parent
            .is_some_and(|p| matches!(p.kind, Kind::Map { flow: true, .. } | Kind::List { flow: true, .. }))
    }

    /// Printed text with the file's line ends, without the last.
    pub(super) fn lines(&self, text: &str) -> String {
        text.trim_end_matches('\n').replace('\n', self.newline())
    }

    /// The comment at the end of a line, with the whitespace before it.
    pub(super) fn comment_of_line(&self, at: usize) -> &str {
        let end = self.line_end(at);
        self.comments_in(at..end).first().map_or("", |comment| {
            let before = self.text[at..comment.start].trim_end_matches([' ', '\t']).len();
            &self.text[at + before..end]
        })
    }

    /// What follows a key's colon: a value on the same line or on the lines below.
    pub(super) fn value_lines(&self, value: &Yaml, column: usize, comment: &str) -> String {
        let tag = |tag: &str| if tag.is_empty() { String::new() } else { format!(" {tag}") };
        let (mark, inner) = match value {
            Yaml::Tagged(mark, inner) => (*mark, &**inner),
            value => ("", value),
        };
        let text = match inner {
            Yaml::List(items) if !items.is_empty() => {
                inner.to_text(column + self.dash_width(), Guard::Nothing)
            }
            Yaml::Map(entries) if !entries.is_empty() => {
                inner.to_text(column + self.step_width(), Guard::Nothing)
            }
            other => {
                return format!("{} {}{comment}", tag(mark), other.to_text(0, Guard::Nothing).trim_end());
            }
        };
        format!("{}{comment}{}{}", tag(mark), self.newline(), self.lines(&text))
    }

    /// Comments as lines of their own, each with a newline before it.
    pub(super) fn comment_lines(&self, comments: &[Range<usize>], column: usize) -> String {
        let line = |comment: &Range<usize>| {
            format!("{}{}{}", self.newline(), " ".repeat(column), self.text[comment.clone()].trim_end())
        };
        comments.iter().map(line).collect()
    }
}

/// A key in flow style.
pub(super) fn flow_key(key: &str) -> String {
    inline(&Yaml::string(key))
}

/// Formats a value on one line.
pub(super) fn inline(value: &Yaml) -> String {
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
