//! Paths of the chart's files.

use super::super::Build;

/// Directory of the charts if the stack has no umbrella.
pub(super) const CHARTS: &str = "charts";

/// The subchart's directory.
pub fn folder(build: &Build) -> String {
    match umbrella(build) {
        Some(parent) => format!("{parent}/{CHARTS}/{}", build.name()),
        None => format!("{CHARTS}/{}", build.name()),
    }
}

/// The values of an umbrella or a chart in a folder, or those of a profile.
pub fn values_file(folder: &str, profile: Option<&str>) -> String {
    match profile {
        Some(profile) => format!("{folder}/values-{profile}.yaml"),
        None => format!("{folder}/values.yaml"),
    }
}

/// The umbrella's directory.
pub fn umbrella<'b>(build: &'b Build) -> Option<&'b str> {
    build.parent.as_deref()
}
