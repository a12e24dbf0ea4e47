//! Parses the built-in schema (`src/prelude/*.vms`) with vmsc's own parser, so that no run of vmsc
//! has to: half of a cold `vmsc check` went there.

// A build script ends by a panic, and reads and writes files.
#![allow(dead_code, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

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
    pub use report::{Page, Phase, Report};
}

#[path = "src/syntax/mod.rs"]
mod syntax;

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    for read in ["build.rs", "grammar", "src/diagnostics", "src/prelude", "src/source", "src/syntax"] {
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
        let (tree, problems) = syntax::parse(file, &mut map);
        if let Some(problem) = problems.first() {
            let place = problem.primary().map(|span| map.locate(span).1.start).unwrap_or_default();
            panic!("{}:{}: {}", path.display(), map.line_column(file, place).0, problem.title);
        }
        trees.push(tree);
    }
    let parsed = postcard::to_allocvec(&(map.into_sources(), trees)).expect("a tree is plain data");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("prelude.bin"), parsed).expect("cargo's folder can be written");
}
