//! Values that fit a field, in the language's syntax.

use super::item::{Completion, Snippet};
use super::place::Place;
use crate::deploy::flags;
use crate::ide::describe::is_required;
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::names::SchemaField;
use crate::semantics::types::Type;
use crate::syntax::tree::{Expr, ExprKind, StringPart};

/// The newest release that vmsc knows.
pub(super) fn newest() -> String {
    format!("v{}", flags::NEWEST)
}

/// What to write for a field after its name. `value` is its value now, if it was evaluated.
pub(super) fn entry(place: &Place, name: &str, field: &SchemaField, value: Option<&Value>) -> Snippet {
    match field.ty.plain() {
        Type::Schema(id) => {
            let fields = place.view.program().schema(*id).fields.iter();
            let required: Vec<_> = fields.filter(|(_, field)| is_required(place.view, field)).collect();
            let mut text = Snippet::plain(format!("{name} {{\n\t"));
            for (at, (name, field)) in required.iter().enumerate() {
                let inner = entry(place, name, field, None);
                text = text.then(if at == 0 { inner } else { Snippet::plain("\n\t").then(inner) });
            }
            text.end().text("\n}")
        }
        Type::Map(inner) => map_entry(place, name, inner),
        ty => Snippet::plain(format!("{name} = ")).place(of_field(place, field, ty, value)),
    }
}

/// An entry of a map, after the name of its field.
pub(super) fn map_entry(place: &Place, name: &str, inner: &Type) -> Snippet {
    let head = if name.is_empty() { String::new() } else { format!("{name} ") };
    match inner.plain() {
        Type::Schema(id) => {
            let text = Snippet::plain(format!("{head}\"")).place("name").text("\" {\n\t");
            record(place, *id, text).end().text("\n}")
        }
        ty => Snippet::plain(format!("{head}\"")).place("key").text("\" = ").place(example(ty)),
    }
}

/// Appends the fields that a new record begins with.
pub(super) fn record(place: &Place, id: crate::semantics::ids::SchemaId, mut text: Snippet) -> Snippet {
    let fields = place.view.program().schema(id).fields.iter();
    let begun = fields.filter(|(_, field)| field.annotations.starter || is_required(place.view, field));
    for (at, (name, field)) in begun.enumerate() {
        text = if at == 0 { text } else { text.text("\n\t") };
        text = text.then(match (field.annotations.starter, field.ty.plain()) {
            (true, Type::List(inner)) => {
                Snippet::plain(format!("{name} = [")).place(inner.example()).text("]")
            }
            _ => entry(place, name, field, None),
        });
    }
    text
}

fn of_field(place: &Place, field: &SchemaField, ty: &Type, value: Option<&Value>) -> String {
    let known = value.and_then(|value| literal(&value.kind));
    let default = || {
        let default = field.default.filter(|default| is_literal(default))?;
        Some(place.view.text_of(default.span).to_owned())
    };
    known.or_else(default).unwrap_or_else(|| example(ty))
}

/// A value of a type.
pub(in crate::ide) fn example(ty: &Type) -> String {
    match ty {
        Type::Enum(words) => format!("\"{}\"", words.first().map_or("", |word| word)),
        Type::Version => newest(),
        Type::List(_) => "[]".to_owned(),
        Type::Data => "{}".to_owned(),
        ty => ty.example().to_owned(),
    }
}

/// A value as a literal; `None` for what has no short one.
pub(super) fn literal(kind: &ValueKind) -> Option<String> {
    Some(match kind {
        ValueKind::Bool(value) => value.to_string(),
        ValueKind::Int(value) if *value >= 0 => value.to_string(),
        ValueKind::Quantity(quantity) => quantity.to_string(),
        ValueKind::Version(text) => text.to_string(),
        ValueKind::String(text) => quoted(text)?,
        ValueKind::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| literal(&item.kind)).collect();
            format!("[{}]", items?.join(", "))
        }
        _ => return None,
    })
}

/// A string literal; `None` if the text would need escapes.
pub(super) fn quoted(text: &str) -> Option<String> {
    let plain = text.len() <= 120 && !text.contains(['"', '\\']) && !text.contains(char::is_control);
    plain.then(|| format!("\"{text}\""))
}

/// Whether an expression is a literal that reads nothing.
pub(super) fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Bool(_) | ExprKind::Number(_) => true,
        ExprKind::String(parts) => parts.iter().all(|part| matches!(part, StringPart::Plain(_))),
        ExprKind::List(items) => items.iter().all(is_literal),
        _ => false,
    }
}

/// The value of a setting in the stack alone, if it was evaluated.
pub(super) fn value_of<'a>(place: &Place<'a>, path: &[String]) -> Option<&'a Value> {
    let root = &place.view.live.values().first()?.root;
    let value = path.iter().try_fold(root, |value, name| value.get(name))?;
    (!value.is_absent() && !value.has_error()).then_some(value)
}

/// Adds what is known of a field to its completion.
pub(super) fn described(
    place: &Place,
    name: &str,
    field: &SchemaField,
    completion: Completion,
) -> Completion {
    use crate::ide::describe;
    let default =
        describe::short_default(place.view, field).map(|text| format!(" = {text}")).unwrap_or_default();
    Completion {
        detail: format!("{}{default}", describe::type_text(place.view, &field.ty)),
        doc: describe::field(place.view, name, field),
        ..completion
    }
}
