//! A file of the user's on the desk: its text, and what was decided about its values so far.

use super::outputs::Leaf;
use super::owned::record::{Mark, Place};
use crate::yaml::edit::Editor;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A file of the user's while its values are decided.
pub(super) struct Desk<'w> {
    pub(super) file: Rc<str>,
    pub(super) text: String,
    pub(super) editor: Editor,
    /// Values to set.
    pub(super) sets: Vec<(&'w Place, &'w Leaf)>,
    /// Values that are gone and written again.
    pub(super) missing: Vec<&'w Place>,
    /// Values to take out.
    pub(super) removes: Vec<Place>,
    /// Values that are the user's from now on.
    pub(super) released: Vec<Place>,
}

/// The digests among the marks of a place.
pub(super) fn digests(marks: Option<&BTreeSet<(Rc<str>, Mark)>>) -> Vec<&str> {
    let marks = marks.into_iter().flatten();
    marks
        .filter_map(|(_, mark)| match mark {
            Mark::Digest(digest) => Some(&**digest),
            Mark::Kept => None,
        })
        .collect()
}

/// Text as lines of a note, at most six.
pub(super) fn indented(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    match lines.as_slice() {
        [one] => format!(" {one}"),
        lines => {
            let more = if lines.len() > 6 { "\n    …" } else { "" };
            lines.iter().take(6).map(|line| format!("\n    {line}")).collect::<String>() + more
        }
    }
}
