//! What proved each of the stories' criteria, and the page that says so.

use crate::common::{must, repository, tool};
use crate::world::{RELEASE, features};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::sync::Mutex;

/// The stories' definition of done.
const DONE: [(&str, &str); 8] = [
    ("D.1", "All 5 user stories have passing acceptance tests"),
    ("D.2", "Helm chart renders without errors"),
    ("D.3", "Docker Compose service starts and passes health check"),
    ("D.4", "Integration test confirms write and query works"),
    ("D.5", "Parent Chart.yaml updated with victoriametrics dependency"),
    ("D.6", "Parent values.yaml includes victoriametrics configuration"),
    ("D.7", "All resources follow project naming conventions"),
    ("D.8", "RBAC permissions are minimal and scoped correctly"),
];

static PROOFS: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Remembers what proved a criterion, `1.3` for the third of story US-1.
pub fn proves(criterion: &str, how: impl Into<String>) {
    let mut proofs = PROOFS.lock().unwrap();
    let known = proofs.entry(criterion.to_owned()).or_default();
    let how = how.into();
    if !known.contains(&how) {
        known.push(how);
    }
}

/// Writes `docs/acceptance.md`. Fails where a criterion has no proof.
pub fn write() {
    proves("D.1", "this run");
    let mut page = String::from(
        "# Acceptance\n\nWritten by `cargo test --test acceptance`, the last time all scenarios of `tests/acceptance/` passed. The scenarios are\n\
         the stories' own, word for word; some have more steps. Every part is the real one:\n\n",
    );
    for (part, version) in versions() {
        let _ = writeln!(page, "- {part} {version}");
    }
    page.push_str(
        "\nNo registry of images is reachable where the tests run, so the images that the chart and the compose file name are made\n\
         of the real programs and busybox (`tests/tools/image.sh`), and `curl` in a container is busybox's `wget`. The cluster is\n\
         played (`tests/cluster/`): pods are started from the rendered objects as a kubelet would, the API server serves pods over TLS to who\n\
         has a token and the right, a Service is an address that leads to ready pods.\n\n\
         `tests/mutations` breaks the chart and the compose file in many ways, each of which a scenario catches.\n",
    );
    let proofs = PROOFS.lock().unwrap();
    for (story, title, criteria) in stories() {
        let _ = write!(page, "\n## {title}\n\n| | criterion | what proved it |\n|---|---|---|\n");
        for (number, text) in criteria {
            let _ =
                writeln!(page, "| {number} | {text} | {} |", proof(&proofs, &format!("{story}.{number}")));
        }
    }
    page.push_str("\n## Definition of done\n\n| | what proved it |\n|---|---|\n");
    for (key, text) in DONE {
        let _ = writeln!(page, "| {text} | {} |", proof(&proofs, key));
    }
    fs::write(repository().join("docs/acceptance.md"), page).unwrap();
}

fn proof(proofs: &BTreeMap<String, Vec<String>>, key: &str) -> String {
    proofs.get(key).unwrap_or_else(|| panic!("nothing proved criterion {key}")).join("; ")
}

/// The parts with their versions, as they tell them themselves.
fn versions() -> Vec<(&'static str, String)> {
    let helm = |name: &str| must(Command::new(tool(name)).args(["version", "--template", "{{.Version}}"]));
    let docker = must(Command::new("docker").args(["version", "--format", "{{.Server.Version}}"]));
    let compose = must(Command::new("docker").args(["compose", "version", "--short"]));
    vec![
        ("Helm", helm("bin/helm3").trim().to_owned()),
        ("Helm", helm("bin/helm4").trim().to_owned()),
        ("VictoriaMetrics and vmagent", format!("v{RELEASE}")),
        ("Docker Engine", docker.trim().to_owned()),
        ("Docker Compose", compose.trim().to_owned()),
    ]
}

/// The stories: number, title and numbered criteria, out of the features.
fn stories() -> Vec<(String, String, Vec<(String, String)>)> {
    let mut files: Vec<_> = fs::read_dir(features()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "feature"));
    files.sort();
    let story = |path| {
        let text = fs::read_to_string(path).unwrap();
        let title = text.lines().next().unwrap().trim_start_matches("Feature: ").to_owned();
        let number = title.trim_start_matches("US-").split(':').next().unwrap().to_owned();
        let numbered = |line: &str| {
            let (number, text) = line.trim().split_once(". ")?;
            number.parse::<u8>().ok()?;
            Some((number.to_owned(), text.to_owned()))
        };
        (number, title, text.lines().filter_map(numbered).collect())
    };
    files.iter().map(story).collect()
}
