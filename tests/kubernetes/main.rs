//! The chart in a real cluster: what an API server, a scheduler, kubelets, kube-proxy, a network policy engine
//! and a volume provisioner decide.
//!
//! Run by `tests/cluster.sh`. With `VMSC_BREAK=1` each scenario is also run on charts that are broken in a way
//! that it must notice.
//!
//! - [`cluster`]: namespaces, releases and what is asked of them
//! - [`admission`], [`rights`], [`network`], [`volumes`], [`change`], [`scheduling`], [`names`], [`gitops`]: the
//!   scenarios

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "../common/mod.rs"]
mod common;

mod admission;
mod change;
mod cluster;
mod gitops;
mod names;
mod network;
mod rights;
mod scheduling;
mod volumes;

use cluster::Chart;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A change of the subchart that a scenario must notice: a file, a text in it, and what takes its place.
#[derive(Clone, Copy)]
struct Break {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    also: Option<&'static Break>,
}

impl Break {
    /// With another change.
    const fn and(self, also: &'static Break) -> Break {
        Break { also: Some(also), ..self }
    }
}

const fn broken(file: &'static str, from: &'static str, to: &'static str) -> Break {
    Break { file, from, to, also: None }
}

/// The samples are in the pod, and go with it.
const IN_THE_POD: Break = broken(
    "templates/statefulset.yaml",
    "{{- if .Values.persistence.enabled }}\n          persistentVolumeClaim:",
    "{{- if false }}\n          persistentVolumeClaim:",
);

/// Runs a scenario on the example's chart; then, where that is asked for, on each broken one.
fn scenario(run: fn(&Chart), breaks: &[Break]) {
    run(&Chart::example());
    if std::env::var_os("VMSC_BREAK").is_none() {
        return;
    }
    for one in breaks {
        let chart = Chart::example();
        let mut edit = Some(one);
        while let Some(Break { file, from, to, also }) = edit {
            chart.edit(file, from, to);
            edit = *also;
        }
        let noticed = catch_unwind(AssertUnwindSafe(|| run(&chart))).is_err();
        assert!(noticed, "nobody noticed `{}` in place of `{}` in {}", one.to, one.from, one.file);
        eprintln!("noticed: `{}` in place of `{}` in {}", one.to, one.from, one.file);
    }
}
