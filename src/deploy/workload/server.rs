//! The database, which also scrapes targets outside the nodes.

use super::{
    Kind, LISTEN_ON, SERVER_JOB, Scrapes, Service, Volume, Workload, quantity, scrape_file, setting, text,
};
use crate::deploy::flags::Program;
use crate::deploy::platform::Platform;
use crate::deploy::setting::{SettingRef, Spelling};
use crate::model::Stack;
use crate::semantics::data::ValueKind;

pub(super) fn workload(stack: &Stack) -> Workload {
    let settings = &stack.server;
    let mount =
        SettingRef::new("persistence.mountPath", text(&stack.persistence.mount_path), Spelling::Plain);
    let mut args = vec![
        setting("storageDataPath", "persistence.mountPath", mount.value.clone(), Spelling::Plain),
        setting("retentionPeriod", "retention", quantity(&stack.retention), Spelling::Retention),
        LISTEN_ON,
        setting(
            "search.maxUniqueTimeseries",
            "server.maxUniqueTimeseries",
            ValueKind::Int(settings.max_unique_timeseries.value),
            Spelling::Plain,
        ),
    ];
    args.extend(scrape_file());
    Workload {
        name: "server",
        suffix: None,
        job: SERVER_JOB,
        program: Program::VictoriaMetrics,
        kind: Kind::Stateful,
        switch: None,
        platforms: vec![Platform::Kubernetes, Platform::Compose],
        port: 8428,
        image: settings.image.clone(),
        args,
        extra_urls: None,
        extra_args: settings.extra_args.clone(),
        reads_node: false,
        extra_env: settings.extra_env.clone(),
        volumes: vec![Volume::Data { mount, kept: stack.persistence.enabled.value }, Volume::ScrapeFile],
        scrapes: Scrapes::Addresses,
        extra_jobs: "scrape.extraScrapeConfigs",
        raw_jobs: stack.scrape.extra_scrape_configs.clone(),
        local_disk: None,
        startup_probe: settings.startup_probe.clone(),
        readiness_probe: settings.readiness_probe.clone(),
        resources: settings.resources.clone(),
        grace_seconds: settings.termination_grace_period_seconds.value,
        rights: Vec::new(),
        service: Some(Service {
            name: SettingRef::new("service.name", text(&stack.service.name), Spelling::Plain),
            port: SettingRef::new("service.port", ValueKind::Int(stack.service.port.value), Spelling::Plain),
        }),
    }
}
