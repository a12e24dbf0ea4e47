//! `vmsc list`

use super::diff::Shape;
use super::names::names_in;
use super::planning::{self, Planned};
use super::session::{self, Session};
use super::{ExitStatus, Global, Input, output};
use crate::compile::Compiled;
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::project::codes::{EDITED, OWNED};
use crate::project::plan::Options;
use camino::Utf8PathBuf;
use clap::Args;
use serde_json::json;

/// The arguments of `vmsc list`.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Project folder [default: the nearest one above this with a vmsc.owned or a .git]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    root: Option<Utf8PathBuf>,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Shape,
}

/// A stack of the list.
struct Row {
    name: String,
    file: String,
    profiles: Vec<String>,
    chart: String,
    compose: String,
    state: &'static str,
    kept: usize,
}

impl List {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let input = Input { stacks: Vec::new(), root: self.root.clone(), profile: Vec::new() };
        let mut rows = Vec::new();
        // Each stack is planned by itself, so that its state is its own.
        let ending = session::each(
            &input,
            global,
            &|stack| session::open(stack, &input, global),
            &mut |mut session| {
                match session.compiled.take() {
                    Some(compiled) => rows.push(row(session, compiled, global)),
                    None => {
                        let names = names_in(&session.root.join(&session.name));
                        let name = names.first().cloned().unwrap_or_default();
                        let (chart, compose) = (String::new(), String::new());
                        rows.push(Row {
                            name,
                            file: session.name,
                            profiles: Vec::new(),
                            chart,
                            compose,
                            state: "has errors",
                            kept: 0,
                        });
                    }
                }
                ExitStatus::Fine
            },
        );
        let text = match self.format {
            Shape::Json => {
                let stacks: Vec<serde_json::Value> = rows.iter().map(Row::json).collect();
                format!("{}\n", serde_json::to_string_pretty(&stacks).unwrap_or_default())
            }
            Shape::Text => table(&rows),
        };
        output::data(&text);
        ending
    }
}

fn row(session: Session, compiled: Compiled, global: &Global) -> Row {
    let base = &compiled.variants[0].deployment;
    let profiles = compiled.variants.iter().filter_map(|variant| variant.profile.clone()).collect();
    let chart = match &base.stack.chart.parent {
        Some(parent) => format!("{}/charts/{}", parent.value.trim_end_matches('/'), base.name),
        None => format!("charts/{}", base.name),
    };
    let (name, file, compose) =
        (base.name.clone(), session.name.clone(), base.stack.compose.file.value.to_string());
    let mut project = planning::Project { root: session.root.clone(), stacks: vec![(session, compiled)] };
    let planned = planning::plan(&mut project, &Options::default(), global);
    let reports: Vec<&Diagnostic> =
        project.stacks.iter().flat_map(|(session, _)| &session.reports).chain(&planned.general).collect();
    let state = state(&planned, &reports);
    Row { name, file, profiles, chart, compose, state, kept: planned.plan.kept }
}

fn state(planned: &Planned, reports: &[&Diagnostic]) -> &'static str {
    let is_of = |kinds: [&DiagnosticKind; 2]| {
        reports.iter().any(|report| kinds.iter().any(|kind| report.code == kind.code()))
    };
    match () {
        () if is_of([&EDITED, &OWNED]) => "not ours",
        () if reports.iter().any(|report| report.is_error()) => "has errors",
        () if planned.plan.changed().next().is_some() || planned.plan.record.lacks_lines() => "outdated",
        () => "current",
    }
}

impl Row {
    fn json(&self) -> serde_json::Value {
        json!({
            "name": self.name,
            "file": self.file,
            "profiles": self.profiles,
            "chart": self.chart,
            "compose": self.compose,
            "state": self.state,
            "kept": self.kept,
        })
    }

    fn cells(&self) -> [String; 6] {
        let kept = match self.kept {
            0 => String::new(),
            kept => format!(", {} kept", wording::count(kept, "value")),
        };
        let profiles = if self.profiles.is_empty() { "-".to_owned() } else { self.profiles.join(",") };
        [
            self.name.clone(),
            self.file.clone(),
            profiles,
            self.chart.clone(),
            self.compose.clone(),
            format!("{}{kept}", self.state),
        ]
    }
}

/// The rows as aligned columns, with a heading.
fn table(rows: &[Row]) -> String {
    let heading = ["STACK", "FILE", "PROFILES", "CHART", "COMPOSE", "STATE"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(heading).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let line = |row: &[String; 6]| {
        let cells =
            row.iter().enumerate().map(|(column, cell)| format!("{cell:width$}  ", width = width(column)));
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    rows.iter().map(line).collect()
}
