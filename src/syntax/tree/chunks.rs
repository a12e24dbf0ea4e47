//! The pieces that a file is parsed in.

use super::{Entry, Ids, Item};
use crate::diagnostics::Report;
use crate::source::Span;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

/// A parsed file: its items in order, a chunk each.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tree {
    /// The chunks of the file's items, in source order; the entries of big blocks are in chunks of
    /// their own below them.
    pub chunks: Vec<Rc<Chunk>>,
}

impl Tree {
    /// All items of the file.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.chunks.iter().flat_map(|chunk| &chunk.items)
    }

    /// All chunks, each before those in it.
    pub fn all_chunks(&self) -> Vec<&Rc<Chunk>> {
        fn collect<'t>(chunk: &'t Rc<Chunk>, found: &mut Vec<&'t Rc<Chunk>>) {
            found.push(chunk);
            chunk.pieces.iter().for_each(|piece| collect(piece, found));
        }
        let mut found = Vec::new();
        self.chunks.iter().for_each(|chunk| collect(chunk, &mut found));
        found
    }
}

/// A piece of a file that was parsed by itself: an item, or some entries of a big block.
#[derive(Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The whole chunk.
    pub span: Span,
    /// The items, nearly always one; none where it is of a block.
    pub items: Vec<Item>,
    /// The entries, where it is of a block.
    pub entries: Vec<Entry>,
    /// How many ids its parts have.
    pub ids: Ids,
    /// What it is a piece of.
    pub form: Form,
    /// The chunks of its big blocks, in source order.
    pub pieces: Vec<Rc<Chunk>>,
    /// What could not be read in it; in its pieces aside.
    #[serde(skip)]
    pub problems: Vec<Report>,
}

/// What a chunk is a piece of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// A file: items.
    Items,
    /// A block: entries.
    Entries {
        /// Whether they are those of a schema.
        schema: bool,
    },
}

/// The entries of a block, in source order.
#[derive(Default, Serialize, Deserialize)]
pub struct Entries {
    /// Those that were parsed with the block; of a big block there are none.
    own: Vec<Entry>,
    /// The chunks of a big block.
    pieces: Vec<Rc<Chunk>>,
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Entries {
    /// Entries that were parsed with their block.
    pub fn new(own: Vec<Entry>) -> Entries {
        Entries { own, pieces: Vec::new() }
    }

    /// The entries of a big block.
    pub fn in_pieces(pieces: Vec<Rc<Chunk>>) -> Entries {
        Entries { own: Vec::new(), pieces }
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> + Clone {
        self.own.iter().chain(self.pieces.iter().flat_map(|piece| &piece.entries))
    }

    /// The entries that were parsed with the block: all, but of a big block none.
    pub fn own(&self) -> &[Entry] {
        &self.own
    }

    /// The entries of a big block, a chunk at a time.
    pub fn pieces(&self) -> &[Rc<Chunk>] {
        &self.pieces
    }
}
