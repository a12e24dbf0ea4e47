//! Evaluates operators.

use super::{
    Diagnostic, Env, Eval, Expr, ExprKind, InfixOp, NoResult, OVERFLOW, PrefixOp, Rc, Span, Type, ValueKind,
    ZERO, arithmetic, wording,
};
use crate::semantics::codes::of_two_kinds;

/// The help for operands whose types were unknown to typing.
pub(super) const GIVE_A_TYPE: &str = "give a type to what it comes from, as in `let name: Cpu = …`";

impl<'p, 't> Eval<'p, 't> {
    pub(super) fn prefix(&mut self, expr: &Expr, op: PrefixOp, inner: &'t Expr, env: &Env) -> ValueKind {
        let value = self.expr(inner, env).kind;
        match op {
            PrefixOp::Not => match value {
                ValueKind::Bool(value) => ValueKind::Bool(!value),
                _ => ValueKind::Error,
            },
            PrefixOp::Negate => arithmetic::negate(&value).unwrap_or_else(|reason| {
                if reason == NoResult::Overflow {
                    self.does_not_fit(&format!("-({value})"), expr.span);
                }
                ValueKind::Error
            }),
        }
    }

    pub(super) fn infix(
        &mut self,
        op: InfixOp,
        at: Span,
        left: &'t Expr,
        right: &'t Expr,
        env: &Env,
    ) -> ValueKind {
        let path = matches!(left.kind, ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Index(..));
        let a = if op == InfixOp::Else && path { self.asked_for(left, env) } else { self.expr(left, env) };
        match (op, &a.kind) {
            (_, ValueKind::Error) => return ValueKind::Error,
            (InfixOp::And, ValueKind::Bool(false)) => return ValueKind::Bool(false),
            (InfixOp::Or, ValueKind::Bool(true)) => return ValueKind::Bool(true),
            (InfixOp::Else, ValueKind::Absent) => return self.expr(right, env).kind,
            (InfixOp::Else, _) => return a.kind,
            _ => {}
        }
        let b = self.expr(right, env);
        if matches!(b.kind, ValueKind::Error) {
            return ValueKind::Error;
        }
        let (mut a, mut b) = (a.kind, b.kind);
        // A factor is not widened: twice a share of CPU is not a product of two shares.
        let widened = match op {
            InfixOp::Multiply | InfixOp::Divide => Ok(()),
            _ => arithmetic::widen_sides(&mut a, &mut b),
        };
        match widened.and_then(|()| arithmetic::infix(op, &a, &b)) {
            Ok(kind) => kind,
            Err(NoResult::Kinds) => {
                let (a, b) = (in_words(&a), in_words(&b));
                let report = of_two_kinds(op, &a, &b).at(at, "").because(left.span, a).because(right.span, b);
                self.diagnostics.push(report.help(GIVE_A_TYPE));
                ValueKind::Error
            }
            Err(NoResult::Zero) => {
                let report =
                    Diagnostic::error(&ZERO, "division by zero").at(at, "").because(right.span, "is 0");
                self.diagnostics.push(report);
                ValueKind::Error
            }
            Err(NoResult::Overflow) => {
                let shown = format!("{a} {} {b}", op.text());
                self.does_not_fit(&shown, at);
                ValueKind::Error
            }
        }
    }

    /// Reports a number that is too large.
    pub(super) fn does_not_fit(&mut self, shown: &str, at: Span) {
        let title = format!("`{}` is out of range", wording::short(shown));
        self.diagnostics.push(Diagnostic::error(&OVERFLOW, title).at(at, ""));
    }
}

/// Describes a value by its type.
pub(super) fn in_words(kind: &ValueKind) -> String {
    let ty = match kind {
        ValueKind::Bool(_) => Type::Bool,
        ValueKind::Int(_) => Type::Int,
        ValueKind::Float(_) => Type::Float,
        ValueKind::String(_) => Type::String,
        ValueKind::Version(_) => Type::Version,
        ValueKind::Quantity(quantity) => Type::Quantity(quantity.unit),
        ValueKind::List(_) => Type::List(Rc::new(Type::Data)),
        ValueKind::Record(_) => Type::Data,
        ValueKind::Absent => Type::Absent,
        ValueKind::Error => Type::Error,
    };
    ty.in_words()
}
