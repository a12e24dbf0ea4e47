//! US-5: the Service, and what is scraped.

use super::daemonset::targets;
use crate::cluster::docker;
use crate::cluster::kubelet::Pod;
use crate::cluster::pods::of_every_kind;
use crate::cluster::{NAMESPACE, wait};
use crate::common::http;
use crate::evidence::proves;
use crate::world::Story;
use cucumber::{given, then, when};
use serde_json::{Value, json};

#[when("I exec into any pod in the namespace")]
fn exec(story: &mut Story) {
    for pod in &story.cluster().pods {
        assert_eq!(docker::exec(&pod.name, &["id", "-u"]).unwrap().trim(), "65534", "{}", pod.name);
    }
}

#[then("I can reach http://metrics-store:8428/health")]
fn reach(story: &mut Story) {
    for pod in &story.cluster().pods {
        let said = docker::exec(&pod.name, &["wget", "-q", "-O", "-", "http://metrics-store:8428/health"]);
        assert_eq!(said.as_deref(), Ok("OK"), "from {}", pod.name);
    }
}

#[then("the Service should be a ClusterIP of port 8428")]
fn cluster_ip(story: &mut Story) {
    let service = story.rendered.as_ref().unwrap().component("Service", "server");
    assert_eq!(
        (&service["spec"]["type"], &service["spec"]["ports"][0]["port"]),
        (&json!("ClusterIP"), &json!(8428))
    );
    proves("5.1", "every pod of the namespace asked `http://metrics-store:8428/health` by name");
}

#[given(expr = "pods have prometheus.io\\/scrape: {string} annotation")]
fn annotated(story: &mut Story, value: String) {
    story.running();
    story.test_pods = of_every_kind(NAMESPACE);
    story.test_pods.retain(|pod| {
        let name = pod.object["metadata"]["name"].as_str().unwrap();
        let annotation = &pod.object["metadata"]["annotations"]["prometheus.io/scrape"];
        ["plain-", "silent-", "false-"].iter().any(|kind| name.starts_with(kind))
            && (annotation == &*value || pod.expected.is_empty())
    });
    for pod in &story.test_pods {
        story.cluster().api.put(pod.object.clone());
    }
}

#[when("vmagent reloads configuration")]
fn reload(story: &mut Story) {
    for agent in story.cluster().agents() {
        http::get(&format!("{}:8429", agent.address), "/-/reload").unwrap();
    }
}

#[then("targets should appear in vmagent /targets endpoint")]
fn appear(story: &mut Story) {
    let mut wanted: Vec<String> =
        story.test_pods.iter().flat_map(|pod| &pod.expected).map(|(url, ..)| url.clone()).collect();
    wanted.sort();
    assert_eq!(wanted.len(), 3);
    wait("the targets are there", 60, || {
        let page = |agent: &&Pod| http::get(&format!("{}:8429", agent.address), "/targets");
        let pages = story.cluster().agents().iter().map(page).collect::<Result<Vec<_>, _>>()?.concat();
        let missing: Vec<_> = wanted.iter().filter(|url| !pages.contains(*url)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} are not")) }
    });
}

#[then("pods without the annotation should not")]
fn others(story: &mut Story) {
    let mut found: Vec<String> = targets(story.cluster()).into_iter().map(|(url, ..)| url).collect();
    found.sort();
    let mut wanted: Vec<String> =
        story.test_pods.iter().flat_map(|pod| &pod.expected).map(|(url, ..)| url.clone()).collect();
    wanted.sort();
    assert_eq!(found, wanted);
    proves("5.3", "the agents found the pods from the API server");
    proves("5.4", "pods without the annotation, or with another value of it, are no targets");
}

/// The agents' scrape file.
fn scrape_file(story: &mut Story) -> Value {
    let rendered = story.render();
    let config = rendered.component("ConfigMap", "vmagent");
    proves("5.2", "the ConfigMap that the DaemonSet mounts, as Helm 3 and 4 render it");
    serde_yaml::from_str(config["data"]["scrape.yml"].as_str().unwrap()).unwrap()
}

#[when("I render the ConfigMap")]
fn render(story: &mut Story) {
    scrape_file(story);
}

#[track_caller]
fn intervals(story: &mut Story, wanted: &str) {
    let file = scrape_file(story);
    let jobs = file["scrape_configs"].as_array().unwrap();
    assert!(!jobs.is_empty());
    jobs.iter().for_each(|job| assert_eq!(job["scrape_interval"], wanted, "{}", job["job_name"]));
}

#[then("scrape_interval should be 30s")]
fn thirty(story: &mut Story) {
    intervals(story, "30s");
}

#[then("without it, it should be 15s")]
fn fifteen(story: &mut Story) {
    story.values.clear();
    intervals(story, "15s");
    proves("5.5", "every job's `scrape_interval`, with `scrape.interval=30s` and without");
}
