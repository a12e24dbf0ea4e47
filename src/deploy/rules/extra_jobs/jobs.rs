//! The user's raw scrape jobs and the discovery they configure.

use crate::deploy::Deployment;
use crate::semantics::data::{Value, ValueKind};

/// Raw jobs of the server and of the agents.
pub(super) fn jobs(deployment: &Deployment) -> impl Iterator<Item = &Value> {
    let stack = &deployment.stack;
    stack.scrape.extra_scrape_configs.iter().chain(&stack.vmagent.extra_scrape_configs)
}

/// Raw jobs that are records, as a job must be.
pub(super) fn records(deployment: &Deployment) -> impl Iterator<Item = &Value> {
    jobs(deployment).filter(|job| matches!(job.kind, ValueKind::Record(_)))
}

/// Kubernetes discovery entries of the agents' jobs, each with its role.
pub(super) fn discoveries(deployment: &Deployment) -> impl Iterator<Item = (&Value, String)> {
    let of_job = |job: &Value| match job.get("kubernetes_sd_configs").map(|lists| lists.kind.clone()) {
        Some(ValueKind::List(lists)) => lists.len(),
        _ => 0,
    };
    let jobs = deployment.stack.vmagent.extra_scrape_configs.iter();
    jobs.flat_map(move |job| {
        (0..of_job(job)).filter_map(move |at| {
            match job.get("kubernetes_sd_configs").map(|lists| &lists.kind) {
                Some(ValueKind::List(lists)) => {
                    lists.get(at).map(|discovery| (discovery, role_of(discovery)))
                }
                _ => None,
            }
        })
    })
}

pub(super) fn role_of(discovery: &Value) -> String {
    match discovery.get("role").map(|role| &role.kind) {
        Some(ValueKind::String(role)) => role.to_string(),
        _ => String::new(),
    }
}
