//! Reads data files (YAML 1.2 or JSON), with a span for every value.

use super::codes::{DATA, EXPANDS};
use crate::diagnostics::Diagnostic;
use crate::source::line_start;
use crate::source::offset;
use crate::source::{ChunkId, FileId, SourceMap, Span};
use crate::yaml::located::{self, Spanned};
use std::ops::Range;

pub use crate::yaml::located::Data;

/// Maximum number of values in a file, with aliases expanded.
pub const MAX_VALUES: usize = 1_000_000;

/// The data of a file.
#[derive(Clone, Debug)]
pub struct DataFile {
    /// The root value.
    pub root: Spanned,
    chunk: ChunkId,
}

impl DataFile {
    /// Converts a range of the file to a span.
    pub fn span(&self, range: &Range<usize>) -> Span {
        Span { chunk: self.chunk, start: offset(range.start), end: offset(range.end) }
    }
}

/// Reads a data file of the map, and reports why if it can't be read.
pub(super) fn read(file: FileId, map: &mut SourceMap, diagnostics: &mut Vec<Diagnostic>) -> Option<DataFile> {
    let chunk = map.add_chunk(file, 0, Vec::new());
    let name = &map.file(file).name;
    let text = &map.file(file).text;
    let span = |range: Range<usize>| Span { chunk, start: offset(range.start), end: offset(range.end) };
    if name.ends_with(".json")
        && let Some((at, why)) = no_json(text)
        && located::read(text).is_ok()
    {
        diagnostics.push(
            Diagnostic::error(&DATA, format!("`{name}` is not valid JSON"))
                .at(span(at), why)
                .help("write it as JSON, or call the file `.yaml` if it is meant as YAML"),
        );
        return None;
    }
    match located::read(text) {
        Ok(root) if root.size > MAX_VALUES => {
            diagnostics.push(
                Diagnostic::error(&EXPANDS, format!("`{name}` has more than 1 000 000 values"))
                    .at(span(0..0), "with its aliases expanded")
                    .help("split it, or use fewer aliases"),
            );
            None
        }
        Ok(root) => Some(DataFile { root, chunk }),
        Err(refused) => {
            diagnostics.push(
                Diagnostic::error(&DATA, format!("`{name}` can't be read as data"))
                    .at(span(refused.at), refused.reason),
            );
            None
        }
    }
}

/// Where and why a text that may be YAML is not JSON.
fn no_json(text: &str) -> Option<(Range<usize>, String)> {
    let mark = text.len() - text.trim_start_matches('\u{FEFF}').len();
    let error = serde_json::from_str::<serde::de::IgnoredAny>(&text[mark..]).err()?;
    // serde_json counts lines and columns (in bytes) from 1, and appends both to its message.
    let line = mark + line_start(&text[mark..], error.line().saturating_sub(1));
    let at = line + error.column().saturating_sub(1);
    let at = (mark..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
    let found = text[at..].chars().next();
    let message = error.to_string();
    let why = match (message.split(" at line ").next().unwrap_or_default(), found) {
        (_, Some('#' | '/')) => "JSON has no comments",
        ("key must be a string", Some('}')) => "trailing comma after the last entry",
        ("key must be a string", _) => "a key must be in double quotes",
        ("expected value", Some(']')) => "trailing comma after the last element",
        ("expected value" | "expected ident", _) => "not a JSON value",
        ("trailing characters", _) => "more than one value",
        ("EOF while parsing a value", _) => "expected a value",
        (other, _) => other,
    };
    Some((at..at + found.map_or(0, char::len_utf8), why.to_owned()))
}
