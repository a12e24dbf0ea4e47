//! What the documents show compiles, and what they promise the program says.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, repository, vmsc};
use std::fs;

#[test]
fn every_stack_in_the_documents_compiles() {
    for document in ["README.md", "docs/language.md"] {
        let text = fs::read_to_string(repository().join(document)).unwrap();
        let blocks: Vec<&str> =
            text.split("```vms\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(!blocks.is_empty(), "{document} shows a stack");
        for block in blocks {
            let project = Project::empty();
            project.write("stacks/m.vms", block);
            let output = project.run(&["check"]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{document}: {said}\n{block}");
        }
    }
}

#[test]
fn the_readmes_report_is_the_programs() {
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    let shown = text.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let project = Project::empty();
    project.write(
        "stacks/victoriametrics.vms",
        "stack victoriametrics {\n  version = v1.106.1\n  scrape {\n    interval = 15s\n    timeout  = 20s\n  }\n}\n",
    );
    let output = project.run(&["check"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim(), shown.trim());
}

#[test]
fn help_completions_and_the_manual_page_are_there() {
    let said = |arguments: &[&str]| {
        let output = vmsc(&repository()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(said(&["--help"]).contains("vmsc build --check"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(said(&["completions", shell]).contains("build"), "{shell}");
    }
    let page = said(&["man"]);
    assert!(page.contains(".TH vmsc 1") && page.contains("vmsc\\-build"), "{}", &page[..200]);
    assert_eq!(vmsc(&repository()).arg("--no-such-option").status().unwrap().code(), Some(2));
}
