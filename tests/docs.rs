//! What the documents show compiles, and what they promise the program says.
//! `VMSC_BLESS=1 cargo test --test docs` writes the settings and the tutorial's answers.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, repository, settings, vmsc};
use std::fs;
use std::path::{Path, PathBuf};
use vmsc::diagnostics::explain::whole;

/// The code blocks of a document: what stands behind the opening fence, and the text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, body)), None) => body.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    blocks
}

fn documents() -> Vec<PathBuf> {
    let folder = repository().join("docs");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    documents.push(repository().join("README.md"));
    documents.sort();
    documents
}

/// A block with a file's name is that file, for the blocks below it.
#[test]
fn every_stack_in_the_documents_compiles() {
    let mut shown = 0;
    for document in documents().iter().filter(|path| !path.ends_with("tutorial.md")) {
        let project = Project::empty();
        for (info, text) in blocks(&fs::read_to_string(document).unwrap()) {
            let mut words = info.split(' ');
            match (words.next(), words.next()) {
                (_, Some(file)) => project.write(&format!("stacks/{file}"), &text),
                (Some("vms"), None) => {
                    shown += 1;
                    project.write("stacks/m.vms", &whole(&text));
                    // An example that is a whole file is formatted too.
                    let mut runs = vec![vec!["check", "stacks/m.vms"], vec!["test", "stacks/m.vms", "-q"]];
                    if whole(&text) == text {
                        runs.push(vec!["fmt", "--check", "stacks/m.vms"]);
                    }
                    for arguments in runs {
                        let output = project.run(&arguments);
                        let said = String::from_utf8_lossy(&output.stderr);
                        assert!(
                            output.status.success() && said.is_empty(),
                            "{}: {said}\n{}",
                            document.display(),
                            whole(&text)
                        );
                    }
                }
                _ => {}
            }
        }
    }
    assert!(shown > 15, "{shown}");
}

/// A page is walked: its files are written, its commands run, its answers compared.
fn walk(page: &str) -> Project {
    let path = repository().join("docs").join(page);
    let mut text = fs::read_to_string(&path).unwrap();
    let project = Project::empty();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_vmsc")).parent().unwrap().display().to_string();
    let search = format!("{binary}:{}", std::env::var("PATH").unwrap());
    let mut said = String::new();
    for (info, body) in blocks(&text.clone()) {
        match info.split(' ').collect::<Vec<_>>().as_slice() {
            ["vms" | "yaml", file] => project.write(file, &body),
            ["sh"] => {
                said.clear();
                for line in body.lines() {
                    let mut shell = std::process::Command::new("sh");
                    shell
                        .current_dir(project.path())
                        .args(["-c", &format!("exec 2>&1; {line}")])
                        .env("PATH", &search);
                    for (name, value) in [("NAME", "a"), ("EMAIL", "a@example.org")] {
                        shell
                            .env(format!("GIT_AUTHOR_{name}"), value)
                            .env(format!("GIT_COMMITTER_{name}"), value);
                    }
                    let output = shell.stdin(std::process::Stdio::null()).output().unwrap();
                    said.push_str(&String::from_utf8_lossy(&output.stdout));
                }
                said = said.trim_end().to_owned() + "\n";
            }
            ["text"] => {
                let trimmed = said.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>();
                if std::env::var_os("VMSC_BLESS").is_some() {
                    text = text.replacen(
                        &format!("```text\n{body}```"),
                        &format!("```text\u{0}\n{trimmed}```"),
                        1,
                    );
                } else {
                    assert_eq!(body, trimmed, "{page}: the answer");
                }
            }
            other => panic!("{other:?}"),
        }
    }
    if std::env::var_os("VMSC_BLESS").is_some() {
        fs::write(path, text.replace('\u{0}', "")).unwrap();
    }
    project
}

#[test]
fn the_tutorial_is_true() {
    let project = walk("tutorial.md");
    assert!(project.exists("charts/shop/Chart.yaml") && project.exists("docker/docker-compose.yml"));
}

#[test]
fn the_day_at_work_is_true() {
    let project = walk("day.md");
    assert!(!project.exists("vmsc.owned") && !project.exists("charts/shop/charts"));
}

/// The reference of the settings is written from the built-in schema.
#[test]
fn the_settings_are_current() {
    let path = repository().join("docs/settings.md");
    let output = vmsc(&repository()).args(["explain", "--markdown"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    if std::env::var_os("VMSC_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text, "VMSC_BLESS=1 writes it");
}

/// `tests/cluster.sh` writes the table, and holds it equal to what an API server does.
#[test]
fn what_a_change_does_is_told_of_every_setting() {
    let text = fs::read_to_string(repository().join("docs/changes.md")).unwrap();
    let told: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let settings = settings::all();
    let known: Vec<&str> = settings.iter().map(|(path, ..)| &**path).collect();
    assert_eq!(told, known, "VMSC_BLESS=1 tests/cluster.sh change::what writes it");
}

/// What the built-in schema says of a change is what the API server did.
#[test]
fn what_a_change_does_is_what_explain_says() {
    let text = fs::read_to_string(repository().join("docs/changes.md")).unwrap();
    let mut wrong = Vec::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let wanted = match (cells[2], cells[3]) {
            (_, refused) if refused.starts_with("refused") => {
                "Once installed, it can't be changed.".to_owned()
            }
            ("—", _) => "A change restarts nothing.".to_owned(),
            (who, _) => format!("A change restarts {}.", who.replace(", ", " and ")),
        };
        // Below a setting that is data there are no settings.
        let path = cells[1].trim_matches('`');
        let path = ["podSecurityContext", "securityContext", "updateStrategy"]
            .iter()
            .find_map(|data| Some(&path[..path.find(&format!(".{data}."))? + data.len() + 1]))
            .unwrap_or(path);
        let output = vmsc(&repository()).args(["explain", path]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        if !said.lines().any(|line| line == wanted) {
            wrong.push(format!("{path}: not `{wanted}` in:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_lead_somewhere_and_the_book_has_every_page() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let target: &Path = &document.parent().unwrap().join(file);
            assert!(target.exists(), "{}: {link}", document.display());
        }
    }
    let summary = fs::read_to_string(repository().join("docs/SUMMARY.md")).unwrap();
    for document in documents().iter().filter(|path| path.parent().unwrap().ends_with("docs")) {
        let name = document.file_name().unwrap().to_str().unwrap();
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name}");
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
        assert!(said(&["completions", shell]).contains("COMPLETE"), "{shell}");
    }
    // What the script asks the program for, as bash does.
    let project = Project::example();
    for (typed, found) in [
        (&["bui"][..], &["build"][..]),
        (&["build", "vic"], &["victoriametrics"]),
        (&["check", "stacks/v"], &["stacks/victoriametrics.vms"]),
        (&["build", "--profile", ""], &["minikube"]),
        (&["get", "scrape.ti"], &["scrape.timeout"]),
        (&["explain", "E0725"], &["E0725"]),
    ] {
        let mut command = vmsc(project.path());
        command
            .env("COMPLETE", "bash")
            .env("_CLAP_IFS", "\n")
            .env("_CLAP_COMPLETE_INDEX", typed.len().to_string());
        let output = command.args(["--", "vmsc"]).args(typed).output().unwrap();
        let answer = String::from_utf8(output.stdout).unwrap();
        assert_eq!(answer.lines().collect::<Vec<_>>(), found, "{typed:?}");
    }
    let page = said(&["man"]);
    assert!(page.contains(".TH vmsc 1") && page.contains("vmsc\\-build"), "{}", &page[..200]);
    assert_eq!(vmsc(&repository()).arg("--no-such-option").status().unwrap().code(), Some(2));
}
