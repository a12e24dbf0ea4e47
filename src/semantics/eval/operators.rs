//! Operators on values.

use super::{
    Env, Eval, Expr, ExprKind, InfixOp, Kind, NoResult, OVERFLOW, PrefixOp, Rc, Report, Span, Type, ZERO,
    arithmetic, wording,
};
use crate::semantics::problems::of_two_kinds;

/// What to do where values are of other kinds than typing knows.
pub(super) const GIVE_A_TYPE: &str = "give a type to what it comes from, as in `let name: Cpu = …`";

impl<'p, 't> Eval<'p, 't> {
    pub(super) fn prefix(&mut self, expr: &Expr, op: PrefixOp, inner: &'t Expr, env: &Env) -> Kind {
        let value = self.expr(inner, env).kind;
        match op {
            PrefixOp::Not => match value {
                Kind::Bool(value) => Kind::Bool(!value),
                _ => Kind::Error,
            },
            PrefixOp::Negate => arithmetic::negate(&value).unwrap_or_else(|reason| {
                if reason == NoResult::Overflow {
                    self.does_not_fit(&format!("-({value})"), expr.span);
                }
                Kind::Error
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
    ) -> Kind {
        let path = matches!(left.kind, ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Index(..));
        let a = if op == InfixOp::Else && path { self.asked_for(left, env) } else { self.expr(left, env) };
        match (op, &a.kind) {
            (_, Kind::Error) => return Kind::Error,
            (InfixOp::And, Kind::Bool(false)) => return Kind::Bool(false),
            (InfixOp::Or, Kind::Bool(true)) => return Kind::Bool(true),
            (InfixOp::Else, Kind::Absent) => return self.expr(right, env).kind,
            (InfixOp::Else, _) => return a.kind,
            _ => {}
        }
        let b = self.expr(right, env);
        if matches!(b.kind, Kind::Error) {
            return Kind::Error;
        }
        let (mut a, mut b) = (a.kind, b.kind);
        // Twice a share of CPU is no product of two shares.
        let widened = match op {
            InfixOp::Multiply | InfixOp::Divide => Ok(()),
            _ => arithmetic::widen_sides(&mut a, &mut b),
        };
        match widened.and_then(|()| arithmetic::infix(op, &a, &b)) {
            Ok(kind) => kind,
            Err(NoResult::Kinds) => {
                let (a, b) = (in_words(&a), in_words(&b));
                let report = of_two_kinds(op, &a, &b).at(at, "").because(left.span, a).because(right.span, b);
                self.problems.push(report.help(GIVE_A_TYPE));
                Kind::Error
            }
            Err(NoResult::Zero) => {
                let report =
                    Report::error(&ZERO, "this divides by zero").at(at, "").because(right.span, "is 0");
                self.problems.push(report);
                Kind::Error
            }
            Err(NoResult::Overflow) => {
                let shown = format!("{a} {} {b}", op.text());
                self.does_not_fit(&shown, at);
                Kind::Error
            }
        }
    }

    /// Reports a number that is too large.
    pub(super) fn does_not_fit(&mut self, shown: &str, at: Span) {
        let title = format!("`{}` does not fit", wording::short(shown));
        self.problems.push(Report::error(&OVERFLOW, title).at(at, ""));
    }
}

/// What a value is, in the words of types.
pub(super) fn in_words(kind: &Kind) -> String {
    let ty = match kind {
        Kind::Bool(_) => Type::Bool,
        Kind::Int(_) => Type::Int,
        Kind::Float(_) => Type::Float,
        Kind::Text(_) => Type::Text,
        Kind::Version(_) => Type::Version,
        Kind::Quantity(quantity) => Type::Quantity(quantity.unit),
        Kind::List(_) => Type::List(Rc::new(Type::Data)),
        Kind::Record(_) => Type::Data,
        Kind::Absent => Type::Absent,
        Kind::Error => Type::Error,
    };
    ty.in_words()
}
