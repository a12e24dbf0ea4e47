//! Who scrapes what, and once: three real agents, a node each, discover pods from a small server that
//! answers the list and watch calls of the Kubernetes API and honours the field selector. What they
//! would scrape is read off their `/api/v1/targets`.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "cluster/pods.rs"]
mod pods;

mod common;

use common::{Project, Running, free_port, http, must, releases, tool};
use pods::TestPod;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Serves the API; returns its port and the requests it was sent.
fn api(pods: &[TestPod]) -> (u16, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let objects: Vec<Value> = pods.iter().map(|pod| pod.object.clone()).collect();
    let (sender, receiver) = std::sync::mpsc::channel();
    http::serve(listener, move |stream| {
        http::each(stream, |stream, request| {
            let _ = sender.send(request.target.clone());
            let query = request.target.replace("%3D", "=");
            if query.contains("watch=") {
                // Nothing happens: the answer goes on until the agent goes.
                http::begin_chunks(stream)?;
                return stream.read_to_end(&mut Vec::new()).map(drop);
            }
            let node = query.split("spec.nodeName=").nth(1).and_then(|rest| rest.split('&').next());
            let chosen = |pod: &&Value| node.is_none_or(|node| pod["spec"]["nodeName"] == *node);
            let list = json!({
                "kind": "PodList", "apiVersion": "v1", "metadata": { "resourceVersion": "1" },
                "items": objects.iter().filter(chosen).collect::<Vec<_>>(),
            });
            http::answer(stream, "200 OK", "application/json", &list.to_string())
        })
    });
    (port, receiver)
}

/// (URL, job, service) of an agent's targets, with the node each says it is on.
fn targets(port: u16) -> Vec<((String, String, String), String)> {
    let Ok(answer) = http::get(&format!("127.0.0.1:{port}"), "/api/v1/targets") else { return Vec::new() };
    let Ok(answer) = serde_json::from_str::<Value>(&answer) else { return Vec::new() };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let active = answer["data"]["activeTargets"].as_array().cloned().unwrap_or_default();
    let of = |target: &Value| {
        let labels = &target["labels"];
        ((text(&target["scrapeUrl"]), text(&labels["job"]), text(&labels["service"])), text(&labels["node"]))
    };
    active.iter().map(of).collect()
}

/// The agents' scrape file of the example with a release, for an API server on a port.
fn scrape_file(release: &str, api_port: u16) -> String {
    let stack = Project::example().read("stacks/victoriametrics.vms");
    let project = Project::with_stack(&stack.replace("v1.106.1", &format!("v{release}")));
    let chart = project.path().join("charts/dox-asdlc");
    let rendered =
        must(Command::new(tool("bin/helm3")).args(["template", "demo"]).arg(&chart).args(["-n", "metrics"]));
    serde_yaml::Deserializer::from_str(&rendered)
        .map(|d| <serde_yaml::Value as serde::Deserialize>::deserialize(d).unwrap())
        .find(|o| o["kind"] == "ConfigMap" && o["metadata"]["name"] == "demo-victoriametrics-vmagent")
        .unwrap()["data"]["scrape.yml"]
        .as_str()
        .unwrap()
        .replace(
            "\n    - role: pod\n",
            &format!("\n    - role: pod\n      api_server: http://127.0.0.1:{api_port}\n"),
        )
}

#[test]
#[expect(clippy::too_many_lines, reason = "one cluster, set up and asked in turn")]
fn every_endpoint_is_scraped_by_one_agent_of_its_node() {
    let pods = pods::of_every_kind("metrics");
    let (api_port, requests) = api(&pods);
    let mut expected: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for (url, job, service) in pods.iter().flat_map(|pod| &pod.expected) {
        *expected.entry((url.clone(), job.clone(), service.clone())).or_default() += 1;
    }
    assert!(expected.len() > 60 && expected.values().all(|count| *count == 1));

    for (release, path) in releases() {
        let scrape = scrape_file(&release, api_port);
        // Before v1.97 nothing tells a container that is kept from one that has ended.
        let tells = semver::Version::parse(&release).unwrap() >= semver::Version::new(1, 97, 0);
        let sidecar = format!(":{}/metrics", pods::SIDECAR);
        let mut expected = expected.clone();
        expected.retain(|(url, ..), _| tells || !url.ends_with(&sidecar));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("scrape.yml"), &scrape).unwrap();
        let mut agents = Vec::new();
        for node in 1..=3 {
            let port = free_port();
            let child = Command::new(path.join("vmagent"))
                .args([
                    "-promscrape.config=scrape.yml".to_owned(),
                    format!("-httpListenAddr=127.0.0.1:{port}"),
                    format!("-remoteWrite.tmpDataPath=queue-{node}"),
                    "-remoteWrite.url=http://127.0.0.1:1/api/v1/write".to_owned(),
                    "-promscrape.suppressDuplicateScrapeTargetErrors=true".to_owned(),
                    "-promscrape.kubernetesSDCheckInterval=1s".to_owned(),
                ])
                .env("NODE_NAME", format!("node-{node}"))
                .current_dir(folder.path())
                .stderr(fs::File::create(folder.path().join(format!("log-{node}"))).unwrap())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            agents.push((Running(child), port, format!("node-{node}")));
        }
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let found: Vec<_> = agents
                .iter()
                .flat_map(|(_, port, node)| targets(*port).into_iter().map(move |t| (t, node)))
                .collect();
            let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
            for ((target, on), node) in &found {
                assert_eq!(on, *node, "{release}: {target:?} is scraped by another node's agent");
                *seen.entry(target.clone()).or_default() += 1;
            }
            if seen == expected {
                break;
            }
            let keys =
                |map: &BTreeMap<_, _>| map.keys().cloned().collect::<BTreeSet<(String, String, String)>>();
            let (missing, wrong) = (&keys(&expected) - &keys(&seen), &keys(&seen) - &keys(&expected));
            let log = || fs::read_to_string(folder.path().join("log-1")).unwrap_or_default();
            assert!(
                Instant::now() < deadline,
                "{release}: missing {missing:#?}\nwrong {wrong:#?}\n{}",
                log().lines().take(5).collect::<String>()
            );
        }
    }
    // List and watch of pods of one node each, and nothing else.
    for request in requests.try_iter() {
        assert!(request.starts_with("/api/v1/pods?") && request.contains("spec.nodeName"), "{request}");
    }
}
