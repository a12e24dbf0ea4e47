//! `vmsc diff`

use super::build::diff;
use super::planning;
use super::{ExitStatus, Global, Input, output};
use crate::project::change::Change;
use crate::project::plan::Options;
use clap::{Args, ValueEnum};
use serde_json::json;

/// The arguments of `vmsc diff`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    #[command(flatten)]
    input: Input,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Shape,
}

/// How a list or a difference is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shape {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Diff {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let (projects, mut ending) = planning::open(&self.input, global);
        let mut all = Vec::new();
        for mut project in projects {
            let whole =
                self.input.stacks.is_empty() && self.input.profile.is_empty() && ending == ExitStatus::Fine;
            let options = Options { whole, profiles: self.input.profile.clone(), ..Options::default() };
            let planned = planning::plan(&mut project, &options, global);
            planning::show(&project, &planned, global);
            if planned.is_wrong(&project) {
                ending = ending.max(ExitStatus::Wrong);
                continue;
            }
            let record = planned.plan.record.change();
            all.extend(planned.plan.changed().cloned());
            all.extend((record.before != record.after).then_some(record));
            for note in &planned.plan.notes {
                output::line(global, note);
            }
        }
        match self.format {
            Shape::Text => all.iter().for_each(|change| output::data(&diff(change))),
            Shape::Json => {
                let files: Vec<serde_json::Value> = all
                    .iter()
                    .map(|change| json!({ "path": change.path, "status": status(change), "diff": diff(change) }))
                    .collect();
                let text = serde_json::to_string_pretty(&files).unwrap_or_default();
                output::data(&format!("{text}\n"));
            }
        }
        ending
    }
}

fn status(change: &Change) -> &'static str {
    match (&change.before, &change.after) {
        (None, _) => "new",
        (_, None) => "removed",
        _ => "changed",
    }
}
