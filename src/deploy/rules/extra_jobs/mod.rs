//! Rules for raw scrape jobs: VictoriaMetrics must know their keys, and an agent's discovery must
//! stay on its node.

pub(super) mod action;
mod jobs;
pub(super) mod key;
pub(super) mod node;
pub(super) mod role;
pub(super) mod shape;
pub(super) mod twice;

use jobs::{discoveries, jobs, records};
