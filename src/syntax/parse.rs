//! Text to tree, chunk by chunk.

use super::grammar::{Rule, Vms};
use super::lower::Lower;
use super::problems::UNREADABLE;
use super::scan::scan;
use super::tree::{Chunk, Ids, Tree};
use crate::diagnostics::Report;
use crate::source::offset;
use crate::source::{FileId, SourceMap, Span};
use pest::Parser;

/// Parses a file of `map`. What can't be read is left out of the tree and reported; the problems
/// come in no order.
pub fn parse(file: FileId, map: &mut SourceMap) -> (Tree, Vec<Report>) {
    let mut problems = Vec::new();
    let text = std::mem::take(map.text_mut(file));
    let raw = scan(&text, file, map, &mut problems);
    let mut chunks = Vec::with_capacity(raw.len());
    for piece in raw {
        let (items, ids) = match Vms::parse(Rule::chunk, &piece.text) {
            Ok(pairs) => {
                let mut lower = Lower::new(&piece);
                let items = lower.chunk(pairs);
                problems.append(&mut lower.problems);
                (items, lower.ids())
            }
            Err(error) => {
                let at = match error.location {
                    pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => {
                        offset(at)
                    }
                };
                let span = Span { chunk: piece.span.chunk, start: at, end: at + 1 };
                problems.push(Report::error(&UNREADABLE, "this can't be read").at(span, "from here on"));
                (Vec::new(), Ids::default())
            }
        };
        chunks.push(Chunk { span: piece.span, items, ids });
    }
    *map.text_mut(file) = text;
    (Tree { chunks }, problems)
}
