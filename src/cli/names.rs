//! The names that files declare, without compiling them.

use crate::source::SourceMap;
use crate::source::read;
use crate::syntax::tree::ItemKind;
use camino::Utf8Path;

/// The names of the stacks that a file declares.
pub(super) fn names_in(file: &Utf8Path) -> Vec<String> {
    declared(file, |kind| matches!(kind, ItemKind::Stack { .. }))
}

/// The names of the profiles that a file declares.
pub(super) fn profiles_in(file: &Utf8Path) -> Vec<String> {
    declared(file, |kind| matches!(kind, ItemKind::Profile { .. }))
}

fn declared(file: &Utf8Path, wanted: fn(&ItemKind) -> bool) -> Vec<String> {
    let Ok(text) = read::text(file) else { return Vec::new() };
    let mut map = SourceMap::default();
    let id = map.add(file.as_str(), text);
    let (tree, _) = crate::syntax::parse(id, &mut map);
    let items = tree.items().filter(|item| wanted(&item.kind));
    items.map(|item| item.name.text.to_string()).collect()
}
