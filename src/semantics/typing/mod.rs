//! Expressions against types, before anything is evaluated; what is found out is kept in [`Findings`].
//!
//! Goes on after every mistake: an expression with a type error is remembered as poisoned, and
//! evaluation stays silent about it and what depends on it.
//!
//! Read in this order: [`blocks`] (entries; [`given`] finds what is given twice, [`trail`] is the way to
//! one), [`wanted`] (a type is wanted), [`numbers`] (literals with units; [`demands`] for those whose
//! use decides), [`texts`] (strings), [`infer`] (no type is wanted), [`access`] (behind a dot or in
//! brackets), [`operators`], [`names`], [`calls`] (functions), [`loops`], [`checks`] (conditions),
//! [`imported`] (data files).

mod access;
mod blocks;
mod calls;
mod checks;
mod demands;
mod given;
mod imported;
mod infer;
mod loops;
mod names;
mod numbers;
mod operators;
mod texts;
mod trail;
mod wanted;

use super::builtins;
use super::data::Value;
use super::findings::{Findings, Giver, Resolution, key};
use super::ids::{DataId, FieldRef, FnId, LetId, ModuleId, SchemaId};
use super::names::{Checked, Program, SchemaField};
use super::problems::{
    ARGUMENTS, BARE, CORES, CYCLE, DUPLICATE, ELEMENTS, INTERPOLATION, MISMATCH, NUMBER, OPERATOR, OPTIONAL,
    PLACE, REQUIRED, SHAPE, TAKEN, UNIT, UNKNOWN_FIELD, UNKNOWN_FUNCTION, UNKNOWN_NAME, WORD,
};
use super::quantity::{self, Number, Unit, Wrong};
use super::types::{Lineage, Type};
use crate::diagnostics::{Report, wording};
use crate::source::{ChunkId, Span};
use crate::syntax::tree::{
    Block, Check, Entry, EntryKind, Expr, ExprKind, Field, FieldValue, ForClause, InfixOp, Key, Name,
    PrefixOp, TextPart,
};
use checks::path_text;
use demands::Demands;
use foldhash::{HashMap, HashSet};
use given::{Branches, Given};
use indexmap::IndexMap;
use numbers::{literal_type, reads_as};
use std::rc::Rc;
use trail::Trail;
use wanted::{default_text, example, subject};

/// Checks every expression of a program.
pub fn check<'t>(program: &Program<'t>, findings: &mut Findings, problems: &mut Vec<Report>) {
    let mut typing = Typing::new(program, findings, problems);
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
        typing.want(refined.condition, &Type::Bool, &scope, None);
        if let Some(message) = refined.message {
            typing.want(message, &Type::Text, &scope, None);
        }
    }
    for (id, schema) in program.schemas.own_places() {
        let id = SchemaId::new(id);
        let scope = |module| Scope { record: Some(Type::Schema(id)), fields: Some(id), ..Scope::of(module) };
        for (at, field) in schema.fields.values().enumerate().filter(|(_, field)| field.owner == id) {
            if let Some(default) = field.default {
                let trail = Trail::of(&field.name.text);
                let place = Place { trail: &trail, field: Some((FieldRef::new(id, at), field)) };
                typing.value(default, &field.ty, &scope(field.module), &place);
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

/// Checks again what stands in some chunks of the stack and its profiles, after an edit that changed
/// values only: the rest is as it was.
pub fn check_again<'t>(
    program: &Program<'t>,
    findings: &mut Findings,
    only: &HashSet<ChunkId>,
    problems: &mut Vec<Report>,
) {
    let mut typing = Typing::new(program, findings, problems);
    typing.only = Some(only);
    for layered in program.stack.iter().chain(&program.profiles) {
        if only.contains(&layered.body.span.chunk) {
            typing.layer(layered.body);
        }
    }
    typing.settle();
}

/// Checks one more layer, which is no part of the program's files.
pub fn check_layer<'t>(
    program: &Program<'t>,
    findings: &mut Findings,
    body: &'t Block,
    problems: &mut Vec<Report>,
) {
    let mut typing = Typing::new(program, findings, problems);
    typing.layer(body);
    typing.settle();
}

/// What names mean at a place.
#[derive(Clone, Debug, Default)]
struct Scope<'t> {
    /// The file.
    module: ModuleId,
    /// The type of `self`.
    record: Option<Type>,
    /// The schema whose fields stand by their bare names.
    fields: Option<SchemaId>,
    /// The type of `it`.
    it: Option<Type>,
    /// Parameters and loop variables, the innermost last.
    locals: Vec<(&'t str, Type)>,
    /// Whether `stack` means nothing, because the value is the same for every stack.
    constant: bool,
    /// Optional paths that are known to be set.
    set: Vec<String>,
}

impl<'t> Scope<'t> {
    /// In a file, where there is a stack.
    fn of(module: ModuleId) -> Scope<'t> {
        Scope { module, ..Scope::default() }
    }

    /// In a file, outside of every stack.
    fn constant(module: ModuleId) -> Scope<'t> {
        Scope { module, constant: true, ..Scope::default() }
    }

    /// Inside of a record.
    fn inside(&self, record: &Type) -> Scope<'t> {
        Scope { record: Some(record.plain().clone()), ..self.clone() }
    }
}

/// The field a value is for, to tell about it.
#[derive(Clone, Copy)]
struct Place<'a, 't> {
    trail: &'a Trail<'a>,
    field: Option<(FieldRef, &'a SchemaField<'t>)>,
}

struct Typing<'p, 't> {
    program: &'p Program<'t>,
    findings: &'p mut Findings,
    problems: &'p mut Vec<Report>,
    /// Constants and functions that are being looked at.
    busy_lets: HashSet<LetId>,
    busy_fns: HashSet<FnId>,
    /// The functions whose bodies are being checked, each called by the one before it.
    calls: Vec<(FnId, Span)>,
    /// The type that is wanted of the expression that is looked at.
    wanted: Option<Type>,
    /// Literals in constants without a type, and what their uses make of them.
    demands: Demands,
    /// The use for which the value of such a constant is looked at: what is found out then is the
    /// use's own, and not recorded as the constant's.
    using: Option<Span>,
    /// The choices in blocks.
    branches: Branches,
    /// The chunks to look at; all where it is not set.
    only: Option<&'p HashSet<ChunkId>>,
}

impl<'p, 't> Typing<'p, 't> {
    fn new(program: &'p Program<'t>, findings: &'p mut Findings, problems: &'p mut Vec<Report>) -> Self {
        let (busy_lets, busy_fns, calls, wanted) = Default::default();
        let (demands, using, branches, only) = Default::default();
        Typing {
            program,
            findings,
            problems,
            busy_lets,
            busy_fns,
            calls,
            wanted,
            demands,
            using,
            branches,
            only,
        }
    }

    /// Reports a mistake of an expression.
    fn tell(&mut self, expr: &Expr, report: Report) -> Type {
        self.poison(expr);
        self.problems.push(report);
        Type::Error
    }

    /// Remembers that the mistakes of an expression are reported.
    fn poison(&mut self, expr: &Expr) {
        if self.using.is_none() {
            self.findings.poisoned.insert(key(expr));
        }
    }

    /// Keeps the type of an expression.
    fn found(&mut self, expr: &Expr, ty: &Type) {
        if self.using.is_none() {
            self.findings.set_type(expr, ty);
        }
    }

    /// Keeps what is wanted of an expression.
    fn expected_at(&mut self, expr: &Expr, want: &Type, place: Option<&Place>) {
        if self.using.is_none() {
            let field = place.and_then(|place| place.field).map(|(field, _)| field);
            self.findings.set_expected(expr, want, field);
        }
    }

    /// Keeps what a name means.
    fn resolve(&mut self, expr: &Expr, resolution: Resolution) {
        if self.using.is_none() {
            self.findings.resolve(expr, resolution);
        }
    }

    /// Keeps what the key of an entry means.
    fn resolve_name(&mut self, name: &Name, resolution: Resolution) {
        if self.using.is_none() {
            self.findings.resolve_name(name, resolution);
        }
    }

    /// The entries of the stack or of a profile.
    fn layer(&mut self, body: &'t Block) {
        let root = Type::Schema(self.program.root);
        let scope = Scope::of(Program::own()).inside(&root);
        self.block(body, &root, &scope, &Trail::root(), &mut Given::default());
    }
}

/// Whether text is `host:port`.
pub(super) fn endpoint(text: &str) -> Result<(), String> {
    if text.contains("://") {
        return Err("has a scheme".into());
    }
    let Some((host, port)) = text.rsplit_once(':') else { return Err("has no port".into()) };
    if host.is_empty() {
        return Err("has no host".into());
    }
    if port.contains('/') {
        return Err("has a path".into());
    }
    let bracketed = host.starts_with('[') && host.ends_with(']');
    // Names of DNS, and Compose's, which may have `_`.
    let named = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let address = || host[1..host.len() - 1].chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    if !(named || bracketed && address()) {
        return Err("the host can't be read".into());
    }
    match port.parse::<u16>() {
        Ok(port) if port > 0 => Ok(()),
        _ => Err("a port is 1 to 65535".into()),
    }
}
