//! The canonical form of YAML values, and their digests.
//!
//! Two values with one canonical form are the same to every reader, whatever their quotes, their layout,
//! the order of their keys or their comments. The form belongs to format 1 of `vmsc.owned` and never
//! changes: a digest that an earlier release wrote must still fit.
//!
//! [`form`] has the form of each kind of value, [`digest`](mod@digest) hashes a text, [`file`](mod@file) has the
//! digests of whole files, with their comments.

mod digest;
mod file;
mod form;

use super::events::{Kind, Node};
use super::write::Yaml;
pub use digest::digest;
pub use file::{digest_of_file, digest_of_form, digest_of_printed};
pub(super) use form::{Anchors, anchors};
use form::{canonical, is_core, target};
pub use form::{form_of_json, form_of_object};

/// The digest of nothing: no value stands there.
pub const NOTHING: &str = "-";

/// The digest of an empty map.
pub const EMPTY_MAP: &str = "44136fa355b3678a";

/// The digest of an empty list.
const EMPTY: &str = "empty";

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
            joined(items.iter().map(|item| form::of_node(item, anchors)))
        }
        _ => digest(&form::of_node(node, anchors)),
    }
}

/// The digests of a list's elements, given the list's digest.
pub fn elements(digest: &str) -> impl Iterator<Item = &str> {
    digest.split(',').filter(|one| *one != EMPTY)
}

fn joined(forms: impl Iterator<Item = String>) -> String {
    // The dash tells a list of one element from that element alone.
    let digests: Vec<String> = forms.map(|form| digest(&format!("- {form}"))).collect();
    if digests.is_empty() { EMPTY.to_owned() } else { digests.join(",") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::events;
    use crate::yaml::scalar::{Guard, quoted};
    use crate::yaml::write::Entry;

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
