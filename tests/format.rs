//! `vmsc fmt`: one style, held over every stack there is, and over what a person may type.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, repository, wrong_stacks};
use std::fs;
use std::io::Write;
use std::process::Stdio;
use vmsc::source::SourceMap;
use vmsc::syntax::{format, parse, tree::Tree};

fn parsed(text: &str) -> Option<Tree> {
    let mut map = SourceMap::default();
    let file = map.add("a.vms", text);
    let (tree, diagnostics) = parse(file, &mut map);
    diagnostics.is_empty().then_some(tree)
}

/// Every file in the language: the built-in schema, the example, the wrong stacks, the documents'.
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut paths = wrong_stacks();
    for folder in ["src/prelude", "stacks", "tests/analysis", "tests/ui/imports/files", "docs/examples"] {
        let Ok(entries) = fs::read_dir(repository().join(folder)) else { continue };
        paths.extend(entries.map(|entry| entry.unwrap().path()));
    }
    for path in paths {
        if path.extension().is_some_and(|e| e == "vms")
            && let Ok(text) = fs::read_to_string(&path)
        {
            files.push((path.display().to_string(), text));
        }
    }
    assert!(files.len() > 150);
    files
}

#[test]
fn formatting_changes_no_meaning_and_is_done_once() {
    let mut right = 0;
    for (name, text) in files() {
        let Some(tree) = parsed(&text) else { continue };
        right += 1;
        let formatted = format::format(&text);
        let after = parsed(&formatted).unwrap_or_else(|| panic!("{name} no longer parses:\n{formatted}"));
        assert!(format::same(&tree, &after), "{name} means something else:\n{formatted}");
        assert_eq!(format::format(&formatted), formatted, "{name}, a second time");
        let comments = |text: &str| text.lines().filter(|line| line.trim_start().starts_with('#')).count();
        assert_eq!(comments(&text), comments(&formatted), "{name}");
    }
    assert!(right > 100, "{right} files parse");
}

/// The same with blanks taken out, doubled, and every line break where one may stand.
#[test]
fn any_spacing_becomes_the_same() {
    for (name, text) in files() {
        let Some(tree) = parsed(&text) else { continue };
        let wide: String = text.lines().map(|line| format!("   {}   \n", line.trim())).collect();
        let Some(again) = parsed(&wide) else { continue };
        if !text.contains("\"\"\"") && format::same(&tree, &again) {
            assert_eq!(format::format(&wide), format::format(&text), "{name}");
        }
    }
}

#[test]
fn what_is_committed_is_formatted() {
    let root = repository();
    for folder in ["src/prelude", "stacks"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "vms") {
                let text = fs::read_to_string(&path).unwrap();
                assert_eq!(format::format(&text), text, "{}", path.display());
            }
        }
    }
}

#[test]
fn the_command_checks_shows_and_writes() {
    let project = Project::empty();
    project.write("stacks/m.vms", "stack m{\n  version=v1.106.1 # now\n}\n");
    let before = project.read("stacks/m.vms");
    let output = project.run(&["fmt", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("m.vms is not formatted"));
    let output = project.run(&["fmt", "--diff"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("+  version = v1.106.1  # now"));
    assert_eq!(project.read("stacks/m.vms"), before);
    assert!(project.run(&["fmt"]).status.success());
    assert_eq!(project.read("stacks/m.vms"), "stack m {\n  version = v1.106.1  # now\n}\n");
    assert!(project.run(&["fmt", "--check"]).status.success());

    let mut child = common::vmsc(project.path())
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"let a=1\n").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"let a = 1\n");

    // What can't be read is left alone.
    project.write("stacks/m.vms", "stack m {\n  a = = 1\n}\n");
    let output = project.run(&["fmt"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("error["));
    assert_eq!(project.read("stacks/m.vms"), "stack m {\n  a = = 1\n}\n");
}

/// Where a declaration was indented, the next one was read together with it.
#[test]
fn an_indented_declaration_is_moved_to_its_column() {
    let text = "\n    type A = Int | \"b\"\n\nlet b = 1\n";
    let project = common::Project::empty();
    project.write("stacks/a.vms", text);
    assert!(project.run(&["fmt"]).status.success());
    assert_eq!(project.read("stacks/a.vms"), "type A = Int | \"b\"\n\nlet b = 1\n");
}
