//! Checks infix operators.

use super::{
    Diagnostic, Expr, ExprKind, InfixOp, Lineage, Rc, Scope, Span, Type, Typing, Unit, WORD, path_text,
    wording,
};
use crate::semantics::codes::of_two_kinds;

impl<'p, 't> Typing<'p, 't> {
    pub(super) fn infix(
        &mut self,
        expr: &'t Expr,
        op: InfixOp,
        at: Span,
        left: &'t Expr,
        right: &'t Expr,
        scope: &Scope<'t>,
    ) -> Type {
        match op {
            InfixOp::And | InfixOp::Or => {
                self.check_against(left, &Type::Bool, scope, None);
                let inner = self.narrowed(left, op == InfixOp::And, scope);
                self.check_against(right, &Type::Bool, &inner, None);
                return Type::Bool;
            }
            InfixOp::Else => {
                let found = self.infer(left, scope);
                let other = self.infer(right, scope);
                return self.joined(expr, &[(left, found.present().clone()), (right, other)]);
            }
            _ => {}
        }
        let (mut a, mut b) = (self.infer(left, scope), self.infer(right, scope));
        for (side, ty) in [(left, &mut a), (right, &mut b)] {
            if ty.is_optional() {
                self.compare(side, &ty.clone(), ty.present(), scope, None);
                *ty = Type::Error;
            }
        }
        if a == Type::Error || b == Type::Error {
            self.ambiguous(left, &a, &b);
            self.ambiguous(right, &b, &a);
            return if op.compares() { Type::Bool } else { Type::Error };
        }
        // An ambiguous literal takes its unit from the other side.
        let (for_left, for_right) = (b.clone(), a.clone());
        for (side, own, other) in [(left, &mut a, for_left), (right, &mut b, for_right)] {
            if *own == Type::AmbiguousM {
                let unit = match other.plain() {
                    Type::Quantity(unit @ (Unit::Cpu | Unit::Duration)) => *unit,
                    _ => Unit::Duration,
                };
                // The value behind a name, or an expression in parentheses, must have that unit too.
                match unit == Unit::Cpu && !matches!(side.kind, ExprKind::Number(_)) {
                    true => self.check_against(side, &Type::Quantity(unit), scope, None),
                    false => self.decide(side, unit),
                }
                *own = Type::Quantity(unit);
            }
        }
        if op.compares() {
            self.impossible(op, (left, &a), (right, &b));
            if !comparable(op, &a, &b, &self.program.lineage) {
                self.refuse(expr, op, at, (left, &a), (right, &b));
            }
            return Type::Bool;
        }
        match result(op, a.plain(), b.plain(), &self.program.lineage) {
            Some(ty) => ty,
            None => self.refuse(expr, op, at, (left, &a), (right, &b)),
        }
    }

    /// Reports `==` or `!=` with a word that the other side can never be.
    fn impossible(&mut self, op: InfixOp, a: (&'t Expr, &Type), b: (&'t Expr, &Type)) {
        if !matches!(op, InfixOp::Equal | InfixOp::NotEqual) {
            return;
        }
        for (side, other) in [(a, b), (b, a)] {
            if let (Some(text), Type::Enum(words)) = (side.0.plain_text(), other.1.plain())
                && other.0.plain_text().is_none()
                && !words.iter().any(|word| &**word == text)
            {
                let shown = path_text(other.0).unwrap_or_else(|| "the other side".to_owned());
                let report =
                    Diagnostic::error(&WORD, format!("`{shown}` is never \"{}\"", wording::short(text)))
                        .at(side.0.span, "not an allowed value");
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                let report = match wording::nearest(text, words.iter().map(|word| &**word)) {
                    Some(near) => report.near(
                        format!("did you mean \"{near}\"?"),
                        side.0.span,
                        text,
                        &format!("\"{near}\""),
                    ),
                    None => report.help(format!("it is {}", wording::one_of(&quoted))),
                };
                self.report(side.0, report);
            }
        }
    }

    pub(super) fn ambiguous(&mut self, side: &'t Expr, own: &Type, other: &Type) {
        if *own == Type::AmbiguousM
            && let Type::Quantity(unit) = other.plain()
        {
            self.decide(side, *unit);
        }
    }

    /// Decides the unit of an ambiguous literal such as `100m`.
    pub(super) fn decide(&mut self, expr: &'t Expr, unit: Unit) {
        self.found(expr, &Type::Quantity(unit));
    }

    pub(super) fn refuse(
        &mut self,
        expr: &'t Expr,
        op: InfixOp,
        at: Span,
        left: (&Expr, &Type),
        right: (&Expr, &Type),
    ) -> Type {
        let report = of_two_kinds(op, &left.1.in_words(), &right.1.in_words())
            .at(at, "")
            .because(left.0.span, left.1.in_words())
            .because(right.0.span, right.1.in_words());
        let is_text = |ty: &Type| matches!(ty.plain(), Type::String | Type::Enum(_) | Type::Endpoint);
        let report = match (op, is_text(left.1), is_text(right.1)) {
            (InfixOp::Add, true, false) | (InfixOp::Add, false, true) => {
                let (other, ty) = if is_text(left.1) { right } else { left };
                let one = matches!(
                    ty.plain(),
                    Type::Int | Type::Float | Type::Quantity(_) | Type::Bool | Type::Version
                );
                match path_text(other).filter(|_| one) {
                    Some(shown) => report.help(format!("a string holds values: write `\"…\\({shown})…\"`")),
                    None => report,
                }
            }
            _ => report,
        };
        self.report(expr, report)
    }
}

/// Whether an operator can compare values of two types.
fn comparable(op: InfixOp, a: &Type, b: &Type, lineage: &Lineage) -> bool {
    let ordered = !matches!(op, InfixOp::Equal | InfixOp::NotEqual);
    let has_order = |ty: &Type| {
        matches!(
            ty.plain(),
            Type::Int | Type::Float | Type::Quantity(_) | Type::Version | Type::String | Type::Enum(_)
        )
    };
    let text = |ty: &Type| matches!(ty.plain(), Type::String | Type::Enum(_) | Type::Endpoint);
    (!ordered || has_order(a)) && (a.accepts(b, lineage) || b.accepts(a, lineage) || text(a) && text(b))
}

/// Returns the result type of an arithmetic operator or `&`, if it applies.
pub(super) fn result(op: InfixOp, a: &Type, b: &Type, lineage: &Lineage) -> Option<Type> {
    use InfixOp::{Add, Divide, Merge, Multiply, Remainder, Subtract};
    use Type::{Float, Int, Quantity};
    let text = |ty: &Type| matches!(ty, Type::String | Type::Enum(_) | Type::Endpoint);
    Some(match (op, a, b) {
        (Add | Subtract | Multiply | Remainder, Int, Int) => Int,
        (Divide, Int, Int) => Float,
        (Add | Subtract | Multiply | Divide, Int | Float, Int | Float) => Float,
        (Add | Subtract | Remainder, Quantity(x), Quantity(y)) if x == y => Quantity(*x),
        (Divide, Quantity(x), Quantity(y)) if x == y => Float,
        (Multiply, Quantity(x), Int | Float) | (Multiply, Int | Float, Quantity(x)) => Quantity(*x),
        (Divide, Quantity(x), Int | Float) => Quantity(*x),
        (Add, a, b) if text(a) && text(b) => Type::String,
        (Add, Type::List(x), Type::List(y)) => Type::List(Rc::new(Type::united(x, y, lineage)?)),
        (Merge, Type::Record(x), Type::Record(y)) => {
            let mut fields = (**x).clone();
            for (name, ty) in y.iter() {
                let merged = match fields.get(name) {
                    Some(known) => result(Merge, known.plain(), ty.plain(), lineage).unwrap_or(ty.clone()),
                    None => ty.clone(),
                };
                fields.insert(name.clone(), merged);
            }
            Type::Record(Rc::new(fields))
        }
        (Merge, Type::Record(_), Type::Data | Type::Schema(_) | Type::Map(_)) => b.clone(),
        (Merge, Type::Data | Type::Schema(_) | Type::Map(_), Type::Record(_)) => a.clone(),
        (Merge, Type::Data, Type::Data | Type::Schema(_) | Type::Map(_)) => b.clone(),
        (Merge, Type::Schema(_) | Type::Map(_), Type::Data) => a.clone(),
        (Merge, a, b) if a == b && matches!(a, Type::Schema(_) | Type::Map(_)) => a.clone(),
        _ => return None,
    })
}
