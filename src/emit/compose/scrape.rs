//! The scrape file of the Compose service: the same jobs, found by name.

use crate::deploy::scrape::{self, Job, OWN_JOBS, Place, Printer, What};
use crate::deploy::setting::Setting;
use crate::emit::{Build, Variant};
use crate::yaml::Yaml;
use crate::yaml::scalar::Guard;

/// Prints settings as their values.
struct Values;

impl Printer for Values {
    fn setting(&self, setting: &Setting) -> Yaml {
        Yaml::Text(setting.spelled())
    }

    fn in_namespace(&self, rest: &str) -> Yaml {
        Yaml::text(rest)
    }

    fn in_release(&self, rest: &str) -> Yaml {
        Yaml::text(rest)
    }
}

/// The text of the scrape file.
pub(super) fn file(build: &Build, variant: &Variant) -> String {
    let deployment = &variant.deployment;
    let mut jobs = Vec::new();
    let own = [
        (OWN_JOBS[0], &deployment.server, true),
        (OWN_JOBS[1], &deployment.agent, deployment.stack.compose.agent.value),
    ];
    for (name, program, runs) in own {
        if runs {
            let job = scrape::own(&deployment.stack, program, name);
            let host = super::service::host(build, program.component);
            let entry = scrape::by_name(&job, &host, program.port, false, &Values);
            jobs.push(labelled(entry, &host, name));
        }
    }
    let here = |job: &&Job| job.enabled && job.places.contains(&Place::Compose);
    for job in deployment.jobs.iter().filter(here) {
        match &job.what {
            What::Service { host, port, .. } => {
                jobs.push(scrape::by_name(job, host, *port, build.replicated.contains(host), &Values));
            }
            What::Targets(targets) => jobs.push(scrape::addresses(job, targets, &Values)),
            What::Pods | What::Own { .. } => {}
        }
    }
    Yaml::map([("scrape_configs", Yaml::List(jobs))]).to_text(0, Guard::Percent)
}

/// The server's and the agent's series carry their names, whatever the stack is called.
fn labelled(mut job: Yaml, host: &str, name: &str) -> Yaml {
    fn rename(yaml: &mut Yaml, host: &str, name: &str) {
        match yaml {
            Yaml::Map(entries) => {
                for entry in entries {
                    if entry.key == "service" && entry.value == Yaml::text(host) {
                        entry.value = Yaml::text(name);
                    }
                    rename(&mut entry.value, host, name);
                }
            }
            Yaml::List(items) => items.iter_mut().for_each(|item| rename(item, host, name)),
            _ => {}
        }
    }
    rename(&mut job, host, name);
    job
}
