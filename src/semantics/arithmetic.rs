//! Operators on values, and their ordering and equality. Arithmetic on whole numbers is exact; a result
//! that does not fit is an error. Evaluation, built-in functions and formulas all compute with these.

use super::data::{Map, Record, Value, ValueKind};
use super::quantity::{Quantity, Unit};
use crate::syntax::tree::InfixOp;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// The longest string that an operation may build: 64 MiB.
pub const MAX_TEXT: usize = 64 << 20;

/// The most elements in a list that an operation may build.
pub const MAX_VALUES: usize = 1_000_000;

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResult {
    /// The operands are of incompatible kinds; typing lets them through only if it does not know their
    /// types.
    Kinds,
    /// A division by zero.
    Zero,
    /// A result that is too large.
    Overflow,
}

use NoResult::{Kinds, Overflow, Zero};

/// Converts whole numbers to cores if any of the values is a share of CPU.
pub fn widen(values: &mut [Value]) -> Result<(), NoResult> {
    if values.iter().any(|value| is_cpu(&value.kind)) {
        for value in values {
            widen_to(&mut value.kind)?;
        }
    }
    Ok(())
}

/// Does the same for the two sides of an operator.
pub fn widen_sides(a: &mut ValueKind, b: &mut ValueKind) -> Result<(), NoResult> {
    match (is_cpu(a), is_cpu(b)) {
        (true, _) => widen_to(b),
        (_, true) => widen_to(a),
        _ => Ok(()),
    }
}

fn is_cpu(kind: &ValueKind) -> bool {
    matches!(kind, ValueKind::Quantity(quantity) if quantity.unit == Unit::Cpu)
}

fn widen_to(kind: &mut ValueKind) -> Result<(), NoResult> {
    match *kind {
        ValueKind::Int(cores) => *kind = ValueKind::Quantity(Quantity::cores(cores).ok_or(Overflow)?),
        ValueKind::Float(cores) => {
            // A number that is no share of CPU stays one.
            if let Some(share) = Quantity::literal(&cores.to_string(), Unit::Cpu) {
                *kind = ValueKind::Quantity(share);
            }
        }
        _ => {}
    }
    Ok(())
}

/// `-a`
pub fn negate(value: &ValueKind) -> Result<ValueKind, NoResult> {
    Ok(match value {
        ValueKind::Int(value) => ValueKind::Int(value.checked_neg().ok_or(Overflow)?),
        ValueKind::Float(value) => ValueKind::Float(-value),
        ValueKind::Quantity(q) => {
            ValueKind::Quantity(Quantity::of(q.unit, q.amount.checked_neg().ok_or(Overflow)?))
        }
        _ => return Err(Kinds),
    })
}

/// `|a|`
pub fn magnitude(value: &ValueKind) -> Result<ValueKind, NoResult> {
    let negative = match value {
        ValueKind::Int(value) => *value < 0,
        ValueKind::Float(value) => value.is_sign_negative(),
        ValueKind::Quantity(q) => q.amount < 0,
        _ => return Err(Kinds),
    };
    if negative { negate(value) } else { Ok(value.clone()) }
}

/// Converts a float that has no fraction to an integer.
pub fn whole(value: f64) -> Result<i64, NoResult> {
    // 2^63 itself is the first number that does not fit.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is within the limits, and has no fraction")]
    if (-LIMIT..LIMIT).contains(&value) { Ok(value as i64) } else { Err(Overflow) }
}

/// Returns a numeric value as a float.
pub fn float(kind: &ValueKind) -> Option<f64> {
    match kind {
        ValueKind::Int(n) => Some(*n as f64),
        ValueKind::Float(n) => Some(*n),
        _ => None,
    }
}

/// Computes `a op b` from evaluated operands; evaluation handles `??` itself.
#[expect(clippy::too_many_lines, reason = "one arm per operator and pair of kinds")]
pub fn infix(op: InfixOp, a: &ValueKind, b: &ValueKind) -> Result<ValueKind, NoResult> {
    use InfixOp::{
        Add, And, Divide, Equal, Greater, Less, LessEqual, Merge, Multiply, NotEqual, Or, Remainder, Subtract,
    };
    if op.compares() {
        let order = || compare(a, b).ok_or(Kinds);
        if are_apart(a, b) {
            return Err(Kinds);
        }
        return Ok(ValueKind::Bool(match op {
            Equal => a == b,
            NotEqual => a != b,
            Less => order()?.is_lt(),
            LessEqual => order()?.is_le(),
            Greater => order()?.is_gt(),
            _ => order()?.is_ge(),
        }));
    }
    Ok(match (op, a, b) {
        (And | Or, ValueKind::Bool(_), ValueKind::Bool(b)) => ValueKind::Bool(*b),
        (Divide, ValueKind::Int(a), ValueKind::Int(b)) => {
            if *b == 0 {
                return Err(Zero);
            }
            ValueKind::Float(*a as f64 / *b as f64)
        }
        (_, ValueKind::Int(a), ValueKind::Int(b)) => ValueKind::Int(exact(op, *a, *b)?),
        (Add | Subtract | Remainder, ValueKind::Quantity(x), ValueKind::Quantity(y)) if x.unit == y.unit => {
            ValueKind::Quantity(Quantity::of(x.unit, exact(op, x.amount, y.amount)?))
        }
        (Divide, ValueKind::Quantity(x), ValueKind::Quantity(y)) => {
            if y.amount == 0 {
                return Err(Zero);
            }
            ValueKind::Float(x.amount as f64 / y.amount as f64)
        }
        (Multiply, ValueKind::Quantity(q), ValueKind::Int(n))
        | (Multiply, ValueKind::Int(n), ValueKind::Quantity(q)) => {
            ValueKind::Quantity(Quantity::of(q.unit, exact(op, q.amount, *n)?))
        }
        (Multiply | Divide, ValueKind::Quantity(q), number) | (Multiply, number, ValueKind::Quantity(q)) => {
            let factor = float(number).ok_or(Kinds)?;
            if op == Divide && factor == 0.0 {
                return Err(Zero);
            }
            let amount = if op == Divide { q.amount as f64 / factor } else { q.amount as f64 * factor };
            ValueKind::Quantity(Quantity::of(q.unit, whole(amount.round())?))
        }
        (Add, ValueKind::String(a), ValueKind::String(b)) if a.len() + b.len() > MAX_TEXT => {
            return Err(Overflow);
        }
        (Add, ValueKind::List(a), ValueKind::List(b)) if a.len() + b.len() > MAX_VALUES => {
            return Err(Overflow);
        }
        (Add, ValueKind::String(a), ValueKind::String(b)) => ValueKind::String(format!("{a}{b}").into()),
        (Add, ValueKind::List(a), ValueKind::List(b)) => {
            ValueKind::List(Rc::new(a.iter().chain(b.iter()).cloned().collect()))
        }
        (Merge, ValueKind::Record(a), ValueKind::Record(b)) => ValueKind::Record(Rc::new(merge(a, b))),
        (_, a, b) => {
            let (a, b) = (float(a).ok_or(Kinds)?, float(b).ok_or(Kinds)?);
            if matches!(op, Divide | Remainder) && b == 0.0 {
                return Err(Zero);
            }
            let value = match op {
                Add => a + b,
                Subtract => a - b,
                Multiply => a * b,
                Divide => a / b,
                _ => a % b,
            };
            if !value.is_finite() {
                return Err(Overflow);
            }
            ValueKind::Float(value)
        }
    })
}

/// Whether two values measure different things, and so are neither equal nor unequal.
fn are_apart(a: &ValueKind, b: &ValueKind) -> bool {
    match (a, b) {
        (ValueKind::Quantity(a), ValueKind::Quantity(b)) => a.unit != b.unit,
        (ValueKind::Quantity(_), other) | (other, ValueKind::Quantity(_)) => float(other).is_some(),
        _ => false,
    }
}

fn exact(op: InfixOp, a: i64, b: i64) -> Result<i64, NoResult> {
    if matches!(op, InfixOp::Divide | InfixOp::Remainder) && b == 0 {
        return Err(Zero);
    }
    let result = match op {
        InfixOp::Add => a.checked_add(b),
        InfixOp::Subtract => a.checked_sub(b),
        InfixOp::Multiply => a.checked_mul(b),
        InfixOp::Remainder => a.checked_rem(b),
        _ => return Err(Kinds),
    };
    result.ok_or(Overflow)
}

fn merge(a: &Record, b: &Record) -> Record {
    let mut merged: Map<Value> = a.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, value) in b.iter() {
        let both = match (merged.get(key).map(|v| &v.kind), &value.kind) {
            (Some(ValueKind::Record(left)), ValueKind::Record(right)) => {
                Some(ValueKind::Record(Rc::new(merge(left, right))))
            }
            _ => None,
        };
        let value = Value { kind: both.unwrap_or_else(|| value.kind.clone()), ..value.clone() };
        merged.insert(key.clone(), value);
    }
    merged.into_iter().collect()
}

/// Compares two values of one type; versions are ordered by semver precedence.
pub fn compare(a: &ValueKind, b: &ValueKind) -> Option<Ordering> {
    match (a, b) {
        (ValueKind::Quantity(a), ValueKind::Quantity(b)) if a.unit == b.unit => Some(a.amount.cmp(&b.amount)),
        (ValueKind::String(a), ValueKind::String(b)) => Some(a.cmp(b)),
        (ValueKind::Version(a), ValueKind::Version(b)) => {
            let parse = |text: &str| semver::Version::parse(text.trim_start_matches('v')).ok();
            Some(parse(a)?.cmp_precedence(&parse(b)?))
        }
        (ValueKind::Int(a), ValueKind::Int(b)) => Some(a.cmp(b)),
        (a, b) => float(a)?.partial_cmp(&float(b)?),
    }
}

impl PartialEq for ValueKind {
    /// Compares as data: quantities by amount, versions as written except for a leading `v`.
    fn eq(&self, other: &ValueKind) -> bool {
        match (self, other) {
            (ValueKind::Error, ValueKind::Error) | (ValueKind::Absent, ValueKind::Absent) => true,
            (ValueKind::Bool(a), ValueKind::Bool(b)) => a == b,
            (ValueKind::Int(a), ValueKind::Int(b)) => a == b,
            (ValueKind::Float(a), ValueKind::Float(b)) => a == b,
            (ValueKind::Int(a), ValueKind::Float(b)) | (ValueKind::Float(b), ValueKind::Int(a)) => {
                *a as f64 == *b
            }
            (ValueKind::String(a), ValueKind::String(b)) => a == b,
            (ValueKind::Quantity(a), ValueKind::Quantity(b)) => a == b,
            (ValueKind::Version(a), ValueKind::Version(b)) => {
                a.trim_start_matches('v') == b.trim_start_matches('v')
            }
            (ValueKind::List(a), ValueKind::List(b)) => a == b,
            (ValueKind::Record(a), ValueKind::Record(b)) => a == b,
            _ => false,
        }
    }
}

/// A value as a hash key: equal values have equal hashes.
#[derive(PartialEq)]
pub struct ByEquality<'v>(pub &'v ValueKind);

impl Eq for ByEquality<'_> {}

impl Hash for ByEquality<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

fn hash<H: Hasher>(kind: &ValueKind, state: &mut H) {
    // An integer may equal a float, so both are hashed as floats.
    if let Some(number) = float(kind) {
        return (if number == 0.0 { 0.0 } else { number }).to_bits().hash(state);
    }
    std::mem::discriminant(kind).hash(state);
    match kind {
        ValueKind::Bool(value) => value.hash(state),
        ValueKind::String(text) => text.hash(state),
        ValueKind::Version(text) => text.trim_start_matches('v').hash(state),
        ValueKind::Quantity(quantity) => (quantity.unit, quantity.amount).hash(state),
        ValueKind::List(items) => items.iter().for_each(|item| hash(&item.kind, state)),
        // Records are equal whatever the order of their entries, so only the number of entries is hashed.
        ValueKind::Record(record) => record.values().count().hash(state),
        ValueKind::Error | ValueKind::Absent | ValueKind::Int(_) | ValueKind::Float(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use InfixOp::{Add, Divide, Multiply, Remainder, Subtract};

    #[test]
    fn what_does_not_fit_is_an_error() {
        let int = ValueKind::Int;
        assert_eq!(negate(&int(i64::MIN)), Err(Overflow));
        assert_eq!(magnitude(&int(i64::MIN)), Err(Overflow));
        assert_eq!(infix(Subtract, &int(i64::MIN), &int(1)), Err(Overflow));
        assert_eq!(infix(Remainder, &int(i64::MIN), &int(-1)), Err(Overflow));
        let most = ValueKind::Quantity(Quantity::of(Unit::Bytes, i64::MAX));
        assert_eq!(infix(Add, &most, &most), Err(Overflow));
        assert_eq!(infix(Multiply, &most, &ValueKind::Float(2.0)), Err(Overflow));
        assert_eq!(infix(Divide, &most, &int(0)), Err(Zero));
        assert_eq!(whole(1e20), Err(Overflow));
        assert_eq!(whole(-9_223_372_036_854_775_808.0), Ok(i64::MIN));
        assert_eq!(whole(9_223_372_036_854_775_808.0), Err(Overflow));
        let (mut cpu, mut cores) =
            (ValueKind::Quantity(Quantity::of(Unit::Cpu, 1)), ValueKind::Int(i64::MAX));
        assert_eq!(widen_sides(&mut cpu, &mut cores), Err(Overflow));
    }

    #[test]
    fn equal_values_hash_alike() {
        let hashed = |kind: &ValueKind| {
            let mut state = std::hash::DefaultHasher::new();
            ByEquality(kind).hash(&mut state);
            state.finish()
        };
        let quantity = |text: &str| ValueKind::Quantity(Quantity::literal(text, Unit::Duration).unwrap());
        let version = |text: &str| ValueKind::Version(text.into());
        for (a, b) in [
            (ValueKind::Int(1), ValueKind::Float(1.0)),
            (ValueKind::Float(0.0), ValueKind::Float(-0.0)),
            (quantity("60s"), quantity("1m")),
            (version("1.0.0"), version("v1.0.0")),
        ] {
            assert!(a == b && hashed(&a) == hashed(&b), "{a} {b}");
        }
        assert_ne!(ValueKind::String("1".into()), ValueKind::Int(1));
    }
}
