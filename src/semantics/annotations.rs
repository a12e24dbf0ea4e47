//! Annotations: what a schema says about a field besides its type, for the code that lowers it.

use crate::syntax::tree::Name;

/// The annotations of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// `@build`: the field affects the build and is not a chart value.
    pub build: bool,
    /// `@switch`: the field turns its record on and off.
    pub switch: bool,
    /// `@flags`: the field is a map of additional flags for the program that its record configures.
    pub flags: bool,
    /// `@nullable`: the field may be null where values are overridden.
    pub nullable: bool,
    /// `@starter`: an editor begins a new record with the field.
    pub starter: bool,
    /// `@either`: a record gives only one of its fields with this annotation.
    pub either: bool,
    /// `@service`: the field may name a service of the project beside ours.
    pub service: bool,
    /// `@network`: the field may name a network of the project beside ours.
    pub network: bool,
}

impl Annotations {
    /// The only annotation allowed in user schemas.
    pub const BUILD: &str = "build";

    /// Reads annotations by name; unknown ones are ignored.
    pub fn of(names: &[Name]) -> Annotations {
        let has = |name: &str| names.iter().any(|annotation| &*annotation.text == name);
        Annotations {
            build: has(Annotations::BUILD),
            switch: has("switch"),
            flags: has("flags"),
            nullable: has("nullable"),
            starter: has("starter"),
            either: has("either"),
            service: has("service"),
            network: has("network"),
        }
    }

    /// Whether `name` is an annotation of the built-in schema.
    pub fn knows(name: &str) -> bool {
        matches!(
            name,
            Annotations::BUILD
                | "switch"
                | "flags"
                | "nullable"
                | "starter"
                | "either"
                | "service"
                | "network"
        )
    }
}
