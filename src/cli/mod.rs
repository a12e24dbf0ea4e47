//! The command line, with one file per subcommand. [`options`] holds the shared options, [`session`]
//! reads and compiles a stack, and all output goes through [`output`].
//!
//! Diagnostics for people go to standard error; requested data and diagnostics for programs go to
//! standard output. Exit status: 0 for success, 1 for errors in the stack or outdated outputs, 2 for
//! wrong usage or a file that could not be read or written.

mod build;
mod check;
mod complete;
mod diff;
mod explain;
mod fix;
mod fmt;
mod generate;
mod get;
mod init;
mod list;
mod lsp;
mod names;
mod options;
mod output;
mod planning;
mod remove;
mod session;
mod test;
mod watch;

pub use crate::project::explanations::explanations;

use crate::stack_space;
use clap::{CommandFactory, Parser, Subcommand};
pub use options::{Deny, ExitStatus, Format, Global, Input, When};
use std::process::ExitCode;

/// Compile a small typed file to a Helm subchart and a Compose service for VictoriaMetrics
#[derive(Debug, Parser)]
#[command(
    name = "vmsc",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "\
An example stack, stacks/victoriametrics.vms:

    stack victoriametrics {
      version   = v1.106.1
      retention = 30d
      persistence { size = 10Gi }
      scrape { job \"pods\" { discover = \"pods\" } }
    }

    vmsc init           start a stack that fits this project
    vmsc check          check the stack for errors
    vmsc build          write the chart and the Compose service
    vmsc build --check  fail if the files on disk are out of date (for CI)

Exit status:
    0  success
    1  the stack has errors, a test failed, or files are out of date or not formatted
    2  wrong usage, or a file could not be read or written"
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile a stack and write its chart and Compose service
    #[command(after_help = "\
Generated files are replaced entirely. In your own files (the umbrella's Chart.yaml and values.yaml,
the compose file) only single values are set, and every other byte is kept. What differs from what
vmsc wrote is never overwritten without --force. If there is an error, nothing is written.

    vmsc build                    build every stack in stacks/
    vmsc build victoriametrics    build one stack, named by its name or its file
    vmsc build --keep=docker/docker-compose.yml:services.victoriametrics.restart
                                  leave this value to you, now and in later builds")]
    Build(build::Build),
    /// Start a stack that fits this project
    #[command(after_help = "\
Finds the umbrella chart and the compose file, writes stacks/NAME.vms, and overwrites nothing. With
several of either, name one:

    vmsc init --chart charts/shop --compose docker/compose.yml")]
    Init(init::Init),
    /// Build whenever a file changes
    #[command(after_help = "\
Watches the stacks, what they import, and the umbrella chart and compose file that they are wired into.
What stops a build, such as a value that you changed by hand, is reported; the next save tries again.

    vmsc watch                    build every stack in stacks/ on each save")]
    Watch(watch::Watch),
    /// List the project's stacks, where they go, and whether their outputs are current
    List(list::List),
    /// Show what a build would change
    Diff(diff::Diff),
    /// Take a stack's outputs out again
    #[command(after_help = "\
Your files are given back as they were. The stack's own file stays, and so does the data in clusters
and engines.")]
    Remove(remove::Remove),
    /// Check a stack for errors
    #[command(after_help = "\
With `-`, the stack is read from standard input, for use in an editor:

    vmsc check - < stacks/victoriametrics.vms")]
    Check(check::Check),
    /// Explain an error code, a warning code or a setting
    #[command(after_help = "\
    vmsc explain E0501              why it is an error, with a wrong and a right example
    vmsc explain persistence.size   its type, default and checks, and where it goes
    vmsc explain scrape.job         the fields of a record
    vmsc explain                    list all codes")]
    Explain(explain::Explain),
    /// Format stacks
    #[command(after_help = "\
There is one style, without options. Comments and line breaks are kept, and formatting never changes
what a file means. For use in an editor:

    vmsc fmt - < stacks/victoriametrics.vms")]
    Fmt(fmt::Fmt),
    /// Print a value of a stack
    #[command(after_help = "\
    vmsc get scrape.interval
    vmsc get server --format json --profile minikube
    vmsc get retention --why      where it comes from, what it overrides, which outputs it affects")]
    Get(get::Get),
    /// Run a stack's tests
    #[command(after_help = "\
Tests are written next to the stack and check its values:

    test \"production keeps a year\" with prod {
      check stack.retention >= 1y
      rejects { retention = 7d } with short-retention
    }")]
    Test(test::Test),
    /// Run the language server, for editors
    #[command(after_help = "\
Editors start it by themselves and talk to it over standard input and output, in the Language Server
Protocol. See docs/editors.md for VS Code, Neovim, Helix and others.")]
    Lsp(lsp::Lsp),
    /// Print a shell completion script
    #[command(after_help = "\
Completes stacks, profiles, settings and codes too. In ~/.bashrc:

    source <(vmsc completions bash)")]
    Completions(generate::Completions),
    /// Print the manual page
    #[command(after_help = "    vmsc man | man -l -")]
    Man,
}

/// Parses the command line and runs the subcommand.
pub fn main() -> ExitCode {
    // A shell asks for completions through the environment.
    clap_complete::CompleteEnv::with_factory(Cli::command).complete();
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
        Command::Init(init) => init.run(&cli.global),
        Command::Watch(watch) => watch.run(&cli.global),
        Command::List(list) => list.run(&cli.global),
        Command::Diff(diff) => diff.run(&cli.global),
        Command::Remove(remove) => remove.run(&cli.global),
        Command::Check(check) => check.run(&cli.global),
        Command::Explain(explain) => explain.run(&cli.global),
        Command::Fmt(fmt) => fmt.run(&cli.global),
        Command::Get(get) => get.run(&cli.global),
        Command::Test(test) => test.run(&cli.global),
        Command::Lsp(lsp) => lsp.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man => generate::man(Cli::command()),
    }
}
