//! Settings that the umbrella's values override: Helm uses the override and Compose does not, so the two
//! drift apart.

use super::codes::{self, OVERRIDDEN};
use super::outputs::Wanted;
use super::owned::record::Place;
use super::plan::Planner;
use crate::compile::{self, Compiled};
use crate::diagnostics::{Diagnostic, wording};
use crate::emit::helm::values_file;
use crate::emit::{Build, Variant, compose};
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::formula::{Field, Shape};
use crate::semantics::quantity::Quantity;
use crate::semantics::types::Type;
use crate::yaml::located::{self, Data, Spanned};
use std::ops::Range;

/// Maximum number of values to check per file.
const MOST: usize = 32;

/// A value in the file, by its path below the stack's key.
struct Leaf {
    path: Vec<String>,
    /// The value as a stack literal.
    literal: String,
    range: Range<usize>,
}

impl Leaf {
    /// The stack entry that sets the value.
    fn setting(&self) -> String {
        let quoted: Vec<String> = self.path.iter().map(|name| format!("{name:?}")).collect();
        format!("{} = {}", quoted.join("."), self.literal)
    }
}

impl Planner<'_, '_> {
    /// Warns about each value that would change the Compose output if the stack set it.
    pub(super) fn overrides(&mut self, parent: &str, build: &Build, compiled: &Compiled, wanted: &Wanted) {
        for (at, variant) in build.variants.iter().enumerate() {
            let file = values_file(parent, variant.profile.as_deref());
            let Some(Some(text)) = self.load(&file) else { continue };
            let Ok(root) = located::read(&text) else { continue };
            let mut leaves = Vec::new();
            if let Some(own) = root.get(build.name()) {
                different(own, build.shape, &variant.values, &mut Vec::new(), &mut leaves);
            }
            // A value that the stack writes is vmsc's to report.
            let ours = |leaf: &Leaf| {
                let place = Place::below(&file, build.name(), &leaf.path);
                wanted.leaves.contains_key(&place) || wanted.aside.contains(&place)
            };
            leaves.retain(|leaf| !ours(leaf));
            if leaves.is_empty() {
                continue;
            }
            let now = written(build, build.variants, at);
            // Whether the Compose output would change; `None` if the stack would not compile.
            let mut differ = |leaves: &[Leaf]| {
                let settings: Vec<String> = leaves.iter().map(Leaf::setting).collect();
                let said = compile::changed(compiled, at, &settings.join(", "), self.map())?;
                Some(written(build, &said.variants, at) != now)
            };
            leaves.truncate(MOST);
            // All at once first: usually none of them affects Compose.
            if differ(&leaves) == Some(false) {
                continue;
            }
            leaves.retain(|leaf| differ(std::slice::from_ref(leaf)) == Some(true));
            for leaf in leaves {
                let path = leaf.path.join(".");
                let own = leaf.path.iter().try_fold(&variant.values, |value, name| value.get(name));
                let own = own.map(|value| wording::short(&value.kind.to_string())).unwrap_or_default();
                let title = format!("`{path}` is {} in the cluster and {own} in Compose", leaf.literal);
                let report = Diagnostic::warning(&OVERRIDDEN, title);
                let label = "overrides the stack, for Helm only";
                let report = codes::at_file(report, &file, &text, leaf.range, label, self.map());
                let help = format!("write `{path} = {}` in the stack, and remove it here", leaf.literal);
                self.report(report.help(help));
            }
        }
    }
}

/// The Compose output of the stack, or of the stack with a profile.
fn written(build: &Build, variants: &[Variant], at: usize) -> (Vec<String>, Vec<String>) {
    let mut own = vec![variants[0].clone()];
    own.extend((at > 0).then(|| variants[at].clone()));
    let build = &Build {
        variants: &own,
        parent: build.parent.clone(),
        compose_file: build.compose_file.clone(),
        part_of: build.part_of.clone(),
        replicated: build.replicated.clone(),
        ..*build
    };
    let files = (compose::TARGET.files)(build).into_iter().map(|file| file.text);
    let edits =
        (compose::TARGET.edits)(build).into_iter().map(|edit| format!("{:?} {:?}", edit.path, edit.value));
    (files.collect(), edits.collect())
}

/// Collects the scalars below a node that differ from the stack.
fn different(node: &Spanned, shape: &Shape, own: &Value, path: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    for entry in node.entries() {
        let Some(field) = shape.values().find(|field| *field.name == *entry.key) else {
            continue;
        };
        let Some(own) = own.get(&entry.key) else { continue };
        path.push(entry.key.to_string());
        match (&field.inside, field.ty.plain(), &entry.value.data) {
            (Some(inside), Type::Map(_), Data::Map(_)) => {
                for element in entry.value.entries() {
                    let Some(own) = own.get(&element.key) else { continue };
                    path.push(element.key.to_string());
                    different(&element.value, inside, own, path, leaves);
                    path.pop();
                }
            }
            (Some(inside), _, Data::Map(_)) => different(&entry.value, inside, own, path, leaves),
            (_, _, data) => {
                if let Some(literal) = literal(data, field)
                    && !same(data, &own.kind)
                {
                    leaves.push(Leaf { path: path.clone(), literal, range: entry.value.range.clone() });
                }
            }
        }
        path.pop();
    }
}

/// Formats a scalar as a stack literal.
fn literal(data: &Data, field: &Field) -> Option<String> {
    match data {
        Data::Bool(value) => Some(value.to_string()),
        Data::Number(text) => Some(text.to_string()),
        Data::String(text) if matches!(field.ty.plain(), Type::Quantity(_) | Type::Version) => {
            Some(text.to_string())
        }
        Data::String(text) => Some(format!("{text:?}")),
        Data::Null | Data::List(_) | Data::Map(_) => None,
    }
}

/// Whether a scalar equals the stack's value.
fn same(data: &Data, own: &ValueKind) -> bool {
    match (data, own) {
        (Data::Bool(a), ValueKind::Bool(b)) => a == b,
        (Data::Number(text) | Data::String(text), ValueKind::Quantity(own)) => {
            Quantity::literal(text, own.unit).is_some_and(|given| given == *own)
        }
        (Data::Number(text) | Data::String(text), own) => own.to_string() == **text,
        _ => false,
    }
}
