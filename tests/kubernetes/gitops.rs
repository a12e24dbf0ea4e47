//! Under Argo CD and Flux: nothing is ever out of sync, and no sync takes the samples along.

use crate::cluster::{Chart, Namespace, Release, apply, kubectl, must, wait};
use crate::{IN_THE_POD, broken, scenario};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::sync::Once;

static ARGO: Once = Once::new();

/// The address of the cluster, as Argo CD knows it.
fn address() -> String {
    ARGO.call_once(|| {
        let script = crate::common::repository().join("tests/kubernetes/argocd.sh");
        let output = Command::new("bash").arg(script).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
    must(&["config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"])
}

/// An Application of Argo CD, which prunes and heals.
struct Application<'c> {
    name: &'c str,
    chart: &'c Chart,
}

impl<'c> Application<'c> {
    /// For the umbrella in a git repository, with values files.
    fn new(namespace: &'c Namespace, chart: &'c Chart, files: &str) -> Application<'c> {
        let (server, name, repository) = (address(), &*namespace.name, chart.repository());
        chart.commit();
        apply(
            "argocd",
            &format!(
                r#"
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}}}
spec:
  project: default
  source:
    repoURL: {repository}
    targetRevision: main
    path: charts/dox-asdlc
    helm: {{releaseName: shop, valueFiles: {files}}}
  destination: {{server: "{server}", namespace: {name}}}
  syncPolicy: {{automated: {{prune: true, selfHeal: true}}}}
"#
            ),
        );
        let application = Application { name, chart };
        application.settles("Synced");
        application
    }

    fn object(&self) -> Value {
        serde_json::from_str(&must(&["-n", "argocd", "get", "application", self.name, "-o", "json"])).unwrap()
    }

    /// Commits what there is, and has it looked at; the commit.
    fn refreshes(&self) -> String {
        let commit = self.chart.commit();
        let refresh = "argocd.argoproj.io/refresh=normal";
        must(&["-n", "argocd", "annotate", "--overwrite", "application", self.name, refresh]);
        commit
    }

    /// Waits until the newest commit is synced, all is healthy, and the comparison comes to a status.
    fn settles(&self, wanted: &str) {
        let commit = self.refreshes();
        wait("the newest commit is synced", 120, || {
            let status = self.object()["status"].take();
            let found = [
                "/sync/status",
                "/health/status",
                "/operationState/phase",
                "/operationState/syncResult/revision",
            ]
            .map(|path| status.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned());
            let same = found
                .iter()
                .zip([wanted, "Healthy", "Succeeded", &commit])
                .all(|(found, wanted)| found == wanted);
            if same { Ok(()) } else { Err(format!("{found:?}\n{status}")) }
        });
    }

    /// Compares anew, both ways that there are; nothing may differ.
    fn compares(&self) {
        for how in ["ServerSideDiff=true", "ServerSideDiff=false"] {
            let compare = format!("argocd.argoproj.io/compare-options={how}");
            let hard = "argocd.argoproj.io/refresh=hard";
            must(&["-n", "argocd", "annotate", "--overwrite", "application", self.name, &compare, hard]);
            wait("it is compared", 60, || {
                let object = self.object();
                let asked = object["metadata"]["annotations"].get("argocd.argoproj.io/refresh").is_some();
                if asked { Err("not yet".to_owned()) } else { Ok(()) }
            });
            let object = self.object();
            let resources = object["status"]["resources"].as_array().unwrap();
            let differ: Vec<&Value> = resources.iter().filter(|one| one["status"] != "Synced").collect();
            assert!(resources.len() > 5 && differ.is_empty(), "{how}: {differ:?}");
            assert_eq!(object["status"]["sync"]["status"], "Synced", "{how}: {}", object["status"]);
        }
    }
}

impl Drop for Application<'_> {
    fn drop(&mut self) {
        let _ = kubectl(&["-n", "argocd", "delete", "application", self.name]);
    }
}

/// What a stack can add to the render, beside what the example has.
const MORE: &str = r#"
  networkPolicy { enabled = true, namespaces = ["kube-system"] }
  serviceAccount { annotations = { a = "b" } }
  service { annotations = { a = "b" } }
  persistence { annotations = { a = "b" } }
  server {
    extraArgs   = { "search.maxQueryLen" = 20000 }
    extraEnv    = [{ name = "A", value = "b" }]
    podLabels   = { a = "b" }
    tolerations = [{ key = "a", operator = "Exists" }]
    affinity    = { podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution = [{ weight = 1, podAffinityTerm = { topologyKey = "kubernetes.io/hostname", labelSelector = { matchLabels = { a = "b" } } } }] } }
    topologySpreadConstraints = [{ maxSkew = 1, topologyKey = "kubernetes.io/hostname", whenUnsatisfiable = "ScheduleAnyway", labelSelector = { matchLabels = { a = "b" } } }]
  }
  vmagent {
    namespaces    = ["kube-system"]
    extraEnv      = [{ name = "A", value = "b" }]
    podAnnotations = { a = "b" }
    remoteWrite { extraUrls = [{ url = "http://127.0.0.1:9/write" }] }
    updateStrategy = { type = "RollingUpdate", rollingUpdate = { maxUnavailable = "50%" } }
  }
"#;

/// Synced and healthy, the same after each way of comparing, healed, and rolled out.
fn synced(chart: &Chart) {
    let namespace = Namespace::new("gitops");
    let release = Release::new(&namespace, "shop");
    let application = Application::new(&namespace, chart, "[values.yaml]");
    release.write("before");
    application.compares();

    let agents = "daemonset/shop-victoriametrics-vmagent";
    let uid = release.uid(agents);
    namespace.must(&["delete", agents]);
    wait("it is made again", 60, || {
        let now = namespace.kubectl(&["get", agents, "-o", "jsonpath={.metadata.uid}"])?;
        if now == uid { Err("the old one".to_owned()) } else { Ok(()) }
    });

    chart.rebuild("retention = 30d", "retention = 31d");
    application.settles("Synced");
    assert!(namespace.must(&["get", "pod", &release.pod(), "-o", "yaml"]).contains("-retentionPeriod=31d"));
    // Amounts that the API server writes in another way.
    chart.rebuild("{ cpu = 500m, memory = 512Mi }", "{ cpu = 1000m, memory = 1024Mi }");
    chart.rebuild("  scrape {\n", &format!("{MORE}\n  scrape {{\n"));
    application.settles("Synced");
    application.compares();
    chart.rebuild("  vmagent {\n", "  vmagent {\n    enabled = false\n");
    application.settles("Synced");
    application.compares();
    release.has("before");
}

#[test]
fn argo_cd_finds_nothing_out_of_sync() {
    scenario(synced, &[broken("templates/service.yaml", "spec:\n", "spec:\n  nobodyKnows: this\n")]);
}

/// A profile beside the base, in a namespace of its own.
fn profile(chart: &Chart) {
    let namespace = Namespace::new("profile");
    let application = Application::new(&namespace, chart, "[values.yaml, values-minikube.yaml]");
    application.compares();
    let size = namespace.must(&["get", "pvc", "-o", "jsonpath={.items[0].spec.resources.requests.storage}"]);
    assert_eq!(size, "2Gi");
}

#[test]
fn argo_cd_syncs_a_profile() {
    scenario(profile, &[broken("templates/service.yaml", "spec:\n", "spec:\n  nobodyKnows: this\n")]);
}

/// A claim that is no longer rendered stays, with its samples, though what is gone is pruned.
fn pruned(chart: &Chart) {
    let namespace = Namespace::new("pruned");
    let release = Release::new(&namespace, "shop");
    let application = Application::new(&namespace, chart, "[values.yaml]");
    release.write("before");
    let claim = format!("pvc/{}", release.server());
    let uid = release.uid(&claim);
    let size = "  persistence { size = 10Gi }\n";
    let other = "  persistence { size = 10Gi, volume = \"other\" }\n";
    chart.rebuild(size, other);
    application.settles("OutOfSync");
    let own = format!(
        "  persistence {{ size = 10Gi, volume = \"other\", existingClaim = \"{}\" }}\n",
        release.server()
    );
    chart.rebuild(other, &own);
    application.settles("OutOfSync");
    assert_eq!(release.uid(&claim), uid);
    release.has("before");
    chart.rebuild(&own, &format!("{own}  enabled = false\n"));
    application.settles("OutOfSync");
    assert_eq!(release.uid(&claim), uid);
    assert!(namespace.kubectl(&["get", "statefulset", &release.server()]).is_err());
}

#[test]
fn argo_cd_prunes_no_samples() {
    let claim = "templates/persistentvolumeclaim.yaml";
    scenario(pruned, &[broken(claim, "Prune=false", "Prune=true")]);
}

/// An installation of vmsc 0.1 stops at the StatefulSet until it is deleted by hand; the samples stay. Deleted
/// any earlier, the old one would be made again.
fn from_0_1(chart: &Chart) {
    let namespace = Namespace::new("argo-before");
    let release = Release::new(&namespace, "shop");
    let old = Chart::of_0_1();
    let application = Application::new(&namespace, &old, "[values.yaml]");
    release.write("before");
    let claim = format!("pvc/{}", release.server());
    let uid = release.uid(&claim);
    old.become_like(chart);
    application.refreshes();
    wait("the API server refuses", 60, || {
        let object = application.object();
        let message = object["status"]["operationState"]["message"].as_str().unwrap_or_default();
        if message.contains("immutable") { Ok(()) } else { Err(message.to_owned()) }
    });
    namespace.must(&["delete", "statefulset", &release.server(), "--cascade=orphan"]);
    application.settles("Synced");
    assert_eq!(release.uid(&claim), uid);
    release.has("before");
    application.compares();
}

#[test]
fn argo_cd_upgrades_an_installation_of_0_1() {
    scenario(from_0_1, &[IN_THE_POD]);
}

/// What Flux' engine finds changed in the cluster, of a new render.
fn drift(release: &Release, chart: &Chart) -> Result<(), String> {
    let manifest = release.render(chart, &[])?;
    let mut child = Command::new("flux-drift")
        .arg(&release.namespace.name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), manifest.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    if output.status.success() { Ok(()) } else { Err(said) }
}

/// By Helm 4, as Flux installs; a new render is what stands.
fn drifted(chart: &Chart) {
    let namespace = Namespace::new("drift");
    let release = Release::new(&namespace, "shop");
    let path = chart.path();
    let install = ["upgrade", "--install", "shop", path.to_str().unwrap(), "--wait", "--timeout", "120s"];
    release.helm(&install).unwrap();
    drift(&release, chart).unwrap();
    chart.rebuild("  scrape {\n", &format!("{MORE}\n  scrape {{\n"));
    let changed = drift(&release, chart).unwrap_err();
    assert!(changed.contains("StatefulSet shop-victoriametrics: update"), "{changed}");
    release.helm(&install).unwrap();
    drift(&release, chart).unwrap();
}

#[test]
fn flux_finds_no_drift() {
    let random = "  labels:\n    x: {{ randAlpha 8 | lower }}\n";
    scenario(drifted, &[broken("templates/service.yaml", "  labels:\n", random)]);
}
