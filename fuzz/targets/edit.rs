//! An entry is set in any YAML file, or it is refused; set again it changes nothing, and every line
//! without it stays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vmsc::yaml::Yaml;
use vmsc::yaml::edit::Editor;

fuzz_target!(|input: (Vec<u8>, &str)| {
    let (keys, text) = input;
    let path: Vec<String> = keys.iter().take(3).map(|key| ["a", "b", "services", "name=x", "ü"][*key as usize % 5].to_owned()).collect();
    if path.is_empty() {
        return;
    }
    let value = Yaml::map([("k", Yaml::text("v")), ("l", Yaml::Int(1))]);
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
