//! The path of an entry in a YAML file.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// One segment of an entry's path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// A key of a map.
    Key(String),
    /// The list element with this `name`.
    Named(String),
}

impl Segment {
    /// The key, if the segment is one.
    pub fn key(&self) -> Option<&str> {
        match self {
            Segment::Key(key) => Some(key),
            Segment::Named(_) => None,
        }
    }
}

impl<T: Into<String>> From<T> for Segment {
    fn from(key: T) -> Segment {
        Segment::Key(key.into())
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Key(key) => f.write_str(key),
            Segment::Named(name) => write!(f, "name={name}"),
        }
    }
}

/// Formats a path for people, with its segments joined by dots.
pub fn dotted(path: &[Segment]) -> String {
    path.iter().map(Segment::to_string).collect::<Vec<_>>().join(".")
}

/// Prefix of a serialized list element: `name=x`.
const NAMED: &str = "name=";

/// A serialized segment. A key that looks like a list element becomes an object.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Plain(String),
    Key { key: String },
}

impl Serialize for Segment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self {
            Segment::Key(key) if key.starts_with(NAMED) => Written::Key { key: key.clone() },
            other => Written::Plain(other.to_string()),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Segment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Segment, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Key { key } => Segment::Key(key),
            Written::Plain(text) => match text.strip_prefix(NAMED) {
                Some(name) => Segment::Named(name.to_owned()),
                None => Segment::Key(text),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_looks_like_an_element_stays_a_key() {
        let path = [Segment::from("dependencies"), Segment::Named("x".into()), Segment::from("name=x")];
        let written = serde_json::to_string(&path).unwrap();
        assert_eq!(written, r#"["dependencies","name=x",{"key":"name=x"}]"#);
        assert_eq!(serde_json::from_str::<Vec<Segment>>(&written).unwrap(), path);
    }
}
