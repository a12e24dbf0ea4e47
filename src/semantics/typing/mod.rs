//! Type checks expressions before evaluation, and records the results in [`Findings`].
//!
//! Checking continues after an error: an expression with a type error is marked as poisoned, and
//! evaluation stays silent about it and whatever depends on it.
//!
//! Reading order: [`state`] (the state of type checking), [`blocks`] (entries; [`given`] finds
//! duplicates, [`trail`] is the path to an entry), [`expect`] (checks against an expected type;
//! [`mod@subject`] is how diagnostics name a field), [`numbers`] (literals with units; [`demands`] for
//! those whose use decides the unit), [`interpolation_hints`] (strings), [`infer`] (inference without
//! an expected type), [`access`] (members and indexes), [`operators`], [`names`], [`calls`]
//! (functions), [`loops`], [`checks`] (conditions), [`imported`] (data files), [`mod@endpoint`]
//! (`host:port`).

mod access;
mod blocks;
mod calls;
mod checks;
mod demands;
mod endpoint;
mod expect;
mod given;
mod imported;
mod infer;
mod interpolation_hints;
mod loops;
mod names;
mod numbers;
mod operators;
mod state;
mod subject;
mod trail;

use super::builtins;
use super::codes::{
    ARGUMENTS, BARE, CORES, CYCLE, DUPLICATE, ELEMENTS, INTERPOLATION, MISMATCH, NUMBER, OPERATOR, OPTIONAL,
    PLACE, REQUIRED, SHAPE, TAKEN, UNIT, UNKNOWN_FIELD, UNKNOWN_FUNCTION, UNKNOWN_NAME, WORD,
};
use super::data::Value;
use super::findings::{Findings, Giver, Resolution, key};
use super::ids::{DataId, FieldRef, FnId, LetId, ModuleId, SchemaId};
use super::names::{Checked, Program, SchemaField};
use super::quantity::{self, Number, Unit, Wrong};
use super::types::{Lineage, Type};
use crate::diagnostics::{Diagnostic, wording};
use crate::source::{ChunkId, Span};
use crate::syntax::tree::{
    Block, Check, Entry, EntryKind, Expr, ExprKind, Field, FieldValue, ForClause, InfixOp, Key, Name,
    PrefixOp, StringPart,
};
use checks::path_text;
pub(super) use endpoint::endpoint;
use foldhash::{HashMap, HashSet};
use given::Given;
use indexmap::IndexMap;
use state::{Scope, Subject, Typing};
use std::rc::Rc;
use subject::{default_text, example, literal_type, reads_as, subject};
use trail::Trail;

/// Checks every expression of a program.
pub fn check<'t>(program: &Program<'t>, findings: &mut Findings, diagnostics: &mut Vec<Diagnostic>) {
    let mut typing = Typing::new(program, findings, diagnostics);
    for id in 0..program.data.len() {
        typing.imported(DataId::new(id));
    }
    for id in 0..program.lets.len() {
        typing.constant(LetId::new(id));
    }
    for id in 0..program.fns.len() {
        typing.function(FnId::new(id));
    }
    for refined in program.refined.own() {
        let scope = Scope { it: Some(refined.base.clone()), ..Scope::constant(refined.module) };
        typing.muted(typing.findings.is_poisoned(refined.condition), |typing| {
            typing.check_against(refined.condition, &Type::Bool, &scope, None);
            if let Some(message) = refined.message {
                typing.check_against(message, &Type::String, &scope, None);
            }
        });
    }
    for (id, schema) in program.schemas.own_places() {
        let id = SchemaId::new(id);
        let scope = |module| Scope { record: Some(Type::Schema(id)), fields: Some(id), ..Scope::of(module) };
        for (at, field) in schema.fields.values().enumerate().filter(|(_, field)| field.owner == id) {
            if let Some(default) = field.default {
                let trail = Trail::of(&field.name.text);
                let place = Subject { trail: &trail, field: Some((FieldRef::new(id, at), field)) };
                typing.muted(typing.findings.is_poisoned(default), |typing| {
                    typing.value(default, &field.ty, &scope(field.module), &place);
                });
            }
        }
        for Checked { module, entry, .. } in schema.checks.iter().filter(|check| check.owner == id) {
            typing.check_entry(entry, &scope(*module));
        }
    }
    for layered in program.stack.iter().chain(&program.profiles) {
        typing.layer(layered.body);
    }
    for test in &program.tests {
        typing.test(test.body);
    }
    typing.settle();
}

/// Rechecks some chunks of the stack and its profiles after an edit that changed only values; the
/// findings for all other chunks stay valid.
pub fn check_again<'t>(
    program: &Program<'t>,
    findings: &mut Findings,
    only: &HashSet<ChunkId>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut typing = Typing::new(program, findings, diagnostics);
    typing.only = Some(only);
    for layered in program.stack.iter().chain(&program.profiles) {
        if only.contains(&layered.body.span.chunk) {
            typing.layer(layered.body);
        }
    }
    typing.settle();
}

/// Checks an additional layer that is not part of the program's files.
pub fn check_layer<'t>(
    program: &Program<'t>,
    findings: &mut Findings,
    body: &'t Block,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut typing = Typing::new(program, findings, diagnostics);
    typing.layer(body);
    typing.settle();
}
