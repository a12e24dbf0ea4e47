//! *Extract to `let`*: a value becomes a constant.

use super::action::{Action, Kind};
use crate::ide::edit::Edits;
use crate::ide::view::{Side, View};
use crate::semantics::findings::Resolution;
use crate::syntax::tree::{EntryKind, Expr, ExprKind, ItemKind, Key, Node};
use std::ops::Range;

pub(super) fn offer(view: View<'_>, range: &Range<usize>, found: &mut Vec<Action>) {
    let path = view.path(range.start, Side::Right);
    let Some(Node::Item(item)) = path.first() else { return };
    if matches!(item.kind, ItemKind::Import { .. } | ItemKind::Let { .. }) {
        return;
    }
    let expr = path.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => {
            let own = view.range(expr.span);
            let covers = own.start <= range.start && range.end <= own.end;
            // With a selection, exactly what is selected.
            let fits = covers && (range.is_empty() || own == *range);
            (fits && !matches!(expr.kind, ExprKind::Missing)).then_some(*expr)
        }
        _ => None,
    });
    let Some(expr) = expr.filter(|expr| is_constant(view, expr)) else { return };
    if matches!(expr.kind, ExprKind::Name(_)) {
        return;
    }
    let own = view.range(expr.span);
    let text = &view.text()[own.clone()];
    let name = free_name(view, &base_name(&path));
    let file = view.live.path_of(view.file);
    let start = item_start(view, item);
    let mut edits = Edits::one(file.clone(), start..start, format!("let {name} = {}\n\n", dedented(text)));
    edits.add(file, own, name.clone());
    found.push(Action { title: format!("Extract to `let {name}`"), kind: Kind::Extract, edits });
}

/// Whether an expression reads nothing but constants and functions of the file.
fn is_constant(view: View<'_>, expr: &Expr) -> bool {
    let mut constant = true;
    Node::Expr(expr).walk(&mut |node| match node {
        Node::Expr(expr) => match expr.kind {
            ExprKind::SelfRecord | ExprKind::Stack | ExprKind::Absent | ExprKind::Missing => constant = false,
            ExprKind::Name(_) => {
                let resolution = view.findings().resolution(expr);
                constant &= !matches!(
                    resolution,
                    Resolution::Local(_) | Resolution::Field(_) | Resolution::It | Resolution::Unknown
                );
            }
            _ => {}
        },
        Node::Entry(_) | Node::Block(_) => {}
        _ => {}
    });
    constant
}

/// The name of the field whose value is extracted.
fn base_name(path: &[Node]) -> String {
    let field = path.iter().rev().find_map(|node| match node {
        Node::Entry(entry) => match &entry.kind {
            EntryKind::Field(field) => field.path.last(),
            _ => None,
        },
        _ => None,
    });
    match field {
        Some(Key::Name(name))
            if name.text.starts_with(|c: char| c.is_ascii_lowercase())
                && name.text.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            name.text.to_string()
        }
        _ => "value".to_owned(),
    }
}

pub(super) fn free_name(view: View<'_>, base: &str) -> String {
    let program = view.program();
    let is_free = |name: &str| {
        program.named(view.module(), name).is_none()
            && crate::semantics::builtins::find(name).is_none()
            && program.schema(program.root).fields.get(name).is_none_or(|_| true)
            && !matches!(name, "self" | "stack" | "it" | "true" | "false" | "absent")
    };
    let numbered = (2..).map(|n| format!("{base}{n}"));
    std::iter::once(base.to_owned()).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
}

/// The start of an item with its doc comment.
pub(super) fn item_start(view: View<'_>, item: &crate::syntax::tree::Item) -> usize {
    let text = view.text();
    let mut start = view.range(item.span).start;
    start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    loop {
        let before = text[..start].strip_suffix('\n').unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        if start == 0 || !before[line..].starts_with('#') {
            return start;
        }
        start = line;
    }
}

/// A text whose further lines are indented as if it began a line.
fn dedented(text: &str) -> String {
    let indent = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let indent = indent.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    // The last line closes what the first opens.
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |all, line| format!("{all}\n{}", line.get(indent..).unwrap_or(line.trim_start())))
}
