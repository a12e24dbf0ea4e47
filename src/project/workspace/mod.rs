//! The projects that are open in an editor or watched: their stacks, which file belongs to which stack, and
//! what is wrong in each. [`open`](mod@open) holds them, [`claims`] finds stacks that would write the same files, and
//! [`inputs`] says which files a build reads.

mod claims;
mod inputs;
mod open;

pub use claims::Claims;
pub use inputs::{Inputs, Snapshot};
pub use open::{Workspace, is_stack, location, shown, stacks};
