//! Finds, sets and removes entries in the user's files, and keeps every other byte.
//!
//! After each change the text is parsed again: the entries must have their new values, and the rest of
//! the tree, every comment and the text after it must be unchanged. Otherwise nothing is changed and a
//! refusal says why.
//!
//! [`walk`] finds an entry and measures the text around it; [`insert`], [`replace`](mod@replace) and
//! [`remove`] compute the changes of the text, as [`splice`]s; [`additions`] gathers what is added to one
//! place; [`check`] compares the trees before and after; [`refusal`] says why an edit is refused.

mod additions;
mod check;
mod insert;
mod refusal;
mod remove;
mod replace;
mod splice;
#[cfg(test)]
mod tests;
mod walk;

use super::events::{self, Document, Kind, Node};
use super::meaning;
use super::path::Segment;
use super::write::Yaml;
use additions::{Additions, add};
use check::{Paths, same_beside, same_comments, same_tail};
pub use refusal::Refusal;
use refusal::refuse;
use splice::Splice;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use walk::Walk;

/// An existing entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// From its key or dash to its end.
    pub range: Range<usize>,
    /// The range of its value.
    pub value: Range<usize>,
    /// The digest of its value.
    pub digest: String,
    /// Whether it is a map, or nothing, as a volume without options.
    pub is_map: bool,
    /// Whether it is a map without entries, or nothing.
    pub is_empty: bool,
    /// Whether it is a list.
    pub is_list: bool,
}

/// Collections that were empty or missing before they were filled: their paths, each with the token that
/// was there, or `None` if it did not exist.
pub type Filled = HashMap<Vec<Segment>, Option<String>>;

/// The mark that some editors write at the start of a file.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// A YAML file whose entries are edited.
#[derive(Debug)]
pub struct Editor {
    /// Length of the byte order mark, which the text leaves out.
    mark: usize,
    text: String,
    document: Document,
}

impl Editor {
    /// Parses a file's text.
    pub fn new(text: String) -> Result<Editor, Refusal> {
        let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => (BYTE_ORDER_MARK.len(), rest.to_owned()),
            None => (0, text),
        };
        let mut pairs = text.bytes().zip(text.bytes().skip(1).chain([0]));
        if let Some(at) = pairs.position(|(a, b)| a == b'\r' && b != b'\n') {
            return refuse("carriage return without a newline", at + mark..at + mark + 1);
        }
        match events::parse(&text) {
            Ok(document) => Ok(Editor { mark, text, document }),
            Err(error) => {
                let at = error.at + mark;
                Err(Refusal { reason: error.reason, broken: true, at: at..at })
            }
        }
    }

    /// The text as it is now, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as it is now.
    pub fn into_text(self) -> String {
        if self.mark == 0 { self.text } else { format!("{BYTE_ORDER_MARK}{}", self.text) }
    }

    /// Whether an entry exists and means the same as `value`.
    pub fn says(&self, path: &[Segment], value: &Yaml) -> bool {
        self.find(path).ok().flatten().is_some_and(|found| found.digest == meaning::digest_of(value))
    }

    /// Finds an entry.
    pub fn find(&self, path: &[Segment]) -> Result<Option<Found>, Refusal> {
        let walk = self.walk(path).map_err(|refusal| refusal.moved(self.mark))?;
        let Some(node) = walk.node.filter(|_| walk.depth == path.len()) else { return Ok(None) };
        let moved = |range: Range<usize>| range.start + self.mark..range.end + self.mark;
        Ok(Some(Found {
            range: moved(walk.start..walk.node_end()),
            value: moved(walk.value_start()..walk.node_end()),
            digest: walk.digest(node),
            is_map: matches!(node.kind, Kind::Map { .. }) || node.is_null(),
            is_empty: node.is_null() || matches!(&node.kind, Kind::Map { entries, .. } if entries.is_empty()),
            is_list: matches!(node.kind, Kind::List { .. }),
        }))
    }

    /// Length of the byte order mark, which the text leaves out and ranges count.
    pub fn mark(&self) -> usize {
        self.mark
    }

    /// The leaves at or below a place, each with its digest: scalars, lists, empty maps, and what has a tag.
    pub fn leaves(&self, path: &[Segment]) -> Vec<(Vec<Segment>, String)> {
        let mut found = Vec::new();
        let walk = self.walk(path).ok().filter(|walk| walk.depth == path.len());
        if let Some((walk, node)) = walk.as_ref().and_then(|walk| Some((walk, walk.node?))) {
            collect_leaves(walk, node, &mut path.to_vec(), &mut found);
        }
        found
    }

    /// The text of an entry from its key to its end, with LF: as it is, and without its comments.
    pub fn texts_of(&self, path: &[Segment]) -> Vec<String> {
        let Ok(walk) = self.walk(path) else { return Vec::new() };
        if walk.depth != path.len() {
            return Vec::new();
        }
        let (start, end) = (walk.start, walk.node_end());
        let whole = self.text[start..end].replace("\r\n", "\n");
        let mut bare = String::new();
        let mut from = start;
        for comment in walk.comments_in(start..end) {
            let line = self.text[..comment.start].rfind('\n').map_or(0, |newline| newline + 1);
            let alone = self.text[line..comment.start].trim().is_empty();
            let begin = if alone { line } else { self.text[..comment.start].trim_end().len() };
            bare.push_str(&self.text[from..begin.max(from)]);
            from = if alone {
                (comment.end + self.text[comment.end..].find('\n').map_or(0, |n| n + 1)).min(end)
            } else {
                comment.end
            };
        }
        bare.push_str(&self.text[from.min(end)..end]);
        let bare = bare.replace("\r\n", "\n").trim_end().to_owned();
        vec![whole, bare]
    }

    /// Sets entries: replaces existing ones, and adds the others with the missing parts of their paths.
    /// Returns the collections that it filled or created; an error names the entry by its index.
    pub fn set(&mut self, entries: &[(&[Segment], &Yaml)]) -> Result<Filled, (usize, Refusal)> {
        let mark = self.mark;
        self.set_unmarked(entries).map_err(|(at, refusal)| (at, refusal.moved(mark)))
    }

    fn set_unmarked(&mut self, entries: &[(&[Segment], &Yaml)]) -> Result<Filled, (usize, Refusal)> {
        let mut splices = Vec::new();
        let mut groups: Vec<(usize, Walk, Additions)> = Vec::new();
        let mut known: HashMap<&[Segment], usize> = HashMap::new();
        let mut made: BTreeSet<&[Segment]> = BTreeSet::new();
        for (at, (path, value)) in entries.iter().enumerate() {
            let walk = self.walk(path).map_err(|refusal| (at, refusal))?;
            if walk.depth == path.len() && walk.node.is_some() && !path.is_empty() {
                // An entry that means the same stays as written, with its comments.
                let same = |node| walk.digest(node) == meaning::digest_of(value);
                if walk.node.is_some_and(same) {
                    continue;
                }
                let changes = walk.replace(value).map_err(|refusal| (at, refusal))?;
                splices.extend(changes.into_iter().map(|change| (walk.depth, change)));
                continue;
            }
            let (depth, existing) = (walk.depth, &path[..walk.depth]);
            let group = *known.entry(existing).or_insert_with(|| {
                groups.push((at, walk, Additions::new()));
                groups.len() - 1
            });
            add(&mut groups[group].2, &path[depth..], value);
            made.extend((depth + 1..path.len()).map(|depth| &path[..depth]));
        }
        let mut filled = Filled::new();
        for (at, walk, additions) in &groups {
            let (path, _) = entries[*at];
            let changes = walk.insert(additions).map_err(|refusal| (*at, refusal))?;
            splices.extend(changes.into_iter().map(|change| (walk.depth, change)));
            if let Some(token) = walk.empty_token() {
                filled.insert(path[..walk.depth].to_vec(), Some(token));
            }
        }
        filled.extend(made.into_iter().map(|path| (path.to_vec(), None)));
        // At the same position, the deeper entry comes first.
        splices.sort_by_key(|(depth, splice)| (splice.range.start, std::cmp::Reverse(*depth)));
        let splices: Vec<Splice> = splices.into_iter().map(|(_, splice)| splice).collect();
        let (after, deferred) = apply(&self.text, &splices);
        let paths: Vec<&[Segment]> = entries.iter().map(|(path, _)| *path).collect();
        let edited = self.verified(after, &paths).filter(|_| deferred == 0);
        let Some(edited) = edited else { return Err(self.odd(&paths)) };
        for (at, (path, value)) in entries.iter().enumerate() {
            let walk = edited.walk(path).map_err(|refusal| (at, refusal))?;
            let found = walk.node.filter(|_| walk.depth == path.len());
            let found = found.map(|node| walk.digest(node));
            if found != Some(meaning::digest_of(value)) {
                return Err((at, self.odd(&[path]).1));
            }
        }
        *self = edited;
        Ok(filled)
    }

    /// Removes entries and keeps the text and the comments around them. A collection left empty gets back
    /// its token from `filled`; if `filled` does not list it, it goes as well. Returns true if the whole
    /// file did not exist before and nothing is left in it.
    pub fn remove(&mut self, paths: &[&[Segment]], filled: &Filled) -> Result<bool, Refusal> {
        let mark = self.mark;
        self.remove_unmarked(paths, filled).map_err(|refusal| refusal.moved(mark))
    }

    fn remove_unmarked(&mut self, paths: &[&[Segment]], filled: &Filled) -> Result<bool, Refusal> {
        let all = Paths::of(paths.iter().copied());
        // Overlapping splices, such as elements on one line, wait for the next round.
        loop {
            let mut targets = Vec::new();
            let gone = match &self.document.root {
                Some(root) => doomed(root, &all, &mut Vec::new(), filled, &mut targets),
                None => false,
            };
            if gone && self.document.comments.is_empty() {
                return Ok(true);
            }
            if gone {
                targets = vec![(Vec::new(), Some(String::new()))];
            }
            let mut splices = Vec::new();
            for (path, token) in &targets {
                let walk = self.walk(path)?;
                splices.extend(match token {
                    Some(token) => walk.empty(token)?,
                    None => walk.remove()?,
                });
            }
            if splices.is_empty() {
                return Ok(false);
            }
            splices.sort_by_key(|splice| splice.range.start);
            let (after, deferred) = apply(&self.text, &splices);
            let Some(edited) = self.verified(after, paths) else { return Err(self.odd(paths).1) };
            if edited.text == self.text {
                return Err(self.odd(paths).1);
            }
            *self = edited;
            if deferred == 0 {
                return Ok(false);
            }
        }
    }

    /// The edited file, if only the entries at some paths differ.
    fn verified(&self, after: String, paths: &[&[Segment]]) -> Option<Editor> {
        let new = events::parse(&after).ok()?;
        let paths = Paths::of(paths.iter().copied());
        let same = same_beside(&self.document, &new, &paths)
            && same_tail(&self.text, &self.document, &after, &new)
            && same_comments(&self.text, &self.document, &after, &new);
        same.then_some(Editor { mark: self.mark, text: after, document: new })
    }

    fn walk<'a>(&'a self, path: &[Segment]) -> Result<Walk<'a>, Refusal> {
        Walk::new(&self.text, &self.document, path)
    }

    /// Refuses a layout that the edits do not know, at the first place that can't be edited alone.
    fn odd(&self, paths: &[&[Segment]]) -> (usize, Refusal) {
        let place = paths.first().and_then(|path| self.walk(path).ok()).map_or(0..0, |walk| walk.place());
        let reason = "an edit here would change more than this place".to_owned();
        (0, Refusal { reason, broken: false, at: place })
    }
}

/// Applies sorted splices; returns the text and how many splices were skipped because they overlap.
fn apply(text: &str, splices: &[Splice]) -> (String, usize) {
    let mut after = String::with_capacity(text.len());
    let (mut from, mut deferred) = (0, 0);
    for splice in splices {
        if splice.range.start < from {
            deferred += 1;
            continue;
        }
        after.push_str(&text[from..splice.range.start]);
        after.push_str(&splice.with);
        from = splice.range.end;
    }
    after.push_str(&text[from..]);
    (after, deferred)
}

fn collect_leaves(
    walk: &Walk,
    node: &Node,
    path: &mut Vec<Segment>,
    found: &mut Vec<(Vec<Segment>, String)>,
) {
    match &node.kind {
        Kind::Map { entries, .. } if !entries.is_empty() && node.tag.is_empty() => {
            for (key, value) in entries {
                let Some(key) = key.text() else { continue };
                path.push(Segment::from(key));
                collect_leaves(walk, value, path, found);
                path.pop();
            }
        }
        _ => found.push((path.clone(), walk.digest(node))),
    }
}

type Target = (Vec<Segment>, Option<String>);

/// Collects what to remove and what to empty below a node; returns true if the node itself goes.
fn doomed(
    node: &Node,
    paths: &Paths,
    at: &mut Vec<Segment>,
    filled: &Filled,
    targets: &mut Vec<Target>,
) -> bool {
    if paths.ends {
        return true;
    }
    let (mut inner, mut whole, mut kept) = (Vec::new(), Vec::new(), 0);
    let mut visit = |segment: Option<Segment>, child: &Node, below: Option<&Paths>| match (segment, below) {
        (Some(segment), Some(below)) => {
            at.push(segment);
            match doomed(child, below, at, filled, &mut inner) {
                true => whole.push((at.clone(), None)),
                false => kept += 1,
            }
            at.pop();
        }
        _ => kept += 1,
    };
    let empty = match &node.kind {
        Kind::Map { entries, .. } => {
            for (key, value) in entries {
                visit(key.text().map(Segment::from), value, paths.of_key(key.text()));
            }
            "{}"
        }
        Kind::List { items, .. } => {
            for item in items {
                let name = node.name_of(item);
                visit(name.map(|name| Segment::Named(name.to_owned())), item, paths.of_item(name));
            }
            "[]"
        }
        _ => return false,
    };
    if whole.is_empty() || kept > 0 {
        targets.append(&mut inner);
        targets.append(&mut whole);
        return false;
    }
    match filled.get(at) {
        Some(Some(token)) => targets.push((at.clone(), Some(token.clone()))),
        // A document is never without a root.
        None if at.is_empty() => targets.push((Vec::new(), Some(empty.to_owned()))),
        Some(None) | None => return true,
    }
    false
}
