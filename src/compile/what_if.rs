//! Re-evaluates a stack with some settings changed.

use super::{Analysis, Compiled};
use crate::deploy::Deployment;
use crate::diagnostics::Diagnostic;
use crate::emit::Variant;
use crate::model::{Decode, Stack};
use crate::semantics::data::Value;
use crate::semantics::{self, findings::Findings};
use crate::source::SourceMap;
use crate::syntax;
use crate::syntax::tree::{Block, ItemKind};

/// Re-evaluates a variant with some settings changed; `settings` holds entries in the language's
/// syntax. Returns `None` if the result does not compile.
pub fn changed(compiled: &Compiled, variant: usize, settings: &str, map: &mut SourceMap) -> Option<Compiled> {
    let analysis = &compiled.analysis;
    let (stack, values) = with_layer(analysis, "a change", settings, map, |body, findings, reports| {
        let profile = variant.checked_sub(1);
        let program = analysis.program();
        let values = semantics::evaluate_over(program, findings, profile, body, &findings.meant, reports)?;
        let stack = Stack::decode(&values).filter(|_| !reports.iter().any(Diagnostic::is_error))?;
        Some((stack, values))
    })?;
    let mut variants: Vec<Variant> = compiled.variants.clone();
    let old = &variants[variant];
    let deployment = Deployment::new(&old.deployment.name, stack);
    variants[variant] = Variant { profile: old.profile.clone(), deployment, values };
    Some(Compiled { analysis: analysis.clone(), variants, places: compiled.places })
}

/// Evaluates the defaults of the stack's schema, with nothing of the stack but the records that `records`
/// names, in the language's syntax. What has no default is an error value.
pub fn defaults(compiled: &Compiled, records: &str, map: &mut SourceMap) -> Option<Value> {
    let analysis = &compiled.analysis;
    with_layer(analysis, "the defaults", records, map, |body, findings, _| {
        semantics::defaults(analysis.program(), findings, body, &findings.meant)
    })
}

/// Parses and checks entries as the body of a profile, and hands it on with what was found and reported;
/// `None` if the entries do not parse.
fn with_layer<T>(
    analysis: &Analysis,
    name: &str,
    entries: &str,
    map: &mut SourceMap,
    then: impl FnOnce(&Block, &Findings, &mut Vec<Diagnostic>) -> Option<T>,
) -> Option<T> {
    let file = map.add(name, format!("profile layer {{ {entries} }}"));
    let (tree, diagnostics) = syntax::parse(file, map);
    let item = tree.items().next().filter(|_| diagnostics.is_empty())?;
    let ItemKind::Profile { body, .. } = &item.kind else { return None };
    let mut findings = analysis.findings().clone();
    tree.all_chunks().into_iter().for_each(|chunk| findings.add(chunk));
    let mut reports = Vec::new();
    semantics::check_layer(analysis.program(), &mut findings, body, &mut reports);
    then(body, &findings, &mut reports)
}

/// The variants below a profile, nearest first: the profiles that it extends, then the stack alone.
pub fn below(compiled: &Compiled, variant: usize) -> Vec<usize> {
    let Some(profile) = variant.checked_sub(1) else { return Vec::new() };
    let mut chain: Vec<usize> = compiled.analysis.program().chain(profile).iter().map(|at| at + 1).collect();
    chain.pop();
    chain.reverse();
    chain.push(0);
    chain
}
