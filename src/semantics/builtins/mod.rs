//! The built-in functions: [`table`] has a row for each.

mod table;

use super::arithmetic::{self, NoResult};
use super::data::{Kind, List, Value};
use super::formula::tree::Function;
use super::types::{Lineage, Type};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::rc::Rc;
pub use table::ALL;

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
    Set(fn(usize) -> Kind),
    /// From evaluated arguments.
    Values(fn(&[Value]) -> Result<Kind, Failure>),
}

/// What a function is in a formula.
#[derive(Debug)]
pub enum InFormula {
    /// A function of formulas.
    Is(Function),
    /// Nothing, and why.
    Nothing(&'static str),
}

/// A built-in function, by its place in [`ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BuiltinId(u8);

impl BuiltinId {
    /// The function.
    pub fn get(self) -> &'static Builtin {
        &ALL[usize::from(self.0)]
    }
}

/// The function of a name.
pub fn find(name: &str) -> Option<BuiltinId> {
    let at = ALL.iter().position(|builtin| builtin.name == name)?;
    u8::try_from(at).ok().map(BuiltinId)
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
    fn first(&self) -> &Type {
        self.types[0].plain()
    }

    /// Whether an argument is a string.
    fn is_text(&self, at: usize) -> bool {
        matches!(self.types[at].plain(), Type::Text | Type::Words(_) | Type::Endpoint | Type::Error)
    }

    /// Whether all arguments are strings.
    fn are_texts(&self) -> bool {
        (0..self.types.len()).all(|at| self.is_text(at))
    }

    fn is_number(&self) -> bool {
        matches!(self.first(), Type::Int | Type::Float)
    }

    fn is_collection(&self) -> bool {
        matches!(self.first(), Type::Map(_) | Type::Data | Type::Record(_))
    }

    /// The type of the elements of the first argument.
    fn elements(&self) -> Option<Type> {
        match self.first() {
            Type::List(inner) => Some((**inner).clone()),
            _ => None,
        }
    }
}

fn text(values: &[Value], at: usize) -> Result<Rc<str>, Failure> {
    match values.get(at).map(|value| &value.kind) {
        Some(Kind::Text(text) | Kind::Version(text)) => Ok(text.clone()),
        _ => Err(Failure::Kinds),
    }
}

fn list(values: &[Value]) -> Result<&Rc<List>, Failure> {
    match values.first().map(|value| &value.kind) {
        Some(Kind::List(list)) => Ok(list),
        _ => Err(Failure::Kinds),
    }
}

fn first(values: &[Value]) -> Result<&Kind, Failure> {
    values.first().map(|value| &value.kind).ok_or(Failure::Kinds)
}

fn number(kind: &Kind) -> Result<f64, Failure> {
    arithmetic::float(kind).ok_or(Failure::Kinds)
}
