//! What a layer gives, to find what it gives twice.

use super::{FieldRef, HashMap, Span};
use crate::syntax::tree::Name;

/// What is given at a setting and below it.
#[derive(Default)]
pub(super) struct Given<'t> {
    /// Where a value is given, and in which branch.
    value: Option<(Span, Branch)>,
    /// By fields of a schema: few are given of most records.
    fields: Vec<(u32, Given<'t>)>,
    /// By keys of a map.
    keys: HashMap<&'t str, Given<'t>>,
}

/// A branch of a choice in a block; 0 is what stands in none.
type Branch = u32;

/// The branches of choices: of two branches of one choice only one counts.
#[derive(Default)]
pub(super) struct Branches {
    /// The branches around what is looked at.
    around: Vec<Branch>,
    /// For each branch that is behind us, the one around its choice.
    parents: Vec<Option<Branch>>,
}

impl Branches {
    /// Begins a branch.
    pub(super) fn enter(&mut self) -> Branch {
        self.parents.push(None);
        let branch = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        self.around.push(branch);
        branch
    }

    /// Ends the branch that was begun last: until its choice ends, what it gives is the other's to give
    /// as well.
    pub(super) fn leave(&mut self) {
        self.around.pop();
    }

    /// Ends a choice: what its branches give counts as given around it.
    pub(super) fn close(&mut self, branches: impl IntoIterator<Item = Branch>) {
        let around = self.around.last().copied().unwrap_or_default();
        for branch in branches {
            self.parents[branch as usize - 1] = Some(around);
        }
    }

    /// Whether what a branch gave counts where we are.
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
    /// What is given below a key: of a field of a schema, else by its name.
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

    /// Gives a value; where it was given before.
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
