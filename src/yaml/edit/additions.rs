//! Entries to add, gathered by the node that they are added to.

use super::super::path::Segment;
use super::super::write::{Entry, Yaml};

/// What to add to one node: entries of a map, or elements of a list.
pub(super) type Additions = Vec<Addition>;

/// An entry or an element to add.
pub(super) struct Addition {
    pub(super) at: Segment,
    pub(super) value: Yaml,
}

/// Combines additions into one value: a list if they are list elements, else a map.
pub(super) fn nested(additions: &Additions) -> Yaml {
    let entry = |addition: &Addition| Some(Entry::new(addition.at.key()?, addition.value.clone()));
    match additions.iter().map(entry).collect::<Option<Vec<Entry>>>() {
        Some(entries) => Yaml::Map(entries),
        None => Yaml::List(additions.iter().map(|addition| addition.value.clone()).collect()),
    }
}

/// Adds a value, with the missing part of its path.
pub(super) fn add(additions: &mut Additions, missing: &[Segment], value: &Yaml) {
    let Some((first, rest)) = missing.split_first() else { return };
    // Entries of the same map are consecutive, so the last addition is the map to add to.
    if let Some(last) = additions.last_mut()
        && last.at == *first
        && add_below(&mut last.value, rest, value)
    {
        return;
    }
    additions.push(Addition { at: first.clone(), value: wrapped(rest, value) });
}

/// Adds a value inside another added value; returns false if it does not fit there.
fn add_below(target: &mut Yaml, missing: &[Segment], value: &Yaml) -> bool {
    match (target, missing) {
        (Yaml::Map(entries), [Segment::Key(key), rest @ ..]) => {
            let added = match entries.last_mut() {
                Some(last) if last.key == *key => add_below(&mut last.value, rest, value),
                _ => false,
            };
            if !added {
                entries.push(Entry::new(key, wrapped(rest, value)));
            }
            true
        }
        (Yaml::List(items), [Segment::Named(name), rest @ ..]) => {
            let same = |item: &Yaml| {
                let Yaml::Map(entries) = item else { return false };
                entries.iter().any(|e| e.key == "name" && *e.value.plain() == Yaml::string(name))
            };
            let added = match items.last_mut().filter(|last| same(last)) {
                Some(last) if !rest.is_empty() => add_below(last, rest, value),
                _ => false,
            };
            if !added {
                items.push(wrapped(rest, value));
            }
            true
        }
        _ => false,
    }
}

/// Wraps a value in the maps and lists of its path.
fn wrapped(path: &[Segment], value: &Yaml) -> Yaml {
    path.iter().rev().fold(value.clone(), |inner, segment| match segment {
        Segment::Named(_) => Yaml::List(vec![inner]),
        Segment::Key(key) => Yaml::map([(key.as_str(), inner)]),
    })
}
