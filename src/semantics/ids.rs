//! Ids of a program's declarations.

use serde::{Deserialize, Serialize};

/// Defines id types; an id is a declaration's index among those of its kind.
macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {
        $($(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(u32);

        impl $name {
            /// The id of the declaration at index `at`.
            pub fn new(at: usize) -> $name {
                // There are fewer declarations than bytes, and a file has at most 4 MiB.
                $name(u32::try_from(at).unwrap_or(u32::MAX))
            }

            /// Its index.
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
    /// A file as a namespace; the built-in schema is the first.
    ModuleId;
    /// A constant.
    LetId;
    /// A function.
    FnId;
    /// Imported data.
    DataId;
    /// A type alias.
    AliasId;
}

/// A field of a schema, by its index. It has the same index in schemas that extend this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldRef {
    /// The schema.
    pub schema: SchemaId,
    /// The index of the field.
    pub at: u32,
}

impl FieldRef {
    /// The field at index `at` of a schema.
    pub fn new(schema: SchemaId, at: usize) -> FieldRef {
        FieldRef { schema, at: u32::try_from(at).unwrap_or(u32::MAX) }
    }

    /// Its index among the schema's fields.
    pub fn index(self) -> usize {
        self.at as usize
    }
}
