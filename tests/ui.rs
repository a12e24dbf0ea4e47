//! One wrong stack, one exact report: `tests/ui/TOPIC/NAME.vms` beside `NAME.stderr`.
//!
//! `VMSC_BLESS=1 cargo test --test ui` writes the reports; read them before they are committed.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{repository, vmsc, wrong_stacks};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn report(case: &Path) -> String {
    let shown = case.strip_prefix(repository()).unwrap();
    let output = vmsc(&repository()).args(["check", "--color", "never"]).arg(shown).output().unwrap();
    let report = String::from_utf8(output.stderr).unwrap();
    let status = output.status.code();
    let expected = if report.contains("error[") { 1 } else { 0 };
    assert_eq!(status, Some(expected), "{}: {report}", case.display());
    report
}

#[test]
fn each_wrong_stack_has_its_report() {
    let mut wrong = Vec::new();
    for case in wrong_stacks() {
        let (report, path) = (report(&case), case.with_extension("stderr"));
        if std::env::var_os("VMSC_BLESS").is_some() {
            fs::write(&path, &report).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != report {
            wrong.push(format!("{}:\n{report}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "these reports have changed:\n\n{}", wrong.join("\n"));
    assert!(wrong_stacks().len() >= 60);
}

#[test]
fn no_report_speaks_of_the_compiler() {
    for case in wrong_stacks() {
        let report = report(&case);
        for word in ["Rule", "EOI", "token", "stray", "inner", "pest", "panicked", "the built-in", "atom"] {
            assert!(!report.contains(word), "{} says `{word}`:\n{report}", case.display());
        }
        assert!(!report.trim().is_empty(), "{} is right", case.display());
    }
}

/// Codes of the language, of the rules and of the built-in schema: each is shown by a wrong stack.
#[test]
fn every_code_has_a_wrong_stack() {
    let pages =
        [vmsc::syntax::codes::KINDS, vmsc::semantics::codes::KINDS, &vmsc::deploy::rules::pages()].concat();
    let mut codes: BTreeSet<String> = pages.iter().map(|page| page.code.to_owned()).collect();
    // Told where nothing else is: who finds a stack for it has found a mistake in vmsc.
    assert!(codes.remove("E0411"));
    for file in ["types", "workload", "server", "agent", "scrape", "stack"] {
        let text = fs::read_to_string(repository().join(format!("src/prelude/{file}.vms"))).unwrap();
        codes.extend(
            text.split("check [").skip(1).filter_map(|rest| Some(rest.split(']').next()?.to_owned())),
        );
    }
    let shown: String = wrong_stacks()
        .iter()
        .map(|case| fs::read_to_string(case.with_extension("stderr")).unwrap())
        .collect();
    let missing: Vec<&String> = codes.iter().filter(|code| !shown.contains(&format!("[{code}]"))).collect();
    assert!(missing.is_empty(), "no wrong stack shows {missing:?}");
}
