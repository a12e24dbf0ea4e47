//! What compiles is built, and built to the same again. Settings are the entries of a stack.
#![no_main]

use camino::Utf8Path;
use libfuzzer_sys::fuzz_target;
use vmsc::compile::compile;
use vmsc::load::StackLocation;
use vmsc::project::plan::{Member, Options, plan};
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
        let mut members = [Member { compiled: &compiled, source: "stacks/m.vms", map: &mut map }];
        let (plan, reports) = plan(&mut members, root, &Options::default(), &mut SourceMap::default());
        (plan.changes, plan.record, format!("{reports:?}"))
    };
    assert_eq!(once(), once());
});
