//! Keys of records and maps: the fields that are not given yet, required ones first.

use super::item::{Completion, Kind, Snippet};
use super::place::{After, Place};
use super::{sample, verify};
use crate::deploy::flags::{self, Program};
use crate::ide::describe::is_required;
use crate::ide::scope::fields_of;
use crate::ide::settings;
use crate::semantics::data::ValueKind;
use crate::semantics::ids::{FieldRef, SchemaId};
use crate::semantics::types::Type;
use crate::syntax::tree::{Block, Entry, EntryKind, Field, FieldValue, Item, ItemKind, Key, Name, Node};
use std::collections::HashSet;

/// Offers what may begin an entry of the innermost block.
pub(super) fn offer(place: &Place, found: &mut Vec<Completion>) {
    let item =
        place.path.iter().find_map(|node| if let Node::Item(item) = node { Some(*item) } else { None });
    let rejects = |node: &Node| matches!(node, Node::Entry(Entry { kind: EntryKind::Rejects { .. }, .. }));
    let is_free = place.after == After::Nothing;
    match item.map(|item| &item.kind) {
        Some(ItemKind::Schema { .. }) if is_own_block(place, item) => {
            if is_free {
                of_schema(place, found);
            }
            return;
        }
        Some(ItemKind::Test { .. }) if !place.outside.iter().any(rejects) => {
            if is_free {
                of_test(place, found);
            }
            return;
        }
        _ => {}
    }
    if let Some(names) = loop_around(place) {
        return in_loop(place, names, found);
    }
    match place.expected.plain() {
        Type::Schema(id) => fields(place, *id, item, found),
        Type::Map(_) if is_free => offer_map_keys(place, found),
        _ => {}
    }
    if place.setting.is_some() && is_free {
        let block = |label: &str, head: Snippet| Completion {
            text: head.text(" {\n\t").end().text("\n}"),
            rank: 8,
            ..Completion::new(label, Kind::Snippet, place.replaced.clone())
        };
        let each = Snippet::plain("for ").place("item").text(" in ").place("[]");
        found.push(block("for", each));
        found.push(block("if", Snippet::plain("if ").place("true")));
    }
}

/// Offers the fields of a schema that are not given yet; where a value is there, those that take it.
fn fields(place: &Place, id: SchemaId, item: Option<&Item>, found: &mut Vec<Completion>) {
    let given = given(place, item);
    let written = written(place);
    let schema = place.view.program().schema(id);
    let chosen =
        schema.fields.values().any(|field| field.annotations.either && given.contains(&*field.name.text));
    for (at, (name, field)) in schema.fields.iter().enumerate() {
        let fits =
            written.as_ref().is_none_or(|value| value.as_ref().is_some_and(|ty| takes(place, &field.ty, ty)));
        if given.contains(&**name) || chosen && field.annotations.either || !fits {
            continue;
        }
        let value = place.setting.as_ref().and_then(|setting| {
            let path: Vec<String> = setting.iter().cloned().chain([name.to_string()]).collect();
            sample::value_of(place, &path)
        });
        let kind = match field.ty.plain() {
            Type::Schema(_) => Kind::Record,
            Type::Map(_) => Kind::Entry,
            _ => Kind::Field,
        };
        let text = match &written {
            Some(_) => Snippet::plain(&**name),
            None => sample::entry(place, name, field, value),
        };
        let completion = Completion {
            text,
            doubtful: verify::is_asked(place.view, FieldRef::new(id, at)),
            rank: u8::from(!is_required(place.view, field)),
            ..Completion::new(name, kind, place.replaced.clone())
        };
        found.push(sample::described(place, name, field, completion));
    }
}

/// The type of the value that the key being typed has already; `None` within if it is a block or unknown.
fn written(place: &Place) -> Option<Option<Type>> {
    let entry = place.path.iter().rev().find_map(|node| match node {
        Node::Entry(entry) => Some(*entry),
        _ => None,
    })?;
    let EntryKind::Field(field) = &entry.kind else { return None };
    let typed = field.path.last().map(|key| place.view.range(key.span()).start);
    let starts = [Some(place.view.range(entry.span).start), typed];
    if !starts.contains(&Some(place.replaced.start)) {
        return None;
    }
    match &field.value {
        FieldValue::Expr(expr) => Some(Some(place.view.findings().type_of(expr).clone())),
        FieldValue::Block(_) => Some(None),
        FieldValue::Nothing => None,
    }
}

/// Whether a field takes a value that is there.
fn takes(place: &Place, field: &Type, value: &Type) -> bool {
    let conditional = |ty: &Type| matches!(ty.present(), Type::Refined(..) | Type::Endpoint);
    let fits = !matches!(value, Type::Error) && field.accepts(value, &place.view.program().lineage);
    fits && (!conditional(field) || field.present() == value.present())
}

/// Whether the innermost block is the item's own, or a loop or condition in it.
fn is_own_block(place: &Place, item: Option<&Item>) -> bool {
    let in_expr = place.path.iter().any(|node| matches!(node, Node::Expr(_)));
    item.is_some() && !in_expr
}

/// The fields that the block, or what is beside it in its layer, gives already.
fn given(place: &Place, item: Option<&Item>) -> HashSet<String> {
    let mut found = HashSet::new();
    let touched = |entry: &Entry| {
        let range = place.view.range(entry.span);
        range.start == place.replaced.start
    };
    for entry in place.block.iter().flat_map(|block: &&Block| block.entries.iter()) {
        if let EntryKind::Field(Field { path, value, .. }) = &entry.kind
            && let [Key::Name(name)] = path.as_slice()
            && !touched(entry)
            && !matches!(value, FieldValue::Nothing)
        {
            found.insert(name.text.to_string());
        }
    }
    // Two entries with computed keys are not the same entry.
    let setting = place.setting.as_ref().filter(|setting| !setting.iter().any(|name| name == "*"));
    if let (Some(item), Some(setting)) = (item, setting) {
        for one in settings::given_below(item, setting) {
            if let Some((last, before)) = one.path.split_last()
                && before == setting.as_slice()
                && one.value.is_some()
                && !touched(one.entry)
            {
                found.insert(last.clone());
            }
        }
    }
    found
}

/// Offers the keys of a map: those that other layers have, flags, and a new one.
pub(super) fn offer_map_keys(place: &Place, found: &mut Vec<Completion>) {
    let Type::Map(inner) = place.expected.plain() else { return };
    if offer_known(place, found) {
        return;
    }
    let text = sample::map_entry(place, "", inner);
    let completion = Completion::new("\"…\"", Kind::Snippet, place.replaced.clone());
    found.push(Completion { text, rank: 2, ..completion });
}

/// Offers the keys that a map is known to take, with quotes. Returns whether it takes no others.
pub(super) fn offer_known(place: &Place, found: &mut Vec<Completion>) -> bool {
    let setting = map_setting(place).unwrap_or_default();
    let inner = match settings::type_at(place.view, &setting) {
        Some(Type::Map(inner)) => inner.plain().clone(),
        _ => return false,
    };
    let item =
        place.path.iter().find_map(|node| if let Node::Item(item) = node { Some(*item) } else { None });
    let here: HashSet<String> = item
        .map(|item| settings::given_below(item, &setting))
        .unwrap_or_default()
        .into_iter()
        .filter(|one| place.view.range(one.key).start != place.replaced.start)
        .filter_map(|one| {
            let (last, before) = one.path.split_last()?;
            (before == setting.as_slice()).then(|| last.clone())
        })
        .collect();
    let known: Vec<_> = match sample::value_of(place, &setting).map(|value| &value.kind) {
        Some(ValueKind::Record(record)) => record.keys().cloned().collect(),
        _ => Vec::new(),
    };
    // What the stack has is its own; a profile changes it.
    let is_stack = item.is_some_and(|item| matches!(item.kind, ItemKind::Stack { .. }));
    for key in known.into_iter().filter(|_| !is_stack).filter(|key| !here.contains(&**key)) {
        let Some(quoted) = sample::quoted(&key) else { continue };
        let text = match &inner {
            Type::Schema(_) => Snippet::plain(format!("{quoted} {{\n\t")).end().text("\n}"),
            ty => Snippet::plain(format!("{quoted} = ")).place(sample::example(ty)),
        };
        found.push(Completion {
            text,
            rank: 1,
            ..Completion::new(&quoted, Kind::Entry, place.replaced.clone())
        });
    }
    if let Some(program) = flags_of(place, &setting) {
        offer_flags(place, program, &here, found);
        return true;
    }
    false
}

/// The path of the map whose keys are wanted.
fn map_setting(place: &Place) -> Option<Vec<String>> {
    let path = settings::path_to(&place.path)?;
    match settings::type_at(place.view, &path) {
        Some(ty) if ty.is_map() => Some(path),
        // The key that is being typed is on the path.
        _ => Some(path[..path.len().checked_sub(1)?].to_vec()),
    }
}

/// The program whose flags the keys of a map are.
fn flags_of(place: &Place, setting: &[String]) -> Option<Program> {
    let annotations = settings::annotations_at(place.view, setting)?;
    let of_agent = setting.first().is_some_and(|first| first == "vmagent");
    let program = if of_agent { Program::Vmagent } else { Program::VictoriaMetrics };
    annotations.flags.then_some(program)
}

fn offer_flags(place: &Place, program: Program, here: &HashSet<String>, found: &mut Vec<Completion>) {
    let version = sample::value_of(place, &["version".to_owned()]).map(|value| value.kind.to_string());
    let version = version.and_then(|text| flags::release(&text));
    for flag in flags::table(program) {
        let known = version.as_ref().is_none_or(|version| flag.known_in(version));
        let is_refused = flag.name.ends_with(flags::LISTEN) || flags::unfollowed::of(flag.name).is_some();
        if !known || flag.enterprise || here.contains(flag.name) || is_refused {
            continue;
        }
        let key = format!("\"{}\"", flag.name);
        let value = match flag.element() {
            "bool" => "true",
            "int" | "uint" => "1",
            "float" => "1.0",
            "duration" => "30s",
            "retention" => "30d",
            "bytes" => "64Mi",
            _ => "\"\"",
        };
        found.push(Completion {
            text: Snippet::plain(format!("{key} = ")).place(value),
            detail: flag.ty.to_owned(),
            rank: 3,
            ..Completion::new(&key, Kind::Entry, place.replaced.clone())
        });
    }
}

/// The variables of the loop whose body the innermost block is.
fn loop_around<'a>(place: &Place<'a>) -> Option<&'a [Name]> {
    let entries = place.outside.iter().rev().filter_map(|node| match node {
        Node::Entry(entry) => Some(&entry.kind),
        _ => None,
    });
    match entries.into_iter().find(|kind| !matches!(kind, EntryKind::If { .. }))? {
        EntryKind::For { names, .. } => Some(names),
        _ => None,
    }
}

/// Entries whose keys are different each time around.
fn in_loop(place: &Place, names: &[Name], found: &mut Vec<Completion>) {
    let Type::Schema(id) = place.expected.plain() else { return };
    let has_some = place.block.is_some_and(|block| {
        let mut entries = block.entries.iter().filter_map(|entry| match &entry.kind {
            EntryKind::Field(field) => Some(field.path.iter()),
            _ => None,
        });
        entries.any(|mut path| path.any(|key| matches!(key, Key::Computed(_))))
    });
    if has_some || place.after != After::Nothing {
        return;
    }
    let Some(name) = names.last().map(|name| &name.text) else { return };
    let Some((_, ty)) = place.scope.locals.iter().rfind(|(local, _)| local.text == *name) else { return };
    let text = fields_of(place.view, ty).into_iter().find(|(_, ty)| matches!(ty.plain(), Type::String));
    let key = match (ty.plain(), text) {
        (Type::String, _) => name.to_string(),
        (Type::Int, _) => format!("\"{name}-\\({name})\""),
        (_, Some((field, _))) => format!("{name}.{field}"),
        _ => return,
    };
    for (field, schema_field) in &place.view.program().schema(*id).fields {
        let Type::Map(inner) = schema_field.ty.plain() else { continue };
        let Type::Schema(inner) = inner.plain() else { continue };
        let head = Snippet::plain(format!("{field} {key} {{\n\t"));
        let text = sample::record(place, *inner, head).end().text("\n}");
        let completion = Completion::new(field, Kind::Entry, place.replaced.clone());
        found.push(Completion { text, ..completion });
    }
}

/// Offers what the braces of a check hold.
pub(super) fn offer_check_parts(place: &Place, found: &mut Vec<Completion>) {
    let fields = place.scope.fields.map(|id| &place.view.program().schema(id).fields);
    let first = fields.and_then(|fields| fields.keys().next());
    let mut add = |label: &str, text: Snippet| {
        found.push(Completion { text, ..Completion::new(label, Kind::Snippet, place.replaced.clone()) });
    };
    let said = |word: &str| Snippet::plain(format!("{word} \"")).place("text").text("\"");
    if let Some(first) = first {
        add("label", Snippet::plain("label ").place(&**first).text(" \"").place("text").text("\""));
    }
    add("help", said("help"));
    add("note", said("note"));
}

/// Entries of a schema.
fn of_schema(place: &Place, found: &mut Vec<Completion>) {
    let mut add = |label: &str, text: Snippet| {
        found.push(Completion { text, ..Completion::new(label, Kind::Snippet, place.replaced.clone()) });
    };
    let check = |word: &str| {
        Snippet::plain(format!("{word} ")).place("true").text(", \"").place("message").text("\"")
    };
    add("check", check("check"));
    add("warn", check("warn"));
}

/// Entries of a test.
fn of_test(place: &Place, found: &mut Vec<Completion>) {
    let mut add = |label: &str, text: Snippet| {
        found.push(Completion { text, ..Completion::new(label, Kind::Snippet, place.replaced.clone()) });
    };
    add("check", Snippet::plain("check ").place("stack.enabled"));
    add("rejects", Snippet::plain("rejects {\n\tretention = ").place("1s").text("\n}"));
}
