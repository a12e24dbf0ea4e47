//! Source text: files, chunks of files, and spans in them.
//!
//! Read in this order: [`file`](mod@file) (a text and its lines), [`Span`] (a range of a chunk),
//! [`SourceMap`] (maps spans to files), [`position`] (lines and columns as other programs count them),
//! [`read`] (reads files from disk), [`overlay`] (unsaved texts), [`markers`] (conflict markers of a merge).

mod file;
pub mod markers;
pub mod overlay;
pub mod position;
pub mod read;

pub use file::{SourceFile, line_start, offset};
use file::{ceil_boundary, floor_boundary};
use overlay::Overlay;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Id of a file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileId(u32);

/// Id of a chunk, the part of a file that is parsed on its own; it survives edits elsewhere in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChunkId(u32);

impl ChunkId {
    /// Whether the chunk belongs to a built-in file.
    pub fn is_builtin(self) -> bool {
        self.0 & BUILTIN != 0
    }

    /// Index among the chunks of its map.
    pub fn index(self) -> usize {
        (self.0 & !BUILTIN) as usize
    }
}

/// Bit that is set in the ids of built-in files and chunks, which mean the same in every map.
const BUILTIN: u32 = 1 << 31;

/// A source location: bytes `start..end` of a chunk's text.
///
/// Spans are relative to their chunk, so that an unchanged chunk keeps all its spans when text before it
/// changes. [`SourceMap::locate`] makes them absolute, for diagnostics only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The chunk that contains the span.
    pub chunk: ChunkId,
    /// First byte, within the chunk.
    pub start: u32,
    /// One past the last byte, within the chunk.
    pub end: u32,
}

impl Span {
    /// The smallest span that covers both; `self` if `other` is in a different chunk.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.chunk != other.chunk {
            return self;
        }
        Span { chunk: self.chunk, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at this span's end.
    #[must_use]
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// Where a chunk's bytes are in its file.
#[derive(Debug, Serialize, Deserialize)]
struct ChunkOrigin {
    file: FileId,
    base: u32,
    /// Positions of the bytes that repair inserted into the chunk's text, ascending. Almost always empty.
    inserted: Vec<u32>,
    /// Holes: positions in the chunk's text where it leaves out bytes of the file, and how many.
    holes: Vec<(u32, u32)>,
}

/// Files and the chunks they are parsed in.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Sources {
    files: Vec<SourceFile>,
    chunks: Vec<ChunkOrigin>,
}

/// All files of a run: the user's, and the built-in ones (the built-in schema), which diagnostics do not
/// point into.
#[derive(Debug, Default)]
pub struct SourceMap {
    own: Sources,
    builtin: Arc<Sources>,
    /// Bit that is set in all ids of this map: [`BUILTIN`] while the compiler itself is built.
    mark: u32,
    /// Released chunks, whose ids are reused.
    free: Vec<u32>,
    /// Unsaved texts, for code that reads files of the map.
    pub overlay: Overlay,
    /// Whether big blocks are parsed in pieces.
    pub(crate) in_pieces: bool,
}

impl SourceMap {
    /// Creates a map for files that are edited and parsed again: it parses big blocks in pieces, which
    /// a run that reads each file once would pay for in vain.
    pub fn for_editing() -> SourceMap {
        SourceMap { in_pieces: true, ..SourceMap::default() }
    }

    /// Adds a file; `name` is its name in diagnostics.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.own.files.push(SourceFile::new(name, text));
        FileId(self.mark | (offset(self.own.files.len()) - 1))
    }

    /// Attaches the built-in files.
    pub fn attach(&mut self, builtin: Arc<Sources>) {
        self.builtin = builtin;
    }

    /// Creates a map for built-in files, whose ids mean the same in every map.
    pub fn of_builtin() -> SourceMap {
        SourceMap { mark: BUILTIN, ..SourceMap::default() }
    }

    /// Returns the files of this map, to attach to others.
    pub fn into_sources(self) -> Sources {
        self.own
    }

    fn sources(&self, id: u32) -> &Sources {
        if id & BUILTIN == self.mark { &self.own } else { &self.builtin }
    }

    fn place(&self, chunk: ChunkId) -> &ChunkOrigin {
        &self.sources(chunk.0).chunks[(chunk.0 & !BUILTIN) as usize]
    }

    /// The file with an id of this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.sources(id.0).files[(id.0 & !BUILTIN) as usize]
    }

    /// The text of a file, for the parser to borrow while it registers chunks.
    pub(crate) fn text_mut(&mut self, id: FileId) -> &mut String {
        &mut self.own.files[(id.0 & !BUILTIN) as usize].text
    }

    /// The user's files in the order they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        let id = |n: usize| FileId(self.mark | offset(n));
        self.own.files.iter().enumerate().map(move |(n, file)| (id(n), file))
    }

    /// Registers a chunk that begins at byte `base` of `file`. `inserted` lists the positions of the bytes
    /// of the chunk's text that the file does not have, ascending.
    pub fn add_chunk(&mut self, file: FileId, base: u32, inserted: Vec<u32>) -> ChunkId {
        let place = ChunkOrigin { file, base, inserted, holes: Vec::new() };
        match self.free.pop() {
            Some(at) => {
                self.own.chunks[at as usize] = place;
                ChunkId(self.mark | at)
            }
            None => {
                self.own.chunks.push(place);
                ChunkId(self.mark | (offset(self.own.chunks.len()) - 1))
            }
        }
    }

    /// Updates where a chunk is after the text around it changed. `holes` are the positions in its text
    /// where it leaves out bytes of the file, and how many; `inserted` is as in [`SourceMap::add_chunk`].
    pub fn move_chunk(&mut self, chunk: ChunkId, base: u32, inserted: &[u32], holes: Vec<(u32, u32)>) {
        let place = &mut self.own.chunks[chunk.index()];
        place.base = base;
        place.inserted.clear();
        place.inserted.extend_from_slice(inserted);
        place.holes = holes;
    }

    /// Extracts a chunk's text from its file's text, without its holes.
    pub fn chunk_text(&self, chunk: Span, text: &str) -> String {
        let place = self.place(chunk.chunk);
        let (mut found, mut at) = (String::new(), place.base as usize);
        let mut taken = 0;
        for (hole, length) in &place.holes {
            let end = at + (hole - taken) as usize;
            found.push_str(text.get(at..end).unwrap_or_default());
            (at, taken) = (end + *length as usize, *hole);
        }
        let end = at + (chunk.end - taken) as usize;
        found.push_str(text.get(at..end).unwrap_or_default());
        found
    }

    /// Releases chunks of a text that is gone: spans in them become invalid, and their ids are reused.
    pub fn release(&mut self, chunks: impl IntoIterator<Item = ChunkId>) {
        self.free.extend(chunks.into_iter().map(|chunk| offset(chunk.index())));
    }

    /// Replaces the text of a file; the caller that parses it must move or release its chunks.
    pub fn replace(&mut self, id: FileId, text: String) {
        let file = &mut self.own.files[(id.0 & !BUILTIN) as usize];
        file.text = text;
        file.lines = OnceLock::new();
    }

    /// Number of chunks, not counting released ones.
    pub fn chunk_count(&self) -> usize {
        self.own.chunks.len() - self.free.len()
    }

    /// Creates a span over bytes of a whole file, in a chunk of its own.
    pub fn whole(&mut self, file: FileId, range: Range<usize>) -> Span {
        let chunk = self.add_chunk(file, 0, Vec::new());
        Span { chunk, start: offset(range.start), end: offset(range.end) }
    }

    /// The file and absolute byte range of a span, clamped to the file's text and to character
    /// boundaries, so that a renderer may slice with it.
    pub fn locate(&self, span: Span) -> (FileId, Range<usize>) {
        let place = self.place(span.chunk);
        let text = &self.file(place.file).text;
        let start = place.absolute(span.start, true).min(text.len());
        let end = place.absolute(span.end, span.start == span.end).clamp(start, text.len());
        (place.file, floor_boundary(text, start)..ceil_boundary(text, end))
    }

    /// Whether a file is built in.
    pub fn is_builtin_file(&self, file: FileId) -> bool {
        file.0 & BUILTIN != 0
    }

    /// Whether the span is in a built-in file.
    pub fn is_builtin(&self, span: Span) -> bool {
        span.chunk.0 & BUILTIN != 0
    }

    /// The file's text at a span.
    pub fn text(&self, span: Span) -> &str {
        let (file, range) = self.locate(span);
        &self.file(file).text[range]
    }

    /// One-based line and column (in characters) of a byte of a file.
    pub fn line_column(&self, file: FileId, byte: usize) -> (usize, usize) {
        let file = self.file(file);
        let byte = floor_boundary(&file.text, byte.min(file.text.len()));
        let line = file.line(byte);
        let start = file.line_starts()[line];
        (line + 1, file.text[start..byte].chars().count() + 1)
    }
}

impl ChunkOrigin {
    /// Converts a position to one in the file. At a hole, the start of a span maps to after the hole, and
    /// the end of a span to before it.
    fn absolute(&self, at: u32, begins: bool) -> usize {
        let shift = self.inserted.partition_point(|position| *position < at);
        let left_out = self.holes.iter().take_while(|(hole, _)| *hole < at || begins && *hole == at);
        let left_out: u32 = left_out.map(|(_, length)| length).sum();
        (self.base + at + left_out) as usize - shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_survive_what_repair_inserted() {
        let mut map = SourceMap::default();
        let file = map.add("a.vms", "let a = (1\nlet b = 2");
        let chunk = map.add_chunk(file, 0, vec![10]);
        let at = |start, end| map.locate(Span { chunk, start, end }).1;
        assert_eq!(at(9, 10), 9..10);
        assert_eq!(at(10, 11), 10..10);
        assert_eq!(at(11, 12), 10..11);
    }

    #[test]
    fn a_span_past_the_end_or_inside_a_character_is_clamped() {
        let mut map = SourceMap::default();
        let file = map.add("a.vms", "aé");
        let chunk = map.add_chunk(file, 0, Vec::new());
        assert_eq!(map.locate(Span { chunk, start: 2, end: 99 }).1, 1..3);
        assert_eq!(map.line_column(file, 3), (1, 3));
    }
}
