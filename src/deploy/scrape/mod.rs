//! Who scrapes what, and once.
//!
//! Pods are found by the agent of their node only. A service of ours is one thing said once: pods by
//! their label in Kubernetes, a name in Compose. Addresses are on no node, so the server takes them.

mod relabel;

use super::program::{METRICS, NODE, Program};
use super::setting::{Setting, Spelling};
use crate::model::Stack;
use crate::model::stack::Relabel;
use crate::semantics::data::Kind;
use crate::semantics::quantity::Quantity;
use crate::yaml::{Entry, Yaml};
use relabel::{
    NAMESPACE, address_rules, annotation_rules, discovery, label_of, pod_rules, rule, service_label,
    service_rules, text, user_rule,
};
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
