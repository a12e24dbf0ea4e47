//! *Add missing fields*: the fields that a record needs and does not have.

use super::action::{Action, Kind};
use super::to_profile::appended;
use crate::ide::completion::sample;
use crate::ide::describe::is_required;
use crate::ide::edit::Edits;
use crate::ide::view::{Side, View};
use crate::semantics::types::Type;
use crate::syntax::tree::{Block, EntryKind, Expr, ExprKind, Field, Key, Node};
use std::ops::Range;

pub(super) fn offer(view: View<'_>, range: &Range<usize>, found: &mut Vec<Action>) {
    let path = view.path(range.start, Side::Right);
    let block = path.iter().rev().find_map(|node| match node {
        Node::Block(block) => Some(*block),
        Node::Expr(Expr { kind: ExprKind::Record(block), .. }) => Some(block),
        Node::Entry(entry) => match &entry.kind {
            EntryKind::Field(Field { value: crate::syntax::tree::FieldValue::Block(block), .. }) => {
                Some(block)
            }
            _ => None,
        },
        Node::Item(item) => crate::ide::view::body(&item.kind),
        _ => None,
    });
    let Some(block) = block.filter(|block| block.open && block.closed) else { return };
    let Type::Schema(id) = view.findings().filled(block).plain() else { return };
    // A profile needs nothing of its own.
    let in_profile = matches!(path.first(), Some(Node::Item(item)) if matches!(item.kind, crate::syntax::tree::ItemKind::Profile { .. } | crate::syntax::tree::ItemKind::Test { .. }));
    if in_profile && path.iter().filter(|node| matches!(node, Node::Block(_))).count() < 2 {
        return;
    }
    let given = keys(block);
    let fields = view.program().schema(*id).fields.iter();
    let missing: Vec<String> = fields
        .filter(|(name, field)| is_required(view, field) && !given.contains(&&***name))
        .filter_map(|(name, field)| match field.ty.plain() {
            Type::Schema(_) => None,
            ty => Some(format!("{name} = {}", sample(ty))),
        })
        .collect();
    if missing.is_empty() {
        return;
    }
    let text = view.text();
    let inside = view.range(block.span);
    let separator = if text[inside.clone()].contains('\n') {
        let line = text[..inside.end].rfind('\n').map_or(0, |at| at + 1);
        let indent: String = text[line..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        format!("\n{indent}  ")
    } else {
        ", ".to_owned()
    };
    let (at, entry) = appended(text, &inside, &missing.join(&separator));
    let edits = Edits::one(view.live.path_of(view.file), at, entry);
    found.push(Action { title: "Add missing fields".to_owned(), kind: Kind::Fill, edits });
}

fn keys(block: &Block) -> Vec<&str> {
    let entries = block.entries.iter();
    let named = entries.filter_map(|entry| match &entry.kind {
        EntryKind::Field(field) => match field.path.first() {
            Some(Key::Name(name)) => Some(&*name.text),
            _ => None,
        },
        _ => None,
    });
    named.collect()
}
