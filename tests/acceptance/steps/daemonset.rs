//! US-2: the agents.

use crate::cluster::endpoints::Endpoints;
use crate::cluster::pods::{TestPod, annotated, of_every_kind};
use crate::cluster::{Cluster, NAMESPACE, NODES, wait};
use crate::common::http;
use crate::evidence::proves;
use crate::world::Story;
use cucumber::{given, then, when};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

#[given("a 3-node Kubernetes cluster")]
fn three_nodes(_: &mut Story) {
    assert_eq!(NODES.len(), 3);
}

#[when("I install the chart with vmagent enabled")]
fn with_agents(story: &mut Story) {
    story.values.push("victoriametrics.vmagent.enabled=true".to_owned());
    story.running();
}

#[then("3 vmagent pods should be Running")]
fn three_agents(story: &mut Story) {
    let agents = story.cluster().agents();
    assert_eq!(agents.len(), 3);
    agents.iter().for_each(|agent| assert_eq!(agent.restarts(), 0, "{} was never restarted", agent.name));
}

#[then("there should be one on each node, Ready within 60 seconds")]
fn one_each(story: &mut Story) {
    let agents = story.cluster().agents();
    assert_eq!(agents.iter().map(|agent| agent.node.as_str()).collect::<Vec<_>>(), NODES);
    for agent in agents {
        let took = agent.ready_after().unwrap();
        assert!(took < Duration::from_secs(60), "{} took {took:?}", agent.name);
    }
    proves("2.1", "three nodes, three pods of the rendered DaemonSet");
}

#[given(expr = "orchestrator pod has prometheus.io\\/scrape: {string}")]
fn orchestrator(story: &mut Story, value: String) {
    let rendered = story.render();
    let mut found = rendered.of_kind("Deployment");
    let annotations =
        &found.next().expect("the orchestrator is rendered")["spec"]["template"]["metadata"]["annotations"];
    assert_eq!(annotations["prometheus.io/scrape"], value);
}

#[when("vmagent runs for 30 seconds")]
fn runs(story: &mut Story) {
    story.running();
    story.since = Some(Instant::now());
}

#[then("orchestrator metrics appear in VictoriaMetrics")]
fn appear(story: &mut Story) {
    wait("the orchestrator's metrics are there within 30 seconds", 30, || {
        let found = story.cluster().ask("/api/v1/export?match[]=orchestrator_tasks_total")?;
        let all = ["\"kind\":\"plan\"", "\"kind\":\"code\"", "\"service\":\"orchestrator\""]
            .iter()
            .all(|part| found.contains(part));
        if all { Ok(()) } else { Err(format!("found {found:?}")) }
    });
    assert!(story.since.unwrap().elapsed() < Duration::from_secs(35));
}

#[then("they came through http://metrics-store:8428")]
fn through(story: &mut Story) {
    let cluster = story.cluster();
    for agent in cluster.agents() {
        let arguments = &agent.template["spec"]["containers"][0]["args"];
        assert!(
            arguments.to_string().contains("-remoteWrite.url=http://metrics-store:8428/api/v1/write"),
            "{arguments}"
        );
    }
    let inserted = cluster.ask("/metrics").unwrap();
    let rows =
        inserted.lines().find(|line| line.starts_with("vm_rows_inserted_total{type=\"promremotewrite\""));
    assert!(rows.is_some_and(|line| !line.ends_with(" 0")), "{rows:?}");
    proves("2.4", "the orchestrator's metrics in the database, sent to `http://metrics-store:8428`");
}

#[then(
    "the agents asked the Kubernetes API for nothing that they may not, and may do nothing that they did not ask"
)]
fn rights(story: &mut Story) {
    let api = &story.cluster().api;
    assert!(api.refused().is_empty(), "refused: {:#?}", api.refused());
    let asked = api.asked();
    assert!(!asked.is_empty(), "nothing was asked");
    assert_eq!(api.granted(), asked, "what is granted, and what was asked");
    proves(
        "2.2",
        "list and watch of pods, over TLS with the account's token: the API server refuses all else, and nothing was refused or granted in vain",
    );
    proves("D.8", "the rights granted are those asked, no more");
}

/// What is told of every scrape is so at any interval, and sooner at a short one.
#[given("a scrape interval of 5s")]
fn often(story: &mut Story) {
    story.values.push("victoriametrics.scrape.interval=5s".to_owned());
}

#[given("pods of many kinds run on each node")]
fn many_kinds(story: &mut Story) {
    story.running();
    Endpoints::get().reset(0);
    // Databases and agents are real here; nobody answers TLS, and agents speak no IPv6 unless they are
    // told to. `tests/discovery.rs` has these too.
    let played = |pod: &TestPod| {
        let name = pod.object["metadata"]["name"].as_str().unwrap();
        !["demo-", "other-", "six", "https"].iter().any(|kind| name.starts_with(kind))
    };
    story.test_pods = of_every_kind(NAMESPACE).into_iter().filter(played).collect();
    for pod in &story.test_pods {
        story.cluster().api.put(pod.object.clone());
    }
}

/// What should be scraped, each with the address of the agent that should.
fn expected(story: &Story) -> BTreeMap<String, String> {
    let agents: BTreeMap<&str, &str> =
        story.cluster().agents().iter().map(|agent| (agent.node.as_str(), agent.address.as_str())).collect();
    let of_pod = |pod: &TestPod| {
        let agent = agents[pod.object["spec"]["nodeName"].as_str().unwrap()].to_owned();
        pod.expected.iter().map(move |(url, ..)| (url.clone(), agent.clone())).collect::<Vec<_>>()
    };
    story.test_pods.iter().flat_map(of_pod).collect()
}

/// Waits until every endpoint that should be scraped has been, so many times.
fn scraped(story: &Story, times: usize, seconds: u64) {
    let wanted = expected(story);
    wait("every endpoint is scraped", seconds, || {
        let found = Endpoints::get().scrapes();
        let missing = wanted.keys().filter(|url| found.get(*url).map_or(0, |by| by.values().sum()) < times);
        let missing: Vec<&String> = missing.collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("not scraped {times} times: {missing:?}")) }
    });
}

#[when("every annotated endpoint has been scraped twice")]
fn twice(story: &mut Story) {
    assert!(expected(story).len() > 50);
    scraped(story, 2, 120);
}

#[then("each was scraped by the agent of its node and by no other")]
fn by_one(story: &mut Story) {
    let found = Endpoints::get().scrapes();
    for (url, agent) in expected(story) {
        let by: Vec<&String> = found[&url].keys().collect();
        assert_eq!(by, [&agent], "{url}");
    }
    // Nor by one agent twice, and with the job and service that it belongs to.
    let mut targets = targets(story.cluster());
    targets.sort();
    let mut wanted: Vec<_> = story.test_pods.iter().flat_map(|pod| pod.expected.clone()).collect();
    wanted.sort();
    assert_eq!(targets, wanted);
    let stored = story.cluster().ask("/api/v1/export?match[]=test_scrapes_total").unwrap();
    let known: BTreeSet<(String, String, String)> = stored.lines().map(stored_series).collect();
    for (url, job, service) in wanted {
        let host = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        assert!(known.contains(&(host, job, service)), "{url} is not in the database");
    }
    proves(
        "2.3",
        "pods of many kinds on three nodes: every annotated endpoint is scraped by the agent of its node, once, and no other endpoint is; pods that come, go, move or lose the annotation are followed",
    );
}

/// Instance, job and service of an exported series.
fn stored_series(line: &str) -> (String, String, String) {
    let series: Value = serde_json::from_str(line).unwrap();
    let label = |name: &str| series["metric"][name].as_str().unwrap_or_default().to_owned();
    (label("instance"), label("job"), label("service"))
}

/// URL, job and service of the test pods that agents say they scrape.
pub fn targets(cluster: &Cluster) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for agent in cluster.agents() {
        let answer = http::get(&format!("{}:8429", agent.address), "/api/v1/targets").unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        for target in answer["data"]["activeTargets"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let url = text(&target["scrapeUrl"]);
            if url.starts_with("http://10.244.") {
                found.push((url, text(&target["labels"]["job"]), text(&target["labels"]["service"])));
            }
        }
    }
    found
}

#[then("no other endpoint was scraped")]
fn no_other(story: &mut Story) {
    let wanted = expected(story);
    let found = Endpoints::get().scrapes();
    let others: Vec<_> =
        found.keys().filter(|url| url.starts_with("http://10.244.") && !wanted.contains_key(*url)).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[when("pods come, go, change their address and lose their annotation")]
fn changes(story: &mut Story) {
    let api = story.cluster().api.clone();
    let at = |story: &Story, name: &str| {
        story.test_pods.iter().position(|pod| pod.object["metadata"]["name"] == *name).unwrap()
    };
    let come = annotated(NAMESPACE, "come", "node-2", "10.244.2.200");
    api.put(come.object.clone());
    story.test_pods.push(come);
    let gone = story.test_pods.remove(at(story, "plain-node-1"));
    api.remove(NAMESPACE, gone.object["metadata"]["name"].as_str().unwrap());
    let n = at(story, "port-node-3");
    let moved = &mut story.test_pods[n];
    moved.object["status"]["podIP"] = json!("10.244.3.201");
    moved.expected[0].0 = "http://10.244.3.201:9000/metrics".to_owned();
    api.put(moved.object.clone());
    let n = at(story, "two-node-2");
    let silent = &mut story.test_pods[n];
    silent.object["metadata"]["annotations"] = json!({});
    silent.expected.clear();
    api.put(silent.object.clone());
    // Once the agents know, no old endpoint is scraped while the others are, twice.
    let wanted: BTreeSet<String> = expected(story).into_keys().collect();
    wait("the agents follow", 90, || {
        let found: BTreeSet<String> = targets(story.cluster()).into_iter().map(|(url, ..)| url).collect();
        if found == wanted { Ok(()) } else { Err(format!("{:?}", found.symmetric_difference(&wanted))) }
    });
    Endpoints::get().reset(0);
    scraped(story, 2, 120);
}

#[when("the server is away for a minute and an agent is restarted meanwhile")]
fn away(story: &mut Story) {
    scraped(story, 1, 60);
    let name = story.cluster().server().name.clone();
    let made = story.cluster.as_mut().unwrap().delete(&name);
    let gone = Instant::now();
    let before = Endpoints::get().scrapes();
    let more = |times: usize| {
        wait("the agents go on scraping", 120, || {
            let found = Endpoints::get().scrapes();
            let sum = |by: &BTreeMap<String, usize>| by.values().sum::<usize>();
            let behind = before.iter().filter(|(url, by)| sum(&found[*url]) < sum(by) + times).count();
            if behind == 0 { Ok(()) } else { Err(format!("{behind} endpoints are behind")) }
        });
    };
    more(2);
    story.cluster().agents()[0].restart();
    more(4);
    wait("a minute goes by", 60, || {
        if gone.elapsed().as_secs() >= 60 { Ok(()) } else { Err("not yet".to_owned()) }
    });
    let cluster = story.cluster.as_mut().unwrap();
    cluster.create(&name, made);
    cluster.ready();
}

#[then("every sample that was scraped should be queryable")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the numbers of a test are small"
)]
fn nothing_lost(story: &mut Story) {
    let counts = Endpoints::get().scrapes();
    wait("every sample is there", 90, || {
        let stored = story.cluster().ask("/api/v1/export?match[]=test_scrapes_total")?;
        let mut values: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for line in stored.lines() {
            let series: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let seen = series["values"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|value| Some(value.as_f64()? as usize));
            values.entry(stored_series(line).0).or_default().extend(seen);
        }
        for (url, by) in counts.iter().filter(|(url, _)| url.starts_with("http://10.244.")) {
            let host = url.trim_start_matches("http://").split('/').next().unwrap();
            let known = values.get(host).cloned().unwrap_or_default();
            let lost: Vec<usize> = (1..=by.values().sum()).filter(|number| !known.contains(number)).collect();
            if !lost.is_empty() {
                return Err(format!("{url}: scrapes {lost:?} are not in the database"));
            }
        }
        Ok(())
    });
    proves(
        "2.4",
        "the server away for a minute, an agent restarted meanwhile: every scrape is in the database afterwards (a pod that is replaced meanwhile loses its queue, an `emptyDir`)",
    );
}

#[given("vmagent is running")]
fn agents_run(story: &mut Story) {
    story.running();
}

#[given(expr = "{int} pods with {int} series each run on each node")]
fn load(story: &mut Story, pods: usize, series: usize) {
    Endpoints::get().reset(series);
    for (n, node) in NODES.iter().enumerate() {
        for at in 0..pods {
            let pod =
                annotated(NAMESPACE, &format!("load-{node}-{at}"), node, &format!("10.244.{}.{at}", 100 + n));
            story.cluster().api.put(pod.object.clone());
            story.test_pods.push(pod);
        }
    }
}

#[when("I check resource consumption")]
fn consumption(story: &mut Story) {
    for times in 1..=4 {
        scraped(story, times, 120);
        let most = story.cluster().agents().iter().map(|agent| agent.memory()).max().unwrap();
        story.memory = story.memory.max(most);
    }
}

#[then("memory usage should be under 128Mi")]
fn memory(story: &mut Story) {
    assert!(story.memory > 0 && story.memory < 128 << 20, "{} MiB", story.memory >> 20);
    let limits = &story.rendered.as_ref().unwrap().component("DaemonSet", "vmagent")["spec"]["template"]["spec"]
        ["containers"][0]["resources"]["limits"];
    assert_eq!(limits["memory"], "128Mi");
    println!("    most memory of an agent: {} MiB", story.memory >> 20);
    proves(
        "2.5",
        "100 pods a node with 1 000 series each, four scrapes of each, as the kernel counts, with the chart's limit in force",
    );
}

#[then("no agent was restarted")]
fn never_restarted(story: &mut Story) {
    story.cluster().agents().iter().for_each(|agent| assert_eq!(agent.restarts(), 0, "{}", agent.trouble()));
}
