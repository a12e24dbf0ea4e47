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

/// The umbrella's directory.
pub fn umbrella<'b>(build: &'b Build) -> Option<&'b str> {
    build.parent.as_deref()
}
