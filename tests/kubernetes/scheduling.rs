//! Where pods run: taints, a node that is new, drained or lost, and a server that does not start.

use crate::cluster::{Chart, Namespace, Release, must, wait};
use crate::{Break, IN_THE_POD, broken, scenario};

/// The agents that are ready.
fn agents(namespace: &Namespace) -> usize {
    let pods = namespace.get("pods", &["-l", "app.kubernetes.io/component=vmagent"]);
    let ready = |pod: &&serde_json::Value| {
        let conditions = pod["status"]["conditions"].as_array();
        conditions.into_iter().flatten().any(|one| one["type"] == "Ready" && one["status"] == "True")
    };
    pods.iter().filter(ready).count()
}

fn taints(chart: &Chart) {
    let namespace = Namespace::new("taints");
    let release = Release::new(&namespace, "shop");
    must(&["taint", "node", "node3", "dedicated=gpu:NoSchedule"]);
    let _untaint = Untaint;
    release.install(chart, &[]);
    assert_eq!(agents(&namespace), 2, "a tainted node has no agent");
    let tolerated =
        ["vmagent.tolerations[0].key=dedicated,victoriametrics.vmagent.tolerations[0].operator=Exists"];
    release.install(chart, &tolerated);
    assert_eq!(agents(&namespace), 3, "a tolerated taint");
}

struct Untaint;

impl Drop for Untaint {
    fn drop(&mut self) {
        let _ = crate::cluster::kubectl(&["taint", "node", "node3", "dedicated-"]);
    }
}

#[test]
fn agents_run_on_nodes_whose_taints_they_tolerate() {
    scenario(
        taints,
        &[broken("templates/daemonset.yaml", "{{- with .Values.vmagent.tolerations }}", "{{- with list }}")],
    );
}

fn drained(chart: &Chart) {
    let namespace = Namespace::new("drained");
    let release = Release::new(&namespace, "shop");
    release.install(chart, &[]);
    release.write("before");
    let node = namespace.must(&["get", "pod", &release.pod(), "-o", "jsonpath={.spec.nodeName}"]);
    let _uncordon = Uncordon(node.clone());
    // The chart has no disruption budget that would hold it up: the server is one.
    must(&[
        "drain",
        &node,
        "--ignore-daemonsets",
        "--delete-emptydir-data",
        "--timeout=90s",
        "--pod-selector",
        &format!("app.kubernetes.io/instance={}", release.name),
    ]);
    wait("the server runs on another node", 90, || {
        let now = namespace.kubectl(&["get", "pod", &release.pod(), "-o", "jsonpath={.spec.nodeName}"])?;
        if now == node || now.is_empty() { Err(now) } else { Ok(()) }
    });
    release.has("before");
}

struct Uncordon(String);

impl Drop for Uncordon {
    fn drop(&mut self) {
        let _ = crate::cluster::kubectl(&["uncordon", &self.0]);
    }
}

#[test]
fn a_drained_node_keeps_no_samples() {
    scenario(drained, &[IN_THE_POD]);
}

/// What was upgraded to something that can't start comes back by `helm rollback`, of both Helms.
fn broken_server(chart: &Chart) {
    let namespace = Namespace::new("broken");
    for helm in ["helm3", "helm4"] {
        let release = Release { helm, ..Release::new(&namespace, helm) };
        let service = format!("service.name={helm}-store");
        release.install(chart, &[&service]);
        release.write("before");
        for wrong in [
            "server.image.tag=v0.0.0",
            "server.nodeSelector.no=such",
            "server.extraEnv[0].name=A,victoriametrics.server.extraEnv[0].valueFrom.secretKeyRef.name=none,victoriametrics.server.extraEnv[0].valueFrom.secretKeyRef.key=x",
        ] {
            let told = release.upgrade_within(chart, &[&service, wrong], "15s");
            let told = told.expect_err("it can't become ready");
            assert!(!told.contains("can't be installed"), "{told}");
            release
                .helm(&["rollback", helm, "--wait", "--timeout", "90s"])
                .unwrap_or_else(|error| panic!("{helm} {wrong}: {error}"));
            release.has("before");
        }
        release.helm(&["uninstall", helm, "--wait"]).unwrap();
    }
}

#[test]
fn a_server_that_does_not_start_comes_back_by_a_rollback() {
    const UNCHECKED: Break = broken(
        "templates/checks.yaml",
        "\"podManagementPolicy\" \"\" .) \"Parallel\"",
        "\"podManagementPolicy\" \"\" .) \"OrderedReady\"",
    );
    let policy = "podManagementPolicy: Parallel";
    let ordered = broken("templates/statefulset.yaml", policy, "podManagementPolicy: OrderedReady");
    scenario(broken_server, &[ordered.and(&UNCHECKED)]);
}
