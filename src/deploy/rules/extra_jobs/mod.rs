//! Whole scrape jobs that are passed on: keys that VictoriaMetrics reads, and discovery that stays on
//! its node.

pub(super) mod action;
mod jobs;
pub(super) mod key;
mod known_keys;
pub(super) mod node;
pub(super) mod role;
pub(super) mod shape;

use jobs::{discoveries, jobs, records};
