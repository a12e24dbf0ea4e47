//! Reports for other programs, `--deny`, `--max-errors`, and `check --fix`.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, repository, vmsc};
use serde_json::Value;
use std::fs;

const WRONG: &str =
    "stack m {\n  version = v1.106.1\n  persistence { sise = 10Gi }\n  scrape { timeout = 1h }\n}\n";

fn said(project: &Project, arguments: &[&str]) -> (String, String) {
    let output = project.run(arguments);
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn wrong() -> Project {
    let project = Project::empty();
    project.write("stacks/m.vms", WRONG);
    project
}

#[test]
fn short_lines_name_the_place() {
    let (out, err) = said(&wrong(), &["check", "--message-format", "short"]);
    assert_eq!(out, "");
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines.len(), 2, "{err}");
    assert!(lines[0].starts_with("stacks/m.vms:3:17: error[E0204]: "), "{err}");
    assert!(lines[1].starts_with("stacks/m.vms:4:22: error[E0501]: "), "{err}");
}

#[test]
#[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
fn json_is_an_object_a_line() {
    let (out, err) = said(&wrong(), &["check", "--message-format", "json"]);
    assert_eq!(err, "");
    let objects: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 2);
    let first = &objects[0];
    assert_eq!((&first["severity"], &first["code"]), (&Value::from("error"), &Value::from("E0204")));
    let label = &first["labels"][0];
    assert_eq!(label["file"], "stacks/m.vms");
    let (start, end) = (label["start"]["byte"].as_u64().unwrap(), label["end"]["byte"].as_u64().unwrap());
    assert_eq!(&WRONG[start as usize..end as usize], "sise");
    assert_eq!((&label["start"]["line"], &label["start"]["column"]), (&Value::from(3), &Value::from(17)));
    let edit = &first["helps"][0]["edits"][0];
    assert_eq!((&edit["replacement"], &edit["certain"]), (&Value::from("size"), &Value::from(true)));
}

#[test]
fn github_commands_are_escaped() {
    let project = Project::empty();
    project.write("stacks/m.vms", "stack m {\n  version = v1.106.1\n  service { type = \"50%, a:b\" }\n}\n");
    let (out, _) = said(&project, &["check", "--message-format", "github"]);
    assert_eq!(out.lines().count(), 1, "{out}");
    assert!(
        out.starts_with("::error file=stacks/m.vms,line=3,endLine=3,col=20,endColumn=30,title="),
        "{out}"
    );
    assert!(!out.trim_end().contains('\n') && out.contains("%25"), "{out}");
}

#[test]
fn sarif_is_one_valid_log_of_every_stack() {
    let project = wrong();
    project.write("stacks/other one.vms", &WRONG.replace("stack m", "stack n"));
    let (out, _) = said(&project, &["check", "--message-format", "sarif"]);
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&out).unwrap();
    assert_eq!(log.runs.len(), 1);
    let plain: Value = serde_json::from_str(&out).unwrap();
    let results = plain["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    assert_eq!(plain["version"], "2.1.0");
    let uris: Vec<&str> = results
        .iter()
        .map(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert!(uris.contains(&"stacks/other%20one.vms"), "{uris:?}");
    // Without mistakes it is a log too.
    project.write("stacks/m.vms", "stack m { version = v1.106.1 }\n");
    project.write("stacks/other one.vms", "let a = 1\n");
    let (out, _) = said(&project, &["check", "--message-format", "sarif"]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn warnings_can_be_errors_and_reports_can_be_few() {
    let project = Project::empty();
    project.write("stacks/m.vms", "stack m {\n  version = v1.106.1\n  server { resources { requests { cpu = 0.1 }, limits { cpu = 500 } } }\n}\n");
    assert!(project.run(&["check"]).status.success());
    let output = project.run(&["check", "--deny", "warnings"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("error[W0301]"));
    assert_eq!(project.run(&["build", "--deny", "warnings"]).status.code(), Some(1));
    assert!(!project.exists("charts"));

    let (_, err) = said(&wrong(), &["check", "--max-errors", "1"]);
    assert!(err.contains("E0204") && !err.contains("E0501") && err.contains("… and 1 more"), "{err}");
}

/// Every wrong stack: what is fixed without asking leaves fewer mistakes, and where none is left the
/// stack compiles.
#[test]
fn certain_advice_is_right() {
    let mut fixed = 0;
    for path in common::wrong_stacks() {
        let count = |file: &std::path::Path| {
            let output =
                vmsc(&repository()).args(["check", "--message-format", "json"]).arg(file).output().unwrap();
            String::from_utf8(output.stdout).unwrap().lines().count()
        };
        let before = count(&path);
        // A copy in a project of its own, with what it may import.
        let project = Project::empty();
        project.write("stacks/m.vms", &fs::read_to_string(&path).unwrap_or_default());
        common::copy(&repository().join("tests/ui/imports/files"), &project.path().join("stacks/files"));
        project.run(&["check", "--fix", "stacks/m.vms"]);
        let after = count(&project.path().join("stacks/m.vms"));
        assert!(after <= before, "{}: {before} to {after}", path.display());
        fixed += usize::from(after < before);
    }
    assert!(fixed >= 25, "{fixed} of the wrong stacks are fixed");
}

#[test]
fn what_is_fixed_is_written_and_told() {
    let project = wrong();
    let (_, err) = said(&project, &["check", "--fix"]);
    assert!(err.contains("fixed 1 mistake") && err.contains("E0501"), "{err}");
    assert_eq!(project.read("stacks/m.vms"), WRONG.replace("sise", "size"));
}

#[test]
fn closers_that_are_missing_are_written_where_a_person_would() {
    let open = r#"stack m {
  version = v1.106.1
  scrape {
    interval = 15s
    job "a" {
      targets = ["a:1" # one
  service { port = 1
  server { podLabels { a = "1" }
  chart {
    version = 0.1.0 # two
"#;
    let closed = r#"stack m {
  version = v1.106.1
  scrape {
    interval = 15s
    job "a" {
      targets = ["a:1"] # one
    }
  }
  service { port = 1 }
  server { podLabels { a = "1" } }
  chart {
    version = 0.1.0 # two
  }
}
"#;
    for newline in ["\n", "\r\n"] {
        let project = Project::empty();
        project.write("stacks/m.vms", &open.replace('\n', newline));
        project.run(&["check", "--fix"]);
        assert_eq!(project.read("stacks/m.vms"), closed.replace('\n', newline));
    }
}

/// Which profile a report is about is no matter of what its notes say.
#[test]
fn a_profile_is_told_by_its_name_and_not_by_a_note() {
    let project = Project::empty();
    project.write(
        "stacks/m.vms",
        "schema My extends Stack {\n  check [long] retention >= 1y, \"too short\" { note \"in profile `prod`\" }\n  \
         check [small] persistence.size <= 1Ti, \"too large\"\n}\n\
         stack m: My { version = v1.106.1, retention = 30d }\n\
         profile dev { retention = 7d }\nprofile prod { retention = 2y, persistence.size = 2Ti }\n",
    );
    let check =
        |arguments: &[&str]| project.run(&[&["check", "--message-format", "json"], arguments].concat());
    let found = |arguments: &[&str]| -> Vec<(String, Option<String>)> {
        let output = check(arguments);
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stdout).unwrap();
        let objects = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let of = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        objects.map(|object| (of(&object["code"]).unwrap(), of(&object["profile"]))).collect()
    };
    let long = |profile: Option<&str>| ("long".to_owned(), profile.map(str::to_owned));
    let small = ("small".to_owned(), Some("prod".to_owned()));
    assert_eq!(found(&[]), [long(None), long(Some("dev")), small.clone()]);
    assert_eq!(found(&["--profile", "dev"]), [long(None), long(Some("dev"))]);
    assert_eq!(found(&["--profile", "prod"]), [long(None), small]);
}

/// A stale output and one that can't be written are reports like any other.
#[test]
fn what_is_stale_or_not_written_is_reported_in_every_format() {
    let project = Project::empty();
    project.write("stacks/m.vms", "stack m { version = v1.106.1 }\n");
    project.build(&[]);
    project.write("stacks/m.vms", "stack m { version = v1.106.1, retention = 7d }\n");
    let run = |format: &str| {
        let output = project.run(&["build", "--check", "--message-format", format]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let objects: Vec<serde_json::Value> = run("json")
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(objects.iter().all(|object| object["code"] == "E0705"), "{objects:?}");
    let values =
        objects.iter().find(|o| o["title"].as_str().unwrap().contains("charts/m/values.yaml")).unwrap();
    assert_eq!(values["labels"][0]["file"], "charts/m/values.yaml");
    assert!(run("github").contains("::error file=charts/m/values.yaml,line="));
    assert!(
        run("short")
            .contains("error[E0705]: `docker/docker-compose.yml` differs from what a build would write")
    );
    let human = run("human");
    assert!(human.contains("error[E0705]") && human.contains("-retentionPeriod=7d"), "{human}");
    let sarif: serde_json::Value =
        serde_json::from_str(run("sarif").split("\nerror: ").next().unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "E0705");
}
