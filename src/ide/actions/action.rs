//! Something that may be done.

use crate::ide::edit::Edits;

/// Something that may be done.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it does.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// The edits.
    pub edits: Edits,
}

/// What an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Makes a part of the code a declaration.
    Extract,
    /// Puts a declaration where it is used.
    Inline,
    /// Writes the same in another way.
    Rewrite,
    /// Adds what is missing.
    Fill,
}
