//! What typing knows so far.

use super::super::findings::ExprKey;
use super::super::findings::{Findings, Resolution, key};
use super::super::ids::{FieldRef, FnId, LetId, ModuleId, SchemaId};
use super::super::names::{Program, SchemaField};
use super::super::types::Type;
use super::given::{Branches, Given};
use super::trail::Trail;
use crate::diagnostics::Diagnostic;
use crate::source::{ChunkId, Span};
use crate::syntax::tree::{Block, Expr, Name};
use foldhash::HashSet;
use indexmap::IndexMap;

/// What names mean at a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'t> {
    /// The file.
    pub(super) module: ModuleId,
    /// The type of `self`.
    pub(super) record: Option<Type>,
    /// The schema whose fields stand by their bare names.
    pub(super) fields: Option<SchemaId>,
    /// The type of `it`.
    pub(super) it: Option<Type>,
    /// Parameters and loop variables, the innermost last.
    pub(super) locals: Vec<(&'t str, Type)>,
    /// Whether `stack` means nothing, because the value is the same for every stack.
    pub(super) constant: bool,
    /// Optional paths that are known to be set.
    pub(super) set: Vec<String>,
}

impl<'t> Scope<'t> {
    /// In a file, where there is a stack.
    pub(super) fn of(module: ModuleId) -> Scope<'t> {
        Scope { module, ..Scope::default() }
    }

    /// In a file, outside of every stack.
    pub(super) fn constant(module: ModuleId) -> Scope<'t> {
        Scope { module, constant: true, ..Scope::default() }
    }

    /// Inside of a record.
    pub(super) fn inside(&self, record: &Type) -> Scope<'t> {
        Scope { record: Some(record.plain().clone()), ..self.clone() }
    }
}

/// The field a value is for, to tell about it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a, 't> {
    pub(super) trail: &'a Trail<'a>,
    pub(super) field: Option<(FieldRef, &'a SchemaField<'t>)>,
}

pub(super) struct Typing<'p, 't> {
    pub(super) program: &'p Program<'t>,
    pub(super) findings: &'p mut Findings,
    pub(super) diagnostics: &'p mut Vec<Diagnostic>,
    /// Constants and functions that are being looked at.
    pub(super) busy_lets: HashSet<LetId>,
    pub(super) busy_fns: HashSet<FnId>,
    /// The functions whose bodies are being checked, each called by the one before it.
    pub(super) calls: Vec<(FnId, Span)>,
    /// The type that is wanted of the expression that is looked at.
    pub(super) wanted: Option<Type>,
    /// Literals in constants without a type, and what their uses make of them.
    pub(super) demands: Demands,
    /// The use for which the value of such a constant is looked at: what is found out then is the
    /// use's own, and not recorded as the constant's.
    pub(super) using: Option<Span>,
    /// The choices in blocks.
    pub(super) branches: Branches,
    /// The chunks to look at; all where it is not set.
    pub(super) only: Option<&'p HashSet<ChunkId>>,
}

impl<'p, 't> Typing<'p, 't> {
    pub(super) fn new(
        program: &'p Program<'t>,
        findings: &'p mut Findings,
        diagnostics: &'p mut Vec<Diagnostic>,
    ) -> Self {
        let (busy_lets, busy_fns, calls, wanted) = Default::default();
        let (demands, using, branches, only) = Default::default();
        Typing {
            program,
            findings,
            diagnostics,
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
    pub(super) fn report(&mut self, expr: &Expr, report: Diagnostic) -> Type {
        self.poison(expr);
        self.diagnostics.push(report);
        Type::Error
    }

    /// Remembers that the mistakes of an expression are reported.
    pub(super) fn poison(&mut self, expr: &Expr) {
        if self.using.is_none() {
            self.findings.poisoned.insert(key(expr));
        }
    }

    /// Keeps the type of an expression.
    pub(super) fn found(&mut self, expr: &Expr, ty: &Type) {
        if self.using.is_none() {
            self.findings.set_type(expr, ty);
        }
    }

    /// Keeps what is wanted of an expression.
    pub(super) fn expected_at(&mut self, expr: &Expr, want: &Type, place: Option<&Subject>) {
        if self.using.is_none() {
            let field = place.and_then(|place| place.field).map(|(field, _)| field);
            self.findings.set_expected(expr, want, field);
        }
    }

    /// Keeps what a name means.
    pub(super) fn resolve(&mut self, expr: &Expr, resolution: Resolution) {
        if self.using.is_none() {
            self.findings.resolve(expr, resolution);
        }
    }

    /// Keeps what the key of an entry means.
    pub(super) fn resolve_name(&mut self, name: &Name, resolution: Resolution) {
        if self.using.is_none() {
            self.findings.resolve_name(name, resolution);
        }
    }

    /// The entries of the stack or of a profile.
    pub(super) fn layer(&mut self, body: &'t Block) {
        let root = Type::Schema(self.program.root);
        let scope = Scope::of(Program::own()).inside(&root);
        self.block(body, &root, &scope, &Trail::root(), &mut Given::default());
    }
}

/// What the uses of literals need.
#[derive(Default)]
pub(in crate::semantics) struct Demands(pub(super) IndexMap<ExprKey, Demand, foldhash::fast::RandomState>);

/// What the uses of one literal need.
pub(super) struct Demand {
    /// The literal.
    pub(super) span: Span,
    pub(super) text: Box<str>,
    /// The first use of each kind.
    pub(super) cpu: Option<Span>,
    pub(super) duration: Option<Span>,
}
