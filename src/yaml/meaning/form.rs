//! The canonical form of values, whatever holds them: a parsed node, a tree to print, or JSON.

use super::digest::digest;
use crate::yaml::events::{self, Kind, Node};
use crate::yaml::scalar::{Guard, is_word};
use crate::yaml::write::{Entry, Yaml};
use std::collections::HashMap;

/// The anchored nodes of a document, by the parser's ids.
pub(in crate::yaml) type Anchors<'n> = HashMap<usize, &'n Node>;

/// Collects the anchored nodes below a node.
pub(in crate::yaml) fn anchors<'n>(node: &'n Node, found: &mut Anchors<'n>) {
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

/// The canonical form of a value that vmsc writes.
pub(super) fn canonical(value: &Yaml) -> String {
    match value {
        Yaml::Null | Yaml::Unset => "n".to_owned(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Int(value) => value.to_string(),
        Yaml::Float(_) => plain(&value.to_text(0, Guard::Nothing)),
        Yaml::String(text) | Yaml::Block(text) => string(text),
        Yaml::Raw(text) => match events::parse(text).ok().and_then(|document| document.root) {
            Some(node) => of_node(&node, &Anchors::new()),
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

/// Whether only the entry's key is printed, as a comment.
pub(super) fn is_comment(entry: &Entry) -> bool {
    *entry.value.plain() == Yaml::Unset
}

pub(super) fn target<'n>(node: &'n Node, anchors: &Anchors<'n>) -> &'n Node {
    match node.kind {
        Kind::Alias(id) => anchors.get(&id).copied().unwrap_or(node),
        _ => node,
    }
}

/// The canonical form of a node.
pub(super) fn of_node(node: &Node, anchors: &Anchors) -> String {
    let inner = match &node.kind {
        Kind::Alias(id) => match anchors.get(id) {
            // An anchor counts as what it names; one inside itself names nothing.
            Some(target) if target.end <= node.start => return of_node(target, anchors),
            _ => return format!("*{id}"),
        },
        Kind::Scalar { text, plain: quoteless } => return scalar_form(text, *quoteless, &node.tag),
        Kind::List { items, .. } => list(items.iter().map(|item| of_node(item, anchors))),
        Kind::Map { entries, .. } => map(entries.iter(), anchors),
    };
    if is_core(&node.tag) { inner } else { format!("{} {inner}", node.tag) }
}

pub(super) fn scalar_form(text: &str, quoteless: bool, tag: &str) -> String {
    let inner = match (tag, quoteless) {
        ("!" | "!!str" | "tag:yaml.org,2002:str", _) => return string(text),
        (_, true) => plain(text),
        (_, false) => string(text),
    };
    if is_core(tag) { inner } else { format!("{tag} {inner}") }
}

/// Whether a tag says no more than the value itself.
pub(super) fn is_core(tag: &str) -> bool {
    let name = tag.strip_prefix("!!").or_else(|| tag.strip_prefix("tag:yaml.org,2002:"));
    matches!(tag, "" | "!") || matches!(name, Some("str" | "int" | "float" | "bool" | "null" | "map" | "seq"))
}

fn map<'n>(entries: impl Iterator<Item = &'n (Node, Node)>, anchors: &Anchors) -> String {
    pairs(entries.map(|(key, value)| (of_node(key, anchors), of_node(value, anchors))))
}

pub(super) fn pairs(entries: impl Iterator<Item = (String, String)>) -> String {
    let mut entries: Vec<String> = entries.map(|(key, value)| format!("{key}: {value}")).collect();
    entries.sort();
    // A collection's form is short, so that aliases of aliases can't make it grow without end.
    if entries.is_empty() { "{}".to_owned() } else { format!("{{{}}}", digest(&entries.join("\n"))) }
}

pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "[]".to_owned() } else { format!("[{}]", digest(&items.join("\n"))) }
}

pub(super) fn string(text: &str) -> String {
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
