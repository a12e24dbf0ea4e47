//! Schemas, defaults and checks as data, for the code that lowers them into another language.
//!
//! [`tree`] defines formulas, and [`shape`] a schema with its formulas. [`describe`] turns the root
//! schema into a tree of [`Field`]s. A default or a check becomes a [`Formula`] if it uses only paths,
//! literals, operators and simple functions; its form alone decides that.

mod lower;
mod shape;
pub mod tree;

use super::annotations::Change;
use super::data::{Value, ValueKind};
use super::findings::{Findings, Resolution};
use super::ids::{FieldRef, SchemaId};
use super::names::{Let, Program, SchemaField};
use super::quantity::{self, Number, Quantity, Unit};
use super::types::Type;
use crate::syntax::tree::{Block, Check, Entry, EntryKind, Expr, ExprKind, InfixOp, PrefixOp, StringPart};
use lower::Lower;
pub use shape::{Default, Enclosing, Field, Rule, Shape};
use std::rc::Rc;
use tree::literal;
pub use tree::{Base, Formula, FormulaKind, Function};

/// Describes the root schema as data. `source` returns the source code of a span.
pub fn describe<'s>(
    program: &Program,
    findings: &Findings,
    source: &dyn Fn(crate::source::Span) -> &'s str,
) -> Shape {
    Describe { program, findings, source }.shape(program.root, None)
}

struct Describe<'a, 's, 't> {
    program: &'a Program<'t>,
    findings: &'a Findings,
    source: &'a dyn Fn(crate::source::Span) -> &'s str,
}

impl<'t> Describe<'_, '_, 't> {
    /// `around` is what a change of the record does.
    fn shape(&self, id: SchemaId, around: Option<Change>) -> Shape {
        let schema = self.program.schema(id);
        let (program, findings) = (self.program, self.findings);
        let lower = Lower { program, findings, record: Some(id), locals: Vec::new() };
        let fields = schema.fields.values().map(|field| {
            let inner = match field.ty.plain() {
                Type::Schema(id) => Some(*id),
                Type::Map(inner) | Type::List(inner) => match inner.plain() {
                    Type::Schema(id) => Some(*id),
                    _ => None,
                },
                _ => None,
            };
            let default = field.default.filter(|d| !constant(d)).and_then(|expr| {
                // A default that reads no setting, or whose type can't be carried as text, is a plain value.
                let ty = field.ty.plain();
                let carried =
                    !matches!(ty, Type::Bool | Type::List(_) | Type::Map(_) | Type::Schema(_) | Type::Data);
                let formula =
                    lower.expr(expr, Some(ty)).filter(|formula| carried && formula.asks(|_, _| true))?;
                Some(Default { text: (self.source)(expr.span).to_owned(), formula })
            });
            let mut conditions = Vec::new();
            self.conditions(&field.ty, &mut conditions);
            let mut elements = Vec::new();
            if let Type::List(inner) | Type::Map(inner) = field.ty.plain() {
                self.conditions(inner, &mut elements);
            }
            let change = match field.annotations.build {
                true => None,
                false => field.annotations.change.or(around),
            };
            Field {
                name: field.name.text.to_string(),
                doc: field.doc.to_owned(),
                ty: field.ty.present().clone(),
                optional: field.ty.is_optional(),
                annotations: field.annotations,
                change,
                default,
                default_text: field.default.map(|expr| (self.source)(expr.span).to_owned()),
                conditions,
                elements,
                inside: inner.map(|id| self.shape(id, change)),
            }
        });
        let mut rules = Vec::new();
        for check in &schema.checks {
            lower.rules(check.entry, Some(&[]), &mut rules);
        }
        Shape { name: schema.name.text.to_string(), fields: fields.collect(), rules }
    }

    fn conditions(&self, ty: &Type, found: &mut Vec<Rule>) {
        match ty {
            Type::Optional(inner) => self.conditions(inner, found),
            Type::Refined(id, base) => {
                self.conditions(base, found);
                let refined = self.program.refinement(*id);
                let (program, findings) = (self.program, self.findings);
                let lower = Lower { program, findings, record: None, locals: Vec::new() };
                let message = refined.message.and_then(|m| lower.expr(m, None));
                found.push(Rule {
                    code: None,
                    warn: false,
                    build: false,
                    around: Vec::new(),
                    condition: lower.with_it(refined.condition, base),
                    message: message.unwrap_or_else(|| literal("this value is not allowed")),
                    help: None,
                    labels: Vec::new(),
                });
            }
            _ => {}
        }
    }
}

/// Whether an expression has the same value whatever the settings are.
fn constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Absent => true,
        ExprKind::String(parts) => parts.iter().all(|part| matches!(part, StringPart::Plain(_))),
        ExprKind::List(items) => items.iter().all(constant),
        ExprKind::Record(_) => true,
        _ => false,
    }
}

/// Returns the value at a path in a record.
pub fn at<'v>(value: &'v Value, path: &[Rc<str>]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}
