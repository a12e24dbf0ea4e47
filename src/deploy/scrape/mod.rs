//! Assigns each scrape job to a scraper, so that nothing is scraped twice.
//!
//! Only the agent on a pod's node discovers that pod. A service is declared once: it is found by its
//! pods' labels in Kubernetes and by name in Compose. Addresses belong to no node, so the server
//! scrapes them.

pub(in crate::deploy) mod known_keys;
mod relabel;

use super::flags;
use super::platform::Platform;
use super::setting::{SettingRef, Spelling};
use super::workload::{METRICS, Workload};
use crate::model::Stack;
use crate::model::stack::Relabel;
use crate::semantics::data::ValueKind;
use crate::semantics::quantity::Quantity;
use crate::yaml::{Entry, Yaml};
pub use known_keys::JOB as JOB_KEYS;
pub use relabel::NAME_LABEL;
use relabel::{
    CONTROLLER_KIND, NAMESPACE, NOT_A_JOB, address_rules, annotation_rules, discovery, label_of, pod_rules,
    rule, service_label, service_rules, text, user_rule,
};
use semver::Version;
use std::rc::Rc;

/// A scrape job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name, and the `job` label.
    pub name: Rc<str>,
    /// What it scrapes.
    pub what: Discovery,
    /// The platforms it runs on.
    pub platforms: Vec<Platform>,
    /// Whether it is enabled with these settings.
    pub enabled: bool,
    /// Time between two scrapes.
    pub interval: Quantity,
    /// Timeout of a scrape.
    pub timeout: Quantity,
    /// Path of the metrics endpoint.
    pub path: Rc<str>,
    /// `http` or `https`.
    pub scheme: Rc<str>,
    /// Query parameters of the request.
    pub params: Vec<(String, Vec<String>)>,
    /// Whether labels of the targets win.
    pub honor_labels: bool,
    /// Whether timestamps of the targets count.
    pub honor_timestamps: bool,
    /// Maximum numbers, by the key in a scrape file and the setting.
    pub limits: Vec<(&'static str, &'static str, i64)>,
    /// The proxy that targets are reached through.
    pub proxy_url: Option<Rc<str>>,
    /// Whether a rule must drop init containers.
    pub drops_init: bool,
    /// The user's relabelling of targets.
    pub relabel: Vec<Relabel>,
    /// The user's relabelling of samples.
    pub metric_relabel: Vec<Relabel>,
}

/// How a job finds its targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Discovery {
    /// Annotated pods.
    Pods {
        /// Their namespaces; empty for all.
        namespaces: Vec<Rc<str>>,
    },
    /// Pods with these labels, on this port; a host name in Compose.
    Service {
        /// Its name.
        host: String,
        /// The port of its containers.
        port: u16,
        /// Labels of its pods.
        labels: Vec<(String, String)>,
        /// Namespaces of its pods; empty for the release's.
        namespaces: Vec<Rc<str>>,
    },
    /// Fixed addresses.
    Targets(Vec<Rc<str>>),
    /// A workload's own pods; a host name in Compose.
    Own {
        /// Its name.
        component: &'static str,
        /// The port it listens on.
        port: u16,
    },
}

/// Path of the setting that holds the jobs by name.
pub const JOBS: [&str; 2] = ["scrape", "job"];

impl Job {
    fn setting(&self, field: &str, value: ValueKind, spelling: Spelling) -> SettingRef {
        let path = match self.what {
            Discovery::Own { .. } => ["scrape", field].map(str::to_owned).to_vec(),
            _ => JOBS.into_iter().chain([&*self.name, field]).map(str::to_owned).collect(),
        };
        SettingRef { path, value, spelling }
    }

    /// The path of one of its settings, or of itself; empty for the jobs of our own programs.
    fn place(&self, field: Option<&str>) -> Vec<String> {
        match self.what {
            Discovery::Own { .. } => Vec::new(),
            _ => JOBS.into_iter().chain([&*self.name]).chain(field).map(str::to_owned).collect(),
        }
    }

    /// The namespaces that it looks into; empty for all, or for the release's.
    pub fn namespaces(&self) -> &[Rc<str>] {
        match &self.what {
            Discovery::Pods { namespaces } | Discovery::Service { namespaces, .. } => namespaces,
            Discovery::Targets(_) | Discovery::Own { .. } => &[],
        }
    }

    fn interval(&self) -> SettingRef {
        self.setting("interval", ValueKind::Quantity(self.interval.clone()), Spelling::Plain)
    }

    fn timeout(&self) -> SettingRef {
        self.setting("timeout", ValueKind::Quantity(self.timeout.clone()), Spelling::Plain)
    }

    fn path(&self) -> SettingRef {
        let path = self.setting("path", ValueKind::String(self.path.clone()), Spelling::Plain);
        match self.what {
            // The metrics path of our own programs is fixed, so no setting leads to it.
            Discovery::Own { .. } => SettingRef { path: Vec::new(), ..path },
            _ => path,
        }
    }
}

/// The label that names a pod's release.
const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";
/// The label that names a pod's component in the release.
const COMPONENT_LABEL: &str = "app.kubernetes.io/component";

/// Whether init containers must be dropped by a rule. From v1.97 on the programs leave out those that have
/// ended by themselves, and find those that run beside the others (tried on v1.79.5, v1.112 and v1.145).
fn drops_init(stack: &Stack) -> bool {
    flags::release(&stack.version.value).is_some_and(|release| release < Version::new(1, 97, 0))
}

/// The jobs of a stack, in order.
pub(super) fn jobs(stack: &Stack) -> Vec<Job> {
    let drops_init = drops_init(stack);
    let mut jobs = Vec::new();
    for (name, job) in &stack.scrape.job {
        let namespaces = || job.namespaces.iter().map(|name| name.value.clone()).collect();
        let what = match (job.discover.as_ref(), job.service.as_ref()) {
            (Some(_), _) => Discovery::Pods { namespaces: namespaces() },
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
                let (host, port) = (host.to_owned(), port.parse().unwrap_or(80));
                Discovery::Service { host, port, labels, namespaces: namespaces() }
            }
            (None, None) => Discovery::Targets(job.targets.iter().map(|t| t.value.clone()).collect()),
        };
        let platform = |word: &str| match word {
            "compose" => Platform::Compose,
            _ => Platform::Kubernetes,
        };
        let mut platforms: Vec<Platform> = job.on.iter().map(|on| platform(&on.value)).collect();
        if matches!(what, Discovery::Pods { .. }) {
            platforms.retain(|platform| *platform == Platform::Kubernetes);
        }
        jobs.push(Job {
            name: name.clone(),
            what,
            platforms,
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
            honor_labels: job.honor_labels.value,
            honor_timestamps: job.honor_timestamps.value,
            limits: [
                ("sample_limit", "sampleLimit", &job.sample_limit),
                ("series_limit", "seriesLimit", &job.series_limit),
            ]
            .into_iter()
            .filter_map(|(key, field, limit)| Some((key, field, limit.as_ref()?.value)))
            .collect(),
            proxy_url: job.proxy_url.as_ref().map(|url| url.value.clone()),
            drops_init,
            relabel: job.relabel.clone(),
            metric_relabel: job.metric_relabel.clone(),
        });
    }
    jobs
}

/// How a target writes the parts of a scrape file that differ between targets.
pub trait ScrapeDialect {
    /// Writes a setting's value as a scalar.
    fn setting(&self, setting: &SettingRef) -> Yaml;
    /// Writes a regular expression that begins with the release's namespace.
    fn in_namespace(&self, rest: &str) -> Yaml;
    /// Writes a regular expression that begins with the release's namespace and name, and the chart's name.
    fn in_release(&self, rest: &str) -> Yaml;
    /// Marks a node as coming from the setting at a path.
    fn traced(&self, path: &[String], node: Yaml) -> Yaml;
}

/// The first entry of a scrape file: what jobs that say nothing else have, such as the user's whole ones.
pub fn global(stack: &Stack, dialect: &dyn ScrapeDialect) -> Entry {
    let [interval, timeout] =
        [("interval", &stack.scrape.interval), ("timeout", &stack.scrape.timeout)].map(|(field, given)| {
            let value = ValueKind::Quantity(given.value.clone());
            let path = ["scrape", field].map(str::to_owned).to_vec();
            dialect.setting(&SettingRef { path, value, spelling: Spelling::Plain })
        });
    Entry::new("global", Yaml::map([("scrape_interval", interval), ("scrape_timeout", timeout)]))
}

/// The first entries of a job in a scrape file, before its discovery and relabelling rules.
fn head(job: &Job, dialect: &dyn ScrapeDialect) -> Vec<Entry> {
    let mut entries = vec![
        Entry::new("job_name", text(&*job.name)),
        Entry::new("scrape_interval", dialect.setting(&job.interval())),
        Entry::new("scrape_timeout", dialect.setting(&job.timeout())),
        Entry::new("metrics_path", dialect.setting(&job.path())),
    ];
    if &*job.scheme != "http" {
        let scheme = dialect.traced(&job.place(Some("scheme")), text(&*job.scheme));
        entries.push(Entry::new("scheme", scheme));
    }
    if !job.params.is_empty() {
        let params =
            job.params.iter().map(|(key, values)| (key.clone(), Yaml::strings(values.iter().cloned())));
        let params = dialect.traced(&job.place(Some("params")), Yaml::map(params));
        entries.push(Entry::new("params", params));
    }
    let own =
        |key: &str, field: &str, node: Yaml| Entry::new(key, dialect.traced(&job.place(Some(field)), node));
    if job.honor_labels {
        entries.push(own("honor_labels", "honorLabels", Yaml::Bool(true)));
    }
    if !job.honor_timestamps {
        entries.push(own("honor_timestamps", "honorTimestamps", Yaml::Bool(false)));
    }
    let limits = job.limits.iter().map(|(key, field, limit)| own(key, field, Yaml::Int(*limit)));
    entries.extend(limits);
    entries.extend(job.proxy_url.iter().map(|url| own("proxy_url", "proxyUrl", text(&**url))));
    entries
}

fn tail(job: &Job, mut entries: Vec<Entry>, mut rules: Vec<Yaml>, dialect: &dyn ScrapeDialect) -> Yaml {
    let own = |field: &str, given: &Relabel| dialect.traced(&job.place(Some(field)), user_rule(given));
    rules.extend(job.relabel.iter().map(|given| own("relabel", given)));
    if !rules.is_empty() {
        entries.push(Entry::new("relabel_configs", Yaml::List(rules)));
    }
    if !job.metric_relabel.is_empty() {
        let rules = job.metric_relabel.iter().map(|given| own("metricRelabel", given)).collect();
        entries.push(Entry::new("metric_relabel_configs", Yaml::List(rules)));
    }
    dialect.traced(&job.place(None), Yaml::Map(entries))
}

/// A job that scrapes fixed addresses, for the server.
pub fn addresses(job: &Job, targets: &[Rc<str>], dialect: &dyn ScrapeDialect) -> Yaml {
    let mut entries = head(job, dialect);
    let labels = Yaml::map([("service", text(&*job.name))]);
    let targets = Yaml::strings(targets.iter().map(|target| target.to_string()));
    let targets = dialect.traced(&job.place(Some("targets")), targets);
    let group = Yaml::map([("targets", targets), ("labels", labels)]);
    entries.push(Entry::new("static_configs", Yaml::List(vec![group])));
    tail(job, entries, Vec::new(), dialect)
}

/// A service that is found by name.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The host name.
    pub host: &'a str,
    /// The port of its containers.
    pub port: i64,
    /// Its `service` label.
    pub label: &'a str,
    /// Whether the name resolves to several containers, each a target.
    pub replicated: bool,
    /// The setting that the port comes from, for our own programs.
    pub from: Option<&'a [String]>,
}

/// A job that scrapes a service by name, for Compose.
pub fn by_name(job: &Job, service: Named, dialect: &dyn ScrapeDialect) -> Yaml {
    let Named { host, port, label, replicated, from } = service;
    let mut entries = head(job, dialect);
    let mut rules = Vec::new();
    if replicated {
        let lookup = [("names", Yaml::strings([host])), ("type", text("A")), ("port", Yaml::Int(port))];
        entries.push(Entry::new("dns_sd_configs", Yaml::List(vec![Yaml::map(lookup)])));
        rules.push(service_label(label));
    } else {
        let target = format!("{host}:{port}");
        let from = from.map_or_else(|| job.place(Some("service")), <[String]>::to_vec);
        let target = Yaml::List(vec![dialect.traced(&from, text(target))]);
        let group = [("targets", target), ("labels", Yaml::map([("service", text(label))]))];
        entries.push(Entry::new("static_configs", Yaml::List(vec![Yaml::map(group)])));
    }
    tail(job, entries, rules, dialect)
}

/// A job that scrapes the pods of a service, for the agent on their node. `namespaces` limits the
/// namespaces to search; `None` searches all.
pub fn service_pods(job: &Job, namespaces: Option<Yaml>, dialect: &dyn ScrapeDialect) -> Yaml {
    let mut entries = head(job, dialect);
    entries.push(Entry::new("kubernetes_sd_configs", Yaml::List(vec![discovery(namespaces)])));
    let mut rules = pod_rules(job.drops_init);
    if let Some((port, from, regex)) = own_endpoint(job, "", dialect) {
        rules.push(rule(vec![
            ("source_labels", Yaml::strings(from)),
            ("regex", regex),
            ("action", text("keep")),
        ]));
        rules.extend(address_rules(port));
        rules.push(service_label(match &job.what {
            Discovery::Service { host, .. } => host,
            _ => &job.name,
        }));
    }
    tail(job, entries, rules, dialect)
}

/// The port of a named job's pods, the labels that identify them, and a pattern for the labels'
/// values, followed by `rest`. `None` for jobs that name no pods.
fn own_endpoint(job: &Job, rest: &str, dialect: &dyn ScrapeDialect) -> Option<(u16, Vec<String>, Yaml)> {
    let mut from = vec![NAMESPACE.to_owned()];
    match &job.what {
        Discovery::Service { port, labels, namespaces, .. } => {
            let (keys, pattern) = matching(labels);
            from.extend(keys);
            from.push(CONTROLLER_KIND.to_owned());
            let rest = format!(";{pattern};{NOT_A_JOB}{rest}");
            let regex = match namespaces.as_slice() {
                [] => dialect.in_namespace(&rest),
                names => dialect
                    .traced(&job.place(Some("namespaces")), text(format!("({}){rest}", names.join("|")))),
            };
            Some((*port, from, regex))
        }
        Discovery::Own { component, port } => {
            from.extend([INSTANCE_LABEL, NAME_LABEL, COMPONENT_LABEL].map(label_of));
            Some((*port, from, dialect.in_release(&format!(";{component}{rest}"))))
        }
        Discovery::Pods { .. } | Discovery::Targets(_) => None,
    }
}

/// The discovery labels for these pod labels, and a pattern for their values.
fn matching(labels: &[(String, String)]) -> (Vec<String>, String) {
    let keys = labels.iter().map(|(key, _)| label_of(key)).collect();
    let values: Vec<String> = labels.iter().map(|(_, value)| regex::escape(value)).collect();
    (keys, values.join(";"))
}

/// A job that scrapes annotated pods. `drops` are the rules that leave endpoints to other jobs.
pub fn annotated_pods(
    job: &Job,
    namespaces: Option<Yaml>,
    drops: Vec<Yaml>,
    dialect: &dyn ScrapeDialect,
) -> Yaml {
    let mut entries = head(job, dialect);
    entries.push(Entry::new("kubernetes_sd_configs", Yaml::List(vec![discovery(namespaces)])));
    let mut rules = pod_rules(job.drops_init);
    if let Discovery::Pods { namespaces } = &job.what
        && !namespaces.is_empty()
    {
        let names = text(namespaces.join("|"));
        let keep = [
            ("source_labels", Yaml::strings([NAMESPACE])),
            ("regex", dialect.traced(&job.place(Some("namespaces")), names)),
            ("action", text("keep")),
        ];
        rules.push(rule(keep.to_vec()));
    }
    rules.extend(annotation_rules());
    rules.extend(drops);
    rules.extend(service_rules());
    tail(job, entries, rules, dialect)
}

/// The rule that leaves a service's endpoint to the job that names it. It matches the endpoint rather
/// than the pod, so that a second, annotated port is not lost.
pub fn drop_rule(job: &Job, dialect: &dyn ScrapeDialect) -> Option<Yaml> {
    let port = match &job.what {
        Discovery::Service { port, .. } | Discovery::Own { port, .. } => port,
        Discovery::Pods { .. } | Discovery::Targets(_) => return None,
    };
    let (_, mut from, regex) = own_endpoint(job, &format!(";.*:{port}"), dialect)?;
    from.push("__address__".to_owned());
    Some(rule(vec![("source_labels", Yaml::strings(from)), ("regex", regex), ("action", text("drop"))]))
}

/// The job that scrapes a workload's own metrics.
pub fn own(stack: &Stack, workload: &Workload) -> Job {
    Job {
        name: workload.job.into(),
        what: Discovery::Own { component: workload.name, port: workload.port },
        platforms: vec![Platform::Kubernetes, Platform::Compose],
        enabled: true,
        interval: stack.scrape.interval.value.clone(),
        timeout: stack.scrape.timeout.value.clone(),
        path: METRICS.into(),
        scheme: "http".into(),
        params: Vec::new(),
        honor_labels: false,
        honor_timestamps: true,
        limits: Vec::new(),
        proxy_url: None,
        drops_init: drops_init(stack),
        relabel: Vec::new(),
        metric_relabel: Vec::new(),
    }
}
