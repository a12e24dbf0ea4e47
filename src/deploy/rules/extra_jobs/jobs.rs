//! The user's raw scrape jobs and the discovery they configure.

use crate::deploy::Deployment;
use crate::semantics::data::{Value, ValueKind};

/// Raw jobs of the server and of the agents.
pub(super) fn jobs(deployment: &Deployment) -> impl Iterator<Item = &Value> {
    deployment.workloads.iter().flat_map(|of| &of.raw_jobs)
}

/// Raw jobs that each agent has.
pub(super) fn of_agents(deployment: &Deployment) -> impl Iterator<Item = &Value> {
    deployment.workloads.iter().filter(|of| of.reads_node).flat_map(|of| &of.raw_jobs)
}

/// Raw jobs that are records, as a job must be.
pub(super) fn records(deployment: &Deployment) -> impl Iterator<Item = &Value> {
    jobs(deployment).filter(|job| matches!(job.kind, ValueKind::Record(_)))
}

/// Kubernetes discovery entries of a job.
pub(super) fn discoveries_of(job: &Value) -> impl Iterator<Item = &Value> {
    let lists = match job.get("kubernetes_sd_configs").map(|lists| &lists.kind) {
        Some(ValueKind::List(lists)) => &lists[..],
        _ => &[],
    };
    lists.iter()
}

/// Kubernetes discovery entries of the agents' jobs, each with its role.
pub(super) fn discoveries(deployment: &Deployment) -> impl Iterator<Item = (&Value, String)> {
    of_agents(deployment).flat_map(discoveries_of).map(|discovery| (discovery, role_of(discovery)))
}

/// The role of a discovery entry; empty if it has none.
pub(super) fn role_of(discovery: &Value) -> String {
    match discovery.get("role").map(|role| &role.kind) {
        Some(ValueKind::String(role)) => role.to_string(),
        _ => String::new(),
    }
}
