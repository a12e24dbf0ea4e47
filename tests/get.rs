//! `vmsc get`: a value, where it comes from, and where it goes.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::Project;

fn get(project: &Project, arguments: &[&str]) -> String {
    let output = project.run(&[&["get"], arguments].concat());
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{text}");
    text
}

#[test]
fn values_are_printed_for_scripts() {
    let project = Project::example();
    assert_eq!(get(&project, &["retention"]), "30d\n");
    assert_eq!(get(&project, &["retention", "--profile", "minikube"]), "7d\n");
    assert_eq!(get(&project, &["scrape.job.\"kubernetes-pods\".enabled"]), "true\n");
    let json: serde_json::Value =
        serde_json::from_str(&get(&project, &["server.resources", "--format", "json"])).unwrap();
    assert_eq!(json["limits"]["memory"], "512Mi");
    let yaml: serde_yaml::Value = serde_yaml::from_str(&get(&project, &["scrape"])).unwrap();
    assert_eq!(yaml["job"]["hook-telemetry"]["on"][0], "compose");
    let output = project.run(&["get", "scrape.jobs"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `job`?"));
}

/// The lines that a setting is said to reach are lines that have it.
#[test]
fn what_is_reached_is_there() {
    let project = Project::example();
    for (path, profile, words) in [
        ("retention", None, &["30d", "retention"][..]),
        ("retention", Some("minikube"), &["7d", "retention"]),
        ("persistence.size", None, &["10Gi", "persistence.size"]),
        ("service.port", None, &["8428", "service.port"]),
        ("version", None, &["1.106.1", "image"]),
        ("compose.network", None, &["asdlc-network"]),
    ] {
        let mut arguments = vec![path, "--why"];
        arguments.extend(profile.iter().flat_map(|profile| ["--profile", profile]));
        let said = get(&project, &arguments);
        let (_, reached) = said.split_once("reaches\n").unwrap_or_else(|| panic!("{said}"));
        let mut lines = 0;
        for place in reached.lines() {
            let (file, line) = place.trim().rsplit_once(':').unwrap();
            let Ok(line) = line.parse::<usize>() else { continue };
            let text = project.read(file);
            let text = text.lines().nth(line - 1).unwrap_or_else(|| panic!("{place} is not there"));
            assert!(words.iter().any(|word| text.contains(word)), "{path}: {place} is `{text}`");
            lines += 1;
        }
        assert!(lines >= 1, "{said}");
    }
    let said = get(&project, &["retention", "--why"]);
    for file in ["templates/statefulset.yaml:", "docker/docker-compose.yml:", "charts/dox-asdlc/values.yaml:"]
    {
        assert!(said.contains(file), "{said}");
    }
}

#[test]
fn what_is_overridden_and_the_way_are_told() {
    let project = Project::empty();
    project.write("stacks/lib.vms", "let long = 90d\n");
    project.write(
        "stacks/m.vms",
        "import \"lib.vms\" as lib\nlet mine = lib.long\nstack m {\n  version = v1.106.1\n  retention = mine\n}\nprofile base { retention = 60d }\nprofile prod extends base { retention = 1y }\n",
    );
    let said = get(&project, &["retention", "--why"]);
    assert!(said.contains("given in the stack, stacks/m.vms:5:15"), "{said}");
    assert!(said.contains("which comes from stacks/m.vms:2:12"), "{said}");
    assert!(said.contains("which comes from stacks/lib.vms:1:12"), "{said}");
    let said = get(&project, &["retention", "--why", "--profile", "prod"]);
    let order = [
        "1y",
        "given for profile prod",
        "overrides 60d",
        "overrides 90d, given in the stack",
        "overrides 30d, the default",
    ];
    let found: Vec<usize> =
        order.iter().map(|text| said.find(text).unwrap_or_else(|| panic!("{text}: {said}"))).collect();
    assert!(found.is_sorted(), "{said}");
}

/// What is equal is one, what is not is not, and a number that is out of range is no other one.
#[test]
fn arithmetic_is_exact_or_an_error() {
    let project = Project::empty();
    let with = |fields: &str| {
        project.write(
            "stacks/m.vms",
            &format!("schema My extends Stack {{\n{fields}\n}}\nstack m: My {{ version = v1.106.1 }}\n"),
        );
    };
    with(
        "u: Data = unique([[\"a, b\"], [\"a\", \"b\"]])\nw: Data = unique([60s, 1m])\nn: Data = unique([1, 1.0, 2])",
    );
    let json = |path: &str| get(&project, &[path, "--format", "json"]).split_whitespace().collect::<String>();
    assert_eq!(json("u"), r#"[["a,b"],["a","b"]]"#);
    assert_eq!(json("w"), r#"["60s"]"#);
    assert_eq!(json("n"), "[1,2]");
    let low = "-9223372036854775807 - 1";
    for (field, at) in [
        (format!("n: Int = -({low})"), "`-(-9223372036854775808)` is out of range"),
        (format!("n: Int = abs({low})"), "the result is out of range"),
        ("n: Int = int(1000000000000000000.0 * 100.0)".to_owned(), "the result is out of range"),
        ("n: Int = round(1e0)".replace("1e0", "9300000000000000000.0"), "the result is out of range"),
        ("n: Int = sum([9223372036854775807, 1])".to_owned(), "the result is out of range"),
    ] {
        with(&field);
        let output = project.run(&["check"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(1) && said.contains(at) && said.contains("E0403"),
            "{field}: {said}"
        );
    }
}

/// A part of a core is a share of CPU.
#[test]
fn a_fraction_of_a_core_is_built() {
    let project = Project::empty();
    project.write(
        "stacks/m.vms",
        "stack m { version = v1.106.1, server.resources { requests.cpu = 0.25, limits.cpu = 1.5 } }\n",
    );
    project.build(&[]);
    let compose = project.read("docker/docker-compose.yml");
    assert!(compose.contains("cpus: \"1.5\"") || compose.contains("cpus: 1.5"), "{compose}");
    assert!(project.read("charts/m/values.yaml").contains("cpu: 0.25"));
    // Beside a share that is written otherwise, too.
    project.write("stacks/m.vms", "stack m { version = v1.106.1, server.resources.limits.cpu = 0.5 }\n");
    project.build(&[]);
    assert!(project.read("charts/m/values.yaml").contains("cpu: 0.5"));
    project.write("stacks/m.vms", "stack m { version = v1.106.1, server.resources.limits.cpu = 0.05 }\n");
    assert!(project.refused(&[]).contains("E0603"));
}
