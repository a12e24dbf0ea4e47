//! Where files of Compose are.

use super::super::Build;
use crate::deploy::workload::Workload;

/// The folder that is mounted for the scrape file, below the compose file's.
pub(super) fn folder(build: &Build, profile: Option<&str>) -> String {
    let relative = mounted(build, profile);
    match parent(build) {
        "" => relative,
        parent => format!("{parent}/{relative}"),
    }
}

/// The same, as the compose file names it.
pub(super) fn mounted(build: &Build, profile: Option<&str>) -> String {
    match profile {
        None => build.name().to_owned(),
        Some(profile) => format!("{}/{profile}", build.name()),
    }
}

pub(super) fn parent<'b>(build: &'b Build) -> &'b str {
    let file = &*build.base().deployment.stack.compose.file.value;
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a workload's service.
pub(in crate::emit) fn host(build: &Build, of: &Workload) -> String {
    match of.suffix {
        None => build.name().to_owned(),
        Some(suffix) => format!("{}-{suffix}", build.name()),
    }
}
