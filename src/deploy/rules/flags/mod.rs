//! Flags of `extraArgs`: known to the release, of the right type, set by nothing else. What is wrong
//! with a flag is one thing, the first of those below; each is a rule.

mod given;
pub(super) mod old_release;
pub(super) mod opens_port;
pub(super) mod reserved;
pub(super) mod too_new;
pub(super) mod unknown;
pub(super) mod value;

use given::{Given, Verdict, each, literal, nested, release};
