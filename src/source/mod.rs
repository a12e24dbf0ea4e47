//! Source text: files, chunks of files, and places in them.
//!
//! Read in this order: [`file`](mod@file) (a text and its lines), [`Span`] (a place), [`SourceMap`] (what a place means in a file),
//! [`position`] (lines and columns as others count them), [`read`] (how text gets in from disk),
//! [`overlay`] (texts that are not saved yet).

mod file;
pub mod overlay;
pub mod position;
pub mod read;

pub use file::{SourceFile, offset};
use file::{ceil_boundary, floor_boundary};
use overlay::Overlay;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileId(u32);

/// A piece of a file that is parsed by itself; its identity survives edits elsewhere in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChunkId(u32);

impl ChunkId {
    /// Whether it is a chunk of the compiler's own files.
    pub fn is_builtin(self) -> bool {
        self.0 & BUILTIN != 0
    }

    /// Its place among the chunks of its map.
    pub fn index(self) -> usize {
        (self.0 & !BUILTIN) as usize
    }
}

/// Set in the ids of the compiler's own files and chunks: they mean the same in every map.
const BUILTIN: u32 = 1 << 31;

/// A place: bytes `start..end` of a chunk's text.
///
/// Spans are relative to their chunk, so that an unchanged chunk keeps all its spans when text
/// before it changes. [`SourceMap::locate`] makes them absolute, for reports only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The chunk the place is in.
    pub chunk: ChunkId,
    /// First byte, within the chunk.
    pub start: u32,
    /// One past the last byte, within the chunk.
    pub end: u32,
}

impl Span {
    /// The smallest span that covers both; `other` must be of the same chunk, else `self` is kept.
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

/// Where a chunk's bytes stand in its file.
#[derive(Debug, Serialize, Deserialize)]
struct ChunkOrigin {
    file: FileId,
    base: u32,
    /// Where repair put a byte into the chunk's text, ascending. Empty for nearly every chunk.
    inserted: Vec<u32>,
    /// What the file has at positions of the chunk's text, which leaves it out: how many bytes.
    holes: Vec<(u32, u32)>,
}

/// Files and the chunks they are parsed in.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Sources {
    files: Vec<SourceFile>,
    chunks: Vec<ChunkOrigin>,
}

/// All files of a run: the user's, and those of the compiler's own (the built-in schema), which
/// reports do not point into.
#[derive(Debug, Default)]
pub struct SourceMap {
    own: Sources,
    builtin: Arc<Sources>,
    /// What the ids have that this map gives out: [`BUILTIN`] while the compiler itself is built.
    mark: u32,
    /// Chunks that are released.
    free: Vec<u32>,
    /// What is not saved yet, for whoever reads files of the map.
    pub overlay: Overlay,
}

impl SourceMap {
    /// Adds a file; `name` is what reports call it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let (name, text) = (name.into(), text.into());
        self.own.files.push(SourceFile { name, text, lines: OnceLock::new() });
        FileId(self.mark | (offset(self.own.files.len()) - 1))
    }

    /// Gives the map the compiler's own files.
    pub fn attach(&mut self, builtin: Arc<Sources>) {
        self.builtin = builtin;
    }

    /// A map whose files become the compiler's own: ids that it gives out keep their meaning.
    pub fn of_builtin() -> SourceMap {
        SourceMap { mark: BUILTIN, ..SourceMap::default() }
    }

    /// The files of this map, to attach to others.
    pub fn into_sources(self) -> Sources {
        self.own
    }

    fn sources(&self, id: u32) -> &Sources {
        if id & BUILTIN == self.mark { &self.own } else { &self.builtin }
    }

    fn place(&self, chunk: ChunkId) -> &ChunkOrigin {
        &self.sources(chunk.0).chunks[(chunk.0 & !BUILTIN) as usize]
    }

    /// The file of an id that this map gave out.
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

    /// Registers a chunk that begins at byte `base` of `file`. `inserted` lists the positions of
    /// bytes that the chunk's text has and the file has not, ascending.
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

    /// Says where a chunk's text stands, when what is around it has changed. `holes` are the positions
    /// in its text where the file has more, and how much.
    pub fn move_chunk(&mut self, chunk: ChunkId, base: u32, holes: Vec<(u32, u32)>) {
        let place = &mut self.own.chunks[chunk.index()];
        place.base = base;
        place.holes = holes;
    }

    /// The text of a chunk, cut out of its file's text: what it leaves out is left out.
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

    /// Gives up chunks of a text that is no more: what points into them means nothing from now on, and
    /// their ids are given out again.
    pub fn release(&mut self, chunks: impl IntoIterator<Item = ChunkId>) {
        self.free.extend(chunks.into_iter().map(|chunk| offset(chunk.index())));
    }

    /// Gives a file another text; the chunks of it are to be moved or released by who parses it.
    pub fn replace(&mut self, id: FileId, text: String) {
        let file = &mut self.own.files[(id.0 & !BUILTIN) as usize];
        file.text = text;
        file.lines = OnceLock::new();
    }

    /// How many chunks there are, those that are released aside.
    pub fn chunk_count(&self) -> usize {
        self.own.chunks.len() - self.free.len()
    }

    /// Whether the map is that of the compiler's own files.
    pub fn is_of_builtin(&self) -> bool {
        self.mark == BUILTIN
    }

    /// A span over bytes of a whole file, in a chunk of its own.
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

    /// Whether the span stands in the compiler's own files.
    pub fn is_builtin(&self, span: Span) -> bool {
        span.chunk.0 & BUILTIN != 0
    }

    /// The text of a span as it stands in the file.
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
    /// A position in the file. What begins where the chunk leaves something out is after that, and
    /// what ends there is before it.
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
