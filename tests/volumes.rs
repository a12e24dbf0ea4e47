//! What a build says where samples would stay behind, shrink, or be of two stacks.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::Project;
use std::process::Command;

fn stack(name: &str, more: &str) -> String {
    format!("stack {name} {{\n  version = v1.106.1\n  chart.parent = \"charts/u\"\n  {more}\n}}\n")
}

fn project() -> Project {
    let project = Project::empty();
    project.write("charts/u/Chart.yaml", "apiVersion: v2\nname: u\nversion: 0.1.0\n");
    project
}

#[test]
fn a_renamed_stack_says_which_volume_is_meant() {
    let project = project();
    project.write("stacks/m.vms", &stack("metrics", ""));
    project.build(&[]);
    project.write("stacks/m.vms", &stack("tsdb", ""));
    let said = project.refused(&[]);
    assert!(said.contains("error[E0712]: `tsdb` would start empty: the samples are in the volume `metrics`"));
    assert!(
        said.contains("persistence.volume = \"metrics\"") && said.contains("persistence.volume = \"tsdb\"")
    );
    project.write("stacks/m.vms", &stack("tsdb", "persistence.volume = \"metrics\""));
    project.build(&[]);
    assert!(project.read("docker/docker-compose.yml").contains("metrics-data"));
    // Taken out again, it would move the data too.
    project.write("stacks/m.vms", &stack("tsdb", ""));
    assert!(project.refused(&[]).contains("the volume `metrics`"));
    // Without persistence there is nothing to lose.
    project.write("stacks/m.vms", &stack("tsdb", "persistence.enabled = false"));
    project.build(&[]);
}

/// The record of a stack file that git moved knows which volume it had.
#[test]
fn a_moved_and_renamed_stack_says_it_too() {
    let project = project();
    let git = |arguments: &[&str]| {
        let config = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let output =
            Command::new("git").current_dir(project.path()).args(config).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    project.write("stacks/m.vms", &stack("metrics", ""));
    project.build(&[]);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "a"]);
    git(&["mv", "stacks/m.vms", "stacks/t.vms"]);
    project.write("stacks/t.vms", &stack("tsdb", ""));
    assert!(project.refused(&[]).contains("E0712"));
}

#[test]
fn overrides_that_named_the_volume_of_0_1_say_it_too() {
    for (given, keep) in [
        ("nameOverride = \"n\"", "persistence.volume = \"n\""),
        ("fullnameOverride = \"f\"", "persistence.existingClaim = \"f\""),
    ] {
        let project = project();
        project.write("stacks/m.vms", &stack("m", given));
        project.write(
            "charts/u/charts/m/templates/persistentvolumeclaim.yaml",
            "metadata:\n  name: {{ include \"m.fullname\" . }}\n",
        );
        let said = project.refused(&["--force"]);
        assert!(said.contains("E0712") && said.contains(keep), "{said}");
        project.write("stacks/m.vms", &stack("m", &format!("{given}\n  {keep}")));
        project.build(&["--force"]);
    }
}

#[test]
fn a_volume_that_would_shrink_is_told() {
    let project = project();
    project.write("stacks/m.vms", &stack("m", "persistence.size = 10Gi"));
    project.build(&[]);
    project.write("stacks/m.vms", &stack("m", "persistence.size = 2Gi"));
    let said = project.build(&[]);
    assert!(said.contains("warning[W0716]") && said.contains("10Gi"), "{said}");
    // It is told once: then the outputs have it.
    assert!(!project.build(&[]).contains("W0716"));
    // A profile is for another place, unless it says that it shares the base's volume.
    let profile = |more: &str| {
        stack("m", "persistence.size = 2Gi") + "profile p {\n  persistence.size = 1Gi\n" + more + "}\n"
    };
    project.write("stacks/m.vms", &profile(""));
    let said = project.build(&[]);
    assert!(!said.contains("W0716") && said.contains("profile `p` has a smaller volume"), "{said}");
    project.write("stacks/m.vms", &profile("  persistence.volume = \"m\"\n"));
    assert!(project.build(&[]).contains("warning[W0716]"));
}

#[test]
fn two_stacks_of_an_umbrella_or_a_network_have_two_services() {
    let project = project();
    project.write("stacks/a.vms", &stack("a", ""));
    project.write("stacks/b.vms", &stack("b", "service.port = 9000"));
    let said = project.refused(&[]);
    assert!(said.contains("error[E0714]") && said.contains("metrics-store"), "{said}");
    project.write("stacks/b.vms", &stack("b", "service { name = \"b-store\", port = 9000 }"));
    project.build(&[]);
    // Without an umbrella they still meet on a network.
    let alone = |name: &str, more: &str| format!("stack {name} {{ version = v1.106.1, {more} }}\n");
    let other = Project::empty();
    other.write("stacks/a.vms", &alone("a", "compose.network = \"n\""));
    other.write("stacks/b.vms", &alone("b", "compose.network = \"n\", service.port = 9000"));
    assert!(other.refused(&[]).contains("error[E0714]"));
    other.write("stacks/b.vms", &alone("b", "compose.network = \"m\", service.port = 9000"));
    other.build(&[]);
}

/// The same chart again under an alias is another database, and needs another name of its Service.
#[test]
fn an_alias_of_the_subchart_has_a_service_of_its_own() {
    let project = project();
    project.write("stacks/m.vms", &stack("m", ""));
    project.build(&[]);
    let again = "- name: m\n    alias: second\n    version: 0.1.0\n    repository: file://charts/m\n";
    let chart = project.read("charts/u/Chart.yaml");
    project.write("charts/u/Chart.yaml", &format!("{}\n  {again}", chart.trim_end()));
    let said = project.refused(&[]);
    assert!(said.contains("error[E0714]: the Service of `second` is also called `metrics-store`"), "{said}");
    assert!(said.contains("charts/u/Chart.yaml:"), "{said}");
    let values = project.read("charts/u/values.yaml");
    project
        .write("charts/u/values.yaml", &format!("{values}\nsecond:\n  service:\n    name: second-store\n"));
    project.build(&[]);
}

#[test]
fn templates_that_read_a_former_name_are_named() {
    let project = project();
    project.write(
        "charts/u/templates/notes/a.txt",
        "{{ .Values.metrics.service.port }} {{ .Values.metricsx }}\n",
    );
    project.write("charts/u/templates/b.yaml", "a: {{ .Values.other.x }}\n");
    project.write("stacks/m.vms", &stack("metrics", ""));
    assert!(!project.build(&[]).contains(".Values."));
    project.write("stacks/m.vms", &stack("tsdb", "persistence.volume = \"metrics\""));
    let said = project.build(&[]);
    let named = "`charts/u/templates/notes/a.txt` reads `.Values.metrics`, which is `.Values.tsdb` now";
    assert!(said.contains(named) && !said.contains("b.yaml"), "{said}");
    assert!(!project.build(&[]).contains(".Values."));
}
