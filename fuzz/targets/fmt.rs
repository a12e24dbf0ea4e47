//! Formatting changes no meaning, and is done once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vmsc::source::SourceMap;
use vmsc::syntax::{format, parse, tree::Tree};

fn parsed(text: &str) -> Option<Tree> {
    let mut map = SourceMap::default();
    let file = map.add("a.vms", text);
    let (tree, diagnostics) = parse(file, &mut map);
    diagnostics.is_empty().then_some(tree)
}

fuzz_target!(|text: &str| {
    let Some(tree) = parsed(text) else { return };
    let formatted = format::format(text);
    let after = parsed(&formatted).expect("what is formatted parses");
    assert!(format::same(&tree, &after), "{formatted}");
    assert_eq!(format::format(&formatted), formatted);
});
