//! Operators on plain values.

use super::*;

/// Whole numbers stand for shares of CPU beside one.
pub(super) fn widen(values: &mut [Value]) {
    let cpu = values.iter().any(|v| matches!(&v.kind, Kind::Quantity(q) if q.unit == Unit::Cpu));
    if cpu {
        for value in values {
            if let Kind::Int(cores) = value.kind {
                value.kind = Kind::Quantity(Quantity::of(Unit::Cpu, cores.saturating_mul(1000)));
            }
        }
    }
}

pub(super) enum Arithmetic {
    Silent,
    Zero,
    Overflow,
}

pub(super) fn arithmetic(op: InfixOp, a: &Kind, b: &Kind) -> Result<Kind, Arithmetic> {
    use Arithmetic::{Overflow, Silent, Zero};
    use InfixOp::*;
    if op.compares() {
        let order = || builtins::compare(a, b).ok_or(Silent);
        return Ok(Kind::Bool(match op {
            Equal => a == b,
            NotEqual => a != b,
            Less => order()?.is_lt(),
            LessEqual => order()?.is_le(),
            Greater => order()?.is_gt(),
            _ => order()?.is_ge(),
        }));
    }
    Ok(match (op, a, b) {
        (And | Or, Kind::Bool(_), Kind::Bool(b)) => Kind::Bool(*b),
        (Divide, Kind::Int(a), Kind::Int(b)) => {
            if *b == 0 {
                return Err(Zero);
            }
            Kind::Float(*a as f64 / *b as f64)
        }
        (_, Kind::Int(a), Kind::Int(b)) => Kind::Int(whole(op, *a, *b)?),
        (Add | Subtract | Remainder, Kind::Quantity(x), Kind::Quantity(y)) if x.unit == y.unit => {
            Kind::Quantity(Quantity::of(x.unit, whole(op, x.amount, y.amount)?))
        }
        (Divide, Kind::Quantity(x), Kind::Quantity(y)) => {
            if y.amount == 0 {
                return Err(Zero);
            }
            Kind::Float(x.amount as f64 / y.amount as f64)
        }
        (Multiply, Kind::Quantity(q), Kind::Int(n)) | (Multiply, Kind::Int(n), Kind::Quantity(q)) => {
            Kind::Quantity(Quantity::of(q.unit, whole(op, q.amount, *n)?))
        }
        (Multiply | Divide, Kind::Quantity(q), number) | (Multiply, number, Kind::Quantity(q)) => {
            let factor = float(number).ok_or(Silent)?;
            if op == Divide && factor == 0.0 {
                return Err(Zero);
            }
            let exact = if op == Divide { q.amount as f64 / factor } else { q.amount as f64 * factor };
            if !exact.is_finite() || exact.abs() > 9.0e18 {
                return Err(Overflow);
            }
            Kind::Quantity(Quantity::of(q.unit, exact.round() as i64))
        }
        (Add, Kind::Text(a), Kind::Text(b)) if a.len() + b.len() > builtins::MAX_TEXT => {
            return Err(Overflow);
        }
        (Add, Kind::List(a), Kind::List(b)) if a.len() + b.len() > builtins::MAX_VALUES => {
            return Err(Overflow);
        }
        (Add, Kind::Text(a), Kind::Text(b)) => Kind::Text(format!("{a}{b}").into()),
        (Add, Kind::List(a), Kind::List(b)) => {
            Kind::List(Rc::new(a.iter().chain(b.iter()).cloned().collect()))
        }
        (Merge, Kind::Record(a), Kind::Record(b)) => Kind::Record(Rc::new(merge(a, b))),
        (_, a, b) => {
            let (a, b) = (float(a).ok_or(Silent)?, float(b).ok_or(Silent)?);
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
            Kind::Float(value)
        }
    })
}

pub(super) fn merge(a: &Record, b: &Record) -> Record {
    let mut merged: Map<Value> = a.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, value) in b.iter() {
        let both = match (merged.get(key).map(|v| &v.kind), &value.kind) {
            (Some(Kind::Record(left)), Kind::Record(right)) => {
                Some(Kind::Record(Rc::new(merge(left, right))))
            }
            _ => None,
        };
        let value = Value { kind: both.unwrap_or_else(|| value.kind.clone()), ..value.clone() };
        merged.insert(key.clone(), value);
    }
    merged.into_iter().collect()
}

pub(super) fn whole(op: InfixOp, a: i64, b: i64) -> Result<i64, Arithmetic> {
    if matches!(op, InfixOp::Divide | InfixOp::Remainder) && b == 0 {
        return Err(Arithmetic::Zero);
    }
    let result = match op {
        InfixOp::Add => a.checked_add(b),
        InfixOp::Subtract => a.checked_sub(b),
        InfixOp::Multiply => a.checked_mul(b),
        InfixOp::Remainder => a.checked_rem(b),
        _ => return Err(Arithmetic::Silent),
    };
    result.ok_or(Arithmetic::Overflow)
}

pub(super) fn float(kind: &Kind) -> Option<f64> {
    match kind {
        Kind::Int(n) => Some(*n as f64),
        Kind::Float(n) => Some(*n),
        _ => None,
    }
}
