//! The compiler pipeline, from a source file to deployments, collecting diagnostics.
//!
//! [`compiled`] defines the result and [`analysis`] holds the analysis of the files. [`what_if`]
//! re-evaluates the stack with a setting changed, [`run_tests`](mod@run_tests) runs the stack's
//! tests, and [`default_notes`] turns labels on defaults into notes.

mod analysis;
mod compiled;
mod default_notes;
mod run_tests;
mod what_if;

pub use analysis::Analysis;
pub use run_tests::{Tested, run_tests};
pub use what_if::{below, changed, defaults};

use crate::deploy::{Deployment, rules};
use crate::diagnostics::{Diagnostic, Label, sort_and_merge};
use crate::emit::Variant;
use crate::load::{Loaded, StackLocation, load};
use crate::model::{Decode, Stack};
use crate::prelude;
use crate::semantics::codes::{NO_STACK, UNKNOWN_VALUE};
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::formula::Shape;
use crate::semantics::stop::Stop;
use crate::source::{FileId, SourceMap, Span};
use crate::stack_space;
use crate::syntax::tree::{ItemKind, Name};
pub use compiled::{Compiled, Outcome, Places};

/// The settings of the built-in schema.
pub fn builtin() -> Shape {
    let mut map = SourceMap::default();
    map.attach(prelude::get().sources.clone());
    let analysis = Analysis::new(Loaded::default(), &mut Vec::new());
    analysis.map(|analysis| analysis.shape(&map)).unwrap_or_default()
}

/// Compiles `file`; `place` is its location in the project.
pub fn compile(file: FileId, place: &StackLocation, map: &mut SourceMap) -> Outcome {
    stack_space::ensure_for_run(|| in_room(file, place, map))
}

fn in_room(file: FileId, place: &StackLocation, map: &mut SourceMap) -> Outcome {
    map.attach(prelude::get().sources.clone());
    let (mut reports, mut later) = (Vec::new(), Vec::new());
    let loaded = load(file, place, map, &mut reports, &mut later);
    let broken = reports.iter().any(Diagnostic::is_error);
    let analysis = Analysis::new(loaded, &mut later);
    let meant = analysis.as_ref().and_then(|analysis| meaning(file, analysis, broken, map, &mut later));
    let modules = analysis.as_ref().map_or(&[][..], |analysis| &analysis.loaded().modules);
    later.iter_mut().for_each(|report| default_notes::labels_to_notes(report, map));
    let stack = modules.first().and_then(|module| {
        let mut own = module.tree.items();
        own.find(|item| matches!(item.kind, ItemKind::Stack { .. })).map(|item| item.name.span)
    });
    // A diagnostic about a default belongs to the stack that uses the default.
    for report in later.iter_mut().filter(|report| report.labels.is_empty()) {
        report.labels.extend(stack.map(|span| Label {
            span,
            text: "in this stack".to_owned(),
            primary: true,
        }));
    }
    reports.append(&mut later);
    sort_and_merge(&mut reports, map);
    let failed = reports.iter().any(Diagnostic::is_error);
    let compiled = meant.filter(|_| !failed).zip(analysis.clone());
    let compiled = compiled.map(|((variants, places), analysis)| Compiled { analysis, variants, places });
    Outcome { compiled, analysis, reports, has_stack: stack.is_some() }
}

/// Finds the first value that could not be computed, and the names on the path to it, innermost first.
fn unknown(value: &Value) -> Option<(Vec<&str>, Span)> {
    if !value.has_error() {
        return None;
    }
    match &value.kind {
        ValueKind::Error => Some((Vec::new(), value.span)),
        ValueKind::Record(record) => record.iter().find_map(|(name, value)| {
            let (mut way, span) = unknown(value)?;
            way.push(name);
            Some((way, span))
        }),
        ValueKind::List(items) => items.iter().find_map(unknown),
        _ => None,
    }
}

fn meaning(
    file: FileId,
    analysis: &Analysis,
    broken: bool,
    map: &mut SourceMap,
    reports: &mut Vec<Diagnostic>,
) -> Option<(Vec<Variant>, Places)> {
    let program = analysis.program();
    let Some(stack) = &program.stack else {
        if !broken && !reports.iter().any(Diagnostic::is_error) {
            let end = map.file(file).text.trim_end().len();
            let span = map.whole(file, end..end);
            reports.push(
                Diagnostic::error(&NO_STACK, "this file has no stack")
                    .at(span, "nothing to compile")
                    .help("write `stack victoriametrics { version = v1.106.1 }`"),
            );
        }
        return None;
    };
    let name = stack.name;
    let evaluated = analysis.evaluate(&Stop::default(), reports).unwrap_or_default();
    if !broken && !reports.iter().any(Diagnostic::is_error) {
        // Report any failure: a build must never fail silently.
        let wrong = evaluated.iter().find_map(|layer| unknown(&layer.root));
        reports.extend(wrong.map(|(mut way, span)| {
            way.reverse();
            let path = way.join(".");
            Diagnostic::error(&UNKNOWN_VALUE, format!("`{path}` can't be computed")).at(span, "has no result")
        }));
    }
    let mut variants = Vec::new();
    for layer in evaluated {
        // A record that can't be decoded has already been reported.
        let Some(stack) = Stack::decode(&layer.root) else { continue };
        let deployment = Deployment::new(&name.text, stack);
        variants.push(Variant { profile: layer.profile, deployment, values: layer.root });
    }
    if variants.len() == program.profiles.len() + 1 {
        let profiles: Vec<&Name> = program.profiles.iter().map(|profile| profile.name).collect();
        let deployments: Vec<&Deployment> = variants.iter().map(|variant| &variant.deployment).collect();
        let values: Vec<&Value> = variants.iter().map(|variant| &variant.values).collect();
        reports.extend(rules::check(&rules::Subject {
            name: name.span,
            profiles: &profiles,
            deployments: &deployments,
            values: &values,
        }));
    }
    let base = variants.first()?;
    let own = |span: Option<Span>| span.filter(|span| !map.is_builtin(*span)).unwrap_or(name.span);
    let settings = &base.deployment.stack;
    let places = Places {
        parent: own(settings.chart.parent.as_ref().map(|parent| parent.span)),
        compose: own(Some(settings.compose.file.span)),
        name: name.span,
    };
    Some((variants, places))
}
