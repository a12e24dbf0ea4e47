//! `vmsc init`

use super::{ExitStatus, Global, output};
use crate::deploy::flags;
use crate::project::codes::{shell, unwritable};
use crate::project::{root, write};
use crate::source::SourceMap;
use crate::source::read::{self, Kind};
use crate::yaml::read as yaml_read;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use std::fmt::Write;
use std::io::{BufRead, IsTerminal};

/// The arguments of `vmsc init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Name of the stack
    #[arg(value_name = "NAME", default_value = "victoriametrics")]
    name: String,
    /// The umbrella chart's folder; `none` for a chart of its own [default: the one that is there]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    chart: Option<String>,
    /// The compose file [default: the one that is there]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    compose: Option<String>,
    /// Project folder [default: the nearest one above this with a vmsc.owned or a .git]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    root: Option<Utf8PathBuf>,
}

/// Names of compose files.
const COMPOSE_FILES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Files that say that a formatter for YAML is used.
const FORMATTERS: &[&str] = &[
    ".prettierrc",
    ".prettierrc.json",
    ".prettierrc.yaml",
    ".prettierrc.yml",
    ".prettierignore",
    "prettier.config.js",
    ".yamlfmt",
];

impl Init {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !self.name.chars().all(is_name) || !self.name.starts_with(|c: char| c.is_ascii_lowercase()) {
            output::failure(&format!(
                "`{}` can't be a stack's name: write lowercase letters and digits",
                self.name
            ));
            return ExitStatus::Failed;
        }
        let found = match &self.root {
            Some(root) => read::canonical(root),
            None => root::find(Utf8Path::new("stack")),
        };
        let Ok(root) = found else {
            output::failure("this is no folder that can be read");
            return ExitStatus::Failed;
        };
        let file = format!("stacks/{}.vms", self.name);
        let full = root.join(&file);
        if read::kind(&full) != Kind::Nothing {
            output::failure(&format!(
                "`{file}` is there already, and stays as it is: `vmsc build {file}` builds it"
            ));
            return ExitStatus::Failed;
        }
        let (charts, composes) = places(&root);
        let chart = match choose("--chart", "umbrella chart", self.chart.as_deref(), &charts) {
            Ok(chart) => chart.filter(|chart| chart != "none"),
            Err(ending) => return ending,
        };
        let compose = match choose("--compose", "compose file", self.compose.as_deref(), &composes) {
            Ok(compose) => compose,
            Err(ending) => return ending,
        };
        let text = stack(&root, &self.name, chart.as_deref(), compose.as_deref());
        if let Err(failure) = write::text(&full, &text) {
            output::reports(&[unwritable(&failure)], &SourceMap::default(), global);
            return ExitStatus::Failed;
        }
        output::line(global, &format!("wrote {file}"));
        let folder = chart
            .as_ref()
            .map_or_else(|| format!("charts/{}", self.name), |chart| format!("{chart}/charts/{}", self.name));
        advise(&root, &folder, global);
        output::line(global, &format!("next: `vmsc build {}`", shell(&self.name)));
        ExitStatus::Fine
    }
}

/// The umbrella charts and the compose files of a project, below its root.
fn places(root: &Utf8Path) -> (Vec<String>, Vec<String>) {
    let (mut charts, mut composes) = (Vec::new(), Vec::new());
    read::walk(root, 4, &mut |path| {
        let Ok(path) = path.strip_prefix(root) else { return };
        let name = path.file_name().unwrap_or_default();
        let folder = path.parent().map(|folder| folder.to_string()).unwrap_or_default();
        // A chart in another chart's `charts/` is a subchart.
        if name == "Chart.yaml" && !folder.is_empty() {
            charts.push(folder);
        } else if COMPOSE_FILES.contains(&name) {
            composes.push(path.to_string());
        }
    });
    charts.sort();
    composes.sort();
    let all = charts.clone();
    charts.retain(|chart| !all.iter().any(|other| chart.starts_with(&format!("{other}/"))));
    (charts, composes)
}

/// The place that was named, the only one there is, or the one that the user picks.
fn choose(
    flag: &str,
    what: &str,
    given: Option<&str>,
    found: &[String],
) -> Result<Option<String>, ExitStatus> {
    if let Some(given) = given {
        return Ok(Some(given.to_owned()));
    }
    if found.len() < 2 {
        return Ok(found.first().cloned());
    }
    let listed: String = found.iter().enumerate().map(|(n, path)| format!("  {}  {path}\n", n + 1)).collect();
    if !std::io::stdin().is_terminal() {
        output::failure(&format!("there is more than one {what}: name one with `{flag}`\n{listed}"));
        return Err(ExitStatus::Failed);
    }
    output::prompt(&format!("which {what}?\n{listed}number: "));
    let mut line = String::new();
    // A closed input is an answer that names nothing.
    let _ = std::io::stdin().lock().read_line(&mut line);
    match line.trim().parse::<usize>().ok().and_then(|n| found.get(n.checked_sub(1)?)) {
        Some(path) => Ok(Some(path.clone())),
        None => {
            output::failure(&format!("that is none of them: name one with `{flag}`"));
            Err(ExitStatus::Failed)
        }
    }
}

/// A stack that fits the project.
fn stack(root: &Utf8Path, name: &str, chart: Option<&str>, compose: Option<&str>) -> String {
    let mut out = format!(
        "## Metrics of this project. The settings: `vmsc explain`; the language: docs/language.md of vmsc.\n\nstack {name} {{\n  version   = {}\n  retention = 30d\n\n  persistence {{ size = 10Gi }}\n\n  scrape {{\n    job \"pods\" {{ discover = \"pods\" }}\n  }}\n",
        format_args!("v{}", flags::NEWEST)
    );
    if let Some(chart) = chart {
        let _ = write!(out, "\n  chart.parent = {chart:?}\n");
    }
    if let Some(compose) = compose {
        let _ = write!(out, "\n  compose.file = {compose:?}\n");
        let text = read::text(&root.join(compose)).unwrap_or_default();
        let value = yaml_read::value(&text).unwrap_or_default();
        let networks = value.get("networks").and_then(|networks| networks.as_mapping());
        let mut names = networks
            .into_iter()
            .flatten()
            .filter_map(|(name, _)| name.as_str())
            .filter(|name| *name != "default");
        if let (Some(only), None) = (names.next(), names.next()) {
            let _ = writeln!(out, "  compose.network = {only:?}");
        }
    }
    crate::syntax::format::format(&(out + "}\n"))
}

/// Prints the lines that keep formatters and reviews away from generated files.
fn advise(root: &Utf8Path, folder: &str, global: &Global) {
    if FORMATTERS.iter().any(|name| read::kind(&root.join(name)) == Kind::File) {
        output::line(global, &format!("for your formatter, add to .prettierignore:\n    {folder}/"));
    }
    output::line(
        global,
        &format!(
            "so that reviews fold what is generated, add to .gitattributes:\n    {folder}/** linguist-generated"
        ),
    );
}
