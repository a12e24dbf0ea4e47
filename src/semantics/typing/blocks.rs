//! The entries of a block against the record that they stand in.

use super::*;
use indexmap::IndexMap;

impl<'p, 't> Typing<'p, 't> {
    /// The entries of a block against a record type. `leaves` holds what this layer gave already.
    pub(super) fn block(
        &mut self,
        block: &'t Block,
        ty: &Type,
        scope: &Scope<'t>,
        path: &str,
        leaves: &mut Leaves,
    ) {
        self.entries(block, block.span, ty, scope, path, leaves);
    }

    /// The entries of a block, or of a loop or choice in it, for the record that begins at a place.
    fn entries(
        &mut self,
        block: &'t Block,
        record: Span,
        ty: &Type,
        scope: &Scope<'t>,
        path: &str,
        leaves: &mut Leaves,
    ) {
        if self.nameless(block, ty, path) {
            return;
        }
        for entry in &block.entries {
            match &entry.kind {
                EntryKind::Field(field) => {
                    if let Err(key) = self.entry(field, ty, scope, path, leaves) {
                        self.tables.partial.insert(key.unwrap_or(record));
                    }
                }
                EntryKind::For { names, source, body } => {
                    let inner = self.looped(names, source, scope);
                    self.entries(body, record, ty, &inner, path, leaves);
                }
                EntryKind::If { condition, then, otherwise } => {
                    self.want(condition, &Type::Bool, scope, None);
                    // The branches may give the same field: only one of them counts.
                    let mark = leaves.0.len();
                    self.entries(then, record, ty, &self.narrowed(condition, true, scope), path, leaves);
                    if let Some(otherwise) = otherwise {
                        let first = leaves.take_since(mark);
                        let scope = self.narrowed(condition, false, scope);
                        self.entries(otherwise, record, ty, &scope, path, leaves);
                        leaves.put_back(first);
                    }
                }
                EntryKind::Check(check) => self.misplaced(
                    check.condition.span,
                    "a `check` stands in a schema or a test",
                    "write `schema MyStack extends Stack { check … }`, and `stack name: MyStack { … }`",
                ),
                EntryKind::Rejects { body, .. } => self.misplaced(
                    Span { end: body.span.start + 1, ..body.span },
                    "`rejects` stands in a test",
                    "write `test \"name\" { rejects { … } }`",
                ),
            }
        }
    }

    pub(super) fn misplaced(&mut self, span: Span, title: &str, help: &str) {
        self.problems.push(Report::error(&PLACE, title).at(span, "means nothing here").help(help));
    }

    /// `job { path = "/x" }`: fields of an entry where entries belong. Told once.
    pub(super) fn nameless(&mut self, block: &'t Block, ty: &Type, path: &str) -> bool {
        let Type::Map(inner) = ty.plain() else { return false };
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
        let name = key_text(path);
        self.tables.poisoned.insert(block.span);
        self.problems.push(
            Report::error(&SHAPE, format!("this `{name}` has no name"))
                .at(Span { end: block.span.start + 1, ..block.span }, "a name belongs before this")
                .because(first.span, format!("a field of one {name}"))
                .help(format!("write `{name} \"name\" {{ … }}`")),
        );
        true
    }

    /// An entry. Where its path leads nowhere, which is reported: the key of the record that does not
    /// have what follows, if the path has one.
    fn entry(
        &mut self,
        entry: &'t Field,
        ty: &Type,
        scope: &Scope<'t>,
        path: &str,
        leaves: &mut Leaves,
    ) -> Result<(), Option<Span>> {
        let program = self.program;
        let mut current = ty.clone();
        let mut full = path.to_owned();
        let mut schema_field = None;
        let mut last = None;
        for key in &entry.path {
            let name = match key {
                Key::Name(name) => &*name.text,
                Key::Computed(expr) => {
                    self.want(expr, &Type::Text, scope, None);
                    "*"
                }
            };
            let step = self.step(&current, name, key.span(), &full, schema_field, last);
            let (next, field) = step.ok_or(last)?;
            current = next;
            schema_field = field.map(|(schema, at)| &program.schemas[schema].fields[at]);
            if !full.is_empty() {
                full.push('.');
            }
            // A key with dots is one segment.
            match name.contains('.') {
                true => full.extend(["\"", name, "\""]),
                false => full.push_str(name),
            }
            last = Some(key.span());
        }
        let Some(last) = last else { return Ok(()) };
        let place = Place { path: &full, field: schema_field };
        match &entry.value {
            FieldValue::Nothing => {}
            FieldValue::Block(block) => match current.plain() {
                Type::Schema(_) | Type::Map(_) | Type::Data | Type::Error => {
                    let inner = scope.inside(&current);
                    self.block(block, current.plain(), &inner, &full, leaves);
                }
                other => {
                    let report =
                        Report::error(&SHAPE, format!("`{full}` is {}, not a block", other.in_words()))
                            .at(Span { end: block.span.start + 1, ..block.span }, "a block starts here")
                            .help(format!("write `{} = {}`", key_text(&full), example(Some(&place), other)));
                    self.problems.push(report);
                }
            },
            FieldValue::Expr(expr) => {
                if !full.contains('*')
                    && let Some(first) = leaves.give(&full, last)
                {
                    let report = Report::error(&DUPLICATE, format!("`{full}` is given twice"))
                        .at(last, "again here")
                        .because(first, "first here")
                        .help("keep one of them");
                    self.problems.push(report);
                }
                self.value(expr, &current, scope, &place);
            }
        }
        Ok(())
    }

    /// The type behind a name of a record type, and the schema's field.
    pub(super) fn step(
        &mut self,
        ty: &Type,
        name: &str,
        span: Span,
        path: &str,
        field: Option<&SchemaField<'t>>,
        last: Option<Span>,
    ) -> Option<(Type, Option<(usize, usize)>)> {
        match ty.plain() {
            Type::Error => None,
            Type::Data => Some((Type::Data, None)),
            Type::Map(inner) => Some(((**inner).clone(), None)),
            Type::Schema(id) => {
                let schema = self.program.schema(*id);
                if let Some((at, _, field)) = schema.fields.get_full(name) {
                    return Some((field.ty.clone(), Some((id.0, at))));
                }
                if !(self.program.open && *id == self.program.root) {
                    let report = self.unknown_field(*id, name, span, path);
                    self.problems.push(report);
                }
                None
            }
            other => {
                let report =
                    Report::error(&SHAPE, format!("`{path}` is {} and has no fields", other.in_words()))
                        .at(span, "a field of it")
                        .help(format!(
                            "write `{} = {}`",
                            key_text(path),
                            example(Some(&Place { path, field }), other)
                        ));
                let report = match last {
                    Some(last) => report.because(last, other.in_words()),
                    None => report,
                };
                self.problems.push(report);
                None
            }
        }
    }

    pub(super) fn unknown_field(&mut self, id: SchemaId, name: &str, span: Span, path: &str) -> Report {
        let program = self.program;
        let schema = program.schema(id);
        let title = match path {
            "" => format!("a stack has no field `{name}`"),
            _ => format!("`{path}` has no field `{name}`"),
        };
        let report = Report::error(&UNKNOWN_FIELD, title).at(span, "unknown field");
        if path.is_empty() && matches!(name, "let" | "fn" | "schema" | "import" | "profile" | "test" | "type")
        {
            return report.help(format!(
                "`{name}` declares something for the whole file: write it outside of the stack"
            ));
        }
        if let Some(near) = wording::nearest(name, schema.fields.keys().map(|k| &**k)) {
            self.tables.meant.insert((id, near.into()));
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

    /// The first path below a schema that ends in a field of this name.
    pub(super) fn find_field(&self, id: SchemaId, name: &str, depth: usize) -> Option<String> {
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

    /// The value of a field.
    pub(super) fn value(&mut self, expr: &'t Expr, ty: &Type, scope: &Scope<'t>, place: &Place) {
        match (&expr.kind, ty.plain()) {
            (ExprKind::Record(block), Type::Schema(_) | Type::Map(_) | Type::Data) => {
                let inner = scope.inside(ty);
                self.block(block, ty.plain(), &inner, place.path, &mut Leaves::default());
            }
            (ExprKind::Absent, _) if !ty.is_optional() && place.field.is_some() => {
                let report = Report::error(&REQUIRED, format!("`{}` can't be absent", place.path))
                    .at(expr.span, "only an optional field can be taken away")
                    .help(format!("write a value, such as `{}`", ty.example()));
                self.tell(expr.span, report);
            }
            (ExprKind::Absent, _) => {}
            _ => self.want(expr, ty, scope, Some(place)),
        }
    }
}

/// The paths that a layer gives, with where, in the order that they came.
#[derive(Default)]
pub(super) struct Leaves(IndexMap<String, Span, foldhash::fast::RandomState>);

impl Leaves {
    /// Remembers a path; where it was given before.
    fn give(&mut self, path: &str, at: Span) -> Option<Span> {
        if let Some(first) = self.0.get(path) {
            return Some(*first);
        }
        self.0.insert(path.to_owned(), at);
        None
    }

    /// Forgets what came since a mark.
    fn take_since(&mut self, mark: usize) -> Leaves {
        Leaves(self.0.split_off(mark))
    }

    /// Remembers what was forgotten.
    fn put_back(&mut self, taken: Leaves) {
        for (path, at) in taken.0 {
            self.give(&path, at);
        }
    }
}
