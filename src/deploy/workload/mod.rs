//! The workloads: each program with its image, flags, environment, volumes, probes, resources and
//! RBAC rules. Each role has a file: [`server`] the database, [`agent`] the agents. Targets print
//! what they find here and know no roles.

mod agent;
mod server;

use super::flags::Program;
use super::platform::Platform;
use super::setting::{SettingRef, Spelling};
use crate::model::stack::{Carried, EnvVar, Image, Probe, Resources};
use crate::model::{Given, Stack};
use crate::semantics::data::{Map, ValueKind};
use crate::semantics::quantity::Quantity;
use std::rc::Rc;

/// Path on which every program answers 200 when it is healthy.
pub const HEALTH: &str = "/health";
/// Path of every program's own metrics.
pub const METRICS: &str = "/metrics";
/// Directory of a program's scrape file.
pub const SCRAPE_FOLDER: &str = "/etc/scrape";
/// Name of the scrape file in that directory.
pub const SCRAPE_FILE: &str = "scrape.yml";
/// How often a program checks its scrape file for changes.
const CONFIG_CHECK: &str = "30s";
/// Local disk that a program which queues samples asks for: what it takes while its server is there.
pub const DISK_REQUEST: &str = "64Mi";
/// The environment variable that passes an agent the name of its node.
pub const NODE: &str = "NODE_NAME";
/// The one that passes it the node's address.
pub const NODE_ADDRESS: &str = "NODE_IP";
/// The variables that each agent has, with the field of its pod that each is taken from (Kubernetes docs,
/// Downward API).
pub const AGENT_VARIABLES: &[(&str, &str)] = &[
    (NODE, "spec.nodeName"),
    (NODE_ADDRESS, "status.hostIP"),
    ("POD_NAME", "metadata.name"),
    ("POD_NAMESPACE", "metadata.namespace"),
];
/// The job that scrapes the server's own metrics.
pub const SERVER_JOB: &str = "victoriametrics";

/// A program that runs in its own containers.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name in labels, containers and volumes, and the path of its settings.
    pub name: &'static str,
    /// Suffix to the stack's name; `None` for the workload that has the stack's name itself.
    pub suffix: Option<&'static str>,
    /// The job that scrapes its own metrics.
    pub job: &'static str,
    /// The program, which determines its flags.
    pub program: Program,
    /// How many run, and where.
    pub kind: Kind,
    /// The setting that enables it; `None` if it always runs.
    pub switch: Option<&'static str>,
    /// The platforms it runs on.
    pub platforms: Vec<Platform>,
    /// The port it listens on in a cluster.
    pub port: u16,
    /// Its image.
    pub image: Image,
    /// Its flags, in order.
    pub args: Vec<Arg>,
    /// The setting with additional remote-write URLs, if it pushes samples.
    pub extra_urls: Option<&'static str>,
    /// The user's additional flags.
    pub extra_args: Map<Carried>,
    /// Whether it has the [`AGENT_VARIABLES`].
    pub reads_node: bool,
    /// The user's additional environment variables.
    pub extra_env: Vec<EnvVar>,
    /// Its volumes, in mount order.
    pub volumes: Vec<Volume>,
    /// What it scrapes in a cluster.
    pub scrapes: Scrapes,
    /// The setting with the user's raw scrape jobs for it.
    pub extra_jobs: &'static str,
    /// Those jobs.
    pub raw_jobs: Vec<Carried>,
    /// The setting that limits its local disk, if it writes to one.
    pub local_disk: Option<&'static str>,
    /// Probe that allows it time to start.
    pub startup_probe: Probe,
    /// Probe that decides whether it receives requests.
    pub readiness_probe: Probe,
    /// Its resource requests and limits.
    pub resources: Resources,
    /// Seconds it has to shut down.
    pub grace_seconds: i64,
    /// Its permissions in the Kubernetes API; if empty, it gets no token.
    pub rights: Vec<Right>,
    /// The Service in front of it.
    pub service: Option<Service>,
}

/// How many instances of a workload run, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One instance with its own data.
    Stateful,
    /// One instance per node.
    EachNode,
}

/// What a workload scrapes in a cluster. The order is that in which a target writes the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scrapes {
    /// The pods on its node.
    NodePods {
        /// The setting that limits the namespaces to search.
        namespaces: &'static str,
    },
    /// Fixed addresses, which belong to no node.
    Addresses,
}

/// A volume mounted into a workload's container.
#[derive(Clone, Debug, PartialEq)]
pub enum Volume {
    /// The samples: a claim, or the node's disk if they need not be kept.
    Data {
        /// Where it is mounted.
        mount: SettingRef,
        /// Whether the volume outlives the container.
        kept: bool,
    },
    /// Local disk that is deleted with the container.
    Scratch {
        /// Its name.
        name: &'static str,
        /// Where it is mounted.
        mount: &'static str,
        /// The setting that limits its size.
        size: &'static str,
    },
    /// The scrape file, read-only.
    ScrapeFile,
    /// The token for the Kubernetes API, read-only.
    Token,
    /// The Secrets that the additional URLs refer to.
    UrlSecrets,
}

/// A permission of a workload in the Kubernetes API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// The resource, in the core API group.
    pub resource: &'static str,
    /// The verbs.
    pub verbs: &'static [&'static str],
}

/// The Service that exposes a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: SettingRef,
    /// Its port.
    pub port: SettingRef,
}

/// A flag with its value.
#[derive(Clone, Debug)]
pub struct Arg {
    /// The flag's name without the dash.
    pub flag: &'static str,
    /// Its value.
    pub value: ArgValue,
}

/// The value of a flag.
#[derive(Clone, Debug)]
pub enum ArgValue {
    /// The same in every deployment.
    Fixed(String),
    /// The value of a setting.
    Setting(SettingRef),
    /// The port it listens on, after a colon; which one that is, each target knows.
    Listen,
    /// The URL of the server, which each target forms in its own way.
    ServerUrl {
        /// The path after the host and port.
        path: &'static str,
    },
}

/// Flags set for each additional URL, in step with `remoteWrite.url`.
const EXTRA_URL_FLAGS: &[&str] = &[
    "remoteWrite.url",
    "remoteWrite.basicAuth.username",
    "remoteWrite.basicAuth.passwordFile",
    "remoteWrite.bearerTokenFile",
];

/// The workloads of a stack, one line per role.
pub(super) fn workloads(stack: &Stack) -> Vec<Workload> {
    vec![server::workload(stack), agent::workload(stack)]
}

impl Workload {
    /// Names of all flags set by settings other than `extraArgs`, sorted.
    pub fn flags(&self) -> Vec<&'static str> {
        let own = self.args.iter().map(|arg| arg.flag);
        let urls = self.extra_urls.map_or(&[][..], |_| EXTRA_URL_FLAGS);
        let mut flags: Vec<&str> = own.chain(urls.iter().copied()).collect();
        flags.sort_unstable();
        flags.dedup();
        flags
    }

    /// Its flags, without the scrape file's if it does not scrape.
    pub fn args(&self, scrapes: bool) -> impl Iterator<Item = &Arg> {
        self.args.iter().filter(move |arg| scrapes || !arg.flag.starts_with("promscrape."))
    }

    /// Whether it runs on a platform.
    pub fn runs_on(&self, platform: Platform) -> bool {
        self.platforms.contains(&platform)
    }
}

/// The flag for the port that a program listens on.
const LISTEN_ON: Arg = Arg { flag: "httpListenAddr", value: ArgValue::Listen };

fn fixed(flag: &'static str, value: impl Into<String>) -> Arg {
    Arg { flag, value: ArgValue::Fixed(value.into()) }
}

fn setting(flag: &'static str, path: &str, value: ValueKind, spelling: Spelling) -> Arg {
    Arg { flag, value: ArgValue::Setting(SettingRef::new(path, value, spelling)) }
}

/// The flags that load a program's scrape file.
fn scrape_file() -> [Arg; 2] {
    [
        fixed("promscrape.config", format!("{SCRAPE_FOLDER}/{SCRAPE_FILE}")),
        fixed("promscrape.configCheckInterval", CONFIG_CHECK),
    ]
}

fn quantity(leaf: &Given<Quantity>) -> ValueKind {
    ValueKind::Quantity(leaf.value.clone())
}

fn text(leaf: &Given<Rc<str>>) -> ValueKind {
    ValueKind::String(leaf.value.clone())
}
