//! The state of type checking.

use super::super::findings::ExprKey;
use super::super::findings::{Findings, Resolution};
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

/// The scope in which an expression is checked.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'t> {
    /// The file.
    pub(super) module: ModuleId,
    /// The type of `self`.
    pub(super) record: Option<Type>,
    /// The schema whose fields are in scope by their bare names.
    pub(super) fields: Option<SchemaId>,
    /// The type of `it`.
    pub(super) it: Option<Type>,
    /// Parameters and loop variables, the innermost last.
    pub(super) locals: Vec<(&'t str, Type)>,
    /// Whether `stack` is out of scope, because the value is the same for every stack.
    pub(super) constant: bool,
    /// Optional paths that are known to be set.
    pub(super) set: Vec<String>,
}

impl<'t> Scope<'t> {
    /// The scope of a file, with `stack`.
    pub(super) fn of(module: ModuleId) -> Scope<'t> {
        Scope { module, ..Scope::default() }
    }

    /// The scope of a file, without `stack`.
    pub(super) fn constant(module: ModuleId) -> Scope<'t> {
        Scope { module, constant: true, ..Scope::default() }
    }

    /// Returns the scope inside a record.
    pub(super) fn inside(&self, record: &Type) -> Scope<'t> {
        Scope { record: Some(record.plain().clone()), ..self.clone() }
    }
}

/// The field that a value is for, used in diagnostics.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a, 't> {
    pub(super) trail: &'a Trail<'a>,
    pub(super) field: Option<(FieldRef, &'a SchemaField<'t>)>,
}

pub(super) struct Typing<'p, 't> {
    pub(super) program: &'p Program<'t>,
    pub(super) findings: &'p mut Findings,
    pub(super) diagnostics: &'p mut Vec<Diagnostic>,
    /// Constants and functions being checked.
    pub(super) busy_lets: HashSet<LetId>,
    pub(super) busy_fns: HashSet<FnId>,
    /// The functions whose bodies are being checked, each called by the one before it.
    pub(super) calls: Vec<(FnId, Span)>,
    /// The expected type of the expression being checked.
    pub(super) wanted: Option<Type>,
    /// Ambiguous literals in constants without a type, and the units that their uses need.
    pub(super) demands: Demands,
    /// The use for which the value of such a constant is being checked. Results then concern only
    /// that use, and are not recorded for the constant.
    pub(super) using: Option<Span>,
    /// The branches of each `if` in a block.
    pub(super) branches: Branches,
    /// The chunks to check, or all of them if `None`.
    pub(super) only: Option<&'p HashSet<ChunkId>>,
    /// Whether the node being checked has a syntax error.
    pub(super) muted: bool,
}

impl<'p, 't> Typing<'p, 't> {
    pub(super) fn new(
        program: &'p Program<'t>,
        findings: &'p mut Findings,
        diagnostics: &'p mut Vec<Diagnostic>,
    ) -> Self {
        let (busy_lets, busy_fns, calls, wanted) = Default::default();
        let (demands, using, branches, only, muted) = Default::default();
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
            muted,
        }
    }

    /// Reports an error in an expression and poisons it.
    pub(super) fn report(&mut self, expr: &Expr, report: Diagnostic) -> Type {
        self.poison(expr);
        self.tell(report);
        Type::Error
    }

    /// Records a diagnostic, unless it is a consequence of a syntax error.
    pub(super) fn tell(&mut self, report: Diagnostic) {
        if !self.muted {
            self.diagnostics.push(report);
        }
    }

    /// Checks a node; if it is `broken`, what is found in it is a consequence of its syntax error.
    pub(super) fn muted<R>(&mut self, broken: bool, check: impl FnOnce(&mut Self) -> R) -> R {
        let muted = std::mem::replace(&mut self.muted, broken);
        let result = check(self);
        self.muted = muted;
        result
    }

    /// Marks an expression whose errors have been reported.
    pub(super) fn poison(&mut self, expr: &Expr) {
        if self.using.is_none() {
            self.findings.poison(expr);
        }
    }

    /// Records the type of an expression.
    pub(super) fn found(&mut self, expr: &Expr, ty: &Type) {
        if self.using.is_none() {
            self.findings.set_type(expr, ty);
        }
    }

    /// Records the expected type of an expression.
    pub(super) fn expected_at(&mut self, expr: &Expr, want: &Type, place: Option<&Subject>) {
        if self.using.is_none() {
            let field = place.and_then(|place| place.field).map(|(field, _)| field);
            self.findings.set_expected(expr, want, field);
        }
    }

    /// Records what a name resolves to.
    pub(super) fn resolve(&mut self, expr: &Expr, resolution: Resolution) {
        if self.using.is_none() {
            self.findings.resolve(expr, resolution);
        }
    }

    /// Records what the key of an entry resolves to.
    pub(super) fn resolve_name(&mut self, name: &Name, resolution: Resolution) {
        if self.using.is_none() {
            self.findings.resolve_name(name, resolution);
        }
    }

    /// Checks the entries of the stack or of a profile.
    pub(super) fn layer(&mut self, body: &'t Block) {
        let root = Type::Schema(self.program.root);
        let scope = Scope::of(Program::own()).inside(&root);
        self.block(body, &root, &scope, &Trail::root(), &mut Given::default());
    }
}

/// The units that the uses of ambiguous literals need.
#[derive(Default)]
pub(in crate::semantics) struct Demands(pub(super) IndexMap<ExprKey, Demand, foldhash::fast::RandomState>);

/// The units that the uses of one literal need.
pub(super) struct Demand {
    /// The literal.
    pub(super) span: Span,
    pub(super) text: Box<str>,
    /// The first use with each unit.
    pub(super) cpu: Option<Span>,
    pub(super) duration: Option<Span>,
}
