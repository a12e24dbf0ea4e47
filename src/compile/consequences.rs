//! Reports that follow from others: what is wrong where something can't be read, and defaults, which
//! are in no file of the user's.

use crate::diagnostics::{Diagnostic, Phase};
use crate::load::Module;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax;
use crate::syntax::tree;
use std::collections::HashSet;
use std::ops::Range;

/// What is wrong on a line that can't be read follows from that.
pub(super) fn of_lines(later: &mut Vec<Diagnostic>, syntax: &[Diagnostic], map: &SourceMap) {
    let line = |span: Span| {
        let (file, range) = map.locate(span);
        (file, map.line_column(file, range.start).0)
    };
    let unclosed = syntax::codes::UNCLOSED.code();
    let unreadable: HashSet<_> = syntax
        .iter()
        .filter(|report| report.code != unclosed)
        .filter_map(Diagnostic::primary)
        .map(line)
        .collect();
    if !unreadable.is_empty() {
        later.retain(|report| report.primary().is_none_or(|span| !unreadable.contains(&line(span))));
    }
}

/// What settings do not go together with is not known where a block could be read in part only.
pub(super) fn of_blocks(
    later: &mut Vec<Diagnostic>,
    syntax: &[Diagnostic],
    modules: &[Module],
    map: &SourceMap,
) {
    if syntax.is_empty() || later.is_empty() {
        return;
    }
    let place = |span: Span| map.locate(span);
    let blocks = modules.iter().flat_map(|module| tree::blocks(&module.tree)).map(place);
    let mut blocks: Vec<(FileId, Range<usize>)> = blocks.collect();
    // A block before those in it.
    blocks.sort_by_key(|(file, range)| (*file, range.start, std::cmp::Reverse(range.end)));
    let mut mistakes: Vec<(FileId, usize)> =
        syntax.iter().filter_map(Diagnostic::primary).map(place).map(|(file, at)| (file, at.start)).collect();
    mistakes.sort_unstable();
    // The blocks around a mistake, the innermost last.
    let mut around: Vec<(FileId, Range<usize>)> = Vec::new();
    let mut broken: Vec<(FileId, Range<usize>)> = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    for (file, at) in mistakes {
        while let Some(block) = blocks.next_if(|(other, range)| (*other, range.start) < (file, at)) {
            around.retain(|(other, range)| *other == block.0 && range.end > block.1.start);
            around.push(block);
        }
        around.retain(|(other, range)| *other == file && range.end > at);
        // A block within one that is known already says nothing more.
        if let Some(block) = around.last()
            && !broken.last().is_some_and(|(other, range)| *other == file && range.end >= block.1.end)
        {
            broken.push(block.clone());
        }
    }
    for at in (1..broken.len()).rev() {
        if broken[at - 1].0 == broken[at].0 {
            broken[at - 1].1.start = broken[at - 1].1.start.min(broken[at].1.start);
        }
    }
    // Types and names are right or wrong by themselves.
    let of_settings = |report: &Diagnostic| report.phase >= Phase::Checks;
    later.retain(|report| {
        let Some((file, at)) = report.primary().map(place) else { return true };
        // They are in the order of their ends, and begin with the first beginning from there on.
        let first = broken.partition_point(|(other, range)| (*other, range.end) <= (file, at.start));
        let inside = |(other, range): &(FileId, Range<usize>)| *other == file && range.start <= at.start;
        !of_settings(report) || !broken.get(first).is_some_and(inside)
    });
}

/// A default stands in no file of the user's: it is told in a note instead of a label.
pub(super) fn of_default(report: &mut Diagnostic, map: &SourceMap) {
    let (own, builtin): (Vec<_>, Vec<_>) =
        std::mem::take(&mut report.labels).into_iter().partition(|label| !map.is_builtin(label.span));
    report.labels = own;
    report.notes.extend(
        builtin.iter().map(|label| format!("`{}` is the default, {}", map.text(label.span), label.text)),
    );
}
