//! Handles follow-up diagnostics: drops those caused by a syntax error, and turns labels on built-in
//! defaults into notes.

use crate::diagnostics::{Diagnostic, Phase};
use crate::load::Module;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax;
use crate::syntax::tree;
use std::collections::HashSet;
use std::ops::Range;

/// Drops diagnostics on lines with a syntax error.
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

/// Drops diagnostics about how settings combine in blocks that were only partly parsed.
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
    // Sort an outer block before its inner blocks.
    blocks.sort_by_key(|(file, range)| (*file, range.start, std::cmp::Reverse(range.end)));
    let mut mistakes: Vec<(FileId, usize)> =
        syntax.iter().filter_map(Diagnostic::primary).map(place).map(|(file, at)| (file, at.start)).collect();
    mistakes.sort_unstable();
    // The blocks around a syntax error, innermost last.
    let mut around: Vec<(FileId, Range<usize>)> = Vec::new();
    let mut broken: Vec<(FileId, Range<usize>)> = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    for (file, at) in mistakes {
        while let Some(block) = blocks.next_if(|(other, range)| (*other, range.start) < (file, at)) {
            around.retain(|(other, range)| *other == block.0 && range.end > block.1.start);
            around.push(block);
        }
        around.retain(|(other, range)| *other == file && range.end > at);
        // A block inside one already recorded adds nothing.
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
    // Diagnostics about types and names do not depend on the rest of the block.
    let of_settings = |report: &Diagnostic| report.phase >= Phase::Checks;
    later.retain(|report| {
        let Some((file, at)) = report.primary().map(place) else { return true };
        // `broken` is sorted by end, and no later range starts before an earlier one.
        let first = broken.partition_point(|(other, range)| (*other, range.end) <= (file, at.start));
        let inside = |(other, range): &(FileId, Range<usize>)| *other == file && range.start <= at.start;
        !of_settings(report) || !broken.get(first).is_some_and(inside)
    });
}

/// Defaults have no location in the user's files, so labels on them become notes.
pub(super) fn of_default(report: &mut Diagnostic, map: &SourceMap) {
    let (own, builtin): (Vec<_>, Vec<_>) =
        std::mem::take(&mut report.labels).into_iter().partition(|label| !map.is_builtin(label.span));
    report.labels = own;
    report.notes.extend(
        builtin.iter().map(|label| format!("`{}` is the default, {}", map.text(label.span), label.text)),
    );
}
