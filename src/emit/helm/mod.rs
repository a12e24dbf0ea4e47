//! The Helm subchart and its place in the umbrella chart.
//!
//! `templates/` holds the files as they look; the modules fill in what depends on the stack:
//! [`chart`] (`Chart.yaml`, the umbrella), [`values`] (`values.yaml` and the profiles'), [`schema`]
//! (`values.schema.json`), [`checks`] (`checks.yaml`), [`helpers`] (computed defaults), [`scrape`]
//! (the two scrape files), [`workload`] (arguments), [`readme`].

mod chart;
mod checks;
mod formula;
mod helpers;
mod readme;
mod schema;
mod scrape;
mod values;
mod workload;

use super::{Build, Edit, File, Mark};
use crate::deploy::program;

/// Folder of the charts of a stack that names no umbrella.
const CHARTS: &str = "charts";

/// The subchart's files.
pub fn files(build: &Build) -> Vec<File> {
    let folder = folder(build);
    let file = |path: &str, text: String, mark: Mark| File {
        path: format!("{folder}/{path}"),
        text,
        mark,
        profile: None,
    };
    let mut files = vec![
        file("Chart.yaml", chart::manifest(build), Mark::Hash),
        file("values.yaml", values::defaults(build), Mark::Hash),
        file("values.schema.json", schema::schema(build), Mark::Json),
        file("README.md", readme::readme(build), Mark::Markdown),
        file(".helmignore", "# Editors and version control.\n.git/\n.gitignore\n*.swp\n*.bak\n*.tmp\n*.orig\n*~\n.DS_Store\n.idea/\n.vscode/\n".to_owned(), Mark::Hash),
    ];
    const TEMPLATES: &[(&str, &str)] = &[
        ("_helpers.tpl", include_str!("templates/_helpers.tpl")),
        ("NOTES.txt", include_str!("templates/NOTES.txt")),
        ("checks.yaml", include_str!("templates/checks.yaml")),
        ("clusterrole.yaml", include_str!("templates/clusterrole.yaml")),
        ("clusterrolebinding.yaml", include_str!("templates/clusterrolebinding.yaml")),
        ("configmap.yaml", include_str!("templates/configmap.yaml")),
        ("daemonset.yaml", include_str!("templates/daemonset.yaml")),
        ("networkpolicy.yaml", include_str!("templates/networkpolicy.yaml")),
        ("persistentvolumeclaim.yaml", include_str!("templates/persistentvolumeclaim.yaml")),
        ("service.yaml", include_str!("templates/service.yaml")),
        ("serviceaccount.yaml", include_str!("templates/serviceaccount.yaml")),
        ("statefulset.yaml", include_str!("templates/statefulset.yaml")),
        ("tests/health.yaml", include_str!("templates/tests/health.yaml")),
    ];
    for (name, text) in TEMPLATES {
        files.push(file(&format!("templates/{name}"), fill(build, text), Mark::Template));
    }
    files
}

/// The entries in the umbrella's files.
pub fn edits(build: &Build) -> Vec<Edit> {
    let mut edits = chart::edits(build);
    edits.extend(values::edits(build));
    edits
}

/// The files of the umbrella or subchart that a profile may have for itself.
pub fn files_of(build: &Build, profile: &str) -> Vec<String> {
    vec![values::profile_file(build, profile)]
}

/// Checks of the schema that have no counterpart in the chart, by code.
pub fn not_lowered(build: &Build) -> Vec<String> {
    checks::not_lowered(build)
}

/// The subchart's folder.
pub fn folder(build: &Build) -> String {
    match umbrella(build) {
        Some(parent) => format!("{parent}/{CHARTS}/{}", build.name()),
        None => format!("{CHARTS}/{}", build.name()),
    }
}

/// The umbrella's folder.
pub fn umbrella<'b>(build: &'b Build) -> Option<&'b str> {
    build.base().deployment.stack.chart.parent.as_ref().map(|parent| parent.value.trim_end_matches('/'))
}

/// Fills the slots of a template. A slot that stands alone on its line takes as many lines as it
/// needs, and none where it is empty.
fn fill(build: &Build, template: &str) -> String {
    let mut out = String::new();
    for line in template.lines() {
        let slot = line
            .trim()
            .strip_prefix('«')
            .and_then(|rest| rest.strip_suffix('»'))
            .filter(|s| !s.contains('»'));
        match slot.and_then(|slot| lines(build, slot)) {
            Some(text) => out.push_str(&text),
            None => {
                inline(build, line, &mut out);
                out.push('\n');
            }
        }
    }
    out
}

fn lines(build: &Build, slot: &str) -> Option<String> {
    Some(match slot {
        "defaults" => helpers::defaults(build),
        "agent-scrape" => scrape::agent(build),
        "server-scrape" => scrape::server(build),
        "server-args" => workload::args(build, &build.base().deployment.server),
        "agent-args" => workload::args(build, &build.base().deployment.agent),
        "units" => checks::units(build),
        "rules" => checks::rules(build),
        "flags" => checks::flags(build),
        _ => return None,
    })
}

fn inline(build: &Build, line: &str, out: &mut String) {
    let base = &build.base().deployment;
    let mut rest = line;
    while let Some((before, (slot, after))) = next_slot(rest) {
        out.push_str(before);
        match slot {
            "chart" => out.push_str(build.name()),
            "part-of" => out.push_str(&build.part_of),
            "health" => out.push_str(program::HEALTH),
            "server-port" => out.push_str(&base.server.port.to_string()),
            "agent-port" => out.push_str(&base.agent.port.to_string()),
            "scrape-folder" => out.push_str(program::SCRAPE_FOLDER),
            "scrape-file" => out.push_str(program::SCRAPE_FILE),
            "queue" => out.push_str(program::QUEUE),
            "secrets" => out.push_str(workload::SECRETS),
            "node" => out.push_str(program::NODE),
            other => unreachable!("no slot is called `{other}`"),
        }
        rest = after;
    }
    out.push_str(rest);
}

/// The text before the next slot of a line, the slot's name, and the text after it.
fn next_slot(line: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = line.split_once('«')?;
    Some((before, rest.split_once('»')?))
}
