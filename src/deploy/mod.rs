//! The deployment model: programs with their arguments, ports, volumes and probes, and what they
//! scrape. It refers to settings by path, so that one target can print the value and another an
//! expression that looks it up.
//!
//! Read in this order: [`setting`] (values with their paths), [`platform`], [`workload`] (the
//! programs that run, by role), [`scrape`] (jobs and relabelling), [`flags`] (which release knows
//! which flag), [`kubernetes`] (what its names may be), [`rules`] (checks that the language can't express).

pub mod flags;
pub mod kubernetes;
pub mod platform;
pub mod rules;
pub mod scrape;
pub mod setting;
pub mod workload;

use crate::model::Stack;
use workload::{Service, Workload, workloads};

/// A deployment: the stack alone, or the stack with a profile.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The stack's name, which is also the name of the subchart and the service, and the key in the
    /// umbrella's values.
    pub name: String,
    /// The settings.
    pub stack: Stack,
    /// The programs to run.
    pub workloads: Vec<Workload>,
    /// The scrape jobs.
    pub jobs: Vec<scrape::Job>,
}

impl Deployment {
    /// Builds the deployment of a stack. Never fails: the settings are already checked.
    pub fn new(name: &str, stack: Stack) -> Deployment {
        let (workloads, jobs) = (workloads(&stack), scrape::jobs(&stack));
        Deployment { name: name.to_owned(), stack, workloads, jobs }
    }

    /// The name of the volume with the samples: the stack's where no other is given.
    pub fn volume(&self) -> &str {
        self.stack.persistence.volume.as_ref().map_or(&self.name, |given| &given.value)
    }

    /// The workload that clients push to, with its Service.
    pub fn database(&self) -> Option<(&Workload, &Service)> {
        self.workloads.iter().find_map(|workload| Some((workload, workload.service.as_ref()?)))
    }
}
