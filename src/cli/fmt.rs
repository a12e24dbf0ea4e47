//! `vmsc fmt`

use super::{ExitStatus, Global, output};
use crate::diagnostics::sort_and_merge;
use crate::load::codes::{unreadable, unresolved};
use crate::project::codes::unwritable;
use crate::project::{root, write};
use crate::source::SourceMap;
use crate::source::{markers, read};
use crate::syntax::format::{self, Unformatted};
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use similar::TextDiff;

/// The arguments of `vmsc fmt`.
#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// Files to format, or `-` for standard input [default: every file in stacks/]
    #[arg(value_name = "FILE")]
    files: Vec<Utf8PathBuf>,
    /// List the files that are not formatted and exit with 1 if there are any, without writing anything
    #[arg(long)]
    check: bool,
    /// Show a diff of what would change, without writing anything
    #[arg(long)]
    diff: bool,
}

impl Fmt {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let files = match self.files.is_empty() {
            false => self.files.clone(),
            true => root::find(Utf8Path::new("stack")).map(|root| root::stacks(&root)).unwrap_or_default(),
        };
        if files.is_empty() {
            output::failure("no stack in `stacks`: name a file");
            return ExitStatus::Failed;
        }
        files.iter().map(|file| self.one(file, global)).max().unwrap_or(ExitStatus::Fine)
    }

    fn one(&self, file: &Utf8Path, global: &Global) -> ExitStatus {
        let stdin = file == "-";
        let name = if stdin { "<stdin>" } else { file.as_str() };
        let mut map = SourceMap::default();
        let text = match if stdin { read::stdin() } else { read::text(file) } {
            Ok(text) => text,
            Err(error) => {
                let report = unreadable(error, name, &mut map);
                output::reports(&[report], &map, global);
                return ExitStatus::Failed;
            }
        };
        if let Some(lines) = markers::unresolved(&text) {
            let report = unresolved(name, &lines).help("resolve it, and format again");
            output::reports(&[report], &map, global);
            return ExitStatus::Wrong;
        }
        let formatted = match format::checked(name, &text) {
            Ok(formatted) => formatted,
            Err(Unformatted::Errors(mut reports, map)) => {
                sort_and_merge(&mut reports, &map);
                output::reports(&reports, &map, global);
                return ExitStatus::Wrong;
            }
            Err(Unformatted::Changed) => {
                output::failure(&format!(
                    "`{name}` is left as it is: formatting it would change what it means. This is a mistake in vmsc: please report it, with the file"
                ));
                return ExitStatus::Failed;
            }
        };
        if self.diff && formatted != text {
            let diff = TextDiff::from_lines(text.as_str(), formatted.as_str());
            output::data(&diff.unified_diff().context_radius(2).header(name, "formatted").to_string());
        }
        if self.check || self.diff {
            if formatted == text {
                return ExitStatus::Fine;
            }
            if self.check {
                output::line(global, &format!("{name} is not formatted: run `vmsc fmt {name}`"));
            }
            return if self.check { ExitStatus::Wrong } else { ExitStatus::Fine };
        }
        if stdin {
            output::data(&formatted);
        } else if formatted != text {
            if let Err(failure) = write::text(file, &formatted) {
                output::reports(&[unwritable(&failure)], &SourceMap::default(), global);
                return ExitStatus::Failed;
            }
            output::line(global, &format!("formatted {name}"));
        }
        ExitStatus::Fine
    }
}
