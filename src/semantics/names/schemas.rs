//! Schemas: what they extend, their fields and checks.

use super::builder::Builder;
use super::{
    Annotations, Block, Checked, Entry, EntryKind, Field, FieldRef, FieldValue, Item, ItemKind, Key,
    ModuleId, Program, Refined, Resolution, Schema, SchemaField, SchemaId, Span, Type,
};
use crate::diagnostics::Diagnostic;
use crate::semantics::codes::{CYCLE, MISMATCH, PLACE, TAKEN, UNKNOWN_NAME};
use crate::semantics::data::Map;

impl<'t> Builder<'t, '_> {
    // ------------------------------------------------------------------------------- schemas

    /// Resolves which schema extends which, and reports cycles.
    pub(super) fn ancestors(&mut self) {
        for at in 0..self.declared.len() {
            let (item, module) = self.declared[at];
            let id = SchemaId::new(self.known() + at);
            let ItemKind::Schema { parent: Some(parent), .. } = &item.kind else { continue };
            let ty = self.muted(item.broken, |builder| builder.named(parent, None, module));
            match ty.plain() {
                Type::Schema(found) => {
                    if self.lineage.is(*found, id) {
                        self.tell(
                            Diagnostic::error(
                                &CYCLE,
                                format!("the schema `{}` extends itself", item.name.text),
                            )
                            .at(parent.span(), "leads back here")
                            .help("extend another schema"),
                        );
                    } else {
                        self.lineage.extend(id, *found);
                    }
                }
                Type::Error => drop(self.orphans.insert(id)),
                other => {
                    let report = Diagnostic::error(&MISMATCH, format!("`{}` is not a schema", parent.text()))
                        .at(parent.span(), other.in_words())
                        .help("only a `schema` can be extended");
                    self.tell(report);
                }
            }
        }
    }

    /// Builds a schema, after the one that it extends.
    pub(super) fn build_schema(&mut self, id: SchemaId) {
        if self.schema(id).is_some() {
            return;
        }
        let at = id.index() - self.known();
        let (item, module) = self.declared[at];
        let ItemKind::Schema { body, .. } = &item.kind else { return };
        let mut schema =
            Schema { name: &item.name, doc: &item.doc, fields: Map::default(), checks: Vec::new() };
        if let Some(parent) = self.lineage.parent(id) {
            self.build_schema(parent);
            if let Some(parent) = self.schema(parent) {
                schema.fields = parent.fields.clone();
                schema.checks = parent.checks.clone();
            }
        }
        for entry in body.entries.iter() {
            match &entry.kind {
                EntryKind::Check(_) | EntryKind::For { .. } | EntryKind::If { .. } => {
                    self.only_checks(entry, module != Program::builtin());
                    schema.checks.push(Checked { owner: id, module, entry });
                }
                EntryKind::Field(field) => {
                    if let (true, FieldValue::Expr(default)) = (entry.broken, &field.value) {
                        self.findings.poison(default);
                    }
                    let field =
                        self.muted(entry.broken, |builder| builder.field(id, module, entry, field, &schema));
                    if let Some(field) = field {
                        let name = field.name;
                        let (at, _) = schema.fields.insert_full(name.text.as_ref().into(), field);
                        self.findings.resolve_name(name, Resolution::Field(FieldRef::new(id, at)));
                    }
                }
                EntryKind::Rejects { body, .. } => self.tell(
                    Diagnostic::error(&PLACE, "`rejects` is allowed only in a `test`")
                        .at(body.span, "a schema has fields and checks")
                        .help("write `test \"name\" { rejects { … } }`"),
                ),
            }
        }
        self.schemas[at] = Some(schema);
    }

    /// Reports schemas that always contain themselves, whose records would be infinite.
    pub(super) fn report_endless_defaults(&mut self) {
        let all = self.known() + self.schemas.len();
        // Schemas in `base` refer only to each other.
        for start in self.known()..all {
            let mut seen = vec![false; all];
            let mut stack = vec![(start, None::<Span>)];
            let mut found = None;
            while let Some((id, first)) = stack.pop() {
                let Some(schema) = self.schema(SchemaId::new(id)) else { continue };
                for field in schema.fields.values() {
                    let Type::Schema(next) = field.ty.plain() else { continue };
                    let first = first.unwrap_or(field.ty_span);
                    if field.ty.is_optional() {
                        continue;
                    }
                    if next.index() == start {
                        found = found.or(Some(first));
                    } else if !std::mem::replace(&mut seen[next.index()], true) {
                        stack.push((next.index(), Some(first)));
                    }
                }
            }
            let Some(span) = found else { continue };
            let name = &self.name_of(SchemaId::new(start)).text;
            self.tell(
                Diagnostic::error(&CYCLE, format!("a `{name}` always contains another `{name}`"))
                    .at(span, "leads back to the same schema")
                    .help("make the field optional with `?`, or a list"),
            );
            for schema in self.schemas.iter_mut().flatten() {
                let fields = schema.fields.values_mut();
                let broken = fields.filter(|field| field.ty_span == span);
                broken.for_each(|field| (field.ty, field.default) = (Type::Error, None));
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "a field is refused for one of several reasons, each a report")]
    fn field(
        &mut self,
        owner: SchemaId,
        module: ModuleId,
        entry: &'t Entry,
        field: &'t Field,
        schema: &Schema<'t>,
    ) -> Option<SchemaField<'t>> {
        let [Key::Name(name)] = field.path.as_slice() else {
            let span = field.path.last().map_or(entry.span, Key::span);
            self.tell(
                Diagnostic::error(&PLACE, "expected a field name, found a path or key")
                    .at(span, "not a field name")
                    .help("make a schema of what is in it, and use that as the field's type"),
            );
            return None;
        };
        let Some(ty) = &field.ty else {
            self.tell(
                Diagnostic::error(&PLACE, format!("the field `{}` needs a type", name.text))
                    .at(name.span, "missing a type")
                    .help(format!("write `{}: T`, or `{}: T = default`", name.text, name.text)),
            );
            // Declare the field anyway, with an unknown type.
            let (ty_span, doc) = (name.span, &*entry.doc);
            return (!schema.fields.contains_key(&*name.text)).then_some(SchemaField {
                owner,
                module,
                name,
                doc,
                ty: Type::Error,
                ty_span,
                default: None,
                annotations: Annotations { build: true, ..Annotations::default() },
            });
        };
        let own = module != Program::builtin();
        let known = |name: &str| name == Annotations::BUILD || (!own && Annotations::knows(name));
        for annotation in field.annotations.iter().filter(|annotation| !known(&annotation.text)) {
            self.tell(
                Diagnostic::error(&UNKNOWN_NAME, format!("there is no annotation `@{}`", annotation.text))
                    .at(annotation.span, "unknown annotation")
                    .help("only `@build` is known"),
            );
        }
        let default = match &field.value {
            FieldValue::Expr(expr) => Some(expr),
            _ => None,
        };
        let resolved = self.resolve(ty, module);
        // The chart has no value for a field that the user adds.
        let mut annotations = Annotations::of(&field.annotations);
        annotations.build |= own;
        if let Some(known) = schema.fields.get(&*name.text) {
            if known.owner == owner {
                let first = known.name.span;
                self.report_duplicate(name, first, "field");
                return None;
            }
            annotations = known.annotations;
            if !known.ty.accepts(&resolved, &self.lineage) {
                let report = Diagnostic::error(
                    &MISMATCH,
                    format!("`{}` is {} in the extended schema", name.text, known.ty.in_words()),
                );
                self.tell(
                    report
                        .at(ty.span, format!("{} is not compatible", resolved.in_words()))
                        .help("a field may be narrowed, not changed"),
                );
                return None;
            }
        }
        let doc = match schema.fields.get(&*name.text) {
            Some(known) if entry.doc.is_empty() => known.doc,
            _ => &entry.doc,
        };
        let default = default.or_else(|| schema.fields.get(&*name.text).and_then(|known| known.default));
        Some(SchemaField { owner, module, name, doc, ty: resolved, ty_span: ty.span, default, annotations })
    }

    /// Reports anything but checks inside the `for` and `if` of a schema.
    fn only_checks(&mut self, entry: &Entry, own: bool) {
        if entry.broken {
            return;
        }
        let blocks: Vec<&Block> = match &entry.kind {
            EntryKind::Check(check) => {
                let ours = |code: &str| {
                    code.len() == 5
                        && code.starts_with(['E', 'W'])
                        && code[1..].bytes().all(|b| b.is_ascii_digit())
                };
                if let Some(code) = check.code.as_ref().filter(|code| own && ours(&code.text)) {
                    self.tell(
                        Diagnostic::error(&TAKEN, format!("`{}` is a built-in code", code.text))
                            .at(code.span, "already has a meaning")
                            .help("choose a name of your own, such as `short-retention`"),
                    );
                }
                return;
            }
            EntryKind::For { body, .. } => vec![body],
            EntryKind::If { then, otherwise, .. } => std::iter::once(then).chain(otherwise).collect(),
            _ => {
                self.tell(
                    Diagnostic::error(&PLACE, "in a schema, `for` and `if` can contain only checks")
                        .at(entry.span, "not a check")
                        .help("a field is there always; make it optional with `?`"),
                );
                return;
            }
        };
        blocks.iter().flat_map(|block| block.entries.iter()).for_each(|entry| self.only_checks(entry, own));
    }

    pub(super) fn refined(&mut self, module: ModuleId, item: &'t Item) -> Option<Refined<'t>> {
        let ItemKind::Type { ty, condition: Some(condition), message } = &item.kind else { return None };
        let base = self.resolve_alias(&item.name, ty, module);
        Some(Refined { name: &item.name, doc: &item.doc, module, base, condition, message: message.as_ref() })
    }
}
