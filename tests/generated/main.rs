//! Generated stacks compile, and together they give every setting.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod stacks;
mod values;

use std::collections::BTreeMap;
use std::fs;
use vmsc::compile::{builtin, compile};
use vmsc::load::StackLocation;
use vmsc::semantics::formula::Shape;
use vmsc::source::SourceMap;

/// The paths of the settings, as `docs/settings.md` lists them.
fn settings(shape: &Shape, path: &str, found: &mut Vec<String>) {
    for field in &shape.fields {
        let name = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        match &field.inside {
            Some(inside) if field.ty.is_map() => {
                settings(inside, &format!("{name}.NAME"), found);
                found.push(name);
            }
            Some(inside) => settings(inside, &name, found),
            None => found.push(name),
        }
    }
}

#[test]
fn every_setting_is_given_in_many_stacks() {
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..10_000 {
        stacks::project(seed).given.into_iter().for_each(|name| *given.entry(name).or_default() += 1);
    }
    let mut all = Vec::new();
    settings(&builtin(), "", &mut all);
    let rare: Vec<(&String, usize)> = all
        .iter()
        .map(|name| (name, given.get(name).copied().unwrap_or_default()))
        .filter(|(_, count)| *count < 50)
        .collect();
    assert!(rare.is_empty(), "given in fewer than 50 stacks: {rare:?}");
}

#[test]
fn nearly_every_generated_stack_compiles() {
    const STACKS: u64 = 200;
    let folder = tempfile::tempdir().unwrap();
    let root = camino::Utf8PathBuf::from_path_buf(fs::canonicalize(folder.path()).unwrap()).unwrap();
    fs::create_dir(root.join("stacks")).unwrap();
    let mut compiled = 0;
    for seed in 0..STACKS {
        let project = stacks::project(seed);
        for (path, text) in project.files.iter().filter(|(path, _)| path.starts_with("stacks/")) {
            fs::write(root.join(path), text).unwrap();
        }
        let mut map = SourceMap::default();
        let file = map.add("stacks/generated.vms", project.stack);
        let (folder, stack) = (root.join("stacks"), root.join("stacks/generated.vms"));
        let outcome = compile(file, &StackLocation { root: root.clone(), folder, file: stack }, &mut map);
        assert_eq!(outcome.compiled.is_none(), outcome.reports.iter().any(|r| r.is_error()), "seed {seed}");
        compiled += u64::from(outcome.compiled.is_some());
    }
    assert!(compiled >= STACKS * 95 / 100, "{compiled} of {STACKS} compile");
}
