//! What holds for every program, tried on generated ones.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use proptest::prelude::*;
use vmsc::compile::{Outcome, compile};
use vmsc::diagnostics::Diagnostic;
use vmsc::load::StackLocation;
use vmsc::source::SourceMap;
use vmsc::syntax::{format, parse, tree::Tree};

fn parsed(text: &str) -> (Tree, Vec<Diagnostic>, SourceMap) {
    let mut map = SourceMap::default();
    let file = map.add("a.vms", text);
    let (tree, diagnostics) = parse(file, &mut map);
    (tree, diagnostics, map)
}

fn compiled(text: &str) -> (Outcome, SourceMap) {
    let mut map = SourceMap::default();
    let file = map.add("a.vms", text);
    let outcome = compile(file, &StackLocation::default(), &mut map);
    (outcome, map)
}

/// Every place of every report is in its file, on the boundaries of characters, and every edit too.
fn places_are_right(reports: &[Diagnostic], map: &SourceMap) {
    for report in reports {
        let labels = report.labels.iter().map(|label| label.span);
        let edits = report.helps.iter().filter_map(|help| help.edit.as_ref().map(|edit| edit.span));
        for span in labels.chain(edits) {
            let (file, range) = map.locate(span);
            assert!(map.file(file).text.get(range).is_some(), "{report:?}");
        }
        assert!(!report.title.is_empty());
    }
}

// ------------------------------------------------------------------------- generated programs

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", Just("retention".to_owned()), Just("size".to_owned()), Just("é".to_owned())]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[0-9]{1,5}",
        Just("30d".to_owned()),
        Just("10Gi".to_owned()),
        Just("100m".to_owned()),
        Just("v1.106.1".to_owned()),
        Just("true".to_owned()),
        Just("absent".to_owned()),
        Just("self.interval".to_owned()),
        Just("stack.retention".to_owned()),
        "[a-z]{1,3}".prop_map(|name| name),
        "\"[a-zé$% {}#:-]{0,8}\"",
        Just("r\"a\\d+\"".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let op = prop::sample::select(vec!["+", "-", "*", "/", "%", "==", "<", "&&", "||", "??", "&"]);
        prop_oneof![
            (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.clone().prop_map(|a| format!("\"x\\({a})\"")),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if {a} {{ {b} }} else {{ {c} }}")),
            (name(), inner.clone(), inner.clone()).prop_map(|(n, a, b)| format!("[for {n} in {a}: {b}]")),
            (name(), inner.clone()).prop_map(|(n, a)| format!("{{ {n} = {a} }}")),
            (prop::sample::select(vec!["len", "min", "max", "isSet", "join", "f"]), inner.clone())
                .prop_map(|(f, a)| format!("{f}({a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{a}[{b}]")),
        ]
    })
}

fn entry() -> impl Strategy<Value = String> {
    let leaf = (name(), value()).prop_map(|(name, value)| format!("{name} = {value}"));
    leaf.prop_recursive(3, 12, 4, |inner| {
        let block = prop::collection::vec(inner.clone(), 0..4)
            .prop_map(|entries| format!("{{\n{}\n}}", entries.join("\n")));
        prop_oneof![
            (name(), block.clone()).prop_map(|(name, block)| format!("{name} {block}")),
            (name(), block.clone()).prop_map(|(name, block)| format!("job \"{name}\" {block}")),
            (name(), value(), block.clone())
                .prop_map(|(n, source, block)| format!("for {n} in {source} {block}")),
            (value(), block.clone()).prop_map(|(condition, block)| format!("if {condition} {block}")),
            Just("# a comment".to_owned()),
            inner,
        ]
    })
}

fn program() -> impl Strategy<Value = String> {
    let item = prop_oneof![
        (name(), value()).prop_map(|(name, value)| format!("let {name} = {value}")),
        (name(), value())
            .prop_map(|(name, value)| format!("fn {name}(a: Int, b: String = \"x\"): Int = {value}")),
        (name(), value()).prop_map(|(name, value)| format!("type T{name} = Int where {value}, \"no\"")),
        (name(), value()).prop_map(|(name, value)| format!(
            "schema S{name} {{\n  {name}: Duration = {value}\n  check {value}, \"no\"\n}}"
        )),
        entry().prop_map(|entry| format!("profile p {{\n{entry}\n}}")),
        Just("## a doc comment".to_owned()),
    ];
    (prop::collection::vec(item, 0..5), prop::collection::vec(entry(), 0..5)).prop_map(|(items, entries)| {
        format!("{}\nstack m {{\n  version = v1.106.1\n{}\n}}\n", items.join("\n"), entries.join("\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text gives reports or a right answer, and every place is right.
    #[test]
    fn any_text_is_read(text in "[a-zA-Z0-9 \\n\\t{}()\\[\\]\"'\\\\=:.,#@!?&|<>+*/%$é😀\u{0}-]{0,200}") {
        let (outcome, map) = compiled(&text);
        places_are_right(&outcome.reports, &map);
    }

    #[test]
    fn any_program_is_compiled(text in program()) {
        let (outcome, map) = compiled(&text);
        places_are_right(&outcome.reports, &map);
        let (again, _) = compiled(&text);
        prop_assert_eq!(format!("{:?}", outcome.reports), format!("{:?}", again.reports), "the same twice");
    }

    /// Formatting changes no meaning, and is done once.
    #[test]
    fn formatting_is_stable(text in program()) {
        let (tree, diagnostics, _) = parsed(&text);
        prop_assume!(diagnostics.is_empty());
        let formatted = format::format(&text);
        let (after, diagnostics, _) = parsed(&formatted);
        prop_assert!(diagnostics.is_empty(), "{formatted}");
        prop_assert!(format::same(&tree, &after), "{text}\n{formatted}");
        prop_assert_eq!(format::format(&formatted), formatted);
    }

    /// A piece that is missing, doubled or swapped is no reason to lose places.
    #[test]
    fn edits_of_a_right_file_are_read(at in 0usize..2000, length in 0usize..12, more in "[{}()\\[\\]\"= \\n]{0,3}") {
        let right = include_str!("../stacks/victoriametrics.vms");
        let boundary = |at: usize| (0..=at.min(right.len())).rev().find(|at| right.is_char_boundary(*at)).unwrap();
        let (start, end) = (boundary(at), boundary(at + length));
        let text = format!("{}{more}{}", &right[..start], &right[end..]);
        let (outcome, map) = compiled(&text);
        places_are_right(&outcome.reports, &map);
    }

    /// Values do not depend on the order of fields.
    #[test]
    fn order_does_not_matter(seed in any::<u64>()) {
        let mut entries = vec![
            "version = v1.106.1",
            "retention = keep * 2",
            "persistence { size = max(1Gi, 2Gi) }",
            "scrape { interval = 30s }",
            "scrape.timeout = stack.scrape.interval / 3",
            "service { port = 9000 + 1 }",
            "server { resources { limits { memory = stack.persistence.size / 4 } } }",
        ];
        let ordered = shown(&entries);
        let mut state = seed | 1;
        for at in (1..entries.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            entries.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(shown(&entries), ordered);
    }
}

fn shown(entries: &[&str]) -> String {
    let text = format!("let keep = 15d\nstack m {{\n{}\n}}\n", entries.join("\n"));
    let (outcome, _) = compiled(&text);
    let compiled = outcome.compiled.unwrap_or_else(|| panic!("{:?}", outcome.reports));
    vmsc::emit::json(&compiled.variants[0].values).to_string()
}

/// One token deleted from a right file: at most two reports, one label of the first within a line of it.
#[test]
fn a_deleted_token_gives_few_reports_nearby() {
    let mut worst = Vec::new();
    let mut tried = 0;
    for right in [include_str!("../stacks/victoriametrics.vms"), include_str!("../stacks/services.vms")] {
        let has_stack = right.contains("\nstack ");
        for (start, end) in tokens(right) {
            tried += 1;
            let text = format!("{}{}", &right[..start], &right[end..]);
            // What is imported is not there; its absence is no report of the deletion's.
            let text = text.replace(
                "import \"services.vms\" as asdlc",
                "let asdlc = { services = [{ name = \"a\", port = 1 }] }",
            );
            let (outcome, map) = compiled(&text);
            let own = outcome.reports.iter().filter(|report| has_stack || report.code.0 != "E0211");
            let own: Vec<&Diagnostic> = own.collect();
            let line = right[..start].matches('\n').count();
            let near = own.first().is_none_or(|report| {
                report.labels.iter().any(|label| {
                    let (file, range) = map.locate(label.span);
                    map.file(file).line(range.start).abs_diff(line) <= 1
                })
            });
            if own.len() > 2 || !near {
                worst.push(format!(
                    "{:?} of line {}: {:?}",
                    &right[start..end],
                    line + 1,
                    own.iter().map(|r| &r.title).collect::<Vec<_>>()
                ));
            }
        }
    }
    assert!(tried > 150, "{tried}");
    assert!(worst.is_empty(), "{} of {tried}:\n{}", worst.len(), worst.join("\n"));
}

/// Words, numbers, strings and signs outside of comments.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at = match bytes[at] {
            b'#' => {
                at = text[at..].find('\n').map_or(bytes.len(), |end| at + end);
                continue;
            }
            b'"' => text[at + 1..].find('"').map_or(bytes.len(), |end| at + end + 2),
            byte if byte.is_ascii_alphanumeric() => text[at..]
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .map_or(bytes.len(), |end| at + end),
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            _ => at + 1,
        };
        tokens.push((start, at));
    }
    tokens
}
