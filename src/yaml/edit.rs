//! One entry of somebody else's file: found, set or removed, every other byte kept.
//!
//! After each edit the text is parsed again: the rest must be the tree it was, the entry what was
//! meant, and the bytes before and after it the same. Else nothing is changed and the refusal says
//! why.

use super::events::{self, Document, Kind, Node, Plain};
use super::scalar::{Guard, scalar};
use super::write::Yaml;
use std::ops::Range;

/// Why a file can't be edited: a sentence about the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// What is in the way.
    pub reason: String,
    /// Where.
    pub at: Range<usize>,
}

fn refuse<T>(reason: impl Into<String>, at: Range<usize>) -> Result<T, Refusal> {
    Err(Refusal { reason: reason.into(), at })
}

/// An entry that stands in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// From its key or dash to its end.
    pub range: Range<usize>,
    /// Where its value stands.
    pub value: Range<usize>,
}

/// Finds an entry. Segments are keys; `name=value` chooses the element of a list whose `name` is
/// `value`.
pub fn find(text: &str, path: &[String]) -> Result<Option<Found>, Refusal> {
    let document = parse(text)?;
    let walk = Walk::new(text, &document, path)?;
    Ok((walk.depth == path.len())
        .then(|| Found { range: walk.start..walk.node_end(), value: walk.value_start()..walk.node_end() }))
}

/// Whether an entry stands there and says the same as `value`.
pub fn says(text: &str, path: &[String], value: &Yaml) -> bool {
    let (Ok(document), Ok(meant)) = (parse(text), events::parse(&value.to_text(0, Guard::Nothing))) else {
        return false;
    };
    let found = document.root.as_ref().map(Node::plain);
    let found = found.as_ref().and_then(|root| lookup(root, path)).map(loose);
    found.is_some() && found == meant.root.as_ref().map(|node| loose(&node.plain()))
}

/// The keys of the map at a path; empty where there is none.
pub fn keys(text: &str, path: &[String]) -> Result<Vec<String>, Refusal> {
    let document = parse(text)?;
    let walk = Walk::new(text, &document, path)?;
    match walk.node.map(|node| &node.kind) {
        Some(Kind::Map { entries, .. }) if walk.depth == path.len() => {
            Ok(entries.iter().filter_map(|(key, _)| key.text().map(str::to_owned)).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// Sets an entry: replaces it, or adds it with what is missing of its path.
pub fn set(text: &str, path: &[String], value: &Yaml) -> Result<String, Refusal> {
    let document = parse(text)?;
    let walk = Walk::new(text, &document, path)?;
    let after = if walk.depth == path.len() {
        walk.replace(value)?
    } else {
        walk.insert(&path[walk.depth..], value)?
    };
    check(text, &document, &after, path, Some(value))?;
    Ok(after)
}

/// Removes an entry; what stood around it stays. A map or list that is left empty is written so.
pub fn remove(text: &str, path: &[String]) -> Result<String, Refusal> {
    let document = parse(text)?;
    let walk = Walk::new(text, &document, path)?;
    if walk.depth < path.len() {
        return Ok(text.to_owned());
    }
    let after = walk.remove()?;
    check(text, &document, &after, path, None)?;
    Ok(after)
}

fn parse(text: &str) -> Result<Document, Refusal> {
    let lone = text.bytes().zip(text.bytes().skip(1).chain([0])).position(|(a, b)| a == b'\r' && b != b'\n');
    if let Some(at) = lone {
        return refuse("a carriage return without a newline stands here", at..at + 1);
    }
    events::parse(text).or_else(|why| refuse(format!("it is no YAML: {why}"), 0..0))
}

/// The deepest node that exists on the way to an entry.
struct Walk<'a> {
    text: &'a str,
    document: &'a Document,
    /// How many segments of the path exist.
    depth: usize,
    /// The node there; none where the document is empty.
    node: Option<&'a Node>,
    /// Start of the entry it belongs to: its key or its dash.
    start: usize,
    /// Its key; none for the root and for elements of a list.
    key: Option<&'a Node>,
    /// The collection it stands in.
    parent: Option<&'a Node>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str, document: &'a Document, path: &[String]) -> Result<Self, Refusal> {
        let start = document.root.as_ref().map_or(0, |root| root.start);
        let mut walk =
            Walk { text, document, depth: 0, node: document.root.as_ref(), start, key: None, parent: None };
        for segment in path {
            let Some(node) = walk.node else { break };
            walk.enterable(node)?;
            match walk.step(node, segment)? {
                Some((start, key, child)) => {
                    walk.parent = Some(node);
                    (walk.start, walk.key, walk.node) = (start, key, Some(child));
                    walk.depth += 1;
                }
                None => {
                    walk.merged(node)?;
                    break;
                }
            }
        }
        Ok(walk)
    }

    /// Whether something may be changed inside a node.
    fn enterable(&self, node: &Node) -> Result<(), Refusal> {
        let at = node.start..node.end;
        if let Kind::Alias(_) = node.kind {
            return refuse("this is an alias: what it names stands elsewhere, and would change there", at);
        }
        let uses = self.document.root.as_ref().map_or(0, |root| root.uses_of(node.anchor));
        if node.anchor != 0 && uses > 0 {
            return refuse("this has an anchor that is used elsewhere, and would change there too", at);
        }
        Ok(())
    }

    /// A map that takes entries from another could have the key from there.
    fn merged(&self, node: &Node) -> Result<(), Refusal> {
        match node.entries_of("<<").first() {
            Some((key, _)) => refuse("`<<` takes entries from elsewhere here", key.start..key.end),
            None => Ok(()),
        }
    }

    #[allow(clippy::type_complexity)]
    fn step(
        &self,
        node: &'a Node,
        segment: &str,
    ) -> Result<Option<(usize, Option<&'a Node>, &'a Node)>, Refusal> {
        match &node.kind {
            Kind::List { items, flow } => {
                let Some((name, value)) = segment.split_once('=') else {
                    return refuse("a list stands where a map belongs", node.start..node.end);
                };
                let chosen = |item: &&Node| {
                    item.entries_of(name).first().is_some_and(|(_, v)| v.text() == Some(value))
                };
                let mut found = items.iter().filter(chosen);
                let first = found.next();
                if let Some(second) = found.next() {
                    return refuse(
                        format!("two elements have the {name} `{value}`"),
                        second.start..second.end,
                    );
                }
                Ok(first.map(|item| (if *flow { item.start } else { self.dash(item) }, None, item)))
            }
            Kind::Map { entries, .. } if is_choice(segment) && !entries.is_empty() => {
                refuse("a map stands where a list belongs", node.start..node.end)
            }
            Kind::Map { .. } => match node.entries_of(segment).as_slice() {
                [] => Ok(None),
                [(key, value)] => {
                    let before = self.text[self.line_start(key.start)..key.start].trim_start();
                    if before.starts_with('?') {
                        return refuse("a key is written with `?` here", key.start..key.end);
                    }
                    Ok(Some((key.start, Some(key), value)))
                }
                [_, (key, _), ..] => {
                    refuse(format!("the key `{segment}` stands here twice"), key.start..key.end)
                }
            },
            _ if node.is_null() => Ok(None),
            _ => refuse(
                if self.depth == 0 {
                    "the file is no map"
                } else {
                    "a single value stands where a map belongs"
                },
                node.start..node.end,
            ),
        }
    }

    // --------------------------------------------------------------------------------- geometry

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |n| n + 1)
    }

    /// The end of a line, its newline left out.
    fn line_end(&self, at: usize) -> usize {
        let end = self.text[at..].find('\n').map_or(self.text.len(), |n| at + n);
        if self.text[..end].ends_with('\r') && end > at { end - 1 } else { end }
    }

    fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |n| at + n + 1)
    }

    fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    /// The dash before an element of a block list.
    fn dash(&self, item: &Node) -> usize {
        self.text[..item.start].rfind('-').unwrap_or(item.start)
    }

    fn newline(&self) -> &'static str {
        // As the line before ends.
        let end = self.node_end().min(self.text.len());
        let before = self.text[..end].rfind('\n').or_else(|| self.text.find('\n'));
        if before.is_some_and(|at| self.text[..at].ends_with('\r')) { "\r\n" } else { "\n" }
    }

    fn node_end(&self) -> usize {
        let end = self.node.map_or(0, |node| node.end);
        // Nothing ends right behind the key's colon.
        end.max(self.key.map_or(0, |key| self.colon(key) + 1))
    }

    fn value_start(&self) -> usize {
        self.node.map_or(0, |node| node.start).max(self.key.map_or(0, |key| self.colon(key) + 1))
    }

    fn colon(&self, key: &Node) -> usize {
        self.text[key.end..].find(':').map_or(key.end, |n| key.end + n)
    }

    /// The end of an entry: its node's line, and the comment lines below that belong to it, past
    /// blank lines only to reach one.
    fn entry_end(&self, node_end: usize, column: usize) -> usize {
        let mut end = self.line_end(node_end);
        let mut at = self.next_line(node_end);
        while at < self.document.end.max(node_end) && at < self.text.len() {
            let line = &self.text[at..self.line_end(at)];
            let trimmed = line.trim_start();
            if trimmed.starts_with('#') && line.len() - trimmed.len() >= column {
                end = self.line_end(at);
            } else if !trimmed.is_empty() {
                break;
            }
            at = self.next_line(at);
        }
        end
    }

    /// The step of indentation that the file has, 2 where it has none.
    fn step_width(&self) -> usize {
        fn find(walk: &Walk, node: &Node) -> Option<usize> {
            let Kind::Map { entries, flow: false } = &node.kind else { return None };
            entries.iter().find_map(|(key, value)| match &value.kind {
                Kind::Map { flow: false, .. } => {
                    let step = walk.column(value.start).checked_sub(walk.column(key.start))?;
                    if step > 0 { Some(step) } else { find(walk, value) }
                }
                _ => None,
            })
        }
        self.document.root.as_ref().and_then(|root| find(self, root)).unwrap_or(2)
    }

    /// How far the dashes of the file's lists stand right of their key, 2 where it has none.
    fn dash_width(&self) -> usize {
        fn find(walk: &Walk, node: &Node) -> Option<usize> {
            let Kind::Map { entries, flow: false } = &node.kind else { return None };
            entries.iter().find_map(|(key, value)| match &value.kind {
                Kind::List { flow: false, items } => {
                    walk.column(walk.dash(items.first()?)).checked_sub(walk.column(key.start))
                }
                Kind::Map { .. } => find(walk, value),
                _ => None,
            })
        }
        self.document.root.as_ref().and_then(|root| find(self, root)).unwrap_or(2)
    }

    // ------------------------------------------------------------------------------------ edits

    fn spliced(&self, range: Range<usize>, with: &str) -> String {
        format!("{}{with}{}", &self.text[..range.start], &self.text[range.end..])
    }

    fn lines(&self, text: &str) -> String {
        text.trim_end_matches('\n').replace('\n', self.newline())
    }

    /// Puts another value where one stands; its key and the comment of its line stay.
    fn replace(&self, value: &Yaml) -> Result<String, Refusal> {
        let Some(node) = self.node else { return self.insert(&[], value) };
        if node.anchor != 0 && self.document.root.as_ref().is_some_and(|root| root.uses_of(node.anchor) > 0) {
            return refuse("this has an anchor that is used elsewhere", node.start..node.end);
        }
        let in_flow = self
            .parent
            .is_some_and(|p| matches!(p.kind, Kind::Map { flow: true, .. } | Kind::List { flow: true, .. }));
        if in_flow {
            return Ok(self.spliced(
                self.value_start()..self.node_end(),
                &pad(&self.text[..self.value_start()], &inline(value)),
            ));
        }
        match self.key {
            Some(key) => {
                let column = self.column(key.start);
                let end = self.entry_end(self.node_end(), column + 1);
                let colon = self.colon(key) + 1;
                let comment = self.comment_of_line(colon);
                let body = self.value_lines(value, column, comment);
                Ok(self.spliced(colon..end, &body))
            }
            None => {
                let column = self.column(self.start);
                let end = self.entry_end(self.node_end(), column + 1);
                let text = Yaml::List(vec![value.clone()]).to_text(column, Guard::Nothing);
                Ok(self.spliced(self.start..end, self.lines(&text).trim_start()))
            }
        }
    }

    /// The comment that ends a line, with the blanks before it.
    fn comment_of_line(&self, at: usize) -> &'a str {
        let end = self.line_end(at);
        let comment = self.document.comments.iter().find(|c| c.start >= at && c.start < end);
        comment.map_or("", |comment| {
            let before = self.text[at..comment.start].trim_end_matches([' ', '\t']).len();
            &self.text[at + before..end]
        })
    }

    /// What follows a key's colon: a value on its line, or below it.
    fn value_lines(&self, value: &Yaml, column: usize, comment: &str) -> String {
        let text = match value {
            Yaml::List(items) if !items.is_empty() => {
                value.to_text(column + self.dash_width(), Guard::Nothing)
            }
            Yaml::Map(entries) if !entries.is_empty() => {
                value.to_text(column + self.step_width(), Guard::Nothing)
            }
            other => return format!(" {}{comment}", other.to_text(0, Guard::Nothing).trim_end()),
        };
        format!("{comment}{}{}", self.newline(), self.lines(&text))
    }

    /// Adds an entry with what is missing of its path below the node that exists.
    fn insert(&self, missing: &[String], value: &Yaml) -> Result<String, Refusal> {
        let nested = nest(&missing[1.min(missing.len())..], value);
        let Some(first) = missing.first() else { return refuse("nothing to add", 0..0) };
        let Some(node) = self.node else { return Ok(self.append_root(first, &nested)) };
        match &node.kind {
            Kind::Map { entries, flow } if !entries.is_empty() => {
                if *flow {
                    return Ok(self.insert_flow(node, &format!("{}: {}", flow_key(first), inline(&nested))));
                }
                let column = self.column(entries[0].0.start);
                let text = self.entry_text(first, &nested, column);
                let last = &entries[entries.len() - 1];
                let apart = entries.len() > 1 && self.is_apart(last.0.start);
                Ok(self.insert_lines(self.colon(&last.0).max(last.1.end), column, &text, apart))
            }
            Kind::List { items, flow } if !items.is_empty() => {
                if *flow {
                    return Ok(self.insert_flow(node, &inline(&nested)));
                }
                let column = self.column(self.dash(&items[0]));
                let text = Yaml::List(vec![nested]).to_text(column, Guard::Nothing);
                let last = &items[items.len() - 1];
                let apart = items.len() > 1 && self.is_apart(self.dash(last));
                Ok(self.insert_lines(last.end, column, &self.lines(&text), apart))
            }
            _ => self.insert_first(node, first, &nested),
        }
    }

    fn entry_text(&self, key: &str, value: &Yaml, column: usize) -> String {
        format!(
            "{}{}:{}",
            " ".repeat(column),
            scalar(key, Guard::Nothing),
            self.value_lines(value, column, "")
        )
    }

    /// Whether a blank line stands above an entry, or above the comment on it.
    fn is_apart(&self, at: usize) -> bool {
        let mut above = self.text[..self.line_start(at)].lines().rev().map(str::trim);
        above.find(|line| !line.starts_with('#')).is_some_and(str::is_empty)
    }

    /// Adds lines after an entry, with a blank line between where its siblings have one.
    fn insert_lines(&self, after: usize, column: usize, text: &str, apart: bool) -> String {
        let end = self.entry_end(after.min(self.text.len()), column.max(1));
        let end = if column == 0 { self.line_end(after.min(self.text.len())) } else { end };
        let gap = if apart { self.newline() } else { "" };
        self.spliced(end..end, &format!("{gap}{}{text}", self.newline()))
    }

    fn insert_flow(&self, node: &Node, text: &str) -> String {
        let bracket = node.end - 1;
        let before = self.text[node.start..bracket].trim_end();
        let at = node.start + before.len();
        let comma = if before.ends_with(',') || before.len() == 1 { "" } else { "," };
        let blank = if before.len() == 1 { "" } else { " " };
        self.spliced(at..at, &format!("{comma}{blank}{text}"))
    }

    /// The first entry below nothing, `~`, `{}` or `[]`: the token goes, the line's comment stays.
    fn insert_first(&self, node: &Node, first: &str, nested: &Yaml) -> Result<String, Refusal> {
        let inside = self.document.comments.iter().any(|c| node.start < c.start && c.end < node.end);
        let in_flow = self
            .parent
            .is_some_and(|p| matches!(p.kind, Kind::Map { flow: true, .. } | Kind::List { flow: true, .. }));
        if (inside || in_flow) && !node.is_null() {
            return Ok(self.insert_flow(node, &format!("{}: {}", flow_key(first), inline(nested))));
        }
        let Some(key) = self.key else {
            if self.depth == 0 {
                return Ok(self.root_token(node, first, nested));
            }
            return refuse("an element of a list is empty here", node.start..node.end);
        };
        let column = self.column(key.start);
        let value = if first.contains('=') && is_choice(first) {
            Yaml::List(vec![nested.clone()])
        } else {
            Yaml::map([(first, nested.clone())])
        };
        let colon = self.colon(key) + 1;
        let comment = self.comment_of_line(colon);
        let properties = if node.is_null() && node.text() == Some("") {
            ""
        } else {
            self.text[colon..node.start.max(colon)].trim_end()
        };
        let body = self.value_lines(&value, column, "");
        let end = self.line_end(self.node_end());
        Ok(self.spliced(colon..end, &format!("{properties}{comment}{body}")))
    }

    fn root_token(&self, node: &Node, first: &str, nested: &Yaml) -> String {
        let text = self.entry_text(first, nested, 0);
        if node.start == node.end {
            return self.append_root(first, nested);
        }
        self.spliced(node.start..node.end, &text)
    }

    fn append_root(&self, first: &str, nested: &Yaml) -> String {
        let text = self.entry_text(first, nested, 0);
        let before = &self.text[..self.document.end.min(self.text.len())];
        let gap = if before.is_empty() || before.ends_with('\n') || before == "\u{FEFF}" {
            ""
        } else {
            self.newline()
        };
        let at = before.len();
        self.spliced(at..at, &format!("{gap}{text}{}", self.newline()))
    }

    fn remove(&self) -> Result<String, Refusal> {
        let Some(parent) = self.parent else { return refuse("the whole file can't be removed", 0..0) };
        let Some(node) = self.node else { return Ok(self.text.to_owned()) };
        let (flow, only) = match &parent.kind {
            Kind::Map { entries, flow } => (*flow, entries.len() == 1),
            Kind::List { items, flow } => (*flow, items.len() == 1),
            _ => return refuse("nothing can be removed here", node.start..node.end),
        };
        if flow {
            return Ok(self.remove_flow(parent));
        }
        let column = self.column(self.start);
        let end = self.entry_end(self.node_end(), column + 1);
        let line = self.line_start(self.start);
        if self.text[line..self.start].trim().is_empty() && !only {
            let next = self.next_line(end);
            let (from, to) = if next >= self.text.len() && !self.text.ends_with('\n') {
                (line.saturating_sub(self.newline().len()), self.text.len())
            } else {
                (line, next)
            };
            return Ok(self.spliced(from..to, ""));
        }
        if only {
            let empty = if matches!(parent.kind, Kind::List { .. }) { "[]" } else { "{}" };
            let before = self.text[..self.start].trim_end_matches([' ', '\t', '\n', '\r']);
            let gap = if before.ends_with(':') { " " } else { "" };
            let text = if before.is_empty() { empty.to_owned() } else { format!("{gap}{empty}") };
            return Ok(self.spliced(before.len()..end, &text));
        }
        // The first entry of an element stands behind its dash: the next one takes its place.
        let next = self.next_line(end);
        let rest = self.text[next..].trim_start_matches([' ', '\t']);
        let skip = self.text.len() - rest.len();
        Ok(self.spliced(self.start..skip, ""))
    }

    fn remove_flow(&self, parent: &Node) -> String {
        let (start, end) = (self.start, self.node_end());
        let after = &self.text[end..parent.end];
        let blanks = after.len() - after.trim_start().len();
        if after.trim_start().starts_with(',') {
            let tail = &after[blanks + 1..];
            let more = tail.len() - tail.trim_start().len();
            return self.spliced(start..end + blanks + 1 + more, "");
        }
        let before = self.text[..start].trim_end();
        let from = if before.ends_with(',') { before.len() - 1 } else { start };
        self.spliced(from..end, "")
    }
}

fn is_choice(segment: &str) -> bool {
    segment.split_once('=').is_some_and(|(name, _)| name == "name")
}

/// A value inside what is missing of its path.
fn nest(path: &[String], value: &Yaml) -> Yaml {
    path.iter().rev().fold(value.clone(), |inner, segment| match is_choice(segment) {
        true => Yaml::List(vec![inner]),
        false => Yaml::map([(segment.as_str(), inner)]),
    })
}

fn pad(before: &str, text: &str) -> String {
    if before.ends_with(':') { format!(" {text}") } else { text.to_owned() }
}

fn flow_key(key: &str) -> String {
    inline(&Yaml::text(key))
}

/// A value on one line.
fn inline(value: &Yaml) -> String {
    match value {
        Yaml::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|e| format!("{}: {}", flow_key(&e.key), inline(&e.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Yaml::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Yaml::Text(text) | Yaml::Block(text) if text.contains(',') => {
            super::scalar::quoted(text, Guard::Nothing)
        }
        Yaml::Tagged(tag, inner) => format!("{tag} {}", inline(inner)),
        other => other.to_text(0, Guard::Nothing).trim_end().to_owned(),
    }
}

// ---------------------------------------------------------------------------------------- checks

/// Whether an edit did what was meant and nothing else.
fn check(
    before: &str,
    old: &Document,
    after: &str,
    path: &[String],
    value: Option<&Yaml>,
) -> Result<(), Refusal> {
    let odd = || Refusal { reason: "the file has a shape that can't be edited here".to_owned(), at: 0..0 };
    let new = events::parse(after).map_err(|_| odd())?;
    let root = new.root.as_ref().map(Node::plain);
    if let Some(value) = value {
        let meant = events::parse(&value.to_text(0, Guard::Nothing)).map_err(|_| odd())?;
        let meant = meant.root.as_ref().map(Node::plain);
        let found = root.as_ref().and_then(|root| lookup(root, path));
        if found != meant.as_ref() {
            return Err(odd());
        }
    }
    let rest = |plain: Option<Plain>| {
        plain.map(|mut plain| {
            prune(&mut plain, path);
            plain
        })
    };
    let (old_rest, new_rest) = (rest(old.root.as_ref().map(Node::plain)), rest(root));
    let same = match (&old_rest, &new_rest) {
        (None, Some(Plain::Map(entries, _))) => entries.is_empty(),
        (Some(Plain::Scalar(text, true, _)), Some(Plain::Map(entries, _))) if text.is_empty() => {
            entries.is_empty()
        }
        (a, b) => a == b,
    };
    // Later documents are not touched.
    let tail = |text: &str, end: usize| text[end.min(text.len())..].trim_start().to_owned();
    if same && tail(before, old.end) == tail(after, new.end) { Ok(()) } else { Err(odd()) }
}

fn lookup<'p>(plain: &'p Plain, path: &[String]) -> Option<&'p Plain> {
    let Some((segment, rest)) = path.split_first() else { return Some(plain) };
    match plain {
        Plain::Map(entries, _) => {
            let (_, value) =
                entries.iter().find(|(key, _)| matches!(key, Plain::Scalar(text, ..) if text == segment))?;
            lookup(value, rest)
        }
        Plain::List(items, _) => lookup(items.iter().find(|item| chosen(item, segment))?, rest),
        _ => None,
    }
}

fn chosen(item: &Plain, segment: &str) -> bool {
    let Some((name, value)) = segment.split_once('=') else { return false };
    let Plain::Map(entries, _) = item else { return false };
    entries.iter().any(
        |(k, v)| matches!((k, v), (Plain::Scalar(k, ..), Plain::Scalar(v, ..)) if k == name && v == value),
    )
}

/// Takes the entry out, and the maps that only led to it.
fn prune(plain: &mut Plain, path: &[String]) {
    let Some((segment, rest)) = path.split_first() else { return };
    let mut emptied = false;
    match plain {
        Plain::Map(entries, _) => {
            let found =
                entries.iter().position(|(key, _)| matches!(key, Plain::Scalar(text, ..) if text == segment));
            if let Some(at) = found {
                prune(&mut entries[at].1, rest);
                if rest.is_empty() || is_empty(&entries[at].1) {
                    entries.remove(at);
                }
            }
            emptied = entries.is_empty();
        }
        Plain::List(items, _) => {
            if let Some(at) = items.iter().position(|item| chosen(item, segment)) {
                prune(&mut items[at], rest);
                if rest.is_empty() {
                    items.remove(at);
                }
            }
            emptied = items.is_empty();
        }
        _ => {}
    }
    if emptied {
        *plain = Plain::Map(Vec::new(), String::new());
    }
}

fn is_empty(plain: &Plain) -> bool {
    match plain {
        Plain::Map(entries, _) => entries.is_empty(),
        Plain::List(items, _) => items.is_empty(),
        Plain::Scalar(text, plain, _) => text.is_empty() && *plain,
        Plain::Alias(_) => false,
    }
}

/// Quotes around a string that needs none do not count.
fn loose(plain: &Plain) -> Plain {
    match plain {
        Plain::Map(entries, tag) => {
            Plain::Map(entries.iter().map(|(k, v)| (loose(k), loose(v))).collect(), tag.clone())
        }
        Plain::List(items, tag) => Plain::List(items.iter().map(loose).collect(), tag.clone()),
        Plain::Scalar(text, false, tag) if !text.is_empty() && scalar(text, Guard::Nothing) == *text => {
            Plain::Scalar(text.clone(), true, tag.clone())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(segments: &[&str]) -> Vec<String> {
        segments.iter().map(|s| (*s).to_owned()).collect()
    }

    #[track_caller]
    fn sets(before: &str, at: &[&str], value: Yaml, after: &str) {
        assert_eq!(set(before, &path(at), &value).as_deref(), Ok(after));
    }

    #[test]
    fn an_entry_is_added_after_its_siblings() {
        sets("a: 1\n# tail\n", &["b"], Yaml::Int(2), "a: 1\nb: 2\n# tail\n");
        sets(
            "s:\n    x: 1 # c\n    # own\n\nt: 1\n",
            &["s", "z"],
            Yaml::Int(2),
            "s:\n    x: 1 # c\n    # own\n    z: 2\n\nt: 1\n",
        );
        sets("a: 1", &["b", "c"], Yaml::text("no"), "a: 1\nb:\n  c: \"no\"");
        sets("a: 1\r\n", &["b"], Yaml::Int(2), "a: 1\r\nb: 2\r\n");
    }

    #[test]
    fn siblings_that_stand_apart_stay_so() {
        sets("a: 1\n\nb: 2\n", &["c"], Yaml::Int(3), "a: 1\n\nb: 2\n\nc: 3\n");
    }

    #[test]
    fn an_empty_parent_is_opened() {
        sets("a: {} # c\nb: 1\n", &["a", "x"], Yaml::Int(1), "a: # c\n  x: 1\nb: 1\n");
        sets("a:\nb: 1\n", &["a", "x"], Yaml::Int(1), "a:\n  x: 1\nb: 1\n");
        sets("", &["a"], Yaml::Int(1), "a: 1\n");
        sets("# only\n", &["a"], Yaml::Int(1), "# only\na: 1\n");
        sets("d: []\n", &["d", "name=x"], Yaml::map([("name", Yaml::text("x"))]), "d:\n  - name: x\n");
    }

    #[test]
    fn flow_stays_flow() {
        sets("a: {x: 1}\n", &["a", "z"], Yaml::Int(2), "a: {x: 1, z: 2}\n");
        sets("a: {x: 1}\n", &["a", "x"], Yaml::text("b c"), "a: {x: b c}\n");
    }

    #[test]
    fn a_value_is_replaced_and_its_comment_stays() {
        sets("a: 1 # one\nb: 2\n", &["a"], Yaml::Int(3), "a: 3 # one\nb: 2\n");
        sets(
            "a: # c\n  x: 1\n  # deep\nb: 2\n",
            &["a"],
            Yaml::map([("z", Yaml::Int(1))]),
            "a: # c\n  z: 1\nb: 2\n",
        );
        sets(
            "d:\n- name: a\n  v: 1\n- name: b\n",
            &["d", "name=a"],
            Yaml::map([("name", Yaml::text("a")), ("v", Yaml::Int(2))]),
            "d:\n- name: a\n  v: 2\n- name: b\n",
        );
    }

    #[test]
    fn an_entry_is_removed_with_its_lines() {
        let removes = |before: &str, at: &[&str], after: &str| {
            assert_eq!(remove(before, &path(at)).as_deref(), Ok(after))
        };
        removes("a: 1\nb:\n  x: 1\nc: 3\n", &["b"], "a: 1\nc: 3\n");
        removes("a:\n  x: 1\nc: 3\n", &["a", "x"], "a: {}\nc: 3\n");
        removes("a: {x: 1, z: 2}\n", &["a", "x"], "a: {z: 2}\n");
    }

    #[test]
    fn what_would_change_elsewhere_is_refused() {
        let refused = |text: &str, at: &[&str]| set(text, &path(at), &Yaml::Int(1)).unwrap_err().reason;
        assert!(refused("a: &x {b: 1}\nc: *x\n", &["c", "d"]).contains("alias"));
        assert!(refused("a: &x {b: 1}\nc: *x\n", &["a", "d"]).contains("anchor"));
        assert!(refused("a: 1\na: 2\n", &["a"]).contains("twice"));
        assert!(refused("- a\n", &["a"]).contains("list"));
        assert!(refused("a: b\n", &["a", "c"]).contains("single value"));
        assert!(refused("x: &x {b: 1}\n<<: *x\n", &["c"]).contains("<<"));
        assert!(refused("a: [\n", &["c"]).contains("no YAML"));
    }

    #[test]
    fn only_the_first_document_is_edited() {
        sets("a: 1\n---\na: 2\n", &["b"], Yaml::Int(1), "a: 1\nb: 1\n---\na: 2\n");
    }
}
