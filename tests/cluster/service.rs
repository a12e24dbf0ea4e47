//! Services: an address each, which leads to the ready pods that its selector chooses, where the network
//! policies let it.

use super::NAMESPACE;
use super::kubelet::{Backend, Pod};
use super::objects::{Objects, matches};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The Services of a cluster.
#[derive(Default)]
pub struct Services {
    known: BTreeMap<String, Known>,
}

struct Known {
    address: String,
    ports: BTreeMap<u16, Door>,
}

/// One port that is listened on.
struct Door {
    to: Arc<Mutex<Vec<Leads>>>,
    stopped: Arc<AtomicBool>,
}

/// Where a door leads.
#[derive(Clone)]
struct Leads {
    pod: Backend,
    port: u16,
    /// The addresses of pods that policies keep out.
    refused: BTreeSet<String>,
}

impl Services {
    /// Serves the Services of a chart to its pods.
    #[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
    pub fn serve(&mut self, objects: &Objects, pods: &[Pod]) {
        for service in objects.of_kind("Service") {
            let name = service["metadata"]["name"].as_str().unwrap().to_owned();
            let next = self.known.len() + 1;
            let known = self
                .known
                .entry(name)
                .or_insert_with(|| Known { address: format!("10.96.1.{next}"), ports: BTreeMap::new() });
            for port in service["spec"]["ports"].as_array().unwrap() {
                let number = port["port"].as_u64().unwrap() as u16;
                let target = if port["targetPort"].is_null() { &port["port"] } else { &port["targetPort"] };
                let chosen = pods.iter().filter(|pod| matches(&service["spec"]["selector"], pod.labels()));
                let to = chosen.filter_map(|pod| {
                    let port = pod.port(target)?;
                    let refused = pods.iter().filter(|from| !admitted(objects, pod, port, from));
                    let refused = refused.map(|from| from.address.clone()).collect();
                    Some(Leads { pod: pod.backend(), port, refused })
                });
                let door = known.ports.entry(number).or_insert_with(|| Door::open(&known.address, number));
                *door.to.lock().unwrap() = to.collect();
            }
        }
    }

    /// The address of a Service.
    pub fn address(&self, name: &str) -> Option<&str> {
        self.known.get(name).map(|known| known.address.as_str())
    }

    /// Every name that pods know a Service by, with its address.
    pub fn addresses(&self) -> Vec<(String, String)> {
        let of_service = |(name, known): (&String, &Known)| {
            let names = ["", ".NS", ".NS.svc", ".NS.svc.cluster.local"]
                .map(|end| format!("{name}{}", end.replace("NS", NAMESPACE)));
            names.map(|name| (name, known.address.clone()))
        };
        self.known.iter().flat_map(of_service).collect()
    }

    /// Stops listening.
    pub fn stop(&mut self) {
        for known in self.known.values() {
            for (port, door) in &known.ports {
                door.stopped.store(true, Ordering::SeqCst);
                drop(TcpStream::connect((known.address.as_str(), *port)));
            }
        }
        self.known.clear();
    }
}

impl Door {
    fn open(address: &str, port: u16) -> Door {
        let listener = TcpListener::bind((address, port)).unwrap();
        let to: Arc<Mutex<Vec<Leads>>> = Arc::default();
        let stopped = Arc::new(AtomicBool::new(false));
        let (backends, ended) = (to.clone(), stopped.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                // Who is no pod is the node, which policies always let through.
                let from = stream.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
                let ready = backends.lock().unwrap().iter().find(|to| to.pod.is_ready()).cloned();
                // Without a ready pod, or where a policy says so, the connection is closed.
                let Some(Leads { pod, port, .. }) = ready.filter(|to| !to.refused.contains(&from)) else {
                    continue;
                };
                std::thread::spawn(move || {
                    if let Ok(inner) = TcpStream::connect((pod.address.as_str(), port)) {
                        pipe(stream, inner);
                    }
                });
            }
        });
        Door { to, stopped }
    }
}

/// Carries bytes both ways until both sides have ended.
fn pipe(a: TcpStream, b: TcpStream) {
    let (Ok(mut a2), Ok(mut b2)) = (a.try_clone(), b.try_clone()) else { return };
    let (mut a, mut b) = (a, b);
    let back = std::thread::spawn(move || carry(&mut b2, &mut a2));
    carry(&mut a, &mut b);
    let _ = back.join();
}

fn carry(from: &mut TcpStream, to: &mut TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}

/// Whether network policies let a pod be reached at a port by another of the namespace.
pub fn admitted(objects: &Objects, pod: &Pod, port: u16, from: &Pod) -> bool {
    // One without labels chooses every pod.
    let chooses = |selector: &Value, pod: &Pod| {
        let labels = &selector["matchLabels"];
        labels.as_object().is_none_or(serde_json::Map::is_empty) || matches(labels, pod.labels())
    };
    let peer = |peer: &Value| {
        assert!(peer.is_object(), "a peer is a record: {peer}");
        let all = peer["ipBlock"]["cidr"] == "0.0.0.0/0";
        let here = match &peer["namespaceSelector"] {
            Value::Null => true,
            of => of["matchLabels"]["kubernetes.io/metadata.name"] == NAMESPACE,
        };
        all || peer["ipBlock"].is_null() && here && chooses(&peer["podSelector"], from)
    };
    let mut isolated = false;
    for policy in objects.of_kind("NetworkPolicy") {
        if !chooses(&policy["spec"]["podSelector"], pod) {
            continue;
        }
        isolated = true;
        for rule in policy["spec"]["ingress"].as_array().into_iter().flatten() {
            let ports = rule["ports"].as_array();
            let peers = rule["from"].as_array();
            if ports.is_none_or(|ports| ports.iter().any(|one| pod.port(&one["port"]) == Some(port)))
                && peers.is_none_or(|peers| peers.iter().any(peer))
            {
                return true;
            }
        }
    }
    !isolated
}
