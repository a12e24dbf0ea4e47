//! Whether a value would depend on itself.

use super::place::Place;
use crate::ide::view::View;
use crate::semantics::findings::Resolution;
use crate::syntax::tree::{ItemKind, Node};

/// Whether a constant or function reads, directly or not, the constant or function whose value is being
/// written at the place.
pub(super) fn itself(place: &Place, other: Resolution) -> bool {
    let Some(Node::Item(item)) = place.path.first() else { return false };
    if !matches!(item.kind, ItemKind::Let { .. } | ItemKind::Fn { .. }) {
        return false;
    }
    let own = place.view.findings().name(&item.name);
    reaches(place.view, other, own, &mut Vec::new())
}

fn reaches(view: View<'_>, from: Resolution, to: Resolution, seen: &mut Vec<Resolution>) -> bool {
    if from == to {
        return true;
    }
    if seen.contains(&from) {
        return false;
    }
    seen.push(from);
    let program = view.program();
    let body = match from {
        Resolution::Let(id) => program.constant(id).value,
        Resolution::Fn(id) => program.function(id).body,
        _ => return false,
    };
    let mut read = Vec::new();
    Node::Expr(body).walk(&mut |node| {
        if let Node::Expr(expr) = node {
            read.push(view.findings().resolution(expr));
        }
    });
    let named = |resolution: &Resolution| matches!(resolution, Resolution::Let(_) | Resolution::Fn(_));
    read.into_iter().filter(named).any(|next| reaches(view, next, to, seen))
}
