//! Byte scan before pest: splits a file into chunks, one per item, and balances their brackets. [`pieces`]
//! splits large blocks further, [`repair`] balances brackets, [`open_text`] closes strings, and [`tokens`]
//! is the tokenizer, with [`mod@literal`], [`words`] and [`bytes`].
//!
//! A balanced item is never changed. In an unbalanced one, indentation shows where a closer is missing: the
//! scan inserts it there, and reports its opener. This keeps the rest of the file readable, and bounds
//! nesting before pest recurses.

mod bytes;
mod literal;
mod open_text;
mod pieces;
mod repair;
mod tokens;
mod words;

use super::codes::{CONTROL, DEPTH, UNCLOSED, UNCLOSED_TEXT, UNOPENED};
use super::tree::Form;
use crate::diagnostics::Diagnostic;
use crate::source::{ChunkId, FileId, SourceMap, Span, offset};
pub use bytes::{MAX_DEPTH, MAX_LINKS};
use bytes::{closer, declares, line_end, name_end, of_word, plain_word};
use literal::{Literal, literal};
use open_text::multi_end;
use pieces::{Hole, Piece};
use repair::{Imbalance, Repair, Repaired};
use std::borrow::Cow;
use std::ops::Range;
pub use tokens::{TokenKind, token};
use words::Words;

/// Part of a file, ready for pest.
pub struct RawChunk<'a> {
    /// The balanced text to parse, without the contents of its holes; empty if it is nested too deeply.
    pub text: Cow<'a, str>,
    /// Offset in the file at which it begins.
    pub base: u32,
    /// Whether it holds items or entries.
    pub form: Form,
    /// Positions of the bytes that repair inserted into `text`, ascending.
    pub inserted: Vec<u32>,
    /// Parts of `text` whose problems are already reported.
    pub muted: Vec<Range<u32>>,
    /// Contents of its large blocks, in order.
    pub holes: Vec<RawHole<'a>>,
    /// Problems that the scan found in it.
    pub diagnostics: Vec<Problem>,
}

/// Contents of a large block, left out of the surrounding text.
pub struct RawHole<'a> {
    /// Offset in the surrounding text at which it is left out.
    pub at: u32,
    /// Length in the file, in bytes.
    pub length: u32,
    /// The chunks it is split into.
    pub pieces: Vec<RawChunk<'a>>,
}

/// A problem that the scan found.
pub enum Problem {
    /// An unbalanced bracket or string.
    Imbalance(Imbalance),
    /// Nesting is too deep at this byte.
    Deep(u32),
}

impl Problem {
    /// Builds the diagnostic, with spans in `chunk`.
    pub fn report(&self, chunk: ChunkId) -> Diagnostic {
        match self {
            Problem::Imbalance(imbalance) => {
                imbalance.report(&|range: &Range<u32>| Span { chunk, start: range.start, end: range.end })
            }
            Problem::Deep(at) => {
                Diagnostic::error(&DEPTH, format!("this is nested more than {MAX_DEPTH} deep"))
                    .at(Span { chunk, start: *at, end: at + 1 }, format!("level {}", MAX_DEPTH + 1))
                    .help("give a part of it a name with `let`")
            }
        }
    }
}

/// Splits a file into chunks.
pub fn scan<'a>(
    text: &'a str,
    file: FileId,
    map: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<RawChunk<'a>> {
    let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let unseen = control_characters(text, start, file, map, diagnostics);
    let cut = map.in_pieces;
    items(text, start).into_iter().map(|item| chunk(text, item, &unseen, cut)).collect()
}

fn control_characters(
    text: &str,
    start: usize,
    file: FileId,
    map: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
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
        Diagnostic::error(&CONTROL, format!("unexpected control character U+{:04X}", bytes[first]))
            .at(span, "invisible, and not allowed in a stack")
            .help("remove it; in a string, write it as `\\u{…}`");
    if more > 0 {
        report = report.note(format!("{more} more follow in this file"));
    }
    diagnostics.push(report);
    found
}

/// An item's byte range, and the state of its brackets.
struct Item {
    range: Range<usize>,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Balanced,
    Unbalanced,
    /// Nesting is too deep at this byte, perhaps because closers are missing.
    Deep(usize),
}

/// Maximum number of opening brackets for which repair is tried on an item that is nested too deeply.
const MOST_OPEN: usize = 1000;

/// Finds the items: each one extends from a word in the first column to the next such word.
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
        if plain_word(byte) {
            at = name_end(bytes, at);
            continue;
        }
        let (kind, end) = token(text, at, stack.len());
        match kind {
            TokenKind::Newline => line_start = true,
            TokenKind::OpenText { deep: true } => shape = worse(shape, Shape::Deep(at)),
            TokenKind::OpenText { deep: false } => {
                shape = worse(shape, Shape::Unbalanced);
                if bytes[at..].starts_with(b"\"\"\"") {
                    at = multi_end(text, at);
                    continue;
                }
            }
            TokenKind::Open => {
                stack.push(byte);
                if stack.len() > MAX_DEPTH {
                    shape = worse(shape, Shape::Deep(at));
                }
            }
            TokenKind::Close if stack.pop().map(closer) != Some(byte) => {
                shape = worse(shape, Shape::Unbalanced);
            }
            _ => {}
        }
        at = end;
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

/// Builds the chunk of an item; `cut` says whether to split large blocks.
fn chunk<'a>(text: &'a str, item: Item, unseen: &[usize], cut: bool) -> RawChunk<'a> {
    let source = &text[item.range.clone()];
    let raw = RawChunk {
        text: Cow::Borrowed(source),
        base: offset(item.range.start),
        form: Form::Items,
        inserted: Vec::new(),
        muted: Vec::new(),
        holes: Vec::new(),
        diagnostics: Vec::new(),
    };
    match item.shape {
        Shape::Balanced => {
            let inside = unseen.iter().filter(|at| item.range.contains(at)).map(|at| at - item.range.start);
            let muted: Vec<Range<u32>> =
                inside.map(|at| offset(at)..offset(line_end(source.as_bytes(), at))).collect();
            if !cut || !muted.is_empty() {
                return RawChunk { muted, ..raw };
            }
            let mut lines = source.lines();
            let first = lines.find(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
            let schema = first.is_some_and(|line| line.starts_with("schema "));
            let holes = pieces::holes(text, item.range.clone());
            with_holes(text, item.range, &holes, Form::Items, schema)
        }
        Shape::Deep(at) => {
            // If closers are missing, siblings look nested.
            let few = source.bytes().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count() <= MOST_OPEN;
            let repaired = few.then(|| Repair::new(source).run());
            let shallow = |repaired: &Repaired| {
                let balanced = |item: &Item| item.shape == Shape::Balanced;
                !repaired.inserted.is_empty() && items(&repaired.text, 0).iter().all(balanced)
            };
            match repaired.filter(shallow) {
                Some(repaired) => balanced(raw, repaired),
                None => {
                    let diagnostics = vec![Problem::Deep(offset(at - item.range.start))];
                    RawChunk { text: Cow::Borrowed(""), diagnostics, ..raw }
                }
            }
        }
        Shape::Unbalanced => balanced(raw, Repair::new(source).run()),
    }
}

/// Builds a chunk from its repaired text.
fn balanced<'a>(raw: RawChunk<'a>, repaired: Repaired) -> RawChunk<'a> {
    let Repaired { text, inserted, diagnostics, muted } = repaired;
    let diagnostics = diagnostics.into_iter().map(Problem::Imbalance).collect();
    RawChunk { text: Cow::Owned(text), inserted, muted, diagnostics, ..raw }
}

/// Builds the chunk of a range, without the contents of its holes, whose pieces become chunks.
fn with_holes<'a>(
    text: &'a str,
    range: Range<usize>,
    holes: &[Hole],
    form: Form,
    schema: bool,
) -> RawChunk<'a> {
    let (mut kept, mut at) = (String::new(), range.start);
    let mut raw_holes = Vec::with_capacity(holes.len());
    for hole in holes {
        kept.push_str(&text[at..hole.range.start]);
        at = hole.range.end;
        let piece = |piece: &Piece| {
            with_holes(text, piece.range.clone(), &piece.holes, Form::Entries { schema }, schema)
        };
        raw_holes.push(RawHole {
            at: offset(kept.len()),
            length: offset(hole.range.len()),
            pieces: hole.pieces.iter().map(piece).collect(),
        });
    }
    let text = match holes {
        [] => Cow::Borrowed(&text[range.clone()]),
        _ => Cow::Owned(kept + &text[at..range.end]),
    };
    let (inserted, muted, diagnostics) = (Vec::new(), Vec::new(), Vec::new());
    RawChunk { text, base: offset(range.start), form, inserted, muted, holes: raw_holes, diagnostics }
}
