//! Repositories as people have them.

use crate::{CHART, COMPOSE, STACK, VALUES, built, commit_all, edit, git, repository, stack};
use std::fs;

const WEB: &str =
    "services:\n  web:\n    image: nginx # pinned\n\nnetworks:\n  app-net:\n    driver: bridge\n";

/// Only our lines are added: the file without them is the file before.
#[track_caller]
fn holds_every_line(after: &str, before: &str) {
    let mut rest = after.lines();
    for line in before.lines() {
        assert!(rest.any(|found| found == line), "{line:?} is gone from\n{after}");
    }
}

#[test]
fn comments_stay_with_what_they_are_about() {
    let values = "a:\n  b: 1\n  # c: 2\n";
    let project = built(values, "services:\n  web:\n    image: x\n    # ports:\n    #   - 80\n");
    assert!(project.read(VALUES).starts_with(&format!("{values}metrics:\n")));
    assert!(
        project
            .read(COMPOSE)
            .starts_with("services:\n  web:\n    image: x\n    # ports:\n    #   - 80\n  metrics:\n")
    );
    // A change, a rename and a removal leave them where they are.
    project.write(STACK, &stack("31d", ""));
    project.build(&[]);
    project.write(
        STACK,
        &stack("31d", "").replace("stack metrics {", "stack other {\n  persistence.volume = \"other\""),
    );
    project.build(&[]);
    assert!(project.read(VALUES).starts_with(&format!("{values}other:\n")));
}

#[test]
fn what_a_person_adds_to_ours_stays_through_changes() {
    let project = built("{}\n", WEB);
    edit(
        &project,
        COMPOSE,
        "    restart:",
        "    # why: see the wiki\n    labels: { team: a } # ours\n    restart:",
    );
    edit(&project, COMPOSE, "metrics-data: {}", "metrics-data:\n    name: keep-me");
    edit(
        &project,
        VALUES,
        "  retention: \"30d\"",
        "  server: { priorityClassName: high }\n  retention: \"30d\" # a month",
    );
    project.write(STACK, &stack("60d", "  compose.restart = \"always\"\n"));
    project.build(&[]);
    let compose = project.read(COMPOSE);
    for kept in [
        "# why: see the wiki\n    labels: { team: a } # ours\n    restart: always",
        "name: keep-me",
        "-retentionPeriod=60d",
    ] {
        assert!(compose.contains(kept), "{kept}\n{compose}");
    }
    assert!(project.read(VALUES).contains("  retention: \"60d\" # a month\n"));
    assert!(project.build(&[]).contains("nothing to do"));
}

#[test]
fn another_spelling_of_the_same_is_no_edit() {
    let project = built("a: 1\n", WEB);
    let reformatted =
        project.read(VALUES).replace("\"30d\"", "30d").replace("  enabled: true", "  enabled:    true");
    project.write(VALUES, &reformatted);
    let generated = format!("{CHART}/values.yaml");
    let text = project.read(&generated).replace("  ", "    ").replace("\"15s\"", "15s");
    project.write(&generated, &text);
    assert!(project.build(&[]).contains("nothing to do"));
    assert_eq!(project.read(VALUES), reformatted);
    assert_eq!(project.read(&generated), text);
    // And the next change is made in that spelling's place.
    project.write(STACK, &stack("31d", ""));
    project.build(&[]);
    assert!(project.read(VALUES).contains("  enabled:    true"));
}

#[test]
fn a_checkout_with_crlf_is_no_edit() {
    let project = built("a: 1\n", WEB);
    for (path, bytes) in project.files() {
        if !path.starts_with("stacks/") {
            project.write(&path, &String::from_utf8(bytes).unwrap().replace('\n', "\r\n"));
        }
    }
    let before = project.files();
    assert!(project.build(&[]).contains("nothing to do"));
    assert_eq!(project.files(), before);
    project.write(STACK, &stack("60d", ""));
    project.build(&[]);
    let values = project.read(VALUES);
    assert!(
        values.contains("retention: \"60d\"\r\n") && !values.replace("\r\n", "").contains('\n'),
        "{values:?}"
    );
}

#[test]
fn a_lost_record_harms_nothing() {
    let project = built("a: 1\n", WEB);
    fs::remove_file(project.path().join("vmsc.owned")).unwrap();
    fs::remove_dir_all(project.path().join(CHART)).unwrap();
    project.build(&[]);
    project.write(STACK, &stack("60d", ""));
    project.build(&[]);
    assert!(project.read(VALUES).contains("60d"));
}

#[test]
fn a_value_that_was_there_first_is_given_back() {
    let values = "metrics:\n  retention: 30d # ours since 2021\n";
    let project = built(values, WEB);
    project.write(STACK, &stack("60d", ""));
    let said = project.build(&[]);
    assert!(!said.contains("W0710"), "{said}");
    assert!(project.read(VALUES).contains("retention: \"60d\" # ours since 2021"));
    project.build(&["--quiet"]);
    let removed = project.run(&["remove", "metrics"]);
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    assert_eq!(project.read(VALUES), values);
    assert_eq!(project.read(COMPOSE), WEB);
}

#[test]
fn a_difference_stops_the_build_with_every_way_on() {
    let project = built("a: 1\n", WEB);
    edit(&project, COMPOSE, "restart: unless-stopped", "restart: \"no\"");
    let before = project.files();
    let said = project.refused(&[]);
    for line in [
        "error[E0703]: `services.metrics.restart` in `docker/docker-compose.yml` is not what vmsc wrote",
        "set `compose.restart` in the stack, and remove it here",
        "run `vmsc build --keep=docker/docker-compose.yml:services.metrics.restart`",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!(project.files(), before);

    let keep = "--keep=docker/docker-compose.yml:services.metrics.restart";
    assert!(project.build(&[keep]).contains("is kept as it is"));
    assert!(project.build(&[]).contains("nothing to do"), "it stays kept");
    let checked = String::from_utf8(project.run(&["build", "--check"]).stderr).unwrap();
    assert!(checked.contains("outputs are current, 1 value kept as it is"), "{checked}");
    let said = project.build(&["--force=docker/docker-compose.yml:services.metrics.restart"]);
    assert!(
        said.contains("discarded `services.metrics.restart` in `docker/docker-compose.yml`: \"no\""),
        "{said}"
    );
    assert!(!project.read("vmsc.owned").contains("kept"));
    assert_eq!(project.run(&["build", "--keep=nothing.yml:a"]).status.code(), Some(1));
    assert_eq!(project.run(&["build", "--keep=a b c"]).status.code(), Some(2));
}

#[test]
fn a_generated_file_is_overwritten_only_by_name() {
    let project = built("a: 1\n", WEB);
    let file = format!("{CHART}/templates/service.yaml");
    edit(&project, &file, "targetPort: http", "targetPort: 9999");
    let said = project.refused(&[&format!("--keep={file}")]);
    assert!(said.contains("a generated file can't be kept"), "{said}");
    let said = project.build(&[&format!("--force={file}")]);
    assert!(said.contains("discarded from") && said.contains("targetPort: 9999"), "{said}");
}

#[test]
fn places_are_what_is_there_however_they_are_spelled() {
    let project = built("a: 1\n", WEB);
    let before = project.files();
    for (from, to) in [("\"charts/u\"", "\"./charts//u/\""), ("\"charts/u\"", "\"Charts/U\"")] {
        project.write(STACK, &stack("30d", "").replace(from, to));
        assert!(project.build(&[]).contains("nothing to do"), "{to}");
    }
    project.write(STACK, &stack("30d", "  compose.file = \"./Docker/docker-compose.yml\"\n"));
    assert!(project.build(&[]).contains("nothing to do"));
    project.write(STACK, &stack("30d", ""));
    assert_eq!(project.files(), before);
    // A link is what it points to.
    std::os::unix::fs::symlink("charts/u/values.yaml", project.path().join("compose.yml")).unwrap();
    for file in ["./charts/u/values.yaml", "compose.yml"] {
        project.write(STACK, &stack("30d", &format!("  compose.file = \"{file}\"\n")));
        assert!(
            project.refused(&[]).contains("error[E0709]: `charts/u/values.yaml` belongs to the chart"),
            "{file}"
        );
    }
}

#[test]
fn what_moves_leaves_nothing_behind() {
    let project = built("a: 1\n", WEB);
    let before = repository("a: 1\n", WEB);
    project.write("charts/v/Chart.yaml", "apiVersion: v2\nname: v\nversion: 0.1.0\n");
    project.write("charts/v/values.yaml", "# none\n");
    project.write(STACK, &stack("30d", "  compose.file = \"compose.yml\"\n").replace("charts/u", "charts/v"));
    let said = project.build(&[]);
    assert!(
        said.contains("removed `services.metrics`, `volumes.metrics-data` from `docker/docker-compose.yml`"),
        "{said}"
    );
    for file in [VALUES, COMPOSE, "charts/u/Chart.yaml"] {
        assert_eq!(project.read(file), before.read(file), "{file}");
    }
    assert!(!project.exists("charts/u/charts") && project.exists("charts/v/charts/metrics/Chart.yaml"));
    assert!(project.build(&[]).contains("nothing to do"));
}

#[test]
fn what_a_person_put_into_ours_is_not_left_where_nothing_reads_it() {
    let project = built("a: 1\n", WEB);
    let other =
        stack("30d", "").replace("stack metrics {", "stack other {\n  persistence.volume = \"other\"");
    edit(&project, COMPOSE, "    image: \"vic", "    labels: { team: a }\n    image: \"vic");
    project.write(STACK, &other);
    let before = project.files();
    let said = project.refused(&[]);
    assert!(
        said.contains("error[E0723]: only what is yours would be left of `services.metrics`")
            && said.contains("labels: { team: a }"),
        "{said}"
    );
    assert_eq!(project.files(), before);
    edit(&project, COMPOSE, "    labels: { team: a }\n", "");
    project.write(&format!("{CHART}/mine.yaml"), "a: 1\n");
    let said = project.refused(&[]);
    assert!(said.contains("error[E0723]") && said.contains(&format!("{CHART}/mine.yaml")), "{said}");
    fs::remove_file(project.path().join(CHART).join("mine.yaml")).unwrap();
    edit(&project, &format!("{CHART}/values.yaml"), "retention: ", "retention: 9");
    assert!(project.refused(&[]).contains("error[E0702]"));
}

#[test]
fn what_is_gone_is_said() {
    let project = built("a: 1\n", WEB);
    let compose = project.read(COMPOSE);
    let start = compose.find("  metrics:\n").unwrap();
    let end = compose.find("\nnetworks:").unwrap();
    project.write(COMPOSE, &format!("{}{}", &compose[..start], &compose[end..]));
    let said = project.build(&[]);
    assert!(
        said.contains("`services.metrics` was not in `docker/docker-compose.yml`: written again"),
        "{said}"
    );
    fs::remove_file(project.path().join(COMPOSE)).unwrap();
    let said = project.refused(&[]);
    assert!(said.contains("error[E0722]: `docker/docker-compose.yml` is gone"), "{said}");
    assert!(!project.exists(COMPOSE));
    project.build(&["--force=docker/docker-compose.yml"]);
    assert!(project.exists(COMPOSE));
}

#[test]
fn a_stack_that_is_gone_is_taken_out_when_git_says_so() {
    let project = built("a: 1\n", WEB);
    commit_all(&project, "a");
    fs::remove_file(project.path().join(STACK)).unwrap();
    project.write(
        "stacks/other.vms",
        "stack other {\n  version = v1.106.1\n  persistence.volume = \"other\"\n  compose.file = \"other.yml\"\n}\n",
    );
    let said = project.refused(&[]);
    assert!(
        said.contains("error[E0727]: `stacks/metrics.vms` is gone")
            && said.contains("vmsc remove stacks/metrics.vms"),
        "{said}"
    );
    commit_all(&project, "b");
    let said = project.build(&[]);
    assert!(said.contains("`stacks/metrics.vms` is gone: what it wrote is removed"), "{said}");
    assert_eq!(project.read(VALUES), "a: 1\n");
    assert_eq!(project.read(COMPOSE), WEB);
    assert!(!project.exists("charts/u/charts"));
}

#[test]
fn a_renamed_stack_file_takes_over_what_the_old_one_wrote() {
    let project = built("a: 1\n", WEB);
    fs::rename(project.path().join(STACK), project.path().join("stacks/renamed.vms")).unwrap();
    project.build(&[]);
    assert!(!project.read("vmsc.owned").contains("stacks/metrics.vms"));
    assert!(project.read(&format!("{CHART}/Chart.yaml")).contains("from stacks/renamed.vms;"));
}

#[test]
fn the_umbrella_s_values_are_those_that_helm_takes() {
    let project = repository("metrics:\n  server:\n    replicas: 1\n  retentoin: 1d\nglobal: {}\n", WEB);
    let said = project.refused(&[]);
    assert!(said.contains("error[E0725]: the chart of `metrics` has no value `server.replicas`"), "{said}");
    assert!(
        said.contains("has no value `retentoin`") && said.contains("did you mean `retention`?"),
        "{said}"
    );
    project.write("charts/u/Chart.yaml", "apiVersion: v1\nname: u\nversion: 0.1.0\n");
    let said = project.refused(&[]);
    assert!(said.contains("error[E0726]") && said.contains("requirements.yaml"), "{said}");
}

#[test]
fn two_stacks_never_give_one_place_two_values() {
    let project = built("a: 1\n", WEB);
    project.write(
        "stacks/b.vms",
        "stack b {\n  version = v1.106.1\n  chart.parent = \"charts/u\"\n  compose.network = \"app-net\"\n  service { name = \"b-store\", port = 9999 }\n}\n",
    );
    project.build(&[]);
    // The network is of both: one stack goes, and it stays.
    assert!(project.run(&["remove", "b"]).status.success());
    project.write("stacks/b.vms", "stack b { version = v1.106.1 }\n");
    assert!(
        project.read("vmsc.owned").contains("stacks/metrics.vms docker/docker-compose.yml networks.app-net ")
    );
    assert!(!project.read(COMPOSE).contains("  b:\n"));
}

#[test]
fn a_record_that_cannot_be_used_stops_the_build() {
    let project = built("a: 1\n", WEB);
    let owned = project.read("vmsc.owned");
    for (text, why) in [
        (owned.replace("# vmsc 1:", "# vmsc 2:"), "later vmsc"),
        (format!("{owned}stacks/metrics.vms ../outside.yml\n"), "leads out of the project"),
        (format!("{owned}stacks/metrics.vms /etc/passwd\n"), "leads out of the project"),
        (format!("{owned}nonsense\n"), "not one of vmsc's"),
    ] {
        project.write("vmsc.owned", &text);
        let said = project.refused(&[]);
        assert!(said.contains("error[E0720]") && said.contains(why), "{said}");
    }
    project.write("vmsc.owned", &format!("<<<<<<< a\n{owned}=======\n{owned}>>>>>>> b\n"));
    assert!(project.build(&[]).contains("wrote 1 file"));
    assert_eq!(project.read("vmsc.owned"), owned);
}

#[test]
fn a_merge_that_is_not_resolved_is_left_alone() {
    let project = built("a: 1\n", WEB);
    let values = project.read(VALUES);
    project.write(VALUES, &format!("{values}<<<<<<< a\nb: 1\n=======\nb: 2\n>>>>>>> b\n"));
    let lines = values.lines().count();
    let said = project.refused(&[]);
    let title =
        format!("a merge is not resolved in `charts/u/values.yaml`, lines {}–{}", lines + 1, lines + 5);
    assert!(said.contains("error[E0721]") && said.contains(&title), "{said}");
    project.write(VALUES, &values);
    // In a generated file, whatever is between the markers is of an older build.
    let file = format!("{CHART}/Chart.yaml");
    let chart = project.read(&file);
    project
        .write(&file, &format!("<<<<<<< a\n{chart}=======\n{}>>>>>>> b\n", chart.replace("0.1.0", "0.2.0")));
    let said = project.build(&[]);
    assert!(said.contains("0.2.0"), "{said}");
    assert_eq!(project.read(&file), chart);
}

#[test]
fn files_of_every_shape_are_given_back() {
    for values in [
        "",
        "# only a comment\n",
        "{}\n",
        "{} # none\n",
        "\u{FEFF}a: 1\n",
        "--- # c\na: 1\n",
        "a: 1",
        "a:\n  b: |+\n    text\n\n",
        "? [x, y]\n: z\na: 1\n",
        "a: 1\n...\n",
        "metrics:\n",
        "metrics: {}\n",
        "metrics: ~ # none\n",
    ] {
        for compose in [
            "services: {\n  # none\n}\n",
            "services:\n  web:\n    image: x\n  # the end",
            "services: {}\nvolumes:\n\nnetworks: ~ # c\n",
            "x-a: &a\n  b: 1\n\nservices:\n  web:\n    <<: *a\n    image: x\n\n\n",
            "services:\r\n  web: { image: x }\r\n",
        ] {
            let project = built(values, compose);
            holds_every_line(
                &project.read(COMPOSE).replace(" {}", "").replace(" ~", ""),
                &compose.replace(" {}", "").replace(" ~", ""),
            );
            project.write(STACK, &stack("31d", "  compose.restart = \"always\"\n"));
            project.build(&[]);
            let removed = project.run(&["remove", "metrics"]);
            assert!(
                removed.status.success(),
                "{}\n{values:?} {compose:?} {}",
                String::from_utf8_lossy(&removed.stderr),
                project.read(VALUES)
            );
            assert_eq!(project.read(VALUES), values);
            assert_eq!(project.read(COMPOSE), compose);
            assert!(!project.exists("charts/u/charts") && !project.exists("vmsc.owned"));
            assert_eq!(project.read("charts/u/Chart.yaml"), "apiVersion: v2\nname: u\nversion: 0.1.0\n");
        }
    }
}

/// Git merges `vmsc.owned` without a conflict, and a person takes the side of their file that still has what
/// the other branch took out.
#[test]
fn what_a_side_of_a_merge_wrote_is_taken_out() {
    for committed in [false, true] {
        for (from, to, gone) in [
            ("stack metrics {", "stack other {\n  persistence.volume = \"other\"", "  metrics:"),
            ("compose.network = \"app-net\"", "compose.network = \"shop\"", "      app-net:"),
            ("chart.parent", "compose.file = \"compose.yml\"\n  chart.parent", "  metrics:"),
        ] {
            let project = built("a: 1\n", "services:\n  web:\n    image: x\n");
            let folder = project.path();
            commit_all(&project, "base");
            git(folder, &["checkout", "-qb", "other"]).unwrap();
            edit(&project, STACK, from, to);
            project.build(&[]);
            commit_all(&project, "theirs");
            git(folder, &["checkout", "-q", "main"]).unwrap();
            let compose = project
                .read(COMPOSE)
                .replace("  metrics:", "  metrics: # ops")
                .replace("    networks:", "    networks: # ops");
            project.write(COMPOSE, &compose);
            commit_all(&project, "ours");
            let _ = git(folder, &["merge", "-q", "other"]);
            git(folder, &["checkout", "--ours", "--", COMPOSE]).unwrap();
            if committed {
                commit_all(&project, "merged");
            }
            let said = project.build(&[]);
            assert!(
                !project.read(COMPOSE).contains(gone),
                "{committed} {to}: {said}\n{}",
                project.read(COMPOSE)
            );
            assert!(project.run(&["build", "--check"]).status.success());
        }
    }
}

#[test]
fn stacks_elsewhere_are_built_named_and_moved() {
    let project = repository("a: 1\n", WEB);
    commit_all(&project, "base");
    git(project.path(), &["mv", "stacks", "ops"]).unwrap();
    project.build(&["ops/metrics.vms"]);
    edit(&project, "ops/metrics.vms", "30d", "60d");
    assert_eq!(project.run(&["build", "--check"]).status.code(), Some(1), "it is not passed over");
    assert!(project.build(&["metrics"]).contains("ops/metrics.vms: wrote"));
    commit_all(&project, "ops");
    git(project.path(), &["mv", "ops", "stacks"]).unwrap();
    assert!(project.build(&[]).contains("stacks/metrics.vms: wrote"), "one in stacks/ is found");
    commit_all(&project, "back");
    git(project.path(), &["mv", "stacks", "ops"]).unwrap();
    let said = project.refused(&[]);
    assert!(said.contains("error[E0727]") && said.contains("vmsc build ops/metrics.vms"), "{said}");
    project.build(&["ops/metrics.vms"]);
    assert!(project.build(&[]).contains("nothing to do"));
}

#[test]
fn a_stack_with_conflict_markers_is_one_report() {
    let project = built("a: 1\n", WEB);
    edit(
        &project,
        STACK,
        "  retention = 30d\n",
        "<<<<<<<< a\n  retention = 30d\n========\n  retention = 60d\n>>>>>>>> b\n",
    );
    for command in [&["build"][..], &["check"], &["fmt"]] {
        let output = project.run(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.matches("error[").count()), (Some(1), 1), "{said}");
        let (title, lines) = ("error[E0721]: a merge is not resolved in `", "stacks/metrics.vms`, lines 4–8");
        assert!(said.contains(title) && said.contains(lines), "{said}");
    }
}

#[test]
fn a_profile_alone_warns_of_nothing_that_vmsc_wrote() {
    let project = repository("a: 1\n", WEB);
    let profiles = "profile dev {\n  retention = 7d\n}\nprofile p {\n  retention = 8d\n}\n";
    project.write(STACK, &format!("{}{profiles}", stack("30d", "")));
    project.build(&[]);
    project.write(STACK, &format!("{}{}", stack("31d", ""), profiles.replace("8d", "9d")));
    assert!(!project.build(&["--profile", "dev", "--deny", "warnings"]).contains("warning"));
}

/// Beside a dependency on the same chart under another name, ours is the one without an alias.
#[test]
fn a_dependency_with_an_alias_is_a_person_s() {
    let project = built("a: 1\nagain:\n  service:\n    name: again-store\n", WEB);
    let file = "charts/u/Chart.yaml";
    let own = "  - name: metrics\n    version: \"0.1.0\"\n    alias: again\n";
    project.write(file, &(project.read(file) + own));
    project.write(STACK, &stack("31d", "  chart.version = 0.2.0\n"));
    project.build(&[]);
    assert!(project.read(file).contains("version: \"0.2.0\"\n    condition: metrics.enabled\n"));
    assert!(project.run(&["remove", "metrics"]).status.success());
    assert_eq!(project.read(file), format!("apiVersion: v2\nname: u\nversion: 0.1.0\ndependencies:\n{own}"));
}

#[test]
fn what_is_under_our_key_may_be_merged_in_and_may_stay() {
    let values = "x: &x\n  podAnnotations: { a: b }\nmetrics:\n  server:\n    <<: *x\n";
    let project = built(values, WEB);
    project.write(STACK, &stack("31d", ""));
    project.build(&[]);
    let removed = project.run(&["remove", "metrics"]);
    let said = String::from_utf8_lossy(&removed.stderr);
    assert!(removed.status.success() && said.contains("`metrics` in `charts/u/values.yaml` stays"), "{said}");
    assert_eq!(project.read(VALUES), values);
}

#[test]
fn mixed_line_ends_are_given_back() {
    let compose = "services:\r\n  web:\r\n    image: nginx\n  b:\n    image: x\r\n";
    for values in ["a: 1\nb: 2\r\n", "a: 1\r\nb: 2\n"] {
        let project = built(values, compose);
        assert!(project.run(&["remove", "metrics"]).status.success());
        assert_eq!((project.read(VALUES), project.read(COMPOSE)), (values.to_owned(), compose.to_owned()));
    }
}
