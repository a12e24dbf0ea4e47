//! The agent, which scrapes the pods on its node.

use super::{
    Arg, ArgValue, Kind, LISTEN_ON, Right, Scrapes, Volume, Workload, fixed, quantity, scrape_file, setting,
};
use crate::deploy::flags::Program;
use crate::deploy::platform::Platform;
use crate::deploy::setting::Spelling;
use crate::model::Stack;

/// Where it queues samples that it could not push yet.
const QUEUE: &str = "/queue";
/// Path of the server's remote-write endpoint.
const WRITE_PATH: &str = "/api/v1/write";

pub(super) fn workload(stack: &Stack) -> Workload {
    let settings = &stack.vmagent;
    let mut platforms = vec![Platform::Kubernetes];
    platforms.extend(stack.compose.agent.value.then_some(Platform::Compose));
    let mut args = vec![
        Arg { flag: "remoteWrite.url", value: ArgValue::ServerUrl { path: WRITE_PATH } },
        fixed("remoteWrite.tmpDataPath", QUEUE),
        setting(
            "remoteWrite.maxDiskUsagePerURL",
            "vmagent.remoteWrite.queueSize",
            quantity(&settings.remote_write.queue_size),
            Spelling::FlagBytes,
        ),
        LISTEN_ON,
    ];
    args.extend(scrape_file());
    // Relabelling can map several ports to one address. vmagent still sees several targets, and would
    // log each as an error on every discovery.
    args.push(fixed("promscrape.suppressDuplicateScrapeTargetErrors", "true"));
    Workload {
        name: "vmagent",
        suffix: Some("agent"),
        job: "vmagent",
        program: Program::Vmagent,
        kind: Kind::EachNode,
        switch: Some("vmagent.enabled"),
        platforms,
        port: 8429,
        image: settings.image.clone(),
        args,
        extra_urls: Some("vmagent.remoteWrite.extraUrls"),
        extra_args: settings.extra_args.clone(),
        reads_node: true,
        extra_env: settings.extra_env.clone(),
        volumes: vec![
            Volume::Scratch { name: "queue", mount: QUEUE, size: "vmagent.remoteWrite.queueVolume" },
            Volume::ScrapeFile,
            Volume::Token,
            Volume::UrlSecrets,
        ],
        scrapes: Scrapes::NodePods { namespaces: "vmagent.namespaces" },
        extra_jobs: "vmagent.extraScrapeConfigs",
        raw_jobs: settings.extra_scrape_configs.clone(),
        local_disk: Some("vmagent.ephemeralStorage"),
        startup_probe: settings.startup_probe.clone(),
        readiness_probe: settings.readiness_probe.clone(),
        resources: settings.resources.clone(),
        grace_seconds: settings.termination_grace_period_seconds.value,
        rights: vec![Right { resource: "pods", verbs: &["list", "watch"] }],
        service: None,
    }
}
