//! Text to tree. Parsing never fails: what can't be read is left out of the tree and reported.
//!
//! Read in this order: [`tree`] (what comes out), [`scan`] (the byte scan that cuts a file into
//! chunks and balances their brackets), [`parse`] (pest's pairs lowered to the tree; the only place
//! that sees pest), [`problems`] (the reports).

pub mod format;
mod lower;
mod parse;
pub mod problems;
mod scan;
pub mod tree;

pub use parse::parse;
