//! `vmsc lsp`

use super::ExitStatus;
use crate::lsp;
use clap::Args;

/// The arguments of `vmsc lsp`.
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Talk over standard input and output, as it always does; accepted because many editors say so
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    #[expect(clippy::unused_self, reason = "as every subcommand has it")]
    pub(super) fn run(&self) -> ExitStatus {
        if lsp::run() { ExitStatus::Fine } else { ExitStatus::Wrong }
    }
}
