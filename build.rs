//! Parses, resolves and type-checks the built-in schema (`src/prelude/*.vms`) with vmsc's own stages, so
//! that vmsc does not have to on every run: it took half of a cold `vmsc check`.

// A build script fails by panicking, and reads and writes files.
#![allow(dead_code, unused_imports, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

// As in `src/lib.rs`.
extern crate alloc;

#[path = "src/source/mod.rs"]
mod source;

#[path = "src/diagnostics"]
mod diagnostics {
    #[path = "explain.rs"]
    pub mod explain;
    #[path = "report.rs"]
    mod report;
    #[path = "wording.rs"]
    pub mod wording;
    pub(crate) use report::pages;
    pub use report::{Code, Diagnostic, DiagnosticKind, Help, Label, Phase, Severity};
}

#[path = "src/yaml"]
mod yaml {
    #[path = "events.rs"]
    mod events;
    #[path = "located.rs"]
    pub mod located;
}

#[path = "src/stack_space.rs"]
mod stack_space;

#[path = "src/syntax/mod.rs"]
mod syntax;

#[path = "src/load/mod.rs"]
mod load;

#[path = "src/semantics/mod.rs"]
mod semantics;

use semantics::findings::Findings;
use semantics::names::{Builtins, Files, Skeleton, collect};
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let stages =
        ["diagnostics", "load", "prelude", "stack_space.rs", "semantics", "source", "syntax", "yaml"];
    for read in
        ["build.rs", "grammar"].map(str::to_owned).into_iter().chain(stages.map(|s| format!("src/{s}")))
    {
        println!("cargo::rerun-if-changed={read}");
    }
    let entries = fs::read_dir(root.join("src/prelude")).expect("the built-in schema is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "vms"));
    files.sort();
    let mut map = source::SourceMap::of_builtin();
    let mut trees = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("it can be read");
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let file = map.add(format!("the built-in {name}"), text);
        let (tree, diagnostics) = syntax::parse(file, &mut map);
        if let Some(problem) = diagnostics.first() {
            let place = problem.primary().map(|span| map.locate(span).1.start).unwrap_or_default();
            panic!("{}:{}: {}", path.display(), map.line_column(file, place).0, problem.title);
        }
        trees.push(tree);
    }
    let skeleton = skeleton(&trees, &map);
    let parsed = postcard::to_allocvec(&(map.into_sources(), trees, skeleton)).expect("it is plain data");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("prelude.bin"), parsed).expect("cargo's folder can be written");
}

/// Collects and checks the declarations, which must have no errors.
fn skeleton(trees: &[syntax::tree::Tree], map: &source::SourceMap) -> Skeleton {
    let (loaded, mut diagnostics) = (load::Loaded::default(), Vec::new());
    let mut findings = Findings::default().with(trees.iter().flat_map(syntax::tree::Tree::all_chunks));
    let files = Files { builtin: Builtins::Files(trees, ROOT), loaded: &loaded };
    let program = collect(files, &mut findings, &mut diagnostics).expect("it declares a stack's schema");
    semantics::check(&program, &mut findings, &mut diagnostics);
    if let Some(problem) = diagnostics.first() {
        let place = problem.primary().map(|span| map.locate(span));
        let place =
            place.map(|(file, range)| (map.file(file).name.clone(), map.line_column(file, range.start)));
        panic!("{place:?}: {}", problem.title);
    }
    Skeleton::of(&program, &findings, trees)
}

/// The schema of a stack.
const ROOT: &str = "Stack";
