//! What stacks mean, told by `vmsc get`.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::Project;

/// Asserts on values of a stack with these entries, after these declarations.
#[track_caller]
fn holds(declarations: &str, entries: &str, values: &[(&str, &str)]) {
    let project = Project::empty();
    project
        .write("stacks/m.vms", &format!("{declarations}\nstack m {{\n  version = v1.106.1\n{entries}\n}}\n"));
    for (path, expected) in values {
        let (path, profile) =
            path.split_once('@').map_or((*path, None), |(path, profile)| (path, Some(profile)));
        let mut arguments = vec!["get", path, "--format", "json"];
        arguments.extend(profile.iter().flat_map(|profile| ["--profile", profile]));
        let output = project.run(&arguments);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let value: serde_json::Value =
            serde_json::from_str(&said).unwrap_or_else(|_| panic!("{path}: {said}"));
        assert_eq!(value.to_string(), *expected, "{path}");
    }
}

#[test]
fn records_are_put_together() {
    holds(
        "let base = { interval = 30s }\nlet probe = { periodSeconds = 10 }",
        r#"
        scrape { job "a" = base & { targets = ["a:1"], timeout = self.interval / 3 } }
        server {
          livenessProbe = probe & { timeoutSeconds = self.periodSeconds - 1 }
          podLabels     = { a = "1", b = "2" } & { a = absent, c = "3" }
        }"#,
        &[
            ("scrape.job.a.timeout", "\"10s\""),
            ("server.livenessProbe.timeoutSeconds", "9"),
            ("server.podLabels", r#"{"b":"2","c":"3"}"#),
        ],
    );
}

#[test]
fn profiles_take_away_and_follow() {
    holds(
        "let none = { a = absent }\nprofile p { server.podLabels = none }\nprofile q extends p { version = v1.112.0 }",
        "server.podLabels { a = \"1\", v = \"\\(stack.version)\" }",
        &[
            ("server.podLabels", r#"{"a":"1","v":"v1.106.1"}"#),
            ("server.podLabels@p", r#"{"v":"v1.106.1"}"#),
            ("server.podLabels@q", r#"{"v":"v1.112.0"}"#),
        ],
    );
}

#[test]
fn records_of_a_schema_see_themselves() {
    holds(
        "schema S {\n  a: Int = 9000\n  b: Int = 3\n}\nlet d: S = { b = self.a + 1 }\nfn port(s: S): Int = s.b\nlet l: [S] = [{ a = 1, b = self.a }, {}]",
        "service.port = port(d)\nserver.extraArgs { \"search.maxConcurrentRequests\" = port({ b = self.a - 1 }), \"search.maxSamplesPerQuery\" = l[1].b + l[0].b }",
        &[
            ("service.port", "9001"),
            ("server.extraArgs.\"search.maxConcurrentRequests\"", "8999"),
            ("server.extraArgs.\"search.maxSamplesPerQuery\"", "4"),
        ],
    );
}

#[test]
fn units_follow_from_where_they_stand() {
    holds(
        "fn share(n: Int): Cpu = n * 100m\nlet names = [\"a\", \"b\"] + [\"c\"]",
        "server.resources.limits.cpu = 100m + 100m\nvmagent.resources.limits.cpu = share(3)\nimagePullSecrets = names + keys({ q = 1 })\nscrape.interval = 1m",
        &[
            ("server.resources.limits.cpu", "\"200m\""),
            ("vmagent.resources.limits.cpu", "\"300m\""),
            ("imagePullSecrets", r#"["a","b","c","q"]"#),
            ("scrape.interval", "\"1m\""),
        ],
    );
}
