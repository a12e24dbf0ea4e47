//! State of lowering a chunk.

use super::super::codes::{ABSENT, UNOPENED};
use super::super::grammar::Rule;
use super::super::tree::{
    Block, BlockId, Chunk, Entries, Entry, Expr, ExprId, ExprKind, Ids, Item, Name, NameId,
};
use super::recovery::stray_report;
use crate::diagnostics::Diagnostic;
use crate::source::offset;
use crate::source::{ChunkId, Span};
use pest::iterators::{Pair, Pairs};
use std::cell::Cell;
use std::collections::HashSet;
use std::iter::Peekable;
use std::ops::Range;
use std::rc::Rc;

pub(super) type P<'a> = Pair<'a, Rule>;

/// An error that the scan found.
#[derive(Clone, Copy)]
pub(in crate::syntax) struct Scanned {
    /// Its position.
    pub(in crate::syntax) at: u32,
    /// Where the text begins that it makes unreadable.
    pub(in crate::syntax) from: u32,
    /// Whether it is an opening bracket without its closer, next to which the text can be read.
    pub(in crate::syntax) opener: bool,
}

/// Lowers one chunk.
pub(in crate::syntax) struct Lower<'a> {
    pub(super) chunk: ChunkId,
    pub(super) text: &'a str,
    /// Positions of the bytes that repair inserted into the text, ascending.
    pub(super) inserted: &'a [u32],
    pub(super) muted: &'a [Range<u32>],
    /// Pieces of large blocks, by the offset after their opening brace, and whether a block took them.
    pub(super) blocks: Vec<(u32, Vec<Rc<Chunk>>, Cell<bool>)>,
    /// Diagnostics so far, at most one per line.
    pub(in crate::syntax) diagnostics: Vec<Diagnostic>,
    pub(super) lines_told: HashSet<usize>,
    /// Start of the line looked up last, and the position in it.
    pub(super) last_line: (usize, usize),
    pub(super) in_schema: bool,
    /// Syntax errors so far, except those in entries that have been lowered.
    pub(super) errors: usize,
    /// Errors of the scan that no node has been marked with yet, in order.
    pub(super) scanned: Vec<Scanned>,
    /// Ids assigned so far.
    pub(super) ids: Cell<Ids>,
}

impl<'a> Lower<'a> {
    /// Creates the state for a chunk's text. `blocks` has the pieces of its large blocks, by the offset
    /// after their opening brace, and `scanned` the errors that the scan found, in order.
    pub(in crate::syntax) fn new(
        chunk: ChunkId,
        text: &'a str,
        inserted: &'a [u32],
        muted: &'a [Range<u32>],
        blocks: Vec<(u32, Vec<Rc<Chunk>>)>,
        scanned: Vec<Scanned>,
    ) -> Self {
        Lower {
            chunk,
            text,
            inserted,
            muted,
            blocks: blocks.into_iter().map(|(at, pieces)| (at, pieces, Cell::new(false))).collect(),
            diagnostics: Vec::new(),
            lines_told: HashSet::new(),
            last_line: (0, 0),
            in_schema: false,
            errors: 0,
            scanned,
            ids: Cell::default(),
        }
    }

    /// The number of ids assigned.
    pub(in crate::syntax) fn ids(&self) -> Ids {
        self.ids.get()
    }

    /// The pieces of its large blocks, and those of blocks inside text that could not be read.
    pub(in crate::syntax) fn pieces(self) -> (Vec<Rc<Chunk>>, Vec<Rc<Chunk>>) {
        let (taken, unread): (Vec<_>, Vec<_>) =
            self.blocks.into_iter().partition(|(_, _, taken)| taken.get());
        let all = |blocks: Vec<(u32, Vec<Rc<Chunk>>, Cell<bool>)>| {
            blocks.into_iter().flat_map(|(_, pieces, _)| pieces)
        };
        (all(taken).collect(), all(unread).collect())
    }

    /// Lowers the entries of a piece of a block, and returns whether some of it could not be read.
    pub(in crate::syntax) fn piece(&mut self, pairs: Pairs<'a, Rule>, schema: bool) -> (Vec<Entry>, bool) {
        self.in_schema = schema;
        let (mut entries, mut partial) = (Vec::new(), false);
        for pair in pairs {
            let (more, unread) = self.entries(pair.into_inner());
            entries.extend(more);
            partial |= unread;
        }
        (entries, partial)
    }

    pub(super) fn expr(&self, span: Span, kind: ExprKind) -> Expr {
        let mut ids = self.ids.get();
        let id = ExprId(ids.exprs);
        ids.exprs += 1;
        self.ids.set(ids);
        Expr { span, id, kind }
    }

    pub(super) fn new_name(&self, text: impl Into<Box<str>>, span: Span) -> Name {
        let mut ids = self.ids.get();
        let id = NameId(ids.names);
        ids.names += 1;
        self.ids.set(ids);
        Name { text: text.into(), span, id }
    }

    /// Makes a block; `partial` says whether some of it could not be read.
    pub(super) fn new_block(&self, span: Span, open: bool, entries: Vec<Entry>, partial: bool) -> Block {
        let mut ids = self.ids.get();
        let id = BlockId(ids.blocks);
        ids.blocks += 1;
        self.ids.set(ids);
        let last = span.end.saturating_sub(1);
        let closed = open
            && self.text[..span.end as usize].ends_with('}')
            && self.inserted.binary_search(&last).is_err();
        let big = self.blocks.iter().find(|(at, ..)| open && *at == span.start + 1);
        let partial =
            partial || !closed || big.is_some_and(|(_, pieces, _)| pieces.iter().any(|piece| piece.partial));
        let entries = match big {
            Some((_, pieces, taken)) => {
                taken.set(true);
                Entries::in_pieces(pieces.clone())
            }
            None => Entries::new(entries),
        };
        Block { span, id, open, closed, partial, entries }
    }

    pub(super) fn span(&self, pair: &P) -> Span {
        let span = pair.as_span();
        self.at(span.start(), span.end())
    }

    pub(super) fn at(&self, start: usize, end: usize) -> Span {
        Span { chunk: self.chunk, start: offset(start), end: offset(end) }
    }

    /// Records a diagnostic unless its line already has one: later ones on a line are consequences.
    pub(super) fn emit(&mut self, report: Diagnostic) {
        let Some(span) = report.primary() else { return };
        self.errors += 1;
        // The ranges are sorted and disjoint.
        let before = self.muted.partition_point(|range| range.start <= span.start);
        let muted = before.checked_sub(1).is_some_and(|at| span.start <= self.muted[at].end);
        let line = self.line_of((span.start as usize).min(self.text.len()));
        if self.lines_told.insert(line) && !muted {
            self.diagnostics.push(report);
        }
    }

    /// Takes the errors of the scan before `end` that no node has been marked with.
    pub(super) fn take_scanned(&mut self, end: u32) -> Vec<Scanned> {
        if self.scanned.is_empty() {
            return Vec::new();
        }
        let (before, after) = self.scanned.iter().partition(|error| error.at < end);
        self.scanned = after;
        before
    }

    /// Start of the line of a position. Diagnostics arrive nearly in order, so the last result is cached.
    pub(super) fn line_of(&mut self, at: usize) -> usize {
        let (known, seen) = self.last_line;
        let from = if known <= at { seen.min(at).max(known) } else { 0 };
        let begin = if known <= at { known } else { 0 };
        let line = self.text[from..at].rfind('\n').map_or(begin, |found| from + found + 1);
        self.last_line = (line, at);
        line
    }

    pub(super) fn report_absent(&mut self, at: Span, what: &str, help: &str) {
        // A string in other quotes is not missing.
        let rest = &self.text[at.start as usize..];
        if rest.starts_with(['\'', '“', '”', '‘', '’', '„', '«']) {
            let text = rest.lines().next().unwrap_or_default();
            let span = self.at(at.start as usize, at.start as usize + text.len());
            return self.emit(stray_report(text, span));
        }
        let at = self.attach(at);
        self.emit(Diagnostic::error(&ABSENT, format!("expected {what}")).at(at, "missing here").help(help));
    }

    /// Moves an empty span back over whitespace, to the end of what precedes it.
    pub(super) fn attach(&self, span: Span) -> Span {
        if span.start != span.end {
            return span;
        }
        let before = self.text[..span.start as usize].trim_end_matches([' ', '\t', '\r', '\n']);
        self.at(before.len(), before.len())
    }

    pub(super) fn report_stray(&mut self, pair: &P) {
        let text = pair.as_str().trim_end();
        let start = pair.as_span().start();
        let span = self.at(start, start + text.len());
        let report = stray_report(text, span);
        self.emit(report);
    }

    pub(in crate::syntax) fn chunk(&mut self, pairs: Pairs<'a, Rule>) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut doc = Vec::new();
        let mut end = 0;
        for pair in pairs.flat_map(Pair::into_inner) {
            let start = pair.as_span().start();
            // What follows a declaration on its line was meant to be part of it.
            if matches!(pair.as_rule(), Rule::stray | Rule::closer)
                && !self.text[end.min(start)..start].contains('\n')
                && let Some(item) = items.last_mut()
            {
                item.broken = true;
            }
            if !matches!(pair.as_rule(), Rule::doc | Rule::EOI) {
                end = start + pair.as_str().trim_end().len();
            }
            match pair.as_rule() {
                Rule::doc => doc.push(doc_text(&pair)),
                Rule::EOI => {}
                // What follows an unreadable declaration is part of it.
                Rule::stray | Rule::closer if !self.diagnostics.is_empty() => doc.clear(),
                Rule::stray => {
                    self.stray_item(&pair);
                    doc.clear();
                }
                Rule::closer => self.report_unopened(&pair),
                _ => {
                    let doc = std::mem::take(&mut doc).join("\n");
                    let (errors, end) = (self.errors, pair.as_span().end());
                    let item = self.item(pair, doc);
                    let scanned = self.take_scanned(offset(end));
                    let broken = self.errors > errors || scanned.iter().any(|error| !error.opener);
                    items.extend(item.map(|item| Item { broken, ..item }));
                }
            }
        }
        items
    }

    pub(super) fn report_unopened(&mut self, pair: &P) {
        let span = self.span(pair);
        let title = format!("unmatched `{}`", pair.as_str());
        self.emit(Diagnostic::error(&UNOPENED, title).at(span, "nothing to close here").help("remove it"));
    }

    pub(super) fn name(&mut self, pair: &P) -> Name {
        let text = pair.as_str().trim_end();
        let start = pair.as_span().start();
        self.new_name(text, self.at(start, start + text.len()))
    }

    pub(super) fn next_name(
        &mut self,
        inner: &mut Peekable<Pairs<'a, Rule>>,
        what: &str,
        help: &str,
    ) -> Name {
        match inner.next() {
            Some(pair) if pair.as_rule() == Rule::ident => self.name(&pair),
            Some(pair) => {
                let span = self.span(&pair);
                self.report_absent(span, what, help);
                self.new_name("", self.attach(span))
            }
            None => self.new_name("", self.at(0, 0)),
        }
    }

    /// A pair's span without trailing whitespace.
    pub(super) fn trimmed(&self, pair: &P) -> Span {
        let start = pair.as_span().start();
        self.at(start, start + pair.as_str().trim_end().len())
    }
}

pub(super) fn next_if<'a>(inner: &mut Peekable<Pairs<'a, Rule>>, rule: Rule) -> Option<P<'a>> {
    inner.next_if(|pair| pair.as_rule() == rule)
}

pub(super) fn doc_text(pair: &P) -> String {
    let text = pair.as_str().trim_start_matches('#').trim_end();
    text.strip_prefix(' ').unwrap_or(text).to_owned()
}
