//! `vmsc test`: tests in the language, as a platform team writes them.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::Project;

const POLICY: &str = r#"
schema TeamStack extends Stack {
  ## Who is called at night.
  owner: String

  check [short-retention] retention >= 7d, "samples are kept for a week at least" {
    help "write `retention = 7d` or more"
  }
}
"#;

const STACK: &str = r#"
import "policy.vms" as policy

stack m: policy.TeamStack {
  version   = v1.106.1
  retention = 30d
  owner     = "metrics"
}

profile prod { retention = 1y }

test "the policy holds" {
  check stack.owner == "metrics"
  rejects { retention = 3d } with short-retention
  rejects { owner = absent }
  rejects { scrape.timeout = 1h } with E0501
  rejects { server { extraArgs { "no.such.flag" = 1 } } } with E0520
}

test "production keeps a year" with prod {
  for name, job in stack.scrape.job { check job.interval <= 1m }
  check stack.retention == 1y
}
"#;

fn project(stack: &str) -> Project {
    let project = Project::empty();
    project.write("stacks/policy.vms", POLICY);
    project.write("stacks/m.vms", stack);
    project
}

#[test]
fn tests_that_hold_pass() {
    let project = project(STACK);
    let output = project.run(&["test", "-v"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("passes  the policy holds") && said.contains("2 tests passed"), "{said}");
}

#[test]
fn tests_that_fail_say_where_and_why() {
    let stack = STACK
        .replace("stack.owner == \"metrics\"", "stack.owner == \"core\"")
        .replace("{ retention = 3d } with", "{ retention = 8d } with")
        .replace("with E0501", "with E0502");
    let project = project(&stack);
    let output = project.run(&["test", "--junit", "out/junit.xml"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for line in [
        "error[E0410]: this check fails",
        "`owner` is metrics",
        "error[E0410]: this is not rejected with short-retention",
        "error[E0410]: this is not rejected with E0502",
        "note: [E0501] a scrape may take longer",
        "1 of 2 tests failed",
    ] {
        assert!(said.contains(line), "no `{line}` in:\n{said}");
    }
    let junit = project.read("out/junit.xml");
    assert!(junit.contains(r#"tests="2" failures="1""#) && junit.contains("<failure message="), "{junit}");
}

#[test]
fn a_stack_that_does_not_compile_is_not_tested() {
    let project = project(&STACK.replace("30d", "3d"));
    let output = project.run(&["test"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("error[short-retention]") && !said.contains("passed"), "{said}");
}

/// A test's own mistakes are no rejection.
#[test]
fn what_a_test_gets_wrong_itself_is_no_rejection() {
    let project = Project::empty();
    project.write(
        "stacks/m.vms",
        "stack m { version = v1.106.1 }\ntest \"a\" { rejects { scrape.timeot = 1h } }\ntest \"b\" { rejects { scrape.timeout = 1h } with E9999 }\n",
    );
    let output = project.run(&["test"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("this is not rejected") && said.contains("no check has the code `E9999`"),
        "{said}"
    );
    assert!(said.contains("2 of 2 tests failed"), "{said}");
}

/// A code of a team's own may look like one of the language's.
#[test]
fn a_check_rejects_whatever_its_code_is() {
    for code in ["E01-team", "E0-x", "W02", "team-rule"] {
        let project = Project::empty();
        project.write(
            "stacks/m.vms",
            &format!(
                "schema My extends Stack {{ check [{code}] retention >= 7d, \"too short\" }}\n\
                 stack m: My {{ version = v1.106.1, retention = 30d }}\n\
                 test \"short\" {{ rejects {{ retention = 1d }}, rejects {{ retention = 1d }} with {code} }}\n"
            ),
        );
        let output = project.run(&["test"]);
        assert!(output.status.success(), "{code}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
