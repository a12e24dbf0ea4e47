//! `vmsc explain`, and the reference of errors in `docs/errors/`, which is written from the same pages
//! (`VMSC_BLESS=1 cargo test --test explain`).

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, copy, repository};
use std::collections::BTreeSet;
use std::fs;
use vmsc::cli::explanations;
use vmsc::diagnostics::explain::whole;

/// Every code that a report can have.
fn codes() -> BTreeSet<String> {
    let pages = [
        vmsc::load::codes::KINDS,
        vmsc::syntax::codes::KINDS,
        vmsc::semantics::codes::KINDS,
        &vmsc::deploy::rules::pages(),
        vmsc::project::codes::KINDS,
    ]
    .concat();
    let mut codes: BTreeSet<String> = pages.iter().map(|page| page.code.to_owned()).collect();
    for entry in fs::read_dir(repository().join("src/prelude")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "vms") {
            let text = fs::read_to_string(path).unwrap();
            let checks = text.split(" [").skip(1).filter_map(|rest| rest.split(']').next());
            let code = |c: &&str| c.len() == 5 && c.starts_with(['E', 'W']) && c[1..].parse::<u16>().is_ok();
            codes.extend(checks.filter(code).map(str::to_owned));
        }
    }
    codes
}

#[test]
fn every_code_is_explained_once() {
    let explained: Vec<String> = explanations().into_iter().map(|page| page.code).collect();
    let set: BTreeSet<String> = explained.iter().cloned().collect();
    assert_eq!(explained.len(), set.len(), "a code is explained twice");
    assert_eq!(set, codes());
    for page in explanations() {
        assert!(!page.title.is_empty() && page.why.ends_with('.'), "{}", page.code);
        assert_eq!(page.wrong.is_empty(), page.right.is_empty(), "{}", page.code);
    }
}

#[test]
fn the_examples_are_what_they_say() {
    let project = Project::empty();
    copy(&repository().join("tests/ui/imports/files"), &project.path().join("stacks/files"));
    let (mut shown, mut broken) = (0, Vec::new());
    for page in explanations().into_iter().filter(|page| !page.wrong.is_empty()) {
        shown += 1;
        let said = |example: &str| {
            project.write("stacks/m.vms", &whole(example));
            let output = project.run(&["check", "stacks/m.vms", "--message-format", "short"]);
            let said = String::from_utf8(output.stderr).unwrap();
            (output.status.success(), format!("{said}\nof\n{}", whole(example)))
        };
        let code = format!("[{}]", page.code);
        let (_, wrong) = said(&page.wrong);
        if !wrong.contains(&code) {
            broken.push(format!("{} is not shown by its wrong example:\n{wrong}", page.code));
        }
        let (fine, right) = said(&page.right);
        if !fine || right.contains("]: ") {
            broken.push(format!("{}: the right example is wrong:\n{right}", page.code));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(shown > 75, "{shown}");
}

#[test]
fn the_reference_of_errors_is_current() {
    let folder = repository().join("docs/errors");
    let bless = std::env::var_os("VMSC_BLESS").is_some();
    let mut files: Vec<(String, String)> =
        explanations().iter().map(|page| (format!("{}.md", page.code), page.markdown())).collect();
    let lines = explanations().into_iter().map(|p| format!("- [{}]({}.md): {}\n", p.code, p.code, p.title));
    files.push((
        "README.md".to_owned(),
        format!(
            "# Errors and warnings\n\nWritten by `vmsc`; `vmsc explain CODE` prints the same.\n\n{}",
            lines.collect::<String>()
        ),
    ));
    // The book has the pages that its summary lists.
    let summary = fs::read_to_string(repository().join("docs/SUMMARY.md")).unwrap();
    let (listed, rest): (Vec<&str>, Vec<&str>) =
        summary.lines().partition(|line| line.contains("](errors/") && line.starts_with(' '));
    let pages = explanations().into_iter().map(|p| format!("  - [{}](errors/{}.md)", p.code, p.code));
    let pages: Vec<String> = pages.collect();
    if bless {
        let head = |line: &str| line.contains("](errors/README.md)");
        let lines = rest.iter().flat_map(|line| {
            let below: &[String] = if head(line) { &pages } else { &[] };
            std::iter::once((*line).to_owned()).chain(below.to_vec())
        });
        let text = lines.collect::<Vec<_>>().join("\n") + "\n";
        fs::write(repository().join("docs/SUMMARY.md"), text).unwrap();
    }
    assert!(bless || listed == pages, "SUMMARY.md: VMSC_BLESS=1 writes it");
    for (name, text) in &files {
        let path = folder.join(name);
        if bless {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), *text, "{name}: VMSC_BLESS=1 writes it");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), files.len());
}

#[test]
fn codes_settings_and_mistakes_are_told() {
    let project = Project::empty();
    let said = |arguments: &[&str]| {
        let output = project.run(&[&["explain"], arguments].concat());
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (status, page) = said(&["e0501"]);
    assert!(
        status == Some(0) && page.contains("Wrong:\n\n    scrape { interval = 15s, timeout = 20s }"),
        "{page}"
    );
    let (_, setting) = said(&["persistence.size"]);
    for line in ["persistence.size: Bytes", "Default: 10Gi", "In the chart's values: persistence.size"] {
        assert!(setting.contains(line), "{setting}");
    }
    let (_, of_a_job) = said(&["scrape.job.web.timeout"]);
    assert!(of_a_job.contains("E0501") && of_a_job.contains("Default: min("), "{of_a_job}");
    let (status, near) = said(&["persistence.sise"]);
    assert!(status == Some(2) && near.contains("did you mean `size`?"), "{near}");
    let (_, all) = said(&[]);
    assert_eq!(all.lines().count(), explanations().len());
}
