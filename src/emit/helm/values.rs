//! The subchart's `values.yaml`, the stack's settings in the umbrella's, and one values file per profile.

use super::{umbrella, values_file};
use crate::deploy::flags;
use crate::emit::{Build, Edit, yaml};
use crate::semantics::data::{Layer, Value, ValueKind};
use crate::semantics::formula::{Base, Field, Formula, Shape};
use crate::semantics::types::Type;
use crate::yaml::scalar::Guard;
use crate::yaml::{Entry, Segment, Traced, Yaml, meaning};
use std::collections::HashSet;

/// Every setting with its default; without an umbrella, with the stack's value.
pub(super) fn defaults(build: &Build) -> Traced {
    let values = build.defaults.unwrap_or(&build.base().values);
    let entries = entries(build, build.shape, Some(values), &[]);
    let digest = meaning::digest_of_printed(&entries);
    let mut out = Traced::default();
    for entry in entries {
        out.text.push('\n');
        out.append(Yaml::Map(vec![entry]).traced(0, Guard::Nothing));
    }
    Traced { digest: Some(digest), ..out }
}

fn entries(build: &Build, shape: &Shape, record: Option<&Value>, path: &[String]) -> Vec<Entry> {
    let of = |field: &Field| record.and_then(|record| record.get(&field.name));
    shape.values().map(|field| entry(build, field, of(field), path)).collect()
}

fn entry(build: &Build, field: &Field, value: Option<&Value>, path: &[String]) -> Entry {
    let mut path = path.to_vec();
    path.push(field.name.clone());
    let mut comment = field.told();
    if !comment.is_empty() {
        comment = format!("-- {comment}");
    }
    // What has no default is the stack's in any case: without it the chart alone would not render.
    let must = field.default.is_none() && !field.optional;
    let stated = build.defaults.and_then(|_| at(&build.base().values, &path)).filter(|_| must);
    let given = value.filter(|value| !missing(value));
    let from_stack = given.is_none() || build.defaults.is_none();
    let given = given.or(stated);
    let own = given.filter(|value| value.layer != Layer::Default || field.default.is_none());
    let node = match (&field.inside, field.ty.plain(), own) {
        (Some(inside), Type::Map(_), _) => records(build, inside, value, &path),
        (Some(inside), Type::Schema(_), _) if !field.optional => {
            Yaml::Map(entries(build, inside, value, &path))
        }
        (_, _, Some(value)) if from_stack => build.from_path(&path, leaf(build, field, &path, value)),
        (_, _, Some(value)) => leaf(build, field, &path, value),
        (_, _, None) => {
            if let Some(default) = &field.default {
                comment = format!("{comment}\nWhere it is not set: `{}`", default.text);
            }
            Yaml::Unset
        }
    };
    Entry::new(&field.name, node).comment(comment.trim_start_matches('\n'))
}

/// Whether there is no value, not even a default.
fn missing(value: &Value) -> bool {
    value.is_absent() || matches!(value.kind, ValueKind::Error)
}

/// Converts a value; additional flags use their program's spelling.
fn leaf(build: &Build, field: &Field, path: &[String], value: &Value) -> Yaml {
    let of = build.workloads().find(|of| path.first().is_some_and(|first| first == of.name));
    match (of.filter(|_| field.annotations.flags), &value.kind) {
        (Some(of), ValueKind::Record(record)) => Yaml::Map(
            record
                .iter()
                .map(|(flag, value)| Entry::new(&**flag, flags::spelled(of.program, flag, value)))
                .collect(),
        ),
        _ => yaml(value),
    }
}

/// The records of a map, from the stack alone and all profiles. The template contains every one of
/// them; those that only a profile adds are switched off here.
fn records(build: &Build, inside: &Shape, base: Option<&Value>, path: &[String]) -> Yaml {
    let entries = build.chart_keys(path).into_iter().map(|key| {
        let mut path = path.to_vec();
        path.push(key.to_owned());
        let own = base.and_then(|records| records.get(key));
        let mut entries = entries(build, inside, own, &path);
        if at(&build.base().values, &path).is_none() {
            let profile = build.profiles().iter().find_map(|profile| at(&profile.values, &path));
            for (entry, field) in entries.iter_mut().zip(inside.values()) {
                let must = field.default.is_none() && !field.optional;
                entry.value = match profile.and_then(|record| record.get(&field.name)) {
                    _ if field.annotations.switch => Yaml::Bool(false),
                    Some(value) if must => yaml(value),
                    _ => Yaml::Unset,
                };
            }
        }
        Entry::new(key, Yaml::Map(entries))
    });
    Yaml::Map(entries.collect())
}

fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// The stack's settings in the umbrella's values, and each profile's differences in its own file.
pub(super) fn edits(build: &Build) -> Vec<Edit> {
    let name = build.name();
    let mut edits = Vec::new();
    if let Some(parent) = umbrella(build) {
        let file = values_file(parent, None);
        // The switch of the subchart is always written to the umbrella, even if the stack does not
        // set it.
        let switches = build.shape.values().filter(|field| field.annotations.switch);
        let mut leaves: Leaves = switches
            .filter_map(|field| Some((vec![field.name.clone()], yaml(build.base().values.get(&field.name)?))))
            .collect();
        given(build, build.shape, &build.base().values, &mut Vec::new(), &mut leaves);
        leaves.dedup_by(|later, first| later.0 == first.0);
        edits.extend(
            leaves.into_iter().map(|(path, value)| edit(build, &file, Some(name), path, value, None)),
        );
    }
    for profile in build.profiles() {
        let key = umbrella(build).map(|_| name);
        let file = profile_file(build, profile.profile.as_deref().unwrap_or_default());
        let mut leaves = Vec::new();
        difference(
            build,
            build.shape,
            Some(&build.base().values),
            &profile.values,
            &mut Vec::new(),
            &mut leaves,
        );
        edits.extend(
            leaves
                .into_iter()
                .map(|(path, value)| edit(build, &file, key, path, value, profile.profile.as_deref())),
        );
    }
    edits
}

/// Path of a profile's values file.
pub(super) fn profile_file(build: &Build, profile: &str) -> String {
    let folder = umbrella(build).map_or_else(|| super::folder(build), str::to_owned);
    values_file(&folder, Some(profile))
}

fn edit(
    build: &Build,
    file: &str,
    key: Option<&str>,
    path: Vec<String>,
    value: Yaml,
    profile: Option<&str>,
) -> Edit {
    let value = build.from_path(&path, value);
    let path = key.map(str::to_owned).into_iter().chain(path).map(Segment::Key).collect();
    let profile = profile.map(str::to_owned);
    Edit { file: file.to_owned(), path, value, create: true, profile }
}

type Leaves = Vec<(Vec<String>, Yaml)>;

/// Collects the values that the stack itself sets, without defaults.
fn given(build: &Build, shape: &Shape, record: &Value, path: &mut Vec<String>, leaves: &mut Leaves) {
    for field in shape.values() {
        let Some(value) = record.get(&field.name) else { continue };
        path.push(field.name.clone());
        match (&field.inside, field.ty.plain(), &value.kind) {
            (Some(inside), Type::Schema(_), ValueKind::Record(_)) => {
                given(build, inside, value, path, leaves)
            }
            (Some(inside), Type::Map(_), ValueKind::Record(record)) => {
                let keys: HashSet<&str> = build.chart_keys(path).into_iter().collect();
                for (key, value) in record.iter().filter(|(key, _)| keys.contains(&***key)) {
                    path.push(key.to_string());
                    given(build, inside, value, path, leaves);
                    path.pop();
                }
            }
            // What the stack takes out of the defaults is null, which takes it out of Helm's too.
            _ if value.is_absent() => {
                let default = build.defaults.and_then(|defaults| at(defaults, path));
                leaves
                    .extend(default.filter(|default| !missing(default)).map(|_| (path.clone(), Yaml::Null)));
            }
            _ if value.layer == Layer::Default => {}
            _ => leaves.push((path.clone(), leaf(build, field, path, value))),
        }
        path.pop();
    }
}

/// Collects the settings in which a profile differs from the stack.
fn difference(
    build: &Build,
    shape: &Shape,
    base: Option<&Value>,
    value: &Value,
    path: &mut Vec<String>,
    leaves: &mut Leaves,
) {
    for field in shape.values() {
        let Some(own) = value.get(&field.name) else { continue };
        let other = base.and_then(|base| base.get(&field.name));
        path.push(field.name.clone());
        match (&field.inside, field.ty.plain()) {
            (Some(inside), Type::Schema(_)) if !field.optional => {
                difference(build, inside, other, own, path, leaves)
            }
            (Some(inside), Type::Map(_)) => map_difference(build, inside, other, own, path, leaves),
            _ if other.is_some_and(|other| other == own) => {}
            // The chart recomputes its own defaults, except those that depend on the build.
            _ if own.layer == Layer::Default
                && field.default.as_ref().is_some_and(|d| !asks_build(build, &d.formula)) => {}
            _ if own.layer == Layer::Default
                && other.is_none()
                && field.default.is_none()
                && !field.annotations.switch => {}
            _ => leaves.push((path.clone(), leaf(build, field, path, own))),
        }
        path.pop();
    }
}

fn map_difference(
    build: &Build,
    inside: &Shape,
    base: Option<&Value>,
    value: &Value,
    path: &mut Vec<String>,
    leaves: &mut Leaves,
) {
    let ValueKind::Record(record) = &value.kind else { return };
    let keys: HashSet<&str> = build.chart_keys(path).into_iter().collect();
    for (key, own) in record.iter().filter(|(key, _)| keys.contains(&***key)) {
        path.push(key.to_string());
        difference(build, inside, base.and_then(|base| base.get(key)), own, path, leaves);
        path.pop();
    }
    if let Some(ValueKind::Record(before)) = base.map(|base| &base.kind) {
        // A job that a profile removes stays in the template, switched off.
        for gone in before.keys().filter(|key| record.get(key).is_none() && keys.contains(&***key)) {
            for switch in inside.values().filter(|field| field.annotations.switch) {
                let path =
                    path.iter().chain([gone.to_string(), switch.name.clone()].iter()).cloned().collect();
                leaves.push((path, Yaml::Bool(false)));
            }
        }
    }
}

/// Whether a formula reads a setting that shapes the build.
fn asks_build(build: &Build, formula: &Formula) -> bool {
    formula.asks(|base, path| {
        let field = path.first().and_then(|name| build.shape.field(std::slice::from_ref(name)));
        base == Base::Root && field.is_some_and(|field| field.annotations.build)
    })
}
