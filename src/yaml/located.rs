//! Parses YAML or JSON into data with locations. Parsing is strict: one document, unique keys, and only
//! YAML's core tags.

use super::events::{self, Kind, Node};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

/// A value and its location.
#[derive(Clone, Debug)]
pub struct Spanned {
    /// Its byte range.
    pub range: Range<usize>,
    /// Its content.
    pub data: Data,
    /// The number of values in it, including itself, with aliases expanded.
    pub size: usize,
}

/// The content of a value, by YAML 1.2's core schema.
#[derive(Clone, Debug)]
pub enum Data {
    /// Empty, `~` or `null`.
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as written.
    Number(Rc<str>),
    /// Any other scalar, including every quoted one.
    String(Rc<str>),
    /// A list.
    List(Rc<Vec<Spanned>>),
    /// A map, in order.
    Map(Rc<Vec<Entry>>),
}

/// An entry of a map.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key.
    pub key: Rc<str>,
    /// The byte range of the key.
    pub at: Range<usize>,
    /// Its value.
    pub value: Spanned,
}

/// Why a string was refused, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// What is wrong.
    pub reason: String,
    /// The byte range of the cause.
    pub at: Range<usize>,
}

impl Spanned {
    /// The value of a map's key.
    pub fn get(&self, key: &str) -> Option<&Spanned> {
        self.entries().iter().find(|entry| &*entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a map; empty for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }
}

/// Parses a string that holds a single document.
pub fn read(text: &str) -> Result<Spanned, Refused> {
    let mark = text.len() - text.trim_start_matches('\u{FEFF}').len();
    let moved = |range: Range<usize>| range.start + mark..range.end + mark;
    read_plain(&text[mark..])
        .map(|located| if mark == 0 { located } else { located.moved(mark) })
        .map_err(|refused| Refused { at: moved(refused.at), ..refused })
}

fn read_plain(text: &str) -> Result<Spanned, Refused> {
    let document =
        events::parse(text).map_err(|error| Refused { reason: error.reason, at: error.at..error.at + 1 })?;
    let rest = text[document.end..].trim_start_matches(['-', '.']).trim_start();
    if text[document.end..].starts_with("---") && !rest.is_empty() {
        return Err(Refused {
            reason: "a data file can have only one document".to_owned(),
            at: document.end..document.end + 3,
        });
    }
    let mut reader = Reader { anchors: HashMap::new() };
    match document.root {
        Some(root) => reader.node(&root),
        None => Ok(Spanned { range: 0..0, data: Data::Null, size: 1 }),
    }
}

struct Reader {
    anchors: HashMap<usize, Spanned>,
}

impl Reader {
    fn node(&mut self, node: &Node) -> Result<Spanned, Refused> {
        let range = node.start..node.end.max(node.start);
        let refused = |reason: &str| Refused { reason: reason.to_owned(), at: range.clone() };
        let (data, size) = match &node.kind {
            Kind::Alias(id) => match self.anchors.get(id) {
                // The value takes the alias's location.
                Some(known) => return Ok(Spanned { range, ..known.clone() }),
                None => return Err(refused("this alias is inside the value it refers to")),
            },
            Kind::Scalar { text, plain: true }
                if matches!(text.to_ascii_lowercase().trim_start_matches(['-', '+']), ".inf" | ".nan") =>
            {
                return Err(refused("a stack has no values for infinity and NaN"));
            }
            Kind::Scalar { text, plain } => match (node.tag.as_str(), plain) {
                ("" | "!", true) => (scalar(text), 1),
                ("" | "!" | "!!str" | "tag:yaml.org,2002:str", _) => (Data::String(text.as_str().into()), 1),
                ("!!int" | "!!float" | "!!bool" | "!!null", true) => (scalar(text), 1),
                _ => return Err(refused("a tag means nothing here")),
            },
            _ if !matches!(node.tag.as_str(), "" | "!" | "!!map" | "!!seq") => {
                return Err(refused("a tag means nothing here"));
            }
            Kind::List { items, .. } => {
                let items = items.iter().map(|item| self.node(item)).collect::<Result<Vec<_>, _>>()?;
                let size = items.iter().fold(1, |sum: usize, item| sum.saturating_add(item.size));
                (Data::List(Rc::new(items)), size)
            }
            Kind::Map { entries, .. } => {
                let mut seen = HashSet::new();
                let mut read = Vec::with_capacity(entries.len());
                let mut size: usize = 1;
                for (key, value) in entries {
                    let at = key.start..key.end;
                    let Some(name) = key.text() else {
                        return Err(Refused { reason: "a key must be a string".to_owned(), at });
                    };
                    if !seen.insert(name) {
                        return Err(Refused { reason: format!("duplicate key `{name}`"), at });
                    }
                    let value = self.node(value)?;
                    size = size.saturating_add(value.size);
                    read.push(Entry { key: name.into(), at, value });
                }
                (Data::Map(Rc::new(read)), size)
            }
        };
        let located = Spanned { range, data, size };
        if node.anchor != 0 {
            self.anchors.insert(node.anchor, located.clone());
        }
        Ok(located)
    }
}

/// Resolves a plain scalar by the core schema of YAML 1.2 (section 10.3.2); JSON's scalars resolve the same.
fn scalar(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        _ => {
            let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
            let starts = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
            if let Some(number) = radix(text) {
                return Data::Number(number.into());
            }
            let number = starts
                && unsigned.bytes().any(|b| b.is_ascii_digit())
                && unsigned
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'))
                && text.parse::<f64>().is_ok();
            if number { Data::Number(text.into()) } else { Data::String(text.into()) }
        }
    }
}

/// Parses a hexadecimal or octal integer.
fn radix(text: &str) -> Option<String> {
    let (digits, radix) = match text.get(..2)? {
        "0x" => (&text[2..], 16),
        "0o" => (&text[2..], 8),
        _ => return None,
    };
    i64::from_str_radix(digits, radix).ok().map(|number| number.to_string())
}

impl Spanned {
    /// Shifts all ranges by a number of bytes.
    fn moved(self, by: usize) -> Spanned {
        let range = self.range.start + by..self.range.end + by;
        let data = match self.data {
            Data::List(items) => {
                Data::List(Rc::new(items.iter().map(|item| item.clone().moved(by)).collect()))
            }
            Data::Map(entries) => {
                let entries = entries.iter().map(|entry| Entry {
                    key: entry.key.clone(),
                    at: entry.at.start + by..entry.at.end + by,
                    value: entry.value.clone().moved(by),
                });
                Data::Map(Rc::new(entries.collect()))
            }
            other => other,
        };
        Spanned { range, data, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, Range<usize>) {
        let refused = read(text).unwrap_err();
        (refused.reason, refused.at)
    }

    #[test]
    fn what_is_no_plain_data_is_refused_at_its_place() {
        assert_eq!(refused("a: 1\nb: 2\na: 3\n"), ("duplicate key `a`".into(), 10..11));
        assert_eq!(refused("a: &x [*x]\n").1, 7..9);
        assert_eq!(refused("a: 1\n---\nb: 2\n").1, 5..8);
        assert_eq!(refused("? [a]\n: 1\n").0, "a key must be a string");
        assert_eq!(refused("a: {{ b }}\n").1.start, 4);
        assert_eq!(refused("a: b\nc:\n\td: e\n").1.start, 8);
        assert_eq!(refused("a: !vault x\n").0, "a tag means nothing here");
        assert_eq!(refused("\u{FEFF}a: !v x\n").1.start, 9);
    }

    #[test]
    fn aliases_count_as_often_as_they_stand() {
        let bomb = "a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        assert_eq!(read(bomb).unwrap().size, 1 + 3 + 7 + 15);
    }

    #[test]
    fn json_is_read_too() {
        let read = read("{\n\t\"a\": [1, 2.5, true, null, \"x\\u00e9\\/\"]\n}\n").unwrap();
        let Data::Map(entries) = &read.data else { panic!("a map") };
        let Data::List(items) = &entries[0].value.data else { panic!("a list") };
        assert!(matches!(&items[4].data, Data::String(text) if &**text == "xé/"));
        assert!(matches!(&items[1].data, Data::Number(text) if &**text == "2.5"));
    }
}
