//! Types `check` entries, and narrows scopes where a condition is true or false.

use super::{
    Block, Check, Entry, EntryKind, Expr, ExprKind, InfixOp, Key, PrefixOp, Program, Scope, Type, Typing,
};
use crate::semantics::findings::{Rejected, Resolution};

impl<'p, 't> Typing<'p, 't> {
    /// Types a check of a schema or a test, or the checks in a loop or an `if`.
    pub(super) fn check_entry(&mut self, entry: &'t Entry, scope: &Scope<'t>) {
        match &entry.kind {
            EntryKind::Check(check) => {
                self.head(entry, &check.condition, |typing| typing.check(check, scope))
            }
            EntryKind::For { names, source, body } => {
                let inner = self.head(entry, source, |typing| typing.looped(names, source, scope));
                body.entries.iter().for_each(|entry| self.check_entry(entry, &inner));
            }
            EntryKind::If { condition, then, otherwise } => {
                self.head(entry, condition, |typing| {
                    typing.check_against(condition, &Type::Bool, scope, None);
                });
                let inner = self.narrowed(condition, true, scope);
                then.entries.iter().for_each(|entry| self.check_entry(entry, &inner));
                let inner = self.narrowed(condition, false, scope);
                let otherwise = otherwise.iter().flat_map(|block| block.entries.iter());
                otherwise.for_each(|entry| self.check_entry(entry, &inner));
            }
            EntryKind::Field(_) | EntryKind::Rejects { .. } => {}
        }
    }

    /// Types the entries of a test.
    pub(super) fn test(&mut self, body: &'t Block) {
        let scope = Scope::of(Program::own()).inside(&Type::Schema(self.program.root));
        for entry in body.entries.iter() {
            match &entry.kind {
                EntryKind::Rejects { body, code } => {
                    code.iter().for_each(|code| self.resolve_name(code, Resolution::Code));
                    // The test expects these errors, so they are kept until it runs.
                    let rejected = self.rejected(body);
                    self.findings.rejected.insert((body.span.chunk, body.id), rejected);
                }
                EntryKind::Field(_) if entry.broken => {}
                EntryKind::Field(field) => self.misplaced(
                    field.path.first().map_or(entry.span, Key::span),
                    "a test can't set fields",
                    "write `check condition`, or `rejects { field = value }`",
                ),
                _ => self.check_entry(entry, &scope),
            }
        }
    }

    /// Collects the type errors of a layer that is not part of the stack.
    fn rejected(&mut self, body: &'t Block) -> Rejected {
        let mut diagnostics = Vec::new();
        // The fields that its misspelled names meant concern only this layer.
        let meant = std::mem::take(&mut self.findings.meant);
        let mut typing = Typing::new(self.program, self.findings, &mut diagnostics);
        typing.layer(body);
        typing.settle();
        Rejected { diagnostics, meant: std::mem::replace(&mut self.findings.meant, meant) }
    }

    fn check(&mut self, check: &'t Check, scope: &Scope<'t>) {
        check.code.iter().for_each(|code| self.resolve_name(code, Resolution::Code));
        self.check_against(&check.condition, &Type::Bool, scope, None);
        // The diagnostic is built only if the condition is false.
        let failed = self.narrowed(&check.condition, false, scope);
        let texts = check
            .message
            .iter()
            .chain(&check.notes)
            .chain(&check.helps)
            .chain(check.labels.iter().map(|(_, t)| t));
        for text in texts {
            self.check_against(text, &Type::String, &failed, None);
        }
        for (path, _) in &check.labels {
            self.infer(path, &failed);
        }
    }

    /// Narrows a scope by the truth value of a condition: adds the paths that are then known to be set.
    pub(super) fn narrowed(&self, condition: &Expr, truth: bool, scope: &Scope<'t>) -> Scope<'t> {
        let mut inner = scope.clone();
        collect_set(condition, truth, &mut inner.set);
        inner
    }
}

pub(super) fn collect_set(condition: &Expr, truth: bool, set: &mut Vec<String>) {
    match &condition.kind {
        ExprKind::Prefix(PrefixOp::Not, inner) => collect_set(inner, !truth, set),
        ExprKind::Infix(InfixOp::And, _, a, b) if truth => {
            collect_set(a, true, set);
            collect_set(b, true, set);
        }
        ExprKind::Infix(InfixOp::Or, _, a, b) if !truth => {
            collect_set(a, false, set);
            collect_set(b, false, set);
        }
        ExprKind::Call(function, arguments) if truth => {
            if let (ExprKind::Name(name), [path]) = (&function.kind, arguments.as_slice())
                && &**name == "isSet"
            {
                set.extend(path_text(path));
                let mut path = path;
                while let ExprKind::Member(base, _) | ExprKind::Index(base, _) = &path.kind {
                    set.extend(path_text(base));
                    path = base;
                }
            }
        }
        _ => {}
    }
}

/// Formats an expression that is a path as a string.
pub(super) fn path_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        ExprKind::SelfRecord => Some("self".into()),
        ExprKind::Stack => Some("stack".into()),
        ExprKind::Member(base, name) => Some(format!("{}.{}", path_text(base)?, name.text)),
        ExprKind::Index(base, index) => Some(format!("{}[{:?}]", path_text(base)?, index.plain_text()?)),
        _ => None,
    }
}
