//! Any text is a record or is refused; a record is written as it was read. Any text has a digest or none,
//! and sides where it has conflict markers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vmsc::project::header;
use vmsc::project::owned::record::Owned;
use vmsc::source::markers;

fuzz_target!(|text: &str| {
    if let Ok(owned) = Owned::parse(text) {
        let written = owned.to_text();
        let again = Owned::parse(&written).expect("what is written can be read");
        assert_eq!(again, owned);
        assert_eq!(again.to_text(), written);
    }
    for path in ["a.yaml", "a.json", "README.md"] {
        let state = header::state(path, text);
        let dos = text.replace("\r\n", "\n").replace('\n', "\r\n");
        // A lone carriage return is text of its own.
        if !text.replace("\r\n", "").contains('\r') {
            assert_eq!(header::state(path, &dos), state, "{path}");
        }
    }
    let sides = markers::sides(text);
    assert_eq!(sides.len() == 1, markers::unresolved(text).is_none());
});
