//! What stacks mean, told by `vmsc get`.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::Project;

/// Asserts on values of a stack with these entries, after these declarations; the declarations have
/// the stack where there are no entries.
#[track_caller]
fn holds<'e>(declarations: &str, entries: impl Into<Option<&'e str>>, values: &[(&str, &str)]) {
    let project = Project::empty();
    let stack = entries.into().map(|entries| format!("stack m {{\n  version = v1.106.1\n{entries}\n}}\n"));
    project.write("stacks/m.vms", &format!("{declarations}\n{}", stack.unwrap_or_default()));
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
fn records_share_defaults_and_nothing_that_one_gives() {
    holds(
        r#"
schema Team {
  size:  Int = 3
  pager: String = "on"
  rooms: Map<String> = { main = "a" }
  tags:  [String] = ["x"]
  seats: Int = size + 1
  lead:  String?
}
schema M extends Stack { @build team: Map<Team> = {} }
profile p { team "two" { rooms { main = absent, extra = "c" }, tags = [] } }
profile q { team "one" { size = 8, rooms { more = "d" } } }
stack m: M {
  version = v1.106.1
  team "one" {}
  team "two" { size = 5, rooms { side = "b" }, lead = "l" }
  team "three" {}
}
"#,
        None,
        &[
            ("team.one", r#"{"size":3,"pager":"on","rooms":{"main":"a"},"tags":["x"],"seats":4}"#),
            ("team.two.rooms", r#"{"main":"a","side":"b"}"#),
            ("team.two.seats", "6"),
            ("team.three", r#"{"size":3,"pager":"on","rooms":{"main":"a"},"tags":["x"],"seats":4}"#),
            ("team.two.rooms@p", r#"{"side":"b","extra":"c"}"#),
            ("team.two.tags@p", "[]"),
            ("team.three.tags@p", r#"["x"]"#),
            ("team.one.seats@q", "9"),
            ("team.one.rooms@q", r#"{"main":"a","more":"d"}"#),
            ("team.three.rooms@q", r#"{"main":"a"}"#),
        ],
    );
}

#[test]
fn what_is_taken_away_is_not_set() {
    holds(
        "schema X { k: Int = 1 }\nschema M extends Stack { @build x: X?, @build z: Bool = isSet(x.k) }\nstack m: M { version = v1.106.1, x { k = 2 } }\nprofile q { x = absent }\n",
        None,
        &[("z", "true"), ("z@q", "false")],
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

/// A condition may begin with a record, whose brace is not the one of a missing condition's branch.
#[test]
fn a_condition_may_begin_with_a_record() {
    holds(
        "let one = if { a = 1 }.a == 1 { 1 } else { 2 }",
        "service { port = one }",
        &[("service.port", "1")],
    );
}
