//! `vmsc init`, `list`, `diff` and `remove`, as a person uses them.

use crate::common::Project;
use crate::{COMPOSE, STACK, VALUES, built, commit_all, edit, repository, stack};
use serde_json::{Value, json};

fn said(project: &Project, arguments: &[&str], status: i32) -> (String, String) {
    let output = project.run(arguments);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {out}{err}");
    (out, err)
}

fn list(project: &Project) -> Vec<Value> {
    serde_json::from_str(&said(project, &["list", "--format", "json"], 0).0).unwrap()
}

#[test]
fn a_list_says_where_stacks_go_and_how_they_stand() {
    let project = built("a: 1\n", "services:\n  web:\n    image: x\n");
    let expected = json!({
        "name": "metrics", "file": STACK, "profiles": [], "chart": "charts/u/charts/metrics",
        "compose": COMPOSE, "state": "current", "kept": 0,
    });
    assert_eq!(list(&project), [expected]);
    let table = said(&project, &["list"], 0).0;
    assert!(table.starts_with("STACK    FILE                PROFILES  CHART"), "{table}");
    project.write(STACK, &(stack("60d", "") + "profile dev {\n  retention = 3d\n}\n"));
    project.write("stacks/broken.vms", "stack broken { retention = 30 }\n");
    let rows = list(&project);
    assert_eq!((&rows[0]["name"], &rows[0]["state"]), (&json!("broken"), &json!("has errors")));
    assert_eq!((&rows[1]["state"], &rows[1]["profiles"]), (&json!("outdated"), &json!(["dev"])));
    project.build(&["metrics"]);
    edit(&project, COMPOSE, "restart: unless-stopped", "restart: always");
    assert_eq!(list(&project)[1]["state"], "not ours");
    project.build(&["metrics", "--keep=docker/docker-compose.yml:services.metrics.restart"]);
    assert_eq!((&list(&project)[1]["state"], &list(&project)[1]["kept"]), (&json!("current"), &json!(1)));
}

#[test]
fn a_diff_shows_what_a_build_would_change_and_writes_nothing() {
    let project = built("a: 1\n", "services:\n  web:\n    image: x\n");
    assert_eq!(said(&project, &["diff"], 0).0, "");
    project.write(STACK, &stack("60d", ""));
    let before = project.files();
    let (out, _) = said(&project, &["diff", "metrics"], 0);
    assert!(
        out.contains("--- on disk: charts/u/values.yaml") && out.contains("+  retention: \"60d\""),
        "{out}"
    );
    let (out, _) = said(&project, &["diff", "--format", "json"], 0);
    let files: Vec<Value> = serde_json::from_str(&out).unwrap();
    let paths: Vec<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, [COMPOSE, VALUES, "vmsc.owned"]);
    assert!(
        files.iter().all(|file| file["status"] == "changed" && file["diff"].as_str().unwrap().contains("@@"))
    );
    assert_eq!(project.files(), before);
    edit(&project, COMPOSE, "restart: unless-stopped", "restart: always");
    assert!(said(&project, &["diff"], 1).1.contains("error[E0703]"));
}

#[test]
fn a_removal_takes_its_file_too_if_git_has_it() {
    let project = repository("a: 1\n", "services:\n  web:\n    image: x\n");
    commit_all(&project, "base");
    project.build(&[]);
    project.write(STACK, &stack("60d", ""));
    let (_, err) = said(&project, &["remove", "metrics", "--stack-file"], 0);
    assert!(err.contains("`stacks/metrics.vms` stays: git does not have it as it is"), "{err}");
    project.build(&[]);
    commit_all(&project, "built");
    let (_, err) = said(&project, &["remove", "metrics"], 0);
    assert!(
        err.contains("`git rm stacks/metrics.vms`") && err.contains("kubectl get persistentvolumeclaims"),
        "{err}"
    );
    assert!(said(&project, &["remove", "metrics"], 2).1.contains("nothing to remove"));
    project.build(&[]);
    said(&project, &["remove", "stacks/metrics.vms", "--stack-file"], 0);
    assert!(!project.exists(STACK) && !project.exists("vmsc.owned"));
}

#[test]
fn a_start_fits_the_project() {
    let project = Project::empty();
    let (_, err) = said(&project, &["init"], 0);
    assert!(
        err.contains("wrote stacks/victoriametrics.vms")
            && err.contains("next: `vmsc build victoriametrics`"),
        "{err}"
    );
    project.build(&[]);
    let text = project.read("stacks/victoriametrics.vms");
    assert!(said(&project, &["init"], 2).1.contains("is there already"));
    assert_eq!(project.read("stacks/victoriametrics.vms"), text);
    assert!(said(&project, &["init", "My-Stack"], 2).1.contains("can't be a stack's name"));

    let project = Project::empty();
    for chart in ["charts/a", "charts/a/charts/sub", "deploy/b"] {
        project.write(&format!("{chart}/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    }
    project.write("compose.yaml", "services: {}\nnetworks:\n  back: {}\n");
    project.write(".prettierrc", "{}\n");
    let (_, err) = said(&project, &["init", "metrics"], 2);
    assert!(
        err.contains("more than one umbrella chart") && err.contains("deploy/b") && !err.contains("sub"),
        "{err}"
    );
    let (_, err) = said(&project, &["init", "metrics", "--chart", "deploy/b"], 0);
    assert!(err.contains(".prettierignore:\n    deploy/b/charts/metrics/"), "{err}");
    assert!(err.contains("deploy/b/charts/metrics/** linguist-generated"), "{err}");
    let text = project.read(STACK);
    for line in
        ["chart.parent = \"deploy/b\"", "compose.file    = \"compose.yaml\"", "compose.network = \"back\""]
    {
        assert!(text.contains(line), "{text}");
    }
    project.build(&[]);
    assert!(project.read("compose.yaml").contains("  metrics:\n"));
    assert_eq!(project.run(&["fmt", "--check"]).status.code(), Some(0));
}
