//! The two programs: their flags, ports, volumes and health.

use super::setting::{Setting, Spelling};
use crate::model::{Set, Stack};
use crate::semantics::data::Kind;
use crate::semantics::quantity::Quantity;
use std::rc::Rc;

/// Where both programs answer 200 when they are healthy.
pub const HEALTH: &str = "/health";
/// Where both programs tell about themselves.
pub const METRICS: &str = "/metrics";
/// Folder of a program's scrape file.
pub const SCRAPE_FOLDER: &str = "/etc/scrape";
/// The scrape file in its folder.
pub const SCRAPE_FILE: &str = "scrape.yml";
/// How often a program looks whether its scrape file has changed.
const CONFIG_CHECK: &str = "30s";
/// Where the agent keeps what it could not push yet.
pub const QUEUE: &str = "/queue";
/// The variable that tells an agent its node.
pub const NODE: &str = "NODE_NAME";
/// Path of remote write on the server.
const WRITE_PATH: &str = "/api/v1/write";

/// A program that runs in a container.
#[derive(Clone, Debug)]
pub struct Program {
    /// What it is called in labels, containers and volumes.
    pub component: &'static str,
    /// Where its settings stand in the stack.
    pub path: &'static str,
    /// The port it listens on in its container.
    pub port: u16,
    /// Its flags in order.
    pub args: Vec<Arg>,
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
    Setting(Setting),
    /// The URL of the server's remote write, which each target addresses its own way.
    ServerUrl {
        /// The part behind host and port.
        path: &'static str,
    },
}

fn fixed(flag: &'static str, value: impl Into<String>) -> Arg {
    Arg { flag, value: ArgValue::Fixed(value.into()) }
}

fn setting(flag: &'static str, path: &str, value: Kind, spelling: Spelling) -> Arg {
    Arg { flag, value: ArgValue::Setting(Setting::new(path, value, spelling)) }
}

pub(super) fn quantity(leaf: &Set<Quantity>) -> Kind {
    Kind::Quantity(leaf.value.clone())
}

pub(super) fn text(leaf: &Set<Rc<str>>) -> Kind {
    Kind::Text(leaf.value.clone())
}

/// The database, which also scrapes what is on no node.
pub(super) fn server(stack: &Stack) -> Program {
    let scrape = format!("{SCRAPE_FOLDER}/{SCRAPE_FILE}");
    Program {
        component: "server",
        path: "server",
        port: 8428,
        args: vec![
            setting(
                "storageDataPath",
                "persistence.mountPath",
                text(&stack.persistence.mount_path),
                Spelling::Plain,
            ),
            setting("retentionPeriod", "retention", quantity(&stack.retention), Spelling::Retention),
            fixed("httpListenAddr", ":8428"),
            setting(
                "search.maxUniqueTimeseries",
                "server.maxUniqueTimeseries",
                Kind::Int(stack.server.max_unique_timeseries.value),
                Spelling::Plain,
            ),
            fixed("promscrape.config", scrape),
            fixed("promscrape.configCheckInterval", CONFIG_CHECK),
        ],
    }
}

/// The agent, which scrapes the pods of its node.
pub(super) fn agent(stack: &Stack) -> Program {
    let scrape = format!("{SCRAPE_FOLDER}/{SCRAPE_FILE}");
    Program {
        component: "vmagent",
        path: "vmagent",
        port: 8429,
        args: vec![
            Arg { flag: "remoteWrite.url", value: ArgValue::ServerUrl { path: WRITE_PATH } },
            fixed("remoteWrite.tmpDataPath", QUEUE),
            setting(
                "remoteWrite.maxDiskUsagePerURL",
                "vmagent.remoteWrite.queueSize",
                quantity(&stack.vmagent.remote_write.queue_size),
                Spelling::FlagBytes,
            ),
            fixed("httpListenAddr", ":8429"),
            fixed("promscrape.config", scrape),
            fixed("promscrape.configCheckInterval", CONFIG_CHECK),
            // Ports that are rewritten to one address are still several targets to vmagent, which
            // logs each as an error at every discovery.
            fixed("promscrape.suppressDuplicateScrapeTargetErrors", "true"),
        ],
    }
}

/// Flags that `vmagent.remoteWrite.extraUrls` sets, in step with `remoteWrite.url`.
pub const EXTRA_URL_FLAGS: &[&str] = &[
    "remoteWrite.url",
    "remoteWrite.basicAuth.username",
    "remoteWrite.basicAuth.passwordFile",
    "remoteWrite.bearerTokenFile",
];

impl Program {
    /// The names of all flags that settings other than `extraArgs` set.
    pub fn flags(&self) -> Vec<&'static str> {
        let own = self.args.iter().map(|arg| arg.flag);
        let extra = EXTRA_URL_FLAGS.iter().copied().filter(|_| self.component == "vmagent");
        let mut flags: Vec<&str> = own.chain(extra).collect();
        flags.sort_unstable();
        flags.dedup();
        flags
    }
}
