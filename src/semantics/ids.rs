//! What stands for the declarations of a program.

use serde::{Deserialize, Serialize};

/// Declares what stands for a declaration: its place among those of its kind.
macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {
        $($(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(u32);

        impl $name {
            /// The declaration at a place.
            pub fn new(at: usize) -> $name {
                // There are fewer declarations than bytes, and a file has at most 4 MiB.
                $name(u32::try_from(at).unwrap_or(u32::MAX))
            }

            /// Its place.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        })*
    };
}
ids! {
    /// A schema of a [`super::names::Program`].
    SchemaId;
    /// A named refinement of a [`super::names::Program`].
    RefinedId;
    /// A file's names; the built-in schema is the first.
    ModuleId;
    /// A constant.
    LetId;
    /// A function.
    FnId;
    /// Imported data.
    DataId;
    /// Another name of a type.
    AliasId;
}

/// A field of a schema, by its place. It has the same place in schemas that extend the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldRef {
    /// The schema.
    pub schema: SchemaId,
    /// The place of the field.
    pub at: u32,
}

impl FieldRef {
    /// The field at a place.
    pub fn new(schema: SchemaId, at: usize) -> FieldRef {
        FieldRef { schema, at: u32::try_from(at).unwrap_or(u32::MAX) }
    }

    /// Its place among the schema's fields.
    pub fn index(self) -> usize {
        self.at as usize
    }
}
