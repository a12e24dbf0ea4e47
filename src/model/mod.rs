//! The stack as Rust types: every leaf with its place and layer, nothing left to look up.
//!
//! [`stack`] has the records, [`decode`] fills them from an evaluated stack. The built-in schema
//! says the same in its own words; a test holds that the two agree.

pub mod decode;
pub mod stack;

pub use decode::{Decode, Given};
pub use stack::Stack;
