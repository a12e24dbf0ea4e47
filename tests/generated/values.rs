//! The subchart's values, those of the umbrella and those of a profile together are the evaluated stack.

use crate::stacks;
use camino::Utf8PathBuf;
use serde_json::Value as Json;
use std::fs;
use vmsc::compile::{Compiled, compile};
use vmsc::deploy::platform::Platform;
use vmsc::emit::{self, Variant};
use vmsc::load::StackLocation;
use vmsc::project::header;
use vmsc::project::plan::{Member, Options, Plan, plan};
use vmsc::semantics::data::{Layer, Value, ValueKind};
use vmsc::semantics::formula::Shape;
use vmsc::source::SourceMap;

const STACKS: u64 = 200;

/// Lays values over others as Helm does: maps are merged, and null takes a key out.
fn lay(over: Json, base: &mut Json) {
    match (over, base) {
        (Json::Object(over), Json::Object(base)) => {
            for (key, value) in over {
                match value {
                    Json::Null => drop(base.shift_remove(&key)),
                    value => lay(value, base.entry(key).or_insert(Json::Null)),
                }
            }
        }
        (over, base) => *base = over,
    }
}

/// What differs between the evaluated settings and what Helm gives the chart.
fn differences(
    shape: &Shape,
    own: &Value,
    helm: &Json,
    path: &str,
    base: &Value,
    variant: &Variant,
    found: &mut Vec<String>,
) {
    for field in shape.values() {
        let path = format!("{path}.{}", field.name);
        let (value, given) = (own.get(&field.name), helm.get(&field.name).filter(|given| !given.is_null()));
        match (&field.inside, value.map(|value| &value.kind)) {
            (Some(inside), Some(ValueKind::Record(records))) if field.ty.is_map() => {
                let jobs = &variant.deployment.jobs;
                let here = |key: &str| {
                    jobs.iter().any(|job| *job.name == *key && job.platforms.contains(&Platform::Kubernetes))
                };
                for (key, record) in records.iter() {
                    match given.and_then(|given| given.get(&**key)) {
                        Some(given) => {
                            differences(inside, record, given, &format!("{path}.{key}"), base, variant, found)
                        }
                        None if path == ".scrape.job" && !here(key) => {}
                        None => found.push(format!("{path}.{key} is missing")),
                    }
                }
                for (key, given) in given.and_then(Json::as_object).into_iter().flatten() {
                    let off = given.get("enabled") == Some(&Json::Bool(false));
                    if records.get(key).is_none() && !off {
                        found.push(format!("{path}.{key} is on"));
                    }
                }
            }
            (Some(inside), Some(ValueKind::Record(_))) if !field.optional => {
                differences(
                    inside,
                    value.unwrap(),
                    given.unwrap_or(&Json::Null),
                    &path,
                    base,
                    variant,
                    found,
                );
            }
            // Flags are spelled as their program takes them.
            _ if field.annotations.flags => {}
            _ => {
                let wanted = value.filter(|value| !value.is_absent());
                // A profile may set what a computed default is anyway.
                let at = path.split('.').skip(1).try_fold(base, |value, name| value.get(name));
                let defaulted = |value: &Value| {
                    value.layer == Layer::Default
                        || at.is_some_and(|base| base == value && base.layer == Layer::Default)
                };
                let computed = wanted.is_some_and(defaulted) && field.default.is_some();
                let expected = wanted.map(emit::json);
                if given != expected.as_ref() && !(given.is_none() && computed) {
                    found.push(format!("{path}: {given:?} for {expected:?}"));
                }
            }
        }
    }
}

fn planned(compiled: &Compiled, root: &Utf8PathBuf, map: &mut SourceMap) -> Plan {
    let mut members = [Member { compiled, source: "stacks/generated.vms", map }];
    plan(&mut members, root, &Options { force: true, ..Options::default() }, &mut SourceMap::default()).0
}

#[test]
#[expect(clippy::too_many_lines, reason = "what Helm is given is put together in one place")]
fn values_together_are_the_evaluated_stack() {
    let mut compared = 0;
    for seed in 0..STACKS {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(fs::canonicalize(folder.path()).unwrap()).unwrap();
        let project = stacks::project(seed);
        for (path, text) in &project.files {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
        fs::create_dir_all(root.join("stacks")).unwrap();
        let mut map = SourceMap::default();
        let file = map.add("stacks/generated.vms", project.stack);
        let place = StackLocation {
            root: root.clone(),
            folder: root.join("stacks"),
            file: root.join("stacks/generated.vms"),
        };
        let Some(compiled) = compile(file, &place, &mut map).compiled else { continue };
        let plan = planned(&compiled, &root, &mut map);
        // A digest that was taken of a tree is that of its text.
        for change in &plan.changes {
            let text = change.after.as_deref().unwrap_or_default();
            let state = header::state(&change.path, text);
            assert!(
                header::Header::line(text).is_none() || state == header::State::Untouched,
                "seed {seed}: {}",
                change.path
            );
        }
        let text = |path: &str| {
            plan.changes.iter().find(|change| change.path == path).and_then(|change| change.after.clone())
        };
        let name = &compiled.variants[0].deployment.name;
        let parent = compiled.variants[0]
            .deployment
            .stack
            .chart
            .parent
            .as_ref()
            .map(|parent| parent.value.to_string());
        let folder =
            parent.as_ref().map_or(format!("charts/{name}"), |parent| format!("{parent}/charts/{name}"));
        let yaml = |path: String| -> Json {
            serde_yaml::from_str(&text(&path).unwrap_or_default()).unwrap_or_default()
        };
        let below = |values: Json| {
            if parent.is_some() { values.get(name).cloned().unwrap_or(Json::Null) } else { values }
        };
        let home = parent.clone().unwrap_or_else(|| folder.clone());
        let mut base = yaml(format!("{folder}/values.yaml"));
        if parent.is_some() {
            lay(below(yaml(format!("{home}/values.yaml"))), &mut base);
        }
        let shape = compiled.analysis.shape(&map);
        for variant in &compiled.variants {
            let mut helm = base.clone();
            if let Some(profile) = &variant.profile {
                let over = below(yaml(format!("{home}/values-{profile}.yaml")));
                if !over.is_null() {
                    lay(over, &mut helm);
                }
            }
            let mut found = Vec::new();
            differences(
                &shape,
                &variant.values,
                &helm,
                "",
                &compiled.variants[0].values,
                variant,
                &mut found,
            );
            assert!(found.is_empty(), "seed {seed}, profile {:?}:\n{}", variant.profile, found.join("\n"));
            compared += 1;
        }
    }
    assert!(compared > STACKS, "{compared}");
}
