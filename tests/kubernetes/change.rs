//! What a change of each setting does to an installation, as an API server does it: the table of the guide.

use crate::cluster::{Chart, Namespace, Release};
use crate::common::repository;
use crate::common::settings::{all, other};
use crate::{broken, scenario};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a change does.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    restarts: Vec<&'static str>,
    /// Why it is refused, by the chart.
    refused: Option<String>,
}

fn objects(manifest: &str) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_str(manifest);
    let all = documents.map(|document| <Value as serde::Deserialize>::deserialize(document).unwrap());
    all.filter(|object| object.is_object()).collect()
}

/// The pod template of a kind.
fn template<'o>(objects: &'o [Value], kind: &str) -> Option<&'o Value> {
    objects.iter().find(|object| object["kind"] == kind).map(|object| &object["spec"]["template"])
}

/// Renders an upgrade with a value of the subchart.
fn render(release: &Release, chart: &Chart, value: &str) -> Result<String, String> {
    release.render(chart, &[&format!("--set-json=victoriametrics.{value}")])
}

/// What the API server says of objects, without keeping them.
fn dry_run(objects: &[&Value]) -> Result<(), String> {
    if objects.is_empty() {
        return Ok(());
    }
    let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": objects });
    // As Helm, which owns the fields: what is no longer rendered goes.
    let mut child = Command::new("kubectl")
        .args([
            "apply",
            "--server-side",
            "--field-manager=helm",
            "--force-conflicts",
            "--dry-run=server",
            "-f",
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(list.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Values whose other value is none of `common::settings`'.
fn chosen(path: &str, value: &serde_yaml::Value, kind: &str) -> Option<String> {
    let last = path.rsplit('.').next().unwrap_or_default();
    Some(match (path, last) {
        ("persistence.size", _) => "\"20Gi\"".into(),
        ("persistence.accessModes", _) => "[\"ReadWriteOncePod\"]".into(),
        ("networkPolicy.from", _) => "[{\"ipBlock\": {\"cidr\": \"10.0.0.0/8\"}}]".into(),
        ("vmagent.namespaces", _) => "[\"kube-system\"]".into(),
        ("serviceAccount.create", _) => "false,victoriametrics.serviceAccount.name=\"default\"".into(),
        (_, "enabled" | "create") => (value.as_bool() != Some(true)).to_string(),
        ("vmagent.updateStrategy.type", _) => "\"OnDelete\"".into(),
        (_, "type") if path.ends_with("seccompProfile.type") => "\"Unconfined\"".into(),
        (_, "drop") => "[\"ALL\", \"NET_RAW\"]".into(),
        (_, "digest") => format!("\"sha256:{}\"", "0".repeat(64)),
        (_, "tag") => "\"v1.136.23\"".into(),
        (_, "timeout") => "\"5s\"".into(),
        (_, "interval") => "\"30s\"".into(),
        _ if value.is_null() => match kind {
            "bytes" => "\"4Gi\"".into(),
            "int" | "cpu" => "5000".into(),
            "map" => "{\"a\": \"b\"}".into(),
            _ => "\"other\"".into(),
        },
        _ => return other(path, value),
    })
}

fn run(chart: &Chart) {
    let namespace = Namespace::new("change");
    let release = Release::new(&namespace, "shop");
    release.install(chart, &[]);
    let base = objects(&render(&release, chart, "enabled=true").unwrap());
    let mut table = String::new();
    let (mut rows, mut wrong) = (BTreeSet::new(), Vec::new());
    for (path, value, kind) in &all() {
        let Some(new) = chosen(path, value, kind) else {
            wrong.push(format!("no other value of {path}, {value:?}"));
            continue;
        };
        let outcome = match render(&release, chart, &format!("{path}={new}")) {
            Err(said) if said.contains("can't be installed") => {
                let why = said.lines().find_map(|line| line.trim().strip_prefix("- ")).unwrap_or_default();
                Outcome { restarts: Vec::new(), refused: Some(why.to_owned()) }
            }
            Err(said) => {
                wrong.push(format!("{path}={new}: {said}"));
                continue;
            }
            Ok(manifest) => {
                let now = objects(&manifest);
                let changed: Vec<&Value> = now.iter().filter(|object| !base.contains(object)).collect();
                if let Err(said) = dry_run(&changed) {
                    wrong.push(format!("{path}={new}: the API server says: {said}"));
                }
                let workloads = [("StatefulSet", "the server"), ("DaemonSet", "the agents")];
                let changed = |(kind, _): &(&str, &str)| {
                    let now = template(&now, kind);
                    now.is_some() && now != template(&base, kind)
                };
                Outcome {
                    restarts: workloads.into_iter().filter(changed).map(|(_, name)| name).collect(),
                    refused: None,
                }
            }
        };
        let restarts = match outcome.restarts.is_empty() {
            true => "—".to_owned(),
            false => outcome.restarts.join(", "),
        };
        let note = match &outcome.refused {
            Some(_) => "refused, with what to do",
            None => "",
        };
        writeln!(table, "| `{path}` | {restarts} | {note} |").unwrap();
        rows.insert(path.clone());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.len() >= 100, "{}", rows.len());
    let page = repository().join("docs/changes.md");
    let text = format!("{HEAD}{table}");
    if std::env::var_os("VMSC_BLESS").is_some() {
        std::fs::write(&page, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&page).unwrap(), text, "VMSC_BLESS=1 writes it");
}

const HEAD: &str = "# What a change does

Written by `tests/cluster.sh`: each value of the example's chart set to another, rendered by Helm 4 where the example is installed, and
tried by the API server of Kubernetes 1.37. Where no pod restarts, the change holds at once, or when a scrape file is read again (within
a minute). Nothing here loses samples but what names another volume: `persistence.volume`, `persistence.existingClaim` and
`persistence.enabled`.

| setting | restarts | |
|---|---|---|
";

#[test]
fn what_each_setting_changes_is_told() {
    let labels = "app.kubernetes.io/component: {{ .component | quote }}\n";
    scenario(
        run,
        &[
            broken(
                "templates/_helpers.tpl",
                labels,
                "app.kubernetes.io/component: {{ .component | quote }}\nx: {{ .root.Values.service.name | quote }}\n",
            ),
            broken(
                "templates/statefulset.yaml",
                "serviceName: {{ include \"victoriametrics.fullname\" . }}",
                "serviceName: {{ .Values.service.name }}",
            ),
        ],
    );
}

/// One of each kind of change, for real, by both Helms: the pods that restart are those of the table.
fn real(chart: &Chart) {
    for helm in ["helm3", "helm4"] {
        let namespace = Namespace::new("changed");
        let release = Release { helm, ..Release::new(&namespace, "shop") };
        release.install(chart, &[]);
        let pods = || -> (BTreeSet<String>, BTreeSet<String>) {
            let of = |component: &str| {
                let label = format!("app.kubernetes.io/component={component}");
                let pods = namespace.get("pods", &["-l", &label]);
                let alive = pods.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
                alive.map(|pod| pod["metadata"]["uid"].as_str().unwrap().to_owned()).collect()
            };
            (of("server"), of("vmagent"))
        };
        let mut before = pods();
        for (value, server, agents) in [
            ("server.podLabels.a=b", true, false),
            ("vmagent.podLabels.a=b", false, true),
            ("service.annotations.a=b", false, false),
        ] {
            release.install(chart, &[value]);
            let after = pods();
            // A value that the upgrade before set is gone as well: that restarts who had it.
            let (of_server, of_agents) = (before.0 != after.0, before.1 != after.1);
            assert!(of_server >= server && of_agents >= agents, "{helm} {value}: {of_server} {of_agents}");
            before = after;
        }
        release.install(chart, &["service.name=other-store"]);
        release
            .helm(&["rollback", "shop", "--wait", "--timeout", "90s"])
            .unwrap_or_else(|error| panic!("{helm}: {error}"));
        assert!(release.upgrade(chart, &["persistence.accessModes={ReadWriteMany}"]).is_err());
        release.test().unwrap_or_else(|error| panic!("{helm}: {error}"));
    }
}

#[test]
fn both_helms_change_what_the_table_says() {
    scenario(
        real,
        &[broken(
            "templates/statefulset.yaml",
            "serviceName: {{ include \"victoriametrics.fullname\" . }}",
            "serviceName: {{ .Values.service.name }}",
        )],
    );
}
