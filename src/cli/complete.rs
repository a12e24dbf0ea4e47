//! What a shell completes: the project's stacks and profiles, settings, and codes.

use super::names::{names_in, profiles_in};
use crate::compile;
use crate::project::explanations::explanations;
use crate::project::root;
use crate::semantics::formula::Shape;
use camino::Utf8Path;
use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};
use std::ffi::OsStr;

/// The stacks of the project here, by name and file.
pub(super) fn stacks(current: &OsStr) -> Vec<CompletionCandidate> {
    let Ok(here) = root::find(Utf8Path::new("stack")) else { return Vec::new() };
    let files = root::stacks(&here).into_iter();
    let named = files.flat_map(|file| {
        let below = file.strip_prefix(&here).unwrap_or(&file).to_string();
        names_in(&file)
            .into_iter()
            .map(move |name| CompletionCandidate::new(name).help(Some(below.clone().into())))
    });
    let typed = current.to_string_lossy();
    let mut found: Vec<CompletionCandidate> =
        named.filter(|candidate| candidate.get_value().to_string_lossy().starts_with(&*typed)).collect();
    found.extend(PathCompleter::any().complete(current));
    found
}

/// The profiles of all stacks of the project here.
pub(super) fn profiles() -> Vec<CompletionCandidate> {
    let Ok(here) = root::find(Utf8Path::new("stack")) else { return Vec::new() };
    let mut names: Vec<String> = root::stacks(&here).iter().flat_map(|file| profiles_in(file)).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// The settings of the built-in schema, by their dotted paths.
pub(super) fn settings() -> Vec<CompletionCandidate> {
    let mut found = Vec::new();
    collect(&compile::builtin(), "", &mut found);
    found
}

fn collect(shape: &Shape, path: &str, found: &mut Vec<CompletionCandidate>) {
    for field in shape.values() {
        let path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        let help = field.doc.lines().next().map(|line| line.to_owned().into());
        found.push(CompletionCandidate::new(&path).help(help));
        if let Some(inside) = field.inside.as_ref().filter(|_| !field.ty.is_map()) {
            collect(inside, &path, found);
        }
    }
}

/// The codes of errors and warnings, and the settings.
pub(super) fn topics() -> Vec<CompletionCandidate> {
    let codes = explanations()
        .into_iter()
        .map(|page| CompletionCandidate::new(page.code).help(Some(page.title.into())));
    codes.chain(settings()).collect()
}
