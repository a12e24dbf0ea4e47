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

/// Whether a segment or a file's name needs no quotes in a path.
fn is_plain(text: &str, more: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_/-".contains(c) || more.contains(c))
}

/// A JSON string, or the text alone if it is plain; `more` is plain as well.
pub fn quoted_unless_plain(text: &str, more: &str) -> String {
    match is_plain(text, more) {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Key(key) => f.write_str(&quoted_unless_plain(key, "")),
            Segment::Named(name) => write!(f, "[{}]", quoted_unless_plain(name, "")),
        }
    }
}

/// Formats a path: segments joined by dots, `[x]` for the list element named `x`, and JSON strings where
/// a segment has other characters than letters, digits, `_`, `/` and `-`.
pub fn dotted(path: &[Segment]) -> String {
    path.iter().map(Segment::to_string).collect::<Vec<_>>().join(".")
}

/// Parses a path as [`dotted`] writes it; `None` if it is not one.
pub fn parse(text: &str) -> Option<Vec<Segment>> {
    let mut path = Vec::new();
    let mut rest = text;
    loop {
        let named = rest.strip_prefix('[');
        let (name, after) = word(named.unwrap_or(rest), "")?;
        rest = after;
        path.push(match named {
            Some(_) => {
                rest = rest.strip_prefix(']')?;
                Segment::Named(name)
            }
            None => Segment::Key(name),
        });
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None => return rest.is_empty().then_some(path),
        }
    }
}

/// Splits a JSON string or a plain word off a text; `more` is plain as well.
pub fn word<'t>(text: &'t str, more: &str) -> Option<(String, &'t str)> {
    if text.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let found = strings.next()?.ok()?;
        return Some((found, &text[strings.byte_offset()..]));
    }
    let end = text.find(|c: char| !is_plain(c.encode_utf8(&mut [0; 4]), more)).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
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
            Segment::Key(key) => Written::Plain(key.clone()),
            Segment::Named(name) => Written::Plain(format!("{NAMED}{name}")),
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

    #[test]
    fn a_path_is_read_as_it_is_written() {
        for path in [
            vec![Segment::from("services"), Segment::from("app-net"), Segment::from("x/y")],
            vec![Segment::from("dependencies"), Segment::Named("vm".into()), Segment::from("version")],
            vec![
                Segment::from("a.b"),
                Segment::Named("c d]".into()),
                Segment::from(""),
                Segment::from("é\"\n"),
            ],
        ] {
            assert_eq!(parse(&dotted(&path)).as_ref(), Some(&path), "{}", dotted(&path));
        }
        assert_eq!(dotted(&[Segment::from("a.b"), Segment::Named("c".into())]), "\"a.b\".[c]");
        for wrong in ["", "a.", ".a", "[a", "a b", "\"a", "a..b"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
