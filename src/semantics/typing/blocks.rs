//! Checks the entries of a block against the type of their record.

use super::{
    Block, DUPLICATE, Diagnostic, Entry, EntryKind, Expr, ExprKind, Field, FieldRef, FieldValue, Given,
    Giver, Key, PLACE, REQUIRED, Resolution, SHAPE, SchemaField, SchemaId, Scope, Span, Subject, Trail, Type,
    Typing, UNKNOWN_FIELD, example, wording,
};

/// The record that the entries of a block belong to.
struct Into<'a> {
    /// The type of the record, map or data.
    ty: &'a Type,
    /// The path to it.
    trail: &'a Trail<'a>,
    /// What sets the record's entries: the block itself, not a loop or an `if` in it.
    giver: Giver,
}

/// What is known before a key of a path.
struct Before<'a, 't> {
    ty: &'a Type,
    trail: &'a Trail<'a>,
    field: Option<(FieldRef, &'a SchemaField<'t>)>,
    /// The key before it.
    key: Option<&'t Key>,
}

impl<'p, 't> Typing<'p, 't> {
    /// Checks the entries of a block against a record type. `given` holds what this layer has already set.
    pub(super) fn block(
        &mut self,
        block: &'t Block,
        ty: &Type,
        scope: &Scope<'t>,
        trail: &Trail,
        given: &mut Given<'t>,
    ) {
        if self.using.is_none() {
            self.findings.fill(block, ty);
        }
        self.entries(block, &Into { ty, trail, giver: block.into() }, scope, given);
    }

    /// Checks the entries of a block, or of a loop or an `if` in it.
    fn entries(&mut self, block: &'t Block, into: &Into, scope: &Scope<'t>, given: &mut Given<'t>) {
        if self.nameless(block, into) {
            return;
        }
        for entry in block.entries.own() {
            self.block_entry(entry, into, scope, given);
        }
        for piece in block.entries.pieces() {
            if self.only.is_none_or(|only| only.contains(&piece.span.chunk)) {
                for entry in &piece.entries {
                    self.block_entry(entry, into, scope, given);
                }
            }
        }
    }

    fn block_entry(&mut self, entry: &'t Entry, into: &Into, scope: &Scope<'t>, given: &mut Given<'t>) {
        match &entry.kind {
            EntryKind::Field(field) => {
                let before = Before { ty: into.ty, trail: into.trail, field: None, key: None };
                let muted = self.muted || entry.broken;
                let checked =
                    self.muted(muted, |typing| typing.entry(field, &field.path, &before, scope, given));
                if let Err(giver) = checked
                    && self.using.is_none()
                {
                    self.findings.give_partly(giver.unwrap_or(into.giver));
                }
                if entry.broken {
                    self.unreadable(field, into);
                }
            }
            EntryKind::For { names, source, body } => {
                let inner = self.head(entry, source, |typing| typing.looped(names, source, scope));
                self.entries(body, into, &inner, given);
            }
            EntryKind::If { condition, then, otherwise } => {
                self.head(entry, condition, |typing| {
                    typing.check_against(condition, &Type::Bool, scope, None);
                });
                // The branches may set the same field, because only one of them takes effect.
                let first = self.branches.enter();
                self.entries(then, into, &self.narrowed(condition, true, scope), given);
                self.branches.leave();
                let second = otherwise.as_ref().map(|otherwise| {
                    let second = self.branches.enter();
                    self.entries(otherwise, into, &self.narrowed(condition, false, scope), given);
                    self.branches.leave();
                    second
                });
                self.branches.close(std::iter::once(first).chain(second));
            }
            EntryKind::Check(check) => self.misplaced(
                check.condition.span,
                "a `check` is allowed only in a schema or a test",
                "write `schema MyStack extends Stack { check … }`, and `stack name: MyStack { … }`",
            ),
            EntryKind::Rejects { body, .. } => self.misplaced(
                Span { end: body.span.start + 1, ..body.span },
                "`rejects` is allowed only in a test",
                "write `test \"name\" { rejects { … } }`",
            ),
        }
    }

    /// Checks the expression that decides about the entries of a loop or an `if`.
    pub(super) fn head<R>(&mut self, entry: &Entry, expr: &Expr, check: impl FnOnce(&mut Self) -> R) -> R {
        if entry.broken {
            self.poison(expr);
        }
        self.muted(self.muted || entry.broken, check)
    }

    /// Records that the value of a field has a syntax error.
    fn unreadable(&mut self, field: &Field, into: &Into) {
        for key in &field.path {
            if let Key::Computed(expr) = key {
                self.poison(expr);
            }
        }
        match &field.value {
            FieldValue::Expr(expr) => self.poison(expr),
            FieldValue::Block(block) if self.using.is_none() => {
                self.findings.poisoned_blocks.insert((block.span.chunk, block.id));
            }
            FieldValue::Nothing if self.using.is_none() => self.findings.give_partly(into.giver),
            FieldValue::Block(_) | FieldValue::Nothing => {}
        }
    }

    pub(super) fn misplaced(&mut self, span: Span, title: &str, help: &str) {
        self.tell(Diagnostic::error(&PLACE, title).at(span, "not allowed here").help(help));
    }

    /// Reports, once per block, fields of an entry where entries belong, as in `job { path = "/x" }`.
    fn nameless(&mut self, block: &'t Block, into: &Into) -> bool {
        let Type::Map(inner) = into.ty.plain() else { return false };
        let Type::Schema(id) = inner.plain() else { return false };
        let fields = &self.program.schema(*id).fields;
        let known = |entry: &&Entry| match &entry.kind {
            EntryKind::Field(field) => {
                field.path.len() == 1
                    && matches!(field.value, FieldValue::Expr(_))
                    && matches!(&field.path[0], Key::Name(name) if fields.contains_key(&*name.text))
            }
            _ => false,
        };
        let Some(first) = block.entries.iter().find(known) else { return false };
        let name = into.trail.last();
        if self.using.is_none() {
            self.findings.poisoned_blocks.insert((block.span.chunk, block.id));
        }
        self.tell(
            Diagnostic::error(&SHAPE, format!("this `{name}` has no name"))
                .at(Span { end: block.span.start + 1, ..block.span }, "expected a name before this")
                .because(first.span, format!("a field of one {name}"))
                .help(format!("write `{name} \"name\" {{ … }}`")),
        );
        true
    }

    /// Checks an entry from a key of its path onwards. If the path leads nowhere, reports it and returns
    /// the key of the record that lacks the next key, if the path has one.
    fn entry(
        &mut self,
        entry: &'t Field,
        path: &'t [Key],
        before: &Before<'_, 't>,
        scope: &Scope<'t>,
        given: &mut Given<'t>,
    ) -> Result<(), Option<Giver>> {
        let Some((key, rest)) = path.split_first() else {
            self.entry_value(entry, before, scope, given);
            return Ok(());
        };
        let (name, trail) = match key {
            Key::Name(name) => (&*name.text, before.trail.then(&name.text)),
            Key::Computed(expr) => {
                self.check_against(expr, &Type::String, scope, None);
                ("*", before.trail.computed())
            }
        };
        let (ty, field) = self.step(before, name, key).ok_or_else(|| before.key.map(Giver::from))?;
        let mut elsewhere = Given::default();
        let below = match key {
            Key::Name(name) => {
                self.resolve_name(name, field.map_or(Resolution::Key, |(field, _)| Resolution::Field(field)));
                given.below(name, field.map(|(field, _)| field))
            }
            // The name is not known yet, so duplicates cannot be found.
            Key::Computed(_) => &mut elsewhere,
        };
        self.entry(entry, rest, &Before { ty, trail: &trail, field, key: Some(key) }, scope, below)
    }

    /// Checks the value of an entry, at the end of its path.
    fn entry_value(
        &mut self,
        entry: &'t Field,
        before: &Before<'_, 't>,
        scope: &Scope<'t>,
        given: &mut Given<'t>,
    ) {
        let Before { ty, trail, field, key } = before;
        let Some(last) = key.map(Key::span) else { return };
        let place = Subject { trail, field: *field };
        match &entry.value {
            FieldValue::Nothing => {}
            FieldValue::Block(block) => match ty.plain() {
                Type::Schema(_) | Type::Map(_) | Type::Data | Type::Error => {
                    let inner = scope.inside(ty);
                    self.block(block, ty.plain(), &inner, trail, given);
                }
                other => {
                    let title = format!("`{trail}` must be {}, found a block", other.in_words());
                    let report = Diagnostic::error(&SHAPE, title)
                        .at(Span { end: block.span.start + 1, ..block.span }, "a block starts here")
                        .help(format!("write `{} = {}`", trail.last(), example(Some(&place), other)));
                    self.tell(report);
                }
            },
            FieldValue::Expr(expr) => {
                if let Some(first) = given.give(last, &self.branches) {
                    let report = Diagnostic::error(&DUPLICATE, format!("`{trail}` is set twice"))
                        .at(last, "again here")
                        .because(first, "first here")
                        .help("keep one of them");
                    self.tell(report);
                }
                self.value(expr, ty, scope, &place);
            }
        }
    }

    /// Returns the type behind a key, and its schema field, if any.
    fn step<'x>(
        &mut self,
        before: &Before<'x, 't>,
        name: &str,
        key: &Key,
    ) -> Option<(&'x Type, Option<(FieldRef, &'x SchemaField<'t>)>)>
    where
        'p: 'x,
    {
        match before.ty.plain() {
            Type::Error => None,
            Type::Data => Some((&Type::Data, None)),
            Type::Map(inner) => Some((inner, None)),
            Type::Schema(id) => {
                let program = self.program;
                if let Some((at, _, field)) = program.schema(*id).fields.get_full(name) {
                    return Some((&field.ty, Some((FieldRef::new(*id, at), field))));
                }
                if !(program.open && *id == program.root) {
                    let report = self.unknown_field(*id, name, key.span(), &before.trail.to_string());
                    self.tell(report);
                }
                None
            }
            other => {
                let place = Subject { trail: before.trail, field: before.field };
                let title = format!("`{}` is {} and has no fields", before.trail, other.in_words());
                let report = Diagnostic::error(&SHAPE, title).at(key.span(), "no such field").help(format!(
                    "write `{} = {}`",
                    before.trail.last(),
                    example(Some(&place), other)
                ));
                let report = match before.key {
                    Some(last) => report.because(last.span(), other.in_words()),
                    None => report,
                };
                self.tell(report);
                None
            }
        }
    }

    pub(super) fn unknown_field(&mut self, id: SchemaId, name: &str, span: Span, path: &str) -> Diagnostic {
        let program = self.program;
        let schema = program.schema(id);
        let title = match path {
            "" => format!("a stack has no field `{name}`"),
            _ => format!("`{path}` has no field `{name}`"),
        };
        let report = Diagnostic::error(&UNKNOWN_FIELD, title).at(span, "unknown field");
        if path.is_empty() && matches!(name, "let" | "fn" | "schema" | "import" | "profile" | "test" | "type")
        {
            return report.help(format!(
                "`{name}` declares something for the whole file: write it outside of the stack"
            ));
        }
        if let Some(near) = wording::nearest(name, schema.fields.keys().map(|k| &**k)) {
            if let Some(at) = schema.fields.get_index_of(near) {
                self.findings.meant.insert(FieldRef::new(id, at));
            }
            return report.near(format!("a field with a similar name exists: `{near}`"), span, name, near);
        }
        if let Some(place) = self.find_field(self.program.root, name, 0) {
            return match place.contains('.') {
                true => report.help(format!("did you mean `{place}`?")),
                false => report.help(format!(
                    "`{name}` is a setting of the stack itself: write it outside of this block"
                )),
            };
        }
        let known: Vec<&str> = schema.fields.keys().map(|k| &**k).collect();
        match known.len() {
            0..=9 => report.help(format!("its fields are {}", wording::all_of(&known))),
            _ => report
                .help(format!("its fields are {}, …", wording::all_of(&known[..8]).replace(" and ", ", "))),
        }
    }

    /// Finds the first path below a schema that ends in a field of this name.
    fn find_field(&self, id: SchemaId, name: &str, depth: usize) -> Option<String> {
        let fields = &self.program.schema(id).fields;
        if fields.contains_key(name) {
            return Some(name.to_owned());
        }
        fields.values().find_map(|field| match field.ty.plain() {
            Type::Schema(next) if depth < 6 => {
                let below = self.find_field(*next, name, depth + 1)?;
                Some(format!("{}.{below}", field.name.text))
            }
            _ => None,
        })
    }

    /// Checks the value of a field.
    pub(super) fn value(&mut self, expr: &'t Expr, ty: &Type, scope: &Scope<'t>, place: &Subject<'_, 't>) {
        match (&expr.kind, ty.plain()) {
            (ExprKind::Record(block), Type::Schema(_) | Type::Map(_) | Type::Data) => {
                self.expected_at(expr, ty, Some(place));
                self.found(expr, ty.plain());
                let inner = scope.inside(ty);
                self.block(block, ty.plain(), &inner, place.trail, &mut Given::default());
            }
            (ExprKind::Absent, _) => {
                self.expected_at(expr, ty, Some(place));
                self.found(expr, &Type::Absent);
                if !ty.is_optional() && place.field.is_some() {
                    let report = Diagnostic::error(&REQUIRED, format!("`{}` can't be absent", place.trail))
                        .at(expr.span, "only an optional field can be absent")
                        .help(format!("write a value, such as `{}`", ty.example()));
                    self.report(expr, report);
                }
            }
            _ => self.check_against(expr, ty, scope, Some(place)),
        }
    }
}
