//! One row per function: its name, its types, what it computes, and its form in formulas.

use super::{Arguments, Builtin, Compute, Failure, InFormula, Types, first, list, number, text};
use crate::semantics::arithmetic::{self, ByEquality, MAX_TEXT, compare, infix};
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::formula::tree::Function;
use crate::semantics::patterns;
use crate::semantics::quantity::Quantity;
use crate::semantics::types::Type;
use crate::syntax::tree::InfixOp;
use foldhash::HashSet;
use std::cmp::Ordering;
use std::rc::Rc;

/// The longest list that `range` returns.
const MAX_RANGE: i64 = 100_000;

/// Why functions that build strings and lists are not available in formulas.
const MAKES: &str = "a template has no strings or lists that are made while it is rendered";

/// Every built-in function.
pub const ALL: &[Builtin] = &[
    Builtin {
        name: "isSet",
        signature: "isSet(field)",
        sample: &["stack.retention"],
        arguments: 1..=1,
        types: Types::Paths(Type::Bool),
        compute: Compute::Set(|set| ValueKind::Bool(set == 1)),
        formula: InFormula::Is(Function::IsSet),
    },
    Builtin {
        name: "present",
        signature: "present(a, b, …)",
        sample: &["stack.retention"],
        arguments: 1..=16,
        types: Types::Paths(Type::Int),
        compute: Compute::Set(count),
        formula: InFormula::Is(Function::Present),
    },
    Builtin {
        name: "len",
        signature: "len(text or list)",
        sample: &["\"text\""],
        arguments: 1..=1,
        types: Types::Of(
            |of| {
                let counted = of.is_text(0) || of.is_collection() || of.elements().is_some();
                counted.then_some(Type::Int)
            },
            Type::Int,
        ),
        compute: Compute::Values(|values| {
            Ok(match first(values)? {
                ValueKind::String(text) => count(text.chars().count()),
                ValueKind::List(list) => count(list.len()),
                ValueKind::Record(record) => {
                    count(record.values().filter(|value| !value.is_absent()).count())
                }
                _ => return Err(Failure::Kinds),
            })
        }),
        formula: InFormula::Is(Function::Len),
    },
    Builtin {
        name: "min",
        signature: "min(a, b, …) or min(list)",
        sample: &["1", "2"],
        arguments: 1..=16,
        types: Types::OneOfAll,
        compute: Compute::Values(|values| choose(values, Ordering::Less)),
        formula: InFormula::Is(Function::Min),
    },
    Builtin {
        name: "max",
        signature: "max(a, b, …) or max(list)",
        sample: &["1", "2"],
        arguments: 1..=16,
        types: Types::OneOfAll,
        compute: Compute::Values(|values| choose(values, Ordering::Greater)),
        formula: InFormula::Is(Function::Max),
    },
    Builtin {
        name: "sum",
        signature: "sum(list)",
        sample: &["[1, 2]"],
        arguments: 1..=1,
        types: Types::Of(
            |of| {
                let amount = |ty: &Type| {
                    matches!(ty.plain(), Type::Int | Type::Float | Type::Quantity(_) | Type::Error)
                };
                of.elements().filter(amount)
            },
            Type::Error,
        ),
        compute: Compute::Values(sum),
        formula: InFormula::Nothing("a template can't add up a list"),
    },
    Builtin {
        name: "abs",
        signature: "abs(number)",
        sample: &["-1"],
        arguments: 1..=1,
        types: Types::Of(
            |of| {
                let amount = of.is_number() || matches!(of.first(), Type::Quantity(_));
                amount.then(|| of.first().clone())
            },
            Type::Error,
        ),
        compute: Compute::Values(|values| Ok(arithmetic::magnitude(first(values)?)?)),
        formula: InFormula::Nothing("a template has no `abs`"),
    },
    Builtin {
        name: "round",
        signature: "round(number)",
        sample: &["1.5"],
        arguments: 1..=1,
        types: Types::Of(whole, Type::Int),
        compute: Compute::Values(|values| rounded(values, f64::round)),
        formula: InFormula::Is(Function::Round),
    },
    Builtin {
        name: "floor",
        signature: "floor(number)",
        sample: &["1.5"],
        arguments: 1..=1,
        types: Types::Of(whole, Type::Int),
        compute: Compute::Values(|values| rounded(values, f64::floor)),
        formula: InFormula::Is(Function::Floor),
    },
    Builtin {
        name: "ceil",
        signature: "ceil(number)",
        sample: &["1.5"],
        arguments: 1..=1,
        types: Types::Of(whole, Type::Int),
        compute: Compute::Values(|values| rounded(values, f64::ceil)),
        formula: InFormula::Is(Function::Ceil),
    },
    Builtin {
        name: "int",
        signature: "int(number or text)",
        sample: &["\"1\""],
        arguments: 1..=1,
        types: Types::Of(|of| (of.is_number() || of.is_text(0)).then_some(Type::Int), Type::Int),
        compute: Compute::Values(|values| match first(values)? {
            ValueKind::String(text) => {
                text.trim().parse().map(ValueKind::Int).map_err(|_| Failure::NotANumber)
            }
            _ => rounded(values, f64::trunc),
        }),
        formula: InFormula::Nothing("a template's `int` makes 0 of what is no number"),
    },
    Builtin {
        name: "join",
        signature: "join(list, \", \")",
        sample: &["[\"a\", \"b\"]", "\", \""],
        arguments: 2..=2,
        types: Types::Of(
            |of| (of.elements().is_some() && of.is_text(1)).then_some(Type::String),
            Type::String,
        ),
        compute: Compute::Values(|values| {
            let parts: Vec<String> = list(values)?.iter().map(|value| value.kind.to_string()).collect();
            let between = text(values, 1)?;
            made(parts.iter().map(String::len).sum::<usize>() + parts.len() * between.len())?;
            Ok(ValueKind::String(parts.join(&between).into()))
        }),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "split",
        signature: "split(text, \",\")",
        sample: &["\"a,b\"", "\",\""],
        arguments: 2..=2,
        types: Types::Of(|of| of.are_texts().then(|| Type::List(Rc::new(Type::String))), Type::Error),
        compute: Compute::Values(|values| {
            let (whole, separator, span) = (text(values, 0)?, text(values, 1)?, values[0].span);
            let parts = whole.split(&*separator).map(|part| Value::new(ValueKind::String(part.into()), span));
            Ok(ValueKind::List(Rc::new(parts.collect())))
        }),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "trim",
        signature: "trim(text)",
        sample: &["\" text \""],
        arguments: 1..=1,
        types: Types::Of(|of| of.is_text(0).then_some(Type::String), Type::String),
        compute: Compute::Values(|values| Ok(ValueKind::String(text(values, 0)?.trim().into()))),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "lower",
        signature: "lower(text)",
        sample: &["\"Text\""],
        arguments: 1..=1,
        types: Types::Of(|of| of.is_text(0).then_some(Type::String), Type::String),
        compute: Compute::Values(|values| Ok(ValueKind::String(text(values, 0)?.to_lowercase().into()))),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "upper",
        signature: "upper(text)",
        sample: &["\"text\""],
        arguments: 1..=1,
        types: Types::Of(|of| of.is_text(0).then_some(Type::String), Type::String),
        compute: Compute::Values(|values| Ok(ValueKind::String(text(values, 0)?.to_uppercase().into()))),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "replace",
        signature: "replace(text, \"from\", \"to\")",
        sample: &["\"text\"", "\"from\"", "\"to\""],
        arguments: 3..=3,
        types: Types::Of(|of| of.are_texts().then_some(Type::String), Type::String),
        compute: Compute::Values(|values| {
            let (whole, from, to) = (text(values, 0)?, text(values, 1)?, text(values, 2)?);
            made(whole.len() + whole.matches(&*from).count().saturating_mul(to.len()))?;
            Ok(ValueKind::String(whole.replace(&*from, &to).into()))
        }),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "startsWith",
        signature: "startsWith(text, \"start\")",
        sample: &["\"text\"", "\"start\""],
        arguments: 2..=2,
        types: Types::Of(|of| of.are_texts().then_some(Type::Bool), Type::Bool),
        compute: Compute::Values(|values| {
            Ok(ValueKind::Bool(text(values, 0)?.starts_with(&*text(values, 1)?)))
        }),
        formula: InFormula::Is(Function::StartsWith),
    },
    Builtin {
        name: "endsWith",
        signature: "endsWith(text, \"end\")",
        sample: &["\"text\"", "\"end\""],
        arguments: 2..=2,
        types: Types::Of(|of| of.are_texts().then_some(Type::Bool), Type::Bool),
        compute: Compute::Values(|values| {
            Ok(ValueKind::Bool(text(values, 0)?.ends_with(&*text(values, 1)?)))
        }),
        formula: InFormula::Is(Function::EndsWith),
    },
    Builtin {
        name: "contains",
        signature: "contains(text or list, part)",
        sample: &["\"text\"", "\"part\""],
        arguments: 2..=2,
        types: Types::Of(
            |of| {
                let taken = match of.first() {
                    Type::List(inner) => {
                        let words = matches!(
                            inner.plain(),
                            Type::String | Type::Enum(_) | Type::Endpoint | Type::Error
                        );
                        inner.accepts(&of.types[1], of.lineage) || words && of.is_text(1)
                    }
                    _ => (of.is_text(0) || of.is_collection()) && of.is_text(1),
                };
                taken.then_some(Type::Bool)
            },
            Type::Bool,
        ),
        compute: Compute::Values(|values| {
            Ok(ValueKind::Bool(match first(values)? {
                ValueKind::String(whole) => whole.contains(&*text(values, 1)?),
                ValueKind::List(list) => values.get(1).is_some_and(|wanted| list.contains(wanted)),
                ValueKind::Record(record) => {
                    record.get(&text(values, 1)?).is_some_and(|value| !value.is_absent())
                }
                _ => return Err(Failure::Kinds),
            }))
        }),
        formula: InFormula::Is(Function::Contains),
    },
    Builtin {
        name: "matches",
        signature: "matches(text, r\"pattern\")",
        sample: &["\"text\"", "r\"pattern\""],
        arguments: 2..=2,
        types: Types::Of(|of| of.are_texts().then_some(Type::Bool), Type::Bool),
        compute: Compute::Values(|values| {
            let pattern = patterns::compiled(&text(values, 1)?).map_err(Failure::Regex)?;
            Ok(ValueKind::Bool(pattern.is_match(&*text(values, 0)?)))
        }),
        formula: InFormula::Is(Function::Matches),
    },
    Builtin {
        name: "isRegex",
        signature: "isRegex(text)",
        sample: &["\"text\""],
        arguments: 1..=1,
        types: Types::Of(|of| of.is_text(0).then_some(Type::Bool), Type::Bool),
        compute: Compute::Values(|values| Ok(ValueKind::Bool(patterns::compiled(&text(values, 0)?).is_ok()))),
        formula: InFormula::Nothing("a template stops at a pattern that does not compile"),
    },
    Builtin {
        name: "keys",
        signature: "keys(map)",
        sample: &["{ a = 1 }"],
        arguments: 1..=1,
        types: Types::Of(|of| of.is_collection().then(|| Type::List(Rc::new(Type::String))), Type::Error),
        compute: Compute::Values(|values| {
            entries(values, |key, value| Value::new(ValueKind::String(key.clone()), value.span))
        }),
        formula: InFormula::Nothing("a template has a map's keys in another order"),
    },
    Builtin {
        name: "values",
        signature: "values(map)",
        sample: &["{ a = 1 }"],
        arguments: 1..=1,
        types: Types::Of(
            |of| match of.first() {
                Type::Map(inner) => Some(Type::List(inner.clone())),
                Type::Data => Some(Type::List(Rc::new(Type::Data))),
                Type::Record(fields) => Some(Type::List(Rc::new(Type::of_any(fields.values(), of.lineage)))),
                _ => None,
            },
            Type::Error,
        ),
        compute: Compute::Values(|values| entries(values, |_, value| value.clone())),
        formula: InFormula::Nothing("a template has a map's values in another order"),
    },
    Builtin {
        name: "sort",
        signature: "sort(list)",
        sample: &["[2, 1]"],
        arguments: 1..=1,
        types: Types::Of(same_list, Type::Error),
        compute: Compute::Values(|values| {
            let mut items = list(values)?.to_vec();
            if items.iter().any(|item| compare(&items[0].kind, &item.kind).is_none()) {
                return Err(Failure::Kinds);
            }
            items.sort_by(|a, b| compare(&a.kind, &b.kind).unwrap_or(Ordering::Equal));
            Ok(ValueKind::List(Rc::new(items.into_iter().collect())))
        }),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "unique",
        signature: "unique(list)",
        sample: &["[1, 1]"],
        arguments: 1..=1,
        types: Types::Of(same_list, Type::Error),
        compute: Compute::Values(|values| {
            let mut seen = HashSet::default();
            let items = list(values)?.iter().filter(|value| seen.insert(ByEquality(&value.kind)));
            Ok(ValueKind::List(Rc::new(items.cloned().collect())))
        }),
        formula: InFormula::Nothing(MAKES),
    },
    Builtin {
        name: "range",
        signature: "range(10) or range(1, 10)",
        sample: &["10"],
        arguments: 1..=2,
        types: Types::Of(
            |of| {
                let whole = of.types.iter().all(|ty| *ty.plain() == Type::Int);
                whole.then(|| Type::List(Rc::new(Type::Int)))
            },
            Type::Error,
        ),
        compute: Compute::Values(range),
        formula: InFormula::Nothing(MAKES),
    },
];

fn count(how_many: usize) -> ValueKind {
    // Memory limits how much there is to count, so the count always fits.
    ValueKind::Int(i64::try_from(how_many).unwrap_or(i64::MAX))
}

fn whole(of: &Arguments) -> Option<Type> {
    of.is_number().then_some(Type::Int)
}

fn same_list(of: &Arguments) -> Option<Type> {
    of.elements().map(|inner| Type::List(Rc::new(inner)))
}

fn rounded(values: &[Value], round: fn(f64) -> f64) -> Result<ValueKind, Failure> {
    match first(values)? {
        ValueKind::Int(value) => Ok(ValueKind::Int(*value)),
        other => Ok(ValueKind::Int(arithmetic::whole(round(number(other)?))?)),
    }
}

/// Checks that a string of this length may be built.
fn made(length: usize) -> Result<(), Failure> {
    if length > MAX_TEXT { Err(Failure::Overflow) } else { Ok(()) }
}

/// Returns the first of the smallest or the largest values, as `wanted` says.
fn choose(values: &[Value], wanted: Ordering) -> Result<ValueKind, Failure> {
    let given = match values {
        [Value { kind: ValueKind::List(list), .. }] => list,
        _ => values,
    };
    let mut best = given.first().ok_or(Failure::Empty)?;
    for value in &given[1..] {
        if compare(&value.kind, &best.kind).ok_or(Failure::Kinds)? == wanted {
            best = value;
        }
    }
    Ok(best.kind.clone())
}

fn sum(values: &[Value]) -> Result<ValueKind, Failure> {
    let list = list(values)?;
    let mut total = match list.first().map(|value| &value.kind) {
        Some(ValueKind::Quantity(q)) => ValueKind::Quantity(Quantity::of(q.unit, 0)),
        Some(ValueKind::Float(_)) => ValueKind::Float(0.0),
        _ => ValueKind::Int(0),
    };
    for item in list.iter() {
        total = infix(InfixOp::Add, &total, &item.kind)?;
    }
    Ok(total)
}

fn entries(values: &[Value], of: fn(&Rc<str>, &Value) -> Value) -> Result<ValueKind, Failure> {
    let ValueKind::Record(record) = first(values)? else { return Err(Failure::Kinds) };
    let set = record.iter().filter(|(_, value)| !value.is_absent());
    Ok(ValueKind::List(Rc::new(set.map(|(key, value)| of(key, value)).collect())))
}

fn range(values: &[Value]) -> Result<ValueKind, Failure> {
    let int = |at: usize| match values.get(at).map(|value| &value.kind) {
        Some(ValueKind::Int(n)) => Ok(*n),
        _ => Err(Failure::Kinds),
    };
    let (from, to) = if values.len() == 1 { (0, int(0)?) } else { (int(0)?, int(1)?) };
    if to.saturating_sub(from) > MAX_RANGE {
        return Err(Failure::Overflow);
    }
    let span = values[0].span;
    Ok(ValueKind::List(Rc::new((from..to).map(|n| Value::new(ValueKind::Int(n), span)).collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_signatures_begin_with_them() {
        for (at, builtin) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|other| other.name != builtin.name), "{}", builtin.name);
            assert!(builtin.signature.starts_with(&format!("{}(", builtin.name)), "{}", builtin.signature);
            assert!(matches!(builtin.formula, InFormula::Is(_)) || !matches!(builtin.types, Types::Paths(_)));
        }
    }
}
