//! A value with the path of its setting.

use crate::semantics::data::ValueKind;
use crate::semantics::quantity::{Quantity, SIZES};

/// A reference to a setting: its path in the stack and the chart's values, and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingRef {
    /// Segments of its path.
    pub path: Vec<String>,
    /// Its value.
    pub value: ValueKind,
    /// How the program that reads the value spells it.
    pub spelling: Spelling,
}

/// The value syntaxes of VictoriaMetrics' flags and files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As written in the stack.
    Plain,
    /// `-retentionPeriod`: `h d w y` only; a bare number would be months.
    Retention,
    /// Byte-valued flags: `KiB MiB GiB TiB` or a plain number, not Kubernetes' `Mi`.
    FlagBytes,
}

impl SettingRef {
    /// Refers to a setting by its dotted path.
    pub fn new(path: &str, value: ValueKind, spelling: Spelling) -> SettingRef {
        SettingRef { path: path.split('.').map(str::to_owned).collect(), value, spelling }
    }

    /// The value in its reader's spelling.
    pub fn spelled(&self) -> String {
        match (self.spelling, &self.value) {
            (Spelling::Retention, ValueKind::Quantity(quantity)) => retention(quantity),
            (Spelling::FlagBytes, ValueKind::Quantity(quantity)) => flag_bytes(quantity),
            (_, value) => value.to_string(),
        }
    }
}

/// Formats a value for `-retentionPeriod`, in whole hours if it has smaller units.
fn retention(quantity: &Quantity) -> String {
    let text = quantity.to_string();
    let spelled = text.chars().all(|c| c.is_ascii_digit() || matches!(c, 'h' | 'd' | 'w' | 'y'));
    if spelled { text } else { format!("{}h", quantity.amount / 3_600_000) }
}

/// Formats bytes for a flag, in the largest exact binary unit.
pub fn flag_bytes(quantity: &Quantity) -> String {
    let binary = SIZES.iter().filter(|(suffix, _)| matches!(*suffix, "Ti" | "Gi" | "Mi" | "Ki"));
    let exact = binary.into_iter().find(|(_, factor)| quantity.amount > 0 && quantity.amount % factor == 0);
    match exact {
        Some((suffix, factor)) => format!("{}{suffix}B", quantity.amount / factor),
        None => quantity.amount.to_string(),
    }
}

/// Formats a duration for Go's flags, which have no unit above hours.
pub fn go_duration(quantity: &Quantity) -> String {
    let text = quantity.to_string();
    if !text.contains(['d', 'w', 'y']) {
        return text;
    }
    match quantity.amount {
        ms if ms % 3_600_000 == 0 => format!("{}h", ms / 3_600_000),
        ms if ms % 60_000 == 0 => format!("{}m", ms / 60_000),
        ms => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semantics::quantity::{Quantity, Unit};

    fn quantity(text: &str, unit: Unit) -> Quantity {
        Quantity::literal(text, unit).unwrap_or_else(|| Quantity::of(unit, 0))
    }

    #[test]
    fn each_program_gets_its_own_spelling() {
        assert_eq!(retention(&quantity("7d", Unit::Duration)), "7d");
        assert_eq!(retention(&quantity("2880m", Unit::Duration)), "48h");
        assert_eq!(flag_bytes(&quantity("512Mi", Unit::Bytes)), "512MiB");
        assert_eq!(flag_bytes(&quantity("1M", Unit::Bytes)), "1000000");
        assert_eq!(go_duration(&quantity("30d", Unit::Duration)), "720h");
        assert_eq!(go_duration(&quantity("1h30m", Unit::Duration)), "1h30m");
    }
}
