//! Decides what happens to a value in a file of the user's.

/// What is known of a place.
#[derive(Clone, Debug, Default)]
pub struct Question<'q> {
    /// The digest of what stands there; `None` for nothing.
    pub there: Option<&'q str>,
    /// Whether this build writes something there.
    pub wanted: bool,
    /// Whether what stands there means what this build writes.
    pub same: bool,
    /// The digests that are recorded.
    pub known: &'q [&'q str],
    /// Whether what stands there is a list of which each element is an element of a recorded one.
    pub mixture: bool,
    /// The digests that are recorded for the same path of a file that is gone.
    pub moved: &'q [&'q str],
    /// Whether the user keeps a value of their own.
    pub kept: bool,
    /// Whether to overwrite what the user wrote (`--force`).
    pub force: bool,
    /// Whether to keep what the user wrote (`--keep`).
    pub keep: bool,
}

/// What happens to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// It is ours, and stays as it is. `found` says that it was there before us.
    Same {
        /// Whether it was unknown, and something stood there.
        found: bool,
    },
    /// The build writes its value. `missing` says that something was known, and not there.
    Write {
        /// Whether a value that vmsc wrote is gone.
        missing: bool,
    },
    /// It goes.
    Remove,
    /// Nothing stands there, and nothing is wanted.
    Forget,
    /// It is the user's now.
    Release,
    /// The user keeps their own value.
    Keep,
    /// The user's value is overwritten.
    Overwrite,
    /// The build stops.
    Stop,
}

/// Decides; the first rule that fits counts.
pub fn rule(place: &Question) -> Ruling {
    if place.kept && !place.same && place.wanted && !place.force {
        return Ruling::Keep;
    }
    let Some(there) = place.there else {
        // `-` is known where a build was under way.
        let missing = !place.known.is_empty() && !place.known.contains(&"-");
        return if place.wanted { Ruling::Write { missing } } else { Ruling::Forget };
    };
    if place.wanted && place.same {
        return Ruling::Same {
            found: place.known.is_empty() && !place.kept && !place.moved.contains(&there),
        };
    }
    let known = place.known.contains(&there) || place.mixture;
    let moved = place.known.is_empty() && place.moved.contains(&there);
    match () {
        () if known || moved => {
            if place.wanted {
                Ruling::Write { missing: false }
            } else {
                Ruling::Remove
            }
        }
        () if !place.wanted => Ruling::Release,
        () if place.force => Ruling::Overwrite,
        () if place.keep => Ruling::Keep,
        () => Ruling::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of `docs/owned.md`, row by row.
    #[test]
    fn the_first_row_that_fits_decides() {
        let ours = Question { there: Some("a"), wanted: true, known: &["a"], ..Question::default() };
        let theirs = Question { there: Some("b"), ..ours.clone() };
        let same = Question { same: true, ..theirs.clone() };
        for (question, expected) in [
            (Question { kept: true, ..ours.clone() }, Ruling::Keep),
            (Question { kept: true, ..same.clone() }, Ruling::Same { found: false }),
            (Question { kept: true, wanted: false, ..theirs.clone() }, Ruling::Release),
            (Question { kept: true, force: true, ..theirs.clone() }, Ruling::Overwrite),
            (same.clone(), Ruling::Same { found: false }),
            (Question { known: &[], ..same.clone() }, Ruling::Same { found: true }),
            (Question { known: &[], moved: &["b"], ..same.clone() }, Ruling::Same { found: false }),
            (Question { there: None, known: &[], ..ours.clone() }, Ruling::Write { missing: false }),
            (Question { there: None, known: &["-"], ..ours.clone() }, Ruling::Write { missing: false }),
            (Question { there: None, known: &["-", "a"], ..ours.clone() }, Ruling::Write { missing: false }),
            (Question { there: None, ..ours.clone() }, Ruling::Write { missing: true }),
            (Question { there: None, wanted: false, ..ours.clone() }, Ruling::Forget),
            (ours.clone(), Ruling::Write { missing: false }),
            (Question { mixture: true, ..theirs.clone() }, Ruling::Write { missing: false }),
            (Question { wanted: false, ..ours.clone() }, Ruling::Remove),
            (Question { known: &[], moved: &["b"], ..theirs.clone() }, Ruling::Write { missing: false }),
            (Question { moved: &["b"], ..theirs.clone() }, Ruling::Stop),
            (Question { wanted: false, ..theirs.clone() }, Ruling::Release),
            (Question { force: true, ..theirs.clone() }, Ruling::Overwrite),
            (Question { keep: true, ..theirs.clone() }, Ruling::Keep),
            (theirs.clone(), Ruling::Stop),
            (Question { known: &[], ..theirs }, Ruling::Stop),
        ] {
            assert_eq!(rule(&question), expected, "{question:?}");
        }
    }
}
