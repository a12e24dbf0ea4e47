//! What an editor offers is right where it is offered: completions, renames, actions, formatting.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
mod editor;

use common::dice::Dice;
use common::repository;
use editor::{Editor, Room};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use vmsc::compile::compile;
use vmsc::load::StackLocation;
use vmsc::source::SourceMap;

/// Stacks without errors that use much of the language; each is tried beside `services.vms`.
fn stacks() -> Vec<String> {
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    vec![read("stacks/victoriametrics.vms"), read("tests/analysis/whole.vms"), read("tests/editor/shop.vms")]
}

fn room() -> Room {
    let room = Room::new();
    room.write("stacks/services.vms", &fs::read_to_string(repository().join("stacks/services.vms")).unwrap());
    room
}

/// How often each code is reported of a stack's text.
fn reports(room: &Room, path: &Path, text: &str) -> BTreeMap<String, usize> {
    let mut map = SourceMap::default();
    let root = camino::Utf8PathBuf::from_path_buf(room.root()).unwrap();
    let file = camino::Utf8PathBuf::from_path_buf(path.to_owned()).unwrap();
    let place = StackLocation { folder: file.parent().unwrap().to_owned(), root, file };
    let id = map.add("stacks/a.vms", text);
    let mut found = BTreeMap::new();
    for report in compile(id, &place, &mut map).reports {
        *found.entry(format!("{} {}", report.code.0, report.title)).or_default() += 1;
    }
    found
}

/// The text with a completion taken, with its places as they are at first.
fn taken(editor: &Editor, text: &str, item: &Value) -> String {
    let mut edit = item["textEdit"].clone();
    if item["insertTextFormat"] == 2 {
        edit["newText"] = json!(plain(edit["newText"].as_str().unwrap()));
    }
    editor.applied(text, &[edit])
}

/// A snippet with its places as they are at first.
fn plain(snippet: &str) -> String {
    let mut out = String::new();
    let mut letters = snippet.chars().peekable();
    let mut depth = 0;
    while let Some(c) = letters.next() {
        match c {
            '\\' => out.extend(letters.next()),
            '$' if letters.peek() == Some(&'{') => {
                depth += 1;
                letters.by_ref().find(|c| *c == ':');
            }
            '$' => {
                letters.next();
            }
            '}' if depth > 0 => depth -= 1,
            c => out.push(c),
        }
    }
    out
}

/// Reports that a person expects of what they just wrote: something required is not there yet, a name is not
/// used yet, a word does not go with what is beside it, an entry in a loop has the same address each time.
fn is_expected(report: &str) -> bool {
    let code = report.split(' ').next().unwrap();
    matches!(code, "E0402" | "E0509" | "E0403" | "E0531" | "E0533")
        || code.starts_with("W03")
        || report.contains("is never used")
}

#[test]
fn what_is_offered_compiles() {
    let room = room();
    let path = room.write("stacks/a.vms", "");
    let mut dice = Dice(5);
    let places: usize = std::env::var("VMSC_PLACES").ok().and_then(|n| n.parse().ok()).unwrap_or(900);
    let (mut offered, mut wrong) = (0, Vec::new());
    for text in stacks() {
        let before = reports(&room, &path, &text);
        assert!(before.keys().all(|report| report.starts_with('W')), "{before:?}");
        let mut editor = Editor::with(&["utf-8"]);
        let uri = editor.open(&path, &text);
        editor.idle();
        for _ in 0..places {
            let at = (dice.roll(text.len() + 1)..).find(|at| text.is_char_boundary(*at)).unwrap();
            let items = editor.complete(&uri, at);
            for _ in 0..items.len().min(4) {
                let item = dice.pick(&items);
                offered += 1;
                let after = taken(&editor, &text, &item);
                let new: Vec<String> = reports(&room, &path, &after)
                    .into_iter()
                    .filter(|(report, count)| {
                        count > before.get(report).unwrap_or(&0) && !is_expected(report)
                    })
                    .map(|(report, _)| report)
                    .collect();
                if !new.is_empty() {
                    let line = text[..at].matches('\n').count() + 1;
                    let around = &text[text[..at].rfind('\n').map_or(0, |n| n + 1)..at];
                    wrong.push(format!(
                        "line {line} `{around}|`: {} `{}`: {new:?}",
                        item["label"], item["textEdit"]["newText"]
                    ));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {offered}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(offered > 600, "{offered}");
}

/// Whether a completion is offered whose text begins as the one that was there.
fn is_offered(items: &[Value], wanted: &str) -> bool {
    items.iter().any(|item| {
        let label = item["label"].as_str().unwrap();
        label == wanted || label.trim_matches('"') == wanted || label.ends_with(&format!(".{wanted}"))
    })
}

/// With everything behind the cursor gone, as a person types: the key that follows is offered, from nothing
/// and from its first letter.
#[test]
fn what_a_person_would_type_next_is_offered() {
    let mut tried = 0;
    let mut missing = Vec::new();
    for text in stacks() {
        let room = room();
        let (mut editor, uri, path) = opened(&room, &text);
        let found =
            editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).unwrap();
        let mut keys = Vec::new();
        let layers =
            found.as_array().unwrap().iter().filter(|one| matches!(one["kind"].as_u64(), Some(4 | 2)));
        layers.for_each(|layer| fields(layer, &mut keys));
        for range in keys {
            let start = editor.byte(&text, &range["start"]);
            let key: String = text[start..].chars().take_while(char::is_ascii_alphanumeric).collect();
            // What is on the line before is whole.
            let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
            if key.is_empty()
                || key == "metrics"
                || !text[line..start].trim().is_empty() && !text[line..start].trim_end().ends_with('{')
            {
                continue;
            }
            for typed in [0, 1] {
                let before = &text[..start + typed];
                let mut editor = Editor::with(&["utf-8"]);
                let uri = editor.open(&path, "");
                editor.idle();
                editor.edit(&uri, 0..0, before);
                tried += 1;
                let items = editor.complete(&uri, before.len());
                if !is_offered(&items, &key) {
                    missing
                        .push(format!("`{}|`: {key}", &before[before.rfind('\n').map_or(0, |at| at + 1)..]));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{} of {tried}:\n{}", missing.len(), missing.join("\n"));
    assert!(tried > 60, "{tried}");
}

/// The places of the fields of an outline.
fn fields(symbol: &Value, found: &mut Vec<Value>) {
    for child in symbol["children"].as_array().unwrap() {
        found.push(child["selectionRange"].clone());
        fields(child, found);
    }
}

/// With a name or a word deleted where a value stands, it is offered in its place.
#[test]
fn a_value_that_was_deleted_is_offered() {
    let mut tried = 0;
    let mut missing = Vec::new();
    for text in stacks() {
        let room = room();
        let (mut editor, uri, _) = opened(&room, &text);
        for at in words(&text) {
            let word: String =
                text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let behind = text[at + word.len()..].chars().next().unwrap_or('\n');
            let value = text[..at].ends_with("= ") && matches!(behind, '\n' | ' ' | ',' | '}');
            let quoted = text[..at].ends_with("= \"") && behind == '"';
            let interpolated = text[..at].ends_with("\\(") && matches!(behind, ')' | '.');
            let is_name = word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.starts_with('v');
            let known =
                ["every", "size", "half", "tag", "release", "true", "false", "us", "name", "s", "name"];
            if !(is_name && known.contains(&word.as_str()) && (value || quoted || interpolated))
                || behind == '.'
            {
                continue;
            }
            tried += 1;
            editor.edit(&uri, at..at + word.len(), "");
            let items = editor.complete(&uri, at);
            if !is_offered(&items, &word) {
                let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
                missing.push(format!("`{}|`: {word}", &text[line..at]));
            }
            editor.edit(&uri, at..at, &word);
        }
    }
    assert!(missing.is_empty(), "{} of {tried}:\n{}", missing.len(), missing.join("\n"));
    assert!(tried >= 10, "{tried}");
}

/// Names at which a rename is tried: every word of a text.
fn words(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        let word = c.is_ascii_alphanumeric() || c == '_';
        if word && !inside {
            found.push(at);
        }
        inside = word;
    }
    found
}

fn opened(room: &Room, text: &str) -> (Editor, String, PathBuf) {
    let path = room.write("stacks/a.vms", text);
    let mut editor = Editor::with(&["utf-8"]);
    let uri = editor.open(&path, text);
    editor.idle();
    (editor, uri, path)
}

/// The values of a stack, in all profiles, as JSON.
fn values(path: &Path, root: &Path, text: &str) -> Vec<String> {
    fs::write(path, text).unwrap();
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("profile ")).collect();
    let profiles = names.iter().map(|line| Some(line.split_whitespace().next().unwrap()));
    std::iter::once(None)
        .chain(profiles)
        .map(|profile| {
            let mut command = common::vmsc(root);
            command.args(["get", "server", "--format", "json"]).arg(path);
            command.args(profile.iter().flat_map(|profile| ["--profile", profile]));
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        })
        .collect()
}

/// Renamed, a stack compiles as before; renamed back, it is what it was.
#[test]
fn a_rename_changes_exactly_the_uses() {
    let (mut renamed, mut refused) = (0, 0);
    for text in stacks() {
        let room = room();
        let (mut editor, uri, path) = opened(&room, &text);
        let before = reports(&room, &path, &text);
        let out = values(&path, &room.root(), &text);
        for at in words(&text) {
            let Ok(place) = editor.at("textDocument/prepareRename", &uri, at, json!({})) else {
                refused += 1;
                continue;
            };
            if place.is_null() {
                continue;
            }
            let old = place["placeholder"].as_str().unwrap().to_owned();
            let answer = editor.at("textDocument/rename", &uri, at, json!({ "newName": "renamed9" }));
            let Ok(edit) = answer else { panic!("`{old}`: {answer:?}") };
            let edits = Editor::edits_of(&edit);
            assert!(edits.contains_key(&uri), "`{old}`: {edit}");
            let after = editor.applied(&text, &edits[&uri]);
            let others: Vec<(String, String)> = edits
                .iter()
                .filter(|(other, _)| **other != uri)
                .map(|(other, edits)| {
                    let text = fs::read_to_string(other.strip_prefix("file://").unwrap()).unwrap();
                    (other.clone(), editor.applied(&text, edits))
                })
                .collect();
            let warned = edit["changeAnnotations"].is_object();
            // What is deployed stays the same, unless the person is asked first.
            if others.is_empty() {
                let new = reports(&room, &path, &after);
                let codes = |reports: &BTreeMap<String, usize>| -> Vec<String> {
                    reports.keys().map(|report| report.split(' ').next().unwrap().to_owned()).collect()
                };
                assert_eq!(codes(&new), codes(&before), "`{old}` in\n{after}");
                if !warned && renamed % 7 == 0 {
                    assert_eq!(values(&path, &room.root(), &after), out, "`{old}`");
                    fs::write(&path, &text).unwrap();
                }
            }
            // And back.
            let mut editor = Editor::with(&["utf-8"]);
            for (other, after) in &others {
                editor.open(Path::new(other.strip_prefix("file://").unwrap()), after);
            }
            let uri = editor.open(&path, &after);
            editor.idle();
            let name = after.find("renamed9").unwrap();
            let back = editor.at("textDocument/rename", &uri, name, json!({ "newName": old })).unwrap();
            let edits = Editor::edits_of(&back);
            assert_eq!(editor.applied(&after, &edits[&uri]), text, "`{old}` and back");
            renamed += 1;
        }
    }
    assert!(renamed > 100 && refused > 100, "{renamed} renamed, {refused} refused");
}

#[test]
fn a_rename_that_would_break_or_capture_is_refused() {
    let room = room();
    let text = "let a = 1\nlet b = a\nfn f(x: Int): Int = x + a\nstack m { version = v1.106.1, server { extraArgs { \"search.maxConcurrentRequests\" = f(b) } } }\nprofile p { retention = 7d }\n";
    let (mut editor, uri, _) = opened(&room, text);
    let mut rename = |at: &str, to: &str| {
        let at = text.find(at).unwrap();
        editor.at("textDocument/rename", &uri, at, json!({ "newName": to }))
    };
    for (at, to) in [
        ("a = 1", "b"),
        ("a = 1", "x"),
        ("a = 1", "1a"),
        ("x: Int", "a"),
        ("a = 1", "len"),
        ("a = 1", "self"),
        ("a = 1", ""),
    ] {
        let answer = rename(at, to);
        assert!(answer.is_err(), "{at} to {to}: {answer:?}");
    }
    assert!(rename("retention", "keep").unwrap_err().contains("vmsc's own"));
    assert!(rename("Int", "Number").is_err());
    assert!(rename("a = 1", "fine").is_ok());
    // These have consequences, which the client asks about.
    for at in ["m {", "p {"] {
        let edit = rename(at, "other").unwrap();
        let annotation = &edit["changeAnnotations"]["rename"];
        assert_eq!(annotation["needsConfirmation"], true, "{edit}");
        assert!(annotation["label"].as_str().unwrap().len() > 20);
    }
}

/// The certain fixes and the refactorings of every wrong stack leave no new report.
#[test]
fn an_action_leaves_nothing_new_that_is_wrong() {
    let (mut certain, mut others, mut all) = (0, 0, 0);
    for case in common::wrong_stacks() {
        let Ok(text) = fs::read_to_string(&case) else { continue };
        if !text.contains("stack ") || text.len() > 20_000 {
            continue;
        }
        let room = Room::new();
        let path = room.write("stacks/a.vms", &text);
        let mut editor = Editor::with(&["utf-8"]);
        let uri = editor.open(&path, &text);
        editor.idle();
        let before = reports(&room, &path, &text);
        let end = editor.position(&text, text.len());
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": end });
        let ask = json!({ "textDocument": { "uri": uri }, "range": whole, "context": { "diagnostics": [] } });
        let actions = editor.ask("textDocument/codeAction", ask).unwrap();
        for action in actions.as_array().unwrap() {
            let edits = Editor::edits_of(&action["edit"]);
            let after = reports(&room, &path, &editor.applied(&text, &edits[&uri]));
            let errors = |reports: &BTreeMap<String, usize>| -> usize {
                reports.iter().filter(|(report, _)| !report.starts_with('W')).map(|(_, count)| count).sum()
            };
            let (had, has): (usize, usize) = (before.values().sum(), after.values().sum());
            match (action["kind"].as_str().unwrap(), action["isPreferred"].as_bool()) {
                ("quickfix", Some(true)) => {
                    certain += 1;
                    assert!(
                        has < had || errors(&after) < errors(&before),
                        "{}: {}: {before:?}, then {after:?}",
                        case.display(),
                        action["title"]
                    );
                }
                ("quickfix", _) => {
                    others += 1;
                    assert!(action["title"].as_str().unwrap().ends_with("(look at it)"), "{action}");
                }
                ("source.fixAll.vmsc", _) => {
                    all += 1;
                    assert!(has < had || errors(&after) < errors(&before), "{}: all", case.display());
                }
                _ => assert!(errors(&after) <= errors(&before), "{}: {}", case.display(), action["title"]),
            }
        }
    }
    assert!(certain > 20 && others > 20 && all > 10, "{certain}, {others}, {all}");
}

/// At every place of the stacks, each refactoring gives a stack that compiles.
#[test]
fn a_refactoring_keeps_a_stack_right() {
    let mut titles: BTreeMap<String, usize> = BTreeMap::new();
    for text in stacks() {
        let room = room();
        let (mut editor, uri, path) = opened(&room, &text);
        let before = reports(&room, &path, &text);
        for at in words(&text).into_iter().step_by(2) {
            let place = editor.position(&text, at);
            let range = json!({ "start": place, "end": place });
            let context = json!({ "diagnostics": [], "only": ["refactor"] });
            let ask = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
            let actions = editor.ask("textDocument/codeAction", ask).unwrap();
            for action in actions.as_array().unwrap() {
                let edits = Editor::edits_of(&action["edit"]);
                let after = editor.applied(&text, &edits[&uri]);
                let new = reports(&room, &path, &after);
                let worse = new.iter().any(|(report, count)| count > before.get(report).unwrap_or(&0));
                assert!(!worse, "{}: {new:?}\n{after}", action["title"]);
                let title = action["title"].as_str().unwrap().split(' ').next().unwrap().to_owned();
                *titles.entry(title).or_default() += 1;
            }
        }
    }
    for title in ["Extract", "Inline", "Move", "Write"] {
        assert!(titles.contains_key(title), "{title} was never offered: {titles:?}");
    }
}

/// Formatting by edits is `vmsc fmt`, and formatting what is formatted edits nothing.
#[test]
fn formatting_is_that_of_fmt() {
    for text in stacks() {
        let room = room();
        let messy = text.replace(" = ", "=").replace("  ", "   ");
        let (mut editor, uri, path) = opened(&room, &messy);
        let options = json!({ "tabSize": 2, "insertSpaces": true });
        let ask = json!({ "textDocument": { "uri": uri }, "options": options });
        let edits = editor.ask("textDocument/formatting", ask.clone()).unwrap();
        let formatted = editor.applied(&messy, edits.as_array().unwrap());
        assert!(common::vmsc(&room.root()).arg("fmt").arg(&path).status().unwrap().success());
        assert_eq!(formatted, fs::read_to_string(&path).unwrap());
        editor.edit(&uri, 0..messy.len(), &formatted);
        assert_eq!(editor.ask("textDocument/formatting", ask).unwrap(), json!([]));
    }
}
