//! Leaves out what a check would refuse: what fits by its type may still not fit what is beside it.

use super::item::{Completion, Kind};
use super::place::Place;
use crate::ide::edit::Edits;
use crate::ide::trial;
use crate::ide::view::View;
use crate::semantics::findings::Resolution;
use crate::semantics::ids::{FieldRef, SchemaId};
use crate::syntax::tree::Node;

/// Length of a text up to which completions are tried. A longer stack takes too long for each.
const MOST_BYTES: usize = 32 * 1024;

/// How many are tried at most.
const MOST_TRIED: usize = 64;

/// Whether a check of a field's schema reads the field.
pub(super) fn is_asked(view: View<'_>, field: FieldRef) -> bool {
    let schema = view.program().schema(field.schema);
    schema.checks.iter().any(|check| {
        let mut asks = false;
        Node::Entry(check.entry).walk(&mut |node| {
            if let Node::Expr(expr) = node
                && let Resolution::Field(read) = view.findings().resolution(expr)
            {
                asks |= read.at == field.at && is_schema(view, field.schema, read.schema);
            }
        });
        asks
    })
}

fn is_schema(view: View<'_>, one: SchemaId, other: SchemaId) -> bool {
    let lineage = &view.program().lineage;
    lineage.is(one, other) || lineage.is(other, one)
}

/// Whether doubtful completions of a file are tried.
pub(super) fn is_tried(view: View<'_>) -> bool {
    view.text().len() <= MOST_BYTES
}

/// Removes the doubtful completions with which more is wrong than before.
pub(super) fn keep_fine(place: &Place, found: &mut Vec<Completion>) {
    let view = place.view;
    let doubtful = found.iter().filter(|one| one.doubtful && one.kind != Kind::Word).count();
    if doubtful == 0 || !is_tried(view) {
        return;
    }
    let file = view.live.path_of(view.file);
    let without = trial::edited(view.live, &Edits::one(file.clone(), place.replaced.clone(), ""));
    let mut tried = 0;
    found.retain(|one| {
        // A word of an enum is right by itself, whatever must be written beside it.
        if !one.doubtful || one.kind == Kind::Word {
            return true;
        }
        tried += 1;
        if tried > MOST_TRIED {
            return false;
        }
        let after =
            trial::edited(view.live, &Edits::one(file.clone(), one.replaced.clone(), one.text.filled()));
        !trial::is_worse(&without, &after)
    });
}
