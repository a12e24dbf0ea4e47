//! Evaluates expressions.

use super::{
    Block, Children, DataId, Definition, Diagnostic, Env, Eval, Expr, ExprKind, FieldRef, INDEX, Layer,
    LetId, MAX_DEPTH, MAX_NODES, MAX_VALUES, NodeId, Number, OVERFLOW, Quantity, Rc, Resolution, SchemaId,
    Source, Span, Step, StringPart, Type, UNKNOWN_FIELD, Value, ValueKind, Weight, arithmetic, flatten,
    quantity, wording,
};
use crate::semantics::findings::key;

impl<'p, 't> Eval<'p, 't> {
    /// Evaluates an expression.
    pub(super) fn expr(&mut self, expr: &'t Expr, env: &Env) -> Value {
        if self.findings.is_poisoned(expr) {
            return Value::new(ValueKind::Error, expr.span);
        }
        self.steps += 1;
        if self.out_of_steps(expr.span) {
            return Value::new(ValueKind::Error, expr.span);
        }
        let kind = match &expr.kind {
            ExprKind::Missing => ValueKind::Error,
            ExprKind::Bool(value) => ValueKind::Bool(*value),
            ExprKind::Absent => ValueKind::Absent,
            ExprKind::Number(text) => self.findings.literal(expr, |ty| number(text, ty)),
            ExprKind::String(parts) => return self.text(expr, parts, env),
            ExprKind::Name(_)
            | ExprKind::SelfRecord
            | ExprKind::Stack
            | ExprKind::Member(..)
            | ExprKind::Index(..) => {
                let value = self.asked_for(expr, env);
                if value.is_absent() && self.findings.loose.contains(&key(expr)) {
                    return self.not_in_data(expr);
                }
                return value;
            }
            ExprKind::Call(function, arguments) => return self.call(expr, function, arguments, env),
            ExprKind::Prefix(op, inner) => self.prefix(expr, *op, inner, env),
            ExprKind::Infix(op, at, left, right) => self.infix(*op, *at, left, right, env),
            ExprKind::If(condition, then, otherwise) => match self.expr(condition, env).kind {
                ValueKind::Bool(true) => return self.expr(then, env),
                ValueKind::Bool(false) => return self.expr(otherwise, env),
                _ => ValueKind::Error,
            },
            ExprKind::List(items) if items.iter().all(is_literal) => {
                let findings = self.findings;
                findings.literal(expr, |_| {
                    ValueKind::List(Rc::new(items.iter().map(|item| self.expr(item, env)).collect()))
                })
            }
            ExprKind::List(items) => {
                ValueKind::List(Rc::new(items.iter().map(|item| self.expr(item, env)).collect()))
            }
            ExprKind::Comprehension(clauses, body) => self.comprehension(clauses, body, env),
            ExprKind::Record(block) => self.literal(block, env),
        };
        let value = Value::new(kind, expr.span);
        match value.kind {
            ValueKind::List(_) | ValueKind::Record(_) => self.measured(value),
            _ => value,
        }
    }

    /// Checks the size and depth of a list or record; returns an error if it exceeds a limit.
    fn measured(&mut self, value: Value) -> Value {
        let Weight { size, depth, .. } = value.weight();
        if size > MAX_VALUES {
            self.report_too_many(value.span);
        } else if depth > MAX_DEPTH {
            self.report_too_deep(value.span);
        } else {
            return value;
        }
        Value { kind: ValueKind::Error, ..value }
    }

    /// Returns the value at a path, or absent if there is none.
    pub(super) fn asked_for(&mut self, expr: &'t Expr, env: &Env) -> Value {
        let reached = self.reach(expr, env);
        self.reached(reached)
    }

    /// Returns the value that a path leads to.
    pub(super) fn reached(&mut self, reached: Reached) -> Value {
        match reached {
            Reached::Node(id) => self.value(id),
            Reached::Field(id, schema, at) => self.field(id, schema, at),
            Reached::Value(value) => value,
        }
    }

    /// Returns the node that a path leads to, if any.
    pub(super) fn reached_node(&mut self, reached: &Reached) -> Option<NodeId> {
        match *reached {
            Reached::Node(id) => Some(id),
            Reached::Field(id, schema, at) => self.field_node(id, schema, at),
            Reached::Value(_) => None,
        }
    }

    /// Looks up a key in a map or data whose layers have been merged.
    fn entry(&self, id: NodeId, key: &str) -> Option<Reached> {
        match &self.get(id).children {
            Children::Entries(entries) => entries.get(key).copied().map(Reached::Node),
            Children::Fields(_) | Children::None => None,
        }
    }

    fn not_in_data(&mut self, expr: &'t Expr) -> Value {
        if let ExprKind::Member(_, name) = &expr.kind {
            self.diagnostics.push(
                Diagnostic::error(&UNKNOWN_FIELD, format!("the data has no `{}`", name.text))
                    .at(name.span, "not found")
                    .help("ask `isSet` first, say with `??` what stands for it, or give the import a type"),
            );
        }
        Value::new(ValueKind::Error, expr.span)
    }

    /// Evaluates a record literal inside an expression, which has no schema.
    pub(super) fn literal(&mut self, block: &'t Block, env: &Env) -> ValueKind {
        if self.fields > MAX_NODES {
            self.report_too_many(block.span);
            return ValueKind::Error;
        }
        let id = self.node("{}".into(), None, &Type::Data);
        let definition = Definition {
            layer: Layer::Stack,
            source: Source::Block(block),
            env: env.clone(),
            at: block.span,
        };
        self.get_mut(id).definitions.push(definition);
        self.value(id).kind
    }

    pub(super) fn text(&mut self, expr: &'t Expr, parts: &'t [StringPart], env: &Env) -> Value {
        if let Some(text) = expr.plain_text() {
            return Value::new(self.findings.literal(expr, |_| ValueKind::String(text.into())), expr.span);
        }
        let mut whole = String::new();
        for part in parts {
            match part {
                StringPart::Plain(text) => whole.push_str(text),
                StringPart::Value(value) => match self.expr(value, env).kind {
                    ValueKind::Error | ValueKind::Absent => return Value::new(ValueKind::Error, expr.span),
                    kind => whole.push_str(&kind.to_string()),
                },
            }
            if whole.len() > arithmetic::MAX_TEXT {
                let report =
                    Diagnostic::error(&OVERFLOW, "this string is longer than 64 MiB").at(expr.span, "");
                self.diagnostics.push(report);
                return Value::new(ValueKind::Error, expr.span);
            }
        }
        Value::new(ValueKind::String(whole.into()), expr.span)
    }

    /// Follows a path, evaluating only what it passes through.
    pub(super) fn reach(&mut self, expr: &'t Expr, env: &Env) -> Reached {
        let error = || Reached::Value(Value::new(ValueKind::Error, expr.span));
        match &expr.kind {
            ExprKind::SelfRecord => env.record.map_or_else(error, Reached::Node),
            ExprKind::Stack => Reached::Node(NodeId::ROOT),
            ExprKind::Name(_) => self.named(expr, env).unwrap_or_else(error),
            ExprKind::Member(base, name) => match self.findings.resolution(expr) {
                Resolution::Key => {
                    let base = self.reach(base, env);
                    self.inside(base, &name.text, expr.span)
                }
                Resolution::Field(field) => {
                    let base = self.reach(base, env);
                    self.field_inside(base, field, &name.text, expr.span)
                }
                of_file => self.global(of_file).map_or_else(error, Reached::Value),
            },
            ExprKind::Index(base, index) => {
                let base = self.reach(base, env);
                match self.expr(index, env).kind {
                    ValueKind::String(key) => self.inside(base, &key, expr.span),
                    ValueKind::Int(at) => self.element_at(base, at, expr.span),
                    _ => error(),
                }
            }
            _ => Reached::Value(self.expr(expr, env)),
        }
    }

    /// Resolves a bare name.
    fn named(&mut self, expr: &'t Expr, env: &Env) -> Option<Reached> {
        match self.findings.resolution(expr) {
            Resolution::It => env.it.as_deref().cloned().map(Reached::Value),
            Resolution::Local(at) => env.local(at).cloned().map(Reached::Value),
            Resolution::Field(field) => {
                let record = env.fields?;
                self.merge_layers(record);
                self.schema_of(record).map(|schema| Reached::Field(record, schema, field.index()))
            }
            resolution => self.global(resolution).map(Reached::Value),
        }
    }

    /// Returns the value of a constant or of imported data.
    fn global(&mut self, resolution: Resolution) -> Option<Value> {
        match resolution {
            Resolution::Let(id) => Some(self.constant(id)),
            Resolution::Data(id) => Some(self.data(id)),
            _ => None,
        }
    }

    fn data(&mut self, id: DataId) -> Value {
        let program = self.program;
        let imported = program.imported(id);
        let Some((_, value)) = self.findings.data.get(id.index()).cloned() else {
            return Value::new(ValueKind::Error, imported.name.span);
        };
        match &imported.ty {
            Some(ty) => self.coerce(value, ty),
            None => value,
        }
    }

    pub(super) fn constant(&mut self, id: LetId) -> Value {
        let program = self.program;
        let constant = program.constant(id);
        let at = constant.name.span;
        match self.constants.get(&id) {
            Some(Some(value)) => return value.clone(),
            Some(None) => {
                self.report_cycle(Step::Constant(id));
                return Value::new(ValueKind::Error, at);
            }
            None => {}
        }
        self.constants.insert(id, None);
        let env = Env::default();
        let value = self.with_cycle_guard(Step::Constant(id), at, |eval| match &constant.ty {
            Some(ty) => eval.expr_as(constant.value, ty, &env),
            None => eval.expr(constant.value, &env),
        });
        let layer = value.layer;
        let value = value.given(constant.value.span, layer);
        self.constants.insert(id, Some(value.clone()));
        value
    }

    /// Follows a path into a field of a record whose schema is known.
    fn field_inside(&mut self, base: Reached, field: FieldRef, name: &str, span: Span) -> Reached {
        let id = match base {
            Reached::Field(id, schema, at) => self.field_node(id, schema, at),
            Reached::Node(id) => Some(id),
            // The entries of a record value are in the order of its schema, if it has one.
            Reached::Value(value) => {
                return Reached::Value(match &value.kind {
                    ValueKind::Record(record) => record
                        .at(field.index(), name)
                        .cloned()
                        .unwrap_or_else(|| Value::new(ValueKind::Absent, span)),
                    ValueKind::Absent => Value::new(ValueKind::Absent, span),
                    _ => Value::new(ValueKind::Error, span),
                });
            }
        };
        let Some(id) = id else { return Reached::Value(Value::new(ValueKind::Error, span)) };
        if let Some(value) = self.not_entered(id, span) {
            return self.field_inside(Reached::Value(value), field, name, span);
        }
        self.merge_layers(id);
        match self.schema_of(id) {
            Some(schema) => Reached::Field(id, schema, field.index()),
            None => Reached::Value(Value::new(ValueKind::Absent, span)),
        }
    }

    /// Returns the value of a node without entries to walk into, or `None` if it has entries.
    fn not_entered(&mut self, id: NodeId, span: Span) -> Option<Value> {
        if self.is_broken(id) {
            return Some(Value::new(ValueKind::Error, span));
        }
        let ty = self.get(id).ty;
        let plain = matches!(ty.plain(), Type::Schema(_) | Type::Map(_) | Type::Data);
        let absent = || {
            self.highest(id).is_none_or(|highest| match flatten(&highest) {
                Source::Expr(expr) => matches!(expr.kind, ExprKind::Absent),
                Source::Value(value) => value.is_absent(),
                _ => false,
            })
        };
        (!plain || ty.is_optional() && absent()).then(|| self.value(id))
    }

    pub(super) fn inside(&mut self, base: Reached, name: &str, span: Span) -> Reached {
        match base {
            Reached::Field(id, schema, at) => match self.field_node(id, schema, at) {
                Some(id) => self.inside(Reached::Node(id), name, span),
                None => Reached::Value(Value::new(ValueKind::Error, span)),
            },
            Reached::Node(id) => {
                if let Some(value) = self.not_entered(id, span) {
                    return self.inside(Reached::Value(value), name, span);
                }
                self.merge_layers(id);
                self.entry(id, name).unwrap_or_else(|| Reached::Value(Value::new(ValueKind::Absent, span)))
            }
            Reached::Value(value) => Reached::Value(match &value.kind {
                ValueKind::Record(record) => {
                    record.get(name).cloned().unwrap_or_else(|| Value::new(ValueKind::Absent, span))
                }
                ValueKind::Absent => Value::new(ValueKind::Absent, span),
                _ => Value::new(ValueKind::Error, span),
            }),
        }
    }

    pub(super) fn element_at(&mut self, base: Reached, at: i64, span: Span) -> Reached {
        let value = self.reached(base);
        let ValueKind::List(items) = &value.kind else {
            return Reached::Value(Value::new(ValueKind::Error, span));
        };
        if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
            return Reached::Value(item.clone());
        }
        let length = wording::count(items.len(), "element");
        self.diagnostics.push(
            Diagnostic::error(&INDEX, format!("there is no element {at}"))
                .at(span, format!("the list has {length}"))
                .help("the first element is `[0]`"),
        );
        Reached::Value(Value::new(ValueKind::Error, span))
    }
}

/// Whether an expression is a single literal.
fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Number(_) | ExprKind::Bool(_)) || expr.plain_text().is_some()
}

/// Evaluates a number literal as the type that typing found.
fn number(text: &str, ty: &Type) -> ValueKind {
    if let Type::Quantity(unit) = ty.plain()
        && text.ends_with(|last: char| last.is_ascii_alphabetic())
        && let Some(quantity) = Quantity::literal(text, *unit)
    {
        return ValueKind::Quantity(quantity);
    }
    let unit = match quantity::read(text) {
        Number::Int(value) => return ValueKind::Int(value),
        Number::Float(value) => return ValueKind::Float(value),
        Number::Version => return ValueKind::Version(text.into()),
        Number::Wrong(_) => return ValueKind::Error,
        Number::Quantity(units) => match ty.plain() {
            Type::Quantity(unit) if units.contains(*unit) => *unit,
            _ => units.first(),
        },
    };
    Quantity::literal(text, unit).map_or(ValueKind::Error, ValueKind::Quantity)
}

/// Where a path leads.
pub(super) enum Reached {
    Node(NodeId),
    /// A field of a record, which may have no node.
    Field(NodeId, SchemaId, usize),
    Value(Value),
}
