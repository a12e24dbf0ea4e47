//! Layers to values: lazy and late bound, a cycle is a report.
//!
//! The record of the stack is a tree of nodes. Each node holds the definitions that the layers give
//! it, lowest first; records and maps get children from all of them, everything else takes the
//! highest. A node is evaluated when it is asked for, once.
//!
//! Read in this order: [`state`] (what is known so far), [`shapes`] (definitions to children), [`values`] (a node's value), [`defaults`]
//! (fields that nobody gives), [`accepted`] (what its type makes of it), [`expressions`], [`operators`], [`calls`], [`loops`],
//! [`checks`] (conditions to reports), [`cycles`] (what needs itself), [`limits`] (where it gives up).

mod calls;
mod checks;
mod coerce;
mod cycles;
mod defaults;
mod expressions;
mod layers;
mod limits;
mod loops;
mod operators;
mod state;
mod values;

use super::arithmetic::{self, NoResult};
use super::builtins::{BuiltinId, Compute, Failure};
use super::codes::{
    CHAIN, CYCLE, DUPLICATE, INDEX, LOOP, MISMATCH, NESTED, NUMBER, OVERFLOW, REFINED, REGEX, REQUIRED,
    STEPS, UNKNOWN_FIELD, VALUES, WORD, ZERO,
};
use super::data::{Layer, Map, Record, Value, ValueKind, Weight};
use super::findings::{Findings, Resolution};
use super::ids::{DataId, FieldRef, FnId, LetId, SchemaId};
use super::names::{Program, Test};
use super::quantity::{self, Number, Quantity, Unit};
use super::types::Type;
use crate::diagnostics::{Diagnostic, wording};
use crate::source::Span;
use crate::stack_space;
use crate::syntax::tree::{
    Block, EntryKind, Expr, ExprKind, Field, FieldValue, ForClause, InfixOp, Key, Name, PrefixOp, StringPart,
};
use coerce::MAX_NESTED;
pub(super) use state::Over;
use state::{
    Asked, Children, DefaultState, Definition, Env, Eval, Layout, Limit, MAX_CHAIN, MAX_DEPTH, MAX_LOOP,
    MAX_NODES, MAX_STEPS, MAX_VALUES, Node, NodeId, Progress, Source, Step, flatten,
};
use std::rc::Rc;

/// Evaluates the stack with layers over it, and runs all checks.
pub(super) fn evaluate<'t>(
    program: &Program<'t>,
    findings: &Findings,
    over: Over<'t, '_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let root = Type::Schema(program.root);
    let mut eval = Eval::new(program, findings, &root, over)?;
    let value = eval.value(NodeId::ROOT);
    checks::run(&mut eval);
    if over.profile.is_none() {
        eval.unused();
    }
    if eval.given > MAX_VALUES || eval.steps > MAX_STEPS || eval.fields > MAX_NODES {
        // What was given up half-way means nothing else.
        eval.diagnostics.retain(|report| [VALUES.code(), STEPS.code()].contains(&report.code));
        diagnostics.append(&mut eval.diagnostics);
        return None;
    }
    diagnostics.append(&mut eval.diagnostics);
    Some(value)
}

/// Runs the checks of a test.
pub(super) fn test<'t>(
    program: &Program<'t>,
    findings: &Findings,
    test: &Test<'t>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<()> {
    let root = Type::Schema(program.root);
    let mut eval = Eval::new(program, findings, &root, Over { profile: test.profile, ..Over::default() })?;
    eval.value(NodeId::ROOT);
    eval.diagnostics.clear();
    eval.told.clear();
    let env = Env { record: Some(NodeId::ROOT), ..Env::default() };
    for entry in test.body.entries.iter() {
        checks::entry(&mut eval, NodeId::ROOT, entry, &env);
    }
    diagnostics.append(&mut eval.diagnostics);
    Some(())
}
