//! `vmsc check`

use super::{Ending, Global, Input, output, session};
use clap::Args;

/// The arguments of `vmsc check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    input: Input,
}

impl Check {
    pub(super) fn run(&self, global: &Global) -> Ending {
        let stacks = match session::stacks(&self.input) {
            Ok(stacks) => stacks,
            Err(ending) => return ending,
        };
        let mut ending = Ending::Fine;
        for stack in stacks {
            let mut session = match session::open(&stack, &self.input, global) {
                Ok(session) => session,
                Err(failed) => {
                    ending = failed;
                    continue;
                }
            };
            let mut reports = std::mem::take(&mut session.reports);
            if !self.input.profile.is_empty() {
                // A report of a profile says so in a note.
                reports.retain(|report| {
                    let of = report
                        .notes
                        .iter()
                        .find_map(|note| note.strip_prefix("in profile `")?.strip_suffix('`'));
                    of.is_none_or(|of| self.input.profile.iter().any(|name| name == of))
                });
            }
            output::reports(&reports, &session.map, global);
            if reports.iter().any(crate::diagnostics::Report::is_error) && ending == Ending::Fine {
                ending = Ending::Wrong;
            }
            if global.verbose && session.compiled.is_some() {
                output::line(global, &format!("{} compiles", session.name));
            }
            session::leave((session, reports));
        }
        ending
    }
}
