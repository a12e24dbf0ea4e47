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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    /// The text after the refactoring with a title.
    fn after(text: &str, title: &str) -> String {
        let at = cursor(text);
        let found = refactorings(at.view(), &(at.byte..at.byte));
        let titles: Vec<&str> = found.iter().map(|action| action.title.as_str()).collect();
        let action =
            found.iter().find(|action| action.title == title).unwrap_or_else(|| panic!("{titles:?}"));
        let (_, edits) = action.edits.files().next().unwrap();
        crate::ide::edit::applied(&at.live.source().text, edits)
    }

    #[test]
    fn refactorings_do_what_they_say() {
        let plain = stack("retention = 4$00d");
        assert!(after(&plain, "Extract to `let retention`").starts_with(
            "let retention = 40d\n\nstack m {\n  version = v1.106.1\n  retention = retention\n"
        ));
        assert!(after(&stack("retention = 4$08h"), "Write `48h` as `2d`").contains("retention = 2d"));
        let text = format!("{}profile p {{\n}}\n", stack("retention = 4$00d"));
        assert_eq!(
            after(&text, "Move `retention` to profile `p`"),
            "stack m {\n  version = v1.106.1\n}\nprofile p {\n  retention = 40d\n}\n"
        );
        let text = format!("let keep$0 = 40d\n{}", stack("retention = keep"));
        assert_eq!(after(&text, "Inline `keep` everywhere"), stack("retention = 40d"));
        let text = "schema S { a: Int, b: String }\nlet s: S = { $0a = 1 }\n";
        let filled = after(text, "Add missing fields");
        assert!(filled.contains("{ a = 1, b = \"text\" }"), "{filled}");
        let _ = with_files;
    }
}
