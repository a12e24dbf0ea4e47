//! What a built-in function is.

use super::super::arithmetic::{self, NoResult};
use super::super::data::{List, Value, ValueKind};
use super::super::formula::tree::Function;
use super::super::types::{Lineage, Type};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// A built-in function, all that there is to it.
#[derive(Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// How a call of it looks.
    pub signature: &'static str,
    /// How many arguments it takes.
    pub arguments: RangeInclusive<usize>,
    /// The type of its result.
    pub types: Types,
    /// What it computes.
    pub compute: Compute,
    /// What it is in a formula.
    pub formula: InFormula,
}

/// The type of a function's result.
#[derive(Debug)]
pub enum Types {
    /// The arguments are paths to fields, which may be absent.
    Paths(Type),
    /// Of one argument the elements of a list, else the one type of all arguments.
    OneOfAll,
    /// What comes of the types of the arguments, none where it does not take them; and what is known
    /// where the first of them is not.
    Of(fn(&Arguments) -> Option<Type>, Type),
}

/// The types of arguments, none of them optional.
pub struct Arguments<'a> {
    /// The types, as they were found.
    pub types: &'a [Type],
    /// Which schema extends which.
    pub lineage: &'a Lineage,
}

/// What a function computes.
#[derive(Debug)]
pub enum Compute {
    /// From how many of the paths are set.
    Set(fn(usize) -> ValueKind),
    /// From evaluated arguments.
    Values(fn(&[Value]) -> Result<ValueKind, Failure>),
}

/// What a function is in a formula.
#[derive(Debug)]
pub enum InFormula {
    /// A function of formulas.
    Is(Function),
    /// Nothing, and why.
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
    /// A string that is no number.
    NotANumber,
    /// Arguments of kinds that it does not take together: typing has not known what they are.
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
