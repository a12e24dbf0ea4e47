//! The settings that the entries of a stack and its profiles give, by their paths.

use super::view::{Side, View, body};
use crate::semantics::annotations::{Annotations, Change};
use crate::semantics::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Block, Entry, EntryKind, Expr, ExprKind, FieldValue, Item, ItemKind, Key, Node};

/// A setting that an entry gives.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// Its path; `*` for a computed key.
    pub path: Vec<String>,
    /// The last key.
    pub key: Span,
    /// The entry.
    pub entry: &'a Entry,
    /// Its value; `None` for a block.
    pub value: Option<&'a Expr>,
}

/// Everything that a stack or a profile gives, in source order, blocks before what is in them.
pub fn given(item: &Item) -> Vec<Given<'_>> {
    let mut found = Vec::new();
    if let (true, Some(body)) = (is_layer(&item.kind), body(&item.kind)) {
        collect(body, &mut Vec::new(), &mut found);
    }
    found
}

/// What a stack or a profile gives right below a setting; what is elsewhere in it is not looked at.
pub fn given_below<'a>(item: &'a Item, setting: &[String]) -> Vec<Given<'a>> {
    let mut found = Vec::new();
    if let (true, Some(body)) = (is_layer(&item.kind), body(&item.kind)) {
        collect_below(body, setting, &mut Vec::new(), &mut found);
    }
    found
}

fn collect_below<'a>(
    block: &'a Block,
    setting: &[String],
    path: &mut Vec<String>,
    found: &mut Vec<Given<'a>>,
) {
    for entry in block.entries.iter() {
        match &entry.kind {
            EntryKind::Field(field) => {
                let before = path.len();
                path.extend(field.path.iter().map(segment));
                let shared = path.len().min(setting.len());
                if path[..shared] == setting[..shared] {
                    let inner = match &field.value {
                        FieldValue::Block(block)
                        | FieldValue::Expr(Expr { kind: ExprKind::Record(block), .. }) => Some(block),
                        _ => None,
                    };
                    if path.len() == setting.len() + 1 {
                        let value = match &field.value {
                            FieldValue::Expr(expr) => Some(expr),
                            _ => None,
                        };
                        let key = field.path.last().map_or(entry.span, Key::span);
                        found.push(Given { path: path.clone(), key, entry, value });
                    } else if let (Some(block), true) = (inner, path.len() <= setting.len()) {
                        collect_below(block, setting, path, found);
                    }
                }
                path.truncate(before);
            }
            EntryKind::For { body, .. } => collect_below(body, setting, path, found),
            EntryKind::If { then, otherwise, .. } => {
                let blocks = std::iter::once(then).chain(otherwise);
                blocks.for_each(|block| collect_below(block, setting, path, found));
            }
            EntryKind::Check(_) | EntryKind::Rejects { .. } => {}
        }
    }
}

/// Whether an item is a stack or a profile.
pub fn is_layer(kind: &ItemKind) -> bool {
    matches!(kind, ItemKind::Stack { .. } | ItemKind::Profile { .. })
}

fn collect<'a>(block: &'a Block, path: &mut Vec<String>, found: &mut Vec<Given<'a>>) {
    for entry in block.entries.iter() {
        match &entry.kind {
            EntryKind::Field(field) => {
                let before = path.len();
                path.extend(field.path.iter().map(segment));
                let key = field.path.last().map_or(entry.span, Key::span);
                let value = match &field.value {
                    FieldValue::Expr(expr) => Some(expr),
                    _ => None,
                };
                found.push(Given { path: path.clone(), key, entry, value });
                match &field.value {
                    FieldValue::Block(block)
                    | FieldValue::Expr(Expr { kind: ExprKind::Record(block), .. }) => {
                        collect(block, path, found);
                    }
                    _ => {}
                }
                path.truncate(before);
            }
            EntryKind::For { body, .. } => collect(body, path, found),
            EntryKind::If { then, otherwise, .. } => {
                std::iter::once(then).chain(otherwise).for_each(|block| collect(block, path, found));
            }
            EntryKind::Check(_) | EntryKind::Rejects { .. } => {}
        }
    }
}

fn segment(key: &Key) -> String {
    match key {
        Key::Name(name) => name.text.to_string(),
        Key::Computed(_) => "*".to_owned(),
    }
}

/// The path of the setting that the entry around a byte gives.
pub fn setting_at(view: View<'_>, byte: usize) -> Option<Vec<String>> {
    path_to(&view.path(byte, Side::Right)).filter(|path| !path.is_empty())
}

/// The path of the record that the innermost block or key path on the way to a place fills, in a stack or a
/// profile.
pub fn path_to(path: &[Node]) -> Option<Vec<String>> {
    let mut found: Option<Vec<String>> = None;
    for (at, node) in path.iter().enumerate() {
        match node {
            Node::Item(item) if is_layer(&item.kind) => found = Some(Vec::new()),
            Node::Entry(entry) => match &entry.kind {
                EntryKind::Field(field) => {
                    let before = field.path.iter().take_while(|key| match path.get(at + 1) {
                        Some(Node::Key(own)) => !std::ptr::eq(*own, *key),
                        _ => true,
                    });
                    found.iter_mut().for_each(|path| path.extend(before.clone().map(segment)));
                }
                EntryKind::Rejects { .. } => found = Some(Vec::new()),
                _ => {}
            },
            _ => {}
        }
    }
    found
}

/// The annotations of the setting at a path.
pub fn annotations_at(view: View<'_>, path: &[String]) -> Option<Annotations> {
    let (last, before) = path.split_last()?;
    let Type::Schema(id) = *type_at(view, before)?.plain() else { return None };
    Some(view.program().schema(id).fields.get(last.as_str())?.annotations)
}

/// What a change of the setting at a path does: as its field is annotated, or a record around it.
pub fn change_at(view: View<'_>, path: &[String]) -> Option<Change> {
    let mut found = None;
    for length in 1..=path.len() {
        // An entry of a map has none.
        let Some(annotations) = annotations_at(view, &path[..length]) else { continue };
        if annotations.build {
            return None;
        }
        found = annotations.change.or(found);
    }
    found
}

/// The type of the record or map at the end of a path of settings; map keys may be any.
pub fn type_at(view: View<'_>, path: &[String]) -> Option<Type> {
    let mut ty = Type::Schema(view.program().root);
    for name in path {
        ty = match ty.plain() {
            Type::Schema(id) => view.program().schema(*id).fields.get(name.as_str())?.ty.clone(),
            Type::Map(inner) => (**inner).clone(),
            _ => return None,
        };
    }
    Some(ty)
}
