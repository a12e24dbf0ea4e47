//! The definition of a built-in function.

use super::super::arithmetic::{self, NoResult};
use super::super::data::{List, Value, ValueKind};
use super::super::formula::tree::Function;
use super::super::types::{Lineage, Type};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// The complete definition of a built-in function.
#[derive(Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What a call looks like.
    pub signature: &'static str,
    /// Arguments that it accepts, for editors to begin with.
    pub sample: &'static [&'static str],
    /// How many arguments it takes.
    pub arguments: RangeInclusive<usize>,
    /// The type of its result.
    pub types: Types,
    /// What it computes.
    pub compute: Compute,
    /// Its form in formulas.
    pub formula: InFormula,
}

/// The type of a function's result.
#[derive(Debug)]
pub enum Types {
    /// The arguments are paths to fields, which may be absent.
    Paths(Type),
    /// The element type of a single list argument, else the common type of all arguments.
    OneOfAll,
    /// Computed from the argument types, `None` if the function does not accept them; and the result type
    /// if the first argument's type is unknown.
    Of(fn(&Arguments) -> Option<Type>, Type),
}

/// The types of arguments, none of them optional.
pub struct Arguments<'a> {
    /// The inferred types.
    pub types: &'a [Type],
    /// Which schema extends which.
    pub lineage: &'a Lineage,
}

/// What a function computes.
#[derive(Debug)]
pub enum Compute {
    /// From the number of paths that are set.
    Set(fn(usize) -> ValueKind),
    /// From evaluated arguments.
    Values(fn(&[Value]) -> Result<ValueKind, Failure>),
}

/// The form of a function in formulas.
#[derive(Debug)]
pub enum InFormula {
    /// The formula function that it becomes.
    Is(Function),
    /// Not available in formulas, and why.
    Nothing(&'static str),
}

/// Why a function has no result.
#[derive(Debug)]
pub enum Failure {
    /// A regular expression that does not compile, with the reason.
    Regex(String),
    /// Too large a number.
    Overflow,
    /// Nothing to choose from.
    Empty,
    /// A string that is not a number.
    NotANumber,
    /// Arguments of incompatible kinds, whose types were unknown to typing.
    Kinds,
}

impl From<NoResult> for Failure {
    fn from(reason: NoResult) -> Failure {
        match reason {
            NoResult::Overflow => Failure::Overflow,
            NoResult::Kinds | NoResult::Zero => Failure::Kinds,
        }
    }
}

impl Arguments<'_> {
    /// The type of the first argument, without conditions.
    pub(super) fn first(&self) -> &Type {
        self.types[0].plain()
    }

    /// Whether an argument is a string.
    pub(super) fn is_text(&self, at: usize) -> bool {
        matches!(self.types[at].plain(), Type::String | Type::Enum(_) | Type::Endpoint | Type::Error)
    }

    /// Whether all arguments are strings.
    pub(super) fn are_texts(&self) -> bool {
        (0..self.types.len()).all(|at| self.is_text(at))
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self.first(), Type::Int | Type::Float)
    }

    pub(super) fn is_collection(&self) -> bool {
        matches!(self.first(), Type::Map(_) | Type::Data | Type::Record(_))
    }

    /// The type of the elements of the first argument.
    pub(super) fn elements(&self) -> Option<Type> {
        match self.first() {
            Type::List(inner) => Some((**inner).clone()),
            _ => None,
        }
    }
}

pub(super) fn text(values: &[Value], at: usize) -> Result<Rc<str>, Failure> {
    match values.get(at).map(|value| &value.kind) {
        Some(ValueKind::String(text) | ValueKind::Version(text)) => Ok(text.clone()),
        _ => Err(Failure::Kinds),
    }
}

pub(super) fn list(values: &[Value]) -> Result<&Rc<List>, Failure> {
    match values.first().map(|value| &value.kind) {
        Some(ValueKind::List(list)) => Ok(list),
        _ => Err(Failure::Kinds),
    }
}

pub(super) fn first(values: &[Value]) -> Result<&ValueKind, Failure> {
    values.first().map(|value| &value.kind).ok_or(Failure::Kinds)
}

pub(super) fn number(kind: &ValueKind) -> Result<f64, Failure> {
    arithmetic::float(kind).ok_or(Failure::Kinds)
}
