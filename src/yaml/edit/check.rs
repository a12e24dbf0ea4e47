//! Checks that edits did what was intended and nothing else, by parsing and comparing the result.

use super::super::events::{Document, Node, Plain};
use super::super::path::Segment;
use std::collections::{HashMap, HashSet};

/// A set of paths, as a tree of segments.
#[derive(Debug, Default)]
pub(super) struct Paths<'p> {
    /// The paths below each segment.
    pub(super) below: HashMap<&'p Segment, Paths<'p>>,
    /// Whether a path ends here.
    pub(super) ends: bool,
}

impl<'p> Paths<'p> {
    /// Builds the tree of some paths.
    pub(super) fn of(paths: impl IntoIterator<Item = &'p [Segment]>) -> Paths<'p> {
        let mut root = Paths::default();
        for path in paths {
            let mut at = &mut root;
            for segment in path {
                at = at.below.entry(segment).or_default();
            }
            at.ends = true;
        }
        root
    }

    /// The subtree below a map key.
    pub(super) fn of_key(&self, key: Option<&str>) -> Option<&Paths<'p>> {
        self.below.get(&Segment::from(key?))
    }

    /// The subtree below a list element.
    pub(super) fn of_item(&self, name: Option<&str>) -> Option<&Paths<'p>> {
        self.below.get(&Segment::Named(name?.to_owned()))
    }
}

/// Whether two documents are equal except for the entries at some paths and the maps that only lead to them.
pub(super) fn same_beside(old: &Document, new: &Document, paths: &Paths) -> bool {
    let mut plain = HashSet::new();
    if let Some(root) = &old.root {
        names_without_alias(&root.plain(), &mut plain);
    }
    let rest = |document: &Document| {
        let rest = document.root.as_ref().and_then(|root| beside(Node::plain(root), paths, &plain));
        rest.filter(|plain| !is_empty(plain))
    };
    rest(old) == rest(new)
}

/// Whether the text after the first document is unchanged.
pub(super) fn same_tail(before: &str, old: &Document, after: &str, new: &Document) -> bool {
    let tail = |text: &str, end: usize| text[end.min(text.len())..].trim_start().to_owned();
    tail(before, old.end) == tail(after, new.end)
}

/// Whether every comment is still there, wherever it stands now.
pub(super) fn same_comments(before: &str, old: &Document, after: &str, new: &Document) -> bool {
    let all = |text: &str, document: &Document| {
        let texts = document.comments.iter().map(|comment| text[comment.clone()].trim_end().to_owned());
        let mut texts: Vec<String> = texts.collect();
        texts.sort();
        texts
    };
    all(before, old) == all(after, new)
}

/// The tree without the entries at some paths; `None` if nothing else is in it.
fn beside(plain: Plain, paths: &Paths, known: &HashSet<String>) -> Option<Plain> {
    if paths.ends {
        return None;
    }
    if paths.below.is_empty() {
        return Some(plain);
    }
    match plain {
        Plain::Map(entries, tag) => {
            let kept = entries.into_iter().filter_map(|(key, value)| {
                let inner = match &key {
                    Plain::Scalar(text, ..) => paths.of_key(Some(text)),
                    _ => None,
                };
                match inner {
                    None => Some((key, value)),
                    Some(inner) => {
                        let rest = beside(value, inner, known).filter(|rest| !is_empty(rest))?;
                        Some((key, rest))
                    }
                }
            });
            let kept: Vec<_> = kept.collect();
            (!kept.is_empty()).then_some(Plain::Map(kept, tag))
        }
        Plain::List(items, tag) => {
            let kept =
                items.into_iter().filter_map(|item| match paths.of_item(named(&item, known).as_deref()) {
                    None => Some(item),
                    Some(inner) => beside(item, inner, known),
                });
            let kept: Vec<_> = kept.collect();
            (!kept.is_empty()).then_some(Plain::List(kept, tag))
        }
        other => Some(other),
    }
}

/// Collects the names of all list elements without an alias.
fn names_without_alias(plain: &Plain, found: &mut HashSet<String>) {
    match plain {
        Plain::List(items, _) => {
            for item in items {
                found.extend(text_at(item, "name").filter(|_| text_at(item, "alias").is_none()));
                names_without_alias(item, found);
            }
        }
        Plain::Map(entries, _) => entries.iter().for_each(|(_, value)| names_without_alias(value, found)),
        _ => {}
    }
}

/// The name that an element is known by; `plain` are those of elements without an alias.
fn named(item: &Plain, plain: &HashSet<String>) -> Option<String> {
    let name = text_at(item, "name")?;
    (text_at(item, "alias").is_none() || !plain.contains(&name)).then_some(name)
}

fn text_at(item: &Plain, key: &str) -> Option<String> {
    let Plain::Map(entries, _) = item else { return None };
    entries.iter().find_map(|(k, v)| match (k, v) {
        (Plain::Scalar(k, ..), Plain::Scalar(v, ..)) if k == key => Some(v.clone()),
        _ => None,
    })
}

fn is_empty(plain: &Plain) -> bool {
    match plain {
        Plain::Map(entries, _) => entries.is_empty(),
        Plain::List(items, _) => items.is_empty(),
        Plain::Scalar(text, plain, _) => text.is_empty() && *plain,
        Plain::Alias(_) => false,
    }
}
