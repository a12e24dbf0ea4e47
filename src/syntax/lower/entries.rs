//! Lowers the entries of a block.

use super::{
    Block, DEPTH, Diagnostic, Entry, EntryKind, Expr, ExprKind, Lower, MAX_LINKS, P, Pairs, Peekable, Rule,
    Span, doc_text, next_if,
};
use crate::source::offset;
use std::ops::Range;

/// Entries of a block, as far as they have been lowered.
#[derive(Default)]
struct Listed {
    entries: Vec<Entry>,
    /// Whether some of the block could not be read.
    partial: bool,
    /// End of the last entry.
    previous: Option<usize>,
    /// Whether the last entry was not separated from the one before it.
    unread: bool,
    /// Whether the last entry that was separated is a check.
    of_check: bool,
}

impl<'a> Lower<'a> {
    pub(super) fn block(&mut self, pair: P<'a>) -> Block {
        let span = self.span(&pair);
        let (entries, partial) = self.entries(pair.into_inner());
        self.new_block(span, true, entries, partial)
    }

    /// Lowers the entries of a block, or of a piece of one, and returns whether some of it could not be
    /// read.
    pub(super) fn entries(&mut self, pairs: Pairs<'a, Rule>) -> (Vec<Entry>, bool) {
        let errors = self.errors;
        let mut inner = pairs.peekable();
        let mut listed = Listed { entries: Vec::with_capacity(inner.len()), ..Listed::default() };
        let mut doc = Vec::new();
        while let Some(pair) = inner.next() {
            let start = pair.as_span().start();
            match pair.as_rule() {
                Rule::doc => {
                    doc.push(doc_text(&pair));
                    continue;
                }
                Rule::close_brace | Rule::EOI => continue,
                Rule::stray => {
                    self.stray_entry(&pair, &mut listed);
                    continue;
                }
                _ if self.joined_entry(&pair, &mut listed) => continue,
                _ => {}
            }
            listed.of_check = pair.as_rule() == Rule::check;
            let follower = inner.peek().filter(|next| {
                next.as_rule() == Rule::stray
                    && !self.text[pair.as_span().end()..next.as_span().start()].contains('\n')
            });
            let follower = follower.map(|p| (p.as_span().start(), p.as_str().trim_end()));
            let end = start + pair.as_str().trim_end().len();
            listed.previous = Some(end);
            let doc = std::mem::take(&mut doc).join("\n");
            self.errors = errors;
            let entry = self.entry(pair, doc, follower);
            let next = inner.peek().map_or(self.text.len(), |pair| pair.as_span().start());
            let (broken, unread) = self.unreadable(errors, start..end, next);
            let partly = |entry: &Entry| broken && !is_field(entry) || has_partial(entry);
            listed.partial |= unread || entry.as_ref().is_none_or(partly);
            listed.entries.extend(entry.map(|entry| Entry { broken, ..entry }));
        }
        self.errors = errors;
        (listed.entries, listed.partial)
    }

    /// Reports text between entries that is none.
    fn stray_entry(&mut self, pair: &P<'a>, listed: &mut Listed) {
        let start = pair.as_span().start();
        let before = listed.previous.filter(|end| !self.text[*end..start].contains('\n'));
        let holds = pair.as_str().starts_with('[') && !pair.as_str().starts_with("[]");
        match before {
            Some(_) if listed.of_check && self.foreign_condition(start) => {}
            Some(end) if self.in_schema && holds => self.unseparated(end, pair),
            _ => self.report_stray(pair),
        }
        match listed.entries.last_mut().filter(|_| before.is_some()) {
            Some(entry) => entry.broken = true,
            None => listed.partial = true,
        }
    }

    /// Reports an entry that is not separated from the one before it, and leaves it out.
    fn joined_entry(&mut self, pair: &P<'a>, listed: &mut Listed) -> bool {
        let Some(end) = listed.previous else { return false };
        let between = &self.text[end..pair.as_span().start()];
        listed.unread &= !between.contains('\n');
        // The rest of the line belongs to the unseparated entries.
        if !listed.unread && between.contains(['\n', ',']) {
            return false;
        }
        if !listed.unread && listed.of_check {
            self.after_check(end, pair);
        } else if !listed.unread {
            self.unseparated(end, pair);
        }
        (listed.unread, listed.partial) = (true, true);
        listed.previous = Some(pair.as_span().end());
        if let Some(entry) = listed.entries.last_mut() {
            entry.broken = true;
        }
        true
    }

    /// Whether an entry has a syntax error, and whether the block around it has one there. The entry ends
    /// at the end of `range`, and the next one begins at `next`; `errors` is the number of errors before it.
    fn unreadable(&mut self, errors: usize, range: Range<usize>, next: usize) -> (bool, bool) {
        let broken = self.errors > errors;
        if self.scanned.is_empty() {
            return (broken, false);
        }
        let line_end = self.text[range.end..].find('\n').map_or(self.text.len(), |at| range.end + at);
        let (start, next) = (offset(range.start), offset(next.min(line_end)));
        let mut errors = self.scanned.iter().filter(|error| !error.opener);
        let scanned = errors.any(|error| error.from < next && error.at >= start);
        let openers = self.take_scanned(next).iter().any(|error| error.opener);
        (broken || scanned, openers)
    }

    pub(super) fn entry(
        &mut self,
        pair: P<'a>,
        doc: String,
        follower: Option<(usize, &str)>,
    ) -> Option<Entry> {
        let span = self.trimmed(&pair);
        let kind = match pair.as_rule() {
            Rule::field => EntryKind::Field(self.field(pair, follower)?),
            Rule::check => EntryKind::Check(Box::new(self.check(pair)?)),
            Rule::for_entry => {
                let mut inner = pair.into_inner().peekable();
                let mut names = Vec::new();
                while let Some(name) = next_if(&mut inner, Rule::ident) {
                    names.push(self.name(&name));
                }
                let source = self.operand(inner.next()?, "`in` and a list", "write `for x in list { … }`");
                let body = self.body(inner.next()?, "loop");
                EntryKind::For { names, source, body }
            }
            Rule::if_entry => self.if_entry(pair)?,
            Rule::rejects => {
                let mut inner = pair.into_inner();
                let body = self.block(inner.next()?);
                let code = inner.next().map(|p| self.name(&p));
                EntryKind::Rejects { body, code }
            }
            _ => return None,
        };
        Some(Entry { doc, span, kind, broken: false })
    }

    pub(super) fn if_entry(&mut self, pair: P<'a>) -> Option<EntryKind> {
        let whole = self.trimmed(&pair);
        let mut inner = pair.into_inner().peekable();
        let mut links = vec![(whole, self.if_link(&mut inner)?)];
        while let Some(pair) = next_if(&mut inner, Rule::else_if) {
            let span = Span { end: whole.end, ..self.span(&pair) };
            links.push((span, self.if_link(&mut pair.into_inner().peekable())?));
        }
        let mut otherwise = inner.next().map(|pair| self.body(pair, "`else`"));
        self.short_enough(whole, links.len())?;
        while let Some((span, (condition, then))) = links.pop() {
            let kind = EntryKind::If { condition, then, otherwise };
            if links.is_empty() {
                return Some(kind);
            }
            let entry = Entry { doc: String::new(), span, kind, broken: false };
            otherwise = Some(self.new_block(span, true, vec![entry], false));
        }
        None
    }

    /// Lowers the condition and the block of an `if`.
    pub(super) fn if_link(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>) -> Option<(Expr, Block)> {
        let mut condition = self.operand(inner.next()?, "a condition", CONDITION);
        // If the condition is incomplete, the block has been parsed as a record expression.
        if inner.peek().is_some_and(|pair| pair.as_rule() == Rule::missing)
            && let Some((block, what, help)) = last_record(&mut condition)
        {
            inner.next();
            self.report_absent(Span { end: block.span.start, ..block.span }, what, help);
            return Some((condition, block));
        }
        Some((condition, self.body(inner.next()?, "`if`")))
    }

    /// Reports a chain of operators or of `else if` that is too long for later stages to recurse into.
    pub(super) fn short_enough(&mut self, span: Span, links: usize) -> Option<()> {
        if links <= MAX_LINKS {
            return Some(());
        }
        self.emit(
            Diagnostic::error(&DEPTH, format!("this chain has more than {MAX_LINKS} links"))
                .at(span, "")
                .help("give a part of it a name with `let`, or use a list"),
        );
        None
    }
}

/// Whether a loop or an `if` has a block that could not be read in part.
fn has_partial(entry: &Entry) -> bool {
    match &entry.kind {
        EntryKind::For { body, .. } => body.partial,
        EntryKind::If { then, otherwise, .. } => {
            then.partial || otherwise.as_ref().is_some_and(|block| block.partial)
        }
        _ => false,
    }
}

/// Whether an entry sets a field whose path could be read.
fn is_field(entry: &Entry) -> bool {
    matches!(&entry.kind, EntryKind::Field(field) if !field.path.is_empty())
}

/// Help for an incomplete `if`.
const CONDITION: &str = "write `if condition { … }`";

/// Takes the record off the end of an expression, and returns it with what is missing in its place and how
/// to write that.
fn last_record(expr: &mut Expr) -> Option<(Block, &'static str, &'static str)> {
    match &mut expr.kind {
        ExprKind::Record(_) => {
            expr.span.end = expr.span.start;
            match std::mem::replace(&mut expr.kind, ExprKind::Missing) {
                ExprKind::Record(block) => Some((block, "a condition", CONDITION)),
                _ => None,
            }
        }
        ExprKind::Infix(_, _, _, last) | ExprKind::Prefix(_, last) => last_record(last)
            .map(|(block, ..)| (block, "a value after the operator", "write the right-hand side")),
        _ => None,
    }
}
