//! Who reaches whom, by network policies that are enforced.

use crate::cluster::{Chart, Namespace, Release, apply, must, nodes, wait};
use crate::common::repository;
use crate::{broken, scenario};
use std::process::Command;

/// The first address of an agent's pod.
fn agent(namespace: &Namespace) -> String {
    let pods = namespace.get("pods", &["-l", "app.kubernetes.io/component=vmagent"]);
    pods[0]["status"]["podIP"].as_str().unwrap().to_owned()
}

fn only_who_needs_them(chart: &Chart) {
    let (ours, theirs) = (Namespace::new("network"), Namespace::new("elsewhere"));
    let release = Release::new(&ours, "shop");
    release.install(chart, &[]);
    ours.client("inside");
    theirs.client("outside");
    let server = format!("http://metrics-store.{}:8428/health", ours.name);
    let agent = format!("http://{}:8429/metrics", agent(&ours));
    // The engine learns of a new pod a moment after it runs.
    wait("a pod of the namespace reaches the server", 20, || {
        ours.reaches("inside", &server).then_some(()).ok_or("no answer".to_owned())
    });
    assert!(!theirs.reaches("outside", &server), "another namespace reaches the server");
    assert!(!ours.reaches("inside", &agent), "a pod of the namespace reaches an agent");
    assert!(!theirs.reaches("outside", &agent), "another namespace reaches an agent");
    release.expect(r#"count(up{job="vmagent"} == 1)"#, nodes());
    release.expect(r#"count(up{job="victoriametrics"} == 1)"#, 1.0);
    release.expect(r#"count(up{job="orchestrator"} == 1)"#, 1.0);

    release.install(chart, &[&format!("networkPolicy.namespaces={{{}}}", theirs.name)]);
    wait("a namespace that is let in reaches the server", 20, || {
        theirs.reaches("outside", &server).then_some(()).ok_or("no answer".to_owned())
    });
    assert!(!theirs.reaches("outside", &agent), "but no agent");
}

#[test]
fn only_who_needs_them_reaches_server_and_agents() {
    let from = "    - from:\n        # Pods of the release's namespace.\n        - podSelector: {}\n";
    let names = "        {{- range .Values.networkPolicy.namespaces }}";
    scenario(
        only_who_needs_them,
        &[
            broken("templates/networkpolicy.yaml", from, "    - from:\n        - namespaceSelector: {}\n"),
            broken("templates/networkpolicy.yaml", names, "        {{- range list }}"),
            broken(
                "templates/networkpolicy.yaml",
                "{{- if and .Values.enabled .Values.networkPolicy.enabled }}",
                "{{- if false }}",
            ),
        ],
    );
}

/// Whether the machine of the cluster, which is no pod, gets an answer.
fn from_outside(url: &str) -> bool {
    let output =
        Command::new("busybox").args(["timeout", "3", "busybox", "wget", "-q", "-O", "-", url]).output();
    output.unwrap().status.success()
}

fn node_port(chart: &Chart) {
    let namespace = Namespace::new("node-port");
    let release = Release::new(&namespace, "shop");
    release.install(chart, &["service.type=NodePort"]);
    let port =
        namespace.must(&["get", "service", "metrics-store", "-o", "jsonpath={.spec.ports[0].nodePort}"]);
    let url = format!("http://10.10.0.11:{port}/health");
    wait("the port of a node leads to the server", 20, || {
        from_outside(&url).then_some(()).ok_or("no answer".to_owned())
    });
    // Nobody has these addresses.
    release.install(chart, &["service.type=NodePort", "networkPolicy.from[0].ipBlock.cidr=192.0.2.0/24"]);
    let pod = namespace.must(&["get", "pod", &release.pod(), "-o", "jsonpath={.status.podIP}"]);
    wait("only chosen addresses are let in", 20, || {
        let answers = from_outside(&format!("http://{pod}:8428/health"));
        if answers { Err("an answer".to_owned()) } else { Ok(()) }
    });
}

#[test]
fn a_node_port_is_open_outside_unless_peers_are_chosen() {
    scenario(
        node_port,
        &[
            broken("templates/networkpolicy.yaml", "cidr: 0.0.0.0/0", "cidr: 192.0.2.0/24"),
            broken("templates/networkpolicy.yaml", "{{- if .Values.networkPolicy.from }}", "{{- if false }}"),
        ],
    );
}

/// The policies of the guide, as it has them.
fn guide() -> Vec<String> {
    let page = std::fs::read_to_string(repository().join("docs/kubernetes.md")).unwrap();
    let blocks = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.filter(|block| block.contains("kind: NetworkPolicy")).collect()
}

const DENY: &str = "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}, policyTypes: [TYPES]}
";

/// In a namespace that denies everything, the policies of the guide are what is missing.
fn denied(chart: &Chart) {
    let namespace = Namespace::new("shop");
    let release = Release::new(&namespace, "shop");
    let ours = |text: &str| {
        text.replace(
            "kubernetes.io/metadata.name: shop ",
            &format!("kubernetes.io/metadata.name: {} ", namespace.name),
        )
        .replace("namespace: shop\n", &format!("namespace: {}\n", namespace.name))
    };
    apply(&namespace.name, &DENY.replace("TYPES", "Ingress"));
    release.install(chart, &[]);
    release.test().unwrap_or_else(|error| panic!("ingress denied: {error}"));
    let up = r#"sum(up{job="orchestrator"})"#;
    release.expect(up, 0.0);
    let [ingress, egress] = guide().try_into().expect("the guide has two lists of policies");
    apply(&namespace.name, &ours(&ingress));
    release.expect(up, 1.0);

    apply(&namespace.name, &DENY.replace("TYPES", "Ingress, Egress"));
    // What is connected stays so; new agents have to connect.
    namespace.must(&["delete", "pods", "-l", "app.kubernetes.io/component=vmagent"]);
    release.expect(r"count(present_over_time(up[10s])) or vector(0)", 0.0);
    apply(&namespace.name, &ours(&egress));
    release.expect(up, 1.0);
    release.test().unwrap_or_else(|error| panic!("egress denied: {error}"));
    must(&["--namespace", &namespace.name, "delete", "networkpolicy", "deny"]);
}

#[test]
fn the_guide_tells_what_a_namespace_that_denies_everything_needs() {
    scenario(
        denied,
        &[broken(
            "templates/networkpolicy.yaml",
            "- podSelector: {}\n",
            "- podSelector: { matchLabels: { a: b } }\n",
        )],
    );
}
