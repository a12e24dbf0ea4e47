//! Evaluates layers to values, lazily and with late binding; cycles are reported.
//!
//! The stack's record is a tree of nodes. Each node holds its definitions from all layers, lowest
//! first. Records and maps merge the children of all their definitions; any other node takes the
//! highest. A node is evaluated on demand, once.
//!
//! Reading order: [`state`] (the state of an evaluation), [`layers`] (merges definitions into
//! children), [`values`] (the value of a node), [`defaults`] (fields left at their default),
//! [`coerce`] (coerces values to types), [`expressions`], [`operators`], [`calls`], [`loops`],
//! [`checks`] (runs checks), [`cycles`] (reports cycles), [`limits`] (reports exceeded limits).

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
use foldhash::HashSet;
pub(super) use state::Over;
use state::{
    Asked, Children, DefaultState, Definition, Env, Eval, Layout, Limit, MAX_CHAIN, MAX_DEPTH, MAX_LOOP,
    MAX_NODES, MAX_STEPS, MAX_VALUES, Node, NodeId, Progress, Source, Step, flatten,
};
use std::rc::Rc;

/// Evaluates the stack with `over` layered on top, and runs all checks.
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
        // Evaluation stopped at a limit, so its other diagnostics mean nothing.
        eval.diagnostics.retain(|report| [VALUES.code(), STEPS.code()].contains(&report.code));
        diagnostics.append(&mut eval.diagnostics);
        return None;
    }
    diagnostics.append(&mut eval.diagnostics);
    Some(value)
}

/// Evaluates the schema with nothing of the stack but the records that `block` names. What has no default is
/// an error value.
pub(super) fn defaults<'t>(
    program: &Program<'t>,
    findings: &Findings,
    block: &'t Block,
    meant: &HashSet<FieldRef>,
) -> Option<Value> {
    let root = Type::Schema(program.root);
    let over = Over { more: Some((block, meant)), bare: true, ..Over::default() };
    Some(Eval::new(program, findings, &root, over)?.value(NodeId::ROOT))
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
