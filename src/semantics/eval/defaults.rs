//! Values of fields left at their default.
//!
//! Most records leave most fields at their default. A default that refers to nothing around it has
//! the same value in all records of its schema, so it is evaluated in one of them and needs no node
//! in the others.

use super::DefaultState;
use super::Layout;
use super::{
    Block, Children, Definition, EntryKind, Env, Eval, Expr, ExprKind, FieldValue, Key, Layer, Node, NodeId,
    Rc, SchemaId, Source, StringPart, Type, Value, ValueKind,
};

impl<'p, 't> Eval<'p, 't> {
    /// Returns the layout of a schema, built on first use.
    pub(super) fn layout(&mut self, id: SchemaId) -> &mut Layout {
        let program = self.program;
        self.layouts[id.index()].get_or_insert_with(|| {
            let fields = &program.schema(id).fields;
            let defaults = fields.values().map(|field| match field.default {
                None if field.ty.is_optional() => DefaultState::Nothing,
                Some(default) if constant(default) && !has_records(&field.ty) => DefaultState::Unknown,
                _ => DefaultState::Own,
            });
            Layout { names: Rc::new(fields.keys().cloned().collect()), defaults: defaults.collect() }
        })
    }

    /// Returns the highest definition of a node, or its default if no layer sets it.
    pub(super) fn highest(&self, id: NodeId) -> Option<Definition<'t>> {
        self.get(id).definitions.last().cloned().or_else(|| self.default(id))
    }

    /// Returns the default of a field as its lowest definition.
    pub(super) fn default(&self, id: NodeId) -> Option<Definition<'t>> {
        let Node { field: Some(field), parent, .. } = self.get(id) else { return None };
        let env = Env { record: *parent, fields: *parent, ..Env::default() };
        let source = Source::Expr(field.default?);
        Some(Definition { layer: Layer::Default, source, env, at: field.name.span })
    }

    /// Returns the schema of a record whose children have been set up.
    pub(super) fn schema_of(&self, id: NodeId) -> Option<SchemaId> {
        let node = self.get(id);
        match (node.ty.plain(), &node.children) {
            (Type::Schema(schema), Children::Fields(_)) => Some(*schema),
            _ => None,
        }
    }

    /// Returns the node of a record's field, creating it if necessary.
    pub(super) fn field_node(&mut self, id: NodeId, schema: SchemaId, at: usize) -> Option<NodeId> {
        if let Children::Fields(known) = &self.get(id).children
            && let Some(child) = known.get(at)?
        {
            return Some(*child);
        }
        let program = self.program;
        let (name, field) = program.schema(schema).fields.get_index(at)?;
        let child = self.node(name.clone(), Some(id), &field.ty);
        self.get_mut(child).field = Some(field);
        if let Children::Fields(known) = &mut self.get_mut(id).children {
            known[at] = Some(child);
        }
        Some(child)
    }

    /// Whether a field has the default that all records of its schema share. The record's children must
    /// have been set up.
    pub(super) fn has_default(&mut self, id: NodeId, schema: SchemaId, at: usize) -> bool {
        let given = match &self.get(id).children {
            Children::Fields(known) => known.get(at).is_none_or(Option::is_some),
            _ => true,
        };
        !given
            && self.shares_defaults()
            && matches!(
                self.layout(schema).defaults.get(at),
                Some(DefaultState::Same(_) | DefaultState::Nothing)
            )
    }

    /// Whether fields that are not set have their default. A misspelled name may have meant one, and
    /// text that could not be read may set one, which only its node in each record can tell.
    fn shares_defaults(&self) -> bool {
        self.meant.is_empty() && !self.findings.has_unread()
    }

    /// Returns the value of a record's field.
    pub(super) fn field(&mut self, id: NodeId, schema: SchemaId, at: usize) -> Value {
        if let Children::Fields(known) = &self.get(id).children
            && let Some(Some(child)) = known.get(at)
        {
            return self.value(*child);
        }
        if self.shares_defaults() {
            match self.layout(schema).defaults.get(at) {
                Some(DefaultState::Same(value)) => return value.clone(),
                Some(DefaultState::Nothing) => {
                    let span = self.place(id).unwrap_or_else(|| self.anywhere());
                    return Value::new(ValueKind::Absent, span);
                }
                Some(DefaultState::Unknown | DefaultState::Own) | None => {}
            }
        }
        let Some(child) = self.field_node(id, schema, at) else {
            return Value::new(ValueKind::Error, self.anywhere());
        };
        let told = self.diagnostics.len();
        let value = self.value(child);
        let told = self.diagnostics.len() > told;
        if let Some(default @ DefaultState::Unknown) = self.layout(schema).defaults.get_mut(at)
            && !told
            && !value.has_error()
        {
            *default = DefaultState::Same(value.clone());
        }
        value
    }
}

/// Whether an expression has the same value everywhere because it refers to nothing.
fn constant(expr: &Expr) -> bool {
    let all = |block: &Block| {
        block.entries.iter().all(|entry| match &entry.kind {
            EntryKind::Field(field) => {
                field.path.iter().all(|key| matches!(key, Key::Name(_)))
                    && matches!(&field.value, FieldValue::Expr(value) if constant(value))
            }
            _ => false,
        })
    };
    match &expr.kind {
        ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Absent => true,
        ExprKind::String(parts) => parts.iter().all(|part| matches!(part, StringPart::Plain(_))),
        ExprKind::Prefix(_, inner) => constant(inner),
        ExprKind::List(items) => items.iter().all(constant),
        ExprKind::Record(block) => all(block),
        _ => false,
    }
}

/// Whether a type contains schema records, which need nodes so that their checks run.
fn has_records(ty: &Type) -> bool {
    match ty {
        Type::Schema(_) => true,
        Type::Map(inner) | Type::Optional(inner) | Type::Refined(_, inner) => has_records(inner),
        _ => false,
    }
}
