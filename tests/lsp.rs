//! The language server says what `vmsc check` says, whatever is typed.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
mod editor;

use common::dice::Dice;
use common::{repository, wrong_stacks};
use editor::{Editor, Room, checked};
use std::fs;
use std::path::Path;
use std::time::Duration;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if path.extension().is_none_or(|ending| ending != "stderr") {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Every wrong stack of the tests, opened in an editor that counts in bytes and in one that counts in UTF-16.
#[test]
fn a_wrong_stack_is_reported_as_check_reports_it() {
    let mut tried = 0;
    for case in wrong_stacks() {
        let text = fs::read(&case).unwrap();
        // An editor has no text that is not UTF-8.
        let Ok(text) = String::from_utf8(text) else { continue };
        if !text.contains("stack ") {
            continue;
        }
        let room = Room::new();
        copy(case.parent().unwrap(), &room.root());
        let name = case.file_name().unwrap().to_str().unwrap();
        let expected = checked(&room.root(), &[name]);
        for encoding in ["utf-8", "utf-16"] {
            let mut editor = Editor::with(&[encoding]);
            editor.open(&room.root().join(name), &text);
            editor.idle();
            assert_eq!(editor.published(&room.root()), expected, "{}", case.display());
        }
        tried += 1;
    }
    assert!(tried > 200, "{tried}");
}

/// Texts for random edits: characters of two units, line ends of two bytes, imports.
fn texts() -> Vec<String> {
    let whole = include_str!("analysis/whole.vms").to_owned();
    let example = fs::read_to_string(repository().join("stacks/victoriametrics.vms")).unwrap();
    let odd =
        "## 😀 é\r\nlet a = \"😀\"\r\nstack m {\r\n  version = v1.106.1 # é\r\n  nameOverride = a\r\n}\r\n";
    vec![whole, example, odd.to_owned()]
}

/// What a person may type, paste or delete.
const PIECES: &[&str] = &[
    "",
    "\n",
    "}",
    "{",
    "\"",
    " ",
    "job \"x\" { targets = [\"a:1\"] }\n",
    "# c\n",
    "=",
    "let z = 1\n",
    "[",
    "😀",
    "retention",
    "30d",
    "stack.",
    "import \"services.vms\" as s\n",
    "profile q { retention = 1d }\n",
    ", ",
    "<<<<<<< a\n",
    "\r\n",
    "in",
    "scrape {",
    "v1.106.1",
];

/// Edits a random file at a random place, and lets some time pass or none.
fn edit_somewhere(editor: &mut Editor, dice: &mut Dice, files: &[&String]) {
    let target = dice.pick(files).clone();
    let text = editor.texts[&target].clone();
    // No place is inside of a character or of a line end.
    let is_place = |at: &usize| text.is_char_boundary(*at) && !text[..*at].ends_with('\r');
    let boundary = |at: usize| (at..=text.len()).find(is_place).unwrap_or(text.len());
    let start = boundary(dice.roll(text.len() + 1));
    let end = boundary((start + dice.roll(12)).min(text.len()));
    editor.edit(&target, start..end, dice.pick::<&str>(PIECES));
    match dice.roll(3) {
        0 => editor.wait(Duration::from_millis(u64::try_from(dice.roll(300)).unwrap())),
        1 => editor.work(),
        _ => {}
    }
    // Whatever is asked, it is answered.
    let text = &editor.texts[&target];
    let at = (dice.roll(text.len() + 1)..).find(|at| text.is_char_boundary(*at)).unwrap();
    for method in ["completion", "hover", "prepareRename", "signatureHelp", "definition"] {
        if dice.one_in(8) {
            let answer = editor.at(&format!("textDocument/{method}"), &target, at, serde_json::json!({}));
            assert!(
                !answer.is_err_and(|error| error.contains("mistake in vmsc")),
                "{method}: {:?}",
                editor.texts
            );
        }
    }
}

#[test]
fn after_any_edits_the_server_says_what_check_says() {
    let services = fs::read_to_string(repository().join("stacks/services.vms")).unwrap();
    let sequences: usize = std::env::var("VMSC_SEQUENCES").ok().and_then(|n| n.parse().ok()).unwrap_or(2000);
    let texts = texts();
    let mut dice = Dice(11);
    let room = Room::new();
    let library = room.write("stacks/services.vms", &services);
    let stack = room.write("stacks/a.vms", "");
    for n in 0..sequences {
        let encoding = if dice.one_in(2) { "utf-8" } else { "utf-16" };
        let mut editor = Editor::with(&[encoding]);
        let uri = editor.open(&stack, &dice.pick(&texts));
        let other = dice.one_in(4).then(|| editor.open(&library, &services));
        let files: Vec<&String> = std::iter::once(&uri).chain(&other).collect();
        for _ in 0..dice.roll(5) + 1 {
            edit_somewhere(&mut editor, &mut dice, &files);
        }
        editor.idle();
        let published = editor.published(&room.root());
        // A server that saw nothing of the edits.
        let mut fresh = Editor::with(&[encoding]);
        for (uri, text) in &editor.texts {
            fresh.open(Path::new(uri.strip_prefix("file://").unwrap()), text);
        }
        fresh.idle();
        assert_eq!(published, fresh.published(&room.root()), "sequence {n}: {:?}", editor.texts);
        // The program itself, now and then: it starts anew for each.
        if n % 40 == 0 {
            fs::write(&stack, &editor.texts[&uri]).unwrap();
            let library_text = other.as_ref().map_or(&services, |other| &editor.texts[other]);
            fs::write(&library, library_text).unwrap();
            assert_eq!(published, checked(&room.root(), &[]), "sequence {n}: {:?}", editor.texts);
            fs::write(&library, &services).unwrap();
        }
    }
}

/// Types a text letter by letter, 100 ms a key; `paired` closes brackets and quotes as editors do. Returns
/// how many states have a published report off the cursor's line.
fn typed(text: &str, paired: bool) -> usize {
    let room = Room::new();
    room.write("stacks/services.vms", &fs::read_to_string(repository().join("stacks/services.vms")).unwrap());
    let path = room.write("stacks/victoriametrics.vms", "");
    let mut editor = Editor::new();
    let uri = editor.open(&path, "");
    editor.idle();
    let mut at = 0;
    let mut open: Vec<char> = Vec::new();
    let mut off = 0;
    for c in text.chars() {
        let closes = open.last() == Some(&c);
        if paired && closes {
            // The closer is there: the cursor goes over it, and over blanks before it.
            open.pop();
            let now = &editor.texts[&uri];
            let over = now[at..].find(c).unwrap();
            assert!(now[at..at + over].trim().is_empty());
            if now[at..at + over].contains('\n') && c == '}' {
                let blanks = at + over;
                editor.edit(&uri, at..blanks, "");
            }
            at += now_find(&editor.texts[&uri], at, c) + c.len_utf8();
        } else {
            let closer = match c {
                '{' => Some('}'),
                '[' => Some(']'),
                '(' => Some(')'),
                '"' => Some('"'),
                _ => None,
            };
            let mut with = c.to_string();
            if let (true, Some(closer)) = (paired, closer) {
                with.push(closer);
                open.push(closer);
            }
            editor.edit(&uri, at..at, &with);
            at += c.len_utf8();
        }
        editor.wait(Duration::from_millis(100));
        let line = editor.texts[&uri][..at].matches('\n').count();
        let far = editor
            .diagnostics
            .get(&uri)
            .into_iter()
            .flatten()
            .any(|one| one["range"]["start"]["line"] != line);
        off += usize::from(far);
    }
    editor.idle();
    assert_eq!(editor.texts[&uri], text);
    assert_eq!(editor.published(&room.root()), [] as [String; 0]);
    off
}

fn now_find(text: &str, at: usize, c: char) -> usize {
    text[at..].find(c).unwrap()
}

/// While a line is typed, nothing far away turns red.
#[test]
fn typing_the_example_is_calm() {
    let text = fs::read_to_string(repository().join("stacks/victoriametrics.vms")).unwrap();
    let (paired, plain) = (typed(&text, true), typed(&text, false));
    assert!(paired <= 10 && plain <= 60, "{paired} and {plain} states have a report off the cursor's line");
}
