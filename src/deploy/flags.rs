//! Tables of flags by program and release, with their types.
//!
//! The tables were taken from the flag listings in the documentation at seven release tags.

use super::setting::{flag_bytes, go_duration};
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::quantity::Unit;
use crate::yaml::Yaml;
use semver::Version;

/// A flag of a program.
#[derive(Clone, Debug)]
pub struct Flag {
    /// Name without the dash.
    pub name: &'static str,
    /// Its type, as spelled in the table.
    pub ty: &'static str,
    /// The first release known to have it.
    pub first: Version,
    /// The last release known to have it.
    pub last: Version,
    /// Whether it exists only in the enterprise build.
    pub enterprise: bool,
}

const SERVER: &str = include_str!("flags/victoria-metrics.tsv");
const AGENT: &str = include_str!("flags/vmagent.tsv");

/// The newest release in the tables.
pub const NEWEST: Version = Version::new(1, 150, 0);
/// The oldest release in the tables.
pub const OLDEST: Version = Version::new(1, 79, 0);

/// A late patch release of a long-term support line, included in the tables.
const LONG_TERM: Version = Version::new(1, 110, 31);

/// A VictoriaMetrics program that takes flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The single-node database.
    VictoriaMetrics,
    /// The agent.
    Vmagent,
}

impl Program {
    /// Its name in the documentation and the image.
    pub fn name(self) -> &'static str {
        match self {
            Program::VictoriaMetrics => "victoria-metrics",
            Program::Vmagent => "vmagent",
        }
    }
}

/// All flags of a program.
pub fn table(program: Program) -> Vec<Flag> {
    let text = match program {
        Program::VictoriaMetrics => SERVER,
        Program::Vmagent => AGENT,
    };
    text.lines().skip(1).filter_map(parse).collect()
}

fn parse(line: &'static str) -> Option<Flag> {
    let columns: Vec<&str> = line.split('\t').collect();
    let version = |at: usize| Version::parse(columns.get(at)?.trim_start_matches('v')).ok();
    Some(Flag {
        name: columns.first()?,
        ty: columns.get(1)?,
        first: version(3)?,
        last: version(4)?,
        enterprise: *columns.get(5)? == "yes",
    })
}

/// Suffix of the flags that open a port.
pub const LISTEN: &str = "ListenAddr";

/// Formats the values of a flag in its own spelling, as a list for a repeated flag. Values that the
/// flag does not accept are reported by [`super::rules`] and passed on unchanged.
pub fn spelled(program: Program, name: &str, value: &Value) -> Yaml {
    let one = |value: &Value| match find(program, name).and_then(|flag| flag.spell(value).ok()) {
        Some(text) => text,
        None => value.kind.to_string(),
    };
    match &value.kind {
        ValueKind::List(items) => Yaml::strings(items.iter().map(one)),
        _ => Yaml::String(one(value)),
    }
}

/// Looks up a flag of a program by name.
pub fn find(program: Program, name: &str) -> Option<Flag> {
    table(program).into_iter().find(|flag| flag.name == name)
}

impl Flag {
    /// Whether a release has the flag. Releases older than the oldest table count as the oldest, and
    /// releases newer than the newest as the newest.
    pub fn known_in(&self, release: &Version) -> bool {
        let oldest = self.first.major == OLDEST.major && self.first.minor == OLDEST.minor;
        // A late patch of a long-term line has flags from much later releases. Only its own line and
        // releases from the newest table on are known to have them.
        let since = match self.first == LONG_TERM {
            true => *release >= NEWEST || (release.minor == LONG_TERM.minor && *release >= LONG_TERM),
            false => *release >= self.first,
        };
        (oldest || since) && (self.last >= NEWEST || *release <= self.last)
    }

    /// The type of a single value.
    pub fn element(&self) -> &'static str {
        self.ty.strip_prefix("array<").and_then(|ty| ty.strip_suffix('>')).unwrap_or(self.ty)
    }

    /// Whether the flag can be repeated.
    pub fn repeats(&self) -> bool {
        self.ty.starts_with("array")
    }

    /// Formats a value in the flag's own spelling; the error says what the flag accepts.
    pub fn spell(&self, value: &Value) -> Result<String, &'static str> {
        Ok(match (self.element(), &value.kind) {
            ("bool", ValueKind::Bool(value)) => value.to_string(),
            ("bool", _) => return Err("`true` or `false`"),
            ("int" | "uint", ValueKind::Int(value)) => value.to_string(),
            ("int" | "uint", _) => return Err("a whole number"),
            ("float", ValueKind::Int(_) | ValueKind::Float(_)) => value.kind.to_string(),
            ("float", _) => return Err("a number"),
            ("duration", ValueKind::Quantity(q)) if q.unit == Unit::Duration => go_duration(q),
            ("duration", _) => return Err("a duration, such as `30s`"),
            ("retention", ValueKind::Quantity(q)) if q.unit == Unit::Duration => q.to_string(),
            ("retention", _) => return Err("a duration, such as `30d`"),
            ("bytes", ValueKind::Quantity(q)) if q.unit == Unit::Bytes => flag_bytes(q),
            ("bytes", ValueKind::Int(value)) => value.to_string(),
            ("bytes", _) => return Err("an amount of bytes, such as `512Mi`"),
            (_, ValueKind::List(_) | ValueKind::Record(_) | ValueKind::Error | ValueKind::Absent) => {
                return Err("a string");
            }
            (_, kind) => kind.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read_whole() {
        assert_eq!(table(Program::VictoriaMetrics).len() + 1, SERVER.lines().count());
        assert_eq!(table(Program::Vmagent).len() + 1, AGENT.lines().count());
    }
}
