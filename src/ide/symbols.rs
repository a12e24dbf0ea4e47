//! The declarations of a file and what is in them, for an outline and for finding them by name.

use super::settings::is_layer;
use super::view::View;
use crate::source::Span;
use crate::syntax::tree::{Block, Entry, EntryKind, Field, FieldValue, Item, ItemKind, Key};
use std::ops::Range;

/// A declaration or an entry.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub range: Range<usize>,
    /// Its name's bytes.
    pub name_range: Range<usize>,
    /// What is in it.
    pub children: Vec<Symbol>,
}

/// What a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An import.
    File,
    /// A constant.
    Constant,
    /// A function.
    Function,
    /// A type.
    Type,
    /// A schema.
    Schema,
    /// A stack.
    Stack,
    /// A profile.
    Profile,
    /// A test.
    Test,
    /// A record or an entry of a map.
    Record,
    /// A field.
    Field,
}

/// The outline of a file.
pub fn outline(view: View<'_>) -> Vec<Symbol> {
    view.tree().items().filter_map(|item| of_item(view, item)).collect()
}

fn of_item(view: View<'_>, item: &Item) -> Option<Symbol> {
    let (kind, body) = match &item.kind {
        ItemKind::Import { .. } => (Kind::File, None),
        ItemKind::Let { .. } => (Kind::Constant, None),
        ItemKind::Fn { .. } => (Kind::Function, None),
        ItemKind::Type { .. } => (Kind::Type, None),
        ItemKind::Schema { body, .. } => (Kind::Schema, Some(body)),
        ItemKind::Stack { body, .. } => (Kind::Stack, Some(body)),
        ItemKind::Profile { body, .. } => (Kind::Profile, Some(body)),
        ItemKind::Test { body, .. } => (Kind::Test, Some(body)),
    };
    let range = view.range(item.span);
    let name_range = within(view, item.name.span, &range);
    let in_layer = is_layer(&item.kind) || kind == Kind::Schema;
    let children = body.filter(|_| in_layer).map(|body| of_block(view, body)).unwrap_or_default();
    let name = if item.name.text.is_empty() { "…" } else { &item.name.text };
    (!range.is_empty()).then(|| Symbol { name: name.to_owned(), kind, range, name_range, children })
}

/// A name's bytes, which editors want inside of the whole.
fn within(view: View<'_>, name: Span, whole: &Range<usize>) -> Range<usize> {
    let range = view.range(name);
    let start = range.start.clamp(whole.start, whole.end);
    start..range.end.clamp(start, whole.end)
}

fn of_block(view: View<'_>, block: &Block) -> Vec<Symbol> {
    let mut found = Vec::new();
    for entry in block.entries.iter() {
        match &entry.kind {
            EntryKind::Field(field) => found.extend(of_field(view, entry, field)),
            EntryKind::For { body, .. } => found.extend(of_block(view, body)),
            EntryKind::If { then, otherwise, .. } => {
                std::iter::once(then).chain(otherwise).for_each(|block| found.extend(of_block(view, block)));
            }
            EntryKind::Check(_) | EntryKind::Rejects { .. } => {}
        }
    }
    found
}

fn of_field(view: View<'_>, entry: &Entry, field: &Field) -> Option<Symbol> {
    let (first, last) = (field.path.first()?, field.path.last()?);
    let range = view.range(entry.span);
    let name_range = within(view, first.span().to(last.span()), &range);
    let name: Vec<&str> = field
        .path
        .iter()
        .map(|key| match key {
            Key::Name(name) => &*name.text,
            Key::Computed(expr) => view.text_of(expr.span),
        })
        .collect();
    let (kind, children) = match &field.value {
        FieldValue::Block(block) => (Kind::Record, of_block(view, block)),
        _ => (Kind::Field, Vec::new()),
    };
    (!range.is_empty() && !name_range.is_empty()).then(|| Symbol {
        name: name.join("."),
        kind,
        range,
        name_range,
        children,
    })
}

/// The declarations of a file whose names have the letters of a query, in order.
pub fn find(view: View<'_>, query: &str) -> Vec<Symbol> {
    let mut found = outline(view);
    found.retain(|symbol| has_letters(&symbol.name, query));
    found.iter_mut().for_each(|symbol| symbol.children.clear());
    found
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn an_outline_has_declarations_and_what_is_in_them() {
        let at = cursor(&format!(
            "let a = 1\n{}profile p {{ retention = 7d }}\n",
            stack("scrape { job \"x\" { targets = [\"a:1\"] } }")
        ));
        let found = outline(at.view());
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a", "m", "p"]);
        let inside: Vec<&str> = found[1].children.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(inside, ["version", "scrape"]);
        assert_eq!(found[1].children[1].children[0].name, "job.x");
        assert_eq!(find(at.view(), "M").len(), 1);
        let _ = with_files;
    }
}
