//! `vmsc completions` and `vmsc man`

use super::{ExitStatus, output};
use clap::{Args, Command};
use clap_complete::Shell;

/// The arguments of `vmsc completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Shell to generate completions for
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, command: &mut Command) -> ExitStatus {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "vmsc", &mut script);
        output::data(&String::from_utf8_lossy(&script));
        ExitStatus::Fine
    }
}

/// Prints the manual page, followed by a page for each subcommand.
pub(super) fn man(mut command: Command) -> ExitStatus {
    command.build();
    let mut page = Vec::new();
    let mut rendered = clap_mangen::Man::new(command.clone()).render(&mut page);
    for subcommand in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let named = subcommand.clone().name(format!("vmsc-{}", subcommand.get_name()));
        rendered = rendered.and_then(|()| clap_mangen::Man::new(named).render(&mut page));
    }
    output::data(&String::from_utf8_lossy(&page));
    if rendered.is_ok() { ExitStatus::Fine } else { ExitStatus::Failed }
}
