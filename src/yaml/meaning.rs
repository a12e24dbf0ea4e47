//! The canonical form of YAML values, and their digests.
//!
//! Two values with one canonical form are the same to every reader, whatever their quotes, their layout,
//! the order of their keys or their comments. The form belongs to format 1 of `vmsc.owned` and never
//! changes: a digest that an earlier release wrote must still fit.

use super::events::{self, Kind, Node};
use super::scalar::is_word;
use super::write::{Entry, Yaml};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;

/// The digest of nothing: no value stands there.
pub const NOTHING: &str = "-";

/// The digest of an empty map.
pub const EMPTY_MAP: &str = "44136fa355b3678a";

/// The digest of an empty list.
const EMPTY: &str = "empty";

/// The anchored nodes of a document, by the parser's ids.
pub(super) type Anchors<'n> = HashMap<usize, &'n Node>;

/// Collects the anchored nodes below a node.
pub(super) fn anchors<'n>(node: &'n Node, found: &mut Anchors<'n>) {
    if node.anchor != 0 {
        found.insert(node.anchor, node);
    }
    match &node.kind {
        Kind::Scalar { .. } | Kind::Alias(_) => {}
        Kind::List { items, .. } => items.iter().for_each(|item| anchors(item, found)),
        Kind::Map { entries, .. } => entries.iter().for_each(|(key, value)| {
            anchors(key, found);
            anchors(value, found);
        }),
    }
}

/// The first 16 hexadecimal digits of a string's SHA-256.
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(String::with_capacity(16), |mut out, byte| {
        // Writing to a string never fails.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The digest of a value: that of a list is its elements' digests, separated by commas.
pub fn digest_of(value: &Yaml) -> String {
    match value.plain() {
        Yaml::List(items) => joined(items.iter().map(canonical)),
        other => digest(&canonical(other)),
    }
}

/// The digest of a node.
pub(super) fn digest_of_node(node: &Node, anchors: &Anchors) -> String {
    match &target(node, anchors).kind {
        Kind::List { items, .. } if is_core(&node.tag) => {
            joined(items.iter().map(|item| form(item, anchors)))
        }
        _ => digest(&form(node, anchors)),
    }
}

/// The digests of a list's elements, given the list's digest.
pub fn elements(digest: &str) -> impl Iterator<Item = &str> {
    digest.split(',').filter(|one| *one != EMPTY)
}

/// The digest of the data and the comments of a YAML or JSON file; `None` if it can't be parsed or has
/// several documents. `skipped` is a key of the root that does not count.
pub fn digest_of_file(text: &str, skipped: Option<&str>) -> Option<String> {
    let mut state =
        Reading { open: Vec::new(), anchors: HashMap::new(), root: "n".to_owned(), comments: Sha256::new() };
    events::visit(text, &mut |part| state.part(part, skipped))?;
    Some(finished(&state.root, state.comments))
}

/// The digest of the file that a map is printed to, with its comments: as [`digest_of_file`] takes it.
pub fn digest_of_printed(entries: &[Entry]) -> String {
    let mut comments = Sha256::new();
    entries.iter().for_each(|entry| comments_of(entry, &mut comments));
    let pairs_of = entries.iter().filter(|entry| !is_comment(entry));
    let data = pairs(pairs_of.map(|entry| (string(&entry.key), canonical(&entry.value))));
    finished(&data, comments)
}

/// The canonical form of a JSON object, given those of its values.
pub fn form_of_object<'e>(entries: impl Iterator<Item = (&'e str, String)>) -> String {
    pairs(entries.map(|(key, form)| (string(key), form)))
}

/// The canonical form of a JSON value.
pub fn form_of_json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "n".to_owned(),
        serde_json::Value::Bool(value) => value.to_string(),
        serde_json::Value::Number(number) => plain(&number.to_string()),
        serde_json::Value::String(text) => string(text),
        serde_json::Value::Array(items) => list(items.iter().map(form_of_json)),
        serde_json::Value::Object(entries) => {
            form_of_object(entries.iter().map(|(key, value)| (key.as_str(), form_of_json(value))))
        }
    }
}

/// The digest of the JSON file of an object, given the object's form: as [`digest_of_file`] takes it.
pub fn digest_of_form(form: &str) -> String {
    finished(form, Sha256::new())
}

/// Whether only the entry's key is printed, as a comment.
fn is_comment(entry: &Entry) -> bool {
    *entry.value.plain() == Yaml::Unset
}

/// Adds the comments of an entry, in the order in which they are printed.
fn comments_of(entry: &Entry, comments: &mut Sha256) {
    entry.comment.iter().for_each(|line| note_comment(line, comments));
    if is_comment(entry) {
        note_comment(
            &format!("{}:", super::scalar::scalar(&entry.key, super::scalar::Guard::Nothing)),
            comments,
        );
    }
    comments_inside(&entry.value, comments);
}

fn comments_inside(value: &Yaml, comments: &mut Sha256) {
    match value.plain() {
        Yaml::Map(entries) => entries.iter().for_each(|entry| comments_of(entry, comments)),
        Yaml::List(items) => {
            for item in items {
                match item.plain() {
                    // The first entry follows the dash, without its comment.
                    Yaml::Map(entries) => entries.iter().enumerate().for_each(|(n, entry)| match n {
                        0 => comments_inside(&entry.value, comments),
                        _ => comments_of(entry, comments),
                    }),
                    other => comments_inside(other, comments),
                }
            }
        }
        Yaml::Tagged(_, inner) => comments_inside(inner, comments),
        _ => {}
    }
}

fn note_comment(text: &str, comments: &mut Sha256) {
    comments.update(text.trim().trim_start_matches('#').trim().as_bytes());
    comments.update(b"\n");
}

fn finished(data: &str, comments: Sha256) -> String {
    let comments = comments.finalize().iter().fold(String::new(), |mut out, byte| {
        // Writing to a string never fails.
        let _ = write!(out, "{byte:02x}");
        out
    });
    digest(&format!("{data}\n{comments}"))
}

/// A document that is being read, as forms.
struct Reading {
    open: Vec<Collection>,
    anchors: HashMap<usize, String>,
    root: String,
    comments: Sha256,
}

/// A list or map that is being read.
struct Collection {
    is_map: bool,
    anchor: usize,
    tag: String,
    /// The forms of its elements, or of its keys and values in turn.
    forms: Vec<String>,
    /// Whether the entry that is being read does not count.
    skips: bool,
}

impl Reading {
    fn part(&mut self, part: events::Part, skipped: Option<&str>) {
        let (form, anchor) = match part {
            events::Part::Comment(text) => return note_comment(text, &mut self.comments),
            events::Part::Open(is_map, anchor, tag) => {
                return self.open.push(Collection { is_map, anchor, tag, forms: Vec::new(), skips: false });
            }
            events::Part::Scalar(text, quoteless, anchor, tag) => {
                if let [root] = self.open.as_mut_slice()
                    && root.is_map
                    && root.forms.len() % 2 == 0
                    && skipped == Some(&*text)
                {
                    root.skips = true;
                }
                (scalar_form(&text, quoteless, &tag), anchor)
            }
            // An alias inside its own anchor names nothing.
            events::Part::Alias(id) => {
                (self.anchors.get(&id).cloned().unwrap_or_else(|| format!("*{id}")), 0)
            }
            events::Part::Close => {
                let Some(Collection { is_map, anchor, tag, forms, .. }) = self.open.pop() else { return };
                let inner = match is_map {
                    true => {
                        let mut forms = forms.into_iter();
                        pairs(std::iter::from_fn(|| Some((forms.next()?, forms.next()?))))
                    }
                    false => list(forms.into_iter()),
                };
                (if is_core(&tag) { inner } else { format!("{tag} {inner}") }, anchor)
            }
        };
        if anchor != 0 {
            self.anchors.insert(anchor, form.clone());
        }
        match self.open.last_mut() {
            None => self.root = form,
            Some(parent) => {
                parent.forms.push(form);
                if parent.skips && parent.forms.len() % 2 == 0 {
                    parent.forms.truncate(parent.forms.len() - 2);
                    parent.skips = false;
                }
            }
        }
    }
}

fn joined(forms: impl Iterator<Item = String>) -> String {
    // The dash tells a list of one element from that element alone.
    let digests: Vec<String> = forms.map(|form| digest(&format!("- {form}"))).collect();
    if digests.is_empty() { EMPTY.to_owned() } else { digests.join(",") }
}

/// The canonical form of a value that vmsc writes.
pub(super) fn canonical(value: &Yaml) -> String {
    match value {
        Yaml::Null | Yaml::Unset => "n".to_owned(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Int(value) => value.to_string(),
        Yaml::Float(_) => plain(&value.to_text(0, super::scalar::Guard::Nothing)),
        Yaml::String(text) | Yaml::Block(text) => string(text),
        Yaml::Raw(text) => match events::parse(text).ok().and_then(|document| document.root) {
            Some(node) => form(&node, &Anchors::new()),
            None => string(text),
        },
        Yaml::Tagged(tag, inner) => format!("{tag} {}", canonical(inner)),
        Yaml::List(items) => list(items.iter().map(canonical)),
        Yaml::Map(entries) => {
            let given = entries.iter().filter(|entry| !is_comment(entry));
            pairs(given.map(|entry| (string(&entry.key), canonical(&entry.value))))
        }
        Yaml::Within(within) => canonical(&within.node),
        Yaml::From(_, node) => canonical(node),
    }
}

fn target<'n>(node: &'n Node, anchors: &Anchors<'n>) -> &'n Node {
    match node.kind {
        Kind::Alias(id) => anchors.get(&id).copied().unwrap_or(node),
        _ => node,
    }
}

fn form(node: &Node, anchors: &Anchors) -> String {
    let inner = match &node.kind {
        Kind::Alias(id) => match anchors.get(id) {
            // An anchor counts as what it names; one inside itself names nothing.
            Some(target) if target.end <= node.start => return form(target, anchors),
            _ => return format!("*{id}"),
        },
        Kind::Scalar { text, plain: quoteless } => return scalar_form(text, *quoteless, &node.tag),
        Kind::List { items, .. } => list(items.iter().map(|item| form(item, anchors))),
        Kind::Map { entries, .. } => map(entries.iter(), anchors),
    };
    if is_core(&node.tag) { inner } else { format!("{} {inner}", node.tag) }
}

fn scalar_form(text: &str, quoteless: bool, tag: &str) -> String {
    let inner = match (tag, quoteless) {
        ("!" | "!!str" | "tag:yaml.org,2002:str", _) => return string(text),
        (_, true) => plain(text),
        (_, false) => string(text),
    };
    if is_core(tag) { inner } else { format!("{tag} {inner}") }
}

/// Whether a tag says no more than the value itself.
fn is_core(tag: &str) -> bool {
    let name = tag.strip_prefix("!!").or_else(|| tag.strip_prefix("tag:yaml.org,2002:"));
    matches!(tag, "" | "!") || matches!(name, Some("str" | "int" | "float" | "bool" | "null" | "map" | "seq"))
}

fn map<'n>(entries: impl Iterator<Item = &'n (Node, Node)>, anchors: &Anchors) -> String {
    pairs(entries.map(|(key, value)| (form(key, anchors), form(value, anchors))))
}

fn pairs(entries: impl Iterator<Item = (String, String)>) -> String {
    let mut entries: Vec<String> = entries.map(|(key, value)| format!("{key}: {value}")).collect();
    entries.sort();
    // A collection's form is short, so that aliases of aliases can't make it grow without end.
    if entries.is_empty() { "{}".to_owned() } else { format!("{{{}}}", digest(&entries.join("\n"))) }
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "[]".to_owned() } else { format!("[{}]", digest(&items.join("\n"))) }
}

fn string(text: &str) -> String {
    format!("{text:?}")
}

/// The form of a plain scalar: a string if no reader takes it for anything else.
fn plain(text: &str) -> String {
    let text = text.trim();
    match text {
        "" | "~" | "null" => "n".to_owned(),
        "true" | "false" => text.to_owned(),
        _ if is_integer(text) => text.to_owned(),
        _ if is_decimal(text) => text.trim_end_matches('0').trim_end_matches('.').to_owned() + ".",
        _ if is_ambiguous(text) => format!("?{text}"),
        _ => string(text),
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0"
        || !digits.starts_with('0') && !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    text.strip_prefix('-')
        .unwrap_or(text)
        .split_once('.')
        .is_some_and(|(whole, part)| digits(whole) && digits(part))
}

/// Whether readers of YAML 1.1 and 1.2 disagree about a plain scalar, or take it for no string: numbers
/// of any spelling, times, dates, and words such as `yes`.
fn is_ambiguous(text: &str) -> bool {
    let body = text.trim_start_matches(['-', '+']);
    let begins = body.starts_with(|c: char| c.is_ascii_digit())
        || body.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let of = |chars: &str| body.chars().all(|c| c.is_ascii_digit() || chars.contains(c));
    let based = |mark: &str, digits: fn(&char) -> bool| {
        let rest = body.to_ascii_lowercase();
        rest.strip_prefix(mark).is_some_and(|rest| rest.chars().all(|c| digits(&c) || c == '_'))
    };
    let exponent = || {
        let Some((number, exponent)) = body.split_once(['e', 'E']) else { return false };
        let power = exponent.trim_start_matches(['-', '+']);
        !number.is_empty()
            && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
            && power.chars().all(|c| c.is_ascii_digit())
    };
    let date = || {
        let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        digits == 4
            && body[digits..].starts_with('-')
            && body[digits + 1..].starts_with(|c: char| c.is_ascii_digit())
    };
    let number = begins && (of("_.:") && body.matches('.').count() < 2 || exponent() || date())
        || based("0x", char::is_ascii_hexdigit)
        || based("0o", char::is_ascii_digit)
        || based("0b", char::is_ascii_digit);
    number || is_word(body.trim_start_matches('.')) || matches!(text, "<<" | "=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::scalar::{Guard, quoted};

    fn of(text: &str) -> String {
        let document = events::parse(text).unwrap();
        let root = document.root.unwrap();
        let mut known = Anchors::new();
        anchors(&root, &mut known);
        digest_of_node(&root, &known)
    }

    #[test]
    fn layout_quotes_and_order_do_not_count() {
        for (a, b) in [
            ("30d", "\"30d\""),
            ("10Gi", "'10Gi'"),
            ("127.0.0.1:8428:8428", "\"127.0.0.1:8428:8428\""),
            ("metrics-store", "\"metrics-store\""),
            ("1.50", "1.5"),
            ("a: 1\nb: 2", "{b: 2, a: 1}"),
            ("[a, b]", "- \"a\"\n- b # c"),
            ("~", "null"),
            ("!!str 5", "\"5\""),
            ("x: &a [1]\ny: *a", "x: [1]\ny: [1]"),
        ] {
            assert_eq!(of(a), of(b), "{a} {b}");
        }
    }

    #[test]
    fn a_printed_file_has_the_digest_of_its_text() {
        let entries = vec![
            Entry::new("a", Yaml::Int(1)).comment("-- one\ntwo"),
            Entry::new("no", Yaml::Unset).comment("-- unset"),
            Entry::new(
                "b",
                Yaml::Map(vec![
                    Entry::new("c", Yaml::Unset).comment("inner"),
                    Entry::new("d", Yaml::strings(["x"])),
                ]),
            ),
            Entry::new("e", Yaml::Map(vec![Entry::new("f", Yaml::Unset)])),
            Entry::new("g", Yaml::List(vec![Yaml::map([("h", Yaml::string("yes"))])])),
        ];
        let text = Yaml::Map(entries.clone()).to_text(0, Guard::Nothing);
        assert_eq!(digest_of_file(&text, None).unwrap(), digest_of_printed(&entries), "{text}");
    }

    #[test]
    fn what_readers_disagree_about_equals_nothing_else() {
        let texts =
            ["yes", "1e3", "0x1F", "010", "12:30", "2026-01-02", "1_000", ".5", "+1", ".inf", "0o7", "True"];
        for text in texts {
            assert_ne!(of(text), of(&quoted(text, Guard::Nothing)), "{text}");
        }
        for (a, b) in
            [("1", "\"1\""), ("1", "1.0"), ("[a]", "a"), ("[]", "{}"), ("!o [a]", "[a]"), ("~", "\"\"")]
        {
            assert_ne!(of(a), of(b), "{a} {b}");
        }
    }

    #[test]
    fn a_value_has_the_digest_of_its_text() {
        let values = [
            Yaml::string("no"),
            Yaml::string("30d"),
            Yaml::Int(-3),
            Yaml::Float(1.0),
            Yaml::Float(0.25),
            Yaml::Bool(true),
            Yaml::Null,
            Yaml::Raw("\"127.0.0.1:80:80\"".into()),
            Yaml::Block("a\nb\n".into()),
            Yaml::Map(vec![]),
            Yaml::strings(["a", "yes"]),
            Yaml::Tagged("!override", Box::new(Yaml::map([("a", Yaml::Int(1))]))),
            Yaml::Tagged("!reset", Box::new(Yaml::Null)),
            Yaml::List(vec![Yaml::map([("b", Yaml::Int(1)), ("a", Yaml::strings(["x"]))])]),
        ];
        for value in values {
            if !matches!(value, Yaml::Tagged(..)) {
                assert_eq!(digest_of(&value), of(&value.to_text(0, Guard::Nothing)), "{value:?}");
            }
            let within = Yaml::map([("k", value)]);
            assert_eq!(digest_of(&within), of(&within.to_text(0, Guard::Nothing)), "{within:?}");
        }
        assert_eq!(digest_of(&Yaml::Map(vec![])), EMPTY_MAP);
        assert_eq!(elements(&digest_of(&Yaml::strings(["a", "b"]))).count(), 2);
        assert_eq!(elements(&digest_of(&Yaml::List(vec![]))).count(), 0);
    }
}
