//! A project before, the project after.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, repository, vmsc};
use std::fs;

const MINIMAL: &str = "stack victoriametrics {\n  version = v1.106.1\n}\n";

#[test]
fn a_build_of_the_example_changes_nothing() {
    let project = Project::example();
    let before = project.files();
    let said = project.build(&[]);
    assert!(said.contains("nothing to do"), "{said}");
    assert_eq!(project.files(), before);
    assert!(
        vmsc(&repository()).args(["build", "--check"]).status().unwrap().success(),
        "what is committed is current"
    );
}

#[test]
fn two_builds_in_a_row_write_once_and_the_same_bytes() {
    let (first, second) = (Project::example(), Project::example());
    for project in [&first, &second] {
        for path in ["charts/dox-asdlc/charts/victoriametrics", "docker/victoriametrics"] {
            fs::remove_dir_all(project.path().join(path)).unwrap();
        }
        project.build(&["--force"]);
    }
    assert_eq!(first.files(), second.files());
    assert!(first.build(&[]).contains("nothing to do"));
    assert_eq!(first.files(), second.files());
}

#[test]
fn a_stack_alone_becomes_a_chart_and_a_service_of_its_own() {
    let project = Project::empty();
    project.write("stacks/metrics.vms", &MINIMAL.replace("victoriametrics", "metrics"));
    let said = project.build(&[]);
    assert!(said.contains("charts/metrics/"), "{said}");
    assert!(project.exists("charts/metrics/templates/statefulset.yaml"));
    assert!(project.exists("docker/metrics/scrape.yml"));
    assert!(project.read("docker/docker-compose.yml").starts_with("services:\n  metrics:\n"));
}

#[test]
fn errors_write_nothing() {
    let project = Project::empty();
    project.write("stacks/metrics.vms", "stack metrics {\n  version = v1.106.1\n  retention = 30\n}\n");
    let before = project.files();
    let said = project.refused(&[]);
    assert!(said.contains("error[E0309]"), "{said}");
    assert_eq!(project.files(), before);
}

#[test]
fn dry_run_lists_and_check_compares() {
    let project = Project::empty();
    project.write("stacks/metrics.vms", &MINIMAL.replace("victoriametrics", "metrics"));
    let before = project.files();
    assert!(project.build(&["--dry-run"]).contains("would write"));
    let output = project.run(&["build", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("+kind: StatefulSet"));
    assert_eq!(project.files(), before);
}

#[test]
fn every_byte_of_the_users_files_stays() {
    let project = Project::example();
    let compose = "# top\r\nservices:\r\n    web:\r\n        image: 'nginx' # pinned\r\n\r\n        ports: [ \"80:80\" ]\r\n\r\nx-common: &common\r\n    a: 1\r\n";
    project.write("docker/docker-compose.yml", compose);
    project.build(&["--force"]);
    let after = project.read("docker/docker-compose.yml");
    let ours = after.lines().filter(|line| !compose.contains(line.trim_end())).count();
    assert!(ours > 30, "{after}");
    let mut rest = after.as_str();
    for line in compose.split_inclusive("\r\n") {
        let at = rest.find(line).unwrap_or_else(|| panic!("{line:?} is gone from\n{after}"));
        rest = &rest[at + line.len()..];
    }
    assert!(after.contains("    victoriametrics:\r\n        image:"), "the file's own indentation\n{after}");
}

#[test]
fn what_a_person_edited_is_never_overwritten_silently() {
    let project = Project::example();
    let chart = "charts/dox-asdlc/charts/victoriametrics/templates/service.yaml";
    let edited = project.read(chart).replace("targetPort: http", "targetPort: 9999");
    project.write(chart, &edited);
    let said = project.refused(&[]);
    assert!(said.contains("error[E0702]") && said.contains("+       targetPort: 9999"), "{said}");
    assert_eq!(project.read(chart), edited);
    project.build(&["--force"]);
    assert!(project.read(chart).contains("targetPort: http"));

    let compose = "docker/docker-compose.yml";
    let edited = project.read(compose).replace("retentionPeriod=30d", "retentionPeriod=99d");
    project.write(compose, &edited);
    let said = project.refused(&[]);
    assert!(said.contains("error[E0703]") && said.contains("services.victoriametrics"), "{said}");
    assert_eq!(project.read(compose), edited);
}

#[test]
fn an_entry_that_a_person_wrote_first_is_theirs() {
    let project = Project::example();
    project.write("charts/dox-asdlc/values.yaml", "victoriametrics:\n  retention: 90d # ours\n");
    fs::remove_file(project.path().join("vmsc.owned")).unwrap();
    let said = project.refused(&[]);
    for line in [
        "`victoriametrics.retention` in `charts/dox-asdlc/values.yaml` is not what vmsc wrote",
        "set `retention` in the stack, and remove it here",
        "run `vmsc build --keep=charts/dox-asdlc/values.yaml:victoriametrics.retention` to keep",
        "run `vmsc build --force=charts/dox-asdlc/values.yaml:victoriametrics.retention` to overwrite",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn leaves_stand_beside_what_a_person_writes_under_the_same_key() {
    let project = Project::example();
    let values = project
        .read("charts/dox-asdlc/values.yaml")
        .replace("  server:\n", "  server:\n    # noisy neighbours\n    priorityClassName: high\n");
    project.write("charts/dox-asdlc/values.yaml", &values);
    assert!(project.build(&[]).contains("nothing to do"));
    assert_eq!(project.read("charts/dox-asdlc/values.yaml"), values);
}

#[test]
fn what_the_stack_no_longer_says_goes() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms");
    let shorter = stack.replace("  retention = 30d\n", "").split("profile").next().unwrap().to_owned();
    project.write("stacks/victoriametrics.vms", &shorter);
    project.build(&[]);
    assert!(!project.read("charts/dox-asdlc/values.yaml").contains("retention"));
    assert!(!project.exists("charts/dox-asdlc/values-minikube.yaml"), "the profile's file was ours whole");
    assert!(!project.exists("docker/docker-compose.minikube.yml"));
    project.write("stacks/victoriametrics.vms", &stack);
    project.build(&[]);
    assert!(project.build(&[]).contains("nothing to do"));
}

#[test]
fn a_file_that_cannot_be_edited_is_told_and_stays() {
    let cases = [
        ("a: &a\n  x: 1\nservices: *a\n", "alias"),
        ("- services\n", "list"),
        ("services: [\n", "not valid YAML"),
        ("services:\n  a: 1\nservices:\n  b: 1\n", "duplicate"),
        ("services: web\n", "single value"),
    ];
    for (text, why) in cases {
        let project = Project::example();
        project.write("docker/docker-compose.yml", text);
        let before = project.files();
        let said = project.refused(&["--force"]);
        assert!(said.contains("error[E0704]") && said.contains(why), "{said}");
        assert_eq!(project.files(), before, "{text}");
    }
}

#[test]
fn outputs_stay_below_the_root() {
    let project = Project::empty();
    project.write(
        "stacks/m.vms",
        "stack m {\n  version = v1.106.1\n  compose { file = \"../outside.yml\" }\n}\n",
    );
    assert!(project.refused(&[]).contains("error[E0701]"));
    project.write("stacks/m.vms", "stack m {\n  version = v1.106.1\n}\n");
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), project.path().join("docker")).unwrap();
    assert!(project.refused(&[]).contains("error[E0701]"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn a_missing_umbrella_is_told() {
    let project = Project::empty();
    project
        .write("stacks/m.vms", "stack m {\n  version = v1.106.1\n  chart { parent = \"charts/none\" }\n}\n");
    let said = project.refused(&[]);
    assert!(said.contains("error[E0706]") && said.contains("helm create charts/none"), "{said}");
}

#[test]
fn an_archive_and_a_lock_file_are_told() {
    let project = Project::example();
    project.write("charts/dox-asdlc/charts/victoriametrics-0.1.0.tgz", "old");
    project.write("charts/dox-asdlc/Chart.lock", "dependencies: []\n");
    let said = project.build(&[]);
    assert!(said.contains("warning[W0707]") && said.contains("warning[W0708]"), "{said}");
}

#[test]
fn a_profile_alone_leaves_the_other_files() {
    let project = Project::example();
    let stack =
        project.read("stacks/victoriametrics.vms").replace("retention        = 7d", "retention        = 3d");
    project.write("stacks/victoriametrics.vms", &stack.replace("retention = 30d", "retention = 60d"));
    let said = project.build(&["--profile", "minikube"]);
    assert!(project.read("charts/dox-asdlc/values-minikube.yaml").contains("3d"), "{said}");
    assert!(project.read("charts/dox-asdlc/values.yaml").contains("30d"));
    assert_eq!(project.run(&["build", "--profile", "minicube"]).status.code(), Some(2));
}

#[test]
fn a_profile_may_add_a_job_and_switch_one_off() {
    let stack = "stack victoriametrics {\n  version = v1.106.1\n  scrape { job \"a\" { targets = [\"a:1\"] } }\n  chart { parent = \"charts/dox-asdlc\" }\n  compose { network = \"asdlc-network\" }\n}\n\nprofile p {\n  scrape {\n    job \"a\" { enabled = false }\n    job \"b\" { targets = [\"b:1\"] }\n  }\n}\n";
    let project = Project::example();
    project.write("stacks/victoriametrics.vms", stack);
    project.build(&[]);
    let values = project.read("charts/dox-asdlc/values-p.yaml");
    assert!(
        values.contains("a:\n        enabled: false") && values.contains("b:\n        enabled: true"),
        "{values}"
    );
    assert!(!project.read("docker/victoriametrics/scrape.yml").contains("b:1"));
    let alone = project.read("docker/victoriametrics/p/scrape.yml");
    assert!(alone.contains("b:1") && !alone.contains("a:1"), "{alone}");
    assert!(project.read("docker/docker-compose.p.yml").contains("./victoriametrics/p"));
}

/// Every check of the built-in schema is part of the chart, but for those marked `@build`.
#[test]
fn checks_that_are_not_part_of_the_chart_are_listed() {
    let said = Project::example().build(&["-v"]);
    assert!(
        said.contains("checked by vmsc only, not at install: E0509 E0510 E0511 E0512 E0514 E0515 E0544\n"),
        "{said}"
    );
    for file in ["workload", "server", "agent", "scrape", "stack"] {
        let text = fs::read_to_string(repository().join(format!("src/prelude/{file}.vms"))).unwrap();
        for line in text.lines().filter(|line| line.contains("check [")) {
            let of_build = ["E0509", "E0510", "E0511", "E0512", "E0514", "E0515", "E0544"]
                .iter()
                .any(|code| line.contains(code));
            assert_eq!(line.trim_start().starts_with("@build"), of_build, "{line}");
        }
    }
}

#[test]
fn a_comment_in_our_entry_is_not_lost_by_a_later_build() {
    let project = Project::example();
    let compose =
        project.read("docker/docker-compose.yml").replace("    cap_drop:", "    # ours\n    cap_drop:");
    project.write("docker/docker-compose.yml", &compose);
    project.build(&[]);
    assert_eq!(project.read("docker/docker-compose.yml"), compose);
    let stack = project.read("stacks/victoriametrics.vms").replace("retention = 30d", "retention = 31d");
    project.write("stacks/victoriametrics.vms", &stack);
    project.build(&[]);
    let after = compose.replace("retentionPeriod=30d", "retentionPeriod=31d");
    assert_eq!(project.read("docker/docker-compose.yml"), after);
}

#[test]
fn two_outputs_are_never_one_file() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms");
    project.write("stacks/other.vms", &stack.replace("30d", "60d"));
    let before = project.files();
    let said = project.refused(&[]);
    assert!(
        said.contains("error[E0709]") && said.contains("`stacks/victoriametrics.vms` also writes"),
        "{said}"
    );
    assert_eq!(project.files(), before);
    fs::remove_file(project.path().join("stacks/other.vms")).unwrap();
    project.write(
        "stacks/victoriametrics.vms",
        &stack.replace("docker/docker-compose.yml", "charts/dox-asdlc/values.yaml"),
    );
    assert!(project.refused(&[]).contains("belongs to the chart"));
}

#[test]
fn a_removed_job_leaves_nothing_and_a_link_to_nowhere_is_refused() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms");
    let start = stack.find("    job \"hook-telemetry\"").unwrap();
    let end = start + stack[start..].find("\n    }\n").unwrap() + 7;
    project.write("stacks/victoriametrics.vms", &format!("{}{}", &stack[..start], &stack[end..]));
    project.build(&[]);
    assert!(!project.read("charts/dox-asdlc/values.yaml").contains("hook-telemetry"));
    let values = project.path().join("charts/dox-asdlc/values.yaml");
    fs::remove_file(&values).unwrap();
    std::os::unix::fs::symlink("/nowhere/values.yaml", &values).unwrap();
    assert!(project.refused(&[]).contains("error[E0701]"));
    assert!(values.is_symlink());
}

/// Where our entries go, what stood there before comes back, byte for byte.
#[test]
fn a_renamed_stack_leaves_nothing_behind() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms");
    let renamed = stack.replace("stack victoriametrics", "stack metrics");
    project.write("stacks/victoriametrics.vms", &renamed);
    let said = String::from_utf8(project.run(&["build"]).stderr).unwrap();
    assert!(said.contains("E0712") && said.contains("persistence.volume = \"victoriametrics\""), "{said}");
    let anew = renamed.replacen("persistence {", "persistence {\n    volume = \"metrics\",", 1);
    assert_ne!(anew, renamed);
    project.write("stacks/victoriametrics.vms", &anew);
    project.build(&[]);
    let left: Vec<String> = project
        .files()
        .into_iter()
        .filter(|(path, text)| {
            let told = path.starts_with("stacks/") || path.contains("charts/metrics/");
            !told
                && (path.contains("victoriametrics")
                    || String::from_utf8_lossy(text).contains("victoriametrics:"))
        })
        .map(|(path, _)| path)
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(project.read("charts/dox-asdlc/Chart.yaml").contains("name: metrics"));
    assert!(project.build(&[]).contains("nothing to do"));
    let back = stack.replacen("persistence {", "persistence {\n    volume = \"victoriametrics\",", 1);
    project.write("stacks/victoriametrics.vms", &back);
    project.build(&[]);
    project.write("stacks/victoriametrics.vms", &stack);
    project.build(&[]);
    project.is_same_as(&Project::example());
}

#[test]
fn another_checkout_s_line_ends_are_no_edit() {
    let project = Project::example();
    let schema = "charts/dox-asdlc/charts/victoriametrics/values.schema.json";
    let template = "charts/dox-asdlc/charts/victoriametrics/templates/service.yaml";
    for path in [schema, template] {
        project.write(path, &project.read(path).replace('\n', "\r\n"));
    }
    let before = project.files();
    assert!(project.build(&[]).contains("nothing to do"));
    assert_eq!(project.files(), before);
}

#[test]
fn a_read_only_file_stays() {
    let project = Project::example();
    let path = project.path().join("charts/dox-asdlc/values.yaml");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let stack = project.read("stacks/victoriametrics.vms");
    project.write("stacks/victoriametrics.vms", &stack.replace("retention = 30d", "retention = 31d"));
    let before = project.files();
    let output = project.run(&["build"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("charts/dox-asdlc/values.yaml") && said.contains("read-only"), "{said}");
    assert_eq!(project.files(), before);
}

/// Many leaves under one key are one change of the file, whatever else stands there.
#[test]
fn a_thousand_jobs_are_set_and_go_at_once() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms");
    let before = project.files();
    let job = |n: usize| format!("    job \"j{n}\" {{ targets = [\"h{n}:9100\"], interval = 30s }}\n");
    let jobs: String = (0..1000).map(job).collect();
    let more = stack.replace("    job \"hook-telemetry\"", &format!("{jobs}    job \"hook-telemetry\""));
    project.write("stacks/victoriametrics.vms", &more);
    project.build(&[]);
    assert!(
        project.read("charts/dox-asdlc/values.yaml").contains("      j999:\n        interval: \"30s\"\n")
    );
    assert!(project.build(&[]).contains("nothing to do"));
    project.write("stacks/victoriametrics.vms", &stack);
    project.build(&[]);
    assert_eq!(project.files(), before);
}

/// A file of `stacks/` whose `stack` is misspelt is no library that is quietly passed over.
#[test]
fn a_file_without_a_stack_is_not_passed_over_in_silence() {
    for command in [&["build"][..], &["build", "--check"], &["test"], &["check"], &["get", "version"]] {
        let project = Project::empty();
        project.write("stacks/m.vms", "stak m {\n  version = v1.106.1\n}\n");
        let output = project.run(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        assert_eq!(said.matches("error[").count(), 1, "{said}");
        // Only files to import: nothing is built, and that is said.
        project.write("stacks/m.vms", "let a = 1\n");
        let output = project.run(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
        assert!(said.contains("has a stack"), "{said}");
    }
    // What is wrong in an imported file is told once, with the stack that imports it.
    let project = Project::empty();
    project.write("stacks/a.vms", "let a: Int = \"x\"\n");
    project.write("stacks/m.vms", "import \"a.vms\" as a\nstack m { version = v1.106.1 }\n");
    let said = project.refused(&[]);
    assert_eq!(said.matches("error[").count(), 1, "{said}");
}

#[test]
fn a_value_for_helm_only_is_warned_about() {
    let project = Project::empty();
    project.write("charts/u/Chart.yaml", "apiVersion: v2\nname: u\nversion: 0.1.0\n");
    // The size is none of Compose's, the timeout is what the stack says, and the port is no stack's.
    let values = "m:\n  retention: 7d\n  persistence: { size: 99Gi }\n  scrape:\n    timeout: 10000ms\n    job:\n      a: { path: /x } # mine\n  service: { port: 99999 }\n";
    project.write("charts/u/values.yaml", values);
    let stack = "stack m {\n  version = v1.106.1\n  scrape { job \"a\" { targets = [\"a:1\"] } }\n  chart { parent = \"charts/u\" }\n}\n";
    project.write("stacks/m.vms", stack);
    let output = project.run(&["build", "--message-format", "short"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    for line in [
        "charts/u/values.yaml:2:14: warning[W0710]: `retention` is 7d in the cluster and 30d in Compose",
        "charts/u/values.yaml:7:18: warning[W0710]: `scrape.job.a.path` is \"/x\" in the cluster and /metrics in Compose",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!(said.matches("W0710").count(), 2, "{said}");
    assert_eq!(project.run(&["build", "--check", "--deny", "warnings"]).status.code(), Some(1));
    project.write(
        "stacks/m.vms",
        &stack.replace("scrape {", "retention = 7d\n  scrape {").replace(":1\"]", ":1\"], path = \"/x\""),
    );
    project.write("charts/u/values.yaml", "m:\n  persistence: { size: 99Gi }\n");
    assert!(!project.build(&[]).contains("W0710"));
}

#[test]
fn a_hand_edit_is_shown_where_it_is() {
    let project = Project::example();
    project.build(&[]);
    let compose = project.read("docker/docker-compose.yml");
    let line = compose.lines().position(|line| line.contains("-retentionPeriod=")).unwrap() + 1;
    project
        .write("docker/docker-compose.yml", &compose.replace("-retentionPeriod=30d", "-retentionPeriod=31d"));
    let said = project.refused(&["--check"]);
    assert!(said.contains(&format!("docker-compose.yml:{line}:")), "{said}");
    let shown: Vec<&str> =
        said.lines().map(str::trim).filter(|line| line.contains("-retentionPeriod=")).collect();
    assert!(shown.iter().any(|line| line.starts_with("- ") && line.contains("30d")), "{said}");
    assert!(shown.iter().any(|line| line.starts_with("+ ") && line.contains("31d")), "{said}");
    assert!(!said.contains("storageDataPath"), "only what differs: {said}");

    let file = "charts/dox-asdlc/charts/victoriametrics/values.yaml";
    project.write("docker/docker-compose.yml", &compose);
    let values = project.read(file);
    project.write(file, &values.replacen("retention: ", "retention: 1", 1));
    let line = values.lines().position(|line| line.starts_with("retention: ")).unwrap() + 1;
    assert!(project.refused(&["--check"]).contains(&format!("values.yaml:{line}:1")));
}

#[test]
fn what_is_in_the_way_in_the_users_files_is_told() {
    let stack = |more: &str| format!("stack m {{\n  version = v1.106.1\n  {more}\n}}\n");
    let project = Project::empty();
    let said = |stack: String, compose: &str| {
        project.write("stacks/m.vms", &stack);
        project.write("docker/docker-compose.yml", compose);
        let output = project.run(&["build", "--message-format", "short"]);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for (stack, compose, line) in [
        (
            stack("compose { file = \"docker\" }"),
            "",
            "stacks/m.vms:3:20: error[E0001]: `docker` is a directory",
        ),
        (
            stack(""),
            "services:\n  web:\n    image: {{ image }}\n",
            "docker/docker-compose.yml:3:13: error[E0704]: `docker/docker-compose.yml` is not valid YAML",
        ),
        (
            stack(""),
            "services:\n  web:\n\timage: x\n",
            "docker/docker-compose.yml:3:1: error[E0704]: `docker/docker-compose.yml` is not valid YAML",
        ),
        (
            stack("service { port = 9000 }"),
            "services:\n  web:\n    image: x\n    ports: [\"80\", \"127.0.0.1:9000:80\"]\n",
            "docker/docker-compose.yml:4:19: warning[W0711]: `web` also publishes port 9000",
        ),
        (
            stack(""),
            "services:\n  web:\n    image: x\n    ports:\n      - target: 80\n        published: 8428\n",
            "docker/docker-compose.yml:5:9: warning[W0711]: `web` also publishes port 8428",
        ),
    ] {
        let said = said(stack, compose);
        assert!(said.contains(line), "{said}");
    }
    // Two files with one name.
    project.write("stacks/n.vms", &stack(""));
    for command in ["check", "build"] {
        let output = project.run(&[command, "--message-format", "short"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said.contains(
                "stacks/n.vms:1:7: error[E0709]: `stacks/m.vms` already has a stack with this name"
            ),
            "{said}"
        );
    }
}

/// The names of stacks, folders and profiles have nothing to do with each other.
#[test]
fn a_profile_is_told_by_its_name_and_not_by_a_path() {
    let project = Project::empty();
    project.write(
        "stacks/prod.vms",
        "stack prod { version = v1.106.1, compose.file = \"deploy/prod/compose.prod.yml\" }\n\
         profile prod { retention = 7d }\nprofile dev { retention = 8d }\n",
    );
    for profile in ["prod", "dev"] {
        let output = project.run(&["build", "--dry-run", "--verbose", "--profile", profile]);
        let said = String::from_utf8(output.stderr).unwrap();
        let new: Vec<&str> =
            said.lines().filter_map(|line| line.trim().strip_prefix("new")).map(str::trim).collect();
        let compose = format!("deploy/prod/compose.prod.{profile}.yml");
        let values = format!("charts/prod/values-{profile}.yaml");
        assert_eq!(new, [values.as_str(), &compose], "{said}");
    }
}

/// A key of a person's that looks like an element of a list is a key.
#[test]
fn a_key_with_an_equals_sign_is_a_key() {
    let project = Project::empty();
    project.write("charts/u/Chart.yaml", "apiVersion: v2\nname: u\nversion: 0.1.0\n");
    let stack = |affinity: &str| {
        format!(
            "stack m {{\n  version = v1.106.1\n  chart.parent = \"charts/u\"\n  server.affinity = {affinity}\n}}\n"
        )
    };
    project.write("stacks/m.vms", &stack("{ \"name=x\" = \"1\", \"a=b\" = \"2\" }"));
    project.build(&[]);
    project.write("stacks/m.vms", &stack("{ \"name=x\" = \"3\" }"));
    project.build(&[]);
    let values: serde_yaml::Value = serde_yaml::from_str(&project.read("charts/u/values.yaml")).unwrap();
    assert_eq!(values["m"]["server"]["affinity"]["name=x"], "3");
    assert!(values["m"]["server"]["affinity"]["a=b"].is_null());
    assert!(project.build(&[]).contains("nothing to do"));
}
