//! Schemas, defaults and checks as data, for who lowers them into another language.
//!
//! [`describe`] turns the root schema into a tree of [`Field`]s. A default or a check that only asks
//! paths, literals, operators and simple functions becomes a [`Formula`]; whether it can is decided
//! from its form.

use super::builtins::{self, Builtin};
use super::data::{Kind, Value};
use super::names::{Program, Schema, SchemaField};
use super::quantity::{self, Number, Quantity, Unit};
use super::types::{SchemaId, Type};
use crate::syntax::tree::*;
use std::rc::Rc;

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
    /// `@build`
    pub build: bool,
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
    /// What must hold; none where its form can't be lowered.
    pub condition: Option<Formula>,
    /// The title of its report.
    pub message: Formula,
    /// What to do, where the check says so.
    pub help: Option<Formula>,
    /// The labelled paths with their remarks.
    pub labels: Vec<(Formula, Formula)>,
}

/// An expression over settings.
#[derive(Clone, Debug)]
pub struct Formula {
    /// What it is.
    pub kind: FormulaKind,
    /// The type of its value.
    pub ty: Type,
}

/// The forms of a formula.
#[derive(Clone, Debug)]
pub enum FormulaKind {
    /// A constant.
    Literal(Kind),
    /// A setting.
    Path(Base, Vec<Rc<str>>),
    /// The value a condition is about.
    It,
    /// `!a`
    Not(Box<Formula>),
    /// `a op b`
    Infix(InfixOp, Box<Formula>, Box<Formula>),
    /// `if c { a } else { b }`
    If(Box<Formula>, Box<Formula>, Box<Formula>),
    /// A function.
    Call(Builtin, Vec<Formula>),
    /// A string with values in it.
    Text(Vec<Formula>),
    /// A list.
    List(Vec<Formula>),
}

/// What a path is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The whole stack.
    Root,
    /// The record that the default or check belongs to.
    Record,
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
        self.condition.as_ref().is_some_and(|condition| condition.asks(field))
            || self.labels.iter().any(|(path, _)| path.asks(field))
    }
}

impl Formula {
    fn asks(&self, field: &str) -> bool {
        match &self.kind {
            FormulaKind::Path(Base::Record, path) => path.first().is_some_and(|first| &**first == field),
            FormulaKind::Not(inner) => inner.asks(field),
            FormulaKind::Infix(_, a, b) => a.asks(field) || b.asks(field),
            FormulaKind::If(a, b, c) => a.asks(field) || b.asks(field) || c.asks(field),
            FormulaKind::Call(_, items) | FormulaKind::Text(items) | FormulaKind::List(items) => {
                items.iter().any(|item| item.asks(field))
            }
            FormulaKind::Literal(_) | FormulaKind::Path(..) | FormulaKind::It => false,
        }
    }
}

/// The root schema as data. `source` gives the text of a span.
pub fn describe<'s>(program: &Program, source: &dyn Fn(crate::source::Span) -> &'s str) -> Shape {
    Describe { program, source }.shape(program.root)
}

struct Describe<'a, 's, 't> {
    program: &'a Program<'t>,
    source: &'a dyn Fn(crate::source::Span) -> &'s str,
}

impl<'t> Describe<'_, '_, 't> {
    fn shape(&self, id: SchemaId) -> Shape {
        let schema = self.program.schema(id);
        let lower = Lower { program: self.program, record: Some(schema) };
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
                let formula = lower.expr(expr, Some(field.ty.plain()))?;
                Some(Default { text: (self.source)(expr.span).to_owned(), formula })
            });
            let mut conditions = Vec::new();
            self.conditions(&field.ty, &mut conditions);
            Field {
                name: field.name.text.to_string(),
                doc: field.doc.to_owned(),
                ty: field.ty.present().clone(),
                optional: field.ty.is_optional(),
                build: field.build,
                default,
                default_text: field.default.map(|expr| (self.source)(expr.span).to_owned()),
                conditions,
                inside: inner.map(|id| self.shape(id)),
            }
        });
        let rules = schema.checks.iter().filter_map(|check| match &check.entry.kind {
            EntryKind::Check(inner) => lower.rule(inner),
            // Checks in a loop or choice run when the stack is compiled, not at install.
            _ => None,
        });
        Shape { name: schema.name.text.to_string(), fields: fields.collect(), rules: rules.collect() }
    }

    fn conditions(&self, ty: &Type, found: &mut Vec<Rule>) {
        match ty {
            Type::Optional(inner) => self.conditions(inner, found),
            Type::Refined(id, base) => {
                self.conditions(base, found);
                let refined = self.program.refinement(*id);
                let lower = Lower { program: self.program, record: None };
                let message = refined.message.and_then(|m| lower.expr(m, None));
                found.push(Rule {
                    code: None,
                    warn: false,
                    build: false,
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

struct Lower<'a, 't> {
    program: &'a Program<'t>,
    record: Option<&'a Schema<'t>>,
}

impl Lower<'_, '_> {
    fn rule(&self, check: &Check) -> Option<Rule> {
        let text = |expr: &Expr| self.expr(expr, None);
        let labels = check.labels.iter().filter_map(|(path, remark)| Some((text(path)?, text(remark)?)));
        Some(Rule {
            code: check.code.as_ref().map(|c| c.text.to_string()),
            warn: check.warn,
            build: check.build,
            condition: self.expr(&check.condition, Some(&Type::Bool)),
            message: check
                .message
                .as_ref()
                .and_then(text)
                .unwrap_or_else(|| literal("a check does not hold")),
            help: check.helps.first().and_then(text),
            labels: labels.collect(),
        })
    }

    fn with_it(&self, condition: &Expr, base: &Type) -> Option<Formula> {
        let mut formula = self.expr(condition, Some(&Type::Bool))?;
        type_it(&mut formula, base);
        Some(formula)
    }

    fn expr(&self, expr: &Expr, want: Option<&Type>) -> Option<Formula> {
        let (kind, ty) = match &expr.kind {
            ExprKind::Bool(value) => (FormulaKind::Literal(Kind::Bool(*value)), Type::Bool),
            ExprKind::Number(text) => {
                let kind = number(text, want)?;
                let ty = match &kind {
                    Kind::Quantity(q) => Type::Quantity(q.unit),
                    Kind::Int(_) => Type::Int,
                    Kind::Version(_) => Type::Version,
                    _ => Type::Float,
                };
                (FormulaKind::Literal(kind), ty)
            }
            ExprKind::Text(parts) => match expr.plain_text() {
                Some(text) => (FormulaKind::Literal(Kind::Text(text.into())), Type::Text),
                None => {
                    let parts = parts.iter().map(|part| match part {
                        TextPart::Plain(text) => Some(literal(text)),
                        TextPart::Value(value) => self.expr(value, None),
                    });
                    (FormulaKind::Text(parts.collect::<Option<_>>()?), Type::Text)
                }
            },
            ExprKind::Name(name) if &**name == "it" && self.record.is_none() => {
                (FormulaKind::It, Type::Error)
            }
            ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Stack => self.path(expr)?,
            ExprKind::Prefix(PrefixOp::Not, inner) => {
                (FormulaKind::Not(Box::new(self.expr(inner, want)?)), Type::Bool)
            }
            ExprKind::Infix(op, _, a, b) => self.infix(*op, a, b, want)?,
            ExprKind::If(condition, a, b) => {
                let condition = self.expr(condition, Some(&Type::Bool))?;
                let (a, b) = (self.expr(a, want)?, self.expr(b, want)?);
                let ty = a.ty.clone();
                (FormulaKind::If(Box::new(condition), Box::new(a), Box::new(b)), ty)
            }
            ExprKind::List(items) => {
                let items: Vec<Formula> =
                    items.iter().map(|item| self.expr(item, None)).collect::<Option<_>>()?;
                let inner = items.first().map_or(Type::Text, |f| f.ty.clone());
                (FormulaKind::List(items), Type::List(Rc::new(inner)))
            }
            ExprKind::Call(function, arguments) => self.call(function, arguments, want)?,
            _ => return None,
        };
        Some(Formula { kind, ty })
    }

    fn path(&self, expr: &Expr) -> Option<(FormulaKind, Type)> {
        match &expr.kind {
            ExprKind::Stack => {
                Some((FormulaKind::Path(Base::Root, Vec::new()), Type::Schema(self.program.root)))
            }
            ExprKind::Name(name) => {
                let field = self.record?.fields.get(&**name).filter(|field| valued(field))?;
                Some((FormulaKind::Path(Base::Record, vec![(&**name).into()]), field.ty.clone()))
            }
            ExprKind::Member(base, name) => {
                let (FormulaKind::Path(root, mut path), ty) = self.path(base)? else { return None };
                let ty = match ty.plain() {
                    Type::Schema(id) => {
                        let fields = &self.program.schema(*id).fields;
                        fields.get(&*name.text).filter(|field| valued(field))?.ty.clone()
                    }
                    _ => return None,
                };
                path.push((&*name.text).into());
                Some((FormulaKind::Path(root, path), ty))
            }
            _ => None,
        }
    }

    fn infix(&self, op: InfixOp, a: &Expr, b: &Expr, want: Option<&Type>) -> Option<(FormulaKind, Type)> {
        let logical = matches!(op, InfixOp::And | InfixOp::Or);
        let want = if logical || !op.compares() { want } else { None };
        let (mut left, mut right) = (self.expr(a, want)?, self.expr(b, want)?);
        // A literal takes its unit from the other side.
        let (for_left, for_right) = (right.ty.clone(), left.ty.clone());
        for (side, other, expr) in [(&mut left, for_left, a), (&mut right, for_right, b)] {
            if matches!(expr.kind, ExprKind::Number(_))
                && let Type::Quantity(_) = other.plain()
                && let Some(again) = self.expr(expr, Some(other.plain()))
            {
                *side = again;
            }
        }
        let ty = match op {
            _ if logical || op.compares() => Type::Bool,
            InfixOp::Else => left.ty.present().clone(),
            InfixOp::Divide if matches!((left.ty.plain(), right.ty.plain()), (Type::Quantity(x), Type::Quantity(y)) if x == y) => {
                Type::Float
            }
            InfixOp::Multiply if matches!(right.ty.plain(), Type::Quantity(_)) => right.ty.clone(),
            InfixOp::Merge => return None,
            _ => left.ty.clone(),
        };
        Some((FormulaKind::Infix(op, Box::new(left), Box::new(right)), ty))
    }

    fn call(&self, function: &Expr, arguments: &[Expr], want: Option<&Type>) -> Option<(FormulaKind, Type)> {
        use Builtin::*;
        let ExprKind::Name(name) = &function.kind else { return None };
        let (builtin, ..) = builtins::find(name)?;
        let inner_want = if matches!(builtin, Min | Max) { want } else { None };
        let arguments: Vec<Formula> =
            arguments.iter().map(|a| self.expr(a, inner_want)).collect::<Option<_>>()?;
        let ty = match builtin {
            IsSet | StartsWith | EndsWith | Contains | Matches => Type::Bool,
            Present | Len | Floor | Ceil | Round => Type::Int,
            Min | Max => arguments.iter().find(|a| !matches!(a.ty, Type::Error))?.ty.present().clone(),
            _ => return None,
        };
        Some((FormulaKind::Call(builtin, arguments), ty))
    }
}

/// Whether a field is a value of the chart; what a person's schema adds never is.
fn valued(field: &SchemaField) -> bool {
    field.module == Program::BUILTIN || !field.build
}

fn number(text: &str, want: Option<&Type>) -> Option<Kind> {
    let wanted = match want.map(Type::plain) {
        Some(Type::Quantity(unit)) => Some(*unit),
        _ => None,
    };
    Some(match quantity::read(text) {
        Number::Int(value) if wanted == Some(Unit::Cpu) => {
            Kind::Quantity(Quantity::of(Unit::Cpu, value * 1000))
        }
        Number::Int(value) => Kind::Int(value),
        Number::Float(value) => Kind::Float(value),
        Number::Version => Kind::Version(text.into()),
        Number::Quantity(units) => {
            let unit = wanted.filter(|unit| units.contains(unit)).unwrap_or(units[0]);
            Kind::Quantity(Quantity::literal(text, unit)?)
        }
        Number::Wrong(_) => return None,
    })
}

/// `it` has the type that the condition refines.
fn type_it(formula: &mut Formula, base: &Type) {
    match &mut formula.kind {
        FormulaKind::It => formula.ty = base.clone(),
        FormulaKind::Not(inner) => type_it(inner, base),
        FormulaKind::Infix(op, a, b) => {
            type_it(a, base);
            type_it(b, base);
            if !op.compares() && !matches!(op, InfixOp::And | InfixOp::Or) {
                formula.ty = a.ty.clone();
            }
        }
        FormulaKind::If(a, b, c) => [a, b, c].into_iter().for_each(|f| type_it(f, base)),
        FormulaKind::Call(_, items) | FormulaKind::Text(items) | FormulaKind::List(items) => {
            items.iter_mut().for_each(|f| type_it(f, base));
        }
        FormulaKind::Literal(_) | FormulaKind::Path(..) => {}
    }
}

/// The value at a path of a record.
pub fn at<'v>(value: &'v Value, path: &[Rc<str>]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}
