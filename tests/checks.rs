//! A team's checks hold at install as they do when the stack compiles, by both Helms: what can't be
//! carried into a template is left to vmsc.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, must, must_fail, tool};
use std::process::Command;

fn helm(version: &str, project: &Project, set: &[&str]) -> Command {
    let mut command = Command::new(tool(&format!("bin/{version}")));
    command.args(["template", "demo"]).arg(project.path().join("charts/m"));
    for value in set {
        command.args(["--set", value]);
    }
    command
}

/// A team's checks: in loops and choices, with constants and `??`.
const TEAM: &str = r#"
let slowest = 1m

schema Team extends Stack {
  for name, job in scrape.job {
    check [slow-job] job.interval <= slowest, "the job \(name) is scraped too seldom" {
      label job.interval "every \(job.interval)"
    }
  }
  if persistence.enabled {
    check [small-volume] self.persistence.size >= 1Gi, "a small volume fills up"
  } else {
    check [long-memory] retention <= 7d, "a pod keeps nothing for long"
  }
  for taken in ["a", "b"] { check [taken] fullnameOverride ?? "m" != taken, "\(taken) is taken" }
}

stack m: Team {
  version = v1.106.1
  scrape {
    job "pods" { discover = "pods" }
    job "api"  { service = "api:8080" }
  }
}
"#;

#[test]
fn a_teams_checks_hold_at_install_too() {
    let project = Project::empty();
    project.write("stacks/m.vms", TEAM);
    project.build(&[]);
    let cases = [
        ("scrape.interval=2m", "the job pods is scraped too seldom (scrape.job.pods.interval: every 2m)"),
        ("scrape.job.api.interval=90s", "scrape.job.api.interval: every 90s"),
        ("persistence.size=10Mi", "a small volume fills up"),
        ("persistence.enabled=false", "a pod keeps nothing for long"),
        ("fullnameOverride=b", "b is taken"),
    ];
    for version in ["helm3", "helm4"] {
        must(&mut helm(version, &project, &[]));
        for (value, message) in cases {
            let said = must_fail(&mut helm(version, &project, &[value]));
            assert!(said.contains(message), "{version} --set {value}:\n{said}");
        }
    }
}

/// Checks that hold: declaration before the schema, and the check. With what a template sees, each must
/// hold there too, whether it is carried into it or left out.
const HOLD: &[(&str, &str)] = &[
    ("let owner = \"core\"", "check [a] team != \"core\", \"a field hides the constant\""),
    (
        "let steps: [Cpu] = [100m, 500m]",
        "for c in steps { check [b] (server.resources.limits.cpu ?? 500m) >= c, \"\\(c)\" }",
    ),
    ("", "check [c] (server.resources.limits.cpu ?? 1) >= min(50m, 200m), \"shares of CPU\""),
    (
        "",
        "check [d] (server.resources.limits.cpu ?? 1) >= (if enabled { 50m } else { 20m }), \"shares of CPU\"",
    ),
    (
        "",
        "for name, job in scrape.job { for p in [\"tm\", \"old\"] { check [e] !matches(name, p), \"anchored\" } }",
    ),
    ("", "for b in [vmagent.enabled, enabled] { check [f] b, \"truth\" }"),
    ("", "for n in [nameOverride, fullnameOverride] { check [g] !isSet(n), \"nothing\" }"),
    ("", "for r in [server.resources, vmagent.resources] { check [h] isSet(r.limits.memory), \"records\" }"),
    (
        "",
        "for m in (if enabled { persistence.accessModes } else { [\"x\"] }) { check [i] m != \"x\", \"a choice\" }",
    ),
    ("", "check [j] len(persistence.accessModes + [\"x\"]) == 2, \"lists together\""),
    ("", "check [k] persistence.accessModes == [\"ReadWriteOnce\"], \"lists alike\""),
    ("", "check [l] version >= v1.97.0, \"versions\""),
    ("", "check [m] service.name + \"-x\" == \"metrics-store-x\", \"texts together\""),
    (
        "",
        "for name, job in scrape.job { check [n] contains([15s, 1m], job.interval), \"amounts in a list\" }",
    ),
    (
        "",
        "check [o] (if isSet(nameOverride) { len(nameOverride) < 20 } else { true }), \"nothing has no letters\"",
    ),
    ("", "check [p] ((nameOverride ?? fullnameOverride) ?? \"z\") == \"z\", \"nothing twice\""),
    ("", "check [q] len(\"éé\") == 2, \"letters\""),
    ("", "check [r] retention >= 1d, \"⚠️ \u{a0}keep {{ it }} \\u{300} \\\"quoted\\\" `\""),
    ("let a0 = 1\nlet a1 = a0 + a0\nlet a2 = a1 + a1", "check [s] a2 == 4, \"computed\""),
    ("", "check [t] !compose.agent, \"what shapes the build\""),
    ("", "check [u] 10 % max(1, len(scrape.job)) == 0, \"remainders\""),
];

/// Defaults that are constants, or that text can't carry.
const DEFAULTS: &str = "let on = true\nlet spaces = [\"a\", \"b\"]\n\
    schema Policy extends NetworkPolicy { enabled: Bool = on }\n\
    schema Agents extends Agent { namespaces: [DnsLabel] = spaces }\n";

#[test]
fn what_holds_when_it_compiles_holds_at_install() {
    let declared: String = HOLD.iter().map(|(declared, _)| format!("{declared}\n")).collect();
    let checks: String = HOLD.iter().map(|(_, check)| format!("  {check}\n")).collect();
    let stack = format!(
        "{DEFAULTS}{declared}schema Team extends Stack {{\n  team: String\n  networkPolicy: Policy\n  vmagent: Agents\n{checks}}}\n\
         stack m: Team {{\n  version = v1.106.1\n  team = \"edge\"\n  scrape.job \"tmp\" {{ discover = \"pods\" }}\n}}\n"
    );
    let project = Project::empty();
    project.write("stacks/m.vms", &stack);
    project.build(&[]);
    for version in ["helm3", "helm4"] {
        let rendered = must(&mut helm(version, &project, &[]));
        assert!(
            rendered.contains("kind: NetworkPolicy"),
            "{version}: a default that is a constant is a value"
        );
        assert_eq!(rendered.matches("kind: RoleBinding").count(), 3, "{version}: two namespaces and its own");
    }
    // Half of them are carried, and fail there for their own reason; the others are told.
    let said = project.build(&["-v"]);
    assert!(
        said.contains("at install: E0509 E0510 E0511 E0512 E0514 E0515 E0544 a f g h i j k l m n s t u\n"),
        "{said}"
    );
    for (set, message) in
        [("server.resources.limits.cpu=10m", "shares of CPU"), ("fullnameOverride=x", "nothing twice")]
    {
        let said = must_fail(&mut helm("helm3", &project, &[set]));
        assert!(said.contains(message), "--set {set}: {said}");
    }
}

#[test]
fn a_long_chain_that_no_template_can_say_is_read_once() {
    let chain = " + 1Mi".repeat(150);
    let project = Project::empty();
    project.write(
        "stacks/m.vms",
        &format!(
            "fn least(): Bytes = 1Gi\nschema Team extends Stack {{ check [long] least(){chain} >= 1Gi, \"sizes\" }}\n\
             stack m: Team {{ version = v1.106.1 }}\n"
        ),
    );
    assert!(project.build(&["-v"]).contains(" long\n"));
}
