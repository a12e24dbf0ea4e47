//! Names of a workload's objects.

use super::template::value;
use crate::deploy::workload::Workload;
use crate::emit::Build;

/// The name of a workload's objects; the workload without a suffix uses the chart's name.
pub(super) fn object(build: &Build, of: &Workload) -> String {
    let name = value(format!("include \"{}.fullname\" .", build.name()));
    match of.suffix {
        Some(_) => format!("{name}-{}", of.name),
        None => name,
    }
}

/// The expression for the name of a workload's service account.
pub(super) fn account(build: &Build, of: &Workload) -> String {
    let helper = if of.rights.is_empty() { "fullname" } else { "serviceAccountName" };
    format!("include \"{}.{helper}\" .", build.name())
}
