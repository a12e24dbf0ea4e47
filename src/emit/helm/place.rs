//! Where files of the chart are.

use super::super::Build;

/// Folder of the charts of a stack that names no umbrella.
pub(super) const CHARTS: &str = "charts";

/// The subchart's folder.
pub fn folder(build: &Build) -> String {
    match umbrella(build) {
        Some(parent) => format!("{parent}/{CHARTS}/{}", build.name()),
        None => format!("{CHARTS}/{}", build.name()),
    }
}

/// The umbrella's folder.
pub fn umbrella<'b>(build: &'b Build) -> Option<&'b str> {
    build.base().deployment.stack.chart.parent.as_ref().map(|parent| parent.value.trim_end_matches('/'))
}
