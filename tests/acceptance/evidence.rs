//! What proved each of the stories' criteria, and the page that says so.

use crate::common::{must, repository, shards, tool};
use crate::scenario;
use crate::world::{OLD_COMPOSE, RELEASE};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
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

/// What a scenario leaves for the page.
#[derive(Deserialize, Serialize)]
struct Kept {
    scenario: String,
    used: BTreeSet<String>,
    proofs: BTreeSet<(String, String)>,
    versions: Vec<(String, String)>,
}

/// Criterion and proof, of this process's scenario.
static PROOFS: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// The parts that this process's scenario used.
static USED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Remembers that a scenario uses a part.
pub fn uses(part: &str) {
    USED.lock().unwrap().insert(part.to_owned());
}

/// Remembers what proved a criterion, `1.3` for the third of story US-1.
pub fn proves(criterion: &str, how: &str) {
    PROOFS.lock().unwrap().insert((criterion.to_owned(), how.to_owned()));
}

/// Keeps the proofs, and the versions, where the run of all scenarios finds them.
pub fn keep(scenario: &str) {
    let Some(folder) = shards::folder() else { return };
    let used = USED.lock().unwrap().clone();
    let found = Kept {
        scenario: scenario.to_owned(),
        used,
        proofs: PROOFS.lock().unwrap().clone(),
        versions: versions(),
    };
    let file = folder.join(format!("{scenario}.evidence").replace('/', "-"));
    fs::write(file, serde_json::to_string(&found).unwrap()).unwrap();
}

/// Writes `docs/acceptance.md` of what all scenarios kept. Fails where a criterion has no proof.
pub fn write(folder: &Path) {
    let mut proofs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    proofs.insert("D.1".to_owned(), vec!["this run".to_owned()]);
    let mut known = BTreeSet::new();
    let mut versions = Vec::new();
    let mut used = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "evidence") {
            let kept: Kept = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            known.extend(kept.proofs);
            versions = kept.versions;
            used.insert(kept.scenario, kept.used.into_iter().collect::<Vec<_>>().join(", "));
        }
    }
    for (criterion, how) in known {
        proofs.entry(criterion).or_default().push(how);
    }
    let mut page = String::from(
        "# Acceptance\n\nWritten by `cargo test --test acceptance`, the last time all scenarios of `tests/acceptance/` passed. The scenarios are\n\
         the stories' own, word for word; some have more steps. Every part is the real one:\n\n",
    );
    for (part, version) in versions {
        let _ = writeln!(page, "- {part}: {version}");
    }
    page.push_str(
        "\nNo registry of images is reachable where the tests run, so the images that the chart and the compose file name are made\n\
         of the real programs and busybox (`tests/tools/image.sh`), and `curl` in a container is busybox's `wget`. The cluster is\n\
         played (`tests/cluster/`): pods are started from the rendered objects as a kubelet would, the API server serves pods over TLS to who\n\
         has a token and the right, a Service is an address that leads to ready pods.\n\n\
         `tests/mutations` breaks the chart and the compose file in many ways, each of which a scenario catches. Beside the stories,\n\
         `tests/compose.rs` runs the Compose service on the newest Docker Engine with Compose 5.6, `tests/run.rs` the programs of four\n\
         releases of VictoriaMetrics, and `tests/cluster.sh` the chart on Kubernetes 1.37, by Helm and by Argo CD.\n",
    );
    for story in stories() {
        let _ = write!(page, "\n## {}\n\n| | criterion | what proved it |\n|---|---|---|\n", story.title);
        for (number, text) in story.criteria {
            let how = proof(&proofs, &format!("{}.{number}", story.number));
            let _ = writeln!(page, "| {number} | {text} | {how} |");
        }
        page.push_str("\n| scenario | passed with |\n|---|---|\n");
        for scenario in story.scenarios {
            let parts = used.get(&scenario).unwrap_or_else(|| panic!("{scenario} was not run"));
            let _ = writeln!(page, "| {scenario} | {parts} |");
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
fn versions() -> Vec<(String, String)> {
    let helm = |name: &str| must(Command::new(tool(name)).args(["version", "--template", "{{.Version}}"]));
    let docker = must(Command::new("docker").args(["version", "--format", "{{.Server.Version}}"]));
    let compose = must(Command::new("docker").args(["compose", "version", "--short"]));
    let parts = [
        ("Helm 3", helm("bin/helm3").trim().to_owned()),
        ("Helm 4", helm("bin/helm4").trim().to_owned()),
        ("VictoriaMetrics and vmagent", format!("v{RELEASE}")),
        ("Docker Engine", docker.trim().to_owned()),
        ("Docker Compose", compose.trim().to_owned()),
        ("Docker Compose 1", OLD_COMPOSE.to_owned()),
    ];
    parts.map(|(part, version)| (part.to_owned(), version)).to_vec()
}

/// A story, as its feature tells it.
struct Story {
    number: String,
    title: String,
    /// Number and text.
    criteria: Vec<(String, String)>,
    scenarios: Vec<String>,
}

fn stories() -> Vec<Story> {
    let story = |text: &String| {
        let title = text.lines().next().unwrap().trim_start_matches("Feature: ").to_owned();
        let number = title.trim_start_matches("US-").split(':').next().unwrap().to_owned();
        let numbered = |line: &str| {
            let (number, text) = line.trim().split_once(". ")?;
            number.parse::<u8>().ok()?;
            Some((number.to_owned(), text.to_owned()))
        };
        let criteria = text.lines().filter_map(numbered).collect();
        Story { number, title, criteria, scenarios: scenario::names(text) }
    };
    scenario::texts().iter().map(story).collect()
}
