//! Rules for the flags of `extraArgs`: known to the release, of the right type, and not set by a
//! setting. Each flag gets only the first verdict that applies, and each verdict has a rule.

pub(super) mod enterprise;
pub(super) mod file;
mod given;
pub(super) mod newer;
pub(super) mod old_release;
pub(super) mod opens_port;
pub(super) mod reserved;
pub(super) mod too_new;
pub(super) mod unfollowed;
pub(super) mod unknown;
pub(super) mod value;

use given::{Given, Verdict, each, literal, nested, release};
