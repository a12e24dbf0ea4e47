//! Merges the layers' definitions of a record into its children, entry by entry.

use super::flatten;
use super::{
    Block, CYCLE, Children, DUPLICATE, Definition, Diagnostic, EntryKind, Env, Eval, Expr, ExprKind, Field,
    InfixOp, Key, Layer, MAX_NODES, MAX_VALUES, NodeId, Progress, Rc, Resolution, Source, Step, Type, Value,
    ValueKind,
};

impl<'p, 't> Eval<'p, 't> {
    /// Merges all definitions of a record or map into its children.
    pub(super) fn merge_layers(&mut self, id: NodeId) {
        match self.get(id).shape {
            Progress::Done => return,
            Progress::Doing => return self.asked_too_early(id),
            Progress::Todo => {}
        }
        self.get_mut(id).shape = Progress::Doing;
        if self.fields > MAX_NODES {
            let at = self.place(id).unwrap_or_else(|| self.anywhere());
            return self.report_too_many(at);
        }
        if let Type::Schema(schema) = self.get(id).ty.plain() {
            let count = self.program.schema(*schema).fields.len();
            self.fields += count;
            self.get_mut(id).children = Children::Fields(vec![None; count].into());
        }
        let mut next = self.default(id);
        let mut given = 0;
        // A parent adds all definitions to its children before any child is merged.
        while let Some(definition) = next.take().or_else(|| {
            given += 1;
            self.get(id).definitions.get(given - 1).cloned()
        }) {
            match flatten(&definition) {
                Source::Block(block) => self.expand(id, block, &definition),
                Source::Expr(expr) => self.contribute(id, expr, &definition),
                Source::Value(value) if value.is_absent() => self.clear(id),
                Source::Value(value) => self.spread(id, &value, &definition),
                Source::Entry(field, depth) => {
                    self.define(id, field, depth, definition.layer, &definition.env)
                }
            }
        }
        self.get_mut(id).shape = Progress::Done;
    }

    /// Merges an expression into a record: both sides of `a & b` in turn, so that `self` is the whole
    /// record in each, and only the branch of an `if` that is taken.
    fn contribute(&mut self, id: NodeId, expr: &'t Expr, definition: &Definition<'t>) {
        match &expr.kind {
            ExprKind::Absent => self.clear(id),
            ExprKind::Record(block) => self.expand(id, block, definition),
            ExprKind::Infix(InfixOp::Merge, _, left, right) => {
                self.contribute(id, left, definition);
                // The right side overrides the left side, which is in the same layer.
                self.merging += 1;
                self.contribute(id, right, definition);
                self.merging -= 1;
            }
            ExprKind::If(condition, then, otherwise) => {
                match self
                    .with_cycle_guard(Step::Field(id), condition.span, |eval| {
                        eval.expr(condition, &definition.env)
                    })
                    .kind
                {
                    ValueKind::Bool(true) => self.contribute(id, then, definition),
                    ValueKind::Bool(false) => self.contribute(id, otherwise, definition),
                    _ => {}
                }
            }
            _ => {
                let value = self.with_cycle_guard(Step::Field(id), definition.at, |eval| {
                    eval.expr(expr, &definition.env)
                });
                self.spread(id, &value.given(expr.span, definition.layer), definition);
            }
        }
    }

    /// Removes what lower layers set.
    pub(super) fn clear(&mut self, id: NodeId) {
        for child in self.children(id) {
            self.get_mut(child).definitions.retain(|d| d.layer == Layer::Default);
        }
        if matches!(self.get(id).ty.plain(), Type::Map(_) | Type::Data) {
            self.get_mut(id).children = Children::None;
        }
    }

    pub(super) fn expand(&mut self, id: NodeId, block: &'t Block, definition: &Definition<'t>) {
        let env = Env { record: Some(id), ..definition.env.clone() };
        self.entries(id, block, definition.layer, &env);
    }

    fn entries(&mut self, id: NodeId, block: &'t Block, layer: Layer, env: &Env) {
        if self.findings.is_poisoned_block(block) {
            return;
        }
        for entry in block.entries.iter() {
            match &entry.kind {
                EntryKind::Field(field) => self.define(id, field, 0, layer, env),
                EntryKind::For { names, source, body } => {
                    self.each(names, source, env, &mut |eval, env| {
                        eval.entries(id, body, layer, env);
                        eval.given <= MAX_VALUES
                    });
                }
                EntryKind::If { condition, then, otherwise } => match self.asked(id, condition, env).kind {
                    ValueKind::Bool(true) => self.entries(id, then, layer, env),
                    ValueKind::Bool(false) => {
                        if let Some(otherwise) = otherwise {
                            self.entries(id, otherwise, layer, env);
                        }
                    }
                    _ => {}
                },
                EntryKind::Check(_) | EntryKind::Rejects { .. } => {}
            }
        }
    }

    pub(super) fn define(&mut self, id: NodeId, field: &'t Field, depth: usize, layer: Layer, env: &Env) {
        let Some(key) = field.path.get(depth) else { return };
        let child = match key {
            Key::Name(name) => match (self.schema_of(id), self.findings.name(name)) {
                (Some(schema), Resolution::Field(field)) => self.field_node(id, schema, field.index()),
                // Typing has reported the unknown field.
                (Some(_), _) => None,
                (None, _) => self.child(id, &name.text),
            },
            Key::Computed(expr) => match self.expr(expr, env).kind {
                ValueKind::String(text) => self.child(id, &text),
                _ => return,
            },
        };
        if let Some(child) = child {
            let source = Source::Entry(field, depth + 1);
            self.give(child, Definition { layer, source, env: env.clone(), at: key.span() });
        }
    }

    /// Evaluates a condition that decides which entries a record has.
    fn asked(&mut self, id: NodeId, condition: &'t Expr, env: &Env) -> Value {
        self.with_cycle_guard(Step::Field(id), condition.span, |eval| eval.expr(condition, env))
    }

    /// Reports an `if` or a loop that reads the record it adds entries to.
    fn asked_too_early(&mut self, id: NodeId) {
        let at = self.chain.last().map_or_else(|| self.anywhere(), |(_, at)| *at);
        let shown = match self.path(id) {
            path if path.is_empty() => "the stack".to_owned(),
            path => format!("`{path}`"),
        };
        self.diagnostics.push(
            Diagnostic::error(&CYCLE, format!("the fields of {shown} depend on themselves"))
                .at(at, "this reads the record it decides")
                .help("ask a `let`, or choose the value: `field = if … { a } else { b }`"),
        );
    }

    /// Adds a definition; reports a second value in the same layer.
    fn give(&mut self, id: NodeId, definition: Definition<'t>) {
        if definition.layer != Layer::Default {
            self.given += 1;
            if self.given > MAX_VALUES {
                return self.report_too_many(definition.at);
            }
        }
        let is_value = |definition: &Definition<'t>| match flatten(definition) {
            Source::Expr(_) | Source::Value(_) => true,
            Source::Entry(..) | Source::Block(_) => false,
        };
        if let Some(before) = self.get(id).definitions.last()
            && before.layer == definition.layer
            && before.layer != Layer::Default
            && self.merging == 0
            && is_value(before)
            && is_value(&definition)
        {
            let first = before.at;
            let report = Diagnostic::error(&DUPLICATE, format!("`{}` is set twice", self.path(id)));
            let report = match first == definition.at {
                true => report.at(first, "on each iteration of a loop"),
                false => report.at(definition.at, "again here").because(first, "first here"),
            };
            self.diagnostics.push(report.help("keep one of them"));
            return;
        }
        let definitions = &mut self.get_mut(id).definitions;
        definitions.reserve_exact(1);
        definitions.push(definition);
    }

    pub(super) fn spread(&mut self, id: NodeId, value: &Value, definition: &Definition<'t>) {
        let ValueKind::Record(record) = &value.kind else { return };
        for (name, item) in record.iter() {
            if let Some(child) = self.child(id, name) {
                let source = Source::Value(Rc::new(Value { layer: definition.layer, ..item.clone() }));
                let (layer, env, at) = (definition.layer, definition.env.clone(), definition.at);
                self.give(child, Definition { layer, source, env, at });
            }
        }
    }

    /// Returns the child of this name; maps and data create it if it is missing.
    pub(super) fn child(&mut self, id: NodeId, name: &str) -> Option<NodeId> {
        let node = self.get(id);
        let ty = node.ty.plain();
        let ty: &'p Type = match (ty, &node.children) {
            (Type::Schema(schema), Children::Fields(_)) => {
                let at = self.program.schema(*schema).fields.get_index_of(name)?;
                return self.field_node(id, *schema, at);
            }
            (Type::Map(inner), _) => inner,
            (Type::Data, _) => ty,
            _ => return None,
        };
        if let Children::Entries(entries) = &node.children
            && let Some(known) = entries.get(name)
        {
            return Some(*known);
        }
        let name: Rc<str> = name.into();
        let child = self.node(name.clone(), Some(id), ty);
        let children = &mut self.get_mut(id).children;
        if let Children::None = children {
            *children = Children::Entries(Box::default());
        }
        if let Children::Entries(entries) = children {
            entries.insert(name, child);
        }
        Some(child)
    }
}
