//! What runs: programs, their arguments, ports, volumes and probes, and what they scrape. Speaks of
//! the settings by path, so that one target prints the value and the other where it is found.
//!
//! Read in this order: [`setting`] (values with their paths), [`platform`], [`workload`] (the programs that run, by
//! role), [`scrape`] (jobs and relabelling), [`flags`] (which release knows which flag), [`rules`]
//! (what the language can't check itself).

pub mod flags;
pub mod platform;
pub mod rules;
pub mod scrape;
pub mod setting;
pub mod workload;

use crate::model::Stack;
use workload::{Service, Workload, workloads};

/// What is installed, for one set of layers.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The stack's name: the subchart's, the service's, and the key in the umbrella's values.
    pub name: String,
    /// The settings.
    pub stack: Stack,
    /// The programs that run.
    pub workloads: Vec<Workload>,
    /// The jobs.
    pub jobs: Vec<scrape::Job>,
}

impl Deployment {
    /// What the settings of a stack mean. Total: settings are checked already.
    pub fn new(name: &str, stack: Stack) -> Deployment {
        let (workloads, jobs) = (workloads(&stack), scrape::jobs(&stack));
        Deployment { name: name.to_owned(), stack, workloads, jobs }
    }

    /// The workload that others push to, with its Service.
    pub fn database(&self) -> Option<(&Workload, &Service)> {
        self.workloads.iter().find_map(|workload| Some((workload, workload.service.as_ref()?)))
    }
}
