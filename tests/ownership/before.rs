//! What 0.1 wrote is taken over without a report.

use crate::common::{Project, copy, repository};
use crate::edit;

/// The example as 0.1 left it.
fn example() -> Project {
    let project = Project::empty();
    copy(&repository().join("tests/ownership/before"), project.path());
    project
}

#[test]
fn one_build_takes_over_what_0_1_wrote() {
    let project = example();
    let said = project.build(&[]);
    assert!(!said.contains("error") && !said.contains("warning"), "{said}");
    project.is_same_as(&Project::example());
    assert!(!project.exists("charts/dox-asdlc/charts/victoriametrics/.vmsc.json"));
    assert!(project.build(&[]).contains("nothing to do"));
}

#[test]
fn the_stack_may_change_in_the_same_commit() {
    for (from, to) in [
        ("retention = 30d", "retention = 60d"),
        ("stack victoriametrics {", "stack metrics {\n  persistence.volume = \"metrics\""),
        ("size = 10Gi", "size = 20Gi"),
        ("docker/docker-compose.yml", "docker/compose.yml"),
    ] {
        let (old, new) = (example(), Project::example());
        for project in [&old, &new] {
            edit(project, "stacks/victoriametrics.vms", from, to);
            let said = project.build(&[]);
            assert!(!said.contains("error"), "{said}");
        }
        old.is_same_as(&new);
    }
}

#[test]
fn what_a_person_edited_is_not_taken_for_ours() {
    let project = example();
    edit(&project, "docker/docker-compose.yml", "stop_grace_period: \"60s\"", "stop_grace_period: \"90s\"");
    edit(&project, "docker/docker-compose.yml", "    cap_drop:", "    # ours\n    cap_drop:");
    let said = project.refused(&[]);
    assert_eq!(said.matches("error[").count(), 1, "{said}");
    assert!(said.contains("`services.victoriametrics.stop_grace_period`"), "{said}");
}

/// A comment in our service is no edit of it, as it was one for 0.1.
#[test]
fn a_comment_in_an_entry_of_0_1_is_no_edit() {
    let project = example();
    edit(&project, "docker/docker-compose.yml", "    cap_drop:", "    # ours\n    cap_drop: # drop");
    edit(&project, "stacks/victoriametrics.vms", "retention = 30d", "retention = 31d");
    project.build(&[]);
    let compose = project.read("docker/docker-compose.yml");
    assert!(compose.contains("# ours\n    cap_drop: # drop") && compose.contains("=31d"), "{compose}");
}

#[test]
fn a_conflict_in_the_old_record_is_both_sides() {
    let project = example();
    let file = "charts/dox-asdlc/charts/victoriametrics/.vmsc.json";
    let text = project.read(file);
    let (first, rest) = text.split_once('\n').unwrap();
    let (header, rest) = rest.split_once('\n').unwrap();
    project.write(
        file,
        &format!(
            "{first}\n<<<<<<< a\n{header}\n=======\n{}\n>>>>>>> b\n{rest}",
            header.replace("Digest ", "Digest 0")
        ),
    );
    edit(&project, "stacks/victoriametrics.vms", "retention = 30d", "retention = 31d");
    let said = project.build(&[]);
    assert!(!said.contains("error"), "{said}");
}

#[test]
fn what_0_1_filled_is_given_back() {
    let project = example();
    project.build(&[]);
    let removed = project.run(&["remove", "victoriametrics"]);
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    for file in ["docker/docker-compose.minikube.yml", "charts/dox-asdlc/values-minikube.yaml", "vmsc.owned"]
    {
        assert!(!project.exists(file), "{file}");
    }
    assert!(!project.read("docker/docker-compose.yml").contains("victoriametrics"));
    assert!(!project.read("charts/dox-asdlc/values.yaml").contains("victoriametrics:"));
}
