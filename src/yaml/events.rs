//! Parses the first document of a YAML string into a tree with byte ranges.

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

/// A node and its location.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its first byte, excluding its properties (anchor, tag).
    pub(super) start: usize,
    /// One past its last byte: after the bracket in flow style, at the last child's end in block style.
    pub(super) end: usize,
    /// Its content.
    pub(super) kind: Kind,
    /// The parser's id of its anchor; 0 if it has none.
    pub(super) anchor: usize,
    /// Its tag as written, if it has one.
    pub(super) tag: String,
}

/// The content of a node.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A scalar, and whether it is plain.
    Scalar { text: String, plain: bool },
    /// A reference to an anchor.
    Alias(usize),
    /// A list.
    List { items: Vec<Node>, flow: bool },
    /// A map.
    Map { entries: Vec<(Node, Node)>, flow: bool, keys: Keys },
}

/// The positions of each key in a map, computed on the first lookup in a large map.
pub(super) type Keys = OnceCell<HashMap<String, Vec<usize>>>;

/// Minimum number of entries for a map to be searched by index.
const LARGE: usize = 16;

/// Maximum nesting depth of a file.
const MAX_DEPTH: usize = 256;

/// The first document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Its root; `None` if the document is empty.
    pub(super) root: Option<Node>,
    /// Comments, in order.
    pub(super) comments: Vec<Range<usize>>,
    /// Where the document ends: at `---`, `...` or the end of the text.
    pub(super) end: usize,
}

/// A node without locations, for comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plain {
    Scalar(String, bool, String),
    Alias(usize),
    List(Vec<Plain>, String),
    Map(Vec<(Plain, Plain)>, String),
}

enum Open {
    List(Vec<Node>, usize, bool, usize, String),
    Map(Vec<(Node, Node)>, Option<Node>, usize, bool, usize, String),
}

/// Why a string is not valid YAML.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SyntaxError {
    /// The message, usually the parser's.
    pub(super) reason: String,
    /// The byte where parsing stopped.
    pub(super) at: usize,
}

/// The parser's options: any number of comments may stand between a key and its first child.
fn options() -> Options {
    let mut options = Options::default();
    options.max_buffered_comment_events = usize::MAX;
    options
}

/// Parses the first document.
#[expect(clippy::too_many_lines, reason = "one arm per kind of event")]
pub(super) fn parse(text: &str) -> Result<Document, SyntaxError> {
    let mut document = Document { root: None, comments: Vec::new(), end: text.len() };
    let mut stack: Vec<Open> = Vec::new();
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, span) = event.map_err(|error| syntax_error(&error, text))?;
        let (start, end) = (span.start.byte_offset().unwrap_or(0), span.end.byte_offset().unwrap_or(0));
        if stack.len() > MAX_DEPTH {
            let reason = format!("this is nested more than {MAX_DEPTH} deep");
            return Err(SyntaxError { reason, at: start });
        }
        let node = match event {
            Event::Comment(..) => {
                document.comments.push(start..end);
                continue;
            }
            Event::DocumentEnd => {
                document.end = document_end(text, document.root.as_ref());
                return Ok(document);
            }
            Event::Scalar(value, style, anchor, tag) => {
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let end = if block { block_end(text, start, end, &value) } else { end };
                let kind = Kind::Scalar { text: value.into_owned(), plain: style == ScalarStyle::Plain };
                Node { start, end, kind, anchor, tag: tag.map(|t| t.original()).unwrap_or_default() }
            }
            Event::Alias(id) => Node { start, end, kind: Kind::Alias(id), anchor: 0, tag: String::new() },
            Event::SequenceStart(style, anchor, tag) => {
                let tag = tag.map(|t| t.original()).unwrap_or_default();
                stack.push(Open::List(Vec::new(), start, style == StructureStyle::Flow, anchor, tag));
                continue;
            }
            Event::MappingStart(style, anchor, tag) => {
                let tag = tag.map(|t| t.original()).unwrap_or_default();
                stack.push(Open::Map(Vec::new(), None, start, style == StructureStyle::Flow, anchor, tag));
                continue;
            }
            Event::SequenceEnd => match stack.pop() {
                Some(Open::List(items, start, flow, anchor, tag)) => {
                    let end = if flow { end } else { items.last().map_or(start, |node| node.end) };
                    Node { start, end, kind: Kind::List { items, flow }, anchor, tag }
                }
                _ => return Err(SyntaxError { reason: "the parser lost its place".to_owned(), at: start }),
            },
            Event::MappingEnd => match stack.pop() {
                Some(Open::Map(entries, _, start, flow, anchor, tag)) => {
                    let end = if flow { end } else { entries.last().map_or(start, |(_, node)| node.end) };
                    Node { start, end, kind: Kind::Map { entries, flow, keys: Keys::new() }, anchor, tag }
                }
                _ => return Err(SyntaxError { reason: "the parser lost its place".to_owned(), at: start }),
            },
            _ => continue,
        };
        match stack.last_mut() {
            None => document.root = Some(node),
            Some(Open::List(items, ..)) => items.push(node),
            Some(Open::Map(entries, key, ..)) => match key.take() {
                None if matches!(node.kind, Kind::Map { .. }) && text[..node.start].ends_with('{') => {
                    let reason = "a key must be a string; is this a template?".to_owned();
                    return Err(SyntaxError { reason, at: node.start });
                }
                None => *key = Some(node),
                Some(key) => entries.push((key, node)),
            },
        }
    }
    Ok(document)
}

/// A part of a document, in order.
pub(super) enum Part<'t> {
    /// A comment, with its sign.
    Comment(&'t str),
    /// A scalar: its text, whether it is plain, its anchor and its tag.
    Scalar(Cow<'t, str>, bool, usize, String),
    /// A reference to an anchor.
    Alias(usize),
    /// The beginning of a list or map: whether it is a map, its anchor and its tag.
    Open(bool, usize, String),
    /// The end of the innermost list or map.
    Close,
}

/// Visits the parts of a text that holds a single document, without keeping them. `None` if it is not valid
/// or has several documents.
pub(super) fn visit<'t>(text: &'t str, each: &mut dyn FnMut(Part<'t>)) -> Option<()> {
    let tagged = |tag: Option<Cow<'_, granit_parser::Tag>>| tag.map(|tag| tag.original()).unwrap_or_default();
    let (mut documents, mut depth) = (0, 0);
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, span) = event.ok()?;
        match event {
            Event::Comment(..) => {
                let range = span.start.byte_offset()?..span.end.byte_offset()?;
                each(Part::Comment(text.get(range)?));
            }
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return None;
                }
            }
            Event::Scalar(value, style, anchor, tag) => {
                each(Part::Scalar(value, style == ScalarStyle::Plain, anchor, tagged(tag)));
            }
            Event::Alias(id) => each(Part::Alias(id)),
            Event::SequenceStart(_, anchor, tag) => {
                depth += 1;
                each(Part::Open(false, anchor, tagged(tag)));
            }
            Event::MappingStart(_, anchor, tag) => {
                depth += 1;
                each(Part::Open(true, anchor, tagged(tag)));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                depth -= 1;
                each(Part::Close);
            }
            _ => {}
        }
        if depth > MAX_DEPTH {
            return None;
        }
    }
    Some(())
}

/// The end of a block scalar: of its last line that is not blank, or of the last blank line if its value
/// keeps them (`|+`).
fn block_end(text: &str, start: usize, end: usize, value: &str) -> usize {
    let filled = start + text[start..end.max(start)].trim_end().len();
    let newlines = value.len() - value.trim_end_matches('\n').len();
    let kept = if newlines == value.len() { newlines } else { newlines.saturating_sub(1) };
    let mut at = filled;
    for _ in 0..kept {
        at += text[at..].find('\n').map_or(0, |newline| newline + 1);
    }
    // The newline that ends the last line is not part of it.
    let end = at + text[at..].find('\n').filter(|_| kept > 0).unwrap_or(0);
    if end > at && text[..end].ends_with('\r') { end - 1 } else { end }
}

/// Where the first document ends: at the first line with `---` or `...` after its root. Only blank lines
/// and comments stand between.
fn document_end(text: &str, root: Option<&Node>) -> usize {
    let mut opened = root.is_some();
    let mut at = root.map_or(0, |root| root.end.min(text.len()));
    if root.is_some() && at > 0 && !text[..at].ends_with('\n') {
        at += text[at..].find('\n').map_or(text.len() - at, |newline| newline + 1);
    }
    for line in text[at..].split_inclusive('\n') {
        let marks = line.starts_with("---") || line.starts_with("...");
        if marks && opened {
            return at;
        }
        // The first `---` of an empty document begins it.
        opened |= marks;
        at += line.len();
    }
    text.len()
}

fn syntax_error(error: &granit_parser::ScanError, text: &str) -> SyntaxError {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    // The scanner reports a tab where it gives up, which may be on a line before the tab.
    if error.info().contains("tab") {
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let indented =
            |line: &str| line[..line.len() - line.trim_start_matches([' ', '\t']).len()].find('\t');
        let lines = text[line..].split_inclusive('\n').scan(line, |start, line| {
            let begin = *start;
            *start += line.len();
            Some(indented(line).map(|tab| begin + tab))
        });
        if let Some(at) = lines.flatten().next() {
            return SyntaxError { reason: "YAML is indented with spaces, not tabs".to_owned(), at };
        }
    }
    SyntaxError { reason: error.info().to_owned(), at }
}

fn positions(entries: &[(Node, Node)]) -> HashMap<String, Vec<usize>> {
    let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, (key, _)) in entries.iter().enumerate() {
        if let Some(text) = key.text() {
            positions.entry(text.to_owned()).or_default().push(at);
        }
    }
    positions
}

impl Node {
    /// Whether it is empty, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, plain: true } => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// The string of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The entries of a map with this key.
    pub(super) fn entries_of<'n>(&'n self, key: &str) -> Vec<&'n (Node, Node)> {
        match &self.kind {
            Kind::Map { entries, .. } if entries.len() < LARGE => {
                entries.iter().filter(|(k, _)| k.text() == Some(key)).collect()
            }
            Kind::Map { entries, keys, .. } => {
                let found = keys.get_or_init(|| positions(entries)).get(key);
                found.into_iter().flatten().map(|at| &entries[*at]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The elements of a list that have a name of their own. Of several with one name, that is the one
    /// without an `alias`, which is how Helm tells dependencies on one chart apart.
    pub(super) fn name_of<'n>(&self, item: &'n Node) -> Option<&'n str> {
        let text = |key: &str| item.entries_of(key).first().and_then(|(_, value)| value.text());
        let name = text("name")?;
        let Kind::List { items, .. } = &self.kind else { return Some(name) };
        if item.entries_of("alias").is_empty() {
            return Some(name);
        }
        let is_plain = |other: &&Node| {
            let named = other.entries_of("name").first().and_then(|(_, value)| value.text());
            named == Some(name) && other.entries_of("alias").is_empty()
        };
        if items.iter().any(|other| is_plain(&other)) { None } else { Some(name) }
    }

    /// Whether an alias is in it.
    pub(super) fn has_alias(&self) -> bool {
        match &self.kind {
            Kind::Alias(_) => true,
            Kind::Scalar { .. } => false,
            Kind::List { items, .. } => items.iter().any(Node::has_alias),
            Kind::Map { entries, .. } => entries.iter().any(|(k, v)| k.has_alias() || v.has_alias()),
        }
    }

    /// Counts the aliases of an anchor.
    pub(super) fn uses_of(&self, anchor: usize) -> usize {
        match &self.kind {
            Kind::Alias(id) => usize::from(*id == anchor),
            Kind::Scalar { .. } => 0,
            Kind::List { items, .. } => items.iter().map(|node| node.uses_of(anchor)).sum(),
            Kind::Map { entries, .. } => {
                entries.iter().map(|(k, v)| k.uses_of(anchor) + v.uses_of(anchor)).sum()
            }
        }
    }

    /// The node without locations.
    pub(super) fn plain(&self) -> Plain {
        match &self.kind {
            Kind::Scalar { text, plain } => {
                let text = if self.is_null() { "" } else { text };
                Plain::Scalar(text.to_owned(), *plain, self.tag.clone())
            }
            Kind::Alias(id) => Plain::Alias(*id),
            Kind::List { items, .. } => {
                Plain::List(items.iter().map(Node::plain).collect(), self.tag.clone())
            }
            Kind::Map { entries, .. } => {
                Plain::Map(entries.iter().map(|(k, v)| (k.plain(), v.plain())).collect(), self.tag.clone())
            }
        }
    }
}
