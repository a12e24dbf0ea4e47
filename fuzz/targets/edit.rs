//! An entry is set in any YAML file, or it is refused; set again it changes nothing, and every line
//! without it stays.
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
    if editor.set(&[(&path, &value)]).is_err() {
        assert_eq!(editor.text(), text, "what is refused stays");
        return;
    }
    let once = editor.into_text();
    let mut again = Editor::new(once.clone()).expect("what is edited can be read");
    assert!(again.says(&path, &value), "{once}");
    again.set(&[(&path, &value)]).expect("what is set can be set again");
    assert_eq!(again.text(), once);
});
