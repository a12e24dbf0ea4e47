//! Namespaces, releases and what is asked of them.

use crate::common::{Project, copy, repository, tool};
use serde_json::Value;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The subchart in the umbrella.
const SUBCHART: &str = "charts/dox-asdlc/charts/victoriametrics";

/// Asks until the answer is there, or time is up: then it fails with the last reason.
#[track_caller]
pub fn wait<T>(what: &str, seconds: u64, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(reason) => assert!(Instant::now() < deadline, "{what}: {reason}"),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn said(output: &Output) -> Result<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(format!("{}{}", text(&output.stderr), text(&output.stdout))),
    }
}

/// Runs `kubectl`; what it wrote, or what it complained of.
pub fn kubectl(arguments: &[&str]) -> Result<String, String> {
    said(&Command::new("kubectl").args(arguments).stdin(Stdio::null()).output().unwrap())
}

/// Runs `kubectl`, which must succeed.
#[track_caller]
pub fn must(arguments: &[&str]) -> String {
    kubectl(arguments).unwrap_or_else(|error| panic!("kubectl {arguments:?}: {error}"))
}

/// How many agents there are to be: one on each node without taints.
pub fn nodes() -> f64 {
    let list: Value = serde_json::from_str(&must(&["get", "nodes", "-o", "json"])).unwrap();
    let nodes = list["items"].as_array().unwrap();
    f64::from(u32::try_from(nodes.iter().filter(|node| node["spec"]["taints"].is_null()).count()).unwrap())
}

/// Applies objects.
#[track_caller]
pub fn apply(namespace: &str, text: &str) {
    let mut child = Command::new("kubectl")
        .args(["--namespace", namespace, "apply", "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    said(&child.wait_with_output().unwrap()).unwrap_or_else(|error| panic!("{error}\n{text}"));
}

/// A copy of the example's umbrella chart, and what was changed in it.
pub struct Chart {
    project: Project,
    edits: RefCell<Vec<[String; 3]>>,
}

impl Chart {
    /// As it is committed.
    pub fn example() -> Chart {
        Chart { project: Project::example(), edits: RefCell::default() }
    }

    /// As vmsc 0.1 built it.
    pub fn of_0_1() -> Chart {
        let project = Project::empty();
        copy(&repository().join("tests/ownership/before/charts"), &project.path().join("charts"));
        Chart { project, edits: RefCell::default() }
    }

    /// Changes a text in a file of the subchart.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        self.replace(&format!("{SUBCHART}/{file}"), from, to);
        self.edits.borrow_mut().push([file, from, to].map(str::to_owned));
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.project.read(path);
        assert!(text.contains(from), "{path} has no `{from}`");
        self.project.write(path, &text.replacen(from, to, 1));
    }

    /// Changes a text in the stack, and builds; the subchart keeps what was changed in it.
    pub fn rebuild(&self, from: &str, to: &str) {
        let edits = self.edits.take();
        for [file, from, to] in edits.iter().rev() {
            self.replace(&format!("{SUBCHART}/{file}"), to, from);
        }
        self.replace("stacks/victoriametrics.vms", from, to);
        self.project.build(&[]);
        for [file, from, to] in &edits {
            self.edit(file, from, to);
        }
    }

    /// Takes the umbrella of another chart.
    pub fn become_like(&self, other: &Chart) {
        std::fs::remove_dir_all(self.path()).unwrap();
        copy(&other.path(), &self.path());
    }

    /// Commits all to the branch `main` of a git repository in the project; the commit.
    pub fn commit(&self) -> String {
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments);
            said(&command.current_dir(self.project.path()).output().unwrap()).unwrap()
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        git(&["add", "--all"]);
        if !git(&["status", "--porcelain"]).is_empty() {
            git(&["commit", "--quiet", "--message=change"]);
        }
        git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// The address of that repository.
    pub fn repository(&self) -> String {
        format!("file://{}", self.project.path().display())
    }

    /// The umbrella's folder.
    pub fn path(&self) -> PathBuf {
        self.project.path().join("charts/dox-asdlc")
    }
}

/// A namespace that goes when the test ends.
pub struct Namespace {
    /// Its name.
    pub name: String,
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

impl Namespace {
    /// A new one in which only pods of the *restricted* standard are admitted.
    pub fn new(about: &str) -> Namespace {
        let name = format!("{about}-{}", COUNT.fetch_add(1, Ordering::SeqCst));
        must(&["create", "namespace", &name]);
        let level = |mode: &str| format!("pod-security.kubernetes.io/{mode}=restricted");
        must(&["label", "namespace", &name, &level("enforce"), &level("warn"), &level("audit")]);
        Namespace { name }
    }

    /// Runs `kubectl` in it, which must succeed.
    #[track_caller]
    pub fn must(&self, arguments: &[&str]) -> String {
        must(&[&["--namespace", &self.name], arguments].concat())
    }

    /// Runs `kubectl` in it.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<String, String> {
        kubectl(&[&["--namespace", &self.name], arguments].concat())
    }

    /// Objects of a kind in it, as data.
    #[track_caller]
    pub fn get(&self, kind: &str, more: &[&str]) -> Vec<Value> {
        let text = self.must(&[&["get", kind, "-o", "json"], more].concat());
        let mut list: Value = serde_json::from_str(&text).unwrap();
        match list["items"].take() {
            Value::Array(items) => items,
            _ => vec![list],
        }
    }

    /// Starts a pod of busybox that sleeps.
    pub fn client(&self, name: &str) {
        apply(
            &self.name,
            &format!(
                r#"
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 0
  automountServiceAccountToken: false
  securityContext: {{runAsNonRoot: true, runAsUser: 65534, seccompProfile: {{type: RuntimeDefault}}}}
  containers:
    - name: main
      image: busybox:1.36
      command: [sleep, "100000"]
      resources: {{requests: {{cpu: 1m, memory: 8Mi}}, limits: {{cpu: 100m, memory: 16Mi}}}}
      securityContext: {{allowPrivilegeEscalation: false, capabilities: {{drop: [ALL]}}}}
"#
            ),
        );
        self.must(&["wait", &format!("pod/{name}"), "--for=condition=Ready", "--timeout=60s"]);
    }

    /// Whether a pod gets an answer from an address, within three seconds.
    pub fn reaches(&self, pod: &str, url: &str) -> bool {
        self.kubectl(&["exec", pod, "--", "timeout", "3", "wget", "-q", "-O", "-", url]).is_ok()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = kubectl(&["delete", "namespace", &self.name, "--wait=false"]);
    }
}

/// A release of the umbrella chart.
pub struct Release<'c> {
    /// Where it is installed.
    pub namespace: &'c Namespace,
    /// Its name.
    pub name: String,
    /// The Helm that it is installed with.
    pub helm: &'static str,
}

impl<'c> Release<'c> {
    /// A release by Helm 4, not yet installed.
    pub fn new(namespace: &'c Namespace, name: &str) -> Release<'c> {
        Release { namespace, name: name.to_owned(), helm: "helm4" }
    }

    /// Runs Helm in the namespace.
    pub fn helm(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new(tool(&format!("bin/{}", self.helm)))
            .args(["--namespace", &self.namespace.name])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let warned = String::from_utf8_lossy(&output.stderr).into_owned();
        said(&output).map(|text| text + &warned)
    }

    /// Installs or upgrades, and waits until all is ready; the values are of the subchart.
    pub fn upgrade(&self, chart: &Chart, values: &[&str]) -> Result<String, String> {
        self.upgrade_within(chart, values, "120s")
    }

    /// The same with a limit of time.
    pub fn upgrade_within(&self, chart: &Chart, values: &[&str], limit: &str) -> Result<String, String> {
        let path = chart.path();
        let set: Vec<String> = values.iter().map(|value| format!("--set=victoriametrics.{value}")).collect();
        // Small, and quick to tell: neither is what a scenario is about.
        let ours = "--set=victoriametrics.scrape.interval=5s,victoriametrics.scrape.timeout=4s";
        let mut arguments = vec![
            "upgrade",
            "--install",
            &self.name,
            path.to_str().unwrap(),
            "--wait",
            "--timeout",
            limit,
            ours,
        ];
        arguments.extend(set.iter().map(String::as_str));
        self.helm(&arguments)
    }

    /// Renders an upgrade, with what stands in the cluster at hand; `more` are further arguments.
    pub fn render(&self, chart: &Chart, more: &[&str]) -> Result<String, String> {
        let path = chart.path();
        let render = [
            "template",
            &self.name,
            path.to_str().unwrap(),
            "--dry-run=server",
            "--is-upgrade",
            "--no-hooks",
        ];
        self.helm(&[&render[..], more].concat())
    }

    /// Installs or upgrades, which must succeed.
    #[track_caller]
    pub fn install(&self, chart: &Chart, values: &[&str]) -> String {
        self.upgrade(chart, values).unwrap_or_else(|error| {
            let pods = self.namespace.kubectl(&["get", "pods,pvc", "-o", "wide"]).unwrap_or_default();
            panic!("{} {values:?}: {error}\n{pods}", self.helm)
        })
    }

    /// Runs the chart's tests.
    pub fn test(&self) -> Result<String, String> {
        self.helm(&["test", &self.name, "--timeout", "120s"])
    }

    /// The name of the server's objects.
    pub fn server(&self) -> String {
        format!("{}-victoriametrics", self.name)
    }

    /// The name of the server's pod.
    pub fn pod(&self) -> String {
        format!("{}-0", self.server())
    }

    /// Asks the server over HTTP, from its own pod.
    pub fn ask(&self, path: &str) -> Result<String, String> {
        let url = format!("http://127.0.0.1:8428{path}");
        self.namespace.kubectl(&["exec", &self.pod(), "--", "timeout", "5", "wget", "-q", "-O", "-", &url])
    }

    /// The number that a query comes to.
    pub fn query(&self, query: &str) -> Result<f64, String> {
        let mut escaped = String::new();
        for byte in query.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => escaped.push(byte.into()),
                _ => write!(escaped, "%{byte:02X}").unwrap(),
            }
        }
        let text = self.ask(&format!("/api/v1/query?latency_offset=1ms&nocache=1&query={escaped}"))?;
        let answer: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let value = answer["data"]["result"][0]["value"][1].as_str().ok_or(format!("nothing: {text}"))?;
        value.parse().map_err(|error| format!("{error}"))
    }

    /// Waits until a query comes to a number.
    #[track_caller]
    pub fn expect(&self, query: &str, wanted: f64) {
        wait(query, 60, || match self.query(query)? {
            found if (found - wanted).abs() < 1e-9 => Ok(()),
            found => Err(format!("{found}, not {wanted}")),
        });
    }

    /// Writes a sample and waits until it can be queried.
    #[track_caller]
    pub fn write(&self, name: &str) {
        let post = ["exec", &self.pod(), "--", "timeout", "5", "wget", "-q", "-O", "-"];
        let data = format!("--post-data={name} 42");
        let url = "http://127.0.0.1:8428/api/v1/import/prometheus";
        self.namespace.must(&[&post[..], &[&*data, url]].concat());
        self.has(name);
    }

    /// Waits until a sample of before can be queried.
    #[track_caller]
    pub fn has(&self, name: &str) {
        self.expect(&format!("last_over_time({name}[1d])"), 42.0);
    }

    /// The identity of an object.
    pub fn uid(&self, object: &str) -> String {
        self.namespace.must(&["get", object, "-o", "jsonpath={.metadata.uid}"])
    }
}
