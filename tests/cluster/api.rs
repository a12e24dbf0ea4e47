//! The Kubernetes API server, as far as agents need it: pods, listed and watched, over TLS, for who has
//! a token and the right. What was asked and refused is remembered.

use super::NAMESPACE;
use super::objects::Objects;
use crate::common::http;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// The address of the API server, as the Service `kubernetes` has it.
pub const ADDRESS: &str = "10.96.0.1";

/// What an account asked or may do: verb, API group, resource.
pub type Right = (String, String, String);

/// The API server.
pub struct Api {
    /// The certificate that clients trust, in PEM.
    pub authority: String,
    state: Mutex<State>,
    changed: Condvar,
    stopped: AtomicBool,
}

#[derive(Default)]
struct State {
    pods: BTreeMap<(String, String), Value>,
    /// Version, kind and object of each event; versions count from 1.
    log: Vec<(u64, &'static str, Value)>,
    /// The rights of each account, with the namespace that one is limited to.
    rights: BTreeMap<String, BTreeSet<(Right, Option<String>)>>,
    asked: BTreeMap<String, BTreeSet<Right>>,
    refused: Vec<String>,
}

impl Api {
    /// Starts a server.
    pub fn start() -> Arc<Api> {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = authority.self_signed(&authority_key).unwrap();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec![ADDRESS.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], private)
            .unwrap();
        let api = Arc::new(Api {
            authority: certificate.pem(),
            state: Mutex::default(),
            changed: Condvar::new(),
            stopped: AtomicBool::new(false),
        });
        let listener = TcpListener::bind((ADDRESS, 443)).unwrap();
        let (server, config) = (api.clone(), Arc::new(config));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if server.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (server, config) = (server.clone(), config.clone());
                // A client that goes away in the middle of an answer is none of a server's troubles.
                std::thread::spawn(move || drop(server.talk(stream, config)));
            }
        });
        api
    }

    /// Stops listening, and ends the watches.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.changed.notify_all();
        drop(TcpStream::connect((ADDRESS, 443)));
    }

    /// The token of a service account.
    pub fn token(&self, account: &str) -> String {
        format!("token-of-{account}")
    }

    /// Gives the rights that roles and bindings give.
    pub fn grant(&self, objects: &Objects) {
        let mut rights: BTreeMap<String, BTreeSet<(Right, Option<String>)>> = BTreeMap::new();
        for binding in objects.of_kind("ClusterRoleBinding").chain(objects.of_kind("RoleBinding")) {
            let reference = &binding["roleRef"];
            let (kind, name) = (reference["kind"].as_str().unwrap(), reference["name"].as_str().unwrap());
            let Some(role) = objects.get(kind, name) else { continue };
            let limited = match binding["kind"].as_str() {
                Some("RoleBinding") => {
                    Some(binding["metadata"]["namespace"].as_str().unwrap_or(NAMESPACE).to_owned())
                }
                _ => None,
            };
            for subject in list(&binding["subjects"]) {
                assert_eq!(subject["kind"], "ServiceAccount");
                let name = subject["name"].as_str().unwrap();
                let known =
                    objects.get("ServiceAccount", name).is_some() && subject["namespace"] == NAMESPACE;
                assert!(known, "{name} has rights, and is no account of the chart's");
                let of_account = rights.entry(name.to_owned()).or_default();
                for rule in list(&role["rules"]) {
                    for (verb, group, resource) in every(&rule) {
                        of_account.insert(((verb, group, resource), limited.clone()));
                    }
                }
            }
        }
        self.state.lock().unwrap().rights = rights;
    }

    /// Adds or changes a pod.
    pub fn put(&self, mut pod: Value) {
        let mut state = self.state.lock().unwrap();
        let version = state.log.len() as u64 + 1;
        pod["metadata"]["resourceVersion"] = json!(version.to_string());
        let key = key(&pod);
        let kind = if state.pods.contains_key(&key) { "MODIFIED" } else { "ADDED" };
        state.pods.insert(key, pod.clone());
        state.log.push((version, kind, pod));
        drop(state);
        self.changed.notify_all();
    }

    /// Removes a pod.
    pub fn remove(&self, namespace: &str, name: &str) {
        let mut state = self.state.lock().unwrap();
        let version = state.log.len() as u64 + 1;
        if let Some(mut pod) = state.pods.remove(&(namespace.to_owned(), name.to_owned())) {
            pod["metadata"]["resourceVersion"] = json!(version.to_string());
            state.log.push((version, "DELETED", pod));
        }
        drop(state);
        self.changed.notify_all();
    }

    /// What accounts asked, whatever the answer.
    pub fn asked(&self) -> BTreeMap<String, BTreeSet<Right>> {
        self.state.lock().unwrap().asked.clone()
    }

    /// What accounts may do.
    pub fn granted(&self) -> BTreeMap<String, BTreeSet<Right>> {
        let state = self.state.lock().unwrap();
        let of_account = |rights: &BTreeSet<(Right, Option<String>)>| {
            rights.iter().map(|(right, _)| right.clone()).collect()
        };
        state.rights.iter().map(|(account, rights)| (account.clone(), of_account(rights))).collect()
    }

    /// The requests that were refused.
    pub fn refused(&self) -> Vec<String> {
        self.state.lock().unwrap().refused.clone()
    }

    fn talk(&self, stream: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<()> {
        let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
        let mut reader = BufReader::new(StreamOwned::new(connection, stream));
        while let Some(request) = http::read(&mut reader)? {
            let bearer = request.authorization.as_deref();
            let account = bearer.and_then(|text| text.strip_prefix("Bearer token-of-")).map(str::to_owned);
            let target = request.target.replace("%3D", "=");
            let (path, query) = target.split_once('?').unwrap_or((&target, ""));
            let refusal = match &account {
                None => Some((401, "Unauthorized")),
                Some(account) => (!self.allowed(account, path, query)).then_some((403, "Forbidden")),
            };
            if let Some((code, reason)) = refusal {
                self.state.lock().unwrap().refused.push(format!("{account:?}: {} {code}", request.line));
                let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code });
                answer(reader.get_mut(), &format!("{code} {reason}"), &status)?;
                continue;
            }
            let node = query.split('&').find_map(|part| part.strip_prefix("fieldSelector=spec.nodeName="));
            let chosen = |pod: &Value| node.is_none_or(|node| pod["spec"]["nodeName"] == *node);
            if query.contains("watch=") {
                let since = query.split('&').find_map(|part| part.strip_prefix("resourceVersion="));
                return self.watch(
                    reader.get_mut(),
                    since.and_then(|text| text.parse().ok()).unwrap_or(0),
                    &chosen,
                );
            }
            let state = self.state.lock().unwrap();
            let list = json!({
                "kind": "PodList", "apiVersion": "v1",
                "metadata": { "resourceVersion": state.log.len().to_string() },
                "items": state.pods.values().filter(|pod| chosen(pod)).collect::<Vec<_>>(),
            });
            drop(state);
            answer(reader.get_mut(), "200 OK", &list)?;
        }
        Ok(())
    }

    /// Whether an account has the right to a request.
    fn allowed(&self, account: &str, path: &str, query: &str) -> bool {
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let group = match parts.first() {
            Some(&"apis") if parts.len() > 2 => parts.drain(..3).nth(1).unwrap_or_default(),
            _ => {
                parts.drain(..parts.len().min(2));
                ""
            }
        };
        let mut namespace = None;
        if parts.first() == Some(&"namespaces") && parts.len() > 2 {
            namespace = Some(parts[1].to_owned());
            parts.drain(..2);
        }
        let verb = match (query.contains("watch="), parts.len()) {
            (true, _) => "watch",
            (false, 1) => "list",
            _ => "get",
        };
        let resource = parts.first().copied().unwrap_or_default().to_owned();
        let right = (verb.to_owned(), group.to_owned(), resource.clone());
        let mut state = self.state.lock().unwrap();
        state.asked.entry(account.to_owned()).or_default().insert(right.clone());
        let has = |rights: &BTreeSet<(Right, Option<String>)>| {
            rights.contains(&(right.clone(), None))
                || namespace.is_some() && rights.contains(&(right.clone(), namespace.clone()))
        };
        // This server has pods and nothing else.
        resource == "pods" && state.rights.get(account).is_some_and(has)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
    fn watch(
        &self,
        stream: &mut impl Write,
        since: u64,
        chosen: &dyn Fn(&Value) -> bool,
    ) -> std::io::Result<()> {
        http::begin_chunks(stream)?;
        let mut told = since;
        loop {
            let mut state = self.state.lock().unwrap();
            while state.log.len() as u64 <= told && !self.stopped.load(Ordering::SeqCst) {
                state = self.changed.wait_timeout(state, Duration::from_secs(1)).unwrap().0;
            }
            if self.stopped.load(Ordering::SeqCst) {
                return Ok(());
            }
            let new: Vec<_> = state.log[told as usize..].to_vec();
            drop(state);
            told += new.len() as u64;
            for (_, kind, pod) in new.iter().filter(|(_, _, pod)| chosen(pod)) {
                let line = json!({ "type": kind, "object": pod }).to_string();
                write!(stream, "{:x}\r\n{line}\n\r\n", line.len() + 1)?;
            }
            stream.flush()?;
        }
    }
}

fn answer(stream: &mut impl Write, status: &str, body: &Value) -> std::io::Result<()> {
    http::answer(stream, status, "application/json", &body.to_string())
}

fn key(pod: &Value) -> (String, String) {
    let text = |name: &str| pod["metadata"][name].as_str().unwrap().to_owned();
    (text("namespace"), text("name"))
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Every right of a rule.
fn every(rule: &Value) -> Vec<Right> {
    let texts = |name: &str| {
        list(&rule[name]).iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut rights = Vec::new();
    for verb in texts("verbs") {
        for group in texts("apiGroups") {
            rights.extend(
                texts("resources").into_iter().map(|resource| (verb.clone(), group.clone(), resource)),
            );
        }
    }
    rights
}
