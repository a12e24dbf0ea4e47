//! Parses text into a tree chunk by chunk, reusing the unchanged chunks of an earlier parse.

use super::codes::{UNCLOSED, UNOPENED, UNREADABLE};
use super::grammar::{Rule, Vms};
use super::lower::{Lower, Scanned};
use super::scan::{RawChunk, scan};
use super::tree::{Chunk, Form, Tree};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, SourceMap, Span, offset};
use foldhash::HashMap;
use pest::Parser;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

/// Parses a file of `map`. What can't be read is reported and left out of the tree; the diagnostics are
/// unordered.
pub fn parse(file: FileId, map: &mut SourceMap) -> (Tree, Vec<Diagnostic>) {
    parse_with(file, map, Known::default())
}

/// Parses a file again after its text changed. Chunks with unchanged text are taken from the old tree, with
/// their spans and ids. The ids of chunks that are gone are released, so the old tree and everything derived
/// from it become invalid.
pub fn reparse(file: FileId, text: String, map: &mut SourceMap, old: &Tree) -> (Tree, Vec<Diagnostic>) {
    let before = std::mem::take(map.text_mut(file));
    let mut known = Known::default();
    for chunk in old.all_chunks() {
        let text = map.chunk_text(chunk.span, &before);
        known.chunks.entry(chunk.form).or_default().entry(text).or_default().push_back(chunk.clone());
    }
    map.replace(file, text);
    parse_with(file, map, known)
}

/// Chunks of the previous parse, by their text.
#[derive(Default)]
struct Known {
    chunks: HashMap<Form, HashMap<String, VecDeque<Rc<Chunk>>>>,
}

impl Known {
    fn take(&mut self, form: Form, text: &str) -> Option<Rc<Chunk>> {
        self.chunks.get_mut(&form)?.get_mut(text)?.pop_front()
    }
}

fn parse_with(file: FileId, map: &mut SourceMap, mut known: Known) -> (Tree, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let text = std::mem::take(map.text_mut(file));
    let raw = scan(&text, file, map, &mut diagnostics);
    let chunks: Vec<Rc<Chunk>> = raw.into_iter().map(|raw| chunk(raw, file, map, &mut known)).collect();
    let gone =
        known.chunks.into_values().flat_map(HashMap::into_values).flatten().map(|chunk| chunk.span.chunk);
    map.release(gone.collect::<Vec<_>>());
    *map.text_mut(file) = text;
    let tree = Tree { chunks };
    diagnostics.extend(tree.all_chunks().iter().flat_map(|chunk| chunk.diagnostics.iter().cloned()));
    (tree, diagnostics)
}

/// Parses a chunk, or reuses the previous one if it is unchanged.
fn chunk(raw: RawChunk, file: FileId, map: &mut SourceMap, known: &mut Known) -> Rc<Chunk> {
    let mut blocks = Vec::with_capacity(raw.holes.len());
    let mut holes = Vec::with_capacity(raw.holes.len());
    for hole in raw.holes {
        holes.push((hole.at, hole.length));
        let pieces: Vec<Rc<Chunk>> =
            hole.pieces.into_iter().map(|piece| chunk(piece, file, map, known)).collect();
        blocks.push((hole.at, pieces));
    }
    let before = known.take(raw.form, &raw.text);
    // An edit inside a large block changes its pieces, even if the text around them stays the same.
    // A repaired chunk is longer than its text in the file, so it is not what it looks like there.
    if let Some(before) = &before
        && before.span.end as usize == raw.text.len()
        && raw.inserted.is_empty()
        && raw.muted.is_empty()
        && raw.diagnostics.is_empty()
        && before
            .pieces
            .iter()
            .zip(blocks.iter().flat_map(|(_, pieces)| pieces))
            .all(|(a, b)| Rc::ptr_eq(a, b))
        && before.pieces.len() == blocks.iter().map(|(_, pieces)| pieces.len()).sum::<usize>()
    {
        map.move_chunk(before.span.chunk, raw.base, &[], holes);
        return before.clone();
    }
    let id = match before {
        Some(before) if raw.inserted.is_empty() => before.span.chunk,
        before => {
            map.release(before.map(|before| before.span.chunk));
            map.add_chunk(file, raw.base, raw.inserted.clone())
        }
    };
    map.move_chunk(id, raw.base, &raw.inserted, holes);
    let span = Span { chunk: id, start: 0, end: offset(raw.text.len()) };
    let mut diagnostics: Vec<Diagnostic> = raw.diagnostics.iter().map(|problem| problem.report(id)).collect();
    let scanned = scanned(&raw.text, &diagnostics, &raw.muted);
    let mut lower = Lower::new(id, &raw.text, &raw.inserted, &raw.muted, blocks, scanned);
    let rule = match raw.form {
        Form::Items => Rule::chunk,
        Form::Entries { .. } => Rule::entries,
    };
    let (mut items, mut entries, mut partial) = (Vec::new(), Vec::new(), false);
    match (Vms::parse(rule, &raw.text), raw.form) {
        (Ok(pairs), Form::Items) => items = lower.chunk(pairs),
        (Ok(pairs), Form::Entries { schema }) => (entries, partial) = lower.piece(pairs, schema),
        (Err(error), _) => {
            partial = true;
            let at = match error.location {
                pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => offset(at),
            };
            let span = Span { chunk: id, start: at, end: at + 1 };
            diagnostics.push(Diagnostic::error(&UNREADABLE, "this can't be read").at(span, "from here on"));
        }
    }
    diagnostics.append(&mut lower.diagnostics);
    let ids = lower.ids();
    let (pieces, unread) = lower.pieces();
    unread.iter().for_each(|piece| release(piece, map));
    Rc::new(Chunk { span, items, entries, ids, form: raw.form, pieces, partial, diagnostics })
}

/// Releases a chunk with its pieces.
fn release(chunk: &Chunk, map: &mut SourceMap) {
    map.release([chunk.span.chunk]);
    chunk.pieces.iter().for_each(|piece| release(piece, map));
}

/// The errors that the scan found, in order.
fn scanned(text: &str, diagnostics: &[Diagnostic], muted: &[Range<u32>]) -> Vec<Scanned> {
    let reported = diagnostics.iter().filter_map(|report| {
        let at = report.primary()?.start;
        // The opening bracket is missing somewhere before its closer.
        let line = |at: u32| text[..at as usize].rfind('\n').map_or(0, |newline| offset(newline + 1));
        let from = if report.code == UNOPENED.code() { line(at) } else { at };
        Some(Scanned { at, from, opener: report.code == UNCLOSED.code() })
    });
    let muted = muted.iter().map(|range| Scanned { at: range.start, from: range.start, opener: false });
    let mut scanned: Vec<Scanned> = reported.chain(muted).collect();
    scanned.sort_unstable_by_key(|error| error.at);
    scanned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ChunkId;
    use regex::Regex;
    use std::sync::LazyLock;

    /// Debug output of trees and diagnostics, with absolute spans and without ids.
    fn absolute(text: &str, map: &SourceMap) -> String {
        static SPAN: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"Span \{ chunk: ChunkId\((\d+)\), start: (\d+), end: (\d+) \}").unwrap()
        });
        static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(Expr|Name|Block)Id\(\d+\)").unwrap());
        let text = SPAN.replace_all(text, |found: &regex::Captures| {
            let number = |at: usize| found[at].parse::<u32>().unwrap();
            let chunk: ChunkId = serde_json::from_str(&found[1]).unwrap();
            format!("{:?}", map.locate(Span { chunk, start: number(2), end: number(3) }).1)
        });
        ID.replace_all(&text, "id").into_owned()
    }

    fn said(tree: &Tree, map: &SourceMap) -> String {
        absolute(&format!("{:?}", tree.items().collect::<Vec<_>>()), map)
    }

    /// Asserts that two results are equal, and shows where they begin to differ.
    fn alike(one: &(String, Vec<String>), other: &(String, Vec<String>), text: &str) {
        let at = one.0.bytes().zip(other.0.bytes()).position(|(a, b)| a != b).unwrap_or(0);
        let around = |text: &str| {
            text.get(at.saturating_sub(300)..(at + 100).min(text.len())).unwrap_or("?").to_owned()
        };
        assert!(one.0 == other.0, "{}\n\nis not\n\n{}\n\nof\n{text}", around(&one.0), around(&other.0));
        assert_eq!(one.1, other.1, "of\n{text}");
    }

    fn told(reports: &[Diagnostic], map: &SourceMap) -> Vec<String> {
        let mut told: Vec<String> =
            reports.iter().map(|report| absolute(&format!("{report:?}"), map)).collect();
        told.sort();
        told
    }

    fn fresh(text: &str) -> (String, Vec<String>) {
        let mut map = SourceMap::for_editing();
        let file = map.add("a.vms", text);
        let (tree, reports) = parse(file, &mut map);
        (said(&tree, &map), told(&reports, &map))
    }

    fn jobs(count: usize) -> String {
        let job = |n: usize| {
            format!(
                "    # about {n}\n    job \"j{n}\" {{\n      targets  = [\"h{n}:1\"]\n      interval = 30s\n    }}\n"
            )
        };
        let jobs: String = (0..count).map(job).collect();
        format!(
            "let a = 1\n\n## The stack.\nstack m {{\n  version = v1.106.1\n  scrape {{\n{jobs}  }}\n  retention = 30d\n}}\n\nprofile p {{ retention = 7d }}\n"
        )
    }

    /// All test stacks, and two with large blocks.
    fn texts() -> Vec<String> {
        let large = [jobs(300), jobs(300).replace("30s\n    }", "30s }\n    ]")];
        large.into_iter().chain(crate::syntax::tests::stacks()).collect()
    }

    #[test]
    fn a_cut_tree_is_the_whole_one() {
        for text in texts().into_iter().chain([jobs(300).replace('\n', "\r\n"), jobs(40)]) {
            let mut map = SourceMap::default();
            let file = map.add("a.vms", text.as_str());
            let (tree, reports) = parse(file, &mut map);
            assert_eq!(tree.all_chunks().len(), tree.chunks.len(), "a run that reads once cuts nothing");
            alike(&fresh(&text), &(said(&tree, &map), told(&reports, &map)), &text);
        }
        let mut map = SourceMap::for_editing();
        let file = map.add("a.vms", jobs(300));
        assert!(parse(file, &mut map).0.all_chunks().len() > 10, "a big block is cut");
    }

    /// Reparsing gives the same result as a fresh parse, whatever was edited, and chunks do not leak.
    #[test]
    fn an_edited_text_is_parsed_as_if_it_were_new() {
        let mut seed = 7u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below.max(1)
        };
        let pieces =
            ["1", "\n", "}", "{", "\"", " ", "job \"x\" {}\n", "# c\n", "=", "a = 1\n", "[", "\u{1}", ""];
        let texts = texts();
        let few = texts.iter().take(2).chain(texts.iter().skip(2).step_by(9));
        for text in few.cloned() {
            let (mut text, mut map) = (text, SourceMap::for_editing());
            let file = map.add("a.vms", text.as_str());
            let (mut tree, _) = parse(file, &mut map);
            for _ in 0..6 {
                let boundary = |text: &str, at: usize| (at..).find(|at| text.is_char_boundary(*at)).unwrap();
                let start = boundary(&text, next(text.len()));
                let end = boundary(&text, (start + next(12)).min(text.len()));
                text.replace_range(start..end, pieces[next(pieces.len())]);
                let (again, reports) = reparse(file, text.clone(), &mut map, &tree);
                alike(&fresh(&text), &(said(&again, &map), told(&reports, &map)), &text);
                let control = map.chunk_count() - again.all_chunks().len();
                assert!(control <= 8, "{control} chunks are of nothing");
                tree = again;
            }
        }
    }

    /// A chunk that was repaired leaves nothing behind in the one that takes its place.
    #[test]
    fn a_repaired_chunk_is_not_taken_for_another() {
        let once = "victoriamr##\"cs {\n  verametrics {\n  version = v1.106.1\n  scrape {\n  sion = v1.106.1\n  {crape {\n\u{1a}     targets = [\"a:1\", \"b:2\"\n ";
        let before = once.repeat(33);
        let mut after = before.clone();
        after.replace_range(698..731, "   }\n  }\n}\n");
        let mut map = SourceMap::for_editing();
        let file = map.add("a.vms", before);
        let (tree, _) = parse(file, &mut map);
        let (again, reports) = reparse(file, after.clone(), &mut map, &tree);
        alike(&fresh(&after), &(said(&again, &map), told(&reports, &map)), &after);
    }

    /// A big block behind what can't be read says nothing, cut or whole.
    #[test]
    fn a_block_that_is_not_read_is_silent() {
        let text = jobs(300).replace("stack m {", "m {").replace("interval = 30s", "interval 30s");
        let mut map = SourceMap::default();
        let file = map.add("a.vms", text.as_str());
        let (tree, reports) = parse(file, &mut map);
        assert_eq!(reports.len(), 1);
        alike(&fresh(&text), &(said(&tree, &map), told(&reports, &map)), &text);
    }

    #[test]
    fn an_edit_in_a_job_keeps_all_other_chunks() {
        let (text, mut map) = (jobs(300), SourceMap::for_editing());
        let file = map.add("a.vms", text.as_str());
        let (tree, _) = parse(file, &mut map);
        let edited = text.replace("\"h150:1\"", "\"h150:10000\"");
        let (again, _) = reparse(file, edited, &mut map, &tree);
        let (old, new) = (tree.all_chunks(), again.all_chunks());
        assert_eq!(old.len(), new.len());
        let same = old.iter().zip(&new).filter(|(old, new)| Rc::ptr_eq(old, new)).count();
        // The job's piece, the piece around `scrape`, and the item.
        assert_eq!(same, old.len() - 3);
        let ids = old.iter().zip(&new).filter(|(old, new)| old.span.chunk == new.span.chunk).count();
        assert_eq!(ids, old.len() - 1, "what is around keeps its identity");
        let last = new.last().unwrap();
        assert_eq!(map.text(last.span).trim(), "profile p { retention = 7d }");
    }
}
