//! The Compose services as data.

use super::{mounted, scrapes_alone};
use crate::deploy::flags;
use crate::deploy::program::{Arg, ArgValue, HEALTH, Program, QUEUE, SCRAPE_FOLDER};
use crate::deploy::scrape::{Place, What};
use crate::emit::{Build, Variant};
use crate::model::stack::{Carried, EnvVar, Image, Probe, Resources};
use crate::semantics::data::Map;
use crate::semantics::quantity::Quantity;
use crate::yaml::Yaml;
use std::rc::Rc;

/// The name by which containers reach their host.
const HOST_GATEWAY: &str = "host.docker.internal";

/// The services: the server, and an agent where the stack asks for one.
pub(super) fn services(build: &Build, variant: &Variant) -> Vec<(String, Yaml)> {
    let deployment = &variant.deployment;
    let mut services = vec![(host(build, "server"), server(build, variant))];
    if deployment.stack.compose.agent.value {
        services.push((host(build, "vmagent"), agent(build, variant)));
    }
    services
}

/// Named volumes.
pub(super) fn volumes(build: &Build, variant: &Variant) -> Vec<String> {
    let kept = variant.deployment.stack.persistence.enabled.value;
    if kept { vec![volume(build)] } else { Vec::new() }
}

fn volume(build: &Build) -> String {
    format!("{}-data", build.name())
}

/// The name of a program's service.
pub(super) fn host(build: &Build, component: &str) -> String {
    match component {
        "server" => build.name().to_owned(),
        _ => format!("{}-agent", build.name()),
    }
}

fn server(build: &Build, variant: &Variant) -> Yaml {
    let deployment = &variant.deployment;
    let stack = &deployment.stack;
    let (server, compose) = (&stack.server, &stack.compose);
    let agent = compose.agent.value;
    let own = deployment.server.args.iter().filter(|arg| !(agent && arg.flag.starts_with("promscrape.")));
    let command = arguments(own, "server", &server.extra_args, "");
    let data = match stack.persistence.enabled.value {
        true => Yaml::map([
            ("type", text("volume")),
            ("source", text(&volume(build))),
            ("target", text(&stack.persistence.mount_path.value)),
        ]),
        false => Yaml::map([("type", text("volume")), ("target", text(&stack.persistence.mount_path.value))]),
    };
    let mut mounts = vec![data];
    if !agent {
        mounts.push(scrape_folder(build, variant));
    }
    let port = format!("{}:{}:{}", compose.bind.value, stack.service.port.value, deployment.server.port);
    let mut service =
        common(variant, &host(build, "server"), &server.image, command, &server.extra_env, &server.resources);
    if let Some(name) = compose.container_name.as_ref() {
        service.insert(2, ("container_name", text(&name.value)));
    }
    service.push(("ports", Yaml::List(vec![Yaml::Raw(format!("\"{}\"", dollars(&port)))])));
    service.push(("volumes", Yaml::List(mounts)));
    if !agent && reaches_host(variant) {
        service.push(("extra_hosts", gateway()));
    }
    service.push(("networks", networks(variant, Some(&stack.service.name.value))));
    service.push(("healthcheck", health(&deployment.server, &server.readiness_probe, &server.startup_probe)));
    service.push((
        "stop_grace_period",
        Yaml::Text(format!("{}s", server.termination_grace_period_seconds.value)),
    ));
    Yaml::map(service)
}

fn agent(build: &Build, variant: &Variant) -> Yaml {
    let deployment = &variant.deployment;
    let stack = &deployment.stack;
    let agent = &stack.vmagent;
    let url = format!("http://{}:{}", host(build, "server"), deployment.server.port);
    let command = arguments(deployment.agent.args.iter(), "vmagent", &agent.extra_args, &url);
    let queue = Yaml::map([("type", text("volume")), ("target", text(QUEUE))]);
    let name = host(build, "vmagent");
    let mut service = common(variant, &name, &agent.image, command, &agent.extra_env, &agent.resources);
    service.push(("volumes", Yaml::List(vec![queue, scrape_folder(build, variant)])));
    if reaches_host(variant) {
        service.push(("extra_hosts", gateway()));
    }
    service.push(("networks", networks(variant, None)));
    service.push(("healthcheck", health(&deployment.agent, &agent.readiness_probe, &agent.startup_probe)));
    service.push((
        "stop_grace_period",
        Yaml::Text(format!("{}s", agent.termination_grace_period_seconds.value)),
    ));
    Yaml::map(service)
}

type Entries = Vec<(&'static str, Yaml)>;

/// What both services have.
fn common(
    variant: &Variant,
    name: &str,
    image: &Image,
    command: Yaml,
    environment: &[EnvVar],
    resources: &Resources,
) -> Entries {
    let compose = &variant.deployment.stack.compose;
    let mut service =
        vec![("image", text(&reference(image))), ("hostname", text(name)), ("command", command)];
    let given = environment
        .iter()
        .filter_map(|env| Some((env.name.value.to_string(), text(&env.value.as_ref()?.value))));
    let given: Vec<(String, Yaml)> = given.collect();
    if !given.is_empty() {
        service.push(("environment", Yaml::map(given)));
    }
    service.push(("restart", Yaml::Text(compose.restart.value.to_string())));
    service.push(("read_only", Yaml::Bool(true)));
    service.push(("cap_drop", Yaml::texts(["ALL"])));
    service.push(("security_opt", Yaml::List(vec![text("no-new-privileges:true")])));
    if let Some(memory) = resources.limits.memory.as_ref() {
        service.push(("mem_limit", Yaml::Text(memory_limit(&memory.value))));
    }
    if let Some(cpu) = resources.limits.cpu.as_ref() {
        service.push(("cpus", Yaml::Float(cpu.value.amount as f64 / 1000.0)));
    }
    service
}

/// Compose's `m` and `g` are binary; other amounts are plain bytes.
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

fn arguments<'a>(
    own: impl Iterator<Item = &'a Arg>,
    component: &str,
    extra: &Map<Carried>,
    url: &str,
) -> Yaml {
    let mut arguments: Vec<String> = own
        .map(|arg| match &arg.value {
            ArgValue::Fixed(value) => format!("-{}={value}", arg.flag),
            ArgValue::Setting(setting) => format!("-{}={}", arg.flag, setting.spelled()),
            ArgValue::ServerUrl { path } => format!("-{}={url}{path}", arg.flag),
        })
        .collect();
    for (flag, value) in extra {
        match flags::spelled(component, flag, value) {
            Yaml::List(items) => arguments.extend(items.iter().filter_map(|item| match item {
                Yaml::Text(text) => Some(format!("-{flag}={text}")),
                _ => None,
            })),
            Yaml::Text(text) => arguments.push(format!("-{flag}={text}")),
            _ => {}
        }
    }
    Yaml::List(arguments.iter().map(|argument| text(argument)).collect())
}

fn scrape_folder(build: &Build, variant: &Variant) -> Yaml {
    let profile = if scrapes_alone(build, variant) { variant.profile.as_deref() } else { None };
    let source = format!("./{}", mounted(build, profile));
    // The folder, not the file: a file that is replaced by renaming is never seen by a container.
    Yaml::map([
        ("type", text("bind")),
        ("source", text(&source)),
        ("target", text(SCRAPE_FOLDER)),
        ("read_only", Yaml::Bool(true)),
    ])
}

fn networks(variant: &Variant, alias: Option<&str>) -> Yaml {
    let network = variant.deployment.stack.compose.network.as_ref();
    let name = network.map_or("default", |network| &network.value);
    let own = match alias {
        Some(alias) => Yaml::map([("aliases", Yaml::List(vec![text(alias)]))]),
        None => Yaml::Map(Vec::new()),
    };
    Yaml::map([(name, own)])
}

fn health(program: &Program, ready: &Probe, start: &Probe) -> Yaml {
    // 127.0.0.1, for busybox's wget does not fall back from `::1`.
    let url = format!("http://127.0.0.1:{}{HEALTH}", program.port);
    let test = Yaml::texts(["CMD", "wget", "-q", "-O", "/dev/null", &url]);
    let seconds = |value: i64| Yaml::Text(format!("{value}s"));
    Yaml::map([
        ("test", test),
        ("interval", seconds(ready.period_seconds.value)),
        ("timeout", seconds(ready.timeout_seconds.value)),
        ("retries", Yaml::Int(ready.failure_threshold.value.max(1))),
        ("start_period", seconds(start.period_seconds.value * start.failure_threshold.value)),
    ])
}

/// Whether a target of this place is the host itself.
fn reaches_host(variant: &Variant) -> bool {
    let on_host = |target: &Rc<str>| target.rsplit_once(':').is_some_and(|(host, _)| host == HOST_GATEWAY);
    variant.deployment.jobs.iter().any(|job| {
        job.places.contains(&Place::Compose)
            && matches!(&job.what, What::Targets(targets) if targets.iter().any(on_host))
    })
}

fn gateway() -> Yaml {
    Yaml::List(vec![text(&format!("{HOST_GATEWAY}:host-gateway"))])
}

/// A string that Compose does not take a variable out of.
fn text(text: &str) -> Yaml {
    Yaml::Text(dollars(text))
}

fn dollars(text: &str) -> String {
    text.replace('$', "$$")
}
