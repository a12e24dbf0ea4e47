//! What is ours in somebody else's repository.
//!
//! [`record`] reads and writes `vmsc.owned`, the committed file that says which values in the user's files
//! vmsc wrote. [`ruling`] decides what happens to each place, given what stands there, what this build
//! writes, and what is recorded. Nothing here knows about stacks or touches files.

pub mod record;
pub mod ruling;
