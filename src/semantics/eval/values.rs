//! Evaluates a node from its highest definition or from its children.

use super::{
    Definition, Diagnostic, Eval, Expr, ExprKind, FieldRef, InfixOp, Layer, MAX_NESTED, Map, NodeId,
    Progress, REQUIRED, Rc, Record, Source, Span, Step, Type, UNKNOWN_FIELD, Value, ValueKind, flatten,
    wording,
};

impl<'p, 't> Eval<'p, 't> {
    /// Returns the value of a node, evaluating it on first use.
    pub(super) fn value(&mut self, id: NodeId) -> Value {
        let node = self.get(id);
        if let Some(value) = &node.value {
            return value.clone();
        }
        if node.progress == Progress::Doing {
            return self.cycle(id);
        }
        self.get_mut(id).progress = Progress::Doing;
        let value = self.fresh(id);
        let node = self.get_mut(id);
        node.progress = Progress::Done;
        node.value = Some(value.clone());
        value
    }

    pub(super) fn fresh(&mut self, id: NodeId) -> Value {
        let highest = self.highest(id);
        let node = self.get(id);
        let ty = node.ty;
        let optional = ty.is_optional();
        let of_map = node.parent.is_some_and(|p| matches!(self.get(p).ty.plain(), Type::Map(_) | Type::Data));
        let is_record = match ty.plain() {
            Type::Schema(_) | Type::Map(_) => true,
            Type::Data => {
                highest.as_ref().is_some_and(|d| matches!(flatten(d), Source::Block(_) | Source::Entry(..)))
                    || highest.as_ref().is_some_and(|d| matches!(&flatten(d), Source::Expr(e) if merges(e)))
                    || highest.as_ref().is_some_and(
                        |d| matches!(&d.source, Source::Value(v) if matches!(v.kind, ValueKind::Record(_))),
                    )
            }
            _ => false,
        };
        if self.meant(id) || self.is_broken(id) || self.is_unread(id) {
            let span = self.place(id).unwrap_or_else(|| self.anywhere());
            return Value::new(ValueKind::Error, span);
        }
        if let Some(definition) = &highest {
            let absent = match flatten(definition) {
                Source::Expr(expr) => matches!(expr.kind, ExprKind::Absent),
                Source::Value(value) => value.is_absent(),
                _ => false,
            };
            if absent && of_map && !optional && self.get(id).definitions.len() == 1 {
                self.nothing_to_take(id, definition.at);
            }
            if absent && (optional || of_map) {
                return Value { layer: definition.layer, ..Value::new(ValueKind::Absent, definition.at) };
            }
        }
        if is_record {
            if optional && highest.is_none() {
                let span = self.place(id).unwrap_or_else(|| self.anywhere());
                return Value::new(ValueKind::Absent, span);
            }
            return self.record(id, highest.as_ref());
        }
        let Some(definition) = highest else { return self.undefined(id, ty) };
        let value = match flatten(&definition) {
            Source::Expr(expr) => {
                let value = self.with_cycle_guard(Step::Field(id), definition.at, |eval| {
                    eval.expr(expr, &definition.env)
                });
                value.given(expr.span, definition.layer)
            }
            Source::Value(value) => (*value).clone(),
            Source::Block(_) | Source::Entry(..) => Value::new(ValueKind::Error, definition.at),
        };
        self.coerce(value, ty)
    }

    /// Reports the removal of an entry that nothing sets.
    fn nothing_to_take(&mut self, id: NodeId, at: Span) {
        let Some(parent) = self.get(id).parent else { return };
        // A standalone record literal may be merged over another record that has the entry.
        if self.path(parent).is_empty() {
            return;
        }
        let key = self.get(id).key.clone();
        let others = self.children(parent).into_iter().filter(|other| *other != id);
        let known: Vec<Rc<str>> = others.map(|other| self.get(other).key.clone()).collect();
        let report =
            Diagnostic::error(&UNKNOWN_FIELD, format!("`{}` has no `{key}` to remove", self.path(parent)))
                .at(at, "never set");
        self.diagnostics.push(match wording::nearest(&key, known.iter().map(|name| &**name)) {
            Some(near) => report.near(format!("did you mean `{near}`?"), at, &key, near),
            None => report.help("remove this"),
        });
    }

    /// Whether a field is not set, but was most likely meant by a misspelled name.
    fn meant(&self, id: NodeId) -> bool {
        let node = self.get(id);
        let Some(parent) = node.parent.filter(|_| !self.meant.is_empty()) else { return false };
        let Type::Schema(schema) = self.get(parent).ty.plain() else { return false };
        let at = self.program.schema(*schema).fields.get_index_of(&*node.key);
        at.is_some_and(|at| self.meant.contains(&FieldRef::new(*schema, at)))
            && node.definitions.iter().all(|definition| definition.layer == Layer::Default)
    }

    /// Whether a definition of a node is an error, which is already reported.
    pub(super) fn is_broken(&self, id: NodeId) -> bool {
        self.get(id).definitions.iter().any(|definition| match flatten(definition) {
            Source::Value(value) => matches!(value.kind, ValueKind::Error),
            _ => false,
        })
    }

    pub(super) fn record(&mut self, id: NodeId, highest: Option<&Definition<'t>>) -> Value {
        let span = match highest {
            Some(definition) => definition.at,
            None => self.place(id).unwrap_or_else(|| self.anywhere()),
        };
        let layer = highest.map_or(Layer::Default, |d| d.layer);
        let above = std::iter::successors(Some(id), |id| self.get(*id).parent);
        if above.take(2 * MAX_NESTED + 1).count() > 2 * MAX_NESTED {
            self.report_endless(span);
            return Value::new(ValueKind::Error, span);
        }
        self.merge_layers(id);
        if let Some(schema) = self.schema_of(id) {
            let names = self.layout(schema).names.clone();
            let values = (0..names.len()).map(|at| self.field(id, schema, at)).collect();
            return Value {
                layer,
                ..Value::new(ValueKind::Record(Rc::new(Record::new(names, values))), span)
            };
        }
        let alone = self.get(id).parent.is_none();
        let children = self.children(id);
        let mut record = Map::with_capacity_and_hasher(children.len(), Default::default());
        for child in children {
            let value = self.value(child);
            let name = self.get(child).key.clone();
            // A standalone record literal may be merged over another record and remove entries from it.
            if alone || !value.is_absent() {
                record.insert(name, value);
            }
        }
        Value { layer, ..Value::new(ValueKind::Record(Rc::new(record.into_iter().collect())), span) }
    }

    /// Returns the value of a field that is not set and has no default; reports it if it is required.
    pub(super) fn undefined(&mut self, id: NodeId, ty: &Type) -> Value {
        let span = self.place(id).unwrap_or_else(|| self.anywhere());
        if ty.is_optional() {
            return Value::new(ValueKind::Absent, span);
        }
        if *ty == Type::Error {
            return Value::new(ValueKind::Error, span);
        }
        let path = self.path(id);
        let doc = self.doc(id);
        let name = self.get(id).key.clone();
        let mut report = Diagnostic::error(&REQUIRED, format!("`{path}` is required"))
            .about(&path)
            .at(span, format!("has no `{name}`"));
        if let Some(doc) = doc {
            report = report.note(format!("`{path}`: {doc}"));
        }
        let example = match ty.plain() {
            Type::Enum(words) => format!("\"{}\"", words[0]),
            _ => ty.example().to_owned(),
        };
        self.diagnostics.push(report.help(format!("write `{name} = {example}`")));
        Value::new(ValueKind::Error, span)
    }
}

/// Whether an expression merges records.
fn merges(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Infix(InfixOp::Merge, ..) => true,
        ExprKind::If(_, then, otherwise) => merges(then) || merges(otherwise),
        _ => false,
    }
}
