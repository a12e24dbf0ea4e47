//! *Convert the unit*: the same amount in another unit.

use super::action::{Action, Kind};
use crate::ide::edit::Edits;
use crate::ide::view::{Side, View};
use crate::semantics::quantity::{DURATIONS, Quantity, SIZES, Unit};
use crate::semantics::types::Type;
use crate::syntax::tree::{ExprKind, Node};
use std::ops::Range;

pub(super) fn offer(view: View<'_>, range: &Range<usize>, found: &mut Vec<Action>) {
    let path = view.path(range.start, Side::Right);
    let Some(Node::Expr(expr)) = path.last() else { return };
    let ExprKind::Number(text) = &expr.kind else { return };
    let ty = match view.findings().type_of(expr).plain() {
        Type::Quantity(unit) => *unit,
        _ => return,
    };
    let Some(quantity) = Quantity::literal(text, ty) else { return };
    let units = match ty {
        Unit::Duration => DURATIONS,
        Unit::Bytes => SIZES,
        Unit::Cpu => return,
    };
    let exact = units.iter().filter(|(_, size)| quantity.amount % size == 0 && quantity.amount > 0);
    // Powers of two stay powers of two.
    let binary = text.ends_with('i');
    let exact = exact.filter(|(suffix, _)| ty != Unit::Bytes || suffix.ends_with('i') == binary);
    let same = exact.map(|(suffix, size)| format!("{}{suffix}", quantity.amount / size));
    for other in same.filter(|other| **other != **text && other.len() <= 12) {
        let edits = Edits::one(view.live.path_of(view.file), view.range(expr.span), other.clone());
        found.push(Action { title: format!("Write `{text}` as `{other}`"), kind: Kind::Rewrite, edits });
    }
}
