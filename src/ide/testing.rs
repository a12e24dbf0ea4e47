//! For tests: a stack with a cursor, `$0`.

use super::view::View;
use crate::compile::Live;
use crate::load::StackLocation;
use crate::semantics::stop::Stop;
use crate::source::overlay::Overlay;
use camino::Utf8PathBuf;
use std::ops::Range;

/// A stack that is open, with a place in it.
pub(super) struct Cursor {
    pub(super) live: Live,
    pub(super) byte: usize,
}

/// The stack of a text, and where `$0` stands in it.
pub(super) fn cursor(text: &str) -> Cursor {
    with_files(text, &[])
}

/// The same beside other files, by their names.
pub(super) fn with_files(text: &str, files: &[(&str, &str)]) -> Cursor {
    let byte = text.find("$0").unwrap_or(0);
    let text = text.replacen("$0", "", 1);
    let folder = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/stacks"));
    let mut overlay = Overlay::default();
    for (name, text) in files {
        overlay.open(folder.join(name), *text);
    }
    let file = folder.join("cursor.vms");
    let root = folder.parent().unwrap().to_owned();
    let place = StackLocation { root, folder, file };
    let mut live = Live::new("stacks/cursor.vms", text, place, overlay);
    live.evaluate(&Stop::default()).unwrap();
    Cursor { live, byte }
}

impl Cursor {
    pub(super) fn view(&self) -> View<'_> {
        View::own(&self.live).unwrap()
    }

    /// The text of a range.
    pub(super) fn text(&self, range: &Range<usize>) -> &str {
        &self.live.source().text[range.clone()]
    }
}

/// A stack with something in it.
pub(super) fn stack(inside: &str) -> String {
    format!("stack m {{\n  version = v1.106.1\n  {inside}\n}}\n")
}
