//! Tables of flags by program and release, with their types.
//!
//! The tables were taken from `-help` of the programs of fifteen releases, and from the flag listings in the
//! documentation for flags of enterprise builds and for v1.93.16 and v1.110.31.

pub mod unfollowed;

use super::setting::{flag_bytes, go_duration};
use crate::diagnostics::wording;
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::quantity::Unit;
use crate::yaml::Yaml;
use semver::Version;
use std::borrow::Cow;

/// A flag of a program.
#[derive(Clone, Debug)]
pub struct Flag {
    /// Name without the dash.
    pub name: &'static str,
    /// Its type, as spelled in the table.
    pub ty: &'static str,
    /// The runs of [`RELEASES`] that have it, each with its first and last.
    pub runs: Vec<(Version, Version)>,
    /// Whether it exists only in the enterprise build.
    pub enterprise: bool,
}

const SERVER: &str = include_str!("flags/victoria-metrics.tsv");
const AGENT: &str = include_str!("flags/vmagent.tsv");

/// The releases in the tables. By number, which for late patches of long-term lines is not the order of dates.
pub static RELEASES: [Version; 17] = [
    Version::new(1, 79, 5),
    Version::new(1, 93, 16),
    Version::new(1, 96, 0),
    Version::new(1, 97, 1),
    Version::new(1, 102, 1),
    Version::new(1, 106, 1),
    Version::new(1, 110, 0),
    Version::new(1, 110, 31),
    Version::new(1, 112, 0),
    Version::new(1, 122, 0),
    Version::new(1, 136, 23),
    Version::new(1, 145, 0),
    Version::new(1, 148, 9),
    Version::new(1, 150, 0),
    Version::new(1, 151, 0),
    Version::new(1, 152, 0),
    NEWEST,
];

/// The newest release in the tables.
pub const NEWEST: Version = Version::new(1, 153, 0);
/// The oldest release whose flags are taken to be those of the first table.
pub const OLDEST: Version = Version::new(1, 79, 0);

/// The release that a version names. What marks a build, such as `-enterprise`, is no part of it.
pub fn release(version: &str) -> Option<Version> {
    let release = Version::parse(version.trim_start_matches('v')).ok()?;
    Some(Version::new(release.major, release.minor, release.patch))
}

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
    let run = |run: &str| {
        let (first, last) = run.split_once('–').unwrap_or((run, run));
        Some((Version::parse(first).ok()?, Version::parse(last).ok()?))
    };
    Some(Flag {
        name: columns.first()?,
        ty: columns.get(1)?,
        enterprise: *columns.get(2)? == "yes",
        runs: columns.get(3)?.split(',').map(run).collect::<Option<_>>()?,
    })
}

/// The words that a flag takes, for flags that list them ("Possible values" of `-help`).
const WORDS: &[(&str, &[&str])] = &[
    ("loggerFormat", &["default", "json"]),
    ("loggerLevel", &["INFO", "WARN", "ERROR", "FATAL", "PANIC"]),
    ("loggerOutput", &["stderr", "stdout"]),
];

/// The ends of the names of flags that name a file which the program reads at start.
const FILES: [&str; 4] = ["relabelConfig", "RelabelConfig", "streamAggr.config", "File"];

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

/// The known releases next to a release, below and above; a known one is its own only neighbour.
pub fn neighbours(release: &Version) -> (Option<Version>, Option<Version>) {
    let at = RELEASES.partition_point(|known| known < release);
    match RELEASES.get(at) {
        Some(known) if known == release => (Some(known.clone()), None),
        above => (at.checked_sub(1).map(|at| RELEASES[at].clone()), above.cloned()),
    }
}

/// What is known of a release's flags if it is none of the known ones, in words.
pub fn known_as(release: &Version) -> Option<String> {
    match neighbours(release) {
        (Some(below), Some(above)) => Some(format!(
            "vmsc knows the flags of v{below} and v{above}, and takes those of either for v{release}"
        )),
        (Some(newest), None) if newest != *release => {
            Some(format!("the newest release that vmsc knows the flags of is v{newest}"))
        }
        _ => None,
    }
}

/// Looks up a flag of a program by name.
pub fn find(program: Program, name: &str) -> Option<Flag> {
    table(program).into_iter().find(|flag| flag.name == name)
}

impl Flag {
    /// Whether a release has the flag. One between two known releases has it if either does; one before or
    /// after all of them, if the nearest does.
    pub fn known_in(&self, release: &Version) -> bool {
        let has = |known: &Version| self.runs.iter().any(|(first, last)| first <= known && known <= last);
        let (below, above) = neighbours(release);
        below.into_iter().chain(above).any(|known| has(&known))
    }

    /// The known releases that have it, in words: `v1.96.0 and v1.102.1 or newer`.
    pub fn releases(&self) -> String {
        let run = |(first, last): &(Version, Version)| match (first == last, *last == NEWEST) {
            (_, true) => format!("v{first} or newer"),
            (true, _) => format!("v{first}"),
            _ => format!("v{first} to v{last}"),
        };
        self.runs.iter().map(run).collect::<Vec<_>>().join(" and ")
    }

    /// The type of a single value.
    pub fn element(&self) -> &'static str {
        self.ty.strip_prefix("array<").and_then(|ty| ty.strip_suffix('>')).unwrap_or(self.ty)
    }

    /// Whether it names a file that the program reads at start.
    pub fn names_a_file(&self) -> bool {
        FILES.iter().any(|end| self.name.ends_with(end))
    }

    /// The words that it takes; empty if it takes others as well.
    pub fn words(&self) -> &'static [&'static str] {
        WORDS.iter().find(|(name, _)| *name == self.name).map_or(&[], |(_, words)| words)
    }

    /// Whether the flag can be repeated.
    pub fn repeats(&self) -> bool {
        self.ty.starts_with("array")
    }

    /// Formats a value in the flag's own spelling; the error says what the flag accepts.
    pub fn spell(&self, value: &Value) -> Result<String, Cow<'static, str>> {
        let words = self.words();
        if let ValueKind::String(text) = &value.kind
            && !(words.is_empty() || words.contains(&&**text) || text.contains("%{"))
        {
            return Err(wording::one_of(words).into());
        }
        let spelled = match (self.element(), &value.kind) {
            ("bool", ValueKind::Bool(value)) => value.to_string(),
            ("bool", _) => return Err("`true` or `false`".into()),
            ("int" | "uint", ValueKind::Int(value)) => value.to_string(),
            ("int" | "uint", _) => return Err("a whole number".into()),
            ("float", ValueKind::Int(_) | ValueKind::Float(_)) => value.kind.to_string(),
            ("float", _) => return Err("a number".into()),
            ("duration", ValueKind::Quantity(q)) if q.unit == Unit::Duration => go_duration(q),
            ("duration", _) => return Err("a duration, such as `30s`".into()),
            ("retention", ValueKind::Quantity(q)) if q.unit == Unit::Duration => q.to_string(),
            ("retention", _) => return Err("a duration, such as `30d`".into()),
            ("bytes", ValueKind::Quantity(q)) if q.unit == Unit::Bytes => flag_bytes(q),
            ("bytes", ValueKind::Int(value)) => value.to_string(),
            ("bytes", _) => return Err("an amount of bytes, such as `512Mi`".into()),
            (_, ValueKind::List(_) | ValueKind::Record(_) | ValueKind::Error | ValueKind::Absent) => {
                return Err("a string".into());
            }
            // A program splits a value at its commas; what is in quotes stays whole.
            ("string", ValueKind::String(text)) if self.repeats() && text.contains(',') => quoted(text),
            (_, kind) => kind.to_string(),
        };
        Ok(spelled)
    }
}

/// A value of a repeated flag that stays one value, unless it is in quotes already.
fn quoted(text: &str) -> String {
    let is_quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    match is_quoted('"') || is_quoted('\'') {
        true => text.to_owned(),
        false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read_whole() {
        assert_eq!(table(Program::VictoriaMetrics).len() + 1, SERVER.lines().count());
        assert_eq!(table(Program::Vmagent).len() + 1, AGENT.lines().count());
        assert!(RELEASES.is_sorted());
        for flag in table(Program::VictoriaMetrics).into_iter().chain(table(Program::Vmagent)) {
            assert!(!flag.runs.is_empty(), "{}", flag.name);
            for (first, last) in &flag.runs {
                assert!(
                    RELEASES.contains(first) && RELEASES.contains(last) && first <= last,
                    "{}",
                    flag.name
                );
            }
        }
    }

    #[test]
    fn a_release_between_two_has_what_either_has() {
        let flag = |runs: &[(&str, &str)]| Flag {
            name: "x",
            ty: "int",
            enterprise: false,
            runs: runs
                .iter()
                .map(|(a, b)| (Version::parse(a).unwrap(), Version::parse(b).unwrap()))
                .collect(),
        };
        let known = |flag: &Flag, release: &str| flag.known_in(&Version::parse(release).unwrap());
        let late = flag(&[("1.96.0", "1.96.0"), ("1.102.1", "1.153.0")]);
        for (release, has) in [
            ("1.79.0", false),
            ("1.79.5", false),
            ("1.93.16", false),
            ("1.94.0", true),
            ("1.96.0", true),
            ("1.97.0", true),
            ("1.97.1", false),
            ("1.100.0", true),
            ("1.153.0", true),
            ("1.200.0", true),
        ] {
            assert_eq!(known(&late, release), has, "{release}");
        }
        assert_eq!(late.releases(), "v1.96.0 and v1.102.1 or newer");
        let gone = flag(&[("1.79.5", "1.112.0")]);
        assert!(known(&gone, "1.79.0") && known(&gone, "1.115.0") && !known(&gone, "1.122.0"));
        assert_eq!(gone.releases(), "v1.79.5 to v1.112.0");
    }
}
