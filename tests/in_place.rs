//! Entries are added to, changed in and removed from YAML files of every style: only our lines differ, and
//! what was there before is given back, byte for byte.

// A test may fail where a program may not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/dice.rs"]
mod dice;

use dice::Dice;
use vmsc::yaml::edit::Editor;
use vmsc::yaml::{Segment, Yaml};

/// How many files are generated.
const FILES: u64 = 10_000;

/// A file under construction.
struct File {
    dice: Dice,
    text: String,
    /// The paths of maps that entries can be added to.
    maps: Vec<Vec<String>>,
    newline: &'static str,
    step: usize,
    keys: u64,
}

impl File {
    fn new(seed: u64) -> File {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..4 {
            dice.roll(2);
        }
        let newline = if dice.one_in(6) { "\r\n" } else { "\n" };
        let step = if dice.one_in(4) { 4 } else { 2 };
        let mut file = File { dice, text: String::new(), maps: vec![Vec::new()], newline, step, keys: 0 };
        if file.dice.one_in(12) {
            file.text.push('\u{FEFF}');
        }
        if file.dice.one_in(6) {
            let start = file.dice.pick(&["---", "--- # c", "# first"]).to_owned();
            file.line(0, &start);
        }
        let entries = file.dice.roll(5);
        file.map(0, &[], entries);
        file.comments(0);
        match file.dice.roll(8) {
            0 => {
                let end = file.text.trim_end_matches(['\n', '\r']).len();
                file.text.truncate(end);
            }
            1 => file.line(0, ""),
            2 if entries > 0 => {
                file.line(0, "---");
                file.line(0, "other: document");
            }
            _ => {}
        }
        file
    }

    fn line(&mut self, column: usize, text: &str) {
        if !text.is_empty() {
            self.text.push_str(&" ".repeat(column));
        }
        self.text.push_str(text);
        self.text.push_str(self.newline);
    }

    /// Comments of their own lines, in any column.
    fn comments(&mut self, column: usize) {
        while self.dice.one_in(4) {
            if self.dice.one_in(3) {
                self.line(0, "");
            }
            let columns = [0, column, column + self.step, 1];
            let column = columns[self.dice.roll(4)];
            let text = self.dice.pick(&["# c", "#  key: 2", "#", "# - item", "## é: {"]).to_owned();
            let many = if self.dice.one_in(40) { 150 } else { 1 };
            (0..many).for_each(|_| self.line(column, &text));
        }
    }

    fn tail(&mut self) -> &'static str {
        self.dice.pick(&["", "", "", " # c", "   # c", " "])
    }

    fn map(&mut self, column: usize, path: &[String], entries: usize) {
        let apart = self.dice.one_in(3);
        for n in 0..entries {
            if apart && n > 0 {
                self.line(0, "");
            }
            self.comments(column);
            self.keys += 1;
            let name = format!("k{}", self.keys);
            let key = match self.dice.roll(8) {
                0 => format!("\"{name}\""),
                1 => format!("'{name}'"),
                _ => name.clone(),
            };
            let path: Vec<String> = path.iter().cloned().chain([name]).collect();
            self.entry(column, &key, &path);
        }
    }

    #[allow(clippy::too_many_lines, reason = "one arm per style")]
    fn entry(&mut self, column: usize, key: &str, path: &[String]) {
        let tail = self.tail();
        let deep = path.len() > 3;
        match self.dice.roll(if deep { 9 } else { 14 }) {
            0 => self.line(column, &format!("{key}: \"a: # b\"{tail}")),
            1 => self.line(column, &format!("{key}: 'it''s'{tail}")),
            2 => {
                let style = self.dice.pick(&["|", "|-", "|+", ">", ">-", ">+", "|2"]);
                self.line(column, &format!("{key}: {style}"));
                let column = if style == "|2" { column + 2 } else { column + self.step };
                self.line(column, "text # no comment");
                self.line(0, "");
                self.line(column, "more");
                if self.dice.one_in(3) {
                    self.line(0, "");
                }
            }
            3 => {
                let empty = self.dice.pick(&["", " {}", " ~", " null", "  {}", " { }"]);
                self.maps.push(path.to_vec());
                self.line(
                    column,
                    &format!("{key}:{empty}{}", if empty.is_empty() { tail.trim_end() } else { tail }),
                );
                self.comments(column);
            }
            4 => {
                self.line(column, &format!("{key}: [a, \"b\", {{c: 1}}]{tail}"));
            }
            5 => {
                self.maps.push(path.to_vec());
                let flow = self.dice.pick(&["{a: 1, b: [x]}", "{ a: 1 }", "{a: 1,}"]);
                self.line(column, &format!("{key}: {flow}{tail}"));
            }
            6 => {
                self.maps.push(path.to_vec());
                self.line(column, &format!("{key}: {{"));
                self.line(column + self.step, "# inside");
                if self.dice.one_in(2) {
                    self.line(column + self.step, "a: 1, # one");
                    let last = self.dice.pick(&["b: 2", "b: 2,", "b: 2 # two", "b: 2, # two"]);
                    self.line(column + self.step, last);
                }
                self.line(column, &format!("}}{tail}"));
            }
            7 => {
                let at = if self.dice.one_in(2) { column } else { column + self.step };
                self.line(column, &format!("{key}:{}", tail.trim_end()));
                for item in ["- a", "- \"b\" # c", "- x: 1"] {
                    self.comments(at);
                    self.line(at, item);
                }
            }
            8 => self.line(column, &format!("{key}: plain text{tail}")),
            9 if self.dice.one_in(4) => {
                self.line(column, "? [x, y]");
                self.line(column, ": complex");
            }
            _ => {
                self.maps.push(path.to_vec());
                self.line(column, &format!("{key}:{}", tail.trim_end()));
                let entries = 1 + self.dice.roll(3);
                self.map(column + self.step, path, entries);
            }
        }
    }
}

fn keys(path: &[String], more: &[&str]) -> Vec<Segment> {
    path.iter().map(String::as_str).chain(more.iter().copied()).map(Segment::from).collect()
}

/// The entries that a build adds below one map, in two versions.
fn ours(path: &[String], second: bool) -> Vec<(Vec<Segment>, Yaml)> {
    let text = |text: &str| Yaml::string(text);
    let mut entries = vec![
        (keys(path, &["vmsc", "image"]), text(if second { "x:2" } else { "x:1" })),
        (
            keys(path, &["vmsc", "command"]),
            Yaml::strings(if second { vec!["-a", "-new", "-c=no"] } else { vec!["-a", "-b", "-c=yes"] }),
        ),
        (keys(path, &["vmsc", "deep", "er"]), Yaml::Bool(second)),
        (keys(path, &["vmsc-volume"]), Yaml::Map(Vec::new())),
    ];
    if second {
        entries.insert(1, (keys(path, &["vmsc", "restart"]), text("always")));
    }
    entries
}

fn borrowed(entries: &[(Vec<Segment>, Yaml)]) -> Vec<(&[Segment], &Yaml)> {
    entries.iter().map(|(path, value)| (path.as_slice(), value)).collect()
}

/// Every line of the file before is in the file after, in order, but for a place that was empty.
#[track_caller]
fn only_ours(before: &str, after: &str, seed: u64) {
    let (before, after) = (before.trim_start_matches('\u{FEFF}'), after.trim_start_matches('\u{FEFF}'));
    let mut rest = after.lines().map(str::trim_end);
    for line in before.lines().map(str::trim_end) {
        let opened = |found: &str| {
            let place = |text: &str| text.replace([' ', ','], "");
            let stripped = line.replace("{ }", "").replace("{}", "").replace('~', "").replace("null", "");
            // A flow map keeps its line, with our entries in it.
            found == line || place(found) == place(&stripped) || found.contains("vmsc: {image")
        };
        assert!(rest.any(opened), "seed {seed}: {line:?} is gone\n{before}\n-----\n{after}");
    }
}

#[test]
fn entries_are_added_changed_and_removed() {
    let mut refused = 0;
    for seed in 1..=FILES {
        let mut file = File::new(seed);
        let at = file.dice.roll(file.maps.len());
        let path = file.maps[at].clone();
        let before = file.text;
        let mut editor = match Editor::new(before.clone()) {
            Ok(editor) => editor,
            Err(refusal) => panic!("seed {seed}: {refusal:?}\n{before}"),
        };
        let (first, second) = (ours(&path, false), ours(&path, true));
        let filled = match editor.set(&borrowed(&first)) {
            Ok(filled) => filled,
            Err((_, refusal)) => {
                refused += 1;
                assert!(
                    !refusal.reason.contains("more than this place"),
                    "seed {seed}: {refusal:?} {path:?}\n{before}\n{before:?}"
                );
                continue;
            }
        };
        let added = Editor::new(editor.into_text()).unwrap();
        let added_text = added.into_text();
        only_ours(&before, &added_text, seed);

        let mut editor = Editor::new(added_text.clone()).unwrap();
        if let Err((_, refusal)) = editor.set(&borrowed(&second)) {
            panic!("seed {seed}: {refusal:?} {path:?}\n{added_text}");
        }
        let changed = editor.into_text();
        only_ours(&before, &changed, seed);

        for (entries, text) in [(&first, added_text), (&second, changed)] {
            let mut editor = Editor::new(text.clone()).unwrap();
            let paths: Vec<&[Segment]> = entries.iter().map(|(path, _)| path.as_slice()).collect();
            match editor.remove(&paths, &filled) {
                Ok(gone) => {
                    let left = if gone { String::new() } else { editor.into_text() };
                    assert_eq!(left, before, "seed {seed}, {path:?}, from\n{text}");
                }
                Err(refusal) => panic!("seed {seed}: {refusal:?} {path:?}\n{text}"),
            }
        }
    }
    assert!(refused < FILES / 50, "{refused} of {FILES} refused");
}
