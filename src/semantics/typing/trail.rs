//! The way to a setting, as it is walked: only a report makes text of it.

use std::fmt::{self, Display, Write};

/// A setting, by the settings around it.
#[derive(Clone, Copy)]
pub(super) struct Trail<'a> {
    outer: Option<&'a Trail<'a>>,
    name: &'a str,
    /// Whether the name is computed, so that nobody knows yet which setting it is.
    computed: bool,
}

impl<'a> Trail<'a> {
    /// The stack itself.
    pub(super) const fn root() -> Trail<'static> {
        Trail { outer: None, name: "", computed: false }
    }

    /// A setting of the stack, or something else that has a name.
    pub(super) const fn of(name: &'a str) -> Trail<'a> {
        Trail { outer: None, name, computed: false }
    }

    /// A setting below this one.
    pub(super) fn then(&'a self, name: &'a str) -> Trail<'a> {
        let outer = (!self.is_root()).then_some(self);
        Trail { outer, name, computed: self.computed }
    }

    /// One below this one whose name is computed.
    pub(super) fn computed(&'a self) -> Trail<'a> {
        Trail { computed: true, ..self.then("*") }
    }

    /// Whether it is the stack itself.
    pub(super) fn is_root(&self) -> bool {
        self.outer.is_none() && self.name.is_empty()
    }

    /// Its last name.
    pub(super) fn last(&self) -> &'a str {
        self.name
    }
}

impl Display for Trail<'_> {
    /// Dotted; a name with a dot in it is one segment, in quotes.
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
