//! Pods as containers, the way a kubelet starts them: image, arguments, user, capabilities, limits, volumes,
//! the downward API, probes.

use super::NAMESPACE;
use super::api::{ADDRESS, Api};
use super::docker::{NETWORK, docker};
use super::objects::Objects;
use crate::common::{http, must};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The address of every node.
const NODE_ADDRESS: &str = "10.42.0.1";

/// A pod that runs.
pub struct Pod {
    /// Its name, and its container's.
    pub name: String,
    /// Its node.
    pub node: String,
    /// What it was made of.
    pub template: Value,
    /// Its address.
    pub address: String,
    probes: Arc<Probes>,
    own: PathBuf,
}

/// What a Service knows of a pod.
#[derive(Clone)]
pub struct Backend {
    /// Its address.
    pub address: String,
    probes: Arc<Probes>,
}

impl Backend {
    /// Whether it gets requests.
    pub fn is_ready(&self) -> bool {
        self.probes.ready.load(Ordering::SeqCst)
    }
}

/// What the probes found.
struct Probes {
    created: Instant,
    ready: AtomicBool,
    stopped: AtomicBool,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    /// How long it took to become Ready.
    ready_after: Option<Duration>,
    /// How often a probe had the container restarted.
    restarts: usize,
    /// Why it is not Ready.
    trouble: String,
}

/// The volumes that outlive pods: claims and configurations.
pub struct Volumes {
    folder: tempfile::TempDir,
}

impl Volumes {
    pub fn new() -> Volumes {
        Volumes { folder: tempfile::tempdir().unwrap() }
    }

    /// Makes the claims, and writes the configurations, which pods see at once.
    pub fn configure(&self, objects: &Objects) {
        for claim in objects.of_kind("PersistentVolumeClaim") {
            fs::create_dir_all(self.claim(claim["metadata"]["name"].as_str().unwrap())).unwrap();
        }
        for config in objects.of_kind("ConfigMap") {
            let folder = self.config(config["metadata"]["name"].as_str().unwrap());
            fs::create_dir_all(&folder).unwrap();
            for (name, text) in config["data"].as_object().into_iter().flatten() {
                fs::write(folder.join(name), text.as_str().unwrap()).unwrap();
            }
        }
    }

    fn claim(&self, name: &str) -> PathBuf {
        self.folder.path().join("claims").join(name)
    }

    fn config(&self, name: &str) -> PathBuf {
        self.folder.path().join("configs").join(name)
    }
}

impl Pod {
    /// Starts a pod on a node; Services are known by `addresses`.
    pub fn start(
        name: &str,
        node: &str,
        template: Value,
        volumes: &Volumes,
        addresses: &[(String, String)],
        api: &Arc<Api>,
    ) -> Pod {
        let spec = &template["spec"];
        let containers = spec["containers"].as_array().unwrap();
        assert!(
            containers.len() == 1 && spec["initContainers"].is_null(),
            "{name}: pods of one container are played"
        );
        let own = volumes.folder.path().join("pods").join(name);
        fs::create_dir_all(&own).unwrap();
        let mut run = Command::of(name, node, &template, &containers[0]);
        run.identity();
        run.limits();
        run.environment();
        run.mounts(volumes, &own, api);
        for (host, address) in addresses {
            run.push("--add-host", &format!("{host}:{address}"));
        }
        let address = address();
        run.push("--ip", &address);
        must(docker(&["run", "--detach", "--restart", "always"]).args(run.finish()));
        let probes = Arc::new(Probes {
            created: Instant::now(),
            ready: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            found: Mutex::default(),
        });
        let pod = Pod { name: name.to_owned(), node: node.to_owned(), template, address, probes, own };
        api.put(pod.object(false));
        pod.probe(api);
        pod
    }

    /// It gets no more requests, and nothing is told of it any more.
    pub fn leave(&self) {
        self.probes.stop();
    }

    /// Ends it, gracefully, and removes what is its own.
    pub fn end(self) {
        self.probes.stop();
        let grace = self.template["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap_or(30);
        must(&mut docker(&["stop", "--time", &grace.to_string(), &self.name]));
        self.kill();
    }

    /// Removes it at once.
    pub fn kill(self) {
        self.probes.stop();
        let _ = docker(&["rm", "--force", "--volumes", &self.name]).output();
        let _ = fs::remove_dir_all(&self.own);
    }

    /// Restarts its container; what is on its volumes stays.
    pub fn restart(&self) {
        must(&mut docker(&["restart", &self.name]));
    }

    pub fn is_ready(&self) -> bool {
        self.backend().is_ready()
    }

    /// How long it took to become Ready.
    pub fn ready_after(&self) -> Option<Duration> {
        self.probes.found.lock().unwrap().ready_after
    }

    /// How often its container was started again, by a probe or because it ended.
    pub fn restarts(&self) -> usize {
        let count = must(&mut docker(&["inspect", "--format", "{{.RestartCount}}", &self.name]));
        self.probes.found.lock().unwrap().restarts + count.trim().parse::<usize>().unwrap()
    }

    /// Bytes of memory that it uses, caches aside, as the kernel counts.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the numbers of a test are small"
    )]
    pub fn memory(&self) -> u64 {
        let said = must(&mut docker(&["stats", "--no-stream", "--format", "{{.MemUsage}}", &self.name]));
        let used = said.split('/').next().unwrap().trim();
        let at = used.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        let factor = match &used[at..] {
            "B" => 1.0,
            "KiB" => 1024.0,
            "MiB" => 1024.0 * 1024.0,
            other => panic!("{other} of memory"),
        };
        (used[..at].parse::<f64>().unwrap() * factor) as u64
    }

    /// Why it is not Ready, with the last that it said.
    pub fn trouble(&self) -> String {
        let output = docker(&["logs", "--tail", "3", &self.name]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        format!("{} {said}", self.probes.found.lock().unwrap().trouble)
    }

    pub fn labels(&self) -> &Value {
        &self.template["metadata"]["labels"]
    }

    /// What a Service needs to know of it.
    pub fn backend(&self) -> Backend {
        Backend { address: self.address.clone(), probes: self.probes.clone() }
    }

    /// The number of a port, by number or name.
    pub fn port(&self, port: &Value) -> Option<u16> {
        port_of(&self.template["spec"]["containers"][0], port)
    }

    /// The pod as the API has it.
    fn object(&self, ready: bool) -> Value {
        let mut metadata = self.template["metadata"].clone();
        metadata["name"] = json!(self.name);
        metadata["namespace"] = json!(NAMESPACE);
        metadata["uid"] = json!(self.name);
        let mut spec = self.template["spec"].clone();
        spec["nodeName"] = json!(self.node);
        json!({
            "kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec,
            "status": {
                "phase": "Running", "podIP": self.address, "hostIP": NODE_ADDRESS, "podIPs": [{ "ip": self.address }],
                "conditions": [{ "type": "Ready", "status": if ready { "True" } else { "False" } }],
            },
        })
    }

    /// Asks the probes, each in its period, until the pod ends.
    fn probe(&self, api: &Arc<Api>) {
        let container = self.template["spec"]["containers"][0].clone();
        let probe = |name: &str| Probe::of(&container, &container[name]);
        let [mut startup, mut liveness, mut readiness] =
            [probe("startupProbe"), probe("livenessProbe"), probe("readinessProbe")];
        let (probes, address, name) = (self.probes.clone(), self.address.clone(), self.name.clone());
        let (unready, ready, api) = (self.object(false), self.object(true), api.clone());
        std::thread::spawn(move || {
            let mut started = false;
            while !probes.stopped.load(Ordering::SeqCst) {
                let mut restart = false;
                if !started {
                    match startup.ask(&address) {
                        Some(Err(trouble)) => restart = probes.failed(trouble, startup.exhausted()),
                        Some(Ok(())) => started = true,
                        None => {}
                    }
                } else {
                    match readiness.ask(&address) {
                        Some(Ok(())) if !probes.ready.swap(true, Ordering::SeqCst) => {
                            let after = probes.created.elapsed();
                            let mut found = probes.found.lock().unwrap();
                            found.ready_after.get_or_insert(after);
                            match probes.stopped.load(Ordering::SeqCst) {
                                true => probes.ready.store(false, Ordering::SeqCst),
                                false => api.put(ready.clone()),
                            }
                        }
                        Some(Err(trouble)) if readiness.exhausted() => {
                            probes.failed(trouble, false);
                            let was = probes.ready.swap(false, Ordering::SeqCst);
                            let _found = probes.found.lock().unwrap();
                            if was && !probes.stopped.load(Ordering::SeqCst) {
                                api.put(unready.clone());
                            }
                        }
                        _ => {}
                    }
                    if let Some(Err(trouble)) = liveness.ask(&address) {
                        restart = probes.failed(trouble, liveness.exhausted());
                    }
                }
                if restart && !probes.stopped.load(Ordering::SeqCst) {
                    probes.ready.store(false, Ordering::SeqCst);
                    probes.found.lock().unwrap().restarts += 1;
                    let _ = docker(&["restart", &name]).output();
                    started = false;
                    [&mut startup, &mut liveness, &mut readiness].into_iter().for_each(Probe::reset);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
    }
}

impl Probes {
    /// Once it has returned, no probe tells the API of the pod.
    fn stop(&self) {
        let _found = self.found.lock().unwrap();
        self.stopped.store(true, Ordering::SeqCst);
        self.ready.store(false, Ordering::SeqCst);
    }

    fn failed(&self, trouble: String, restart: bool) -> bool {
        self.found.lock().unwrap().trouble = trouble;
        restart
    }
}

/// A probe of a container; one that is not there always succeeds.
struct Probe {
    get: Option<(u16, String)>,
    delay: Duration,
    period: Duration,
    timeout: Duration,
    limit: u64,
    failures: u64,
    next: Option<Instant>,
}

impl Probe {
    fn of(container: &Value, probe: &Value) -> Probe {
        let number = |name: &str, default| probe[name].as_u64().unwrap_or(default);
        let get = (!probe.is_null()).then(|| {
            let get = &probe["httpGet"];
            // A port that the container does not name can't be reached.
            (port_of(container, &get["port"]).unwrap_or(0), get["path"].as_str().unwrap_or("/").to_owned())
        });
        Probe {
            get,
            delay: Duration::from_secs(number("initialDelaySeconds", 0)),
            period: Duration::from_secs(number("periodSeconds", 10)),
            timeout: Duration::from_secs(number("timeoutSeconds", 1)),
            limit: number("failureThreshold", 3),
            failures: 0,
            next: None,
        }
    }

    /// Asks, where it is time to.
    fn ask(&mut self, address: &str) -> Option<Result<(), String>> {
        let now = Instant::now();
        if self.next.get_or_insert(now + self.delay) > &mut now.clone() {
            return None;
        }
        self.next = Some(now + self.period);
        let answer = match &self.get {
            Some((port, path)) => {
                http::get_within(&format!("{address}:{port}"), path, self.timeout).map(drop)
            }
            None => Ok(()),
        };
        self.failures = if answer.is_ok() { 0 } else { self.failures + 1 };
        Some(answer)
    }

    fn exhausted(&self) -> bool {
        self.failures >= self.limit
    }

    fn reset(&mut self) {
        self.failures = 0;
        self.next = None;
    }
}

/// An address that no pod has had; a pod keeps its own when its container is restarted.
fn address() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::SeqCst);
    format!("10.42.{}.{}", 1 + next / 200, 1 + next % 200)
}

#[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
fn port_of(container: &Value, port: &Value) -> Option<u16> {
    match port.as_u64() {
        Some(number) => Some(number as u16),
        None => {
            let mut ports = container["ports"].as_array()?.iter();
            Some(ports.find(|known| known["name"] == *port)?["containerPort"].as_u64()? as u16)
        }
    }
}

/// The `docker run` of a pod.
struct Command<'a> {
    name: &'a str,
    node: &'a str,
    template: &'a Value,
    container: &'a Value,
    arguments: Vec<String>,
}

impl<'a> Command<'a> {
    fn of(name: &'a str, node: &'a str, template: &'a Value, container: &'a Value) -> Command<'a> {
        let mut command = Command { name, node, template, container, arguments: Vec::new() };
        command.push("--name", name);
        command.push("--hostname", name);
        command.push("--network", NETWORK);
        command
    }

    fn push(&mut self, flag: &str, value: &str) {
        self.arguments.extend([flag.to_owned(), value.to_owned()]);
    }

    /// A security setting of the container, else of the pod.
    fn security(&self, name: &str) -> &'a Value {
        let own = &self.container["securityContext"][name];
        if own.is_null() { &self.template["spec"]["securityContext"][name] } else { own }
    }

    fn identity(&mut self) {
        let id = |value: &Value| value.as_u64().unwrap_or(0);
        let (user, group) = (id(self.security("runAsUser")), id(self.security("runAsGroup")));
        if self.security("runAsNonRoot") == &json!(true) {
            assert!(user != 0, "{}: the kubelet refuses root", self.name);
        }
        self.push("--user", &format!("{user}:{group}"));
        if self.security("readOnlyRootFilesystem") == &json!(true) {
            self.arguments.push("--read-only".to_owned());
        }
        if self.security("allowPrivilegeEscalation") == &json!(false) {
            self.push("--security-opt", "no-new-privileges");
        }
        for capability in self.security("capabilities")["drop"].as_array().into_iter().flatten() {
            self.push("--cap-drop", capability.as_str().unwrap());
        }
    }

    fn limits(&mut self) {
        let limits = &self.container["resources"]["limits"];
        if !limits["memory"].is_null() {
            self.push("--memory", &bytes(&limits["memory"]).to_string());
        }
        if !limits["cpu"].is_null() {
            let cpu = limits["cpu"].as_str().map_or(limits["cpu"].to_string(), str::to_owned);
            let cores = match cpu.strip_suffix('m') {
                Some(milli) => milli.parse::<f64>().unwrap() / 1000.0,
                None => cpu.parse().unwrap(),
            };
            self.push("--cpus", &cores.to_string());
        }
    }

    fn environment(&mut self) {
        self.push("--env", &format!("KUBERNETES_SERVICE_HOST={ADDRESS}"));
        self.push("--env", "KUBERNETES_SERVICE_PORT=443");
        for variable in self.container["env"].as_array().into_iter().flatten() {
            let name = variable["name"].as_str().unwrap();
            let from = &variable["valueFrom"]["fieldRef"]["fieldPath"];
            let value = match from.as_str() {
                None => variable["value"].as_str().unwrap_or_default(),
                Some(path) => self.downward(path),
            };
            self.push("--env", &format!("{name}={value}"));
        }
    }

    /// A field of the downward API.
    fn downward(&self, path: &str) -> &'a str {
        match path {
            "spec.nodeName" => self.node,
            "metadata.name" => self.name,
            "metadata.namespace" => NAMESPACE,
            "status.hostIP" => NODE_ADDRESS,
            other => panic!("{}: no field {other} is played", self.name),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
    fn mounts(&mut self, volumes: &Volumes, own: &Path, api: &Api) {
        let group = self.security("fsGroup").as_u64().map(|id| id as u32);
        let known = self.template["spec"]["volumes"].as_array().cloned().unwrap_or_default();
        for mount in self.container["volumeMounts"].as_array().into_iter().flatten() {
            let name = mount["name"].as_str().unwrap();
            let volume = known.iter().find(|volume| volume["name"] == *name);
            let volume = volume.unwrap_or_else(|| panic!("{}: no volume {name}", self.name));
            let folder = self.volume(volume, volumes, &own.join(name), api, group);
            let path = mount["mountPath"].as_str().unwrap();
            let mode = if mount["readOnly"] == json!(true) { ":ro" } else { "" };
            self.push("--volume", &format!("{}:{path}{mode}", folder.display()));
        }
    }

    /// The folder of a volume.
    fn volume(
        &self,
        volume: &Value,
        volumes: &Volumes,
        own: &Path,
        api: &Api,
        group: Option<u32>,
    ) -> PathBuf {
        if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
            let folder = volumes.claim(claim);
            assert!(folder.exists(), "{}: there is no claim {claim}", self.name);
            give(&folder, group);
            return folder;
        }
        if let Some(config) = volume["configMap"]["name"].as_str() {
            let folder = volumes.config(config);
            assert!(folder.exists(), "{}: there is no ConfigMap {config}", self.name);
            return folder;
        }
        fs::create_dir_all(own).unwrap();
        if !volume["emptyDir"].is_null() {
            give(own, group);
            return own.to_owned();
        }
        let sources = volume["projected"]["sources"].as_array();
        let sources = sources.unwrap_or_else(|| panic!("{}: no such volume is played: {volume}", self.name));
        for source in sources {
            self.projected(source, volumes, own, api, group);
        }
        own.to_owned()
    }

    #[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
    fn projected(&self, source: &Value, volumes: &Volumes, own: &Path, api: &Api, group: Option<u32>) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let account = self.template["spec"]["serviceAccountName"].as_str().unwrap_or("default");
        let mut files = Vec::new();
        if !source["serviceAccountToken"].is_null() {
            files.push((text(&source["serviceAccountToken"]["path"]), api.token(account)));
        }
        for item in source["downwardAPI"]["items"].as_array().into_iter().flatten() {
            files
                .push((text(&item["path"]), self.downward(&text(&item["fieldRef"]["fieldPath"])).to_owned()));
        }
        for item in source["configMap"]["items"].as_array().into_iter().flatten() {
            let (config, key) = (text(&source["configMap"]["name"]), text(&item["key"]));
            // This one the cluster makes in each namespace.
            let content = match config.as_str() {
                "kube-root-ca.crt" => api.authority.clone(),
                _ => fs::read_to_string(volumes.config(&config).join(key)).unwrap(),
            };
            files.push((text(&item["path"]), content));
        }
        for (path, content) in files {
            let file = own.join(path);
            fs::write(&file, content).unwrap();
            // For the user of the pod and its group, and nobody else.
            let user = self.security("runAsUser").as_u64().map(|id| id as u32);
            chown(&file, user, group).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        }
    }

    /// The image, with what it runs.
    fn finish(mut self) -> Vec<String> {
        let texts = |name: &str| {
            let list = self.container[name].as_array().cloned().unwrap_or_default();
            list.iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (command, arguments) = (texts("command"), texts("args"));
        if let Some(first) = command.first() {
            self.arguments.extend(["--entrypoint".to_owned(), first.clone()]);
        }
        self.arguments.push(self.container["image"].as_str().unwrap().to_owned());
        self.arguments.extend(command.into_iter().skip(1).chain(arguments));
        self.arguments
    }
}

/// What `fsGroup` does to a volume: its group owns it, and may write.
fn give(folder: &Path, group: Option<u32>) {
    let Some(group) = group else {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        return;
    };
    chown(folder, None, Some(group)).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o2775)).unwrap();
}

/// An amount of memory, in bytes.
fn bytes(value: &Value) -> u64 {
    let text = value.as_str().map_or(value.to_string(), str::to_owned);
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let factor = match &text[at..] {
        "" => 1,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        other => panic!("{other} of memory"),
    };
    text[..at].parse::<u64>().unwrap() * factor
}
