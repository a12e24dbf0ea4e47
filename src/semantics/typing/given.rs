//! Tracks what a layer sets, to find duplicates.

use super::{FieldRef, HashMap, Span};
use crate::syntax::tree::Name;

/// What a layer sets at and below a setting.
#[derive(Default)]
pub(super) struct Given<'t> {
    /// Where a value is set, and in which branch.
    value: Option<(Span, Branch)>,
    /// By field of a schema; a list is enough because most records set few fields.
    fields: Vec<(u32, Given<'t>)>,
    /// By key of a map.
    keys: HashMap<&'t str, Given<'t>>,
}

/// A branch of an `if` in a block; 0 is outside all branches.
type Branch = u32;

/// The branches of each `if`, of which only one takes effect.
#[derive(Default)]
pub(super) struct Branches {
    /// The branches around the current entry.
    around: Vec<Branch>,
    /// For each branch, the branch around its `if`, once that is closed.
    parents: Vec<Option<Branch>>,
}

impl Branches {
    /// Enters a branch.
    pub(super) fn enter(&mut self) -> Branch {
        self.parents.push(None);
        let branch = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        self.around.push(branch);
        branch
    }

    /// Leaves the innermost branch. Until its `if` is closed, the other branch may set the same fields.
    pub(super) fn leave(&mut self) {
        self.around.pop();
    }

    /// Closes an `if`: what its branches set counts as set around it.
    pub(super) fn close(&mut self, branches: impl IntoIterator<Item = Branch>) {
        let around = self.around.last().copied().unwrap_or_default();
        for branch in branches {
            self.parents[branch as usize - 1] = Some(around);
        }
    }

    /// Whether what a branch set counts at the current entry.
    fn counts(&self, mut branch: Branch) -> bool {
        while branch != 0 {
            if self.around.contains(&branch) {
                return true;
            }
            match self.parents[branch as usize - 1] {
                Some(parent) => branch = parent,
                None => return false,
            }
        }
        true
    }

    fn current(&self) -> Branch {
        self.around.last().copied().unwrap_or_default()
    }
}

impl<'t> Given<'t> {
    /// Returns what is set below a key, by its schema field if it has one, else by its name.
    pub(super) fn below(&mut self, name: &'t Name, field: Option<FieldRef>) -> &mut Given<'t> {
        match field {
            Some(field) => {
                let at = self.fields.iter().position(|(known, _)| *known == field.at);
                let at = at.unwrap_or_else(|| {
                    self.fields.push((field.at, Given::default()));
                    self.fields.len() - 1
                });
                &mut self.fields[at].1
            }
            None => self.keys.entry(&name.text).or_default(),
        }
    }

    /// Marks a value as set; returns where it was already set, if it was.
    pub(super) fn give(&mut self, at: Span, branches: &Branches) -> Option<Span> {
        if let Some((first, branch)) = self.value
            && branches.counts(branch)
        {
            return Some(first);
        }
        self.value = Some((at, branches.current()));
        None
    }
}
