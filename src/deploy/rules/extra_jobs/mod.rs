//! Rules for raw scrape jobs: VictoriaMetrics must know their keys, and an agent's discovery must
//! stay on its node.

pub(super) mod action;
mod jobs;
pub(super) mod key;
mod known_keys;
pub(super) mod node;
pub(super) mod role;
pub(super) mod shape;

use jobs::{discoveries, jobs, records};
