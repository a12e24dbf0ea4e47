//! Semantic analysis: names, types, values and checks. It is generic: the root schema is a parameter,
//! and nothing here knows what the settings are for.
//!
//! Read the modules in this order: [`data`] and [`quantity`] (values), [`arithmetic`] (operators),
//! [`builtins`] (functions; [`patterns`]), [`names`] (declarations to tables), [`types`] (types and their
//! compatibility), [`findings`] (results of names and typing), [`typing`] (expressions against types),
//! [`eval`] (layers to values, conditions to diagnostics), [`formula`] (defaults and checks as data, for
//! the code that lowers them).

pub mod again;
pub mod annotations;
pub mod arithmetic;
pub mod builtins;
pub mod codes;
pub mod data;
mod eval;
pub mod findings;
pub mod formula;
pub mod ids;
pub mod names;
mod patterns;
pub mod quantity;
pub mod stop;
pub mod types;
mod typing;

use crate::diagnostics::Diagnostic;
use crate::syntax::tree::Block;
use data::Value;
use eval::Over;
use findings::Findings;
use foldhash::HashSet;
use ids::FieldRef;
use names::{Program, Test};
use stop::{Stop, Stopped};

/// An evaluated layer set: the stack alone, or with a profile over it.
#[derive(Debug)]
pub struct Evaluated {
    /// The profile's name; `None` for the stack alone.
    pub profile: Option<String>,
    /// The complete record of the root schema.
    pub root: Value,
}

/// Type-checks every expression of a program.
pub fn check<'t>(program: &Program<'t>, findings: &mut Findings, diagnostics: &mut Vec<Diagnostic>) {
    typing::check(program, findings, diagnostics);
}

/// Type-checks one more layer of settings, whose chunks must already be in `findings`.
pub fn check_layer<'t>(
    program: &Program<'t>,
    findings: &mut Findings,
    body: &'t Block,
    diagnostics: &mut Vec<Diagnostic>,
) {
    typing::check_layer(program, findings, body, diagnostics);
}

/// Evaluates a program: the stack alone first, then with each profile.
///
/// A diagnostic found in several layer sets is reported once, and names a profile unless the stack
/// alone has it too. If `stop` is set, evaluation ends soon after and returns [`Stopped`].
pub fn evaluate<'t>(
    program: &Program<'t>,
    findings: &Findings,
    stop: &Stop,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<Evaluated>, Stopped> {
    let mut results = Vec::new();
    // Two layer sets have the same diagnostic if these are equal.
    let place = |report: &Diagnostic| match &report.setting {
        // A missing setting has no location, so the setting itself identifies it.
        Some(setting) => (report.severity, report.code.clone(), None, Some(setting.clone())),
        None => (report.severity, report.code.clone(), report.primary(), None),
    };
    let mut told: HashSet<_> = diagnostics.iter().map(place).collect();
    let profiles = std::iter::once(None).chain((0..program.profiles.len()).map(Some));
    for profile in profiles {
        let mut found = Vec::new();
        let root = eval::evaluate(
            program,
            findings,
            Over { profile, stop: Some(stop), ..Over::default() },
            &mut found,
        );
        if stop.is_told() {
            return Err(Stopped);
        }
        let name = profile.map(|at| program.profiles[at].name.text.to_string());
        found.retain(|report| !told.contains(&place(report)));
        for mut report in found {
            told.insert(place(&report));
            if let Some(name) = &name {
                report.notes.push(format!("in profile `{name}`"));
                report.profile = Some(name.as_str().into());
            }
            diagnostics.push(report);
        }
        if let Some(root) = root {
            results.push(Evaluated { profile: name, root });
        }
    }
    Ok(results)
}

/// Runs a test of a program without errors, and returns a diagnostic for each check that fails.
pub fn test<'t>(program: &Program<'t>, findings: &Findings, test: &Test<'t>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    eval::test(program, findings, test, &mut diagnostics);
    diagnostics
}

/// Evaluates the stack of a program without errors, with a profile and one more layer over it. `meant`
/// are the fields that the layer's unknown names most likely meant.
pub fn evaluate_over<'t>(
    program: &Program<'t>,
    findings: &Findings,
    profile: Option<usize>,
    more: &'t Block,
    meant: &HashSet<FieldRef>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Value> {
    eval::evaluate(
        program,
        findings,
        Over { profile, more: Some((more, meant)), ..Over::default() },
        diagnostics,
    )
}

/// Evaluates the schema of a program's stack with nothing of the stack but the records that `block` names.
pub fn defaults<'t>(
    program: &Program<'t>,
    findings: &Findings,
    block: &'t Block,
    meant: &HashSet<FieldRef>,
) -> Option<Value> {
    eval::defaults(program, findings, block, meant)
}
