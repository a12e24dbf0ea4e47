//! Annotations: what a schema says of a field beside its type, for whoever lowers it.

use crate::syntax::tree::Name;

/// The annotations of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// `@build`: it shapes the build and is no value of the chart.
    pub build: bool,
    /// `@switch`: it turns its record on and off.
    pub switch: bool,
    /// `@flags`: it is a map of more flags for the program that its record configures.
    pub flags: bool,
    /// `@nullable`: where values are overridden, it may be null.
    pub nullable: bool,
}

impl Annotations {
    /// The one annotation that a schema of the user's may have.
    pub const BUILD: &str = "build";

    /// What some annotations say; those that are not known say nothing.
    pub fn of(names: &[Name]) -> Annotations {
        let has = |name: &str| names.iter().any(|annotation| &*annotation.text == name);
        Annotations {
            build: has(Annotations::BUILD),
            switch: has("switch"),
            flags: has("flags"),
            nullable: has("nullable"),
        }
    }

    /// Whether the built-in schema has an annotation of this name.
    pub fn knows(name: &str) -> bool {
        matches!(name, Annotations::BUILD | "switch" | "flags" | "nullable")
    }
}
