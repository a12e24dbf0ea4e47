//! The built-in functions: names, how many arguments, and what they compute.

use super::arithmetic::{self, ByEquality, MAX_TEXT, NoResult, compare, infix};
use super::data::{Kind, Value};
use super::patterns;
use super::quantity::Quantity;
use crate::syntax::tree::InfixOp;
use foldhash::HashSet;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A built-in function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Builtin {
    IsSet,
    Present,
    Len,
    Min,
    Max,
    Sum,
    Abs,
    Round,
    Floor,
    Ceil,
    Int,
    Join,
    Split,
    Trim,
    Lower,
    Upper,
    Replace,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    IsRegex,
    Keys,
    Values,
    Sort,
    Unique,
    Range,
}

use Builtin::*;

/// Every function: its name, itself, and how many arguments it takes at least and at most.
pub const ALL: &[(&str, Builtin, usize, usize)] = &[
    ("isSet", IsSet, 1, 1),
    ("present", Present, 1, 16),
    ("len", Len, 1, 1),
    ("min", Min, 1, 16),
    ("max", Max, 1, 16),
    ("sum", Sum, 1, 1),
    ("abs", Abs, 1, 1),
    ("round", Round, 1, 1),
    ("floor", Floor, 1, 1),
    ("ceil", Ceil, 1, 1),
    ("int", Int, 1, 1),
    ("join", Join, 2, 2),
    ("split", Split, 2, 2),
    ("trim", Trim, 1, 1),
    ("lower", Lower, 1, 1),
    ("upper", Upper, 1, 1),
    ("replace", Replace, 3, 3),
    ("startsWith", StartsWith, 2, 2),
    ("endsWith", EndsWith, 2, 2),
    ("contains", Contains, 2, 2),
    ("matches", Matches, 2, 2),
    ("isRegex", IsRegex, 1, 1),
    ("keys", Keys, 1, 1),
    ("values", Values, 1, 1),
    ("sort", Sort, 1, 1),
    ("unique", Unique, 1, 1),
    ("range", Range, 1, 2),
];

/// Longest list that `range` makes.
pub const MAX_RANGE: i64 = 100_000;

/// The function of a name.
pub fn find(name: &str) -> Option<(Builtin, usize, usize)> {
    ALL.iter().find(|(n, ..)| *n == name).map(|(_, f, low, high)| (*f, *low, *high))
}

/// The name of a function.
pub fn name(function: Builtin) -> &'static str {
    ALL.iter().find(|(_, f, ..)| *f == function).map_or("", |(name, ..)| name)
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
    /// Arguments that typing lets through only after it has reported.
    Silent,
}

impl From<NoResult> for Failure {
    fn from(reason: NoResult) -> Failure {
        match reason {
            NoResult::Overflow => Failure::Overflow,
            NoResult::Reported | NoResult::Zero => Failure::Silent,
        }
    }
}

fn number(kind: &Kind) -> Result<f64, Failure> {
    arithmetic::float(kind).ok_or(Failure::Silent)
}

/// Calls a function on evaluated arguments. `isSet` and `present` are the evaluator's own.
pub fn call(function: Builtin, arguments: &[Value]) -> Result<Kind, Failure> {
    let text = |at: usize| match &arguments.get(at).map(|v| &v.kind) {
        Some(Kind::Text(text) | Kind::Version(text)) => Ok(text.clone()),
        _ => Err(Failure::Silent),
    };
    let list = |at: usize| match &arguments.get(at).map(|v| &v.kind) {
        Some(Kind::List(list)) => Ok(list.clone()),
        _ => Err(Failure::Silent),
    };
    let first = arguments.first().map(|v| &v.kind).ok_or(Failure::Silent)?;
    Ok(match function {
        IsSet | Present => return Err(Failure::Silent),
        Len => Kind::Int(match first {
            Kind::Text(text) => text.chars().count() as i64,
            Kind::List(list) => list.len() as i64,
            Kind::Record(record) => record.values().filter(|v| !v.is_absent()).count() as i64,
            _ => return Err(Failure::Silent),
        }),
        Min | Max => {
            let given = match first {
                Kind::List(list) if arguments.len() == 1 => list,
                _ => arguments,
            };
            let mut best = given.first().ok_or(Failure::Empty)?;
            for value in &given[1..] {
                let order = compare(&value.kind, &best.kind).ok_or(Failure::Silent)?;
                if if function == Min { order.is_lt() } else { order.is_gt() } {
                    best = value;
                }
            }
            best.kind.clone()
        }
        Sum => {
            let list = list(0)?;
            let mut total = match list.first().map(|v| &v.kind) {
                Some(Kind::Quantity(q)) => Kind::Quantity(Quantity::of(q.unit, 0)),
                Some(Kind::Float(_)) => Kind::Float(0.0),
                _ => Kind::Int(0),
            };
            for item in list.iter() {
                total = infix(InfixOp::Add, &total, &item.kind)?;
            }
            total
        }
        Abs => arithmetic::magnitude(first)?,
        Round | Floor | Ceil => {
            let value = number(first)?;
            let value = match function {
                Round => value.round(),
                Floor => value.floor(),
                _ => value.ceil(),
            };
            Kind::Int(arithmetic::whole(value)?)
        }
        Int => match first {
            Kind::Text(text) => Kind::Int(text.trim().parse().map_err(|_| Failure::NotANumber)?),
            other => Kind::Int(arithmetic::whole(number(other)?.trunc())?),
        },
        Join => {
            let parts: Vec<String> = list(0)?.iter().map(|v| v.kind.to_string()).collect();
            let length = parts.iter().map(String::len).sum::<usize>() + parts.len() * text(1)?.len();
            if length > MAX_TEXT {
                return Err(Failure::Overflow);
            }
            Kind::Text(parts.join(&text(1)?).into())
        }
        Split => {
            let (whole, separator) = (text(0)?, text(1)?);
            let span = arguments[0].span;
            let parts = whole.split(&*separator).map(|part| Value::new(Kind::Text(part.into()), span));
            Kind::List(Rc::new(parts.collect()))
        }
        Trim => Kind::Text(text(0)?.trim().into()),
        Lower => Kind::Text(text(0)?.to_lowercase().into()),
        Upper => Kind::Text(text(0)?.to_uppercase().into()),
        Replace => {
            let (whole, from, to) = (text(0)?, text(1)?, text(2)?);
            let length = whole.len() + whole.matches(&*from).count().saturating_mul(to.len());
            if length > MAX_TEXT {
                return Err(Failure::Overflow);
            }
            Kind::Text(whole.replace(&*from, &to).into())
        }
        StartsWith => Kind::Bool(text(0)?.starts_with(&*text(1)?)),
        EndsWith => Kind::Bool(text(0)?.ends_with(&*text(1)?)),
        Contains => Kind::Bool(match first {
            Kind::Text(whole) => whole.contains(&*text(1)?),
            Kind::List(list) => arguments.get(1).is_some_and(|wanted| list.contains(wanted)),
            Kind::Record(record) => record.get(&text(1)?).is_some_and(|v| !v.is_absent()),
            _ => return Err(Failure::Silent),
        }),
        Matches => Kind::Bool(patterns::compiled(&text(1)?).map_err(Failure::Regex)?.is_match(&*text(0)?)),
        IsRegex => Kind::Bool(patterns::compiled(&text(0)?).is_ok()),
        Keys | Values => {
            let Kind::Record(record) = first else { return Err(Failure::Silent) };
            let set = record.iter().filter(|(_, v)| !v.is_absent());
            let items = set.map(|(key, value)| match function {
                Keys => Value::new(Kind::Text(key.clone()), value.span),
                _ => value.clone(),
            });
            Kind::List(Rc::new(items.collect()))
        }
        Sort => {
            let mut items = list(0)?.to_vec();
            items.sort_by(|a, b| compare(&a.kind, &b.kind).unwrap_or(std::cmp::Ordering::Equal));
            Kind::List(Rc::new(items.into_iter().collect()))
        }
        Unique => {
            let mut seen = HashSet::default();
            let items = list(0)?;
            let items = items.iter().filter(|v| seen.insert(ByEquality(&v.kind))).cloned();
            Kind::List(Rc::new(items.collect()))
        }
        Range => {
            let int = |at: usize| match arguments.get(at).map(|v| &v.kind) {
                Some(Kind::Int(n)) => Ok(*n),
                _ => Err(Failure::Silent),
            };
            let (from, to) = if arguments.len() == 1 { (0, int(0)?) } else { (int(0)?, int(1)?) };
            if to.saturating_sub(from) > MAX_RANGE {
                return Err(Failure::Overflow);
            }
            let span = arguments[0].span;
            Kind::List(Rc::new((from..to).map(|n| Value::new(Kind::Int(n), span)).collect()))
        }
    })
}
