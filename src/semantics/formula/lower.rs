//! Lowers expressions, and checks with what encloses them, to formulas.

use super::{
    Base, Block, Check, Enclosing, Entry, EntryKind, Expr, ExprKind, FieldRef, Findings, Formula,
    FormulaKind, Function, InfixOp, Let, Number, PrefixOp, Program, Quantity, Rc, Resolution, Rule,
    SchemaField, SchemaId, StringPart, Type, Unit, ValueKind, literal, quantity,
};
use crate::semantics::builtins::InFormula;

/// The context in which the names of an expression are resolved.
#[derive(Clone)]
pub(super) struct Lower<'a, 't> {
    pub(super) program: &'a Program<'t>,
    pub(super) findings: &'a Findings,
    /// The schema of the record whose fields are in scope by their bare names.
    pub(super) record: Option<SchemaId>,
    /// The variables of the enclosing loops, outermost first.
    pub(super) locals: Vec<(Rc<str>, Type)>,
}

impl Lower<'_, '_> {
    /// Collects the checks of an entry: itself, or those in its `for` or `if`. `around` is `None` if what
    /// encloses the entry can't be lowered.
    pub(super) fn rules(&self, entry: &Entry, around: Option<&[Enclosing]>, found: &mut Vec<Rule>) {
        let mut inside = |body: &Block, lower: &Self, one: Option<Enclosing>| {
            let around = around.zip(one).map(|(outer, one)| [outer, &[one]].concat());
            body.entries.iter().for_each(|entry| lower.rules(entry, around.as_deref(), found));
        };
        match &entry.kind {
            EntryKind::Check(check) => found.push(self.rule(check, around)),
            EntryKind::For { names, source, body } => {
                let names: Vec<Rc<str>> = names.iter().map(|name| (&*name.text).into()).collect();
                // Only loops over a setting or a list of literals can be lowered.
                let source = self
                    .expr(source, None)
                    .filter(|source| matches!(source.kind, FormulaKind::Path(..) | FormulaKind::List(_)));
                let types = source.as_ref().and_then(|source| match source.ty.plain() {
                    Type::List(inner) => Some(vec![(**inner).clone()]),
                    Type::Map(inner) => Some(vec![Type::String, (**inner).clone()]),
                    _ => None,
                });
                let whole = |types: &Vec<Type>| !types.iter().any(Type::is_optional);
                let types = types.filter(|types| types.len() == names.len() && whole(types));
                let mut lower = self.clone();
                lower.locals.extend(names.iter().cloned().zip(types.iter().flatten().cloned()));
                let each = types.and(source).map(|source| Enclosing::Each { names, source });
                inside(body, &lower, each);
            }
            EntryKind::If { condition, then, otherwise } => {
                let condition = self.truth(condition);
                inside(then, self, condition.clone().map(Enclosing::When));
                if let Some(otherwise) = otherwise {
                    let not = |c: Formula| Formula { kind: FormulaKind::Not(Box::new(c)), ty: Type::Bool };
                    inside(otherwise, self, condition.map(not).map(Enclosing::When));
                }
            }
            EntryKind::Field(_) | EntryKind::Rejects { .. } => {}
        }
    }

    fn rule(&self, check: &Check, around: Option<&[Enclosing]>) -> Rule {
        let text = |expr: &Expr| self.expr(expr, None);
        let labels = check.labels.iter().filter_map(|(path, remark)| Some((text(path)?, text(remark)?)));
        Rule {
            code: check.code.as_ref().map(|c| c.text.to_string()),
            warn: check.warn,
            build: check.build,
            around: around.unwrap_or_default().to_vec(),
            condition: around.and_then(|_| self.truth(&check.condition)),
            message: check
                .message
                .as_ref()
                .and_then(text)
                .unwrap_or_else(|| literal("a check does not hold")),
            help: check.helps.first().and_then(text),
            labels: labels.collect(),
        }
    }

    /// Lowers a condition.
    fn truth(&self, condition: &Expr) -> Option<Formula> {
        self.expr(condition, Some(&Type::Bool)).filter(Formula::is_truth)
    }

    pub(super) fn with_it(&self, condition: &Expr, base: &Type) -> Option<Formula> {
        let mut formula = self.expr(condition, Some(&Type::Bool))?;
        type_it(&mut formula, base);
        Some(formula).filter(Formula::is_truth)
    }

    pub(super) fn expr(&self, expr: &Expr, want: Option<&Type>) -> Option<Formula> {
        let (kind, ty) = match &expr.kind {
            ExprKind::Bool(value) => (FormulaKind::Literal(ValueKind::Bool(*value)), Type::Bool),
            ExprKind::Number(text) => {
                let kind = number(text, want.or(Some(self.findings.type_of(expr))))?;
                let ty = match &kind {
                    ValueKind::Quantity(q) => Type::Quantity(q.unit),
                    ValueKind::Int(_) => Type::Int,
                    ValueKind::Version(_) => Type::Version,
                    _ => Type::Float,
                };
                (FormulaKind::Literal(kind), ty)
            }
            ExprKind::String(parts) => match expr.plain_text() {
                Some(text) => (FormulaKind::Literal(ValueKind::String(text.into())), Type::String),
                None => {
                    let parts = parts.iter().map(|part| match part {
                        StringPart::Plain(text) => Some(literal(text)),
                        StringPart::Value(value) => self.expr(value, None),
                    });
                    (FormulaKind::String(parts.collect::<Option<_>>()?), Type::String)
                }
            },
            ExprKind::Name(_) if self.findings.resolution(expr) == Resolution::It => {
                (FormulaKind::It, Type::Error)
            }
            ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Stack | ExprKind::SelfRecord => {
                match self.path(expr) {
                    Some(path) => path,
                    // A constant is replaced with its value.
                    None => return self.constant(expr, want),
                }
            }
            ExprKind::Prefix(PrefixOp::Not, inner) => {
                (FormulaKind::Not(Box::new(self.expr(inner, want)?)), Type::Bool)
            }
            ExprKind::Infix(op, _, a, b) => self.infix(*op, a, b, want)?,
            ExprKind::If(condition, a, b) => {
                let condition = self.expr(condition, Some(&Type::Bool))?;
                let (a, b) = (self.expr(a, want)?, self.expr(b, want)?);
                let ty = a.ty.clone();
                (FormulaKind::If(Box::new(condition), Box::new(a), Box::new(b)), ty)
            }
            ExprKind::List(items) => self.list(items, want)?,
            ExprKind::Call(function, arguments) => self.call(function, arguments, want)?,
            _ => return None,
        };
        Some(Formula { kind, ty })
    }

    /// Lowers a list of literals that a template can compare: strings and amounts.
    fn list(&self, items: &[Expr], want: Option<&Type>) -> Option<(FormulaKind, Type)> {
        let inner = match want.map(Type::plain) {
            Some(Type::List(inner)) => Some(inner.plain().clone()),
            _ => None,
        };
        let items = items.iter().map(|item| self.expr(item, inner.as_ref())).collect::<Option<Vec<_>>>()?;
        let ty = inner.or_else(|| items.first().map(|item| item.ty.clone()))?;
        let literal = |item: &Formula| matches!(item.kind, FormulaKind::Literal(_));
        let carried = |ty: &Type| {
            matches!(ty, Type::String | Type::Enum(_) | Type::Int | Type::Float | Type::Quantity(_))
        };
        let alike = |item: &Formula| {
            item.ty == ty
                || matches!((&item.ty, &ty), (Type::Int, Type::Float) | (Type::String, Type::Enum(_)))
        };
        let fits = carried(&ty) && items.iter().all(|item| literal(item) && alike(item));
        fits.then(|| (FormulaKind::List(items), Type::List(Rc::new(ty))))
    }

    /// Lowers a constant whose value is a literal or a list of literals. Computed constants are evaluated
    /// when the stack is compiled, and are not written out here again.
    fn constant(&self, expr: &Expr, want: Option<&Type>) -> Option<Formula> {
        let mut constant = self.resolved(expr)?;
        let mut ty = constant.ty.as_ref();
        // A constant may name another one; cycles have already been rejected.
        while let ExprKind::Name(_) | ExprKind::Member(..) = constant.value.kind {
            constant = self.resolved(constant.value)?;
            ty = ty.or(constant.ty.as_ref());
        }
        let literal = |expr: &Expr| match &expr.kind {
            ExprKind::Bool(_) | ExprKind::Number(_) => true,
            _ => expr.plain_text().is_some(),
        };
        let fits = match &constant.value.kind {
            ExprKind::List(items) => items.iter().all(literal),
            _ => literal(constant.value),
        };
        let lower = Lower { record: None, locals: Vec::new(), ..*self };
        fits.then(|| lower.expr(constant.value, ty.map(Type::plain).or(want)))?
    }

    fn resolved(&self, expr: &Expr) -> Option<&Let<'_>> {
        match self.findings.resolution(expr) {
            Resolution::Let(id) => Some(self.program.constant(id)),
            _ => None,
        }
    }

    fn path(&self, expr: &Expr) -> Option<(FormulaKind, Type)> {
        let resolution = self.findings.resolution(expr);
        match &expr.kind {
            ExprKind::SelfRecord => {
                Some((FormulaKind::Path(Base::Record, Vec::new()), Type::Schema(self.record?)))
            }
            ExprKind::Stack => {
                Some((FormulaKind::Path(Base::Root, Vec::new()), Type::Schema(self.program.root)))
            }
            ExprKind::Name(_) => match resolution {
                Resolution::Local(at) => {
                    let at = at as usize;
                    let ty = self.locals.get(at)?.1.clone();
                    Some((FormulaKind::Path(Base::Local(at), Vec::new()), ty))
                }
                Resolution::Field(field) => {
                    let field = self.valued(FieldRef { schema: self.record?, ..field })?;
                    let path = vec![(&*field.name.text).into()];
                    Some((FormulaKind::Path(Base::Record, path), field.ty.clone()))
                }
                _ => None,
            },
            ExprKind::Member(base, name) => {
                let Resolution::Field(field) = resolution else { return None };
                let (FormulaKind::Path(root, mut path), ty) = self.path(base)? else { return None };
                let ty = match ty.plain() {
                    Type::Schema(schema) => self.valued(FieldRef { schema: *schema, ..field })?.ty.clone(),
                    _ => return None,
                };
                path.push((&*name.text).into());
                Some((FormulaKind::Path(root, path), ty))
            }
            _ => None,
        }
    }

    /// Returns a field that is a chart value. `@build` fields are not, except for the release, which is the
    /// chart's `appVersion`.
    fn valued(&self, at: FieldRef) -> Option<&SchemaField<'_>> {
        let field = self.program.field(at)?;
        let release = at.schema == self.program.root
            && &*field.name.text == "version"
            && *field.ty.plain() == Type::Version;
        (!field.annotations.build || release).then_some(field)
    }

    /// Lowers both sides of an operator; a number without a unit takes the other side's.
    fn sides(&self, a: &Expr, b: &Expr, want: Option<&Type>) -> Option<(Formula, Formula)> {
        let of = |side: &Expr, other: &Option<Formula>| match other {
            Some(other) if matches!(other.ty.plain(), Type::Quantity(_) | Type::Float) => {
                self.expr(side, Some(other.ty.plain()))
            }
            _ => None,
        };
        let (left, right) = (self.expr(a, want), self.expr(b, want));
        // Retry only on the way down; otherwise a long chain is lowered twice at each of its operators.
        let again = |expr: &Expr, read: &Option<Formula>| {
            matches!(expr.kind, ExprKind::Number(_)) || read.is_none() && want.is_none()
        };
        let first = if again(a, &left) { of(a, &right).or(left.clone()) } else { left.clone() };
        let second = if again(b, &right) { of(b, &left).or(right) } else { right };
        Some((first?, second?))
    }

    fn infix(&self, op: InfixOp, a: &Expr, b: &Expr, want: Option<&Type>) -> Option<(FormulaKind, Type)> {
        let logical = matches!(op, InfixOp::And | InfixOp::Or);
        let want = if logical || !op.compares() { want } else { None };
        let (left, right) = self.sides(a, b, want)?;
        let amount = |formula: &Formula| {
            matches!(formula.ty.plain(), Type::Int | Type::Float | Type::Quantity(_) | Type::Error)
        };
        let text = |formula: &Formula| {
            matches!(formula.ty.plain(), Type::String | Type::Enum(_) | Type::Endpoint | Type::Error)
        };
        let truth = |formula: &Formula| matches!(formula.ty.plain(), Type::Bool | Type::Error);
        let nonzero = match &right.kind {
            FormulaKind::Literal(ValueKind::Int(value)) => *value != 0,
            FormulaKind::Literal(ValueKind::Float(value)) => *value != 0.0,
            FormulaKind::Literal(ValueKind::Quantity(quantity)) => quantity.amount != 0,
            _ => false,
        };
        // A template evaluates both sides of every operator, and can't compare lists, records or versions.
        let both = |of: &dyn Fn(&Formula) -> bool| of(&left) && of(&right);
        let carried = match op {
            InfixOp::Merge => false,
            InfixOp::Divide | InfixOp::Remainder => both(&amount) && nonzero,
            InfixOp::Add | InfixOp::Subtract | InfixOp::Multiply => both(&amount),
            InfixOp::Equal | InfixOp::NotEqual => both(&amount) || both(&text) || both(&truth),
            _ if op.compares() => both(&amount),
            _ => true,
        };
        if !carried {
            return None;
        }
        let ty = match op {
            _ if logical || op.compares() => Type::Bool,
            InfixOp::Else => left.ty.present().clone(),
            InfixOp::Divide if matches!((left.ty.plain(), right.ty.plain()), (Type::Quantity(x), Type::Quantity(y)) if x == y) => {
                Type::Float
            }
            InfixOp::Multiply if matches!(right.ty.plain(), Type::Quantity(_)) => right.ty.clone(),
            _ => left.ty.clone(),
        };
        Some((FormulaKind::Infix(op, Box::new(left), Box::new(right)), ty))
    }

    fn call(&self, function: &Expr, arguments: &[Expr], want: Option<&Type>) -> Option<(FormulaKind, Type)> {
        let Resolution::Builtin(builtin) = self.findings.resolution(function) else { return None };
        let InFormula::Is(function) = builtin.get().formula else { return None };
        let inner_want = if matches!(function, Function::Min | Function::Max) { want } else { None };
        let arguments: Vec<Formula> =
            arguments.iter().map(|a| self.expr(a, inner_want)).collect::<Option<_>>()?;
        let of_text = |at: usize| {
            let inner = match arguments[at].ty.plain() {
                Type::List(inner) => inner.plain(),
                other => other,
            };
            matches!(inner, Type::String | Type::Enum(_) | Type::Map(_) | Type::Endpoint | Type::Error)
        };
        if function == Function::Contains && !(of_text(0) && of_text(1)) {
            return None;
        }
        let ty = match function {
            Function::IsSet
            | Function::StartsWith
            | Function::EndsWith
            | Function::Contains
            | Function::Matches => Type::Bool,
            Function::Present | Function::Len | Function::Floor | Function::Ceil | Function::Round => {
                Type::Int
            }
            Function::Min | Function::Max => {
                arguments.iter().find(|a| !matches!(a.ty, Type::Error))?.ty.present().clone()
            }
        };
        Some((FormulaKind::Call(function, arguments), ty))
    }
}

fn number(text: &str, want: Option<&Type>) -> Option<ValueKind> {
    let wanted = match want.map(Type::plain) {
        Some(Type::Quantity(unit)) => Some(*unit),
        _ => None,
    };
    Some(match quantity::read(text) {
        Number::Int(value) if wanted == Some(Unit::Cpu) => ValueKind::Quantity(Quantity::cores(value)?),
        Number::Int(value) => ValueKind::Int(value),
        Number::Float(value) => ValueKind::Float(value),
        Number::Version => ValueKind::Version(text.into()),
        Number::Quantity(units) => {
            // The context decides between minutes and a share of CPU.
            let unit = wanted.filter(|unit| units.contains(*unit));
            let unit = unit.or_else(|| (!units.is_ambiguous()).then(|| units.first()))?;
            ValueKind::Quantity(Quantity::literal(text, unit)?)
        }
        Number::Wrong(_) => return None,
    })
}

/// Gives `it` the type that the condition refines.
fn type_it(formula: &mut Formula, base: &Type) {
    match &mut formula.kind {
        FormulaKind::It => formula.ty = base.clone(),
        FormulaKind::Not(inner) => type_it(inner, base),
        FormulaKind::Infix(op, a, b) => {
            type_it(a, base);
            type_it(b, base);
            if !op.compares() && !matches!(op, InfixOp::And | InfixOp::Or) {
                formula.ty = a.ty.clone();
            }
        }
        FormulaKind::If(a, b, c) => [a, b, c].into_iter().for_each(|f| type_it(f, base)),
        FormulaKind::Call(_, items) | FormulaKind::String(items) | FormulaKind::List(items) => {
            items.iter_mut().for_each(|f| type_it(f, base));
        }
        FormulaKind::Literal(_) | FormulaKind::Path(..) => {}
    }
}
