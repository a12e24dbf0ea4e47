//! Descriptions in Markdown, for hovers and completions.

use super::view::View;
use crate::semantics::data::{Layer, Value, ValueKind};
use crate::semantics::names::SchemaField;
use crate::semantics::types::Type;
use crate::source::Span;
use crate::syntax::tree::ExprKind;

/// A type as its user would write it.
pub fn type_text(view: View<'_>, ty: &Type) -> String {
    let program = view.program();
    match ty {
        Type::Optional(inner) => format!("{}?", type_text(view, inner)),
        Type::List(inner) => format!("[{}]", type_text(view, inner)),
        Type::Map(inner) => format!("Map<{}>", type_text(view, inner)),
        Type::Schema(id) => program.schema(*id).name.text.to_string(),
        Type::Refined(id, _) => program.refinement(*id).name.text.to_string(),
        Type::Record(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, ty)| format!("{name}: {}", type_text(view, ty))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        ty => ty.written(),
    }
}

/// Code in the language.
pub fn code(text: &str) -> String {
    format!("```vms\n{text}\n```\n")
}

/// The text of a default that is worth showing on its line.
pub fn short_default(view: View<'_>, field: &SchemaField) -> Option<String> {
    let default = field.default?;
    let text = view.text_of(default.span);
    let is_short = text.len() <= 60 && !text.contains('\n');
    (is_short && !matches!(default.kind, ExprKind::Record(_))).then(|| text.to_owned())
}

/// A field with its type, default, doc comment and the conditions of its type.
pub fn field(view: View<'_>, name: &str, field: &SchemaField) -> String {
    let default = short_default(view, field).map(|text| format!(" = {text}")).unwrap_or_default();
    let mut out = code(&format!("{name}: {}{default}", type_text(view, &field.ty)));
    paragraph(&mut out, field.doc);
    for condition in conditions(view, &field.ty) {
        paragraph(&mut out, &condition);
    }
    out
}

/// Whether a field must be given: it is not optional, has no default, and is no record that may be empty.
pub fn is_required(view: View<'_>, field: &SchemaField) -> bool {
    if field.default.is_some() || field.ty.is_optional() {
        return false;
    }
    match field.ty.plain() {
        Type::Schema(id) => view.program().schema(*id).fields.values().any(|inner| is_required(view, inner)),
        Type::Map(_) => false,
        _ => true,
    }
}

/// What must hold for values of a type, one sentence each.
fn conditions(view: View<'_>, ty: &Type) -> Vec<String> {
    match ty {
        Type::Optional(inner) => conditions(view, inner),
        Type::Refined(id, base) => {
            let mut found = conditions(view, base);
            let refined = view.program().refinement(*id);
            let (name, doc) = (&refined.name.text, refined.doc);
            let condition = view.text_of(refined.condition.span);
            found.push(match doc {
                "" => format!("`{name}`: `{condition}`"),
                doc => format!("`{name}`: {doc} (`{condition}`)"),
            });
            found
        }
        _ => Vec::new(),
    }
}

/// Appends a paragraph, unless it is empty.
pub fn paragraph(out: &mut String, text: &str) {
    if !text.is_empty() {
        out.push('\n');
        out.push_str(text);
        out.push('\n');
    }
}

/// The values of a setting in the stack alone and in each profile where it differs, and where each is
/// given; empty if nothing was evaluated.
pub fn values(view: View<'_>, path: &[String]) -> String {
    let Some(outcome) = view.live.outcome() else { return String::new() };
    let mut out = String::new();
    let mut base = None;
    for variant in &outcome.evaluated {
        let value = path.iter().try_fold(&variant.root, |value, name| value.get(name));
        let Some(value) = value.filter(|value| !matches!(value.kind, ValueKind::Error)) else { continue };
        let (text, place) = (shown(value), origin(view, value));
        let line = format!("`{text}`, {place}");
        match &variant.profile {
            None => {
                base = Some(line.clone());
                out.push_str(&format!("- {line}\n"));
            }
            Some(profile) if base.as_ref() != Some(&line) => {
                out.push_str(&format!("- in `{profile}`: {line}\n"));
            }
            Some(_) => {}
        }
    }
    out
}

/// A value on one line, shortened.
fn shown(value: &Value) -> String {
    let text = match &value.kind {
        ValueKind::String(text) => format!("\"{text}\""),
        kind => kind.to_string(),
    };
    let short: String = text.chars().take(80).map(|c| if c == '`' { '\'' } else { c }).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

fn origin(view: View<'_>, value: &Value) -> String {
    let map = view.map();
    if value.layer == Layer::Default || map.is_builtin(value.span) {
        return "the default".to_owned();
    }
    let place = |span: Span| {
        let (file, range) = map.locate(span);
        let (line, _) = map.line_column(file, range.start);
        match file == view.file {
            true => format!("line {line}"),
            false => format!("{}:{line}", map.file(file).name),
        }
    };
    let from = value.origins().filter(|span| !map.is_builtin(*span)).last();
    let from = from.map(|span| format!(" (from {})", place(span))).unwrap_or_default();
    format!("given in {}{from}", place(value.span))
}
