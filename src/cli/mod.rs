//! The command line: one file a subcommand. [`options`] are what they share, [`session`] a stack that
//! is looked at, [`output`] the only door to the terminal.
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
mod options;
mod output;
mod session;
mod test;

pub use explain::explanations;

use crate::stack_space;
use clap::{CommandFactory, Parser, Subcommand};
pub use options::{Deny, ExitStatus, Format, Global, Input, When};
use std::process::ExitCode;

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
    let ending = stack_space::ensure_for_run(|| std::panic::catch_unwind(|| run(&cli)));
    output::finish(&cli.global);
    ending
        .unwrap_or_else(|_| {
            output::failure("this is a mistake in vmsc itself: please report it, with the stack");
            ExitStatus::Failed
        })
        .into()
}

fn run(cli: &Cli) -> ExitStatus {
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
