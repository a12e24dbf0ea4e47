//! Types as written to types, and schemas with what they extend.

use super::builder::{Builder, nearest};
use super::{
    BUILD, Block, Checked, Declared, Entry, EntryKind, Field, FieldValue, Item, ItemKind, Key, ModuleId,
    Name, NameRef, Program, Rc, Refined, Resolution, Schema, SchemaField, SchemaId, Span, Type, TypeExpr,
    TypeKind,
};
use crate::diagnostics::Report;
use crate::semantics::data::Map;
use crate::semantics::problems::{ARGUMENTS, CYCLE, MISMATCH, PLACE, TAKEN, UNKNOWN_NAME, UNKNOWN_TYPE};
use crate::semantics::quantity::Unit;

impl<'t> Builder<'t, '_> {
    // ------------------------------------------------------------------------------- schemas

    /// Which schema extends which; one that extends itself extends nothing.
    pub(super) fn ancestors(&mut self) {
        for at in 0..self.declared.len() {
            let (item, module) = self.declared[at];
            let id = SchemaId::new(self.known() + at);
            let ItemKind::Schema { parent: Some(parent), .. } = &item.kind else { continue };
            let ty = self.named(parent, None, module);
            match ty.plain() {
                Type::Schema(found) => {
                    if self.lineage.is(*found, id) {
                        self.problems.push(
                            Report::error(&CYCLE, format!("the schema `{}` extends itself", item.name.text))
                                .at(parent.span(), "leads back here")
                                .help("extend another schema"),
                        );
                    } else {
                        self.lineage.extend(id, *found);
                    }
                }
                Type::Error => drop(self.orphans.insert(id)),
                other => {
                    let report = Report::error(&MISMATCH, format!("`{}` is no schema", parent.text()))
                        .at(parent.span(), other.in_words())
                        .help("only a `schema` can be extended");
                    self.problems.push(report);
                }
            }
        }
    }

    /// Makes a schema, after the one that it extends.
    pub(super) fn make(&mut self, id: SchemaId) {
        if self.schema(id).is_some() {
            return;
        }
        let at = id.index() - self.known();
        let (item, module) = self.declared[at];
        let ItemKind::Schema { body, .. } = &item.kind else { return };
        let mut schema =
            Schema { name: &item.name, doc: &item.doc, fields: Map::default(), checks: Vec::new() };
        if let Some(parent) = self.lineage.parent(id) {
            self.make(parent);
            if let Some(parent) = self.schema(parent) {
                schema.fields = parent.fields.clone();
                schema.checks = parent.checks.clone();
            }
        }
        for entry in &body.entries {
            match &entry.kind {
                EntryKind::Check(_) | EntryKind::For { .. } | EntryKind::If { .. } => {
                    self.only_checks(entry, module != Program::builtin());
                    schema.checks.push(Checked { owner: id, module, entry });
                }
                EntryKind::Field(field) => {
                    if let Some(field) = self.field(id, module, entry, field, &schema) {
                        schema.fields.insert(field.name.text.as_ref().into(), field);
                    }
                }
                EntryKind::Rejects { body, .. } => self.problems.push(
                    Report::error(&PLACE, "`rejects` stands in a `test`")
                        .at(body.span, "a schema has fields and checks")
                        .help("write `test \"name\" { rejects { … } }`"),
                ),
            }
        }
        self.schemas[at] = Some(schema);
    }

    /// A record that always has one of its own kind in it has no end.
    pub(super) fn endless(&mut self) {
        let all = self.known() + self.schemas.len();
        // Those that are known before lead to themselves alone.
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
            self.problems.push(
                Report::error(&CYCLE, format!("a `{name}` always has another `{name}` in it"))
                    .at(span, "comes back to where it began")
                    .help("make the field optional with `?`, or a list"),
            );
            for schema in self.schemas.iter_mut().flatten() {
                let fields = schema.fields.values_mut();
                let broken = fields.filter(|field| field.ty_span == span);
                broken.for_each(|field| (field.ty, field.default) = (Type::Error, None));
            }
        }
    }

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
            self.problems.push(
                Report::error(&PLACE, "a field of a schema has one name")
                    .at(span, "not a field's name")
                    .help("make a schema of what is in it, and use that as the field's type"),
            );
            return None;
        };
        let Some(ty) = &field.ty else {
            self.problems.push(
                Report::error(&PLACE, format!("the field `{}` has no type", name.text))
                    .at(name.span, "of what type?")
                    .help(format!("write `{}: T`, or `{}: T = default`", name.text, name.text)),
            );
            // It is there, whatever it is.
            let (ty_span, doc) = (name.span, &*entry.doc);
            return (!schema.fields.contains_key(&*name.text)).then_some(SchemaField {
                owner,
                module,
                name,
                doc,
                ty: Type::Error,
                ty_span,
                default: None,
                build: true,
            });
        };
        for annotation in field.annotations.iter().filter(|a| &*a.text != BUILD) {
            self.problems.push(
                Report::error(&UNKNOWN_NAME, format!("there is no `@{}`", annotation.text))
                    .at(annotation.span, "unknown annotation")
                    .help("only `@build` is known"),
            );
        }
        let default = match &field.value {
            FieldValue::Expr(expr) => Some(expr),
            _ => None,
        };
        let resolved = self.resolve(ty, module);
        // What a person adds is theirs alone: the chart has no value for it.
        let mut build = module != Program::builtin() || field.annotations.iter().any(|a| &*a.text == BUILD);
        if let Some(known) = schema.fields.get(&*name.text) {
            if known.owner == owner {
                let first = known.name.span;
                self.twice(name, first, "field");
                return None;
            }
            build = known.build;
            if !known.ty.accepts(&resolved, &self.lineage) {
                let report = Report::error(
                    &MISMATCH,
                    format!("`{}` is {} in the schema that this extends", name.text, known.ty.in_words()),
                );
                self.problems.push(
                    report
                        .at(ty.span, format!("{}, which does not fit", resolved.in_words()))
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
        Some(SchemaField { owner, module, name, doc, ty: resolved, ty_span: ty.span, default, build })
    }

    /// In a schema, a loop or a choice stands around checks alone.
    fn only_checks(&mut self, entry: &Entry, own: bool) {
        let blocks: Vec<&Block> = match &entry.kind {
            EntryKind::Check(check) => {
                let ours = |code: &str| {
                    code.len() == 5
                        && code.starts_with(['E', 'W'])
                        && code[1..].bytes().all(|b| b.is_ascii_digit())
                };
                if let Some(code) = check.code.as_ref().filter(|code| own && ours(&code.text)) {
                    self.problems.push(
                        Report::error(&TAKEN, format!("`{}` is a code of the language's own", code.text))
                            .at(code.span, "means something else")
                            .help("choose a name of your own, such as `short-retention`"),
                    );
                }
                return;
            }
            EntryKind::For { body, .. } => vec![body],
            EntryKind::If { then, otherwise, .. } => std::iter::once(then).chain(otherwise).collect(),
            _ => {
                self.problems.push(
                    Report::error(&PLACE, "in a schema, `for` and `if` stand around checks")
                        .at(entry.span, "not a check")
                        .help("a field is there always; make it optional with `?`"),
                );
                return;
            }
        };
        blocks.iter().flat_map(|block| &block.entries).for_each(|entry| self.only_checks(entry, own));
    }

    pub(super) fn refined(&mut self, module: ModuleId, item: &'t Item) -> Option<Refined<'t>> {
        let ItemKind::Type { ty, condition: Some(condition), message } = &item.kind else { return None };
        let base = self.through(&item.name, ty, module);
        Some(Refined { name: &item.name, doc: &item.doc, module, base, condition, message: message.as_ref() })
    }

    // --------------------------------------------------------------------------------- types

    /// The type that is written, in a file.
    pub(super) fn resolve(&mut self, ty: &'t TypeExpr, module: ModuleId) -> Type {
        match &ty.kind {
            TypeKind::Missing => Type::Error,
            TypeKind::Word(word) => Type::Words(Rc::new([Rc::from(&**word)])),
            TypeKind::List(inner) => Type::List(Rc::new(self.resolve(inner, module))),
            TypeKind::Optional(inner) => match self.resolve(inner, module) {
                optional @ Type::Optional(_) => optional,
                other => Type::Optional(Rc::new(other)),
            },
            TypeKind::Either(parts) => {
                let mut words: Vec<Rc<str>> = Vec::new();
                for part in parts {
                    match self.resolve(part, module) {
                        Type::Words(more) => words.extend(more.iter().cloned()),
                        Type::Error => return Type::Error,
                        _ => {
                            self.problems.push(
                                Report::error(&MISMATCH, "only strings can be alternatives of a type")
                                    .at(part.span, "not a string")
                                    .help("write `\"a\" | \"b\"`"),
                            );
                            return Type::Error;
                        }
                    }
                }
                Type::Words(words.into())
            }
            TypeKind::Name { name, argument } => self.named(name, argument.as_deref(), module),
        }
    }

    pub(super) fn named(
        &mut self,
        name: &'t NameRef,
        argument: Option<&'t TypeExpr>,
        module: ModuleId,
    ) -> Type {
        if name.file.is_none() && &*name.name.text == MAP {
            self.findings.resolve_name(&name.name, Resolution::Primitive);
            return match argument {
                Some(argument) => Type::Map(Rc::new(self.resolve(argument, module))),
                None => {
                    self.problems.push(
                        Report::error(&ARGUMENTS, "`Map` does not say of what")
                            .at(name.span(), "")
                            .help("write `Map<String>`"),
                    );
                    Type::Error
                }
            };
        }
        let found = self.type_named(name, module);
        if let Some(argument) = argument
            && found.is_ok()
        {
            self.problems.push(
                Report::error(&ARGUMENTS, format!("`{}` takes no type in `<>`", name.text()))
                    .at(argument.span, "")
                    .help("only `Map<T>` does"),
            );
        }
        match found {
            Ok(Found::Primitive(ty)) => ty,
            Ok(Found::Declared(Declared::Schema(id))) => Type::Schema(id),
            Ok(Found::Declared(Declared::Alias(_, ty, module))) => self.through(&name.name, ty, module),
            Ok(Found::Declared(Declared::Refined(id, ty, module))) => {
                Type::Refined(id, Rc::new(self.through(&name.name, ty, module)))
            }
            Err(()) => Type::Error,
        }
    }

    /// What the name of a type stands for; nothing is reported.
    fn type_named(&mut self, name: &'t NameRef, module: ModuleId) -> Result<Found<'t>, ()> {
        let declared = match &name.file {
            None => {
                if let Some(ty) = primitive(&name.name.text) {
                    self.findings.resolve_name(&name.name, Resolution::Primitive);
                    return Ok(Found::Primitive(ty));
                }
                let text = &*name.name.text;
                self.declared(module, text).or_else(|| self.declared(Program::builtin(), text))
            }
            Some(file) => {
                let named = self.names(module).values.get(&*file.text).map(|(named, _)| *named);
                self.findings.resolve_name(file, named.unwrap_or_default());
                match named {
                    Some(Resolution::Module(other)) => self.declared(other, &name.name.text),
                    Some(Resolution::Failed) => return Err(()),
                    _ => {
                        self.no_file(name, &file.text, module);
                        return Err(());
                    }
                }
            }
        };
        match declared {
            Some(declared) => {
                self.findings.resolve_name(&name.name, declared.resolution());
                Ok(Found::Declared(declared))
            }
            None => {
                self.unknown_type(name, module);
                Err(())
            }
        }
    }

    fn declared(&self, module: ModuleId, name: &str) -> Option<Declared<'t>> {
        self.names(module).types.get(name).map(|(declared, _)| *declared)
    }

    fn no_file(&mut self, name: &NameRef, file: &str, module: ModuleId) {
        let names = &self.names(module).values;
        let imports = names.iter().filter(|(_, (named, _))| matches!(named, Resolution::Module(_)));
        let near = nearest(file, imports.map(|(name, _)| *name)).map(str::to_owned);
        let report = Report::error(&UNKNOWN_TYPE, format!("there is no type `{}`", name.text()))
            .at(name.span(), format!("no file is imported as `{file}`"));
        self.problems.push(match near {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report.help(format!("write `import \"file.vms\" as {file}` above")),
        });
    }

    fn unknown_type(&mut self, name: &NameRef, module: ModuleId) {
        let (file, inner) = (name.file.as_ref().map(|file| &*file.text), &*name.name.text);
        let span = name.span();
        let of = |module: ModuleId| self.names(module).types.keys().copied();
        let known: Vec<&str> = match file.map(|file| self.names(module).values.get(file)) {
            Some(Some((Resolution::Module(other), _))) => of(*other).collect(),
            Some(_) => Vec::new(),
            None => {
                let primitives = PRIMITIVES.iter().map(|(name, _)| *name).chain([MAP]);
                of(module).chain(of(Program::builtin())).chain(primitives).collect()
            }
        };
        let mut report = Report::error(&UNKNOWN_TYPE, format!("there is no type `{}`", name.text()))
            .at(span, "unknown type");
        let other = match inner.to_ascii_lowercase().as_str() {
            "optional" | "option" | "maybe" => Some("an optional value is `T?`"),
            "list" | "array" | "vec" | "set" => Some("a list is `[T]`"),
            "dict" | "object" | "record" | "struct" => Some("a map is `Map<T>`, a record a `schema`"),
            "enum" | "oneof" | "literal" => Some("one of some words is `\"a\" | \"b\"`"),
            "number" | "double" => Some("a number is `Int` or `Float`"),
            "any" => Some("plain data of any kind is `Data`"),
            _ => None,
        };
        if let Some(other) = other {
            return self.problems.push(report.help(other));
        }
        let imported = self.names(module).values.iter().find_map(|(alias, (named, _))| match named {
            Resolution::Module(other) if file.is_none() => {
                self.names(*other).types.contains_key(inner).then(|| format!("{alias}.{inner}"))
            }
            _ => None,
        });
        if let Some(imported) = imported {
            return self.problems.push(report.fix(
                format!("an import has it: write `{imported}`"),
                span,
                &imported,
            ));
        }
        report = match nearest(inner, known.into_iter()) {
            Some(near) => {
                let right = file.map_or(near.to_owned(), |file| format!("{file}.{near}"));
                report.near(format!("did you mean `{right}`?"), span, &name.text(), &right)
            }
            None => report.help("a type is Bool, Int, Float, String, Duration, Bytes, Cpu, Version, Endpoint, Data, `[T]`, `Map<T>`, `\"a\" | \"b\"`, or declared with `type`"),
        };
        self.problems.push(report);
    }

    /// The type that an alias or refinement stands for, unless it stands for itself.
    pub(super) fn through(&mut self, name: &'t Name, ty: &'t TypeExpr, module: ModuleId) -> Type {
        let declared = self.findings.name(name);
        if let Some(base) = self.base {
            match declared {
                Resolution::Alias(id) if id.index() < base.aliases.len() => {
                    return base.aliases[id.index()].ty.clone();
                }
                Resolution::Refined(id) if id.index() < base.refined.len() => {
                    return base.refined[id.index()].base.clone();
                }
                _ => {}
            }
        }
        if let Some(known) = self.aliases.get(&declared) {
            return known.clone();
        }
        if self.resolving.contains(&declared) {
            self.problems.push(
                Report::error(&CYCLE, format!("the type `{}` is defined by itself", name.text))
                    .at(name.span, "used in its own definition")
                    .help("name another type here"),
            );
            return Type::Error;
        }
        self.resolving.insert(declared);
        let resolved = self.resolve(ty, module);
        self.resolving.remove(&declared);
        self.aliases.insert(declared, resolved.clone());
        resolved
    }
}

/// What a type's name is.
enum Found<'t> {
    Primitive(Type),
    Declared(Declared<'t>),
}

/// The type that takes another.
pub(super) const MAP: &str = "Map";

const PRIMITIVES: &[(&str, Type)] = &[
    ("Bool", Type::Bool),
    ("Int", Type::Int),
    ("Float", Type::Float),
    ("String", Type::Text),
    ("Duration", Type::Quantity(Unit::Duration)),
    ("Bytes", Type::Quantity(Unit::Bytes)),
    ("Cpu", Type::Quantity(Unit::Cpu)),
    ("Version", Type::Version),
    ("Endpoint", Type::Endpoint),
    ("Data", Type::Data),
];

pub(super) fn primitive(name: &str) -> Option<Type> {
    PRIMITIVES.iter().find(|(n, _)| *n == name).map(|(_, ty)| ty.clone())
}
