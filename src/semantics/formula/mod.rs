//! Schemas, defaults and checks as data, for who lowers them into another language.
//!
//! [`tree`] is what a formula can say. [`describe`] turns the root schema into a tree of [`Field`]s. A default or a check that only asks
//! paths, literals, operators and simple functions becomes a [`Formula`]; whether it can is decided
//! from its form.

mod lower;
pub mod tree;

use super::annotations::Annotations;
use super::data::{Kind, Value};
use super::findings::{Findings, Resolution};
use super::ids::{FieldRef, SchemaId};
use super::names::{Let, Program, SchemaField};
use super::quantity::{self, Number, Quantity, Unit};
use super::types::Type;
use crate::syntax::tree::{Block, Check, Entry, EntryKind, Expr, ExprKind, InfixOp, PrefixOp, TextPart};
use lower::Lower;
use std::rc::Rc;
pub use tree::{Base, Formula, FormulaKind, Function};

/// What a record's fields are and what must hold in it.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// The schema's name.
    pub name: String,
    /// Its fields in order.
    pub fields: Vec<Field>,
    /// Its checks.
    pub rules: Vec<Rule>,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// Its type, without `?`.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// What its schema says of it beside its type.
    pub annotations: Annotations,
    /// A default that depends on other settings; a constant one is in the values.
    pub default: Option<Default>,
    /// The default as written, whatever it is.
    pub default_text: Option<String>,
    /// What its type demands of it, with `it` for the value.
    pub conditions: Vec<Rule>,
    /// What is in it, where it is a record, or a map or list of records.
    pub inside: Option<Shape>,
}

/// A default that is an expression.
#[derive(Clone, Debug)]
pub struct Default {
    /// As written.
    pub text: String,
    /// As data.
    pub formula: Formula,
}

/// A condition with its message.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its code, for a check.
    pub code: Option<String>,
    /// `warn`
    pub warn: bool,
    /// `@build`: not part of what is lowered.
    pub build: bool,
    /// The loops and choices that a check stands in, the outermost first.
    pub around: Vec<Around>,
    /// What must hold; none where its form, or that of what is around it, can't be lowered.
    pub condition: Option<Formula>,
    /// The title of its report.
    pub message: Formula,
    /// What to do, where the check says so.
    pub help: Option<Formula>,
    /// The labelled paths with their remarks.
    pub labels: Vec<(Formula, Formula)>,
}

/// A loop or a choice around a check.
#[derive(Clone, Debug)]
pub enum Around {
    /// `for`: its variables, which [`Base::Local`] counts through all loops, and what it goes through.
    Each { names: Vec<Rc<str>>, source: Formula },
    /// `if`, or the `else` of one.
    When(Formula),
}

impl Shape {
    /// The field at a path. Keys of maps, elements of lists and `*` for any of them are no fields, and
    /// the path may have them.
    pub fn field<S: AsRef<str>>(&self, path: &[S]) -> Option<&Field> {
        let (first, rest) = path.split_first()?;
        let field = self.fields.iter().find(|field| field.name == first.as_ref())?;
        let rest = match field.ty.plain() {
            Type::Map(_) | Type::List(_) if !rest.is_empty() => &rest[1..],
            _ => rest,
        };
        match (&field.inside, rest) {
            (_, []) => Some(field),
            (Some(inside), rest) => inside.field(rest),
            (None, _) => None,
        }
    }

    /// The fields that become values of a target, and not only shape the build.
    pub fn values(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.annotations.build)
    }
}

impl Rule {
    /// The title of its report, values in it as `…`.
    pub fn title(&self) -> Option<String> {
        match &self.message.kind {
            FormulaKind::Literal(Kind::Text(text)) => Some(text.to_string()),
            FormulaKind::Text(parts) => {
                let part = |part: &Formula| match &part.kind {
                    FormulaKind::Literal(Kind::Text(text)) => text.to_string(),
                    _ => "…".to_owned(),
                };
                Some(parts.iter().map(part).collect())
            }
            _ => None,
        }
    }

    /// Whether its condition asks a field of its record.
    pub fn asks(&self, field: &str) -> bool {
        let own = |base, path: &[Rc<str>]| {
            base == Base::Record && path.first().is_some_and(|first| &**first == field)
        };
        self.condition.as_ref().is_some_and(|condition| condition.asks(own))
            || self.labels.iter().any(|(path, _)| path.asks(own))
    }
}

/// The root schema as data. `source` gives the text of a span.
pub fn describe<'s>(
    program: &Program,
    findings: &Findings,
    source: &dyn Fn(crate::source::Span) -> &'s str,
) -> Shape {
    Describe { program, findings, source }.shape(program.root)
}

struct Describe<'a, 's, 't> {
    program: &'a Program<'t>,
    findings: &'a Findings,
    source: &'a dyn Fn(crate::source::Span) -> &'s str,
}

impl<'t> Describe<'_, '_, 't> {
    fn shape(&self, id: SchemaId) -> Shape {
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
                // One that asks no setting, or that text can't carry, is a value.
                let ty = field.ty.plain();
                let carried =
                    !matches!(ty, Type::Bool | Type::List(_) | Type::Map(_) | Type::Schema(_) | Type::Data);
                let formula =
                    lower.expr(expr, Some(ty)).filter(|formula| carried && formula.asks(|_, _| true))?;
                Some(Default { text: (self.source)(expr.span).to_owned(), formula })
            });
            let mut conditions = Vec::new();
            self.conditions(&field.ty, &mut conditions);
            Field {
                name: field.name.text.to_string(),
                doc: field.doc.to_owned(),
                ty: field.ty.present().clone(),
                optional: field.ty.is_optional(),
                annotations: field.annotations,
                default,
                default_text: field.default.map(|expr| (self.source)(expr.span).to_owned()),
                conditions,
                inside: inner.map(|id| self.shape(id)),
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

fn literal(text: &str) -> Formula {
    Formula { kind: FormulaKind::Literal(Kind::Text(text.into())), ty: Type::Text }
}

/// Whether an expression is the same whatever the settings are.
fn constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Absent => true,
        ExprKind::Text(parts) => parts.iter().all(|part| matches!(part, TextPart::Plain(_))),
        ExprKind::List(items) => items.iter().all(constant),
        ExprKind::Record(_) => true,
        _ => false,
    }
}

/// The value at a path of a record.
pub fn at<'v>(value: &'v Value, path: &[Rc<str>]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}
