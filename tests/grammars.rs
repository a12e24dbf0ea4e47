//! The tree-sitter grammar reads what the compiler reads: every `.vms` file of this repository without a
//! syntax error, token by token.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
mod grammar;

use common::{must, repository, tool};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use vmsc::source::SourceMap;
use vmsc::syntax::{TokenKind, parse, token};

/// Every `.vms` file of the repository without a syntax error.
fn readable() -> Vec<PathBuf> {
    let (mut folders, mut found, mut all) = (vec![repository()], Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !path.is_symlink() && name != "target" && name != ".git" {
                folders.push(path);
            } else if name.ends_with(".vms")
                && let Ok(text) = fs::read_to_string(&path)
            {
                all += 1;
                let mut map = SourceMap::default();
                let file = map.add(name, text);
                if parse(file, &mut map).1.is_empty() {
                    found.push(path);
                }
            }
        }
    }
    assert!(all > 300 && found.len() > 200, "{} of {all}", found.len());
    found.sort();
    found
}

/// tree-sitter, with a home of its own.
fn tree_sitter(home: &Path) -> Command {
    fs::create_dir_all(home.join("tree-sitter")).unwrap();
    fs::write(home.join("tree-sitter/config.json"), "{\"parser-directories\":[\"/nonexistent\"]}").unwrap();
    let mut command = Command::new(tool("bin/tree-sitter"));
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TREE_SITTER_LIBDIR"] {
        command.env(variable, home);
    }
    command.env("NO_COLOR", "1").current_dir(grammar::folder());
    command
}

#[test]
fn the_parser_is_made_from_the_grammar() {
    let home = tempfile::tempdir().unwrap();
    let made = home.path().join("made");
    must(tree_sitter(home.path()).args(["generate", "--abi", "14", "src/grammar.json", "-o"]).arg(&made));
    for file in
        ["parser.c", "node-types.json", "tree_sitter/parser.h", "tree_sitter/array.h", "tree_sitter/alloc.h"]
    {
        let read = |folder: &Path| fs::read_to_string(folder.join(file)).unwrap();
        assert!(
            read(&made) == read(&grammar::folder().join("src")),
            "{file} is not what `tree-sitter generate` makes"
        );
    }
    assert!(fs::read_to_string(made.join("parser.c")).unwrap().contains("#define LANGUAGE_VERSION 14"));
}

#[test]
fn every_query_fits_the_grammar() {
    let home = tempfile::tempdir().unwrap();
    let (library, example) = (home.path().join("vms.so"), repository().join("stacks/victoriametrics.vms"));
    grammar::compile(&library);
    let mut tried = 0;
    for folder in ["editors/tree-sitter-vms/queries", "editors/helix/queries/vms"] {
        for query in fs::read_dir(repository().join(folder)).unwrap() {
            let mut command = tree_sitter(home.path());
            command.args(["query", "--lang-name", "vms", "-l"]).arg(&library);
            must(command.arg(query.unwrap().path()).arg(&example));
            tried += 1;
        }
    }
    assert!(tried >= 7, "{tried}");
}

/// A place: line and column in bytes, from 0.
type Place = (usize, usize);

/// A node: where it begins and ends, how deep it is, and what it is.
struct Node {
    start: Place,
    end: Place,
    depth: usize,
    name: String,
}

/// The nodes of a tree that tree-sitter printed.
fn nodes(printed: &str) -> Vec<Node> {
    let place = |text: &str| -> Option<Place> {
        let (line, column) = text.trim().split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    };
    let lines = printed.lines().filter_map(|line| {
        let (start, rest) = line.split_once(" - ")?;
        let rest = rest.trim_start();
        let (end, rest) = rest.split_once(' ')?;
        let depth = line.len() - rest.trim_start().len();
        Some(Node { start: place(start)?, end: place(end)?, depth, name: rest.trim().to_owned() })
    });
    lines.collect()
}

fn kind(name: &str) -> &str {
    name.rsplit(": ").next().unwrap_or(name).split([' ', '`']).next().unwrap_or_default()
}

/// The places of a text's tokens, and how many are not inside of another node; each must be a node.
fn tokens_of(
    text: &str,
    path: &Path,
    is_node: &dyn Fn(Place, Place) -> bool,
    is_inside: &dyn Fn(Place, Place) -> bool,
) -> (BTreeSet<(Place, Place)>, usize) {
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let place = |byte: usize| {
        let line = starts.partition_point(|start| *start <= byte) - 1;
        (line, byte - starts[line])
    };
    let (mut known, mut seen) = (BTreeSet::new(), 0);
    let mut at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    while at < text.len() {
        let (kind, end) = token(text, at, 0);
        let (from, to) = (place(at), place(end));
        let written = &text[at..end];
        at = end;
        if !matches!(kind, TokenKind::Newline | TokenKind::Blanks) {
            known.insert((from, to));
            assert!(is_node(from, to), "{}:{}: `{written}` is no leaf", path.display(), from.0 + 1);
            seen += usize::from(!is_inside(from, to));
        }
    }
    (known, seen)
}

#[test]
fn the_leaves_of_a_tree_are_the_tokens() {
    let home = tempfile::tempdir().unwrap();
    let library = home.path().join("vms.so");
    grammar::compile(&library);
    let mut tokens_seen = 0;
    for path in readable() {
        let text = fs::read_to_string(&path).unwrap();
        let mut command = tree_sitter(home.path());
        command.args(["parse", "--cst", "--lang-name", "vms", "-l"]).arg(&library).arg(&path);
        let output = command.output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}:\n{printed}", path.display());
        let nodes = nodes(&printed);
        let all: BTreeSet<(Place, Place)> = nodes.iter().map(|node| (node.start, node.end)).collect();
        // A string is one token, whatever is in it; so is a code.
        let whole: Vec<(Place, Place)> = nodes
            .iter()
            .filter(|node| matches!(kind(&node.name), "string" | "code" | "raw"))
            .map(|node| (node.start, node.end))
            .collect();
        let inside = |start: Place, end: Place| {
            whole.iter().any(|(from, to)| *from <= start && end <= *to && (*from, *to) != (start, end))
        };
        let (known, seen) =
            tokens_of(&text, &path, &|from, to| inside(from, to) || all.contains(&(from, to)), &inside);
        tokens_seen += seen;
        for (node, next) in nodes.iter().zip(nodes.iter().skip(1).map(Some).chain([None])) {
            let is_leaf = next.is_none_or(|next| next.depth <= node.depth);
            let is_whole = whole.contains(&(node.start, node.end));
            if is_leaf && !is_whole && !inside(node.start, node.end) && node.start != node.end {
                assert!(
                    known.contains(&(node.start, node.end)),
                    "{}:{}: `{}` is no token",
                    path.display(),
                    node.start.0 + 1,
                    node.name
                );
            }
        }
    }
    assert!(tokens_seen > 10_000, "{tokens_seen}");
}
