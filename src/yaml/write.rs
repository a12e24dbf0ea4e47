//! A tree of YAML with comments, and its text.

use super::scalar::{Guard, scalar};

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// Nothing.
    Null,
    /// An entry of a map that is only told of: its key stands in a comment.
    Unset,
    /// `true`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A string; quoted where it must be.
    Text(String),
    /// A scalar written as it is: a template's expression, or quoted already.
    Raw(String),
    /// A string of several lines, as a literal block where it fits one exactly.
    Block(String),
    /// A node with a tag.
    Tagged(&'static str, Box<Yaml>),
    /// A list.
    List(Vec<Yaml>),
    /// A map, in order.
    Map(Vec<Entry>),
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key; quoted where it must be.
    pub key: String,
    /// What it maps to.
    pub value: Yaml,
    /// Comment lines above it, without the marks.
    pub comment: Vec<String>,
}

impl Yaml {
    /// A string.
    pub fn text(text: impl Into<String>) -> Yaml {
        Yaml::Text(text.into())
    }

    /// A map without comments.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Yaml)>) -> Yaml {
        Yaml::Map(entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
    }

    /// A list of strings.
    pub fn texts<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Yaml {
        Yaml::List(items.into_iter().map(|item| Yaml::Text(item.into())).collect())
    }

    /// Whether it is an empty list or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Yaml::List(items) => items.is_empty(),
            Yaml::Map(entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// Its text, each line indented by `indent` blanks, with a newline at the end.
    pub fn to_text(&self, indent: usize, guard: Guard) -> String {
        let mut writer = Writer { out: String::new(), guard };
        match self {
            Yaml::Map(entries) if !entries.is_empty() => writer.map(entries, indent, false),
            Yaml::List(items) if !items.is_empty() => writer.list(items, indent),
            other => {
                writer.out.push_str(&" ".repeat(indent));
                let inline = writer.inline(other);
                writer.out.push_str(&inline);
                writer.out.push('\n');
            }
        }
        writer.out
    }
}

impl Entry {
    /// An entry without a comment.
    pub fn new(key: impl Into<String>, value: Yaml) -> Entry {
        Entry { key: key.into(), value, comment: Vec::new() }
    }

    /// Puts comment lines above it.
    #[must_use]
    pub fn comment(mut self, text: &str) -> Entry {
        self.comment = text.lines().map(str::to_owned).collect();
        self
    }
}

struct Writer {
    out: String,
    guard: Guard,
}

impl Writer {
    /// `after_dash`: the first entry continues the line of a list's dash.
    fn map(&mut self, entries: &[Entry], indent: usize, after_dash: bool) {
        for (n, entry) in entries.iter().enumerate() {
            let pad = " ".repeat(indent);
            if !(n == 0 && after_dash) {
                for line in &entry.comment {
                    self.out.push_str(format!("{pad}# {line}").trim_end());
                    self.out.push('\n');
                }
                self.out.push_str(&pad);
            }
            let key = scalar(&entry.key, self.guard);
            if entry.value == Yaml::Unset {
                self.out.push_str(&format!("# {key}:\n"));
                continue;
            }
            self.out.push_str(&key);
            self.out.push(':');
            self.value(&entry.value, indent + 2);
        }
    }

    /// What follows a key's colon, to the end of its last line.
    fn value(&mut self, value: &Yaml, indent: usize) {
        match value {
            Yaml::Map(entries) if !entries.is_empty() => {
                // Where every key is only told of, the map itself is empty.
                let empty = entries.iter().all(|entry| entry.value == Yaml::Unset);
                self.out.push_str(if empty { " {}\n" } else { "\n" });
                self.map(entries, indent, false);
            }
            Yaml::List(items) if !items.is_empty() => {
                self.out.push('\n');
                self.list(items, indent);
            }
            Yaml::Tagged(tag, inner) => {
                self.out.push(' ');
                self.out.push_str(tag);
                self.value(inner, indent);
            }
            Yaml::Block(text) if fits_block(text) => {
                self.out.push_str(if text.ends_with('\n') { " |" } else { " |-" });
                for line in text.trim_end_matches('\n').split('\n') {
                    self.out.push('\n');
                    if !line.is_empty() {
                        self.out.push_str(&" ".repeat(indent));
                        self.out.push_str(line);
                    }
                }
                self.out.push('\n');
            }
            other => {
                self.out.push(' ');
                let inline = self.inline(other);
                self.out.push_str(&inline);
                self.out.push('\n');
            }
        }
    }

    fn list(&mut self, items: &[Yaml], indent: usize) {
        for item in items {
            self.out.push_str(&" ".repeat(indent));
            self.out.push('-');
            match item {
                Yaml::Map(entries) if !entries.is_empty() => {
                    self.out.push(' ');
                    self.map(entries, indent + 2, true);
                }
                Yaml::List(inner) if !inner.is_empty() => {
                    self.out.push('\n');
                    self.list(inner, indent + 2);
                }
                other => self.value(other, indent + 2),
            }
        }
    }

    fn inline(&self, value: &Yaml) -> String {
        match value {
            Yaml::Null | Yaml::Unset => "null".into(),
            Yaml::Bool(value) => value.to_string(),
            Yaml::Int(value) => value.to_string(),
            Yaml::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.1}"),
            Yaml::Float(value) => value.to_string(),
            Yaml::Text(text) | Yaml::Block(text) => scalar(text, self.guard),
            Yaml::Raw(text) => text.clone(),
            Yaml::Tagged(tag, inner) => format!("{tag} {}", self.inline(inner)),
            Yaml::List(_) => "[]".into(),
            Yaml::Map(_) => "{}".into(),
        }
    }
}

/// Whether a literal block holds the text exactly.
fn fits_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    !body.is_empty()
        && !body.ends_with('\n')
        && !body.starts_with([' ', '\n'])
        && text.chars().all(|c| {
            c == '\n'
                || !c.is_control() && c != '\u{85}' && c != '\u{2028}' && c != '\u{2029}' && c != '\u{FEFF}'
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_data_reads_as_written_by_hand() {
        let yaml = Yaml::map([
            ("name", Yaml::text("a")),
            (
                "list",
                Yaml::List(vec![
                    Yaml::map([("k", Yaml::Int(1)), ("l", Yaml::texts(["no"]))]),
                    Yaml::text("b"),
                ]),
            ),
            ("empty", Yaml::List(vec![])),
            ("script", Yaml::Block("a\n\nb\n".into())),
        ]);
        let expected =
            "name: a\nlist:\n  - k: 1\n    l:\n      - \"no\"\n  - b\nempty: []\nscript: |\n  a\n\n  b\n";
        assert_eq!(yaml.to_text(0, Guard::Nothing), expected);
    }
}
