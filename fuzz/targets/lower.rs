//! What compiles is built, and built to the same again. Settings are the entries of a stack.
#![no_main]

use camino::Utf8Path;
use libfuzzer_sys::fuzz_target;
use vmsc::compile::compile;
use vmsc::load::StackLocation;
use vmsc::project::plan::{Options, plan};
use vmsc::source::SourceMap;

fuzz_target!(|entries: &str| {
    let text = format!("stack m {{\n  version = v1.106.1\n{entries}\n}}\n");
    let mut map = SourceMap::default();
    let file = map.add("stacks/m.vms", text);
    let Some(compiled) = compile(file, &StackLocation::default(), &mut map).compiled else { return };
    // An empty folder: a build reads what is there, and nothing is written.
    let folder = tempfile::tempdir().expect("a folder");
    let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
    let mut once = || {
        let (plan, reports) = plan(&compiled, root, "stacks/m.vms", &Options::default(), &mut map);
        (plan.changes, format!("{reports:?}"))
    };
    assert_eq!(once(), once());
});
