//! `values.schema.json`: types, enumerations and closed records. Units and ranges of quantities are
//! not patterns here, because Helm shows the pattern and not the value; `checks.yaml` has them.

use super::scrape::all_jobs;
use crate::emit::Build;
use crate::semantics::builtins::Builtin;
use crate::semantics::data::Kind;
use crate::semantics::formula::{Field, Formula, FormulaKind, Shape};
use crate::semantics::quantity::Unit;
use crate::semantics::types::Type;
use crate::syntax::tree::InfixOp;
use serde_json::{Map, Value, json};

/// The schema of all values.
pub(super) fn schema(build: &Build) -> String {
    let mut root = record(build, build.shape);
    let mut head = Map::new();
    head.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
    head.insert("title".into(), json!(format!("Values of {}", build.name())));
    if let Value::Object(object) = &mut root {
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            properties.insert(
                "global".into(),
                json!({ "description": "What the umbrella gives all its charts.", "type": "object" }),
            );
        }
        head.append(object);
    }
    let text = serde_json::to_string_pretty(&Value::Object(head)).unwrap_or_default();
    format!("{text}\n")
}

fn record(build: &Build, shape: &Shape) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in shape.fields.iter().filter(|field| !field.build) {
        properties.insert(field.name.clone(), property(build, field));
        if !field.optional && field.default.is_none() && !nullable(field) {
            required.push(json!(field.name));
        }
    }
    let mut entries = vec![("type", json!("object")), ("additionalProperties", json!(false))];
    if !required.is_empty() {
        entries.push(("required", Value::Array(required)));
    }
    entries.push(("properties", Value::Object(properties)));
    object(entries)
}

/// A JSON object. Unlike `json!`, which copies every value that it is given, and so a nested one
/// once a level.
fn object(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Kubernetes takes a null there as "no limit", and templates ask before they read it.
fn nullable(field: &Field) -> bool {
    matches!(field.name.as_str(), "resources" | "requests" | "limits")
}

fn property(build: &Build, field: &Field) -> Value {
    let mut value = match (&field.inside, field.ty.plain()) {
        (Some(inside), Type::Schema(_)) => record(build, inside),
        (Some(inside), Type::Map(_)) => {
            // Only the jobs that the template has: any other would do nothing.
            let jobs = all_jobs(build).into_iter().map(|job| (job.name.to_string(), record(build, inside)));
            object([
                ("type", json!("object")),
                ("additionalProperties", json!(false)),
                ("properties", Value::Object(jobs.collect())),
            ])
        }
        (Some(inside), Type::List(_)) => object([("type", json!("array")), ("items", record(build, inside))]),
        (_, ty) => plain(ty),
    };
    let Value::Object(object) = &mut value else { return value };
    for rule in &field.conditions {
        if let Some(condition) = &rule.condition {
            bounds(condition, object);
        }
    }
    if field.optional || field.default.is_some() || nullable(field) {
        let kinds = match object.get("type").cloned() {
            Some(Value::Array(kinds)) => Some(kinds),
            Some(kind) => Some(vec![kind]),
            None => None,
        };
        if let Some(mut kinds) = kinds {
            kinds.push(json!("null"));
            object.insert("type".into(), json!(kinds));
        }
        if let Some(Value::Array(words)) = object.get_mut("enum") {
            words.push(Value::Null);
        }
    }
    let doc = field.doc.replace('\n', " ");
    if !doc.is_empty() {
        object.shift_insert(0, "description".into(), json!(doc));
    }
    value
}

fn plain(ty: &Type) -> Value {
    match ty.plain() {
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int => json!({ "type": "integer" }),
        Type::Float => json!({ "type": "number" }),
        Type::Quantity(Unit::Duration) => json!({ "type": "string" }),
        Type::Quantity(Unit::Bytes) => json!({ "type": ["string", "integer"] }),
        Type::Quantity(Unit::Cpu) => json!({ "type": ["string", "number"] }),
        Type::Words(words) => {
            json!({ "type": "string", "enum": words.iter().map(|w| w.to_string()).collect::<Vec<_>>() })
        }
        Type::List(inner) => object([("type", json!("array")), ("items", plain(inner))]),
        Type::Map(inner) => object([("type", json!("object")), ("additionalProperties", plain(inner))]),
        Type::Data => json!({}),
        _ => json!({ "type": "string" }),
    }
}

/// Bounds of plain numbers and lengths, where a condition is of such a form.
fn bounds(condition: &Formula, object: &mut Map<String, Value>) {
    let FormulaKind::Infix(op, a, b) = &condition.kind else { return };
    if *op == InfixOp::And {
        bounds(a, object);
        bounds(b, object);
        return;
    }
    let (subject, number, op) = match (&a.kind, &b.kind) {
        (_, FormulaKind::Literal(Kind::Int(number))) => (a, *number, *op),
        (FormulaKind::Literal(Kind::Int(number)), _) => (b, *number, flipped(*op)),
        _ => return,
    };
    let (least, most) = match &subject.kind {
        FormulaKind::It => ("minimum", "maximum"),
        FormulaKind::Call(Builtin::Len, items) if matches!(items[0].kind, FormulaKind::It) => {
            ("minLength", "maxLength")
        }
        _ => return,
    };
    match op {
        InfixOp::GreaterEqual => object.insert(least.into(), json!(number)),
        InfixOp::Greater => object.insert(least.into(), json!(number + 1)),
        InfixOp::LessEqual => object.insert(most.into(), json!(number)),
        InfixOp::Less => object.insert(most.into(), json!(number - 1)),
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
