//! The options that subcommands share, and how a run ends.

use clap::{Args, ValueEnum};
use std::process::ExitCode;

/// How a run ended.
/// A later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// Nothing is wrong.
    Fine,
    /// The stack or the outputs are wrong.
    Wrong,
    /// A file could not be read or written, or vmsc was called wrongly.
    Failed,
}

impl From<ExitStatus> for ExitCode {
    fn from(ending: ExitStatus) -> ExitCode {
        match ending {
            ExitStatus::Fine => ExitCode::SUCCESS,
            ExitStatus::Wrong => ExitCode::from(1),
            ExitStatus::Failed => ExitCode::from(2),
        }
    }
}

/// Options of every subcommand.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// When to colour reports
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
    /// How to write reports
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value = "human")]
    pub(super) message_format: Format,
    /// What to take for an error
    #[arg(long, global = true, value_enum, value_name = "WHAT")]
    pub(super) deny: Option<Deny>,
    /// Most reports to write of a stack
    #[arg(long, global = true, value_name = "N", default_value_t = 100)]
    pub(super) max_errors: usize,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more: files that stay as they are, checks that the chart does not have
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// How to write reports: to standard error for people, to standard output for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the source, as it looks on a terminal
    Human,
    /// A line a report: file:line:column: error[E0501]: title
    Short,
    /// A JSON object a report, a line each
    Json,
    /// Workflow commands that annotate a pull request on GitHub
    Github,
    /// One SARIF 2.1.0 log
    Sarif,
}

/// What to take for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Every warning
    Warnings,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Which stack, and where its project is.
#[derive(Clone, Debug, Args)]
pub struct Input {
    /// The stack; every stack in stacks/ where none is named
    #[arg(value_name = "STACK")]
    pub(super) stack: Option<camino::Utf8PathBuf>,
    /// The project's folder; the nearest one above the stack with a .git where it is not given
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<camino::Utf8PathBuf>,
    /// Look at this profile only (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Vec<String>,
}
