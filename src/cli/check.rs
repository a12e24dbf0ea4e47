//! `vmsc check`

use super::session::{self, Session};
use super::{ExitStatus, Global, Input, fix, output};
use crate::diagnostics::{Diagnostic, wording};
use crate::project::codes::unwritable;
use crate::project::write;
use camino::Utf8Path;
use clap::Args;

/// The arguments of `vmsc check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    input: Input,
    /// Apply the fixes that are safe
    #[arg(long)]
    fix: bool,
}

impl Check {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        session::each(&self.input, global, &|stack| self.open(stack, global), &mut |session| {
            self.show(session, global)
        })
    }

    fn open(&self, stack: &Utf8Path, global: &Global) -> Result<Session, ExitStatus> {
        if !self.fix {
            return session::open(stack, &self.input, global);
        }
        let mut text = session::text(stack, &self.input, global)?;
        let (session, done) = fix::fix(&mut text, &self.input, global);
        if done > 0 {
            if text.path == "-" {
                output::data(&text.text);
            } else if let Err(failure) = write::text(&text.path, &text.text) {
                output::reports(&[unwritable(&failure)], &session.map, global);
                return Err(ExitStatus::Failed);
            }
            output::line(global, &format!("{}: fixed {}", session.name, wording::count(done, "mistake")));
        }
        Ok(session)
    }

    fn show(&self, mut session: Session, global: &Global) -> ExitStatus {
        let mut reports = std::mem::take(&mut session.reports);
        if !self.input.profile.is_empty() {
            reports.retain(|report| {
                let of = report.profile.as_deref();
                of.is_none_or(|of| self.input.profile.iter().any(|name| name == of))
            });
        }
        output::reports(&reports, &session.map, global);
        if global.verbose && session.compiled.is_some() {
            output::line(global, &format!("{} compiles", session.name));
        }
        let wrong = reports.iter().any(Diagnostic::is_error);
        session::leave((session, reports));
        if wrong { ExitStatus::Wrong } else { ExitStatus::Fine }
    }
}
