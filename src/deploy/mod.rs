//! What runs: programs, their arguments, ports, volumes and probes, and what they scrape. Speaks of
//! the settings by path, so that one target prints the value and the other where it is found.
//!
//! Read in this order: [`setting`] (values with their paths), [`program`] (the two programs),
//! [`scrape`] (jobs and relabelling), [`flags`] (which release knows which flag), [`rules`] (what the
//! language can't check itself).

pub mod flags;
pub mod program;
pub mod rules;
pub mod scrape;
pub mod setting;

use crate::model::Stack;
use program::{Program, agent, server};

/// What is installed, for one set of layers.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The stack's name: the subchart's, the service's, and the key in the umbrella's values.
    pub name: String,
    /// The settings.
    pub stack: Stack,
    /// The database.
    pub server: Program,
    /// The agents.
    pub agent: Program,
    /// The jobs.
    pub jobs: Vec<scrape::Job>,
}

impl Deployment {
    /// What the settings of a stack mean. Total: settings are checked already.
    pub fn new(name: &str, stack: Stack) -> Deployment {
        let (server, agent) = (server(&stack), agent(&stack));
        let jobs = scrape::jobs(&stack);
        Deployment { name: name.to_owned(), stack, server, agent, jobs }
    }
}
