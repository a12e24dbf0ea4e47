//! `values.schema.json`: types, enumerations and closed records. It has no patterns for the units and
//! ranges of quantities, because Helm's error shows the pattern instead of the value; `checks.yaml`
//! checks them.

use crate::emit::Build;
use crate::semantics::data::ValueKind;
use crate::semantics::formula::{Field, Formula, FormulaKind, Function, Shape};
use crate::semantics::quantity::Unit;
use crate::semantics::types::Type;
use crate::syntax::tree::InfixOp;
use crate::yaml::{Traced, meaning};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::rc::Rc;

/// A JSON value with shareable parts: all jobs use one schema.
#[derive(Serialize)]
#[serde(untagged)]
enum Json {
    Leaf(Value),
    Object(Object),
    Shared(Rc<Json>),
}

type Object = IndexMap<String, Json>;

impl From<Value> for Json {
    fn from(value: Value) -> Json {
        Json::Leaf(value)
    }
}

/// The schema of all values.
pub(super) fn schema(build: &Build) -> Traced {
    let mut head = Object::new();
    head.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#").into());
    head.insert("title".into(), json!(format!("Values of {}", build.name())).into());
    let mut root = record(build, build.shape, &[]);
    if let Some(Json::Object(properties)) = root.get_mut("properties") {
        let global = json!({ "description": "What the umbrella gives all its charts.", "type": "object" });
        properties.insert("global".into(), global.into());
    }
    head.append(&mut root);
    let text = serde_json::to_string_pretty(&head).unwrap_or_default();
    let digest = meaning::digest_of_form(&form(&head, &mut Forms::new()));
    Traced { digest: Some(digest), ..Traced::plain(format!("{text}\n")) }
}

/// The forms of values that are shared, by their address.
type Forms = HashMap<*const Json, String>;

/// The canonical form of an object.
fn form(object: &Object, known: &mut Forms) -> String {
    let forms: Vec<(&str, String)> =
        object.iter().map(|(key, value)| (key.as_str(), form_of(value, known))).collect();
    meaning::form_of_object(forms.into_iter())
}

fn form_of(value: &Json, known: &mut Forms) -> String {
    match value {
        Json::Object(object) => form(object, known),
        Json::Leaf(value) => meaning::form_of_json(value),
        Json::Shared(value) => match known.get(&Rc::as_ptr(value)) {
            Some(form) => form.clone(),
            None => {
                let form = form_of(value, known);
                known.insert(Rc::as_ptr(value), form.clone());
                form
            }
        },
    }
}

fn record(build: &Build, shape: &Shape, path: &[&str]) -> Object {
    let mut properties = Object::new();
    let mut required = Vec::new();
    for field in shape.values() {
        let path = [path, &[&field.name]].concat();
        properties.insert(field.name.clone(), Json::Object(property(build, field, &path)));
        if !field.optional && field.default.is_none() && !field.annotations.nullable {
            required.push(json!(field.name));
        }
    }
    let mut record = closed();
    if !required.is_empty() {
        record.insert("required".into(), Json::Leaf(Value::Array(required)));
    }
    record.insert("properties".into(), Json::Object(properties));
    record
}

/// An object that allows only the listed properties.
fn closed() -> Object {
    object([("type", json!("object").into()), ("additionalProperties", json!(false).into())])
}

fn object(entries: impl IntoIterator<Item = (&'static str, Json)>) -> Object {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn property(build: &Build, field: &Field, path: &[&str]) -> Object {
    let mut object = match (&field.inside, field.ty.plain()) {
        (Some(inside), Type::Schema(_)) => record(build, inside, path),
        (Some(inside), Type::Map(_)) => {
            // Allow only the entries that the template has: any other would have no effect.
            let entry = Rc::new(Json::Object(record(build, inside, path)));
            let keys = build.keys(path).into_iter();
            let entries = keys.map(|key| (key.to_owned(), Json::Shared(entry.clone())));
            let mut map = closed();
            map.insert("properties".into(), Json::Object(entries.collect()));
            map
        }
        (Some(inside), Type::List(_)) => self::object([
            ("type", json!("array").into()),
            ("items", Json::Object(record(build, inside, path))),
        ]),
        (_, ty) => plain(ty),
    };
    for rule in &field.conditions {
        if let Some(condition) = &rule.condition {
            bounds(condition, &mut object);
        }
    }
    if field.optional || field.default.is_some() || field.annotations.nullable {
        if let Some(Json::Leaf(kind)) = object.get_mut("type") {
            let mut kinds = match kind.take() {
                Value::Array(kinds) => kinds,
                kind => vec![kind],
            };
            kinds.push(json!("null"));
            *kind = Value::Array(kinds);
        }
        if let Some(Json::Leaf(Value::Array(words))) = object.get_mut("enum") {
            words.push(Value::Null);
        }
    }
    let doc = field.doc.replace('\n', " ");
    if !doc.is_empty() {
        object.shift_insert(0, "description".into(), json!(doc).into());
    }
    object
}

fn plain(ty: &Type) -> Object {
    let of = |kind: Value| object([("type", kind.into())]);
    match ty.plain() {
        Type::Bool => of(json!("boolean")),
        Type::Int => of(json!("integer")),
        Type::Float => of(json!("number")),
        Type::Quantity(Unit::Duration) => of(json!("string")),
        Type::Quantity(Unit::Bytes) => of(json!(["string", "integer"])),
        Type::Quantity(Unit::Cpu) => of(json!(["string", "number"])),
        Type::Enum(words) => {
            let words: Vec<&str> = words.iter().map(|word| &**word).collect();
            object([("type", json!("string").into()), ("enum", json!(words).into())])
        }
        Type::List(inner) => object([("type", json!("array").into()), ("items", Json::Object(plain(inner)))]),
        Type::Map(inner) => {
            object([("type", json!("object").into()), ("additionalProperties", Json::Object(plain(inner)))])
        }
        Type::Data => Object::new(),
        _ => of(json!("string")),
    }
}

/// Adds the bounds on plain numbers and lengths that a condition expresses.
fn bounds(condition: &Formula, object: &mut Object) {
    let FormulaKind::Infix(op, a, b) = &condition.kind else { return };
    if *op == InfixOp::And {
        bounds(a, object);
        bounds(b, object);
        return;
    }
    let (subject, number, op) = match (&a.kind, &b.kind) {
        (_, FormulaKind::Literal(ValueKind::Int(number))) => (a, *number, *op),
        (FormulaKind::Literal(ValueKind::Int(number)), _) => (b, *number, flipped(*op)),
        _ => return,
    };
    let (least, most) = match &subject.kind {
        FormulaKind::It => ("minimum", "maximum"),
        FormulaKind::Call(Function::Len, items) if matches!(items[0].kind, FormulaKind::It) => {
            ("minLength", "maxLength")
        }
        _ => return,
    };
    match op {
        InfixOp::GreaterEqual => object.insert(least.into(), json!(number).into()),
        InfixOp::Greater => object.insert(least.into(), json!(number + 1).into()),
        InfixOp::LessEqual => object.insert(most.into(), json!(number).into()),
        InfixOp::Less => object.insert(most.into(), json!(number - 1).into()),
        _ => None,
    };
}

fn flipped(op: InfixOp) -> InfixOp {
    match op {
        InfixOp::Less => InfixOp::Greater,
        InfixOp::LessEqual => InfixOp::GreaterEqual,
        InfixOp::Greater => InfixOp::Less,
        InfixOp::GreaterEqual => InfixOp::LessEqual,
        other => other,
    }
}
