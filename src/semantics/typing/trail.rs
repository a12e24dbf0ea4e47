//! The path to a setting, built during the walk and formatted only for diagnostics.

use std::fmt::{self, Display, Write};

/// The path to a setting, linked to the settings around it.
#[derive(Clone, Copy)]
pub(super) struct Trail<'a> {
    outer: Option<&'a Trail<'a>>,
    name: &'a str,
    /// Whether a name on the path is computed, so that the setting is not known yet.
    computed: bool,
}

impl<'a> Trail<'a> {
    /// The stack itself.
    pub(super) const fn root() -> Trail<'static> {
        Trail { outer: None, name: "", computed: false }
    }

    /// A setting of the stack, or anything else that has a name.
    pub(super) const fn of(name: &'a str) -> Trail<'a> {
        Trail { outer: None, name, computed: false }
    }

    /// A setting below this one.
    pub(super) fn then(&'a self, name: &'a str) -> Trail<'a> {
        let outer = (!self.is_root()).then_some(self);
        Trail { outer, name, computed: self.computed }
    }

    /// A setting below this one whose name is computed.
    pub(super) fn computed(&'a self) -> Trail<'a> {
        Trail { computed: true, ..self.then("*") }
    }

    /// Whether it is the stack itself.
    pub(super) fn is_root(&self) -> bool {
        self.outer.is_none() && self.name.is_empty()
    }

    /// The last name of the path.
    pub(super) fn last(&self) -> &'a str {
        self.name
    }
}

impl Display for Trail<'_> {
    /// Formats the path with dots; a name that contains a dot is quoted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(f, "{outer}.")?;
        }
        match self.name.contains('.') {
            true => {
                f.write_char('"')?;
                f.write_str(self.name)?;
                f.write_char('"')
            }
            false => f.write_str(self.name),
        }
    }
}
