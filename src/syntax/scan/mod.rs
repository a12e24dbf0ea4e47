//! The byte scan before pest: cuts a file into chunks, one an item, and balances their brackets.
//!
//! A balanced item is never touched. In one that is out of balance, indentation says where a closer
//! was forgotten: it is put there, and the report stands at its opener. So the rest of the file
//! stays readable, and the nesting limit is known before pest recurses.

mod literal;
mod repair;
mod words;

use super::problems::{CONTROL, DEPTH, UNCLOSED, UNCLOSED_TEXT, UNOPENED};
use crate::diagnostics::Report;
use crate::source::offset;
use crate::source::{FileId, SourceMap, Span};
pub(super) use literal::{Literal, literal};
use repair::Repair;
use std::borrow::Cow;
use std::ops::Range;
use words::Words;

/// Deepest nesting of brackets and interpolations.
pub const MAX_DEPTH: usize = 64;

/// Longest chain of operators in an expression, or of `else if`.
pub const MAX_LINKS: usize = 200;

/// A piece of the file, ready for pest.
pub struct RawChunk<'a> {
    /// The text to parse, balanced; empty where it nests too deep.
    pub text: Cow<'a, str>,
    /// A span of the whole chunk, whose chunk id all its nodes get.
    pub span: Span,
    /// Where repair put a byte into `text`, ascending.
    pub inserted: Vec<u32>,
    /// Parts of `text` whose problems are told already.
    pub muted: Vec<Range<u32>>,
}

/// Cuts a file into chunks.
pub fn scan<'a>(
    text: &'a str,
    file: FileId,
    map: &mut SourceMap,
    problems: &mut Vec<Report>,
) -> Vec<RawChunk<'a>> {
    let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let unseen = control_characters(text, start, file, map, problems);
    let items = items(text, start);
    items.into_iter().map(|item| chunk(text, item, &unseen, file, map, problems)).collect()
}

fn control_characters(
    text: &str,
    start: usize,
    file: FileId,
    map: &mut SourceMap,
    problems: &mut Vec<Report>,
) -> Vec<usize> {
    let bytes = text.as_bytes();
    let wrong = |at: &usize| match bytes[*at] {
        b'\t' | b'\n' => false,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        byte => byte < 0x20 || byte == 0x7f,
    };
    let found: Vec<usize> = (start..bytes.len()).filter(wrong).collect();
    let Some(first) = found.first().copied() else { return found };
    let more = found.len() - 1;
    let span = map.whole(file, first..first + 1);
    let mut report =
        Report::error(&CONTROL, format!("a control character, U+{:04X}, stands here", bytes[first]))
            .at(span, "can't be seen, and means nothing in a stack")
            .help("remove it; in a string, write it as `\\u{…}`");
    if more > 0 {
        report = report.note(format!("{more} more follow in this file"));
    }
    problems.push(report);
    found
}

/// An item's bytes and what the scan saw in them.
struct Item {
    range: Range<usize>,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Balanced,
    Unbalanced,
    /// Nests too deep, at this byte.
    Deep(usize),
}

/// The byte ranges of items: each goes from a word in the first column to the next such word.
#[expect(clippy::too_many_lines, reason = "one pass over the bytes, with one state")]
fn items(text: &str, start: usize) -> Vec<Item> {
    let bytes = text.as_bytes();
    let mut items = Vec::new();
    let mut begin = start;
    let mut seen_word = false;
    let mut comments = None;
    let mut shape = Shape::Balanced;
    let mut stack: Vec<u8> = Vec::new();
    let mut words = Words::default();
    let mut at = start;
    let mut line_start = true;
    while at < bytes.len() {
        let byte = bytes[at];
        if line_start {
            line_start = false;
            let word = byte.is_ascii_alphabetic() || byte == b'_';
            let blanks = bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if bytes.get(at + blanks) == Some(&b'#') && (blanks == 0 || stack.is_empty()) {
                comments.get_or_insert(at);
            } else {
                if word && (stack.is_empty() || declares(&text[at..])) {
                    if seen_word {
                        let end = comments.unwrap_or(at);
                        if !stack.is_empty() && shape == Shape::Balanced {
                            shape = Shape::Unbalanced;
                        }
                        items.push(Item { range: begin..end, shape });
                        begin = end;
                        shape = Shape::Balanced;
                        stack.clear();
                        words = Words::default();
                    }
                    seen_word = true;
                }
                comments = None;
            }
        }
        if words.deep(bytes, at) {
            shape = worse(shape, Shape::Deep(at));
        }
        match byte {
            b'\n' => {
                line_start = true;
                at += 1;
            }
            b'#' => at = line_end(bytes, at),
            b'"' | b'r' => match literal(bytes, at, stack.len()) {
                Literal::None => at += 1,
                Literal::Closed(end) => at = end,
                Literal::Open(end) => {
                    shape = worse(shape, Shape::Unbalanced);
                    at = end;
                }
                Literal::Deep(end) => {
                    shape = worse(shape, Shape::Deep(at));
                    at = end;
                }
            },
            b'(' | b'[' | b'{' => {
                stack.push(byte);
                if stack.len() > MAX_DEPTH {
                    shape = worse(shape, Shape::Deep(at));
                }
                at += 1;
            }
            b')' | b']' | b'}' => {
                if stack.pop().map(closer) != Some(byte) {
                    shape = worse(shape, Shape::Unbalanced);
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    if !stack.is_empty() {
        shape = worse(shape, Shape::Unbalanced);
    }
    items.push(Item { range: begin..bytes.len(), shape });
    items
}

fn worse(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Deep(at), _) | (_, Shape::Deep(at)) => Shape::Deep(at),
        (Shape::Balanced, other) | (other, Shape::Balanced) => other,
        _ => Shape::Unbalanced,
    }
}

/// Whether a line begins as only a declaration can.
fn declares(line: &str) -> bool {
    let word_end = line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len());
    let after = line[word_end..].trim_start_matches([' ', '\t']);
    if after.len() == line.len() - word_end {
        return false;
    }
    let name = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    match &line[..word_end] {
        "import" | "test" => after.starts_with('"'),
        "let" | "fn" | "type" | "schema" | "stack" | "profile" => name,
        _ => false,
    }
}

fn closer(opener: u8) -> u8 {
    match opener {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n)
}

fn chunk<'a>(
    text: &'a str,
    item: Item,
    unseen: &[usize],
    file: FileId,
    map: &mut SourceMap,
    problems: &mut Vec<Report>,
) -> RawChunk<'a> {
    let source = &text[item.range.clone()];
    let base = offset(item.range.start);
    match item.shape {
        Shape::Balanced => {
            let chunk = map.add_chunk(file, base, Vec::new());
            let span = Span { chunk, start: 0, end: offset(source.len()) };
            let inside = unseen.iter().filter(|at| item.range.contains(at)).map(|at| at - item.range.start);
            let muted = inside.map(|at| offset(at)..offset(line_end(source.as_bytes(), at))).collect();
            RawChunk { text: Cow::Borrowed(source), span, inserted: Vec::new(), muted }
        }
        Shape::Deep(at) => {
            let at = offset(at - item.range.start);
            let chunk = map.add_chunk(file, base, Vec::new());
            problems.push(
                Report::error(&DEPTH, format!("this is nested more than {MAX_DEPTH} deep"))
                    .at(Span { chunk, start: at, end: at + 1 }, format!("level {}", MAX_DEPTH + 1))
                    .help("give a part of it a name with `let`"),
            );
            let span = Span { chunk, start: 0, end: 0 };
            RawChunk { text: Cow::Borrowed(""), span, inserted: Vec::new(), muted: Vec::new() }
        }
        Shape::Unbalanced => {
            let repaired = Repair::new(source).run();
            let chunk = map.add_chunk(file, base, repaired.inserted.clone());
            let at = |range: &Range<u32>| Span { chunk, start: range.start, end: range.end };
            for problem in &repaired.problems {
                problems.push(problem.report(&at));
            }
            let span = Span { chunk, start: 0, end: offset(repaired.text.len()) };
            RawChunk {
                text: Cow::Owned(repaired.text),
                span,
                inserted: repaired.inserted,
                muted: repaired.muted,
            }
        }
    }
}
