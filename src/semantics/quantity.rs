//! Numbers with units: parsing and formatting.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

/// What a quantity measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Time, in milliseconds.
    Duration,
    /// Memory or disk, in bytes.
    Bytes,
    /// CPU time a second, in thousandths of a core.
    Cpu,
}

/// An exact amount of something, with its spelling if it was written as a literal.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// What it measures.
    pub unit: Unit,
    /// Milliseconds, bytes or millicores.
    pub amount: i64,
    /// Its spelling; `None` if computed.
    pub text: Option<Rc<str>>,
}

/// Duration suffixes and their milliseconds, largest first.
pub const DURATIONS: &[(&str, i64)] = &[
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Size suffixes and their bytes, largest first within each kind.
pub const SIZES: &[(&str, i64)] = &[
    ("Ei", 1 << 60),
    ("Pi", 1 << 50),
    ("Ti", 1 << 40),
    ("Gi", 1 << 30),
    ("Mi", 1 << 20),
    ("Ki", 1 << 10),
    ("E", 1_000_000_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("T", 1_000_000_000_000),
    ("G", 1_000_000_000),
    ("M", 1_000_000),
    ("k", 1_000),
];

/// A parsed number token.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// `8428`
    Int(i64),
    /// `0.5`
    Float(f64),
    /// `v1.2.3`
    Version,
    /// A number with a suffix, by the units it may have.
    Quantity(Units),
    /// An invalid number, and why.
    Wrong(Wrong),
}

/// The units that a suffix may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Only this unit.
    One(Unit),
    /// `m`: minutes, unless thousandths of a core are expected.
    Minutes,
}

impl Units {
    /// The unit to use if the context does not decide.
    pub fn first(self) -> Unit {
        match self {
            Units::One(unit) => unit,
            Units::Minutes => Unit::Duration,
        }
    }

    /// Whether the suffix may mean `unit`.
    pub fn contains(self, unit: Unit) -> bool {
        match self {
            Units::One(own) => own == unit,
            Units::Minutes => matches!(unit, Unit::Duration | Unit::Cpu),
        }
    }

    /// Whether the suffix may mean more than one unit.
    pub fn is_ambiguous(self) -> bool {
        self == Units::Minutes
    }
}

/// Why a number can't be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Wrong<Name = String> {
    /// There is no unit with this name.
    Unit(Name),
    /// The amount does not fit, or is not a whole number of the smallest unit.
    Inexact,
    /// The units of a duration are not in order.
    Order,
    /// Not a number at all, such as `1.2.3.4`.
    Form,
}

/// Parses a number token.
pub fn read(text: &str) -> Number {
    let digits = plain(text);
    if text.starts_with('v') || digits.matches('.').count() >= 2 {
        let number = digits.trim_start_matches('v');
        return if semver::Version::parse(number).is_ok() {
            Number::Version
        } else {
            Number::Wrong(Wrong::Form)
        };
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits.parse().map_or(Number::Wrong(Wrong::Inexact), Number::Int);
    }
    if digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return digits.parse().map_or(Number::Wrong(Wrong::Form), Number::Float);
    }
    let mut wrong = Wrong::Form;
    for unit in [Unit::Duration, Unit::Bytes, Unit::Cpu] {
        match exact(&digits, unit) {
            Ok(_) if unit == Unit::Duration && exact(&digits, Unit::Cpu).is_ok() => {
                return Number::Quantity(Units::Minutes);
            }
            Ok(_) => return Number::Quantity(Units::One(unit)),
            Err(Wrong::Unit(name)) if !matches!(wrong, Wrong::Inexact | Wrong::Order) => {
                wrong = Wrong::Unit(name)
            }
            Err(Wrong::Unit(_) | Wrong::Form) => {}
            Err(other) => wrong = other,
        }
    }
    Number::Wrong(wrong.owned())
}

/// Parses a literal as an amount of a unit: milliseconds, bytes or millicores. A number without a
/// suffix is valid only for CPU.
pub fn amount(text: &str, unit: Unit) -> Result<i64, Wrong> {
    exact(&plain(text), unit).map_err(Wrong::owned)
}

/// Parses digits and their suffixes as an amount of a unit.
fn exact(digits: &str, unit: Unit) -> Result<i64, Wrong<&str>> {
    let (number, suffix) = split(digits);
    match (unit, suffix) {
        (Unit::Duration, _) => duration(digits),
        (Unit::Bytes, _) => scaled(number, factor(SIZES, suffix)?),
        (Unit::Cpu, "m") => scaled(number, 1),
        (Unit::Cpu, "") => scaled(number, 1000),
        (Unit::Cpu, other) => Err(Wrong::Unit(other)),
    }
}

fn factor<'t>(units: &[(&str, i64)], suffix: &'t str) -> Result<i64, Wrong<&'t str>> {
    let known = units.iter().find(|(known, _)| *known == suffix);
    known.map(|(_, factor)| *factor).ok_or(Wrong::Unit(suffix))
}

impl Wrong<&str> {
    fn owned(self) -> Wrong {
        match self {
            Wrong::Unit(name) => Wrong::Unit(name.to_owned()),
            Wrong::Inexact => Wrong::Inexact,
            Wrong::Order => Wrong::Order,
            Wrong::Form => Wrong::Form,
        }
    }
}

/// Removes the `_` separators from a number.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('_') { text.replace('_', "").into() } else { text.into() }
}

fn duration(mut text: &str) -> Result<i64, Wrong<&str>> {
    let mut total: i64 = 0;
    let mut smallest = i64::MAX;
    while !text.is_empty() {
        let (number, rest) = split(text);
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let suffix = &rest[..letters];
        let factor = factor(DURATIONS, suffix)?;
        if factor >= smallest {
            return Err(Wrong::Order);
        }
        smallest = factor;
        total = total.checked_add(scaled(number, factor)?).ok_or(Wrong::Inexact)?;
        text = &rest[letters..];
    }
    Ok(total)
}

fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()))
}

/// `number * factor`, if that is exact.
fn scaled(number: &str, factor: i64) -> Result<i64, Wrong<&str>> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 18 || fraction.contains('.') {
        return Err(Wrong::Form);
    }
    let scale = fraction.bytes().fold(1i128, |scale, _| scale * 10);
    let mut digits: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let next = digits.checked_mul(10).and_then(|digits| digits.checked_add((digit - b'0').into()));
        digits = next.ok_or(Wrong::Inexact)?;
    }
    let product = digits.checked_mul(factor.into()).ok_or(Wrong::Inexact)?;
    if product % scale != 0 {
        return Err(Wrong::Inexact);
    }
    i64::try_from(product / scale).map_err(|_| Wrong::Inexact)
}

impl Quantity {
    /// Creates a computed amount, which has no spelling.
    pub fn of(unit: Unit, amount: i64) -> Quantity {
        Quantity { unit, amount, text: None }
    }

    /// Creates an amount of whole cores; `None` if it does not fit.
    pub fn cores(cores: i64) -> Option<Quantity> {
        Some(Quantity::of(Unit::Cpu, cores.checked_mul(1000)?))
    }

    /// Parses a literal whose unit is known.
    pub fn literal(text: &str, unit: Unit) -> Option<Quantity> {
        Some(Quantity { unit, amount: amount(text, unit).ok()?, text: Some(plain(text).into()) })
    }
}

impl PartialEq for Quantity {
    /// Compares units and amounts; the spelling does not matter.
    fn eq(&self, other: &Quantity) -> bool {
        self.unit == other.unit && self.amount == other.amount
    }
}

impl fmt::Display for Quantity {
    /// Writes the original spelling if there is one, else the largest units that are exact.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        let sign = if self.amount < 0 { "-" } else { "" };
        let amount = self.amount.unsigned_abs();
        f.write_str(sign)?;
        match self.unit {
            Unit::Duration => write_duration(f, amount),
            Unit::Bytes => {
                let exact =
                    |(_, factor): &&(&str, i64)| amount != 0 && amount.is_multiple_of(factor.unsigned_abs());
                match SIZES.iter().find(exact) {
                    Some((suffix, factor)) => write!(f, "{}{suffix}", amount / factor.unsigned_abs()),
                    None => write!(f, "{amount}"),
                }
            }
            Unit::Cpu if amount.is_multiple_of(1000) => write!(f, "{}", amount / 1000),
            Unit::Cpu => write!(f, "{amount}m"),
        }
    }
}

fn write_duration(f: &mut fmt::Formatter<'_>, mut amount: u64) -> fmt::Result {
    if amount == 0 {
        return f.write_str("0s");
    }
    // Use years and weeks only if nothing is left over: `30d`, not `4w2d`.
    for (suffix, factor) in DURATIONS {
        let factor = factor.unsigned_abs();
        let large = matches!(*suffix, "y" | "w");
        if amount < factor || (large && !amount.is_multiple_of(factor)) {
            continue;
        }
        write!(f, "{}{suffix}", amount / factor)?;
        amount %= factor;
    }
    Ok(())
}

/// Spells out an amount for a label: "10 days", "512 MiB".
pub fn in_words(text: &str, unit: Unit) -> String {
    let (number, suffix) = split(text);
    let plural = |word: &str| if number == "1" { format!("1 {word}") } else { format!("{number} {word}s") };
    match (unit, suffix) {
        (Unit::Duration, "y") => plural("year"),
        (Unit::Duration, "w") => plural("week"),
        (Unit::Duration, "d") => plural("day"),
        (Unit::Duration, "h") => plural("hour"),
        (Unit::Duration, "m") => plural("minute"),
        (Unit::Duration, "s") => plural("second"),
        (Unit::Duration, "ms") => plural("millisecond"),
        (Unit::Bytes, suffix) => format!("{number} {suffix}B"),
        (Unit::Cpu, "m") => format!("{number} thousandths of a core"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact_and_in_order() {
        assert_eq!(amount("1h30m", Unit::Duration), Ok(5_400_000));
        assert_eq!(amount("1.5s", Unit::Duration), Ok(1500));
        assert_eq!(amount("30m1h", Unit::Duration), Err(Wrong::Order));
        assert_eq!(amount("1h1h", Unit::Duration), Err(Wrong::Order));
        assert_eq!(amount("0.0001s", Unit::Duration), Err(Wrong::Inexact));
        assert_eq!(amount("15sec", Unit::Duration), Err(Wrong::Unit("sec".into())));
    }

    #[test]
    fn bytes_and_cpu_are_exact() {
        assert_eq!(amount("1.5Gi", Unit::Bytes), Ok(1_610_612_736));
        assert_eq!(amount("20Ei", Unit::Bytes), Err(Wrong::Inexact));
        assert_eq!(amount("16gi", Unit::Bytes), Err(Wrong::Unit("gi".into())));
        assert_eq!(amount("100m", Unit::Cpu), Ok(100));
        assert_eq!(amount("0.5", Unit::Cpu), Ok(500));
    }

    #[test]
    fn a_number_is_told_from_a_version() {
        assert_eq!(read("8428"), Number::Int(8428));
        assert_eq!(read("1_000"), Number::Int(1000));
        assert_eq!(read("v1.106.1"), Number::Version);
        assert_eq!(read("100m"), Number::Quantity(Units::Minutes));
        assert_eq!(read("15sec"), Number::Wrong(Wrong::Unit("sec".into())));
    }

    #[test]
    fn computed_amounts_read_well() {
        let shown = |unit, amount| Quantity::of(unit, amount).to_string();
        assert_eq!(shown(Unit::Duration, 30 * 86_400_000), "30d");
        assert_eq!(shown(Unit::Duration, 5_400_000), "1h30m");
        assert_eq!(shown(Unit::Bytes, 1 << 30), "1Gi");
        assert_eq!(shown(Unit::Bytes, 1500), "1500");
        assert_eq!(shown(Unit::Cpu, 1500), "1500m");
    }
}
