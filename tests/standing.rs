//! What a real Helm renders and refuses where objects of the release stand already: before anything changes.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{repository, serve, tool};
use serde_json::json;
use std::collections::HashMap;
use std::process::{Command, Output};

const UMBRELLA: &str = "charts/dox-asdlc";

const HELMS: [&str; 2] = ["helm3", "helm4"];

/// The kinds that a small cluster knows, by group and version.
const KINDS: &[(&str, &[&str])] = &[
    ("v1", &["PersistentVolumeClaim", "ConfigMap", "Service", "ServiceAccount", "Pod"]),
    ("apps/v1", &["StatefulSet", "DaemonSet", "Deployment"]),
    ("networking.k8s.io/v1", &["NetworkPolicy"]),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
];

/// An object that is in the cluster already, below its path.
type Standing = (String, serde_json::Value);

/// An object of the release `demo`.
fn object(version: &str, kind: &str, name: &str, rest: serde_json::Value) -> Standing {
    let group = if version == "v1" { "api" } else { "apis" };
    let path = format!("/{group}/{version}/namespaces/metrics/{}s/{name}", kind.to_lowercase());
    let mut object = json!({ "kind": kind, "apiVersion": version, "metadata": {
        "name": name, "namespace": "metrics",
        "labels": { "app.kubernetes.io/managed-by": "Helm" },
        "annotations": { "meta.helm.sh/release-name": "demo", "meta.helm.sh/release-namespace": "metrics" },
    } });
    for (key, value) in rest.as_object().unwrap() {
        match key.as_str() {
            "annotations" => {
                let all = object["metadata"]["annotations"].as_object_mut().unwrap();
                all.extend(value.as_object().unwrap().clone());
            }
            key => object[key] = value.clone(),
        }
    }
    (path, object)
}

fn claim(name: &str) -> Standing {
    let spec = json!({
        "accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "volumeMode": "Filesystem",
        "resources": { "requests": { "storage": "10Gi" } },
    });
    object("v1", "PersistentVolumeClaim", name, json!({ "spec": spec }))
}

/// What a real Helm says of values where these objects stand already. The cluster is a small
/// server that answers the calls which `lookup` makes.
fn upgrade(version: &str, standing: &[Standing], arguments: &[&str]) -> Output {
    let standing: HashMap<String, serde_json::Value> = standing.iter().cloned().collect();
    let port = serve(move |path| match path {
        "/version" => Some(json!({ "major": "1", "minor": "31", "gitVersion": "v1.31.0" })),
        "/api" => Some(json!({ "kind": "APIVersions", "versions": ["v1"] })),
        "/apis" => Some(
            json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": (KINDS[1..].iter().map(|(group, _)| {
            let (name, version) = group.split_once('/').unwrap();
            json!({ "name": name, "versions": [{ "groupVersion": group, "version": version }], "preferredVersion": { "groupVersion": group, "version": version } })
        }).collect::<Vec<_>>()) }),
        ),
        path if standing.contains_key(path) => standing.get(path).cloned(),
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
    Command::new(tool(&format!("bin/{version}")))
        .current_dir(repository())
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
    let standing = [claim("demo-victoriametrics")];
    let size = |size: &str| format!("--set=victoriametrics.persistence.size={size}");
    let class = |class: &str| format!("--set=victoriametrics.persistence.storageClass={class}");
    let modes = |modes: &str| format!("--set=victoriametrics.persistence.accessModes={{{modes}}}");
    for version in HELMS {
        for fine in [size("10Gi"), size("20Gi"), size("10737418240"), class("fast"), modes("ReadWriteOnce")] {
            let output = upgrade(version, &standing, &[&fine]);
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
            let output = upgrade(version, &standing, &[&wrong]);
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && told.contains(said), "{version} {wrong}: {told}");
        }
        // The data is elsewhere, or not kept: then the claim is none of ours.
        for (elsewhere, value) in [("existingClaim", "other"), ("enabled", "false")] {
            let arguments =
                [&*size("1Gi"), &format!("--set=victoriametrics.persistence.{elsewhere}={value}")];
            let output = upgrade(version, &standing, &arguments);
            assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// Charts of 0.1 named the claim like the objects, so overrides moved it.
#[test]
fn a_claim_of_0_1_is_not_left_behind() {
    let cases = [
        ("nameOverride=n", "demo-n", "persistence.volume: n"),
        ("fullnameOverride=f", "f", "persistence.existingClaim: f"),
    ];
    for version in HELMS {
        for (given, old, keep) in cases {
            let given = format!("--set=victoriametrics.{given}");
            let output = upgrade(version, &[claim(old)], &[&given]);
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && told.contains(keep), "{version}: {told}");
            let (key, value) = keep.split_once(": ").unwrap();
            for decided in [format!("{key}={value}"), "persistence.volume=victoriametrics".to_owned()] {
                let decided = format!("--set=victoriametrics.{decided}");
                let output = upgrade(version, &[claim(old)], &[&given, &decided]);
                let told = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{version} {decided}: {told}");
            }
            // Where the new claim stands as well, it has been decided.
            let both = [claim(old), claim("demo-victoriametrics")];
            assert!(upgrade(version, &both, &[&given]).status.success(), "{version}");
        }
    }
}

/// A class that was given when the claim was made is rendered for ever, one that was not is never.
#[test]
fn a_class_can_be_given_and_left_out_again() {
    let noted = |class: &str| {
        let (path, object) = claim("demo-victoriametrics");
        let mut object = object;
        object["metadata"]["annotations"]["vmsc/storage-class"] = class.into();
        [(path, object)]
    };
    let given = "--set=victoriametrics.persistence.storageClass=fast";
    for version in HELMS {
        for (note, arguments, rendered) in [
            ("given", &[][..], true),
            ("given", &[given], true),
            ("default", &[], false),
            ("default", &[given], false),
        ] {
            let output = upgrade(version, &noted(note), arguments);
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(text.contains("storageClassName: \"fast\""), rendered, "{version} {note}: {text}");
            assert!(
                text.contains(&format!("\"vmsc/storage-class\": \"{note}\"")),
                "{version} {note}: {text}"
            );
        }
        // A claim of 0.1 has no note: as the values say now.
        let output = upgrade(version, &[claim("demo-victoriametrics")], &[given]);
        assert!(String::from_utf8_lossy(&output.stdout).contains("\"vmsc/storage-class\": \"given\""));
    }
}

/// The API server refuses other selectors, `serviceName` and pod management half-way; the chart before.
#[test]
fn a_workload_that_can_t_change_stops_in_words() {
    let labels = |name: &str, component: &str| {
        json!({
            "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "demo",
            "app.kubernetes.io/component": component,
        })
    };
    let server = |service: &str, policy: &str, name: &str| {
        let selector = json!({ "matchLabels": labels(name, "server") });
        let spec = json!({ "serviceName": service, "podManagementPolicy": policy, "selector": selector });
        object("apps/v1", "StatefulSet", "demo-victoriametrics", json!({ "spec": spec }))
    };
    let agents = |name: &str| {
        let spec = json!({ "selector": { "matchLabels": labels(name, "vmagent") } });
        object("apps/v1", "DaemonSet", "demo-victoriametrics-vmagent", json!({ "spec": spec }))
    };
    let name = "demo-victoriametrics";
    let orphan = "`kubectl -n metrics delete statefulset demo-victoriametrics --cascade=orphan`";
    let whole = "`kubectl -n metrics delete statefulset demo-victoriametrics`";
    for version in HELMS {
        let now =
            upgrade(version, &[server(name, "Parallel", "victoriametrics"), agents("victoriametrics")], &[]);
        assert!(now.status.success(), "{version}: {}", String::from_utf8_lossy(&now.stderr));
        for (standing, said) in [
            (server("metrics-store", "OrderedReady", "victoriametrics"), orphan),
            (server(name, "OrderedReady", "victoriametrics"), orphan),
            (server(name, "Parallel", "other"), whole),
            (agents("other"), "`kubectl -n metrics delete daemonset demo-victoriametrics-vmagent`"),
        ] {
            let output = upgrade(version, &[standing], &[]);
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && told.contains(said), "{version} {said}: {told}");
        }
    }
}
