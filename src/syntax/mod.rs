//! Text to tree. Parsing never fails: what can't be read is left out of the tree and reported.
//!
//! Read in this order: [`tree`] (what comes out), [`scan`] (the byte scan that cuts a file into
//! chunks and balances their brackets), [`grammar`] (pest's), [`parse`](mod@parse) (a chunk at a time),
//! [`lower`] (pest's pairs to the tree), [`mod@format`] (`vmsc fmt`), [`problems`] (the reports).

pub mod format;
mod grammar;
mod lower;
mod parse;
pub mod problems;
mod scan;
pub mod tree;

pub use parse::{parse, reparse};
