//! A small cluster that runs what a chart renders: the parts of Kubernetes that matter to it, played with
//! real programs on a real Docker Engine.
//!
//! - [`docker`]: the engine, and images made of the real programs
//! - [`objects`]: what Helm rendered
//! - [`api`]: the API server that agents discover pods from, over TLS, with the rendered rights in force
//! - [`kubelet`]: pods as containers: users, limits, volumes, the downward API, probes
//! - [`service`]: Services as addresses that lead to the ready pods, through network policies
//! - [`pods`]: test pods of many kinds, and what should be scraped of each
//! - [`endpoints`]: one server that is all test pods, and remembers who scraped what
//!
//! It runs inside `tests/tools/in-docker.sh`, whose network namespace is its own: the host of the
//! containers there is this process.

// Each test that has this module uses a part of it.
#![allow(dead_code)]

pub mod api;
pub mod docker;
pub mod endpoints;
pub mod kubelet;
pub mod objects;
pub mod pods;
pub mod service;

use crate::common::http;
use api::Api;
use kubelet::{Pod, Volumes};
use objects::{Objects, matches};
use serde_json::{Value, json};
use service::Services;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The namespace that charts are installed in.
pub const NAMESPACE: &str = "asdlc";

/// The nodes.
pub const NODES: [&str; 3] = ["node-1", "node-2", "node-3"];

/// Limits every wait to so many seconds.
pub const PATIENCE: &str = "VMSC_TEST_PATIENCE";

static LONGEST: Mutex<Duration> = Mutex::new(Duration::ZERO);

/// The longest wait so far that ended with an answer.
pub fn longest_wait() -> Duration {
    *LONGEST.lock().unwrap()
}

/// Asks until the answer is there, or time is up: then it fails with the last reason.
#[track_caller]
pub fn wait<T>(what: &str, seconds: u64, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let began = Instant::now();
    let limit = std::env::var(PATIENCE).ok().and_then(|text| text.parse().ok());
    let deadline = began + Duration::from_secs(limit.unwrap_or(seconds).min(seconds));
    loop {
        let reason = match ask() {
            Ok(answer) => {
                let mut longest = LONGEST.lock().unwrap();
                *longest = began.elapsed().max(*longest);
                return answer;
            }
            Err(reason) => reason,
        };
        assert!(Instant::now() < deadline, "{what}: {reason}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A cluster with a chart in it.
pub struct Cluster {
    /// What was installed.
    pub objects: Objects,
    /// The API server.
    pub api: Arc<Api>,
    /// The pods that run.
    pub pods: Vec<Pod>,
    services: Services,
    volumes: Volumes,
}

impl Cluster {
    /// A cluster with nothing in it.
    pub fn new() -> Cluster {
        docker::network();
        let volumes = Volumes::new();
        let api = Api::start();
        Cluster { objects: Objects::default(), api, pods: Vec::new(), services: Services::default(), volumes }
    }

    /// Installs a chart's objects, or upgrades to them: Services, then the pods of all workloads.
    ///
    /// A configuration reaches the pods that have it mounted; a pod whose template changed is replaced.
    pub fn install(&mut self, objects: Objects) {
        self.api.grant(&objects);
        self.volumes.configure(&objects);
        self.services.serve(&objects, &self.pods);
        let wanted = wanted(&objects);
        let same = |pod: &Pod| {
            wanted.iter().any(|(name, _, template)| *name == pod.name && *template == pod.template)
        };
        let (kept, gone): (Vec<Pod>, Vec<Pod>) = std::mem::take(&mut self.pods).into_iter().partition(same);
        gone.into_iter().for_each(|pod| self.end(pod));
        self.pods = kept;
        self.objects = objects;
        for (name, node, template) in wanted {
            if !self.pods.iter().any(|pod| pod.name == name) {
                self.start(&name, &node, template);
            }
        }
    }

    fn start(&mut self, name: &str, node: &str, template: Value) {
        let addresses = self.services.addresses();
        let pod = Pod::start(name, node, template, &self.volumes, &addresses, &self.api);
        self.pods.push(pod);
        self.services.serve(&self.objects, &self.pods);
    }

    fn end(&self, pod: Pod) {
        pod.leave();
        self.api.remove(NAMESPACE, &pod.name);
        pod.end();
    }

    /// Deletes a pod, gracefully; its controller makes it again, with the same volume claim.
    pub fn recreate(&mut self, name: &str) {
        let (node, template) = self.delete(name);
        self.start(name, &node, template);
    }

    /// Deletes a pod, gracefully; what it was made of.
    pub fn delete(&mut self, name: &str) -> (String, Value) {
        let at = self.pods.iter().position(|pod| pod.name == name).unwrap_or_else(|| panic!("no pod {name}"));
        let pod = self.pods.remove(at);
        let made = (pod.node.clone(), pod.template.clone());
        self.services.serve(&self.objects, &self.pods);
        self.end(pod);
        made
    }

    /// Starts a pod of what [`Cluster::delete`] gave.
    pub fn create(&mut self, name: &str, (node, template): (String, Value)) {
        self.start(name, &node, template);
    }

    /// The pods whose labels match.
    pub fn with_labels(&self, labels: &[(&str, &str)]) -> Vec<&Pod> {
        let matching = |pod: &&Pod| {
            labels.iter().all(|(key, value)| pod.template["metadata"]["labels"][*key] == **value)
        };
        self.pods.iter().filter(matching).collect()
    }

    /// The server's pod.
    pub fn server(&self) -> &Pod {
        self.with_labels(&[("app.kubernetes.io/component", "server")])
            .first()
            .copied()
            .expect("a server runs")
    }

    /// The agents' pods.
    pub fn agents(&self) -> Vec<&Pod> {
        self.with_labels(&[("app.kubernetes.io/component", "vmagent")])
    }

    /// Waits until every pod is Ready.
    #[track_caller]
    pub fn ready(&self) {
        for pod in &self.pods {
            wait(&format!("{} is Ready", pod.name), 60, || match pod.is_ready() {
                true => Ok(()),
                false => Err(pod.trouble()),
            });
        }
    }

    /// What the server answers, asked through the Service as a pod would.
    pub fn ask(&self, path: &str) -> Result<String, String> {
        http::get(&self.store(), path)
    }

    /// The address of the Service, with its port.
    pub fn store(&self) -> String {
        format!("{}:8428", self.services.address("metrics-store").expect("there is a Service metrics-store"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.services.stop();
        self.pods.drain(..).for_each(Pod::kill);
        self.api.stop();
    }
}

/// The pods that controllers make: name, node and template.
#[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
fn wanted(objects: &Objects) -> Vec<(String, String, Value)> {
    let mut wanted = Vec::new();
    for (kind, nodes) in [("StatefulSet", 1), ("Deployment", 1), ("DaemonSet", NODES.len())] {
        for object in objects.of_kind(kind) {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            let selector = &object["spec"]["selector"]["matchLabels"];
            let mut template = object["spec"]["template"].clone();
            assert!(
                matches(selector, &template["metadata"]["labels"]),
                "{kind} {name}: its selector does not match its own pods"
            );
            let count = match kind {
                "DaemonSet" => nodes,
                _ => object["spec"]["replicas"].as_u64().unwrap_or(1) as usize,
            };
            for n in 0..count {
                let node = NODES[n % NODES.len()];
                let (pod, owner, by) = match kind {
                    "StatefulSet" => (format!("{name}-{n}"), name.to_owned(), "StatefulSet"),
                    "Deployment" => {
                        (format!("{name}-5d8f9c7b6-{n}abcd"), format!("{name}-5d8f9c7b6"), "ReplicaSet")
                    }
                    _ => (format!("{name}-{node}"), name.to_owned(), "DaemonSet"),
                };
                template["metadata"]["ownerReferences"] = json!([{ "apiVersion": "apps/v1", "kind": by, "name": owner, "controller": true, "uid": owner }]);
                wanted.push((pod, node.to_owned(), template.clone()));
            }
        }
    }
    wanted
}
