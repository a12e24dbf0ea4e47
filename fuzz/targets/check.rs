//! Any text is compiled or reported, in every form of reports.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vmsc::compile::compile;
use vmsc::diagnostics::{github, json, sarif, short};
use vmsc::load::StackLocation;
use vmsc::source::SourceMap;

fuzz_target!(|text: &str| {
    let mut map = SourceMap::default();
    let file = map.add("a.vms", text);
    let outcome = compile(file, &StackLocation::default(), &mut map);
    let reports = &outcome.reports;
    assert!(outcome.compiled.is_some() || reports.iter().any(|report| report.is_error()));
    short::render(reports, &map);
    json::render(reports, &map);
    github::render(reports, &map);
    sarif::results(reports, &map);
});
