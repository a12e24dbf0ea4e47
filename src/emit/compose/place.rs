//! Paths of the Compose files.

use super::super::Build;
use crate::deploy::workload::Workload;
use crate::semantics::data::ValueKind;

/// The directory of the scrape file, relative to the project root.
pub(super) fn folder(build: &Build, profile: Option<&str>) -> String {
    let relative = mounted(build, profile);
    match parent(build) {
        "" => relative,
        parent => format!("{parent}/{relative}"),
    }
}

/// The same directory, relative to the compose file.
pub(super) fn mounted(build: &Build, profile: Option<&str>) -> String {
    match profile {
        None => build.name().to_owned(),
        Some(profile) => format!("{}/{profile}", build.name()),
    }
}

pub(super) fn parent<'b>(build: &'b Build) -> &'b str {
    build.compose_file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The port that a workload listens on in Compose, which has no Service between it and its clients: the
/// Service's, if it has one.
pub(super) fn port(of: &Workload) -> i64 {
    match of.service.as_ref().map(|service| &service.port.value) {
        Some(ValueKind::Int(port)) => *port,
        _ => of.port.into(),
    }
}

/// The name of a workload's Compose service.
pub(in crate::emit) fn host(build: &Build, of: &Workload) -> String {
    match of.suffix {
        None => build.name().to_owned(),
        Some(suffix) => format!("{}-{suffix}", build.name()),
    }
}
