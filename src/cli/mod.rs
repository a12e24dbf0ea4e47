//! The command line: one file a subcommand.
//!
//! Reports go to standard error, what is asked for as data to standard output. Exit status: 0 fine,
//! 1 the stack or the outputs are wrong, 2 vmsc was called wrongly or a file could not be read or
//! written.

mod build;
mod check;
mod explain;
mod fix;
mod fmt;
mod generate;
mod get;
mod output;
mod session;
mod test;

pub use explain::explanations;

use crate::room;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::process::ExitCode;

/// How a run ended.
/// A later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Nothing is wrong.
    Fine,
    /// The stack or the outputs are wrong.
    Wrong,
    /// A file could not be read or written, or vmsc was called wrongly.
    Failed,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> ExitCode {
        match ending {
            Ending::Fine => ExitCode::SUCCESS,
            Ending::Wrong => ExitCode::from(1),
            Ending::Failed => ExitCode::from(2),
        }
    }
}

/// Compiles one small typed file to a Helm subchart and a Compose service for VictoriaMetrics.
#[derive(Debug, Parser)]
#[command(
    name = "vmsc",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "\
A stack, stacks/victoriametrics.vms:

    stack victoriametrics {
      version   = v1.106.1
      retention = 30d
      persistence { size = 10Gi }
      scrape { job \"pods\" { discover = \"pods\" } }
    }

    vmsc check          does it compile?
    vmsc build          write the chart and the service
    vmsc build --check  is what is on disk what a build would write? (for CI)

Exit status: 0 fine; 1 the stack or the outputs are wrong; 2 vmsc was called wrongly, or a file
could not be read or written."
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every subcommand.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// When to colour reports
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    color: When,
    /// How to write reports
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value = "human")]
    message_format: Format,
    /// What to take for an error
    #[arg(long, global = true, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Most reports to write of a stack
    #[arg(long, global = true, value_name = "N", default_value_t = 100)]
    max_errors: usize,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more: files that stay as they are, checks that the chart does not have
    #[arg(short, long, global = true)]
    verbose: bool,
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
    stack: Option<camino::Utf8PathBuf>,
    /// The project's folder; the nearest one above the stack with a .git where it is not given
    #[arg(long, value_name = "DIR")]
    root: Option<camino::Utf8PathBuf>,
    /// Look at this profile only (may be repeated)
    #[arg(long, value_name = "NAME")]
    profile: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile a stack and write its chart and its service
    #[command(after_help = "\
Generated files are replaced whole. In your own files (the umbrella's Chart.yaml and values.yaml, the
compose file) single entries are set, and every other byte stays. What you have edited by hand is
never overwritten without --force. An error writes nothing.")]
    Build(build::Build),
    /// Say whether a stack compiles
    #[command(after_help = "\
With `-` the stack is read from standard input, as an editor would have it:

    vmsc check - < stacks/victoriametrics.vms")]
    Check(check::Check),
    /// Say what a code of a report means, or what a setting is
    #[command(after_help = "\
    vmsc explain E0501              why it is an error, a wrong and a right example
    vmsc explain persistence.size   its type, default, checks, and where it goes
    vmsc explain scrape.job         the fields of a record
    vmsc explain                    every code")]
    Explain(explain::Explain),
    /// Format stacks
    #[command(after_help = "\
There is one style and no options. Comments and line breaks stay where they are; what a file means
never changes. For an editor:

    vmsc fmt - < stacks/victoriametrics.vms")]
    Fmt(fmt::Fmt),
    /// Print a value of a stack
    #[command(after_help = "\
    vmsc get scrape.interval
    vmsc get server --format json --profile minikube
    vmsc get retention --why      where it comes from, what it overrides, where it goes")]
    Get(get::Get),
    /// Run the tests of a stack
    #[command(after_help = "\
A test stands beside the stack and asserts on its values:

    test \"production keeps a year\" with prod {
      check stack.retention >= 1y
      rejects { retention = 7d } with short-retention
    }")]
    Test(test::Test),
    /// Write a completion script for a shell to standard output
    #[command(after_help = "    vmsc completions bash > /etc/bash_completion.d/vmsc")]
    Completions(generate::Completions),
    /// Write the manual page to standard output
    #[command(after_help = "    vmsc man | man -l -")]
    Man,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let ending = room::whole(|| std::panic::catch_unwind(|| run(&cli)));
    output::finish(&cli.global);
    ending
        .unwrap_or_else(|_| {
            output::failure("this is a mistake in vmsc itself: please report it, with the stack");
            Ending::Failed
        })
        .into()
}

fn run(cli: &Cli) -> Ending {
    match &cli.command {
        Command::Build(build) => build.run(&cli.global),
        Command::Check(check) => check.run(&cli.global),
        Command::Explain(explain) => explain.run(&cli.global),
        Command::Fmt(fmt) => fmt.run(&cli.global),
        Command::Get(get) => get.run(&cli.global),
        Command::Test(test) => test.run(&cli.global),
        Command::Completions(completions) => completions.run(&mut Cli::command()),
        Command::Man => generate::man(Cli::command()),
    }
}
