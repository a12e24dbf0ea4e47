//! What runs, whole: each program with its image, flags, environment, volumes, probes, resources and
//! rights. A role is a file: [`server`] the database, [`agent`] the agents. A target prints what it
//! finds here and names no role.

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

/// Where every program answers 200 when it is healthy.
pub const HEALTH: &str = "/health";
/// Where every program serves its own metrics.
pub const METRICS: &str = "/metrics";
/// Folder of a program's scrape file.
pub const SCRAPE_FOLDER: &str = "/etc/scrape";
/// The scrape file in its folder.
pub const SCRAPE_FILE: &str = "scrape.yml";
/// How often a program checks its scrape file for changes.
const CONFIG_CHECK: &str = "30s";
/// The environment variable that tells an agent its node.
pub const NODE: &str = "NODE_NAME";
/// The job of the server's own metrics.
pub const SERVER_JOB: &str = "victoriametrics";

/// A program that runs in containers of its own.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name in labels, containers and volumes, and the path of its settings.
    pub name: &'static str,
    /// What people call it after the stack's name; none for the workload that bears the stack's name.
    pub suffix: Option<&'static str>,
    /// The job that scrapes its own metrics.
    pub job: &'static str,
    /// The program, for its flags.
    pub program: Program,
    /// How many run, and where.
    pub kind: Kind,
    /// The setting without which it does not run; none for what always does.
    pub switch: Option<&'static str>,
    /// Where it runs.
    pub platforms: Vec<Platform>,
    /// The port it listens on.
    pub port: u16,
    /// Its image.
    pub image: Image,
    /// Its flags in order.
    pub args: Vec<Arg>,
    /// The list of more URLs that samples are pushed to, where it pushes.
    pub extra_urls: Option<&'static str>,
    /// The user's flags.
    pub extra_args: Map<Carried>,
    /// Whether it reads its node's name from [`NODE`].
    pub reads_node: bool,
    /// The user's environment variables.
    pub extra_env: Vec<EnvVar>,
    /// What is mounted, in order.
    pub volumes: Vec<Volume>,
    /// What it scrapes in a cluster.
    pub scrapes: Scrapes,
    /// The setting with whole scrape jobs of the user's for it.
    pub extra_jobs: &'static str,
    /// The setting that limits its local disk, where it writes to one.
    pub local_disk: Option<&'static str>,
    /// How long it may take to start.
    pub startup_probe: Probe,
    /// When it is sent requests.
    pub readiness_probe: Probe,
    /// What it asks for, and may use.
    pub resources: Resources,
    /// Seconds it has to stop.
    pub grace_seconds: i64,
    /// What it may ask the Kubernetes API for; it has no token where this is empty.
    pub rights: Vec<Right>,
    /// The Service in front of it.
    pub service: Option<Service>,
}

/// How many of a workload run, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One, which keeps data of its own.
    Stateful,
    /// One on each node.
    EachNode,
}

/// What a workload scrapes in a cluster, in the order in which a target writes the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scrapes {
    /// The pods of its node.
    NodePods {
        /// The setting that names the namespaces to look in.
        namespaces: &'static str,
    },
    /// Addresses, which are on no node.
    Addresses,
}

/// What is mounted into a workload's container.
#[derive(Clone, Debug, PartialEq)]
pub enum Volume {
    /// The samples: a claim, or the node's disk where nothing is to be kept.
    Data {
        /// Where it is mounted.
        mount: SettingRef,
        /// Whether it outlives the container.
        kept: bool,
    },
    /// Local disk that goes with the container.
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
    /// The Secrets that the extra URLs name.
    UrlSecrets,
}

/// What a workload may do at the Kubernetes API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// The kind of object, in the core group.
    pub resource: &'static str,
    /// The verbs.
    pub verbs: &'static [&'static str],
}

/// The name under which a workload is reached.
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

/// What a flag is set to.
#[derive(Clone, Debug)]
pub enum ArgValue {
    /// The same in every deployment.
    Fixed(String),
    /// A setting.
    Setting(SettingRef),
    /// The URL of the server, which each target addresses its own way.
    ServerUrl {
        /// The part after host and port.
        path: &'static str,
    },
}

/// Flags of a list of extra URLs, in step with `remoteWrite.url`.
const EXTRA_URL_FLAGS: &[&str] = &[
    "remoteWrite.url",
    "remoteWrite.basicAuth.username",
    "remoteWrite.basicAuth.passwordFile",
    "remoteWrite.bearerTokenFile",
];

/// The workloads of a stack, a line for each role.
pub(super) fn workloads(stack: &Stack) -> Vec<Workload> {
    vec![server::workload(stack), agent::workload(stack)]
}

impl Workload {
    /// The names of all flags that settings other than `extraArgs` set, sorted.
    pub fn flags(&self) -> Vec<&'static str> {
        let own = self.args.iter().map(|arg| arg.flag);
        let urls = self.extra_urls.map_or(&[][..], |_| EXTRA_URL_FLAGS);
        let mut flags: Vec<&str> = own.chain(urls.iter().copied()).collect();
        flags.sort_unstable();
        flags.dedup();
        flags
    }

    /// Its flags, without those of a scrape file where it does not scrape.
    pub fn args(&self, scrapes: bool) -> impl Iterator<Item = &Arg> {
        self.args.iter().filter(move |arg| scrapes || !arg.flag.starts_with("promscrape."))
    }

    /// Whether it runs on a platform.
    pub fn runs_on(&self, platform: Platform) -> bool {
        self.platforms.contains(&platform)
    }
}

fn fixed(flag: &'static str, value: impl Into<String>) -> Arg {
    Arg { flag, value: ArgValue::Fixed(value.into()) }
}

fn setting(flag: &'static str, path: &str, value: ValueKind, spelling: Spelling) -> Arg {
    Arg { flag, value: ArgValue::Setting(SettingRef::new(path, value, spelling)) }
}

/// The flags by which a program reads its scrape file.
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
