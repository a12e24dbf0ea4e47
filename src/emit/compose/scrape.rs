//! The scrape file of the Compose services: the same jobs, with targets found by name.

use super::place::{host, port};
use crate::deploy::platform::Platform;
use crate::deploy::scrape::{self, Discovery, Job, Named, ScrapeDialect};
use crate::deploy::setting::SettingRef;
use crate::emit::{Build, Variant};
use crate::yaml::scalar::Guard;
use crate::yaml::{Entry, Traced, Yaml, meaning};

/// Writes settings as their values.
struct Dialect<'a> {
    build: &'a Build<'a>,
}

impl ScrapeDialect for Dialect<'_> {
    fn setting(&self, setting: &SettingRef) -> Yaml {
        self.build.from_path(&setting.path, Yaml::String(setting.spelled()))
    }

    fn traced(&self, path: &[String], node: Yaml) -> Yaml {
        self.build.from_path(path, node)
    }

    fn in_namespace(&self, rest: &str) -> Yaml {
        Yaml::string(rest)
    }

    fn in_release(&self, rest: &str) -> Yaml {
        Yaml::string(rest)
    }
}

/// Generates the scrape file.
pub(super) fn file(build: &Build, variant: &Variant) -> Traced {
    let deployment = &variant.deployment;
    let dialect = Dialect { build };
    let running = deployment.workloads.iter().filter(|of| of.runs_on(Platform::Compose));
    let own = running.map(|of| {
        // The series carry the workload's name, whatever the stack's name is.
        let host = host(build, of);
        let from = of.service.as_ref().map(|service| &*service.port.path);
        let service = Named { host: &host, port: port(of), label: of.job, replicated: false, from };
        scrape::by_name(&scrape::own(&deployment.stack, of), service, &dialect)
    });
    let here = |job: &&Job| job.enabled && job.platforms.contains(&Platform::Compose);
    let jobs = deployment.jobs.iter().filter(here).filter_map(|job| match &job.what {
        Discovery::Service { host, port, .. } => {
            let replicated = build.replicated.contains(host);
            Some(scrape::by_name(
                job,
                Named { host, port: (*port).into(), label: host, replicated, from: None },
                &dialect,
            ))
        }
        Discovery::Targets(targets) => Some(scrape::addresses(job, targets, &dialect)),
        Discovery::Pods { .. } | Discovery::Own { .. } => None,
    });
    let global = scrape::global(&deployment.stack, &dialect);
    let entries = vec![global, Entry::new("scrape_configs", Yaml::List(own.chain(jobs).collect()))];
    let digest = meaning::digest_of_printed(&entries);
    Traced { digest: Some(digest), ..Yaml::Map(entries).traced(0, Guard::Percent) }
}

/// Whether a profile has its own scrape file.
pub(in crate::emit) fn scrapes_alone(build: &Build, variant: &Variant) -> bool {
    variant.profile.is_some() && file(build, variant).text != file(build, build.base()).text
}
