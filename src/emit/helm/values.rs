//! `values.yaml` of the subchart, the stack's leaves in the umbrella's, and a file a profile.

use super::scrape::all_jobs;
use super::umbrella;
use crate::deploy::flags;
use crate::emit::{Build, Edit, Variant, yaml};
use crate::semantics::data::{Kind, Layer, Value};
use crate::semantics::formula::{Base, Field, Formula, FormulaKind, Shape};
use crate::semantics::types::Type;
use crate::yaml::scalar::Guard;
use crate::yaml::{Entry, Segment, Yaml};

/// Every option with its default or the stack's value.
pub(super) fn defaults(build: &Build) -> String {
    let entries = entries(build, build.shape, Some(&build.base().values), &[]);
    let mut out = String::new();
    for entry in entries {
        out.push('\n');
        out.push_str(&Yaml::Map(vec![entry]).to_text(0, Guard::Nothing));
    }
    out
}

fn entries(build: &Build, shape: &Shape, record: Option<&Value>, path: &[String]) -> Vec<Entry> {
    let fields = shape.fields.iter().filter(|field| !field.build);
    fields.map(|field| entry(build, field, record.and_then(|r| r.get(&field.name)), path)).collect()
}

fn entry(build: &Build, field: &Field, value: Option<&Value>, path: &[String]) -> Entry {
    let mut path = path.to_vec();
    path.push(field.name.clone());
    let mut comment = field.doc.clone();
    if !comment.is_empty() {
        comment = format!("-- {comment}");
    }
    let given = value.filter(|value| !value.is_absent());
    let own = given.filter(|value| value.layer != Layer::Default || field.default.is_none());
    let node = match (&field.inside, field.ty.plain(), own) {
        (Some(_), Type::Map(_), _) if path == ["scrape", "job"] => jobs(build, field),
        (Some(inside), Type::Schema(_), _) if !field.optional => {
            Yaml::Map(entries(build, inside, value, &path))
        }
        (_, _, Some(value)) => leaf(&path, value),
        (_, _, None) => {
            if let Some(default) = &field.default {
                comment = format!("{comment}\nWhere it is not set: `{}`", default.text);
            }
            Yaml::Unset
        }
    };
    Entry::new(&field.name, node).comment(comment.trim_start_matches('\n'))
}

/// A value; more flags in the spelling of their program.
fn leaf(path: &[String], value: &Value) -> Yaml {
    let component = match path {
        [program, args] if args == "extraArgs" => {
            Some(if program == "server" { "server" } else { "vmagent" })
        }
        _ => None,
    };
    match (component, &value.kind) {
        (Some(component), Kind::Record(record)) => Yaml::Map(
            record
                .iter()
                .map(|(flag, value)| Entry::new(&**flag, flags::spelled(component, flag, value)))
                .collect(),
        ),
        _ => yaml(value),
    }
}

/// The jobs of base and all profiles; those of a profile are switched off here.
fn jobs(build: &Build, field: &Field) -> Yaml {
    let Some(inside) = &field.inside else { return Yaml::Map(Vec::new()) };
    let base = build.base().values.get("scrape").and_then(|s| s.get("job"));
    let entries = all_jobs(build).into_iter().map(|job| {
        let own = base.and_then(|jobs| jobs.get(&job.name));
        let path = ["scrape", "job", &job.name].map(str::to_owned);
        let mut entries = entries(build, inside, own, &path);
        if own.is_none() {
            for entry in &mut entries {
                entry.value = match entry.key.as_str() {
                    "enabled" => Yaml::Bool(false),
                    "path" => Yaml::text(&*job.path),
                    _ => Yaml::Unset,
                };
            }
        }
        Entry::new(&*job.name, Yaml::Map(entries))
    });
    Yaml::Map(entries.collect())
}

/// The stack's leaves in the umbrella's values, and each profile's difference in a file of its own.
pub(super) fn edits(build: &Build) -> Vec<Edit> {
    let name = build.name();
    let mut edits = Vec::new();
    if let Some(parent) = umbrella(build) {
        let file = format!("{parent}/values.yaml");
        let mut leaves = vec![(vec!["enabled".to_owned()], Yaml::Bool(enabled(build.base())))];
        given(build.shape, &build.base().values, &mut Vec::new(), &mut leaves);
        leaves.dedup_by(|later, first| later.0 == first.0);
        edits.extend(leaves.into_iter().map(|(path, value)| edit(&file, Some(name), path, value, None)));
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
            leaves.into_iter().map(|(path, value)| edit(&file, key, path, value, profile.profile.as_deref())),
        );
    }
    edits
}

/// The values file of a profile.
pub(super) fn profile_file(build: &Build, profile: &str) -> String {
    let folder = umbrella(build).map_or_else(|| super::folder(build), str::to_owned);
    format!("{folder}/values-{profile}.yaml")
}

fn enabled(variant: &Variant) -> bool {
    variant.deployment.stack.enabled.value
}

fn edit(file: &str, key: Option<&str>, path: Vec<String>, value: Yaml, profile: Option<&str>) -> Edit {
    let path = key.map(str::to_owned).into_iter().chain(path).map(Segment::Key).collect();
    let profile = profile.map(str::to_owned);
    Edit { file: file.to_owned(), path, value, shared: false, create: true, profile }
}

type Leaves = Vec<(Vec<String>, Yaml)>;

/// What the stack itself writes, none of the defaults.
fn given(shape: &Shape, record: &Value, path: &mut Vec<String>, leaves: &mut Leaves) {
    for field in shape.fields.iter().filter(|field| !field.build) {
        let Some(value) = record.get(&field.name) else { continue };
        path.push(field.name.clone());
        match (&field.inside, field.ty.plain(), &value.kind) {
            (Some(inside), Type::Schema(_), Kind::Record(_)) => given(inside, value, path, leaves),
            (Some(inside), Type::Map(_), Kind::Record(record)) => {
                for (key, value) in record.iter() {
                    path.push(key.to_string());
                    given(inside, value, path, leaves);
                    path.pop();
                }
            }
            _ if value.layer == Layer::Default || value.is_absent() => {}
            _ => leaves.push((path.clone(), leaf(path, value))),
        }
        path.pop();
    }
}

/// Where a profile's settings differ from the stack's.
fn difference(
    build: &Build,
    shape: &Shape,
    base: Option<&Value>,
    value: &Value,
    path: &mut Vec<String>,
    leaves: &mut Leaves,
) {
    for field in shape.fields.iter().filter(|field| !field.build) {
        let Some(own) = value.get(&field.name) else { continue };
        let other = base.and_then(|base| base.get(&field.name));
        path.push(field.name.clone());
        match (&field.inside, field.ty.plain()) {
            (Some(inside), Type::Schema(_)) if !field.optional => {
                difference(build, inside, other, own, path, leaves)
            }
            (Some(inside), Type::Map(_)) => map_difference(build, inside, other, own, path, leaves),
            _ if other.is_some_and(|other| other == own) => {}
            // What the chart computes follows by itself, unless it follows from the build.
            _ if own.layer == Layer::Default
                && field.default.as_ref().is_some_and(|d| !asks_build(build, &d.formula)) => {}
            _ if own.layer == Layer::Default
                && other.is_none()
                && field.default.is_none()
                && path.last().is_none_or(|last| last != "enabled") => {}
            _ => leaves.push((path.clone(), leaf(path, own))),
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
    let Kind::Record(record) = &value.kind else { return };
    for (key, own) in record.iter() {
        path.push(key.to_string());
        difference(build, inside, base.and_then(|base| base.get(key)), own, path, leaves);
        path.pop();
    }
    if let Some(Kind::Record(before)) = base.map(|base| &base.kind) {
        // A job that a profile takes away stays in the template, switched off.
        for gone in before.keys().filter(|key| record.get(key).is_none()) {
            let mut path = path.clone();
            path.extend([gone.to_string(), "enabled".to_owned()]);
            leaves.push((path, Yaml::Bool(false)));
        }
    }
}

/// Whether a formula asks a setting that shapes the build.
fn asks_build(build: &Build, formula: &Formula) -> bool {
    match &formula.kind {
        FormulaKind::Path(Base::Root, path) => path
            .first()
            .and_then(|name| build.shape.fields.iter().find(|f| f.name == **name))
            .is_some_and(|f| f.build),
        FormulaKind::Text(items) | FormulaKind::List(items) | FormulaKind::Call(_, items) => {
            items.iter().any(|item| asks_build(build, item))
        }
        FormulaKind::Infix(_, a, b) => asks_build(build, a) || asks_build(build, b),
        FormulaKind::Not(inner) => asks_build(build, inner),
        FormulaKind::If(a, b, c) => [a, b, c].into_iter().any(|f| asks_build(build, f)),
        FormulaKind::Literal(_) | FormulaKind::It | FormulaKind::Path(..) => false,
    }
}
