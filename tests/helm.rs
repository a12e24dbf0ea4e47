//! The chart by real Helm 3 and 4: it renders, what is rendered is valid, and what is wrong fails with
//! a message that a person understands.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, must, must_fail, repository, serve, tool};
use serde_json::json;
use serde_yaml::Value;
use std::fs;
use std::process::Command;

const UMBRELLA: &str = "charts/dox-asdlc";
const SUBCHART: &str = "charts/dox-asdlc/charts/victoriametrics";

fn helm(version: &str) -> Command {
    let mut command = Command::new(tool(&format!("bin/{version}")));
    command.current_dir(repository());
    command
}

fn template(version: &str, chart: &str, arguments: &[&str]) -> String {
    must(helm(version).args(["template", "demo", chart, "--namespace", "metrics"]).args(arguments))
}

/// The objects of both Helms, which differ in blank lines only.
fn objects(chart: &str, arguments: &[&str]) -> Vec<Value> {
    let parse = |text: String| -> Vec<Value> {
        let documents = serde_yaml::Deserializer::from_str(&text);
        let mut all: Vec<Value> = documents.map(|d| serde::Deserialize::deserialize(d).unwrap()).collect();
        all.retain(|value| !value.is_null());
        all.sort_by_key(|value| serde_yaml::to_string(value).unwrap());
        all
    };
    let (three, four) =
        (parse(template("helm3", chart, arguments)), parse(template("helm4", chart, arguments)));
    assert_eq!(three, four, "Helm 3 and 4 render the same");
    three
}

fn of_kind<'v>(objects: &'v [Value], kind: &str) -> Vec<&'v Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

fn ours(objects: &[Value]) -> usize {
    let of_chart = |object: &&Value| {
        object["metadata"]["labels"]["helm.sh/chart"]
            .as_str()
            .is_some_and(|chart| chart.starts_with("victoriametrics-"))
    };
    objects.iter().filter(of_chart).count()
}

/// Every kind and version of Kubernetes that has a schema here and that the chart allows.
fn valid(chart: &str, arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rendered.yaml");
    fs::write(&file, template("helm3", chart, arguments)).unwrap();
    for version in ["1.25", "1.37"] {
        let mut command = Command::new(tool("python/bin/kubernetes-validate"));
        let output = command.args(["--strict", "-k", version]).arg(&file).output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && !said.contains("WARN"), "{arguments:?} for {version}:\n{said}");
    }
}

fn argument<'v>(workload: &'v Value, flag: &str) -> &'v str {
    let arguments = workload["spec"]["template"]["spec"]["containers"][0]["args"].as_sequence().unwrap();
    let found =
        arguments.iter().filter_map(Value::as_str).find(|text| text.starts_with(&format!("-{flag}=")));
    found.unwrap_or_else(|| panic!("no -{flag} in {arguments:?}"))
}

fn set(path: &str) -> String {
    format!("victoriametrics.{path}")
}

#[test]
fn both_helms_lint_both_charts() {
    for version in ["helm3", "helm4"] {
        for chart in [UMBRELLA, SUBCHART] {
            must(helm(version).args(["lint", "--strict", chart]));
        }
    }
}

#[test]
fn what_is_rendered_is_valid() {
    valid(UMBRELLA, &[]);
    valid(SUBCHART, &[]);
    valid(UMBRELLA, &["-f", "charts/dox-asdlc/values-minikube.yaml"]);
    for (path, value) in [
        ("persistence.enabled", "false"),
        ("vmagent.enabled", "false"),
        ("vmagent.namespaces", "{one,two}"),
        ("server.resources", "null"),
        ("server.extraArgs.search\\.maxConcurrentRequests", "1000000"),
    ] {
        valid(UMBRELLA, &["--set", &format!("{}={value}", set(path))]);
    }
}

#[test]
fn switched_off_nothing_is_rendered() {
    assert!(ours(&objects(UMBRELLA, &[])) > 10);
    assert_eq!(ours(&objects(UMBRELLA, &["--set", "victoriametrics.enabled=false"])), 0);
    assert_eq!(objects(SUBCHART, &["--set", "enabled=false"]).len(), 0);
}

#[test]
fn without_agents_there_is_no_daemonset_and_no_right() {
    let rendered = objects(UMBRELLA, &["--set", "victoriametrics.vmagent.enabled=false"]);
    for kind in ["DaemonSet", "ClusterRole", "ClusterRoleBinding", "Role"] {
        assert!(of_kind(&rendered, kind).is_empty(), "{kind}");
    }
    assert_eq!(of_kind(&rendered, "StatefulSet").len(), 1);
}

#[test]
fn the_stories_values_are_applied() {
    let claim = |arguments: &[&str]| {
        let rendered = objects(UMBRELLA, arguments);
        of_kind(&rendered, "PersistentVolumeClaim")
            .first()
            .map(|claim| claim["spec"]["resources"]["requests"]["storage"].clone())
    };
    assert_eq!(claim(&[]), Some("10Gi".into()));
    assert_eq!(claim(&["--set", "victoriametrics.persistence.size=50Gi"]), Some("50Gi".into()));
    assert_eq!(claim(&["--set", "victoriametrics.persistence.enabled=false"]), None);

    let rendered = objects(UMBRELLA, &["--set", "victoriametrics.retention=7d"]);
    assert_eq!(argument(of_kind(&rendered, "StatefulSet")[0], "retentionPeriod"), "-retentionPeriod=7d");

    let rendered = objects(UMBRELLA, &["--set", "victoriametrics.scrape.interval=30s"]);
    let scrape: String =
        of_kind(&rendered, "ConfigMap").iter().filter_map(|map| map["data"]["scrape.yml"].as_str()).collect();
    assert!(
        scrape.contains("scrape_interval: \"30s\"") && !scrape.contains("scrape_interval: \"15s\""),
        "{scrape}"
    );

    let rendered = objects(UMBRELLA, &["-f", "charts/dox-asdlc/values-minikube.yaml"]);
    assert_eq!(argument(of_kind(&rendered, "StatefulSet")[0], "retentionPeriod"), "-retentionPeriod=7d");
    let service = objects(UMBRELLA, &[]);
    let service = of_kind(&service, "Service")[0].clone();
    assert_eq!(
        (&service["metadata"]["name"], &service["spec"]["ports"][0]["port"]),
        (&Value::from("metrics-store"), &Value::from(8428))
    );
}

#[test]
fn a_default_that_is_an_expression_follows_what_is_set() {
    let server = |value: &str| {
        let rendered = objects(UMBRELLA, &["--set", value]);
        argument(of_kind(&rendered, "StatefulSet")[0], "search.maxUniqueTimeseries").to_owned()
    };
    assert_eq!(
        server("victoriametrics.server.resources.limits.memory=1Gi"),
        "-search.maxUniqueTimeseries=209715"
    );
    let rendered = objects(UMBRELLA, &["--set", "victoriametrics.scrape.interval=5s"]);
    let scrape = of_kind(&rendered, "ConfigMap")
        .iter()
        .filter_map(|map| map["data"]["scrape.yml"].as_str())
        .collect::<String>();
    assert!(
        scrape.contains("scrape_timeout: \"5s\"") && !scrape.contains("scrape_timeout: \"10s\""),
        "{scrape}"
    );
    let rendered = objects(UMBRELLA, &["--set", "victoriametrics.vmagent.remoteWrite.queueSize=1Gi"]);
    let volumes = of_kind(&rendered, "DaemonSet")[0]["spec"]["template"]["spec"]["volumes"].clone();
    let bytes = ((1024_i64 + 512 + 64) << 20).to_string();
    assert_eq!(volumes[0]["emptyDir"]["sizeLimit"], Value::from(bytes));
}

/// Every value of the table set to something else: the chart renders and is valid.
#[test]
fn every_value_can_be_set_to_something_else() {
    let values = fs::read_to_string(repository().join(SUBCHART).join("values.yaml")).unwrap();
    let values: Value = serde_yaml::from_str(&values).unwrap();
    let mut paths = Vec::new();
    leaves(&values, String::new(), &mut paths);
    assert!(paths.len() > 80, "{}", paths.len());
    let mut arguments = Vec::new();
    for (path, value) in &paths {
        let Some(other) = other(path, value) else { continue };
        arguments.push("--set-json".to_owned());
        arguments.push(format!("{path}={other}"));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert!(arguments.len() > 120, "{}", arguments.len());
    valid(SUBCHART, &arguments);
}

fn leaves(value: &Value, path: String, paths: &mut Vec<(String, Value)>) {
    match value {
        Value::Mapping(map) if !map.is_empty() => {
            for (key, value) in map {
                let key = key.as_str().unwrap();
                leaves(value, if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }, paths);
            }
        }
        other => paths.push((path, other.clone())),
    }
}

/// Another value of the same kind; none for what switches the rest off.
fn other(path: &str, value: &Value) -> Option<String> {
    let last = path.rsplit('.').next().unwrap();
    Some(match (last, value) {
        ("enabled" | "create", _) => return None,
        ("type" | "seccompProfile", _) if path.contains("ecurityContext") || path.contains("updateStrategy") => return None,
        ("type", _) => "\"NodePort\"".into(),
        ("pullPolicy", _) => "\"Always\"".into(),
        ("accessModes", _) => "[\"ReadWriteMany\"]".into(),
        ("drop", _) => return None,
        ("fsGroupChangePolicy", _) => "\"Always\"".into(),
        ("maxUnavailable", _) => "\"10%\"".into(),
        ("tolerations", _) => "[{\"operator\": \"Exists\"}]".into(),
        ("topologySpreadConstraints", _) => {
            "[{\"maxSkew\": 1, \"topologyKey\": \"zone\", \"whenUnsatisfiable\": \"ScheduleAnyway\", \"labelSelector\": {}}]".into()
        }
        ("affinity", _) => "{\"podAntiAffinity\": {}}".into(),
        ("extraEnv", _) => "[{\"name\": \"A\", \"value\": \"b\"}]".into(),
        ("extraUrls", _) => {
            "[{\"url\": \"https://m.example.com/api/v1/write\", \"bearerTokenSecret\": {\"name\": \"s\", \"key\": \"k\"}}]".into()
        }
        ("extraScrapeConfigs", _) => "[{\"job_name\": \"x\", \"static_configs\": [{\"targets\": [\"a:1\"]}]}]".into(),
        ("extraArgs", _) => "{\"loggerFormat\": \"json\"}".into(),
        ("namespaces", _) => "[\"one\", \"two\"]".into(),
        ("imagePullSecrets", _) => "[{\"name\": \"registry\"}]".into(),
        (_, Value::Bool(value)) => (!value).to_string(),
        (_, Value::Number(number)) => (number.as_i64().unwrap() + 1).to_string(),
        (_, Value::String(text)) => match text.chars().position(|c| !c.is_ascii_digit()) {
            Some(at) if at > 0 => format!("\"{}{}\"", text[..at].parse::<u64>().unwrap() * 2, &text[at..]),
            _ => format!("\"{text}-x\""),
        },
        (_, Value::Mapping(_)) => "{\"a\": \"b\"}".into(),
        _ => return None,
    })
}

#[test]
fn wrong_values_fail_with_a_message() {
    let cases = [
        ("persistance.size=1Gi", "persistance"),
        ("scrape.interval=fast", "scrape.interval: \"fast\" is no duration"),
        ("scrape.timeout=20s", "a scrape may take longer than the time between two scrapes"),
        ("scrape.timeout=20s", "set `timeout` to 15s or less"),
        ("retention=1h", "retention: retention must be in whole hours, from 1d to 100y"),
        ("retention=null", "retention"),
        ("service.port=99999", "port"),
        ("persistence.size=10d", "is no amount of bytes"),
        ("server.resources.requests.cpu=2", "more CPU is requested than the limit allows"),
        ("server.extraArgs.retentionPeriod=1", "-retentionPeriod is set by a setting already"),
        ("server.extraArgs.graphiteListenAddr=:2003", "opens a port"),
        ("scrape.job.orchestrator.timeout=20s", "scrape.job.orchestrator"),
        ("scrape.job.nobody.interval=20s", "nobody"),
        ("vmagent.remoteWrite.queueSize=100Mi", "vmagent rounds up a queue"),
        ("vmagent.remoteWrite.extraUrls[0].url=example.com", "start with `http://`"),
    ];
    for version in ["helm3", "helm4"] {
        for (value, message) in cases {
            let said = must_fail(helm(version).args(["template", "demo", UMBRELLA, "--set", &set(value)]));
            assert!(said.contains(message), "{version} --set {value}:\n{said}");
        }
    }
}

#[test]
fn pods_meet_the_restricted_standard() {
    let rendered = objects(UMBRELLA, &[]);
    let pods = of_kind(&rendered, "StatefulSet").into_iter().chain(of_kind(&rendered, "DaemonSet"));
    for pod in pods.map(|workload| &workload["spec"]["template"]["spec"]) {
        assert_eq!(pod["securityContext"]["runAsNonRoot"], Value::from(true));
        assert_eq!(pod["securityContext"]["runAsUser"], Value::from(65534));
        assert_eq!(pod["securityContext"]["seccompProfile"]["type"], Value::from("RuntimeDefault"));
        assert_eq!(pod["automountServiceAccountToken"], Value::from(false));
        assert!(pod["hostNetwork"].is_null() && pod["hostPID"].is_null());
        for container in pod["containers"].as_sequence().unwrap() {
            let context = &container["securityContext"];
            assert_eq!(context["allowPrivilegeEscalation"], Value::from(false));
            assert_eq!(context["readOnlyRootFilesystem"], Value::from(true));
            assert_eq!(context["capabilities"]["drop"][0], Value::from("ALL"));
        }
    }
    let role = of_kind(&rendered, "ClusterRole")[0];
    let rules = serde_yaml::to_string(&role["rules"]).unwrap();
    assert_eq!(rules, "- apiGroups:\n  - ''\n  resources:\n  - pods\n  verbs:\n  - list\n  - watch\n");
}

/// An upgrade must not restart the database or touch what can't change: chart and stack of a later
/// version leave the pod template, the selector and the claim's immutable parts as they are.
#[test]
fn a_later_chart_leaves_the_database_alone() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms").replace("version = 0.1.0", "version = 0.2.0");
    project.write("stacks/victoriametrics.vms", &stack);
    project.build(&[]);
    let later = template("helm3", project.path().join(UMBRELLA).to_str().unwrap(), &[]);
    let later: Vec<Value> = serde_yaml::Deserializer::from_str(&later)
        .map(|d| serde::Deserialize::deserialize(d).unwrap())
        .collect();
    let now = objects(UMBRELLA, &[]);
    for kind in ["StatefulSet", "DaemonSet"] {
        assert_eq!(of_kind(&now, kind)[0]["spec"], of_kind(&later, kind)[0]["spec"], "{kind}");
    }
    let claim = |objects: &[Value]| of_kind(objects, "PersistentVolumeClaim")[0]["spec"].clone();
    assert_eq!(claim(&now), claim(&later));
}

/// Findings that are accepted: check, whose, and why.
const ACCEPTED: &[(&str, &str, &str)] = &[
    ("CKV_K8S_43", "", "images are named by tag; `image.digest` pins them where that is wanted"),
    ("CKV_K8S_15", "", "a tag of a release never moves, so it need not be pulled at each start"),
    ("CKV_K8S_8", "Pod", "the pod of `helm test` runs one command and ends"),
    ("CKV_K8S_9", "Pod", "the pod of `helm test` runs one command and ends"),
    ("CKV2_K8S_6", "Pod", "the pod of `helm test` listens on nothing"),
];

#[test]
fn a_policy_scan_finds_nothing_that_is_not_accepted() {
    let failed = scan(&[]);
    let accepted = |(id, resource): &&(String, String)| {
        ACCEPTED.iter().any(|(known, kind, _)| known == id && resource.starts_with(kind))
    };
    assert!(failed.iter().all(|found| accepted(&found)), "{failed:?}");
    let of_workloads = |failed: &[(String, String)]| {
        failed.iter().filter(|(_, resource)| !resource.starts_with("Pod.")).count()
    };
    assert_eq!(of_workloads(&failed), 4, "{failed:?}");
    let digest = format!("sha256:{}", "0".repeat(64));
    let pinned = scan(&[&format!("server.image.digest={digest}"), &format!("vmagent.image.digest={digest}")]);
    assert_eq!(of_workloads(&pinned), 0, "{pinned:?}");
}

/// Failed checks of the subchart with values set: (check, resource).
fn scan(values: &[&str]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rendered.yaml");
    let arguments: Vec<&str> = values.iter().flat_map(|value| ["--set", value]).collect();
    fs::write(&file, template("helm3", SUBCHART, &arguments)).unwrap();
    let mut command = Command::new(tool("checkov/bin/checkov"));
    command.arg("-f").arg(&file);
    command.args([
        "--framework",
        "kubernetes",
        "--skip-download",
        "--compact",
        "-o",
        "json",
        "--quiet",
        "--soft-fail",
    ]);
    let report = must(command.env("TMPDIR", folder.path()));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let Some(failed) = report["results"]["failed_checks"].as_array() else {
        // With nothing to tell, the report is its summary alone.
        assert!(report["passed"].as_u64().or(report["summary"]["passed"].as_u64()).is_some(), "{report}");
        return Vec::new();
    };
    let text = |check: &serde_json::Value, key: &str| check[key].as_str().unwrap().to_owned();
    failed.iter().map(|check| (text(check, "check_id"), text(check, "resource"))).collect()
}

/// The kinds that a small cluster knows, by group and version.
const KINDS: &[(&str, &[&str])] = &[
    ("v1", &["PersistentVolumeClaim", "ConfigMap", "Service", "ServiceAccount", "Pod"]),
    ("apps/v1", &["StatefulSet", "DaemonSet", "Deployment"]),
    ("networking.k8s.io/v1", &["NetworkPolicy"]),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
];

/// What a real Helm says of values where this volume claim stands already. The cluster is a small
/// server that answers the calls which `lookup` makes.
fn upgrade(version: &str, claim: serde_json::Value, arguments: &[&str]) -> std::process::Output {
    let port = serve(move |path| match path {
        "/version" => Some(json!({ "major": "1", "minor": "31", "gitVersion": "v1.31.0" })),
        "/api" => Some(json!({ "kind": "APIVersions", "versions": ["v1"] })),
        "/apis" => Some(
            json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": (KINDS[1..].iter().map(|(group, _)| {
            let (name, version) = group.split_once('/').unwrap();
            json!({ "name": name, "versions": [{ "groupVersion": group, "version": version }], "preferredVersion": { "groupVersion": group, "version": version } })
        }).collect::<Vec<_>>()) }),
        ),
        "/api/v1/namespaces/metrics/persistentvolumeclaims/demo-victoriametrics" => {
            let mut object = json!({ "kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {
                "name": "demo-victoriametrics", "namespace": "metrics",
                "labels": { "app.kubernetes.io/managed-by": "Helm" },
                "annotations": { "meta.helm.sh/release-name": "demo", "meta.helm.sh/release-namespace": "metrics" },
            } });
            object["spec"] = claim.clone();
            Some(object)
        }
        path => {
            let group = path.strip_prefix("/apis/").or(path.strip_prefix("/api/"))?;
            let (_, kinds) = KINDS.iter().find(|(known, _)| *known == group)?;
            let resource = |kind: &&str| {
                let plural = match kind.strip_suffix('y') {
                    Some(stem) => format!("{stem}ies"),
                    None => format!("{kind}s"),
                };
                json!({ "name": plural.to_lowercase(), "singularName": "", "namespaced": !kind.starts_with("Cluster"), "kind": kind, "verbs": ["get", "list"] })
            };
            let resources: Vec<_> = kinds.iter().map(resource).collect();
            Some(json!({ "kind": "APIResourceList", "groupVersion": group, "resources": resources }))
        }
    });
    let home = tempfile::tempdir().unwrap();
    helm(version)
        .args(["template", "demo", UMBRELLA, "--namespace", "metrics", "--dry-run=server"])
        .args(["--disable-openapi-validation", "--kube-apiserver", &format!("http://127.0.0.1:{port}")])
        .args(arguments)
        .env("HOME", home.path())
        .env("KUBECONFIG", home.path().join("none"))
        .output()
        .unwrap()
}

/// Rule 9: a claim outlives the release, and only its size can change, upwards.
#[test]
fn a_claim_that_stands_can_only_grow() {
    let claim = || {
        json!({
            "accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "volumeMode": "Filesystem",
            "resources": { "requests": { "storage": "10Gi" } },
        })
    };
    let size = |size: &str| format!("--set=victoriametrics.persistence.size={size}");
    let class = |class: &str| format!("--set=victoriametrics.persistence.storageClass={class}");
    let modes = |modes: &str| format!("--set=victoriametrics.persistence.accessModes={{{modes}}}");
    for version in ["helm3", "helm4"] {
        for fine in [size("10Gi"), size("20Gi"), size("10737418240"), class("fast"), modes("ReadWriteOnce")] {
            let output = upgrade(version, claim(), &[&fine]);
            assert!(output.status.success(), "{version} {fine}: {}", String::from_utf8_lossy(&output.stderr));
        }
        for (wrong, said) in [
            (size("1Gi"), "persistence.size: 1Gi is less than the 10Gi of the volume claim"),
            (class("slow"), "persistence.storageClass: \"slow\" is not the class of the volume claim"),
            (
                modes("ReadWriteOncePod"),
                "persistence.accessModes: the volume claim \"demo-victoriametrics\" has ReadWriteOnce",
            ),
        ] {
            let output = upgrade(version, claim(), &[&wrong]);
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && told.contains(said), "{version} {wrong}: {told}");
        }
        // The data is elsewhere, or not kept: then the claim is none of ours.
        for (elsewhere, value) in [("existingClaim", "other"), ("enabled", "false")] {
            let arguments =
                [&*size("1Gi"), &format!("--set=victoriametrics.persistence.{elsewhere}={value}")];
            let output = upgrade(version, claim(), &arguments);
            assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// The subchart's values are the defaults, and what the stack says is in the umbrella's.
#[test]
fn the_subchart_alone_has_the_defaults() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms").replace("retention = 30d", "retention = 60d");
    project.write("stacks/victoriametrics.vms", &stack);
    project.build(&[]);
    let (subchart, umbrella) = (project.path().join(SUBCHART), project.path().join(UMBRELLA));
    let retention = |chart: &std::path::Path, arguments: &[&str]| {
        let objects = objects(chart.to_str().unwrap(), arguments);
        argument(of_kind(&objects, "StatefulSet")[0], "retentionPeriod").to_owned()
    };
    assert_eq!(retention(&subchart, &[]), "-retentionPeriod=30d");
    assert_eq!(retention(&umbrella, &[]), "-retentionPeriod=60d");
    assert!(project.read(&format!("{SUBCHART}/README.md")).contains("Installed alone, without those values"));
    // A job that values take out is off, and nothing asks for it.
    let umbrella = umbrella.to_str().unwrap();
    assert!(template("helm3", umbrella, &[]).contains("orchestrator;.*:8080"));
    for version in ["helm3", "helm4"] {
        let without = template(version, umbrella, &["--set", "victoriametrics.scrape.job.orchestrator=null"]);
        assert!(
            !without.contains("job_name: orchestrator") && !without.contains("orchestrator;.*:8080"),
            "{version}"
        );
    }
}
