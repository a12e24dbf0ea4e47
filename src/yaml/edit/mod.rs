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

#[cfg(test)]
mod tests {
    use super::*;

    /// A path; `[x]` is the element of a list whose name is `x`.
    fn path(segments: &[&str]) -> Vec<Segment> {
        let segment = |text: &&str| match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => Segment::Named(name.to_owned()),
            None => Segment::from(*text),
        };
        segments.iter().map(segment).collect()
    }

    fn set(before: &str, at: &[&str], value: &Yaml) -> Result<String, Refusal> {
        let mut editor = Editor::new(before.to_owned())?;
        editor.set(&[(&path(at), value)]).map_err(|(_, refusal)| refusal)?;
        Ok(editor.into_text())
    }

    #[track_caller]
    fn sets(before: &str, at: &[&str], value: Yaml, after: &str) {
        assert_eq!(set(before, at, &value).as_deref(), Ok(after));
    }

    #[test]
    fn an_entry_is_added_after_its_siblings() {
        sets("a: 1\n# tail\n", &["b"], Yaml::Int(2), "a: 1\n# tail\nb: 2\n");
        sets(
            "s:\n    x: 1 # c\n    # own\n\nt: 1\n",
            &["s", "z"],
            Yaml::Int(2),
            "s:\n    x: 1 # c\n    # own\n    z: 2\n\nt: 1\n",
        );
        sets("a: 1", &["b", "c"], Yaml::string("no"), "a: 1\nb:\n  c: \"no\"");
        sets("a: 1\r\n", &["b"], Yaml::Int(2), "a: 1\r\nb: 2\r\n");
    }

    #[test]
    fn what_says_the_same_stays_with_its_comments() {
        let one = || Yaml::map([("a", Yaml::Int(1))]);
        for written in ["s:\n  a: 1 # own\n  # tail\n", "s:\n    a:   1\n    # tail"] {
            sets(written, &["s"], one(), written);
        }
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
        sets("d: []\n", &["d", "[x]"], Yaml::map([("name", Yaml::string("x"))]), "d:\n  - name: x\n");
    }

    #[test]
    fn a_key_without_its_colon_is_left_alone() {
        for written in ["? a", "?\n  a\nb: 1\n", "{a}", "{a, b: 1}\n", "s: {a, b: 1}\n"] {
            let at: &[&str] = if written.starts_with('s') { &["s", "a", "x"] } else { &["a", "x"] };
            let refused = set(written, at, &Yaml::Int(1)).map_err(|refusal| refusal.reason);
            assert!(
                refused.as_ref().is_err_and(|reason| reason.contains("colon")),
                "{written:?}: {refused:?}"
            );
        }
    }

    #[test]
    fn flow_stays_flow() {
        sets("a: {x: 1}\n", &["a", "z"], Yaml::Int(2), "a: {x: 1, z: 2}\n");
        sets("a: {x: 1}\n", &["a", "x"], Yaml::string("b c"), "a: {x: b c}\n");
    }

    #[test]
    fn a_value_is_replaced_and_its_comment_stays() {
        sets("a: 1 # one\nb: 2\n", &["a"], Yaml::Int(3), "a: 3 # one\nb: 2\n");
        sets(
            "a: # c\n  x: 1\n  # deep\nb: 2\n",
            &["a"],
            Yaml::map([("z", Yaml::Int(1))]),
            "a: # c\n  z: 1\n  # deep\nb: 2\n",
        );
        sets(
            "d:\n- name: a\n  v: 1\n- name: b\n",
            &["d", "[a]"],
            Yaml::map([("name", Yaml::string("a")), ("v", Yaml::Int(2))]),
            "d:\n- name: a\n  v: 2\n- name: b\n",
        );
    }

    #[test]
    fn an_entry_is_removed_with_its_lines() {
        let removes = |before: &str, at: &[&[&str]], after: &str| {
            let mut editor = Editor::new(before.to_owned()).unwrap();
            let paths: Vec<Vec<Segment>> = at.iter().map(|at| path(at)).collect();
            let paths: Vec<&[Segment]> = paths.iter().map(Vec::as_slice).collect();
            assert_eq!(editor.remove(&paths, &Filled::new()), Ok(false));
            assert_eq!(editor.text(), after);
        };
        removes("a: 1\nb:\n  x: 1\nc: 3\n", &[&["b"]], "a: 1\nc: 3\n");
        removes("a:\n  x: 1\nc: 3\n", &[&["a", "x"]], "c: 3\n");
        removes("a: {x: 1, z: 2}\n", &[&["a", "x"]], "a: {z: 2}\n");
        removes("a: {x: 1, y: 2, z: 3}\n", &[&["a", "x"], &["a", "y"]], "a: {z: 3}\n");
        removes("d:\n  - name: a\n    x: 1\n    y: 2\n", &[&["d", "[a]"]], "{}\n");
        removes("a: 1\nb: 2\nc: 3", &[&["a"], &["c"]], "b: 2");
        // The blank line of a text that keeps its own is no gap.
        removes("a: |+\n  t\n\nm: 1\n\nv: 1\n", &[&["m"]], "a: |+\n  t\n\nv: 1\n");
        removes("d:\n- name: x\n- name: x\n  alias: z\n", &[&["d", "[x]"]], "d:\n- name: x\n  alias: z\n");
        removes("# top\na: 1\n", &[&["a"]], "# top\n{}\n");
    }

    /// Removing an added entry restores what was there before.
    #[test]
    fn removing_gives_back_what_stood_there() {
        for before in [
            "s:\nt: 1\n",
            "s: ~ # none\nt: 1\n",
            "s: {}\n",
            "s: {x: 1}\n",
            "s: [] # c\n",
            "{} # none\n",
            "# only\n",
            "",
            "a: 1",
            "t: 1\r\n",
            "s:\n  x: 1\n  # own\n\nt: 2\n",
            "s:\n  x: 1\n\n  y: 1\n\nt: 2\n",
            "r: 1\n\nt: 2\n",
        ] {
            let list = before.contains("[]");
            let at = path(if list { &["s", "[k]"] } else { &["s", "z", "deep"] });
            let value = if list { Yaml::map([("name", Yaml::string("k"))]) } else { Yaml::Int(1) };
            let mut editor = Editor::new(before.to_owned()).unwrap();
            let filled = editor.set(&[(&at, &value)]).unwrap();
            assert_ne!(editor.text(), before);
            let gone = editor.remove(&[&at], &filled).unwrap();
            assert!(!gone);
            assert_eq!(editor.text(), before);
        }
    }

    /// Setting many entries at once is the same as setting them one by one.
    #[test]
    fn a_batch_is_as_its_edits_in_turn() {
        let before = "a:\n  x: 1\n\nb: {}\n";
        let entries = [
            (path(&["a", "w"]), Yaml::Int(2)),
            (path(&["a", "x"]), Yaml::Int(3)),
            (path(&["b", "k", "l"]), Yaml::Int(4)),
            (path(&["b", "k", "m"]), Yaml::Int(5)),
            (path(&["c"]), Yaml::string("no")),
            (path(&["a", "z"]), Yaml::Int(6)),
        ];
        let all: Vec<(&[Segment], &Yaml)> = entries.iter().map(|(p, v)| (p.as_slice(), v)).collect();
        let mut batch = Editor::new(before.to_owned()).unwrap();
        batch.set(&all).unwrap();
        let mut turns = Editor::new(before.to_owned()).unwrap();
        for one in &all {
            turns.set(&[*one]).unwrap();
        }
        assert_eq!(batch.text(), turns.text());
        assert_eq!(batch.text(), "a:\n  x: 3\n  w: 2\n  z: 6\n\nb:\n  k:\n    l: 4\n    m: 5\n\nc: \"no\"\n");
    }

    #[test]
    fn what_would_change_elsewhere_is_refused() {
        let refused = |text: &str, at: &[&str]| set(text, at, &Yaml::Int(1)).unwrap_err().reason;
        assert!(refused("a: &x {b: 1}\nc: *x\n", &["c", "d"]).contains("alias"));
        assert!(refused("a: &x {b: 1}\nc: *x\n", &["a", "d"]).contains("anchor"));
        assert!(refused("a: 1\na: 2\n", &["a"]).contains("duplicate"));
        assert!(refused("- a\n", &["a"]).contains("list"));
        assert!(refused("a: b\n", &["a", "c"]).contains("single value"));
        assert!(refused("x: &x {b: 1}\n<<: *x\n", &["c"]).contains("<<"));
        assert!(set("a: [\n", &["c"], &Yaml::Int(1)).unwrap_err().broken);
    }

    #[test]
    fn only_the_first_document_is_edited() {
        sets("a: 1\n---\na: 2\n", &["b"], Yaml::Int(1), "a: 1\nb: 1\n---\na: 2\n");
    }

    #[test]
    fn comments_stay_where_a_value_changes() {
        let list = |items: &[&str]| Yaml::strings(items.iter().copied());
        sets(
            "a:\n  # one\n  - \"x\" # x\n  - y\n  # z\n  - z # end\n  # tail\nb: 1\n",
            &["a"],
            list(&["w", "x", "z", "v"]),
            "a:\n  - w\n  # one\n  - \"x\" # x\n  # z\n  - z # end\n  # tail\n  - v\nb: 1\n",
        );
        sets("a:\n  - x # x\n  - p # y\n", &["a"], list(&["q", "p"]), "a:\n  - q # x\n  - p # y\n");
        sets("a:\n- x # x\n- y\n", &["a"], list(&[]), "a: []\n# x\n");
        sets("a: | # c\n  text\n  more\nb: 1\n", &["a"], Yaml::Int(1), "a: 1 # c\nb: 1\n");
        sets("a: # c\n  # d\n  x: 1 # e\n", &["a"], Yaml::Int(1), "a: 1 # c\n# d\n# e\n");
        sets("a: !!str 1 # c\n", &["a"], Yaml::string("b"), "a: b # c\n");
        sets("a:\n- x: 1 # c\n- y: 1\n", &["a"], list(&["k"]), "a:\n- k\n# c\n");
        sets("a: [x, p] # c\n", &["a"], list(&["z"]), "a: [z] # c\n");
        sets("a: [x, # c\n  p]\n", &["a"], list(&["z"]), "a: # c\n  - z\n");
        let refused = set("s: {a: [x, # c\n  p]}\n", &["s", "a"], &list(&["z"])).unwrap_err();
        assert_eq!((refused.reason.contains("comment"), refused.at), (true, 11..14));
    }

    #[test]
    fn comments_stay_where_an_entry_goes() {
        #[track_caller]
        fn removes(before: &str, at: &[&[&str]], after: &str) {
            let mut editor = Editor::new(before.to_owned()).unwrap();
            let paths: Vec<Vec<Segment>> = at.iter().map(|at| path(at)).collect();
            let paths: Vec<&[Segment]> = paths.iter().map(Vec::as_slice).collect();
            assert_eq!(editor.remove(&paths, &Filled::new()), Ok(false));
            assert_eq!(editor.text(), after);
        }
        removes("s:\n  a: 1 # a\n  # b\n  b: 2\n", &[&["s", "a"]], "s:\n  # a\n  # b\n  b: 2\n");
        removes(
            "s:\n  v: # v\n    # i\n    i: x # x\n    # hangs\n  w: 1\n",
            &[&["s", "v", "i"]],
            "s:\n  # v\n  # i\n  # x\n  # hangs\n  w: 1\n",
        );
        removes("l:\n  - name: a # c\n    x: 1\n", &[&["l", "[a]", "name"]], "l:\n  - # c\n    x: 1\n");
        removes("a: 1\nb: 2 # c", &[&["b"]], "a: 1\n# c");
    }

    #[test]
    fn commented_out_keys_stay_with_the_entry_above() {
        let below = |rest: &str| format!("s:\n  web:\n    image: x\n{rest}");
        for (rest, after) in [
            // A heading leads what follows.
            ("# Volumes\nv: 1\n", "  new: 1\n# Volumes\nv: 1\n"),
            ("\n#  a\nv: 1\n", "  new: 1\n\n#  a\nv: 1\n"),
            // A key that was commented out belongs to the entry above it, and so does all at the end.
            ("#    ports:\nv: 1\n", "#    ports:\n  new: 1\nv: 1\n"),
            ("    # ports:\n\n# Volumes\nv: 1\n", "    # ports:\n  new: 1\n\n# Volumes\nv: 1\n"),
            ("\n# end\n", "\n# end\n  new: 1\n"),
        ] {
            sets(&below(rest), &["s", "new"], Yaml::Int(1), &below(after));
        }
        sets(
            "s:\n  # web:\n  #   image: x\nv: 1\n",
            &["s", "new"],
            Yaml::Int(1),
            "s:\n  # web:\n  #   image: x\n  new: 1\nv: 1\n",
        );
    }
}
