//! The Helm subchart and its place in the umbrella chart.
//!
//! `templates/` holds the files in their final form, and [`fill`] fills their slots. Each part that
//! depends on the stack has a module: [`chart`] (`Chart.yaml`, the umbrella), [`values`]
//! (`values.yaml` and the profiles' files), [`schema`] (`values.schema.json`), [`checks`]
//! (`checks.yaml`), [`refused`] (what programs and the API server would refuse), [`helpers`] (computed defaults),
//! [`scrape`] (scrape files), [`workload`] (pods and related objects), [`readme`]. [`place`] has the paths of the files, [`names`] the names of the
//! objects. [`template`] builds Go templates, [`formula`] their expressions.

mod chart;
mod checks;
mod fill;
mod formula;
mod helpers;
mod names;
mod place;
mod readme;
mod refused;
mod schema;
mod scrape;
mod template;
mod values;
mod workload;

use super::{Build, CommentStyle, Edit, File, Target};
use crate::deploy::workload::{Kind, Volume, Workload};
use crate::yaml::Traced;
use fill::{Slots, fill};
pub use place::{folder, umbrella, values_file};
use template::Template;
use workload::Pod;

/// Kubernetes with Helm.
pub const TARGET: Target = Target { files, edits, files_of, not_lowered: checks::not_lowered };

/// Contents of `.helmignore`: files that a packaged chart does not need.
const HELMIGNORE: &str = "# Editors and version control.\n.git/\n.gitignore\n*.swp\n*.bak\n*.tmp\n*.orig\n*~\n.DS_Store\n.idea/\n.vscode/\n";

/// The subchart's files.
fn files(build: &Build) -> Vec<File> {
    let folder = folder(build);
    let file =
        |path: &str, text: Traced, mark: CommentStyle| File::new(format!("{folder}/{path}"), text, mark);
    let mut files = vec![
        file("Chart.yaml", chart::manifest(build), CommentStyle::Hash),
        file("values.yaml", values::defaults(build), CommentStyle::Hash),
        file("values.schema.json", schema::schema(build), CommentStyle::Json),
        file("README.md", Traced::plain(readme::readme(build)), CommentStyle::Markdown),
        file(".helmignore", Traced::plain(HELMIGNORE), CommentStyle::Hash),
    ];
    for of in build.workloads() {
        let known = refused::known_flags(build, of.program);
        files.extend(
            known.map(|known| {
                file(&refused::flags_file(of.program), Traced::plain(known), CommentStyle::Hash)
            }),
        );
    }
    for (name, about, text) in TEMPLATES {
        let text = match about {
            About::Chart => filled(build, None, text),
            About::Each(wanted) => {
                let mut each = Template::default();
                let workloads = build.workloads().filter(|of| wanted(of));
                for of in workloads {
                    if !each.is_empty() {
                        each.line("---");
                    }
                    each.append(filled(build, Some(of), text));
                }
                each.finish()
            }
        };
        if !text.text.is_empty() {
            files.push(file(&format!("templates/{name}"), text, CommentStyle::Template));
        }
    }
    files
}

/// Fills all slots of a template.
fn filled(build: &Build, of: Option<&Workload>, template: &str) -> Traced {
    let lines = |slot: &str| {
        Some(match slot {
            "defaults" => helpers::defaults(build),
            "scrape-files" => scrape::files(build),
            "units" => checks::units(build),
            "rules" => checks::rules(build),
            "flags" => refused::flags(build),
            "unfollowed" => refused::unfollowed(build),
            "jobs" => refused::jobs(build),
            "labels" => refused::labels(build),
            "variables" => refused::variables(build),
            "standing" => workload::standing(build),
            "configmaps" => workload::config_maps(build),
            "networkpolicies" => workload::network_policies(build),
            "serviceaccounts" => workload::accounts(build),
            slot => return Pod { build, of: of? }.lines(slot),
        })
    };
    fill(&Slots { build, of, names: &[], lines: &lines }, template)
}

/// The scope of a template.
enum About {
    /// The whole chart.
    Chart,
    /// Each workload for which the function returns true.
    Each(fn(&Workload) -> bool),
}

fn has_rights(of: &Workload) -> bool {
    !of.rights.is_empty()
}

fn has_data(of: &Workload) -> bool {
    of.volumes.iter().any(|volume| matches!(volume, Volume::Data { .. }))
}

/// The files in `templates/`.
const TEMPLATES: &[(&str, About, &str)] = &[
    ("_helpers.tpl", About::Chart, include_str!("templates/_helpers.tpl")),
    ("NOTES.txt", About::Chart, include_str!("templates/NOTES.txt")),
    ("checks.yaml", About::Chart, include_str!("templates/checks.yaml")),
    ("clusterrole.yaml", About::Each(has_rights), include_str!("templates/clusterrole.yaml")),
    ("clusterrolebinding.yaml", About::Each(has_rights), include_str!("templates/clusterrolebinding.yaml")),
    ("configmap.yaml", About::Chart, include_str!("templates/configmap.yaml")),
    ("daemonset.yaml", About::Each(|of| of.kind == Kind::EachNode), include_str!("templates/daemonset.yaml")),
    ("networkpolicy.yaml", About::Chart, include_str!("templates/networkpolicy.yaml")),
    (
        "persistentvolumeclaim.yaml",
        About::Each(has_data),
        include_str!("templates/persistentvolumeclaim.yaml"),
    ),
    ("service.yaml", About::Each(|of| of.service.is_some()), include_str!("templates/service.yaml")),
    ("serviceaccount.yaml", About::Chart, include_str!("templates/serviceaccount.yaml")),
    (
        "statefulset.yaml",
        About::Each(|of| of.kind == Kind::Stateful),
        include_str!("templates/statefulset.yaml"),
    ),
    (
        "tests/health.yaml",
        About::Each(|of| of.service.is_some()),
        include_str!("templates/tests/health.yaml"),
    ),
];

/// The entries in the umbrella's files.
fn edits(build: &Build) -> Vec<Edit> {
    let mut edits = chart::edits(build);
    edits.extend(values::edits(build));
    edits
}

/// The umbrella's or subchart's files that may exist for a single profile.
fn files_of(build: &Build, profile: &str) -> Vec<String> {
    vec![values::profile_file(build, profile)]
}
