//! The value of a node, from its highest definition or from its children.

use super::*;

impl<'t> Eval<'_, 't> {
    /// The value of a node.
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
        let node = self.get(id);
        let ty = node.ty.clone();
        let highest = node.definitions.last().cloned();
        let optional = ty.is_optional();
        let of_map = node.parent.is_some_and(|p| matches!(self.get(p).ty.plain(), Type::Map(_) | Type::Data));
        let is_record = match ty.plain() {
            Type::Schema(_) | Type::Map(_) => true,
            Type::Data => {
                highest.as_ref().is_some_and(|d| matches!(flatten(d), Source::Block(_) | Source::Entry(..)))
                    || highest.as_ref().is_some_and(
                        |d| matches!(&d.source, Source::Value(v) if matches!(v.kind, Kind::Record(_))),
                    )
            }
            _ => false,
        };
        if let Some(definition) = &highest {
            let absent = match flatten(definition) {
                Source::Expr(expr) => matches!(expr.kind, ExprKind::Absent),
                Source::Value(value) => value.is_absent(),
                _ => false,
            };
            if absent && (optional || of_map) {
                return Value { layer: definition.layer, ..Value::new(Kind::Absent, definition.at) };
            }
        }
        if is_record {
            if optional && highest.is_none() {
                let span = self.place(id).unwrap_or_else(|| self.anywhere());
                return Value::new(Kind::Absent, span);
            }
            return self.record(id, highest.as_ref());
        }
        let Some(definition) = highest else { return self.undefined(id, &ty) };
        let value = match flatten(&definition) {
            Source::Expr(expr) => {
                let value =
                    self.guarded(Step::Field(id), definition.at, |eval| eval.expr(expr, &definition.env));
                value.given(expr.span, definition.layer)
            }
            Source::Value(value) => value,
            Source::Block(_) | Source::Entry(..) => Value::new(Kind::Error, definition.at),
        };
        self.accepted(value, &ty)
    }

    pub(super) fn record(&mut self, id: NodeId, highest: Option<&Definition<'t>>) -> Value {
        let span = match highest {
            Some(definition) => definition.at,
            None => self.place(id).unwrap_or_else(|| self.anywhere()),
        };
        let layer = highest.map_or(Layer::Default, |d| d.layer);
        self.shape(id);
        let schema = matches!(self.get(id).ty.plain(), Type::Schema(_));
        let children: Vec<(Rc<str>, NodeId)> =
            self.get(id).children.iter().map(|(k, v)| (k.clone(), *v)).collect();
        let mut record = Record::with_capacity(children.len());
        for (name, child) in children {
            let value = self.value(child);
            if schema || !value.is_absent() {
                record.insert(name, value);
            }
        }
        Value { layer, ..Value::new(Kind::Record(Rc::new(record)), span) }
    }

    /// A field that nobody gave and that has no default.
    pub(super) fn undefined(&mut self, id: NodeId, ty: &Type) -> Value {
        let span = self.place(id).unwrap_or_else(|| self.anywhere());
        if ty.is_optional() {
            return Value::new(Kind::Absent, span);
        }
        if let Some(parent) = self.get(id).parent
            && let Type::Schema(schema) = self.get(parent).ty.plain()
            && self.tables.meant.contains(&(*schema, self.get(id).key.clone()))
        {
            return Value::new(Kind::Error, span);
        }
        let path = self.path(id);
        let doc = self.doc(id);
        let name = self.get(id).key.clone();
        let mut report =
            Report::error(&REQUIRED, format!("`{path}` is required")).at(span, format!("has no `{name}`"));
        if let Some(doc) = doc {
            report = report.note(format!("`{path}`: {doc}"));
        }
        let example = match ty.plain() {
            Type::Words(words) => format!("\"{}\"", words[0]),
            _ => ty.example().to_owned(),
        };
        self.problems.push(report.help(format!("write `{name} = {example}`")));
        Value::new(Kind::Error, span)
    }
}
