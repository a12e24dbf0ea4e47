//! The options that subcommands share, and the exit status.

use super::complete;
use clap::{Args, ValueEnum};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};
use std::process::ExitCode;

/// Exit status, ordered by severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// No errors.
    Fine,
    /// The stack or its outputs have errors.
    Wrong,
    /// Wrong usage, or a file could not be read or written.
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

/// Options common to all subcommands.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// When to use color
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
    /// Output format for errors and warnings
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value = "human")]
    pub(super) message_format: Format,
    /// Treat these warnings as errors
    #[arg(long, global = true, value_enum, value_name = "WHAT")]
    pub(super) deny: Option<Deny>,
    /// Maximum number of errors and warnings to show per stack
    #[arg(long, global = true, value_name = "N", default_value_t = 100)]
    pub(super) max_errors: usize,
    /// Show only errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Also show unchanged files and the checks that the chart does not enforce
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

impl Global {
    /// Options with which nothing is shown.
    pub(super) fn silent() -> Global {
        Global {
            color: When::Never,
            message_format: Format::Short,
            deny: None,
            max_errors: 0,
            quiet: true,
            verbose: false,
        }
    }
}

/// Output format for diagnostics: standard error for people, standard output for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Messages with source snippets, for terminals
    Human,
    /// One line per message: file:line:column: error[E0501]: title
    Short,
    /// One JSON object per line
    Json,
    /// GitHub Actions workflow commands that annotate a pull request
    Github,
    /// A single SARIF 2.1.0 log
    Sarif,
}

/// Which warnings to treat as errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// All warnings
    Warnings,
}

/// When to use color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The stack to work on, and its project.
#[derive(Clone, Debug, Default, Args)]
pub struct Input {
    /// Files or names of stacks [default: every stack in stacks/]
    #[arg(value_name = "STACK", add = ArgValueCompleter::new(complete::stacks))]
    pub(super) stacks: Vec<camino::Utf8PathBuf>,
    /// Project folder [default: the nearest one above the stack with a vmsc.owned or a .git]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(super) root: Option<camino::Utf8PathBuf>,
    /// Use only this profile (may be repeated)
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(complete::profiles))]
    pub(super) profile: Vec<String>,
}
