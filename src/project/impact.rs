//! The impact of a setting: the lines of the outputs that change with it.

use super::origins::{OutputMap, Path};
use crate::compile::Compiled;
use crate::semantics::data::{Layer, Value, ValueKind};
use crate::semantics::formula::{Base, Formula, Shape};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The lines (from 0) of each output that a setting affects in the stack or in a profile: those that come
/// from it, and those of settings computed from it.
pub fn impact<'m>(
    map: &'m OutputMap,
    compiled: &Compiled,
    variant: usize,
    shape: &Shape,
    setting: &[String],
) -> BTreeMap<&'m str, Vec<usize>> {
    let Some(own) = compiled.variants.get(variant) else { return BTreeMap::new() };
    let mut found = BTreeSet::new();
    let (mut open, mut known) = (vec![setting.to_vec()], BTreeSet::new());
    while let Some(path) = open.pop() {
        if !known.insert(path.clone()) {
            continue;
        }
        let value = at(&own.values, &path);
        // A file shared by all profiles holds the stack's value, which a profile may override.
        let shared = variant == 0 || value == at(&compiled.variants[0].values, &path);
        let holds = |profile: Option<&str>| match profile {
            None => shared,
            Some(profile) => own.profile.as_deref() == Some(profile),
        };
        found.extend(map.lines_of(&path, &holds));
        computed_from(shape, &own.values, &path, &mut open);
    }
    let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (file, line) in found {
        files.entry(file).or_default().push(line);
    }
    files
}

fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// Collects the settings left at a default that is computed from this one.
fn computed_from(shape: &Shape, values: &Value, setting: &[String], found: &mut Vec<Path>) {
    let asked = |base: Base, path: &[Rc<str>], record: &[String]| {
        let mut full = if base == Base::Record { record.to_vec() } else { Vec::new() };
        full.extend(path.iter().map(|name| name.to_string()));
        full.starts_with(setting) || setting.starts_with(&full)
    };
    each_default(shape, values, &mut Vec::new(), &mut |path, formula| {
        let (_, record) = path.split_last().unwrap_or((&path[0], &[]));
        if formula.asks(|base, asks| asked(base, asks, record)) {
            found.push(path.to_vec());
        }
    });
}

/// Calls `visit` with each setting that is left at a computed default.
fn each_default(shape: &Shape, record: &Value, path: &mut Path, visit: &mut dyn FnMut(&[String], &Formula)) {
    for field in &shape.fields {
        let Some(value) = record.get(&field.name) else { continue };
        path.push(field.name.clone());
        if let Some(default) = field.default.as_ref().filter(|_| value.layer == Layer::Default) {
            visit(path, &default.formula);
        }
        match (&field.inside, field.ty.is_map(), &value.kind) {
            (Some(inside), true, ValueKind::Record(entries)) => {
                for (key, entry) in entries.iter() {
                    path.push(key.to_string());
                    each_default(inside, entry, path, visit);
                    path.pop();
                }
            }
            (Some(inside), false, _) => each_default(inside, value, path, visit),
            _ => {}
        }
        path.pop();
    }
}
