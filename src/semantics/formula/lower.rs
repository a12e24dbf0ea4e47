//! Expressions, checks and what is around them as formulas.

use super::*;

/// Where an expression stands, for what its names mean.
#[derive(Clone)]
pub(super) struct Lower<'a, 't> {
    pub(super) program: &'a Program<'t>,
    /// The file whose names count.
    pub(super) module: ModuleId,
    /// The record whose fields stand by their names.
    pub(super) record: Option<SchemaId>,
    /// The variables of the loops around, the outermost first.
    pub(super) locals: Vec<(Rc<str>, Type)>,
}

impl Lower<'_, '_> {
    /// The checks of an entry: itself, or those in its loop or choice. `around` is none where what is
    /// around can't be lowered.
    pub(super) fn rules(&self, entry: &Entry, around: Option<&[Around]>, found: &mut Vec<Rule>) {
        let mut inside = |body: &Block, lower: &Self, one: Option<Around>| {
            let around = around.zip(one).map(|(outer, one)| [outer, &[one]].concat());
            body.entries.iter().for_each(|entry| lower.rules(entry, around.as_deref(), found));
        };
        match &entry.kind {
            EntryKind::Check(check) => found.push(self.rule(check, around)),
            EntryKind::For { names, source, body } => {
                let names: Vec<Rc<str>> = names.iter().map(|name| (&*name.text).into()).collect();
                let source = self.expr(source, None);
                let types = source.as_ref().and_then(|source| match source.ty.plain() {
                    Type::List(inner) => Some(vec![(**inner).clone()]),
                    Type::Map(inner) => Some(vec![Type::Text, (**inner).clone()]),
                    _ => None,
                });
                let types = types.filter(|types| types.len() == names.len());
                let mut lower = self.clone();
                lower.locals.extend(names.iter().cloned().zip(types.iter().flatten().cloned()));
                let each = types.and(source).map(|source| Around::Each { names, source });
                inside(body, &lower, each);
            }
            EntryKind::If { condition, then, otherwise } => {
                let condition = self.expr(condition, Some(&Type::Bool));
                inside(then, self, condition.clone().map(Around::When));
                if let Some(otherwise) = otherwise {
                    let not = |c: Formula| Formula { kind: FormulaKind::Not(Box::new(c)), ty: Type::Bool };
                    inside(otherwise, self, condition.map(not).map(Around::When));
                }
            }
            EntryKind::Field(_) | EntryKind::Rejects { .. } => {}
        }
    }

    fn rule(&self, check: &Check, around: Option<&[Around]>) -> Rule {
        let text = |expr: &Expr| self.expr(expr, None);
        let labels = check.labels.iter().filter_map(|(path, remark)| Some((text(path)?, text(remark)?)));
        Rule {
            code: check.code.as_ref().map(|c| c.text.to_string()),
            warn: check.warn,
            build: check.build,
            around: around.unwrap_or_default().to_vec(),
            condition: around.and_then(|_| self.expr(&check.condition, Some(&Type::Bool))),
            message: check
                .message
                .as_ref()
                .and_then(text)
                .unwrap_or_else(|| literal("a check does not hold")),
            help: check.helps.first().and_then(text),
            labels: labels.collect(),
        }
    }

    pub(super) fn with_it(&self, condition: &Expr, base: &Type) -> Option<Formula> {
        let mut formula = self.expr(condition, Some(&Type::Bool))?;
        type_it(&mut formula, base);
        Some(formula)
    }

    pub(super) fn expr(&self, expr: &Expr, want: Option<&Type>) -> Option<Formula> {
        let (kind, ty) = match &expr.kind {
            ExprKind::Bool(value) => (FormulaKind::Literal(Kind::Bool(*value)), Type::Bool),
            ExprKind::Number(text) => {
                let kind = number(text, want)?;
                let ty = match &kind {
                    Kind::Quantity(q) => Type::Quantity(q.unit),
                    Kind::Int(_) => Type::Int,
                    Kind::Version(_) => Type::Version,
                    _ => Type::Float,
                };
                (FormulaKind::Literal(kind), ty)
            }
            ExprKind::Text(parts) => match expr.plain_text() {
                Some(text) => (FormulaKind::Literal(Kind::Text(text.into())), Type::Text),
                None => {
                    let parts = parts.iter().map(|part| match part {
                        TextPart::Plain(text) => Some(literal(text)),
                        TextPart::Value(value) => self.expr(value, None),
                    });
                    (FormulaKind::Text(parts.collect::<Option<_>>()?), Type::Text)
                }
            },
            ExprKind::Name(name) if &**name == "it" && self.record.is_none() => {
                (FormulaKind::It, Type::Error)
            }
            ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Stack | ExprKind::SelfRecord => {
                match self.path(expr) {
                    Some(path) => path,
                    // A constant stands for its value.
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
            ExprKind::List(items) => {
                let items: Vec<Formula> =
                    items.iter().map(|item| self.expr(item, None)).collect::<Option<_>>()?;
                let inner = items.first().map_or(Type::Text, |f| f.ty.clone());
                (FormulaKind::List(items), Type::List(Rc::new(inner)))
            }
            ExprKind::Call(function, arguments) => self.call(function, arguments, want)?,
            _ => return None,
        };
        Some(Formula { kind, ty })
    }

    /// The value of a constant, where it has a form that can be lowered.
    fn constant(&self, expr: &Expr, want: Option<&Type>) -> Option<Formula> {
        let Named::Let(id) = self.program.resolve(self.module, expr)? else { return None };
        let constant = &self.program.lets[id.0];
        let lower = Lower { module: constant.module, record: None, locals: Vec::new(), ..self.clone() };
        let want = constant.ty.as_ref().map(Type::plain).or(want);
        lower.expr(constant.value, want)
    }

    fn path(&self, expr: &Expr) -> Option<(FormulaKind, Type)> {
        match &expr.kind {
            ExprKind::SelfRecord => {
                Some((FormulaKind::Path(Base::Record, Vec::new()), Type::Schema(self.record?)))
            }
            ExprKind::Stack => {
                Some((FormulaKind::Path(Base::Root, Vec::new()), Type::Schema(self.program.root)))
            }
            ExprKind::Name(name) => {
                if let Some(at) = self.locals.iter().rposition(|(known, _)| **known == **name) {
                    return Some((FormulaKind::Path(Base::Local(at), Vec::new()), self.locals[at].1.clone()));
                }
                let field =
                    self.program.schema(self.record?).fields.get(&**name).filter(|field| valued(field))?;
                Some((FormulaKind::Path(Base::Record, vec![(&**name).into()]), field.ty.clone()))
            }
            ExprKind::Member(base, name) => {
                let (FormulaKind::Path(root, mut path), ty) = self.path(base)? else { return None };
                let ty = match ty.plain() {
                    Type::Schema(id) => {
                        let fields = &self.program.schema(*id).fields;
                        fields.get(&*name.text).filter(|field| valued(field))?.ty.clone()
                    }
                    _ => return None,
                };
                path.push((&*name.text).into());
                Some((FormulaKind::Path(root, path), ty))
            }
            _ => None,
        }
    }

    fn infix(&self, op: InfixOp, a: &Expr, b: &Expr, want: Option<&Type>) -> Option<(FormulaKind, Type)> {
        let logical = matches!(op, InfixOp::And | InfixOp::Or);
        let want = if logical || !op.compares() { want } else { None };
        let (mut left, mut right) = (self.expr(a, want)?, self.expr(b, want)?);
        // A literal takes its unit from the other side.
        let (for_left, for_right) = (right.ty.clone(), left.ty.clone());
        for (side, other, expr) in [(&mut left, for_left, a), (&mut right, for_right, b)] {
            if matches!(expr.kind, ExprKind::Number(_))
                && let Type::Quantity(_) = other.plain()
                && let Some(again) = self.expr(expr, Some(other.plain()))
            {
                *side = again;
            }
        }
        let ty = match op {
            _ if logical || op.compares() => Type::Bool,
            InfixOp::Else => left.ty.present().clone(),
            InfixOp::Divide if matches!((left.ty.plain(), right.ty.plain()), (Type::Quantity(x), Type::Quantity(y)) if x == y) => {
                Type::Float
            }
            InfixOp::Multiply if matches!(right.ty.plain(), Type::Quantity(_)) => right.ty.clone(),
            InfixOp::Merge => return None,
            _ => left.ty.clone(),
        };
        Some((FormulaKind::Infix(op, Box::new(left), Box::new(right)), ty))
    }

    fn call(&self, function: &Expr, arguments: &[Expr], want: Option<&Type>) -> Option<(FormulaKind, Type)> {
        use Builtin::*;
        let ExprKind::Name(name) = &function.kind else { return None };
        let (builtin, ..) = builtins::find(name)?;
        let inner_want = if matches!(builtin, Min | Max) { want } else { None };
        let arguments: Vec<Formula> =
            arguments.iter().map(|a| self.expr(a, inner_want)).collect::<Option<_>>()?;
        let ty = match builtin {
            IsSet | StartsWith | EndsWith | Contains | Matches => Type::Bool,
            Present | Len | Floor | Ceil | Round => Type::Int,
            Min | Max => arguments.iter().find(|a| !matches!(a.ty, Type::Error))?.ty.present().clone(),
            _ => return None,
        };
        Some((FormulaKind::Call(builtin, arguments), ty))
    }
}

/// Whether a field is a value of the chart: what shapes the build is none, but for the release, which
/// is the chart's `appVersion`.
fn valued(field: &SchemaField) -> bool {
    !field.build || field.module == Program::BUILTIN && *field.ty.plain() == Type::Version
}

fn number(text: &str, want: Option<&Type>) -> Option<Kind> {
    let wanted = match want.map(Type::plain) {
        Some(Type::Quantity(unit)) => Some(*unit),
        _ => None,
    };
    Some(match quantity::read(text) {
        Number::Int(value) if wanted == Some(Unit::Cpu) => {
            Kind::Quantity(Quantity::of(Unit::Cpu, value * 1000))
        }
        Number::Int(value) => Kind::Int(value),
        Number::Float(value) => Kind::Float(value),
        Number::Version => Kind::Version(text.into()),
        Number::Quantity(units) => {
            let unit = wanted.filter(|unit| units.contains(unit)).unwrap_or(units[0]);
            Kind::Quantity(Quantity::literal(text, unit)?)
        }
        Number::Wrong(_) => return None,
    })
}

/// `it` has the type that the condition refines.
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
        FormulaKind::Call(_, items) | FormulaKind::Text(items) | FormulaKind::List(items) => {
            items.iter_mut().for_each(|f| type_it(f, base));
        }
        FormulaKind::Literal(_) | FormulaKind::Path(..) => {}
    }
}
