//! Test pods of many kinds, and what should be scraped of each.

// Each test that has this module uses a part of it.
#![allow(dead_code)]

use serde_json::{Value, json};

/// A pod, and the URLs it should be scraped at with their job and service.
pub struct TestPod {
    /// The pod as the API has it.
    pub object: Value,
    /// What is scraped of it: URL, job, service.
    pub expected: Vec<(String, String, String)>,
}

/// What makes a pod different from a plain annotated one with one port.
#[derive(Default)]
struct Kind {
    namespace: Option<&'static str>,
    labels: Value,
    annotations: Value,
    ports: Vec<(u16, &'static str)>,
    /// Ports of init containers that have ended.
    init_ports: Vec<u16>,
    /// Ports of init containers that run beside the others.
    sidecar_ports: Vec<u16>,
    phase: Option<&'static str>,
    owner: Option<(&'static str, &'static str)>,
    ipv6: bool,
}

/// The URL of what follows a host, with `https` before it where that is its scheme.
fn url(host: &str, rest: &str) -> String {
    match rest.strip_prefix("https") {
        Some(rest) => format!("https://{host}{rest}"),
        None => format!("http://{host}{rest}"),
    }
}

/// The port of a container that a pod starts before the others and keeps.
pub const SIDECAR: u16 = 71;

/// Pods of every kind on each of three nodes, for a release `demo` in a namespace.
#[expect(clippy::too_many_lines, reason = "one arm per kind of object")]
pub fn of_every_kind(namespace: &str) -> Vec<TestPod> {
    let scrape = || json!({ "prometheus.io/scrape": "true" });
    let with = |more: Value| {
        let mut all = scrape();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    type Endpoints = &'static [(&'static str, &'static str, &'static str)];
    // Name, kind, and the endpoints: what follows the address, the job, the service.
    let kinds: Vec<(&str, Kind, Endpoints)> = vec![
        (
            "plain",
            Kind { annotations: scrape(), ports: vec![(8000, "TCP")], ..Kind::default() },
            &[(":8000/metrics", "kubernetes-pods", "plain")],
        ),
        ("silent", Kind { ports: vec![(8000, "TCP")], ..Kind::default() }, &[]),
        (
            "false",
            Kind {
                annotations: json!({ "prometheus.io/scrape": "false" }),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[],
        ),
        (
            "port",
            Kind {
                annotations: with(json!({ "prometheus.io/port": "9000" })),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[(":9000/metrics", "kubernetes-pods", "port")],
        ),
        (
            "undeclared",
            Kind { annotations: with(json!({ "prometheus.io/port": "9000" })), ..Kind::default() },
            &[(":9000/metrics", "kubernetes-pods", "undeclared")],
        ),
        ("portless", Kind { annotations: scrape(), ..Kind::default() }, &[]),
        (
            "two",
            Kind { annotations: scrape(), ports: vec![(8000, "TCP"), (81, "TCP")], ..Kind::default() },
            &[(":8000/metrics", "kubernetes-pods", "two"), (":81/metrics", "kubernetes-pods", "two")],
        ),
        (
            "one-of-two",
            Kind {
                annotations: with(json!({ "prometheus.io/port": "81" })),
                ports: vec![(8000, "TCP"), (81, "TCP")],
                ..Kind::default()
            },
            &[(":81/metrics", "kubernetes-pods", "one-of-two")],
        ),
        (
            "udp",
            Kind { annotations: scrape(), ports: vec![(53, "UDP"), (8000, "TCP")], ..Kind::default() },
            &[(":8000/metrics", "kubernetes-pods", "udp")],
        ),
        (
            "named-port",
            Kind {
                annotations: with(json!({ "prometheus.io/port": "http" })),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "named-port")],
        ),
        (
            "path",
            Kind {
                annotations: with(json!({ "prometheus.io/path": "stats" })),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[(":8000/stats", "kubernetes-pods", "path")],
        ),
        (
            "param",
            Kind {
                annotations: with(json!({ "prometheus.io/param_format": "text" })),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[(":8000/metrics?format=text", "kubernetes-pods", "param")],
        ),
        (
            "init",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                init_ports: vec![70],
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "init")],
        ),
        (
            "sidecar",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                sidecar_ports: vec![SIDECAR],
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "sidecar"), (":71/metrics", "kubernetes-pods", "sidecar")],
        ),
        // A pod of a Job is no pod of the service whose name it has.
        (
            "orchestrator-migrate-x7k2p",
            Kind {
                labels: json!({ "app.kubernetes.io/name": "orchestrator" }),
                ports: vec![(8080, "TCP")],
                owner: Some(("Job", "orchestrator-migrate")),
                ..Kind::default()
            },
            &[],
        ),
        (
            "done",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                phase: Some("Succeeded"),
                ..Kind::default()
            },
            &[],
        ),
        (
            "failed",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                phase: Some("Failed"),
                ..Kind::default()
            },
            &[],
        ),
        (
            "six",
            Kind {
                annotations: with(json!({ "prometheus.io/port": "9000" })),
                ipv6: true,
                ..Kind::default()
            },
            &[(":9000/metrics", "kubernetes-pods", "six")],
        ),
        (
            "app-7d9c5b6f4-x2x9k",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                owner: Some(("ReplicaSet", "app-7d9c5b6f4")),
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "app")],
        ),
        (
            "db-0",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                owner: Some(("StatefulSet", "db")),
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "db")],
        ),
        (
            "labelled",
            Kind {
                annotations: scrape(),
                labels: json!({ "app": "shop" }),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "shop")],
        ),
        (
            "elsewhere",
            Kind {
                namespace: Some("other"),
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "elsewhere")],
        ),
        // Named by a job: taken by it once, annotated or not, with its second port left to the other.
        (
            "orchestrator-1",
            Kind {
                annotations: scrape(),
                labels: json!({ "app.kubernetes.io/name": "orchestrator" }),
                ports: vec![(8080, "TCP"), (9090, "TCP")],
                ..Kind::default()
            },
            &[
                (":8080/metrics", "orchestrator", "orchestrator"),
                (":9090/metrics", "kubernetes-pods", "orchestrator"),
            ],
        ),
        (
            "orchestrator-2",
            Kind { labels: json!({ "app.kubernetes.io/name": "orchestrator" }), ..Kind::default() },
            &[(":8080/metrics", "orchestrator", "orchestrator")],
        ),
        (
            "orchestrator-3",
            Kind {
                namespace: Some("other"),
                labels: json!({ "app.kubernetes.io/name": "orchestrator" }),
                ports: vec![(8080, "TCP")],
                ..Kind::default()
            },
            &[],
        ),
        (
            "pending",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                phase: Some("Pending"),
                ..Kind::default()
            },
            &[],
        ),
        (
            "unknown",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                phase: Some("Unknown"),
                ..Kind::default()
            },
            &[],
        ),
        (
            "sctp",
            Kind { annotations: scrape(), ports: vec![(9100, "SCTP"), (8000, "TCP")], ..Kind::default() },
            &[(":8000/metrics", "kubernetes-pods", "sctp")],
        ),
        (
            "https",
            Kind {
                annotations: with(json!({ "prometheus.io/scheme": "https" })),
                ports: vec![(8000, "TCP")],
                ..Kind::default()
            },
            &[("https:8000/metrics", "kubernetes-pods", "https")],
        ),
        (
            "backup-28391-x7k2p",
            Kind {
                annotations: scrape(),
                ports: vec![(8000, "TCP")],
                owner: Some(("Job", "backup-28391")),
                ..Kind::default()
            },
            &[(":8000/metrics", "kubernetes-pods", "backup-28391")],
        ),
        // A database of another release is a pod like any other.
        (
            "other-victoriametrics-0",
            Kind {
                annotations: scrape(),
                labels: json!({ "app.kubernetes.io/instance": "other", "app.kubernetes.io/component": "server", "app.kubernetes.io/name": "victoriametrics" }),
                ports: vec![(8428, "TCP")],
                ..Kind::default()
            },
            &[(":8428/metrics", "kubernetes-pods", "victoriametrics")],
        ),
        // Our own.
        (
            "demo-victoriametrics-0",
            Kind {
                labels: json!({ "app.kubernetes.io/instance": "demo", "app.kubernetes.io/component": "server", "app.kubernetes.io/name": "victoriametrics" }),
                ports: vec![(8428, "TCP")],
                ..Kind::default()
            },
            &[(":8428/metrics", "victoriametrics", "victoriametrics")],
        ),
        (
            "demo-victoriametrics-vmagent-a",
            Kind {
                annotations: scrape(),
                labels: json!({ "app.kubernetes.io/instance": "demo", "app.kubernetes.io/component": "vmagent", "app.kubernetes.io/name": "victoriametrics" }),
                ports: vec![(8429, "TCP")],
                ..Kind::default()
            },
            &[(":8429/metrics", "vmagent", "vmagent")],
        ),
    ];
    let mut pods: Vec<TestPod> = Vec::new();
    for node in 1..=3 {
        for (n, (name, kind, endpoints)) in kinds.iter().enumerate() {
            let ip = if kind.ipv6 { format!("fd00::{node}:{n}") } else { format!("10.244.{node}.{n}") };
            let host = if kind.ipv6 { format!("[{ip}]") } else { ip.clone() };
            let port = |(n, (port, protocol)): (usize, &(u16, &str))| json!({ "name": format!("p{n}"), "containerPort": port, "protocol": protocol });
            let mut metadata = json!({
                "name": format!("{name}-node-{node}"), "uid": format!("{node}-{n}"), "namespace": kind.namespace.unwrap_or(namespace),
                "labels": kind.labels, "annotations": kind.annotations,
            });
            if let Some((owner, name)) = kind.owner {
                metadata["ownerReferences"] = json!([{ "kind": owner, "name": name, "controller": true }]);
            }
            let init = kind
                .init_ports
                .iter()
                .map(|port| (port, json!({}), json!({ "terminated": { "exitCode": 0 } })));
            let sidecars = kind
                .sidecar_ports
                .iter()
                .map(|port| (port, json!({ "restartPolicy": "Always" }), json!({ "running": {} })));
            let (mut containers, mut statuses) = (Vec::new(), Vec::new());
            for (port, more, state) in init.chain(sidecars) {
                let name = format!("init-{port}");
                let mut container = json!({ "name": name, "image": "x", "ports": [{ "name": "i", "containerPort": port, "protocol": "TCP" }] });
                container.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                containers.push(container);
                statuses.push(json!({ "name": name, "state": state }));
            }
            let object = json!({
                "kind": "Pod", "apiVersion": "v1",
                "metadata": metadata,
                "spec": {
                    "nodeName": format!("node-{node}"),
                    "containers": [{ "name": "main", "image": "x", "ports": kind.ports.iter().enumerate().map(port).collect::<Vec<_>>() }],
                    "initContainers": containers,
                },
                "status": { "phase": kind.phase.unwrap_or("Running"), "podIP": ip, "hostIP": "10.0.0.1", "podIPs": [{ "ip": ip }], "conditions": [{ "type": "Ready", "status": "True" }], "initContainerStatuses": statuses },
            });
            // A pod without an owner or labels is a service by its own name.
            let service = |service: &str| match service == *name {
                true => format!("{name}-node-{node}"),
                false => service.to_owned(),
            };
            let expected = endpoints
                .iter()
                .map(|(rest, job, of)| (url(&host, rest), (*job).to_owned(), service(of)))
                .collect();
            pods.push(TestPod { object, expected });
        }
    }
    pods
}

/// A plain pod that is annotated and serves at port 8000.
pub fn annotated(namespace: &str, name: &str, node: &str, address: &str) -> TestPod {
    TestPod {
        object: json!({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {
                "name": name, "uid": name, "namespace": namespace,
                "annotations": { "prometheus.io/scrape": "true" },
            },
            "spec": {
                "nodeName": node,
                "containers": [{ "name": "main", "image": "x", "ports": [{ "name": "http", "containerPort": 8000, "protocol": "TCP" }] }],
            },
            "status": { "phase": "Running", "podIP": address, "hostIP": "10.0.0.1", "podIPs": [{ "ip": address }] },
        }),
        expected: vec![(
            format!("http://{address}:8000/metrics"),
            "kubernetes-pods".to_owned(),
            name.to_owned(),
        )],
    }
}
