//! The syntax tree. Every node carries its source span. [`nodes`] defines the nodes, and
//! [`ids`] their ids; [`walk`] goes from each to those below it.

mod ids;
mod nodes;
mod operators;
mod walk;

use crate::source::Span;

pub use ids::{BlockId, ExprId, Ids, NameId};
pub use nodes::{
    Block, Check, Chunk, Entries, Entry, EntryKind, Expr, ExprKind, Field, FieldValue, ForClause, Form, Item,
    ItemKind, Key, Name, NameRef, Param, StringPart, Tree, TypeExpr, TypeKind,
};
pub use operators::{InfixOp, PrefixOp};
pub use walk::Node;

/// Spans of all entry blocks, except those inside expressions.
pub fn blocks(tree: &Tree) -> Vec<Span> {
    let mut found = Vec::new();
    for item in tree.items() {
        match &item.kind {
            ItemKind::Schema { body, .. }
            | ItemKind::Stack { body, .. }
            | ItemKind::Profile { body, .. }
            | ItemKind::Test { body, .. } => inner(body, &mut found),
            _ => {}
        }
    }
    found
}

fn inner(block: &Block, found: &mut Vec<Span>) {
    found.push(block.span);
    for entry in block.entries.iter() {
        match &entry.kind {
            EntryKind::Field(Field { value: FieldValue::Block(body), .. })
            | EntryKind::For { body, .. }
            | EntryKind::Rejects { body, .. } => inner(body, found),
            EntryKind::If { then, otherwise, .. } => {
                std::iter::once(then).chain(otherwise).for_each(|body| inner(body, found));
            }
            EntryKind::Field(_) | EntryKind::Check(_) => {}
        }
    }
}

/// Whether the entry is, or contains in a loop or `if`, a check with the given code.
pub fn has_code(entry: &Entry, code: &str) -> bool {
    let inside = |block: &Block| block.entries.iter().any(|entry| has_code(entry, code));
    match &entry.kind {
        EntryKind::Check(check) => check.code.as_ref().is_some_and(|name| &*name.text == code),
        EntryKind::For { body, .. } => inside(body),
        EntryKind::If { then, otherwise, .. } => inside(then) || otherwise.as_ref().is_some_and(&inside),
        EntryKind::Field(_) | EntryKind::Rejects { .. } => false,
    }
}
