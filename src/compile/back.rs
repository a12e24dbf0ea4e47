//! The back half of compiling: values, deployments, and what the rules find in them.

use super::analysis::Analysis;
use super::compiled::{Compiled, Outcome, Places};
use super::default_notes;
use super::front::Front;
use crate::deploy::{Deployment, rules};
use crate::diagnostics::{Diagnostic, Label, sort_and_merge};
use crate::emit::Variant;
use crate::model::{Decode, Stack};
use crate::semantics::Evaluated;
use crate::semantics::codes::{NO_STACK, UNKNOWN_VALUE};
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::stop::{Stop, Stopped};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::tree::{ItemKind, Name};

/// Evaluates what `front` found in `file`, unless `stop` interrupts it.
pub(super) fn evaluate(
    file: FileId,
    front: &Front,
    map: &mut SourceMap,
    stop: &Stop,
) -> Result<Outcome, Stopped> {
    let (mut reports, mut later) = front.reports();
    let broken = reports.iter().any(Diagnostic::is_error);
    let analysis = front.analysis.as_ref();
    let evaluated = match analysis.filter(|analysis| analysis.program().stack.is_some()) {
        Some(analysis) => analysis.evaluate(stop, &mut later)?,
        None => Vec::new(),
    };
    let meant = analysis.and_then(|analysis| meaning(file, analysis, &evaluated, broken, map, &mut later));
    let modules = analysis.map_or(&[][..], |analysis| &analysis.loaded().modules);
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
    let compiled = meant.filter(|_| !failed).zip(analysis.cloned());
    let compiled = compiled.map(|((variants, places), analysis)| Compiled { analysis, variants, places });
    Ok(Outcome { compiled, evaluated, reports, has_stack: stack.is_some() })
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
    evaluated: &[Evaluated],
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
        let (profile, values) = (layer.profile.clone(), layer.root.clone());
        variants.push(Variant { profile, deployment, values });
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
