//! Who scrapes what, and once.
//!
//! Pods are found by the agent of their node only. A service of ours is one thing said once: pods by
//! their label in Kubernetes, a name in Compose. Addresses are on no node, so the server takes them.

use super::program::{METRICS, NODE, Program};
use super::setting::{Setting, Spelling};
use crate::model::Stack;
use crate::model::stack::Relabel;
use crate::semantics::data::Kind;
use crate::semantics::quantity::Quantity;
use crate::yaml::{Entry, Yaml};
use std::rc::Rc;

/// A place where jobs run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The cluster.
    Kubernetes,
    /// The laptop.
    Compose,
}

/// A scrape job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name, and the `job` label.
    pub name: Rc<str>,
    /// What it scrapes.
    pub what: What,
    /// Where.
    pub places: Vec<Place>,
    /// Whether it is on with these settings.
    pub enabled: bool,
    /// Time between two scrapes.
    pub interval: Quantity,
    /// Time a scrape may take.
    pub timeout: Quantity,
    /// Path of the metrics.
    pub path: Rc<str>,
    /// `http` or `https`.
    pub scheme: Rc<str>,
    /// Parameters of the request.
    pub params: Vec<(String, Vec<String>)>,
    /// The user's changes to targets.
    pub relabel: Vec<Relabel>,
    /// The user's changes to samples.
    pub metric_relabel: Vec<Relabel>,
}

/// What a job scrapes.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Annotated pods.
    Pods,
    /// The pods with these labels, on this port; by name in Compose.
    Service {
        /// Its name.
        host: String,
        /// The port of its containers.
        port: u16,
        /// Labels of its pods.
        labels: Vec<(String, String)>,
    },
    /// Addresses.
    Targets(Vec<Rc<str>>),
    /// The server's or the agents' own pods; by name in Compose.
    Own {
        /// The program's component.
        component: &'static str,
        /// The port it listens on.
        port: u16,
    },
}

impl Job {
    fn setting(&self, field: &str, value: Kind, spelling: Spelling) -> Setting {
        let path = match self.what {
            What::Own { .. } => ["scrape", field].map(str::to_owned).to_vec(),
            _ => ["scrape", "job", &self.name, field].map(str::to_owned).to_vec(),
        };
        Setting { path, value, spelling }
    }

    fn interval(&self) -> Setting {
        self.setting("interval", Kind::Quantity(self.interval.clone()), Spelling::ScrapeDuration)
    }

    fn timeout(&self) -> Setting {
        self.setting("timeout", Kind::Quantity(self.timeout.clone()), Spelling::ScrapeDuration)
    }

    fn path(&self) -> Setting {
        let path = self.setting("path", Kind::Text(self.path.clone()), Spelling::Plain);
        match self.what {
            // No setting says where programs of ours have their metrics.
            What::Own { .. } => Setting { path: Vec::new(), ..path },
            _ => path,
        }
    }
}

/// The label by which a service's pods are found.
pub const NAME_LABEL: &str = "app.kubernetes.io/name";
/// The label that names a pod's release.
const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";
/// The label that names a pod's part in it.
const COMPONENT_LABEL: &str = "app.kubernetes.io/component";

/// The jobs of a stack, in order.
pub(super) fn jobs(stack: &Stack) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (name, job) in &stack.scrape.job {
        let what = match (job.discover.as_ref(), job.service.as_ref()) {
            (Some(_), _) => What::Pods,
            (None, Some(service)) => {
                let (host, port) = service.value.rsplit_once(':').unwrap_or((&service.value, "80"));
                let mut labels: Vec<(String, String)> = job
                    .selector
                    .iter()
                    .map(|(key, value)| (key.to_string(), value.value.to_string()))
                    .collect();
                if labels.is_empty() {
                    labels.push((NAME_LABEL.to_owned(), host.to_owned()));
                }
                What::Service { host: host.to_owned(), port: port.parse().unwrap_or(80), labels }
            }
            (None, None) => What::Targets(job.targets.iter().map(|t| t.value.clone()).collect()),
        };
        let place = |word: &str| match word {
            "compose" => Place::Compose,
            _ => Place::Kubernetes,
        };
        let mut places: Vec<Place> = job.on.iter().map(|on| place(&on.value)).collect();
        if what == What::Pods {
            places.retain(|place| *place == Place::Kubernetes);
        }
        jobs.push(Job {
            name: name.clone(),
            what,
            places,
            enabled: job.enabled.value,
            interval: job.interval.value.clone(),
            timeout: job.timeout.value.clone(),
            path: job.path.value.clone(),
            scheme: job.scheme.value.clone(),
            params: job
                .params
                .iter()
                .map(|(key, values)| (key.to_string(), values.iter().map(|v| v.value.to_string()).collect()))
                .collect(),
            relabel: job.relabel.clone(),
            metric_relabel: job.metric_relabel.clone(),
        });
    }
    jobs
}

/// How a target prints what only it knows.
pub trait Printer {
    /// A setting's value, as a scalar.
    fn setting(&self, setting: &Setting) -> Yaml;
    /// A regular expression that begins with the namespace of the release.
    fn in_namespace(&self, rest: &str) -> Yaml;
    /// A regular expression that begins with the namespace and the name of the release.
    fn in_release(&self, rest: &str) -> Yaml;
}

/// A rule of relabelling.
fn rule(entries: Vec<(&str, Yaml)>) -> Yaml {
    Yaml::map(entries)
}

fn sources(labels: &[&str]) -> (&'static str, Yaml) {
    ("source_labels", Yaml::texts(labels.iter().copied()))
}

fn text(text: impl Into<String>) -> Yaml {
    Yaml::text(text)
}

const NAMESPACE: &str = "__meta_kubernetes_namespace";
const POD_NAME: &str = "__meta_kubernetes_pod_name";
const POD_IP: &str = "__meta_kubernetes_pod_ip";
const NODE_NAME: &str = "__meta_kubernetes_pod_node_name";
const PHASE: &str = "__meta_kubernetes_pod_phase";
const INIT: &str = "__meta_kubernetes_pod_container_init";
const PORT: &str = "__meta_kubernetes_pod_container_port_number";
const PROTOCOL: &str = "__meta_kubernetes_pod_container_port_protocol";
const CONTROLLER_KIND: &str = "__meta_kubernetes_pod_controller_kind";
const CONTROLLER_NAME: &str = "__meta_kubernetes_pod_controller_name";

/// The discovery's name of a pod's label.
fn label_of(label: &str) -> String {
    format!("__meta_kubernetes_pod_label_{}", sanitized(label))
}

fn annotation(name: &str) -> String {
    format!("__meta_kubernetes_pod_annotation_prometheus_io_{name}")
}

fn sanitized(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

/// The scrape of pods of the agent's own node; the same for all jobs, so that an agent makes one
/// list and one watch in all. `namespaces` names those to look in; none for all.
fn discovery(namespaces: Option<Yaml>) -> Yaml {
    let selector = [("role", text("pod")), ("field", Yaml::Raw(format!("\"spec.nodeName=%{{{NODE}}}\"")))];
    let mut entries = vec![("role", text("pod")), ("selectors", Yaml::List(vec![Yaml::map(selector)]))];
    if let Some(names) = namespaces {
        entries.push(("namespaces", Yaml::map([("names", names)])));
    }
    Yaml::map(entries)
}

/// What every job of pods does first: no init containers, no pods that do not run, and the labels
/// that only Kubernetes has.
fn pod_rules() -> Vec<Yaml> {
    let keep_as = |source: &str, target: &str| rule(vec![sources(&[source]), ("target_label", text(target))]);
    vec![
        rule(vec![sources(&[INIT]), ("regex", text("true")), ("action", text("drop"))]),
        rule(vec![
            sources(&[PHASE]),
            ("regex", text("Pending|Succeeded|Failed|Unknown")),
            ("action", text("drop")),
        ]),
        keep_as(NAMESPACE, "namespace"),
        keep_as(POD_NAME, "pod"),
        keep_as(NODE_NAME, "node"),
    ]
}

/// The address of a pod on a port: IPv4, and IPv6 in brackets.
fn address_rules(port: u16) -> Vec<Yaml> {
    let with = |regex: &str, replacement: String| {
        rule(vec![
            sources(&[POD_IP]),
            ("regex", text(regex)),
            ("replacement", text(replacement)),
            ("target_label", text("__address__")),
        ])
    };
    vec![with("([0-9.]+)", format!("$1:{port}")), with("(.*:.*)", format!("[$1]:{port}"))]
}

/// The rules for annotated pods, after [`pod_rules`] and before the endpoints of other jobs are
/// dropped.
fn annotation_rules() -> Vec<Yaml> {
    let (scrape, port, path, scheme) =
        (annotation("scrape"), annotation("port"), annotation("path"), annotation("scheme"));
    let address = |regex: &str, replacement: &str| {
        rule(vec![
            sources(&[POD_IP, &port]),
            ("regex", text(regex)),
            ("replacement", text(replacement)),
            ("target_label", text("__address__")),
        ])
    };
    vec![
        rule(vec![sources(&[&scrape]), ("regex", text("true")), ("action", text("keep"))]),
        // Without a number in either place there is no port: no target on a guessed `:80`.
        rule(vec![sources(&[&port, PORT]), ("regex", text("[0-9]+;.*|.*;[0-9]+")), ("action", text("keep"))]),
        // Where only the declared port counts, it must be one of TCP.
        rule(vec![
            sources(&[&port, PROTOCOL]),
            ("regex", text("[^0-9]*;(UDP|SCTP)")),
            ("action", text("drop")),
        ]),
        rule(vec![sources(&[&scheme]), ("regex", text("(https?)")), ("target_label", text("__scheme__"))]),
        rule(vec![
            sources(&[&path]),
            ("regex", text("/?(.+)")),
            ("replacement", text("/$1")),
            ("target_label", text("__metrics_path__")),
        ]),
        rule(vec![
            ("regex", text(format!("{}_(.+)", annotation("param")))),
            ("replacement", text("__param_$1")),
            ("action", text("labelmap")),
        ]),
        address("([0-9.]+);([0-9]+)", "$1:$2"),
        address("(.*:.*);([0-9]+)", "[$1]:$2"),
    ]
}

/// The `service` label of a discovered pod: never left to the application. Later rules win.
fn service_rules() -> Vec<Yaml> {
    let from = |labels: &[&str], regex: &str| {
        rule(vec![sources(labels), ("regex", text(regex)), ("target_label", text("service"))])
    };
    vec![
        from(&[POD_NAME], "(.+)"),
        from(&[CONTROLLER_KIND, CONTROLLER_NAME], "[^;]+;(.+)"),
        from(&[CONTROLLER_KIND, CONTROLLER_NAME], "ReplicaSet;(.+)-[0-9a-z]+"),
        from(&[&label_of("app")], "(.+)"),
        from(&[&label_of(NAME_LABEL)], "(.+)"),
    ]
}

fn service_label(service: &str) -> Yaml {
    rule(vec![("replacement", text(service)), ("target_label", text("service"))])
}

fn user_rule(given: &Relabel) -> Yaml {
    let mut entries = Vec::new();
    if !given.source_labels.is_empty() {
        entries.push(("source_labels", Yaml::texts(given.source_labels.iter().map(|l| l.value.to_string()))));
    }
    if &*given.separator.value != ";" {
        entries.push(("separator", text(&*given.separator.value)));
    }
    entries.push(("regex", text(&*given.regex.value)));
    if let Some(modulus) = given.modulus.as_ref() {
        entries.push(("modulus", Yaml::Int(modulus.value)));
    }
    if let Some(target) = given.target_label.as_ref() {
        entries.push(("target_label", text(&*target.value)));
    }
    if matches!(&*given.action.value, "replace" | "labelmap") {
        entries.push(("replacement", text(&*given.replacement.value)));
    }
    entries.push(("action", text(&*given.action.value)));
    rule(entries)
}

/// A job's entry in a scrape file, but for where its targets come from and the rules that follow.
fn head(job: &Job, printer: &dyn Printer) -> Vec<Entry> {
    let mut entries = vec![
        Entry::new("job_name", text(&*job.name)),
        Entry::new("scrape_interval", printer.setting(&job.interval())),
        Entry::new("scrape_timeout", printer.setting(&job.timeout())),
        Entry::new("metrics_path", printer.setting(&job.path())),
    ];
    if &*job.scheme != "http" {
        entries.push(Entry::new("scheme", text(&*job.scheme)));
    }
    if !job.params.is_empty() {
        let params =
            job.params.iter().map(|(key, values)| (key.clone(), Yaml::texts(values.iter().cloned())));
        entries.push(Entry::new("params", Yaml::map(params)));
    }
    entries
}

fn tail(job: &Job, mut entries: Vec<Entry>, mut rules: Vec<Yaml>) -> Yaml {
    rules.extend(job.relabel.iter().map(user_rule));
    if !rules.is_empty() {
        entries.push(Entry::new("relabel_configs", Yaml::List(rules)));
    }
    if !job.metric_relabel.is_empty() {
        let rules = job.metric_relabel.iter().map(user_rule).collect();
        entries.push(Entry::new("metric_relabel_configs", Yaml::List(rules)));
    }
    Yaml::Map(entries)
}

/// A job over addresses, for the server.
pub fn addresses(job: &Job, targets: &[Rc<str>], printer: &dyn Printer) -> Yaml {
    let mut entries = head(job, printer);
    let labels = Yaml::map([("service", text(&*job.name))]);
    let group = Yaml::map([
        ("targets", Yaml::texts(targets.iter().map(|target| target.to_string()))),
        ("labels", labels),
    ]);
    entries.push(Entry::new("static_configs", Yaml::List(vec![group])));
    tail(job, entries, Vec::new())
}

/// A job over a service by its name, for Compose. `replicated`: the name stands for several
/// containers, each a target.
pub fn by_name(job: &Job, host: &str, port: u16, replicated: bool, printer: &dyn Printer) -> Yaml {
    let mut entries = head(job, printer);
    let mut rules = Vec::new();
    if replicated {
        let lookup = [("names", Yaml::texts([host])), ("type", text("A")), ("port", Yaml::Int(port.into()))];
        entries.push(Entry::new("dns_sd_configs", Yaml::List(vec![Yaml::map(lookup)])));
        rules.push(service_label(host));
    } else {
        let target = format!("{host}:{port}");
        let group = [("targets", Yaml::texts([target])), ("labels", Yaml::map([("service", text(host))]))];
        entries.push(Entry::new("static_configs", Yaml::List(vec![Yaml::map(group)])));
    }
    tail(job, entries, rules)
}

/// A job over the pods of a service, for the agent of their node.
pub fn service_pods(job: &Job, namespaces: Option<Yaml>, printer: &dyn Printer) -> Yaml {
    let mut entries = head(job, printer);
    entries.push(Entry::new("kubernetes_sd_configs", Yaml::List(vec![discovery(namespaces)])));
    let mut rules = pod_rules();
    if let Some((port, from, regex)) = own_endpoint(job, "", printer) {
        rules.push(rule(vec![
            ("source_labels", Yaml::texts(from)),
            ("regex", regex),
            ("action", text("keep")),
        ]));
        rules.extend(address_rules(port));
        rules.push(service_label(match &job.what {
            What::Service { host, .. } => host,
            _ => &job.name,
        }));
    }
    tail(job, entries, rules)
}

/// The labels a named job's pods are found by, and the pattern of their values with `rest` behind
/// it; none for jobs that name no pods. With the port.
fn own_endpoint(job: &Job, rest: &str, printer: &dyn Printer) -> Option<(u16, Vec<String>, Yaml)> {
    let mut from = vec![NAMESPACE.to_owned()];
    match &job.what {
        What::Service { port, labels, .. } => {
            let (keys, pattern) = matching(labels);
            from.extend(keys);
            Some((*port, from, printer.in_namespace(&format!(";{pattern}{rest}"))))
        }
        What::Own { component, port } => {
            from.extend([label_of(INSTANCE_LABEL), label_of(COMPONENT_LABEL)]);
            Some((*port, from, printer.in_release(&format!(";{component}{rest}"))))
        }
        What::Pods | What::Targets(_) => None,
    }
}

/// The discovery's labels for pods with these labels, and the pattern of their values.
fn matching(labels: &[(String, String)]) -> (Vec<String>, String) {
    let keys = labels.iter().map(|(key, _)| label_of(key)).collect();
    let values: Vec<String> = labels.iter().map(|(_, value)| regex::escape(value)).collect();
    (keys, values.join(";"))
}

/// A job over annotated pods: what comes before the rules that drop other jobs' endpoints, and the
/// rules after them. The drop rules stand between, each inside its job's switch.
pub fn annotated_pods(job: &Job, namespaces: Option<Yaml>, printer: &dyn Printer) -> (Yaml, Vec<Yaml>) {
    let mut entries = head(job, printer);
    entries.push(Entry::new("kubernetes_sd_configs", Yaml::List(vec![discovery(namespaces)])));
    let mut rules = pod_rules();
    rules.extend(annotation_rules());
    entries.push(Entry::new("relabel_configs", Yaml::List(rules)));
    let mut after = service_rules();
    after.extend(job.relabel.iter().map(user_rule));
    (Yaml::Map(entries), after)
}

/// The rules for samples of a job, as an entry after its rules for targets.
pub fn sample_rules(job: &Job) -> Option<Yaml> {
    (!job.metric_relabel.is_empty()).then(|| {
        let rules = job.metric_relabel.iter().map(user_rule).collect();
        Yaml::map([("metric_relabel_configs", Yaml::List(rules))])
    })
}

/// The rule that leaves a service's endpoint to the job that names it: by endpoint, not by pod, so
/// that an annotated second port is not lost.
pub fn drop_rule(job: &Job, printer: &dyn Printer) -> Option<Yaml> {
    let port = match &job.what {
        What::Service { port, .. } | What::Own { port, .. } => port,
        What::Pods | What::Targets(_) => return None,
    };
    let (_, mut from, regex) = own_endpoint(job, &format!(";.*:{port}"), printer)?;
    from.push("__address__".to_owned());
    Some(rule(vec![("source_labels", Yaml::texts(from)), ("regex", regex), ("action", text("drop"))]))
}

/// The job that scrapes a program of ours.
pub fn own(stack: &Stack, program: &Program, name: &str) -> Job {
    Job {
        name: name.into(),
        what: What::Own { component: program.component, port: program.port },
        places: vec![Place::Kubernetes, Place::Compose],
        enabled: true,
        interval: stack.scrape.interval.value.clone(),
        timeout: stack.scrape.timeout.value.clone(),
        path: METRICS.into(),
        scheme: "http".into(),
        params: Vec::new(),
        relabel: Vec::new(),
        metric_relabel: Vec::new(),
    }
}

/// Names of the jobs that scrape the server and the agents.
pub const OWN_JOBS: [&str; 2] = ["victoriametrics", "vmagent"];
