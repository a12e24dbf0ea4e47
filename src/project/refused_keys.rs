//! Keys beside ours that the chart's schema refuses: Helm would refuse them at install.

use super::codes::{self, REFUSED_KEY};
use super::outputs::Wanted;
use super::owned::record::Place;
use super::plan::Planner;
use crate::diagnostics::{Diagnostic, wording};
use crate::emit::Build;
use crate::emit::helm::values_file;
use crate::semantics::formula::Shape;
use crate::semantics::types::Type;
use crate::yaml::located::{self, Data, Spanned};
use std::ops::Range;

/// A key that the schema does not know.
struct Unknown {
    path: Vec<String>,
    at: Range<usize>,
    near: Option<String>,
}

impl Planner<'_, '_> {
    /// Reports the keys below the stack's key, in the umbrella's values and in those of each profile.
    pub(super) fn report_refused_keys(&mut self, parent: &str, build: &Build, wanted: &Wanted) {
        for variant in build.variants {
            let file = values_file(parent, variant.profile.as_deref());
            let Some(Some(text)) = self.load(&file) else { continue };
            let Ok(root) = located::read(&text) else { continue };
            let Some(own) = root.get(build.name()) else { continue };
            let mut unknown = Vec::new();
            collect(own, build.shape, &mut Vec::new(), &mut unknown);
            for Unknown { path, at, near } in unknown {
                if wanted.leaves.contains_key(&Place::below(&file, build.name(), &path)) {
                    continue;
                }
                let report = Diagnostic::error(
                    &REFUSED_KEY,
                    format!("the chart of `{}` has no value `{}`", build.name(), path.join(".")),
                );
                let report =
                    codes::at_file(report, &file, &text, at, "Helm refuses this at install", self.map());
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "remove it".to_owned(),
                };
                self.report(report.help(help));
            }
        }
    }
}

/// Collects the keys that are in no field of a record.
fn collect(node: &Spanned, shape: &Shape, path: &mut Vec<String>, unknown: &mut Vec<Unknown>) {
    for entry in node.entries() {
        let field = shape.values().find(|field| *field.name == *entry.key);
        path.push(entry.key.to_string());
        match field {
            // Helm gives every subchart the umbrella's `global`.
            None if path.len() == 1 && &*entry.key == "global" => {}
            // YAML's merge key is no key of the values.
            None if &*entry.key == "<<" => {}
            None => {
                let names: Vec<&str> = shape.values().map(|field| field.name.as_str()).collect();
                let near = wording::nearest(&entry.key, names.iter().copied()).map(str::to_owned);
                unknown.push(Unknown { path: path.clone(), at: entry.at.clone(), near });
            }
            Some(field) => match (&field.inside, field.ty.plain(), &entry.value.data) {
                (Some(inside), Type::Map(_), Data::Map(_)) => {
                    for element in entry.value.entries() {
                        path.push(element.key.to_string());
                        collect(&element.value, inside, path, unknown);
                        path.pop();
                    }
                }
                (Some(inside), _, Data::Map(_)) => collect(&entry.value, inside, path, unknown),
                _ => {}
            },
        }
        path.pop();
    }
}
