//! Who scrapes what, and once: three real agents, a node each, discover pods from a small server that
//! answers the list and watch calls of the Kubernetes API and honours the field selector. What they
//! would scrape is read off their `/api/v1/targets`.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "cluster/pods.rs"]
mod pods;

mod common;

use common::{Project, Running, free_port, must, releases, tool};
use pods::TestPod;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Serves the API; returns its port and the requests it was sent.
fn api(pods: &[TestPod]) -> (u16, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let objects: Vec<Value> = pods.iter().map(|pod| pod.object.clone()).collect();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (objects, sender) = (objects.clone(), sender.clone());
            std::thread::spawn(move || drop(serve(stream, &objects, &sender)));
        }
    });
    (port, receiver)
}

fn serve(
    mut stream: TcpStream,
    objects: &[Value],
    sender: &std::sync::mpsc::Sender<String>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut header = String::from("x");
        while !header.trim().is_empty() {
            header.clear();
            reader.read_line(&mut header)?;
        }
        let target = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let _ = sender.send(target.clone());
        let query = target.replace("%3D", "=");
        if query.contains("watch=") {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )?;
            // Open until the agent goes; nothing happens.
            let mut rest = String::new();
            reader.read_to_string(&mut rest)?;
            return Ok(());
        }
        let node = query
            .split("spec.nodeName=")
            .nth(1)
            .map(|rest| rest.split('&').next().unwrap_or_default().to_owned());
        let chosen: Vec<&Value> = objects
            .iter()
            .filter(|pod| node.as_ref().is_none_or(|node| pod["spec"]["nodeName"] == **node))
            .collect();
        let body = json!({ "kind": "PodList", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": chosen }).to_string();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
    }
}

fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: x\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.split_once("\r\n\r\n")?.1.to_owned())
}

/// (URL, job, service) of an agent's targets, with the node each says it is on.
fn targets(port: u16) -> Vec<((String, String, String), String)> {
    let Some(answer) = get(port, "/api/v1/targets") else { return Vec::new() };
    let Ok(answer) = serde_json::from_str::<Value>(&answer) else { return Vec::new() };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let active = answer["data"]["activeTargets"].as_array().cloned().unwrap_or_default();
    let of = |target: &Value| {
        let labels = &target["labels"];
        ((text(&target["scrapeUrl"]), text(&labels["job"]), text(&labels["service"])), text(&labels["node"]))
    };
    active.iter().map(of).collect()
}

#[test]
fn every_endpoint_is_scraped_by_one_agent_of_its_node() {
    let pods = pods::of_every_kind("metrics");
    let (api_port, requests) = api(&pods);
    let project = Project::example();
    let chart = project.path().join("charts/dox-asdlc");
    let rendered =
        must(Command::new(tool("bin/helm3")).args(["template", "demo"]).arg(&chart).args(["-n", "metrics"]));
    let scrape = serde_yaml::Deserializer::from_str(&rendered)
        .map(|d| <serde_yaml::Value as serde::Deserialize>::deserialize(d).unwrap())
        .find(|o| o["kind"] == "ConfigMap" && o["metadata"]["name"] == "demo-victoriametrics-vmagent")
        .unwrap()["data"]["scrape.yml"]
        .as_str()
        .unwrap()
        .replace(
            "\n    - role: pod\n",
            &format!("\n    - role: pod\n      api_server: http://127.0.0.1:{api_port}\n"),
        );

    let mut expected: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for (url, job, service) in pods.iter().flat_map(|pod| &pod.expected) {
        *expected.entry((url.clone(), job.clone(), service.clone())).or_default() += 1;
    }
    assert!(expected.len() > 60 && expected.values().all(|count| *count == 1));

    for (release, path) in releases() {
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
