//! The built-in functions: [`table`] has a [`row`] for each.

mod row;
mod table;

pub use row::{Arguments, Builtin, Compute, Failure, InFormula, Types};
use row::{first, list, number, text};
use serde::{Deserialize, Serialize};
pub use table::ALL;

/// A built-in function, by its index in [`ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BuiltinId(u8);

impl BuiltinId {
    /// Returns the function.
    pub fn get(self) -> &'static Builtin {
        &ALL[usize::from(self.0)]
    }
}

/// Looks up a function by name.
pub fn find(name: &str) -> Option<BuiltinId> {
    let at = ALL.iter().position(|builtin| builtin.name == name)?;
    u8::try_from(at).ok().map(BuiltinId)
}
