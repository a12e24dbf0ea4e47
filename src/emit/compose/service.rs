//! The Compose services as YAML.

use super::place::{host, port};
use super::{mounted, scrapes_alone};
use crate::deploy::flags;
use crate::deploy::platform::Platform;
use crate::deploy::scrape::Discovery;
use crate::deploy::workload::{ArgValue, HEALTH, SCRAPE_FOLDER, Volume, Workload};
use crate::emit::{Build, Variant};
use crate::model::stack::Image;
use crate::semantics::quantity::Quantity;
use crate::yaml::Yaml;
use std::rc::Rc;

/// The name under which containers reach their host.
const HOST_GATEWAY: &str = "host.docker.internal";

/// The services, one per workload that runs in Compose.
pub(super) fn services(build: &Build, variant: &Variant) -> Vec<(String, Yaml)> {
    let running = variant.deployment.workloads.iter().filter(|of| of.runs_on(Platform::Compose));
    running.map(|of| (host(build, of), Service { build, variant, of }.describe())).collect()
}

/// The named volumes.
pub(super) fn volumes(variant: &Variant) -> Vec<String> {
    let kept = |volume: &Volume| matches!(volume, Volume::Data { kept: true, .. });
    let any = variant.deployment.workloads.iter().flat_map(|of| &of.volumes).any(kept);
    if any { vec![volume(variant)] } else { Vec::new() }
}

/// What follows the volume's name in a compose file.
pub const VOLUME_SUFFIX: &str = "-data";

fn volume(variant: &Variant) -> String {
    format!("{}{VOLUME_SUFFIX}", variant.deployment.volume())
}

/// A service being built.
struct Service<'a> {
    build: &'a Build<'a>,
    variant: &'a Variant,
    of: &'a Workload,
}

impl Service<'_> {
    /// The service as YAML, in the conventional key order.
    fn describe(&self) -> Yaml {
        let (build, of) = (self.build, self.of);
        let compose = &self.variant.deployment.stack.compose;
        let from = |field: &str, node: Yaml| build.from([format!("{}.{field}", of.name)], node);
        let hostname = text(&host(build, of));
        let hostname = match of.suffix {
            // The network alias beside it comes from the setting.
            None => build.from(["compose.file"], hostname),
            Some(_) => build.from(["compose.agent"], hostname),
        };
        let mut service = vec![
            (
                "image",
                build.from([format!("{}.image", of.name), "version".to_owned()], text(&reference(&of.image))),
            ),
            ("hostname", hostname),
        ];
        if of.service.is_some()
            && let Some(name) = compose.container_name.as_ref()
        {
            service.push(("container_name", build.from(["compose.containerName"], text(&name.value))));
        }
        service.push(("command", self.command()));
        let given = of.extra_env.iter();
        let given = given.filter_map(|env| Some((&*env.name.value, text(&env.value.as_ref()?.value))));
        let given: Vec<(&str, Yaml)> = given.collect();
        if !given.is_empty() {
            service.push(("environment", from("extraEnv", Yaml::map(given))));
        }
        let restart = Yaml::String(compose.restart.value.to_string());
        service.push(("restart", build.from(["compose.restart"], restart)));
        service.push(("read_only", Yaml::Bool(true)));
        service.push(("cap_drop", Yaml::strings(["ALL"])));
        service.push(("security_opt", Yaml::List(vec![text("no-new-privileges:true")])));
        if let Some(memory) = of.resources.limits.memory.as_ref() {
            let limit = Yaml::String(memory_limit(&memory.value));
            service.push(("mem_limit", from("resources.limits.memory", limit)));
        }
        if let Some(cpu) = of.resources.limits.cpu.as_ref() {
            let cpus = Yaml::Float(cpu.value.amount as f64 / 1000.0);
            service.push(("cpus", from("resources.limits.cpu", cpus)));
        }
        service.extend(self.ports().map(|ports| ("ports", ports)));
        service.push(("volumes", Yaml::List(self.mounts())));
        if self.scrapes() && self.reaches_host() {
            service.push(("extra_hosts", Yaml::List(vec![text(&format!("{HOST_GATEWAY}:host-gateway"))])));
        }
        service.push(("networks", self.networks()));
        service.push(("healthcheck", self.health()));
        let grace = Yaml::String(format!("{}s", of.grace_seconds));
        service.push(("stop_grace_period", from("terminationGracePeriodSeconds", grace)));
        Yaml::map(service)
    }

    /// Whether this service is the scraper: the last one that can be.
    fn scrapes(&self) -> bool {
        let could =
            |of: &&Workload| of.runs_on(Platform::Compose) && of.volumes.contains(&Volume::ScrapeFile);
        let scraper = self.variant.deployment.workloads.iter().rfind(could);
        scraper.is_some_and(|scraper| scraper.name == self.of.name)
    }

    fn command(&self) -> Yaml {
        let (build, of) = (self.build, self.of);
        let mut arguments: Vec<Yaml> = Vec::new();
        for arg in of.args(self.scrapes()) {
            arguments.push(match &arg.value {
                ArgValue::Fixed(value) => text(&format!("-{}={value}", arg.flag)),
                ArgValue::Listen => self.with_port(text(&format!("-{}=:{}", arg.flag, port(of)))),
                ArgValue::Setting(setting) => {
                    build.from_path(&setting.path, text(&format!("-{}={}", arg.flag, setting.spelled())))
                }
                ArgValue::ServerUrl { path } => match self.variant.deployment.database() {
                    Some((server, service)) => {
                        let url = format!("http://{}:{}{path}", host(build, server), port(server));
                        build.from_path(&service.port.path, text(&format!("-{}={url}", arg.flag)))
                    }
                    None => continue,
                },
            });
        }
        let extra = |flag: &str, value: &str| {
            let path = [of.name, "extraArgs", flag].map(str::to_owned);
            build.from_path(&path, text(&format!("-{flag}={value}")))
        };
        for (flag, value) in &of.extra_args {
            match flags::spelled(of.program, flag, value) {
                Yaml::List(items) => arguments.extend(items.iter().filter_map(|item| match item {
                    Yaml::String(text) => Some(extra(flag, text)),
                    _ => None,
                })),
                Yaml::String(text) => arguments.push(extra(flag, &text)),
                _ => {}
            }
        }
        Yaml::List(arguments)
    }

    /// Marks what has the port that the workload listens on: the Service's is a setting.
    fn with_port(&self, node: Yaml) -> Yaml {
        match &self.of.service {
            Some(service) => self.build.from_path(&service.port.path, node),
            None => node,
        }
    }

    /// The published port, if the service is reached from the host.
    fn ports(&self) -> Option<Yaml> {
        self.of.service.as_ref()?;
        let stack = &self.variant.deployment.stack;
        let compose = &stack.compose;
        let port = format!("{}:{}:{}", compose.bind.value, compose.port.value, port(self.of));
        let port = Yaml::Raw(format!("\"{}\"", dollars(&port)));
        Some(Yaml::List(vec![self.build.from(["compose.bind", "compose.port", "service.port"], port)]))
    }

    fn mounts(&self) -> Vec<Yaml> {
        let build = self.build;
        let mut mounts = Vec::new();
        for volume in &self.of.volumes {
            match volume {
                Volume::Data { mount, kept } => {
                    let mut entries = vec![("type", text("volume"))];
                    entries.extend(kept.then(|| {
                        let name = text(&self::volume(self.variant));
                        ("source", build.from(["persistence.volume", "persistence.enabled"], name))
                    }));
                    entries.push(("target", build.from_path(&mount.path, text(&mount.spelled()))));
                    mounts.push(Yaml::map(entries));
                }
                Volume::Scratch { mount, .. } => {
                    mounts.push(Yaml::map([("type", text("volume")), ("target", text(mount))]));
                }
                Volume::ScrapeFile if self.scrapes() => mounts.push(self.scrape_folder()),
                // Compose has no Kubernetes API and no Kubernetes Secrets.
                Volume::ScrapeFile | Volume::Token | Volume::UrlSecrets => {}
            }
        }
        mounts
    }

    fn scrape_folder(&self) -> Yaml {
        let (build, variant) = (self.build, self.variant);
        let profile = if scrapes_alone(build, variant) { variant.profile.as_deref() } else { None };
        let source = format!("./{}", mounted(build, profile));
        // Mount the folder, not the file: a container keeps seeing the old file when a rename
        // replaces it.
        Yaml::map([
            ("type", text("bind")),
            ("source", text(&source)),
            ("target", text(SCRAPE_FOLDER)),
            ("read_only", Yaml::Bool(true)),
        ])
    }

    fn networks(&self) -> Yaml {
        let build = self.build;
        let network = self.variant.deployment.stack.compose.network.as_ref();
        let name = network.map_or("default", |network| &network.value);
        let own = match &self.of.service {
            Some(service) => {
                let alias = build.from_path(&service.name.path, text(&service.name.spelled()));
                Yaml::map([("aliases", Yaml::List(vec![alias]))])
            }
            None => Yaml::Map(Vec::new()),
        };
        Yaml::map([(name, build.from(["compose.network"], own))])
    }

    fn health(&self) -> Yaml {
        let (build, of) = (self.build, self.of);
        let (ready, start) = (&of.readiness_probe, &of.startup_probe);
        // Use 127.0.0.1, because busybox's wget does not fall back from `::1`.
        let url = self.with_port(text(&format!("http://127.0.0.1:{}{HEALTH}", port(of))));
        let command = ["CMD", "wget", "-q", "-O", "/dev/null"].map(text);
        let test = Yaml::List(command.into_iter().chain([url]).collect());
        let seconds = |value: i64| Yaml::String(format!("{value}s"));
        let from = |field: &str, node: Yaml| build.from([format!("{}.{field}", of.name)], node);
        let start_period = start.period_seconds.value * start.failure_threshold.value;
        Yaml::map([
            ("test", test),
            ("interval", from("readinessProbe.periodSeconds", seconds(ready.period_seconds.value))),
            ("timeout", from("readinessProbe.timeoutSeconds", seconds(ready.timeout_seconds.value))),
            (
                "retries",
                from("readinessProbe.failureThreshold", Yaml::Int(ready.failure_threshold.value.max(1))),
            ),
            ("start_period", from("startupProbe", seconds(start_period))),
        ])
    }

    /// Whether any target on this platform is the host itself.
    fn reaches_host(&self) -> bool {
        let on_host =
            |target: &Rc<str>| target.rsplit_once(':').is_some_and(|(host, _)| host == HOST_GATEWAY);
        self.variant.deployment.jobs.iter().any(|job| {
            job.platforms.contains(&Platform::Compose)
                && matches!(&job.what, Discovery::Targets(targets) if targets.iter().any(on_host))
        })
    }
}

/// Formats a memory limit. Compose's `m` and `g` are binary; other amounts are plain bytes.
fn memory_limit(quantity: &Quantity) -> String {
    let amount = quantity.amount;
    match () {
        () if amount % (1 << 30) == 0 => format!("{}g", amount >> 30),
        () if amount % (1 << 20) == 0 => format!("{}m", amount >> 20),
        () => format!("{amount}b"),
    }
}

fn reference(image: &Image) -> String {
    let registry = image.registry.as_ref().map(|r| format!("{}/", r.value)).unwrap_or_default();
    let digest = image.digest.as_ref().map(|d| format!("@{}", d.value)).unwrap_or_default();
    format!("{registry}{}:{}{digest}", image.repository.value, image.tag.value)
}

/// A string in which Compose does not substitute variables.
fn text(text: &str) -> Yaml {
    Yaml::String(dollars(text))
}

fn dollars(text: &str) -> String {
    text.replace('$', "$$")
}
