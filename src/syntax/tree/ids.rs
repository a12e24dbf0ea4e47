//! Ids of a chunk's parts.

use serde::{Deserialize, Serialize};

/// An expression of a chunk. Counted from 0 in each chunk, so that tables of what is found out about
/// expressions need no search, and an unchanged chunk keeps its ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExprId(pub u32);

/// A name of a chunk, counted like [`ExprId`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NameId(pub u32);

/// A block of a chunk, counted like [`ExprId`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockId(pub u32);

/// How many expressions, names and blocks a chunk has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    /// Expressions.
    pub exprs: u32,
    /// Names.
    pub names: u32,
    /// Blocks.
    pub blocks: u32,
}
