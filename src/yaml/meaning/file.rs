//! The digests of whole files: their data and their comments.

use super::digest::{digest, hexadecimal};
use super::form::{canonical, is_comment, is_core, list, pairs, scalar_form, string};
use crate::yaml::events;
use crate::yaml::scalar::{self, Guard};
use crate::yaml::write::{Entry, Yaml};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

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

/// The digest of the JSON file of an object, given the object's form: as [`digest_of_file`] takes it.
pub fn digest_of_form(form: &str) -> String {
    finished(form, Sha256::new())
}

/// Adds the comments of an entry, in the order in which they are printed.
fn comments_of(entry: &Entry, comments: &mut Sha256) {
    entry.comment.iter().for_each(|line| note_comment(line, comments));
    if is_comment(entry) {
        note_comment(&format!("{}:", scalar::scalar(&entry.key, Guard::Nothing)), comments);
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
    let comments = hexadecimal(&comments.finalize());
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
