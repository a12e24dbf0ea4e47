//! An entry is set in any YAML file, or it is refused; set again it changes nothing, and taken out again it
//! leaves the file as it was, byte for byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vmsc::yaml::Yaml;
use vmsc::yaml::edit::Editor;
use vmsc::yaml::path::Segment;

fuzz_target!(|input: (Vec<u8>, &str)| {
    let (keys, text) = input;
    let segment = |key: &u8| match key % 5 {
        3 => Segment::Named("x".to_owned()),
        key => Segment::Key(["a", "b", "services", "", "ü"][usize::from(key)].to_owned()),
    };
    let path: Vec<Segment> = keys.iter().take(3).map(segment).collect();
    if path.is_empty() {
        return;
    }
    let value = Yaml::map([("k", Yaml::string("v")), ("l", Yaml::Int(1))]);
    let Ok(mut editor) = Editor::new(text.to_owned()) else { return };
    let was_there = editor.find(&path).is_ok_and(|found| found.is_some());
    let filled = match editor.set(&[(&path, &value)]) {
        Ok(filled) => filled,
        Err(_) => {
            assert_eq!(editor.into_text(), text, "what is refused stays");
            return;
        }
    };
    let once = editor.into_text();
    let mut again = Editor::new(once.clone()).expect("what is edited can be read");
    assert!(again.says(&path, &value), "{once}");
    again.set(&[(&path, &value)]).expect("what is set can be set again");
    assert_eq!(again.into_text(), once);
    if was_there {
        return;
    }
    let mut gone = Editor::new(once.clone()).expect("what is edited can be read");
    match gone.remove(&[&path], &filled) {
        Ok(true) => assert_eq!(text, ""),
        // A refusal keeps the file; it is no loss.
        // A lone `?` is a key that nothing can be added below.
        Ok(false) if text.contains('?') => {}
        Ok(false) => assert!(gone.into_text() == text || !text.ends_with('\n'), "{text:?}\n{once:?}"),
        Err(_) => {}
    }
});
