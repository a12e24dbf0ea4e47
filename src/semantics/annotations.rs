//! Annotations: what a schema says about a field besides its type, for the code that lowers it.

use crate::syntax::tree::Name;

/// What a change of a setting does to an installation; `docs/changes.md` has what an API server did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It restarts these pods, or none.
    Restarts {
        /// The server's.
        server: bool,
        /// The agents'.
        agents: bool,
    },
    /// It is refused.
    Refused,
}

impl Change {
    /// A sentence for the documentation of the setting.
    pub fn sentence(self) -> &'static str {
        match self {
            Change::Restarts { server: true, agents: true } => "A change restarts the server and the agents.",
            Change::Restarts { server: true, agents: false } => "A change restarts the server.",
            Change::Restarts { server: false, agents: true } => "A change restarts the agents.",
            Change::Restarts { server: false, agents: false } => "A change restarts nothing.",
            Change::Refused => "Once installed, it can't be changed.",
        }
    }

    /// Reads the annotations of a field by name.
    fn of(has: impl Fn(&str) -> bool) -> Option<Change> {
        let (server, agents) = (has("restartsServer"), has("restartsAgents"));
        match has("fixed") {
            true => Some(Change::Refused),
            false if server || agents || has("restartsNothing") => Some(Change::Restarts { server, agents }),
            false => None,
        }
    }
}

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
    /// `@restartsServer`, `@restartsAgents` or both, `@restartsNothing`, or `@fixed`: what a change of the field
    /// does, and of the fields of its record that say nothing else.
    pub change: Option<Change>,
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
            change: Change::of(has),
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
                | "restartsServer"
                | "restartsAgents"
                | "restartsNothing"
                | "fixed"
        )
    }
}
