//! `vmsc completions` and `vmsc man`

use super::{ExitStatus, output};
use clap::{Args, Command};
use clap_complete::Shell;
use clap_complete::env::Shells;

/// The arguments of `vmsc completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Shell to generate completions for
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> ExitStatus {
        let name = self.shell.to_string();
        let mut script = Vec::new();
        let shells = Shells::builtins();
        let written = shells
            .completer(&name)
            .map(|shell| shell.write_registration("COMPLETE", "vmsc", "vmsc", "vmsc", &mut script));
        output::data(&String::from_utf8_lossy(&script));
        if matches!(written, Some(Ok(()))) { ExitStatus::Fine } else { ExitStatus::Failed }
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
