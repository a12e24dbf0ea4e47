//! A schema as data: its fields with their formulas.

use super::super::annotations::{Annotations, Change};
use super::super::data::ValueKind;
use super::super::types::Type;
use super::tree::{Base, Formula, FormulaKind};
use std::rc::Rc;

/// The fields and checks of a record.
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
    /// Its annotations.
    pub annotations: Annotations,
    /// What a change does: as annotated, or as the record that encloses it is; `None` for what is no value of
    /// the chart.
    pub change: Option<Change>,
    /// Its default, if that depends on other settings; constant defaults are in the values.
    pub default: Option<Default>,
    /// Its default as written, constant or not.
    pub default_text: Option<String>,
    /// The conditions of its type, with `it` for the value.
    pub conditions: Vec<Rule>,
    /// The conditions of the type of its elements, if it is a list or map.
    pub elements: Vec<Rule>,
    /// The shape of its records, if it is a record or a map or list of records.
    pub inside: Option<Shape>,
}

impl Field {
    /// Its doc comment, with what a change does where the field itself says so.
    pub fn told(&self) -> String {
        match self.annotations.change {
            Some(change) => format!("{} {}", self.doc, change.sentence()).trim_start().to_owned(),
            None => self.doc.clone(),
        }
    }
}

/// A default that is an expression.
#[derive(Clone, Debug)]
pub struct Default {
    /// As written.
    pub text: String,
    /// As a formula.
    pub formula: Formula,
}

/// A condition with its message.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its code, for a check.
    pub code: Option<String>,
    /// `warn`
    pub warn: bool,
    /// `@build`: the check is not lowered.
    pub build: bool,
    /// The loops and conditions that enclose a check, outermost first.
    pub around: Vec<Enclosing>,
    /// What must hold; `None` if it, or what encloses it, can't be lowered.
    pub condition: Option<Formula>,
    /// The title of its diagnostic.
    pub message: Formula,
    /// The help of its diagnostic, if the check has one.
    pub help: Option<Formula>,
    /// The labelled paths with their remarks.
    pub labels: Vec<(Formula, Formula)>,
}

/// A loop or a condition that encloses a check.
#[derive(Clone, Debug)]
pub enum Enclosing {
    /// `for`: its variables, which [`Base::Local`] counts across all loops, and what it iterates over.
    Each { names: Vec<Rc<str>>, source: Formula },
    /// `if`, or the `else` of one.
    When(Formula),
}

impl Shape {
    /// Returns the field at a path, which may contain map keys, list elements and `*` for any of them.
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

    /// The fields that become values of a target; `@build` fields do not.
    pub fn values(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.annotations.build)
    }
}

impl Rule {
    /// The title of its diagnostic, with `…` for values.
    pub fn title(&self) -> Option<String> {
        match &self.message.kind {
            FormulaKind::Literal(ValueKind::String(text)) => Some(text.to_string()),
            FormulaKind::String(parts) => {
                let part = |part: &Formula| match &part.kind {
                    FormulaKind::Literal(ValueKind::String(text)) => text.to_string(),
                    _ => "…".to_owned(),
                };
                Some(parts.iter().map(part).collect())
            }
            _ => None,
        }
    }

    /// Whether its condition or a label reads a field of its record.
    pub fn asks(&self, field: &str) -> bool {
        let own = |base, path: &[Rc<str>]| {
            base == Base::Record && path.first().is_some_and(|first| &**first == field)
        };
        self.condition.as_ref().is_some_and(|condition| condition.asks(own))
            || self.labels.iter().any(|(path, _)| path.asks(own))
    }
}
