//! Any text is parsed, and every report points into it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vmsc::source::SourceMap;

fuzz_target!(|text: &str| {
    let mut map = SourceMap::default();
    let file = map.add("a.vms", text);
    let (_, reports) = vmsc::syntax::parse(file, &mut map);
    for span in reports.iter().flat_map(|report| &report.labels).map(|label| label.span) {
        let (file, range) = map.locate(span);
        assert!(map.file(file).text.get(range).is_some());
    }
});
