//! The stack as Rust types: every leaf has a location and a layer, and no lookups are left to do.
//!
//! [`stack`] defines the records, [`decode`] fills them from an evaluated stack. The built-in schema
//! defines the same records in the language; a test checks that the two agree.

pub mod decode;
pub mod stack;

pub use decode::{Decode, Given};
pub use stack::Stack;
