//! Ids of the nodes in a chunk.

use serde::{Deserialize, Serialize};

/// Id of an expression. Ids start at 0 in each chunk, so that per-expression tables can be indexed directly
/// and an unchanged chunk keeps its ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExprId(pub u32);

/// Id of a name, numbered like [`ExprId`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NameId(pub u32);

/// Id of a block, numbered like [`ExprId`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockId(pub u32);

/// Number of expressions, names and blocks in a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    /// Expressions.
    pub exprs: u32,
    /// Names.
    pub names: u32,
    /// Blocks.
    pub blocks: u32,
}
