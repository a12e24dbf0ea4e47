//! The chart by real Helm 3 and 4: it renders, what is rendered is valid, and what is wrong fails with
//! a message that a person understands.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::settings::{leaves, other};
use common::{Project, must, must_fail, repository, tool};
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
        ("server.extraArgs.noSuchFlag=1", "noSuchFlag"),
        ("server.podLabels.team=a b", "server.podLabels"),
        ("service.annotations.a//b=x", "service.annotations"),
        ("server.extraEnv[0].name=1A", "server.extraEnv"),
        ("vmagent.extraEnv[0].name=NODE_NAME", "vmagent.extraEnv"),
        ("server.extraArgs.http\\.pathPrefix=/vm", "and nothing here follows"),
        ("vmagent.extraArgs.promscrape\\.cluster\\.membersCount=3", "divides the targets once more"),
        ("server.extraArgs.downsampling\\.period=30d:5m", "has no flag -downsampling.period"),
        ("server.extraArgs.loggerTimezone=%{ZONE}", "no variable \"ZONE\" is set"),
        ("vmagent.extraScrapeConfigs[0].job_name=x", "each node's agent would scrape this job"),
        ("vmagent.namespaces[0]=", "vmagent.namespaces"),
        ("networkPolicy.namespaces[0]=A_b", "networkPolicy.namespaces"),
        ("scrape.extraScrapeConfigs[0].metrics_path=/x", "job_name"),
        ("scrape.extraScrapeConfigs[0].job_name=victoriametrics", "the name of another scrape job"),
        (
            "vmagent.extraScrapeConfigs[0].job_name=x,victoriametrics.vmagent.extraScrapeConfigs[0].metricspath=y",
            "metricspath",
        ),
        ("persistence.mountPath=/etc/scrape", "where the scrape file is"),
    ];
    for version in ["helm3", "helm4"] {
        for (value, message) in cases {
            let said = must_fail(helm(version).args(["template", "demo", UMBRELLA, "--set", &set(value)]));
            assert!(said.contains(message), "{version} --set {value}:\n{said}");
        }
    }
}

/// The one object of a kind, as the umbrella renders it for a release.
fn one(release: &str, kind: &str, arguments: &[&str]) -> Value {
    let rendered = ["helm3", "helm4"].map(|version| {
        let text = must(
            helm(version)
                .args(["template", release, UMBRELLA])
                .args(arguments.iter().map(|value| format!("--set=victoriametrics.{value}"))),
        );
        let documents = serde_yaml::Deserializer::from_str(&text);
        let all: Vec<Value> = documents.map(|d| serde::Deserialize::deserialize(d).unwrap()).collect();
        of_kind(&all, kind)[0].clone()
    });
    assert_eq!(rendered[0], rendered[1]);
    rendered[0].clone()
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

#[test]
fn names_never_move_data() {
    let claim = |release: &str, arguments: &[&str]| {
        name(&one(release, "PersistentVolumeClaim", arguments)).to_owned()
    };
    assert_eq!(claim("demo", &[]), "demo-victoriametrics");
    assert_eq!(claim("demo", &["nameOverride=n"]), "demo-victoriametrics");
    assert_eq!(claim("demo", &["fullnameOverride=f"]), "demo-victoriametrics");
    assert_eq!(claim("demo", &["persistence.volume=samples"]), "demo-samples");
    let stateful = one("demo", "StatefulSet", &["fullnameOverride=f"]);
    assert_eq!(name(&stateful), "f");
    let volumes = stateful["spec"]["template"]["spec"]["volumes"].as_sequence().unwrap();
    assert!(volumes.iter().any(|v| v["persistentVolumeClaim"]["claimName"] == "demo-victoriametrics"));
}

/// `serviceName` can't change, so it is no setting's; and no pod waits for a broken one.
#[test]
fn a_stateful_set_hangs_on_nothing_that_may_change() {
    let stateful = one("demo", "StatefulSet", &["service.name=other"]);
    assert_eq!(stateful["spec"]["serviceName"], stateful["metadata"]["name"]);
    assert_eq!(stateful["spec"]["podManagementPolicy"], "Parallel");
}

/// A StatefulSet's pods carry its name and a hash in a label of 63 characters, and have no dots.
#[test]
fn long_names_stay_apart() {
    let long = "a-release-with-a-name-of-the-most-characters-there-are";
    for length in [30, 40, 45, 46, 50, 53] {
        let release = &long[..length].trim_end_matches('-');
        let (one, other) =
            (one(release, "StatefulSet", &[]), one(release, "StatefulSet", &["nameOverride=vm"]));
        for name in [name(&one), name(&other)] {
            assert!(name.len() <= 52 && !name.ends_with('-'), "{name}");
        }
        assert_ne!(name(&one), name(&other));
    }
    let (one, other) =
        (one(&long[..52], "StatefulSet", &[]), self::one(&format!("{}x", &long[..52]), "StatefulSet", &[]));
    assert_ne!(name(&one), name(&other), "two releases");
    assert_eq!(name(&self::one("shop.v2", "StatefulSet", &[])), "shop-v2-victoriametrics");
}

#[test]
fn who_reaches_the_server_is_said() {
    let from = |arguments: &[&str]| {
        let all = objects(
            UMBRELLA,
            &arguments
                .iter()
                .map(|a| format!("--set=victoriametrics.{a}"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
        let policies = of_kind(&all, "NetworkPolicy");
        let server = policies.iter().find(|policy| name(policy) == "demo-victoriametrics").expect("a policy");
        serde_yaml::to_string(&server["spec"]["ingress"]).unwrap()
    };
    let default = from(&[]);
    assert!(default.contains("podSelector: {}") && !default.contains("namespaceSelector"), "{default}");
    assert!(!default.contains("ipBlock"), "{default}");
    let grafana = from(&["networkPolicy.namespaces[0]=monitoring"]);
    assert!(grafana.contains("kubernetes.io/metadata.name") && grafana.contains("monitoring"), "{grafana}");
    let node = from(&["service.type=NodePort"]);
    assert!(node.contains("0.0.0.0/0") && node.contains("::/0"), "{node}");
    let chosen = from(&["service.type=NodePort", "networkPolicy.from[0].ipBlock.cidr=10.0.0.0/8"]);
    assert!(chosen.contains("10.0.0.0/8") && !chosen.contains("0.0.0.0/0"), "{chosen}");
}

/// A limit of disk without a request would be the request, and a small node's agent would stay Pending.
#[test]
fn an_agent_reserves_little_disk() {
    let agents = one("demo", "DaemonSet", &[]);
    let requests = &agents["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"];
    assert_eq!(requests["ephemeral-storage"], "64Mi");
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
    assert!(template("helm3", umbrella, &[]).contains(";orchestrator;"));
    for version in ["helm3", "helm4"] {
        let without = template(version, umbrella, &["--set", "victoriametrics.scrape.job.orchestrator=null"]);
        assert!(
            !without.contains("job_name: orchestrator") && !without.contains(";orchestrator;"),
            "{version}"
        );
    }
}
