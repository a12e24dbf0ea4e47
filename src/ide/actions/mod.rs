//! What may be done to the code at a place: fixes of what is reported, and refactorings, each an
//! [`action`](mod@action).

mod action;
mod convert;
mod extract;
mod fill;
mod fixes;
mod inline;
mod to_profile;

use super::trial;
use super::view::View;
use std::ops::Range;

pub use action::{Action, Kind};
pub use fixes::{Fix, fix_all, fixes};

/// The refactorings for a range of a file; only those after which nothing more is wrong than before.
pub fn refactorings(view: View<'_>, range: &Range<usize>) -> Vec<Action> {
    let mut found = Vec::new();
    extract::offer(view, range, &mut found);
    to_profile::offer(view, range, &mut found);
    fill::offer(view, range, &mut found);
    convert::offer(view, range, &mut found);
    inline::offer(view, range, &mut found);
    found.retain(|action| {
        let after = trial::edited(view.live, &action.edits);
        !trial::is_worse(view.live, &after)
    });
    found
}
