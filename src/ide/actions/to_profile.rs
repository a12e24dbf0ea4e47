//! *Move to a profile*: a setting of the stack becomes one of a profile.

use super::action::{Action, Kind};
use crate::ide::edit::Edits;
use crate::ide::settings::{self, Given};
use crate::ide::view::{View, body};
use crate::syntax::tree::{Entry, EntryKind, Field, FieldValue, Item, ItemKind};
use std::ops::Range;

pub(super) fn offer(view: View<'_>, range: &Range<usize>, found: &mut Vec<Action>) {
    let items: Vec<&Item> = view.tree().items().collect();
    let Some(stack) = items.iter().find(|item| matches!(item.kind, ItemKind::Stack { .. })) else { return };
    let at = range.start;
    let touches = |one: &Given| {
        let own = view.range(one.entry.span);
        own.start <= at && at <= own.end
    };
    let given = settings::given(stack);
    let Some(one) = given.iter().rfind(|one| one.value.is_some() && touches(one)) else { return };
    if one.path.iter().any(|name| name == "*") {
        return;
    }
    let Some(value) = one.value.map(|value| &view.text()[view.range(value.span)]) else { return };
    let file = view.live.path_of(view.file);
    let line = whole_lines(view.text(), view.range(outermost(one, &given).span));
    for item in items {
        let ItemKind::Profile { .. } = item.kind else { continue };
        let Some(block) = body(&item.kind).filter(|block| block.open && block.closed) else { continue };
        if settings::given(item).iter().any(|other| other.path == one.path) {
            continue;
        }
        let inside = view.range(block.span);
        let path = one.path.iter().map(|name| segment(name)).collect::<Vec<_>>().join(".");
        let entry = format!("{path} = {value}");
        let edit = appended(view.text(), &inside, &entry);
        let mut edits = Edits::one(file.clone(), line.clone(), "");
        edits.add(file.clone(), edit.0, edit.1);
        let title = format!("Move `{}` to profile `{}`", one.path.join("."), item.name.text);
        found.push(Action { title, kind: Kind::Rewrite, edits });
    }
}

/// The entry that goes with a setting: its own, or that of the block that has nothing else in it.
fn outermost<'a>(one: &Given<'a>, given: &[Given<'a>]) -> &'a Entry {
    let mut entry = one.entry;
    for around in given.iter().rev() {
        if let EntryKind::Field(Field { value: FieldValue::Block(block), .. }) = &around.entry.kind
            && block.entries.iter().count() == 1
            && block.entries.iter().all(|inner| std::ptr::eq(inner, entry))
        {
            entry = around.entry;
        }
    }
    entry
}

fn segment(name: &str) -> String {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { name.to_owned() } else { format!("\"{name}\"") }
}

/// The lines of an entry, if nothing else is on them, with their line break; else the entry and its comma.
pub(super) fn whole_lines(text: &str, entry: Range<usize>) -> Range<usize> {
    let start = text[..entry.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[entry.end..].find('\n').map_or(text.len(), |at| entry.end + at + 1);
    let alone = text[start..entry.start].trim().is_empty()
        && text[entry.end..end].trim().trim_matches(',').is_empty();
    if alone {
        return start..end;
    }
    let rest = &text[entry.end..];
    let comma = rest.len() - rest.trim_start_matches([' ', ',']).len();
    if rest.trim_start().starts_with(',') {
        return entry.start..entry.end + comma;
    }
    let before = text[..entry.start].trim_end();
    match before.strip_suffix(',') {
        Some(before) => before.len()..entry.end,
        None => entry,
    }
}

/// The edit that appends an entry to a block, given the block's bytes with its braces.
pub(super) fn appended(text: &str, block: &Range<usize>, entry: &str) -> (Range<usize>, String) {
    let inner = &text[block.start + 1..block.end - 1];
    let close = block.end - 1;
    if inner.contains('\n') {
        let line = text[..close].rfind('\n').map_or(0, |at| at + 1);
        let indent: String = text[line..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        return (line..line, format!("{indent}  {entry}\n"));
    }
    match inner.trim() {
        "" => (block.start + 1..close, format!(" {entry} ")),
        _ => {
            let end = block.start + 1 + inner.trim_end().len();
            (end..end, format!(", {entry}"))
        }
    }
}
