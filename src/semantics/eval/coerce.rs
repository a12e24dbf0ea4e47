//! Coerces values to their types: conversions, conditions, endpoints.

use super::{
    Definition, Diagnostic, Env, Eval, Expr, ExprKind, InfixOp, Layer, MAX_NODES, MISMATCH, Quantity,
    REFINED, Rc, Source, Type, Unit, Value, ValueKind, WORD, checks, stack_space, wording,
};

impl<'p, 't> Eval<'p, 't> {
    /// Coerces a value to a type and checks the type's conditions.
    #[expect(clippy::too_many_lines, reason = "one arm per kind of type")]
    pub(super) fn coerce(&mut self, mut value: Value, ty: &'p Type) -> Value {
        if matches!(value.kind, ValueKind::Error | ValueKind::Absent) {
            return value;
        }
        match ty {
            Type::Optional(inner) => self.coerce(value, inner),
            Type::Refined(id, base) => {
                let value = self.coerce(value, base);
                if matches!(value.kind, ValueKind::Error) {
                    return value;
                }
                let refined = self.program.refinement(*id);
                let env = Env { it: Some(Rc::new(value.clone())), ..Env::default() };
                if matches!(self.expr(refined.condition, &env).kind, ValueKind::Bool(false)) {
                    return self.refused(value, refined.message, &env);
                }
                value
            }
            Type::List(inner) => {
                if let ValueKind::List(items) = &value.kind
                    && matches!(
                        **inner,
                        Type::Refined(..) | Type::Endpoint | Type::List(_) | Type::Schema(_) | Type::Enum(_)
                    )
                {
                    let items: Vec<Value> =
                        items.iter().map(|item| self.element(item.clone(), inner)).collect();
                    value.kind = ValueKind::List(Rc::new(items.into_iter().collect()));
                }
                value
            }
            Type::Endpoint => match &value.kind {
                ValueKind::String(text) => match crate::semantics::typing::endpoint(text) {
                    Ok(()) => value,
                    Err(why) => {
                        let report = Diagnostic::error(
                            &MISMATCH,
                            format!("expected `host:port`, found `{}`", wording::short(text)),
                        );
                        self.diagnostics.push(source_labels(report, &value, &why));
                        Value { kind: ValueKind::Error, ..value }
                    }
                },
                _ => value,
            },
            Type::Enum(words) => match &value.kind {
                ValueKind::String(text) if !words.contains(text) => {
                    let report = Diagnostic::error(
                        &WORD,
                        format!("\"{}\" is not an allowed value", wording::short(text)),
                    );
                    let report = source_labels(report, &value, "not allowed here");
                    let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
                    self.diagnostics.push(report.help(format!("it is {}", wording::one_of(&quoted))));
                    Value { kind: ValueKind::Error, ..value }
                }
                _ => value,
            },
            Type::Schema(_) if matches!(value.kind, ValueKind::Record(_)) => self.element(value, ty),
            Type::Map(inner) => {
                if let ValueKind::Record(record) = &value.kind {
                    let items = record.iter().map(|(key, item)| (key.clone(), item.clone()));
                    let items: Vec<(Rc<str>, Value)> = items.collect();
                    let items = items.into_iter().map(|(key, item)| (key, self.coerce(item, inner)));
                    value.kind = ValueKind::Record(Rc::new(items.collect()));
                }
                value
            }
            Type::Quantity(Unit::Cpu) if matches!(value.kind, ValueKind::Int(cores) if Quantity::cores(cores).is_none()) =>
            {
                self.does_not_fit(&value.kind.to_string(), value.span);
                Value { kind: ValueKind::Error, ..value }
            }
            _ if !is_of(&value.kind, ty) => {
                // Typing does not know the types inside data, so they are checked only now.
                let found = wording::short(&value.kind.to_string());
                let report =
                    Diagnostic::error(&MISMATCH, format!("expected {}, found `{found}`", ty.in_words()));
                let report = source_labels(report, &value, "wrong type");
                self.diagnostics.push(report.help(format!("a right value looks like `{}`", ty.example())));
                Value { kind: ValueKind::Error, ..value }
            }
            _ => value,
        }
    }

    /// Evaluates an expression as a type. A record literal becomes a record of the type's schema, and
    /// `self` in it is that record.
    pub(super) fn expr_as(&mut self, expr: &'t Expr, ty: &'p Type, env: &Env) -> Value {
        match (&expr.kind, ty.plain()) {
            (ExprKind::List(items), Type::List(inner)) => {
                let items = items.iter().map(|item| self.expr_as(item, inner, env));
                Value::new(ValueKind::List(Rc::new(items.collect())), expr.span)
            }
            (ExprKind::Record(_) | ExprKind::Infix(InfixOp::Merge, ..), Type::Schema(_)) => {
                if self.fields > MAX_NODES {
                    self.report_too_many(expr.span);
                    return Value::new(ValueKind::Error, expr.span);
                }
                let id = self.node("{}".into(), None, ty.plain());
                let source = Source::Expr(expr);
                let definition = Definition { layer: Layer::Stack, source, env: env.clone(), at: expr.span };
                self.get_mut(id).definitions.push(definition);
                let value = self.value(id);
                checks::run_one(self, id);
                value
            }
            _ => {
                let value = self.expr(expr, env);
                self.coerce(value, ty)
            }
        }
    }

    /// Coerces an element of a list; records in lists get their schema's defaults.
    pub(super) fn element(&mut self, item: Value, ty: &'p Type) -> Value {
        match ty.plain() {
            Type::Schema(_) if self.nested > MAX_NESTED => {
                self.report_endless(item.span);
                Value { kind: ValueKind::Error, ..item }
            }
            Type::Schema(_) if self.fields > MAX_NODES => {
                self.report_too_many(item.span);
                Value { kind: ValueKind::Error, ..item }
            }
            Type::Schema(_) if matches!(item.kind, ValueKind::Record(_)) => {
                let id = self.node("[]".into(), None, ty.plain());
                let (layer, at) = (Layer::Stack, item.span);
                let source = Source::Value(Rc::new(item));
                self.get_mut(id).definitions.push(Definition { layer, source, env: Env::default(), at });
                self.nested += 1;
                let value = stack_space::ensure_for_step(|| self.value(id));
                self.nested -= 1;
                checks::run_one(self, id);
                value
            }
            _ => self.coerce(item, ty),
        }
    }

    pub(super) fn refused(&mut self, value: Value, message: Option<&'t Expr>, env: &Env) -> Value {
        let message = match message {
            Some(message) => self.expr(message, env).kind.to_string(),
            None => "this value is not allowed".to_owned(),
        };
        let shown = wording::short(&value.kind.to_string());
        let report = Diagnostic::error(&REFINED, message);
        self.diagnostics.push(source_labels(report, &value, &format!("{shown} is not allowed")));
        Value { kind: ValueKind::Error, ..value }
    }
}

/// Labels where a value was set, and the places it came from.
pub(super) fn source_labels(report: Diagnostic, value: &Value, text: &str) -> Diagnostic {
    let report = report.at(value.span, text);
    let shown = wording::short(&value.kind.to_string());
    value.origins().fold(report, |report, at| report.because(at, format!("it is {shown} here")))
}

/// Maximum nesting depth of schema records in lists of other records.
pub(super) const MAX_NESTED: usize = 64;
/// Whether a value is of a plain type.
fn is_of(kind: &ValueKind, ty: &Type) -> bool {
    match (ty, kind) {
        (Type::Bool, kind) => matches!(kind, ValueKind::Bool(_)),
        (Type::Int, kind) => matches!(kind, ValueKind::Int(_)),
        (Type::Float, kind) => matches!(kind, ValueKind::Float(_) | ValueKind::Int(_)),
        (Type::String, kind) => matches!(kind, ValueKind::String(_)),
        (Type::Version, kind) => matches!(kind, ValueKind::Version(_)),
        (Type::Quantity(Unit::Cpu), ValueKind::Int(_) | ValueKind::Float(_)) => true,
        (Type::Quantity(unit), kind) => matches!(kind, ValueKind::Quantity(q) if q.unit == *unit),
        (Type::Schema(_), kind) => matches!(kind, ValueKind::Record(_)),
        _ => true,
    }
}
