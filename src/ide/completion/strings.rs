//! The inside of strings: words of an enum, files to import, services and networks of the project.

use super::context::expected;
use super::item::{Completion, Kind, Snippet};
use super::place::Place;
use crate::ide::around::{Around, Wanted};
use crate::semantics::findings::Resolution;
use crate::semantics::ids::FieldRef;
use crate::semantics::types::Type;
use crate::source::SourceMap;
use crate::source::read;
use crate::syntax::tree::{EntryKind, Field, FieldValue, ItemKind, Key, Node};
use camino::Utf8Path;

/// Offers what the string at the place may be.
pub(super) fn offer(place: &Place, around: &Around, found: &mut Vec<Completion>) {
    if let Some(Node::Item(item)) = place.path.first()
        && let ItemKind::Import { path, .. } = &item.kind
        && place.view.range(path.span).end >= place.replaced.start
        && place.view.range(path.span).start < place.replaced.start
    {
        return files(place, found);
    }
    let expr = place.path.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => Some(*expr),
        _ => None,
    });
    let Some(expr) = expr else { return map_key(place, found) };
    if let (Type::Enum(words), _) = plain(expected(place, expr)) {
        for word in words.iter() {
            found.push(Completion { rank: 0, ..Completion::new(word, Kind::Word, place.replaced.clone()) });
        }
    }
    if let Some(kind) = wanted(place) {
        for (name, detail) in around.of(kind) {
            found.push(Completion {
                detail: detail.clone(),
                rank: 1,
                ..Completion::new(name, Kind::Value, place.replaced.clone())
            });
        }
    }
}

fn plain((ty, field): (Type, Option<FieldRef>)) -> (Type, Option<FieldRef>) {
    (ty.plain().clone(), field)
}

/// Strings of the project around, with their quotes, where a value is wanted.
pub(super) fn values(place: &Place, around: &Around, found: &mut Vec<Completion>) {
    let Some(kind) = wanted(place) else { return };
    for (name, detail) in around.of(kind) {
        let Some(quoted) = super::sample::quoted(name) else { continue };
        found.push(Completion {
            detail: detail.clone(),
            rank: 1,
            ..Completion::new(&quoted, Kind::Value, place.replaced.clone())
        });
    }
}

fn wanted(place: &Place) -> Option<Wanted> {
    let field = place.path.iter().rev().find_map(|node| match node {
        Node::Entry(entry) => match &entry.kind {
            EntryKind::Field(field) => Some(field),
            _ => None,
        },
        _ => None,
    })?;
    let Field { path, value: FieldValue::Expr(_), .. } = field else { return None };
    let Some(Key::Name(name)) = path.last() else { return None };
    let Resolution::Field(known) = place.view.findings().name(name) else { return None };
    let annotations = place.view.program().field(known)?.annotations;
    match (annotations.service, annotations.network) {
        (true, _) => Some(Wanted::Service),
        (_, true) => Some(Wanted::Network),
        _ => None,
    }
}

/// Whether a file can be imported, by its name.
pub(super) fn can_be_imported(name: &str) -> bool {
    matches!(Utf8Path::new(name).extension(), Some("vms" | "yaml" | "yml" | "json"))
}

/// Whether a file declares a stack, and so can't be imported.
pub(super) fn has_stack(file: &Utf8Path) -> bool {
    let Ok(text) = read::text(file) else { return true };
    let mut map = SourceMap::default();
    let id = map.add(file.as_str(), text);
    let (tree, _) = crate::syntax::parse(id, &mut map);
    tree.items().any(|item| matches!(item.kind, ItemKind::Stack { .. } | ItemKind::Profile { .. }))
}

/// Files that can be imported, and the folders on the way.
fn files(place: &Place, found: &mut Vec<Completion>) {
    let view = place.view;
    let own = view.live.path_of(view.file);
    let Some(folder) = own.parent() else { return };
    let typed = &view.text()[place.replaced.clone()];
    let (before, _) = typed.rsplit_once('/').map_or(("", typed), |(before, name)| (before, name));
    let folder = folder.join(before);
    let root = &view.live.place().root;
    let prefix = if before.is_empty() { String::new() } else { format!("{before}/") };
    for name in read::names(&folder) {
        let full = folder.join(&name);
        let label = format!("{prefix}{name}");
        match read::kind(&full) {
            read::Kind::File if can_be_imported(&name) && full != own => {
                let fits = !name.ends_with(".vms") || !has_stack(&full);
                if fits && read::canonical(&full).is_ok_and(|full| full.starts_with(root)) {
                    found.push(Completion::new(&label, Kind::File, place.replaced.clone()));
                }
            }
            read::Kind::Directory if !name.starts_with('.') && name != "target" && name != "node_modules" => {
                found.push(Completion {
                    text: Snippet::plain(format!("{label}/")),
                    rank: 7,
                    goes_on: true,
                    ..Completion::new(&format!("{label}/"), Kind::File, place.replaced.clone())
                });
            }
            _ => {}
        }
    }
}

/// The keys of a map, inside the quotes of one.
fn map_key(place: &Place, found: &mut Vec<Completion>) {
    // An entry that is there keeps its name.
    let is_there = place.path.iter().any(|node| match node {
        Node::Entry(entry) => match &entry.kind {
            EntryKind::Field(field) => {
                let last = field.path.last().map(|key| place.view.range(key.span()));
                last.is_some_and(|last| last.start + 1 == place.replaced.start)
                    && !matches!(field.value, FieldValue::Nothing)
            }
            _ => false,
        },
        _ => false,
    });
    if is_there {
        return;
    }
    let mut keys = Vec::new();
    super::keys::offer_known(place, &mut keys);
    for mut key in keys {
        let name = key.label.trim_matches('"').to_owned();
        key.text = Snippet::plain(name.clone());
        key.label = name;
        found.push(key);
    }
}
