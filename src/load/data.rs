//! Data files, YAML 1.2 or JSON: every value with its span.

use super::problems::{DATA, EXPANDS};
use crate::diagnostics::Report;
use crate::source::{ChunkId, FileId, SourceMap, Span};
use crate::yaml::located::{self, Located};
use std::ops::Range;

pub use crate::yaml::located::Data;

/// Most values of a file, aliases expanded.
pub const MAX_VALUES: usize = 1_000_000;

/// The data of a file.
#[derive(Debug)]
pub struct Node {
    /// Its root.
    pub root: Located,
    chunk: ChunkId,
}

impl Node {
    /// The span of a range of the file.
    pub fn span(&self, range: &Range<usize>) -> Span {
        Span { chunk: self.chunk, start: range.start as u32, end: range.end as u32 }
    }
}

/// Reads a file of the map; what it is not is reported.
pub(super) fn read(file: FileId, map: &mut SourceMap, problems: &mut Vec<Report>) -> Option<Node> {
    let chunk = map.add_chunk(file, 0, Vec::new());
    let name = &map.file(file).name;
    let span = |range: Range<usize>| Span { chunk, start: range.start as u32, end: range.end as u32 };
    match located::read(&map.file(file).text) {
        Ok(root) if root.size > MAX_VALUES => {
            problems.push(
                Report::error(&EXPANDS, format!("`{name}` has more than 1 000 000 values"))
                    .at(span(0..0), "with its aliases expanded")
                    .help("split it, or use fewer aliases"),
            );
            None
        }
        Ok(root) => Some(Node { root, chunk }),
        Err(refused) => {
            problems.push(
                Report::error(&DATA, format!("`{name}` can't be read as data"))
                    .at(span(refused.at), refused.reason),
            );
            None
        }
    }
}
