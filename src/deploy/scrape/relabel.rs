//! Relabelling rules: which pods to scrape, at which address, and with which labels.

use crate::deploy::workload::NODE;
use crate::model::stack::Relabel;
use crate::yaml::Yaml;

/// The label that identifies a service's pods.
pub const NAME_LABEL: &str = "app.kubernetes.io/name";

/// A rule of relabelling.
pub(super) fn rule(entries: Vec<(&str, Yaml)>) -> Yaml {
    Yaml::map(entries)
}

fn sources(labels: &[&str]) -> (&'static str, Yaml) {
    ("source_labels", Yaml::strings(labels.iter().copied()))
}

pub(super) fn text(text: impl Into<String>) -> Yaml {
    Yaml::string(text)
}

pub(super) const NAMESPACE: &str = "__meta_kubernetes_namespace";
const POD_NAME: &str = "__meta_kubernetes_pod_name";
const POD_IP: &str = "__meta_kubernetes_pod_ip";
const NODE_NAME: &str = "__meta_kubernetes_pod_node_name";
const PHASE: &str = "__meta_kubernetes_pod_phase";
const INIT: &str = "__meta_kubernetes_pod_container_init";
const PORT: &str = "__meta_kubernetes_pod_container_port_number";
const PROTOCOL: &str = "__meta_kubernetes_pod_container_port_protocol";
pub(super) const CONTROLLER_KIND: &str = "__meta_kubernetes_pod_controller_kind";
/// A pattern for the kinds of controllers but `Job`, whose pods are those of no service, however labelled.
pub(super) const NOT_A_JOB: &str = "(|[^J].*|J|J[^o].*|Jo|Jo[^b].*|Job.+)";
const CONTROLLER_NAME: &str = "__meta_kubernetes_pod_controller_name";

/// The discovery label for a pod label.
pub(super) fn label_of(label: &str) -> String {
    format!("__meta_kubernetes_pod_label_{}", sanitized(label))
}

fn annotation(name: &str) -> String {
    format!("__meta_kubernetes_pod_annotation_prometheus_io_{name}")
}

fn sanitized(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

/// Discovers the pods of the agent's own node. All jobs use the same configuration, so that an agent
/// needs only one list and one watch. `namespaces` limits the namespaces to search; `None` searches
/// all.
pub(super) fn discovery(namespaces: Option<Yaml>) -> Yaml {
    let selector = [("role", text("pod")), ("field", Yaml::Raw(format!("\"spec.nodeName=%{{{NODE}}}\"")))];
    let mut entries = vec![("role", text("pod")), ("selectors", Yaml::List(vec![Yaml::map(selector)]))];
    entries.extend(namespaces.map(|clause| ("namespaces", clause)));
    Yaml::map(entries)
}

/// The rules that every job over pods begins with: drop init containers, where that needs a rule, and pods that
/// are not running, and set the labels that exist only in Kubernetes.
pub(super) fn pod_rules(drops_init: bool) -> Vec<Yaml> {
    let keep_as = |source: &str, target: &str| rule(vec![sources(&[source]), ("target_label", text(target))]);
    let init = rule(vec![sources(&[INIT]), ("regex", text("true")), ("action", text("drop"))]);
    let mut rules: Vec<Yaml> = drops_init.then_some(init).into_iter().collect();
    rules.extend([
        rule(vec![
            sources(&[PHASE]),
            ("regex", text("Pending|Succeeded|Failed|Unknown")),
            ("action", text("drop")),
        ]),
        keep_as(NAMESPACE, "namespace"),
        keep_as(POD_NAME, "pod"),
        keep_as(NODE_NAME, "node"),
    ]);
    rules
}

/// Sets the address of a pod on a port: IPv4, or IPv6 in brackets.
pub(super) fn address_rules(port: u16) -> Vec<Yaml> {
    let with = |regex: &str, replacement: String| {
        rule(vec![
            sources(&[POD_IP]),
            ("regex", text(regex)),
            ("replacement", text(replacement)),
            ("target_label", text("__address__")),
        ])
    };
    vec![with("([0-9.]+)", format!("$1:{port}")), with("(.*:.*)", format!("[$1]:{port}"))]
}

/// The rules for annotated pods, applied after [`pod_rules`] and before the endpoints of other jobs
/// are dropped.
pub(super) fn annotation_rules() -> Vec<Yaml> {
    let (scrape, port, path, scheme) =
        (annotation("scrape"), annotation("port"), annotation("path"), annotation("scheme"));
    let address = |regex: &str, replacement: &str| {
        rule(vec![
            sources(&[POD_IP, &port]),
            ("regex", text(regex)),
            ("replacement", text(replacement)),
            ("target_label", text("__address__")),
        ])
    };
    vec![
        rule(vec![sources(&[&scrape]), ("regex", text("true")), ("action", text("keep"))]),
        // Keep a pod only if the annotation or the container gives a port number: never guess `:80`.
        rule(vec![sources(&[&port, PORT]), ("regex", text("[0-9]+;.*|.*;[0-9]+")), ("action", text("keep"))]),
        // If only the declared port counts, it must be a TCP port.
        rule(vec![
            sources(&[&port, PROTOCOL]),
            ("regex", text("[^0-9]*;(UDP|SCTP)")),
            ("action", text("drop")),
        ]),
        rule(vec![sources(&[&scheme]), ("regex", text("(https?)")), ("target_label", text("__scheme__"))]),
        rule(vec![
            sources(&[&path]),
            ("regex", text("/?(.+)")),
            ("replacement", text("/$1")),
            ("target_label", text("__metrics_path__")),
        ]),
        rule(vec![
            ("regex", text(format!("{}_(.+)", annotation("param")))),
            ("replacement", text("__param_$1")),
            ("action", text("labelmap")),
        ]),
        address("([0-9.]+);([0-9]+)", "$1:$2"),
        address("(.*:.*);([0-9]+)", "[$1]:$2"),
    ]
}

/// Sets the `service` label of a discovered pod, which the application must not choose. Later rules win.
pub(super) fn service_rules() -> Vec<Yaml> {
    let from = |labels: &[&str], regex: &str| {
        rule(vec![sources(labels), ("regex", text(regex)), ("target_label", text("service"))])
    };
    vec![
        from(&[POD_NAME], "(.+)"),
        from(&[CONTROLLER_KIND, CONTROLLER_NAME], "[^;]+;(.+)"),
        from(&[CONTROLLER_KIND, CONTROLLER_NAME], "ReplicaSet;(.+)-[0-9a-z]+"),
        from(&[&label_of("app")], "(.+)"),
        from(&[&label_of(NAME_LABEL)], "(.+)"),
    ]
}

pub(super) fn service_label(service: &str) -> Yaml {
    rule(vec![("replacement", text(service)), ("target_label", text("service"))])
}

pub(super) fn user_rule(given: &Relabel) -> Yaml {
    let mut entries = Vec::new();
    if !given.source_labels.is_empty() {
        entries
            .push(("source_labels", Yaml::strings(given.source_labels.iter().map(|l| l.value.to_string()))));
    }
    if &*given.separator.value != ";" {
        entries.push(("separator", text(&*given.separator.value)));
    }
    entries.push(("regex", text(&*given.regex.value)));
    if let Some(modulus) = given.modulus.as_ref() {
        entries.push(("modulus", Yaml::Int(modulus.value)));
    }
    if let Some(target) = given.target_label.as_ref() {
        entries.push(("target_label", text(&*target.value)));
    }
    if matches!(&*given.action.value, "replace" | "labelmap") {
        entries.push(("replacement", text(&*given.replacement.value)));
    }
    entries.push(("action", text(&*given.action.value)));
    rule(entries)
}
