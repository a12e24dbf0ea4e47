//! A YAML tree with comments, and its printer.

use super::events::{self, Kind, Node};
use super::scalar::{Guard, scalar};
use std::ops::Range;

/// A YAML node.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// `null`
    Null,
    /// A map entry without a value: its key is written as a comment.
    Unset,
    /// `true`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// A string, quoted if necessary.
    String(String),
    /// A scalar written verbatim: a template expression, or an already quoted string.
    Raw(String),
    /// A multi-line string, written as a literal block if that represents it exactly.
    Block(String),
    /// A node with a tag.
    Tagged(&'static str, Box<Yaml>),
    /// A list.
    List(Vec<Yaml>),
    /// A map, in order.
    Map(Vec<Entry>),
    /// An entry's value or a list item between template lines, such as `{{- if … }}` and `{{- end }}`,
    /// which are indented like the entry or item.
    Within(Box<Within>),
    /// A node that comes from settings, given by their paths. It prints like the node alone.
    From(Vec<Vec<String>>, Box<Yaml>),
}

/// A node between template lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Within {
    /// The lines before it.
    pub before: Vec<String>,
    /// The node.
    pub node: Yaml,
    /// The lines after it.
    pub after: Vec<String>,
}

/// Printed text, and which of its lines come from which settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traced {
    /// The text.
    pub text: String,
    /// Lines (from 0), each with the path of a setting that they come from.
    pub origins: Vec<(Range<usize>, Vec<String>)>,
    /// The digest of the text's meaning, where it was printed from a tree: a large text need not be parsed.
    pub digest: Option<String>,
}

impl Traced {
    /// Text that comes from no setting.
    pub fn plain(text: impl Into<String>) -> Traced {
        Traced { text: text.into(), origins: Vec::new(), digest: None }
    }

    /// Appends text that starts on a new line.
    pub fn append(&mut self, other: Traced) {
        if !other.origins.is_empty() {
            let lines = self.text.matches('\n').count();
            let moved = other.origins.into_iter();
            self.origins.extend(moved.map(|(at, path)| (at.start + lines..at.end + lines, path)));
        }
        self.text.push_str(&other.text);
        self.digest = None;
    }
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, quoted if necessary.
    pub key: String,
    /// Its value.
    pub value: Yaml,
    /// Comment lines above it, without the `#`.
    pub comment: Vec<String>,
}

impl Yaml {
    /// A string.
    pub fn string(text: impl Into<String>) -> Yaml {
        Yaml::String(text.into())
    }

    /// A map without comments.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Yaml)>) -> Yaml {
        Yaml::Map(entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
    }

    /// A list of strings.
    pub fn strings<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Yaml {
        Yaml::List(items.into_iter().map(|item| Yaml::String(item.into())).collect())
    }

    /// Parses a value; scalars stay as they are written.
    pub fn parse(text: &str) -> Option<Yaml> {
        let root = events::parse(text).ok()?.root?;
        Some(from_node(&root, text))
    }

    /// Whether it is an empty list or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Yaml::List(items) => items.is_empty(),
            Yaml::Map(entries) => entries.is_empty(),
            Yaml::From(_, node) => node.is_empty(),
            _ => false,
        }
    }

    /// The node without the settings around it.
    pub fn plain(&self) -> &Yaml {
        match self {
            Yaml::From(_, node) => node.plain(),
            node => node,
        }
    }

    /// Prints the node, each line indented by `indent` spaces, with a trailing newline.
    pub fn to_text(&self, indent: usize, guard: Guard) -> String {
        self.traced(indent, guard).text
    }

    /// Prints the node like [`Yaml::to_text`], with the settings that its lines come from.
    pub fn traced(&self, indent: usize, guard: Guard) -> Traced {
        let mut writer = Writer { out: String::new(), guard, counted: (0, 0), origins: Vec::new() };
        match self.plain() {
            Yaml::Map(entries) if !entries.is_empty() => writer.map(entries, indent, false),
            Yaml::List(items) if !items.is_empty() => writer.list(items, indent),
            other => {
                writer.out.push_str(&" ".repeat(indent));
                let inline = writer.inline(other);
                writer.out.push_str(&inline);
                writer.out.push('\n');
            }
        }
        Traced { text: writer.out, origins: writer.origins, digest: None }
    }

    /// Removes all origins from the tree.
    #[must_use]
    pub fn without_origins(self) -> Yaml {
        match self {
            Yaml::From(_, node) => node.without_origins(),
            Yaml::Tagged(tag, node) => Yaml::Tagged(tag, Box::new(node.without_origins())),
            Yaml::Within(within) => {
                let node = within.node.without_origins();
                Yaml::Within(Box::new(Within { node, ..*within }))
            }
            Yaml::List(items) => Yaml::List(items.into_iter().map(Yaml::without_origins).collect()),
            Yaml::Map(entries) => {
                let plain = |entry: Entry| Entry { value: entry.value.without_origins(), ..entry };
                Yaml::Map(entries.into_iter().map(plain).collect())
            }
            node => node,
        }
    }
}

fn from_node(node: &Node, text: &str) -> Yaml {
    match &node.kind {
        // A block scalar has no quotes, and one over several lines would need its indentation.
        Kind::Scalar { text: scalar, plain: false }
            if !text[node.start..].starts_with(['"', '\'']) || text[node.start..node.end].contains('\n') =>
        {
            Yaml::Block(scalar.clone())
        }
        Kind::Scalar { .. } | Kind::Alias(_) => Yaml::Raw(text[node.start..node.end].to_owned()),
        Kind::List { items, .. } => Yaml::List(items.iter().map(|item| from_node(item, text)).collect()),
        Kind::Map { entries, .. } => {
            let entry = |(key, value): &(Node, Node)| {
                Entry::new(key.text().unwrap_or_default(), from_node(value, text))
            };
            Yaml::Map(entries.iter().map(entry).collect())
        }
    }
}

impl Entry {
    /// An entry without a comment.
    pub fn new(key: impl Into<String>, value: Yaml) -> Entry {
        Entry { key: key.into(), value, comment: Vec::new() }
    }

    /// Sets the comment lines above it.
    #[must_use]
    pub fn comment(mut self, text: &str) -> Entry {
        self.comment = text.lines().map(str::to_owned).collect();
        self
    }
}

struct Writer {
    out: String,
    guard: Guard,
    /// The number of lines counted so far, and the output length up to which they were counted.
    counted: (usize, usize),
    origins: Vec<(Range<usize>, Vec<String>)>,
}

impl Writer {
    /// The current line of the output, from 0.
    fn line(&mut self) -> usize {
        let (lines, upto) = self.counted;
        let lines = lines + self.out[upto..].matches('\n').count();
        self.counted = (lines, self.out.len());
        lines
    }

    /// Writes a node and records the settings that it comes from.
    fn from(&mut self, settings: &[Vec<String>], write: impl FnOnce(&mut Writer)) {
        let first = self.line();
        write(self);
        // Every node ends with a newline.
        let lines = first..self.line();
        self.origins.extend(settings.iter().map(|setting| (lines.clone(), setting.clone())));
    }

    fn lines(&mut self, lines: &[String], indent: usize) {
        for line in lines {
            self.out.push_str(&" ".repeat(indent));
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// If `after_dash` is set, the first entry continues the line of a list's dash.
    fn map(&mut self, entries: &[Entry], indent: usize, after_dash: bool) {
        for (n, entry) in entries.iter().enumerate() {
            let pad = " ".repeat(indent);
            if let Yaml::From(settings, node) = &entry.value
                && let Yaml::Within(_) = &**node
            {
                let entry = Entry { value: (**node).clone(), ..entry.clone() };
                self.from(settings, |writer| writer.map(&[entry], indent, false));
                continue;
            }
            if let Yaml::Within(within) = &entry.value {
                self.lines(&within.before, indent);
                let entry = Entry { value: within.node.clone(), ..entry.clone() };
                self.map(&[entry], indent, false);
                self.lines(&within.after, indent);
                continue;
            }
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

    /// Writes what follows a key's colon, to the end of its last line.
    fn value(&mut self, value: &Yaml, indent: usize) {
        match value {
            Yaml::From(settings, node) => self.from(settings, |writer| writer.value(node, indent)),
            Yaml::Map(entries) if !entries.is_empty() => {
                // If every key is only a comment, the map itself is empty.
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
            match item {
                Yaml::Within(within) => {
                    self.lines(&within.before, indent);
                    self.list(std::slice::from_ref(&within.node), indent);
                    self.lines(&within.after, indent);
                    continue;
                }
                Yaml::From(settings, node) => {
                    self.from(settings, |writer| writer.list(std::slice::from_ref(node), indent));
                    continue;
                }
                _ => {}
            }
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
            Yaml::String(text) | Yaml::Block(text) => scalar(text, self.guard),
            Yaml::Raw(text) => text.clone(),
            Yaml::Tagged(tag, inner) => format!("{tag} {}", self.inline(inner)),
            Yaml::List(_) => "[]".into(),
            Yaml::Map(_) => "{}".into(),
            Yaml::From(_, node) => self.inline(node),
            Yaml::Within(within) => self.inline(&within.node),
        }
    }
}

/// Whether a literal block can represent the string exactly.
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
    fn lines_know_their_settings_and_their_conditions() {
        let from = |path: &str, node| Yaml::From(vec![vec![path.to_owned()]], Box::new(node));
        let within = |node| {
            let before = vec!["{{- if .x }}".to_owned()];
            Yaml::Within(Box::new(Within { before, node, after: vec!["{{- end }}".to_owned()] }))
        };
        let yaml = Yaml::map([
            ("a", Yaml::Int(1)),
            ("b", from("x", Yaml::map([("c", Yaml::Int(2)), ("d", from("y", Yaml::strings(["e"])))]))),
            ("l", Yaml::List(vec![within(from("z", Yaml::map([("k", Yaml::Int(3))])))])),
            ("m", within(Yaml::Int(4))),
        ]);
        let traced = yaml.traced(0, Guard::Nothing);
        assert_eq!(
            traced.text,
            "a: 1\nb:\n  c: 2\n  d:\n    - e\nl:\n  {{- if .x }}\n  - k: 3\n  {{- end }}\n{{- if .x }}\nm: 4\n{{- end }}\n"
        );
        let origin = |lines: Range<usize>, path: &str| (lines, vec![path.to_owned()]);
        let expected = [origin(3..5, "y"), origin(1..5, "x"), origin(7..8, "z")];
        assert_eq!(traced.origins, expected);
        assert_eq!(yaml.without_origins().traced(0, Guard::Nothing).origins, []);
    }

    #[test]
    fn what_is_parsed_is_written_as_it_was() {
        for text in ["- CMD\n- \"-q\"\n- 'a'\n- x: 010\n", "a: [yes, \"no\"]\n", "\"a\"\n"] {
            let value = Yaml::parse(text).unwrap();
            let again = Yaml::parse(&value.to_text(0, Guard::Nothing)).unwrap();
            assert_eq!(value, again, "{text}");
        }
        assert_eq!(
            Yaml::parse("\n    - \"-q\"\n    - b\n").unwrap().to_text(0, Guard::Nothing),
            "- \"-q\"\n- b\n"
        );
    }

    #[test]
    fn nested_data_reads_as_written_by_hand() {
        let yaml = Yaml::map([
            ("name", Yaml::string("a")),
            (
                "list",
                Yaml::List(vec![
                    Yaml::map([("k", Yaml::Int(1)), ("l", Yaml::strings(["no"]))]),
                    Yaml::string("b"),
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
