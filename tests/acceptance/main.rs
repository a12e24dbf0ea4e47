//! The stories' scenarios, word for word, on real parts: Helm 3 and 4, a Docker Engine, Compose, the real
//! VictoriaMetrics and vmagent in a small cluster (`tests/cluster`).
//!
//! It starts itself again inside `tests/tools/in-docker.sh`, whose engine, network and mounts are its own.
//! A whole run that passes writes `docs/acceptance.md`. `VMSC_TEST_SCENARIO` runs one scenario,
//! `VMSC_TEST_PROJECT` takes another project than the committed example, `VMSC_TEST_PATIENCE` limits every
//! wait to so many seconds; `tests/mutations` uses all three.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../common/mod.rs"]
mod common;
mod evidence;
mod steps;
mod world;

fn main() {
    if std::env::var_os("VMSC_TEST_IN_DOCKER").is_none() {
        common::again_in_docker(&[]);
    }
    std::process::exit(if steps::run() { 0 } else { 1 });
}
