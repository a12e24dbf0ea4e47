//! *Inline*: the value of a constant takes the place of its name.

use super::action::{Action, Kind};
use super::to_profile::whole_lines;
use crate::ide::edit::Edits;
use crate::ide::mention::{mention_at, mentions};
use crate::ide::symbol::Symbol;
use crate::ide::view::View;
use crate::syntax::tree::{ExprKind, ItemKind};
use std::ops::Range;

pub(super) fn offer(view: View<'_>, range: &Range<usize>, found: &mut Vec<Action>) {
    let Some(mention) = mention_at(view, range.start) else { return };
    let Symbol::Let(id) = mention.symbol else { return };
    let constant = view.program().constant(id);
    let item = view.tree().items().find(|item| std::ptr::eq(&raw const item.name, &raw const *constant.name));
    let Some(item) = item else { return };
    let ItemKind::Let { value, .. } = &item.kind else { return };
    let text = &view.text()[view.range(value.span)];
    if text.contains('\n') {
        return;
    }
    let text = match value.kind {
        ExprKind::Infix(..) | ExprKind::Prefix(..) | ExprKind::If(..) => format!("({text})"),
        _ => text.to_owned(),
    };
    let file = view.live.path_of(view.file);
    let name = &item.name.text;
    if !mention.declares {
        let edits = Edits::one(file.clone(), mention.range.clone(), text.clone());
        found.push(Action { title: format!("Inline `{name}` here"), kind: Kind::Inline, edits });
    }
    let whole = whole_lines(view.text(), view.range(item.span));
    let mut edits = Edits::one(file.clone(), whole, "");
    let uses = mentions(view).into_iter().filter(|one| one.symbol == mention.symbol && !one.declares);
    let mut count = 0;
    for one in uses {
        count += 1;
        edits.add(file.clone(), one.range, text.clone());
    }
    if count > 0 {
        found.push(Action { title: format!("Inline `{name}` everywhere"), kind: Kind::Inline, edits });
    }
}
