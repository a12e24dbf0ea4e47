//! Incremental checking: what still holds after an edit.

use super::findings::Findings;
use super::names::Program;
use super::typing;
use crate::diagnostics::Diagnostic;
use crate::source::ChunkId;
use crate::syntax::tree::{Block, Chunk, Entry, EntryKind, Field, FieldValue, Form, ItemKind, Key, Tree};
use foldhash::HashSet;
use std::rc::Rc;

/// An edit to a file after which most of its findings still hold.
#[derive(Debug)]
pub struct Edit {
    /// Chunks that the edit removed.
    gone: HashSet<ChunkId>,
    /// Chunks to check again: the new one and those around it.
    only: HashSet<ChunkId>,
}

impl Edit {
    /// Compares two trees of a file. Returns `None` if more changed than values in one piece of the stack
    /// or of a profile, so that everything must be checked again. `reports` are the diagnostics of names
    /// and types from before the edit.
    pub fn between(old: &Tree, new: &Tree, known: &Findings, reports: &[Diagnostic]) -> Option<Edit> {
        let (before, after) = (old.all_chunks(), new.all_chunks());
        let same = |one: &Rc<Chunk>, others: &[&Rc<Chunk>]| others.iter().any(|other| Rc::ptr_eq(one, other));
        let of_old: HashSet<*const Chunk> = before.iter().map(|chunk| Rc::as_ptr(chunk)).collect();
        let changed: Vec<&Rc<Chunk>> =
            after.iter().copied().filter(|chunk| !of_old.contains(&Rc::as_ptr(chunk))).collect();
        let ids: HashSet<ChunkId> = after.iter().map(|chunk| chunk.span.chunk).collect();
        let lost: Vec<&Rc<Chunk>> =
            before.iter().copied().filter(|chunk| !ids.contains(&chunk.span.chunk)).collect();
        let old_ids: HashSet<ChunkId> = before.iter().map(|chunk| chunk.span.chunk).collect();
        let (around, fresh): (Vec<&Rc<Chunk>>, Vec<&Rc<Chunk>>) =
            changed.iter().copied().partition(|chunk| old_ids.contains(&chunk.span.chunk));
        let ([lost], [fresh]) = (lost.as_slice(), fresh.as_slice()) else { return None };
        let layers = |chunk: &Chunk| {
            let mut items = chunk.items.iter();
            items.all(|item| matches!(item.kind, ItemKind::Stack { .. } | ItemKind::Profile { .. }))
        };
        let plain = matches!(fresh.form, Form::Entries { schema: false })
            && lost.form == fresh.form
            && !same(lost, &after)
            && around.iter().all(|chunk| layers(chunk))
            && fresh.pieces.is_empty()
            && lost.pieces.is_empty()
            && lost.diagnostics.is_empty() == fresh.diagnostics.is_empty()
            && same_keys(&lost.entries, &fresh.entries);
        let around: HashSet<ChunkId> = around.iter().map(|chunk| chunk.span.chunk).collect();
        let apart = |report: &Diagnostic| {
            let mut places = report.labels.iter().map(|label| label.span.chunk);
            let first = places.next();
            places.all(|place| Some(place) == first)
        };
        if !plain || known.demands || known.is_partial_in(&around) || !reports.iter().all(apart) {
            return None;
        }
        let gone = HashSet::from_iter([lost.span.chunk]);
        let mut only = around;
        only.insert(fresh.span.chunk);
        Some(Edit { gone, only })
    }

    /// Clears the findings of the chunks to check again.
    pub fn prepare(&self, known: &mut Findings, tree: &Tree) {
        let chunks: HashSet<ChunkId> = self.gone.union(&self.only).copied().collect();
        known.forget(&chunks);
        for chunk in tree.all_chunks() {
            if self.only.contains(&chunk.span.chunk) {
                known.add(chunk);
            }
        }
    }

    /// Type-checks what changed. `before` are the diagnostics from before the edit; those that still hold
    /// are kept.
    pub fn check<'t>(
        &self,
        program: &Program<'t>,
        findings: &mut Findings,
        before: &[Diagnostic],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let holds = |report: &&Diagnostic| {
            let mut chunks = report.labels.iter().map(|label| label.span.chunk);
            !chunks.any(|chunk| self.gone.contains(&chunk) || self.only.contains(&chunk))
        };
        diagnostics.extend(before.iter().filter(holds).cloned());
        typing::check_again(program, findings, &self.only, diagnostics);
    }
}

/// Whether two lists of entries set the same settings, in the same order.
fn same_keys(one: &[Entry], other: &[Entry]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_key(one, other))
}

fn same_key(one: &Entry, other: &Entry) -> bool {
    let key = |(one, other): (&Key, &Key)| match (one, other) {
        (Key::Name(one), Key::Name(other)) => one.text == other.text,
        _ => false,
    };
    let blocks = |one: &Block, other: &Block| {
        let (mut a, mut b) = (one.entries.iter(), other.entries.iter());
        a.by_ref().zip(b.by_ref()).all(|(one, other)| same_key(one, other))
            && one.entries.iter().count() == other.entries.iter().count()
    };
    match (&one.kind, &other.kind) {
        (
            EntryKind::Field(Field { path: one, value: a, .. }),
            EntryKind::Field(Field { path: other, value: b, .. }),
        ) => {
            let paths = one.len() == other.len() && one.iter().zip(other).all(key);
            paths
                && match (a, b) {
                    (FieldValue::Expr(_), FieldValue::Expr(_))
                    | (FieldValue::Nothing, FieldValue::Nothing) => true,
                    (FieldValue::Block(a), FieldValue::Block(b)) => blocks(a, b),
                    _ => false,
                }
        }
        _ => false,
    }
}
