//! Nesting without brackets.

use super::{MAX_DEPTH, of_word};

/// Nesting without brackets: conditions in conditions (`if if …`) and types in types (`Map<Map<…`).
#[derive(Default)]
pub(super) struct Words {
    conditions: usize,
    types: usize,
}

impl Words {
    /// Processes a byte; returns whether nesting is too deep there.
    pub(super) fn deep(&mut self, bytes: &[u8], at: usize) -> bool {
        match bytes[at] {
            b'{' => self.conditions = self.conditions.saturating_sub(1),
            b'\n' => self.types = 0,
            b'>' => self.types = self.types.saturating_sub(1),
            b'<' if bytes[..at].ends_with(b"Map") => self.types += 1,
            b'i' if condition(bytes, at) => self.conditions += 1,
            _ => return false,
        }
        self.conditions > MAX_DEPTH || self.types > MAX_DEPTH
    }
}

/// Whether the keyword `if` is here, rather than a field of that name.
pub(super) fn condition(bytes: &[u8], at: usize) -> bool {
    let of_word = |byte: Option<&u8>| byte.copied().is_some_and(of_word);
    let Some(rest) = bytes[at..].strip_prefix(b"if") else { return false };
    if of_word(at.checked_sub(1).map(|before| &bytes[before])) || of_word(rest.first()) {
        return false;
    }
    !matches!(rest.iter().find(|b| !matches!(b, b' ' | b'\t')), Some(b'=' | b'.' | b':'))
}
