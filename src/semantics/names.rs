//! Declarations to tables: which schemas, types, constants, profiles there are.

use super::builtins;
use super::problems::*;
use super::quantity::Unit;
use super::types::{RefinedId, SchemaId, Type};
use crate::diagnostics::{Report, wording};
use crate::source::Span;
use crate::syntax::tree::*;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::rc::Rc;

/// All declarations of a stack and of the built-in schema, names resolved.
#[derive(Debug)]
pub struct Program<'t> {
    /// Schemas; a [`SchemaId`] is an index.
    pub schemas: Vec<Schema<'t>>,
    /// Types with a condition; a [`RefinedId`] is an index.
    pub refined: Vec<Refined<'t>>,
    /// Constants.
    pub lets: IndexMap<&'t str, Let<'t>>,
    /// The stack, if there is one.
    pub stack: Option<Layered<'t>>,
    /// Profiles, as declared.
    pub profiles: Vec<Layered<'t>>,
    /// The schema of the stack.
    pub root: SchemaId,
}

/// A record type.
#[derive(Debug)]
pub struct Schema<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its doc comment.
    pub doc: &'t str,
    /// Its fields in order.
    pub fields: IndexMap<Rc<str>, SchemaField<'t>>,
    /// Its checks in order.
    pub checks: Vec<&'t Check>,
}

/// A field of a schema.
#[derive(Debug)]
pub struct SchemaField<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its doc comment.
    pub doc: &'t str,
    /// Its type, with `?` where it is optional.
    pub ty: Type,
    /// Its type as written.
    pub ty_span: Span,
    /// Its default.
    pub default: Option<&'t Expr>,
    /// `@build`: it shapes the build and is no value of the chart.
    pub build: bool,
}

/// `type Name = base where condition, "message"`
#[derive(Debug)]
pub struct Refined<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its doc comment.
    pub doc: &'t str,
    /// What must hold for `it`.
    pub condition: &'t Expr,
    /// What the error says.
    pub message: Option<&'t Expr>,
}

/// A constant.
#[derive(Debug)]
pub struct Let<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its type, where written.
    pub ty: Option<Type>,
    /// Its value.
    pub value: &'t Expr,
}

/// A stack or a profile.
#[derive(Debug)]
pub struct Layered<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its doc comment.
    pub doc: &'t str,
    /// The profile it extends, as an index.
    pub parent: Option<usize>,
    /// Its entries.
    pub body: &'t Block,
}

#[derive(Clone, Copy)]
enum Declared<'t> {
    Schema(SchemaId),
    Alias(&'t TypeExpr),
    Refined(RefinedId, &'t TypeExpr),
}

struct Builder<'t, 'p> {
    types: HashMap<&'t str, (Declared<'t>, Span)>,
    resolving: Vec<&'t str>,
    problems: &'p mut Vec<Report>,
}

/// Collects the declarations of the built-in schema and of the user's file. `root` names the
/// stack's schema, which the built-in files declare.
pub fn collect<'t>(
    builtin: &'t [Tree],
    user: &'t Tree,
    root: &str,
    problems: &mut Vec<Report>,
) -> Option<Program<'t>> {
    let mut builder = Builder { types: HashMap::new(), resolving: Vec::new(), problems };
    let own = |item: &&Item| match later(item) {
        Some(_) => false,
        None => !item.name.text.is_empty(),
    };
    for item in user.items() {
        builder.tell_later(item);
    }
    let items: Vec<&Item> = builtin.iter().flat_map(Tree::items).chain(user.items().filter(own)).collect();

    let (mut schema_items, mut refined) = (Vec::new(), Vec::new());
    for item in &items {
        let declared = match &item.kind {
            ItemKind::Schema { .. } => {
                schema_items.push(*item);
                Declared::Schema(SchemaId(schema_items.len() - 1))
            }
            ItemKind::Type { ty, condition: None, .. } => Declared::Alias(ty),
            ItemKind::Type { ty, condition: Some(condition), message } => {
                refined.push(Refined {
                    name: &item.name,
                    doc: &item.doc,
                    condition,
                    message: message.as_ref(),
                });
                Declared::Refined(RefinedId(refined.len() - 1), ty)
            }
            _ => continue,
        };
        builder.declare_type(&item.name, declared);
    }
    let root = match builder.types.get(root) {
        Some((Declared::Schema(id), _)) => *id,
        _ => return None,
    };
    let schemas = schema_items.into_iter().map(|item| builder.schema(item)).collect();

    let mut lets: IndexMap<&str, Let> = IndexMap::new();
    let (mut stacks, mut profiles) = (Vec::new(), Vec::<(Layered, Option<&Name>)>::new());
    for item in items {
        let name = &item.name;
        match &item.kind {
            ItemKind::Let { ty, value } => {
                if builtins::find(&name.text).is_some() || matches!(&*name.text, "self" | "stack" | "it") {
                    builder.taken(name);
                    continue;
                }
                if let Some(first) = lets.get(&*name.text) {
                    builder.twice(name, first.name.span, "constant");
                    continue;
                }
                let ty = ty.as_ref().map(|ty| builder.resolve(ty));
                lets.insert(&name.text, Let { name, ty, value });
            }
            ItemKind::Stack { body, .. } => stacks.push(Layered { name, doc: &item.doc, parent: None, body }),
            ItemKind::Profile { parent, body } => {
                if let Some((first, _)) = profiles.iter().find(|(p, _)| p.name.text == name.text) {
                    builder.twice(name, first.name.span, "profile");
                    continue;
                }
                profiles.push((Layered { name, doc: &item.doc, parent: None, body }, parent.as_ref()));
            }
            ItemKind::Type { ty, .. } => {
                builder.resolve(ty);
            }
            _ => {}
        }
    }
    if let [first, rest @ ..] = stacks.as_slice() {
        for more in rest {
            builder.problems.push(
                Report::error(&STACKS, "a file has one stack, and this is another")
                    .at(more.name.span, "a second stack")
                    .because(first.name.span, "the first")
                    .help("put it in a file of its own, or make it a profile"),
            );
        }
    }
    let profiles = builder.parents(profiles);
    Some(Program { schemas, refined, lets, stack: stacks.into_iter().next(), profiles, root })
}

/// The name of a construct that is parsed and not yet given a meaning.
fn later(item: &Item) -> Option<&'static str> {
    match &item.kind {
        ItemKind::Import { .. } => Some("import"),
        ItemKind::Fn { .. } => Some("fn"),
        ItemKind::Test { .. } => Some("test"),
        ItemKind::Schema { .. } => Some("schema"),
        _ => None,
    }
}

/// The report about a construct that is not built yet.
pub(super) fn not_yet(word: &str, span: Span) -> Report {
    Report::error(&LATER, format!("this version of vmsc has no `{word}` yet"))
        .at(span, "can be read, but means nothing so far")
        .help("write the values out, with `let` for what they share")
}

impl<'t> Builder<'t, '_> {
    fn tell_later(&mut self, item: &Item) {
        if let Some(word) = later(item) {
            self.problems.push(not_yet(word, item.name.span));
        }
        if let ItemKind::Stack { schema: Some(schema), .. } = &item.kind {
            self.problems.push(not_yet("stack name: Schema", schema.span));
        }
    }

    fn twice(&mut self, name: &Name, first: Span, what: &str) {
        self.problems.push(
            Report::error(&DUPLICATE, format!("the {what} `{}` is declared twice", name.text))
                .at(name.span, "again here")
                .because(first, "first here")
                .help("rename one of them"),
        );
    }

    fn taken(&mut self, name: &Name) {
        self.problems.push(
            Report::error(&TAKEN, format!("`{}` is a name of the language", name.text))
                .at(name.span, "can't be declared")
                .help("choose another name"),
        );
    }

    fn declare_type(&mut self, name: &'t Name, declared: Declared<'t>) {
        if primitive(&name.text).is_some() || matches!(&*name.text, "Map") {
            return self.taken(name);
        }
        if let Some((_, first)) = self.types.get(&*name.text) {
            let first = *first;
            return self.twice(name, first, "type");
        }
        self.types.insert(&name.text, (declared, name.span));
    }

    fn schema(&mut self, item: &'t Item) -> Schema<'t> {
        let ItemKind::Schema { body, .. } = &item.kind else {
            return Schema { name: &item.name, doc: "", fields: IndexMap::new(), checks: Vec::new() };
        };
        let mut schema =
            Schema { name: &item.name, doc: &item.doc, fields: IndexMap::new(), checks: Vec::new() };
        for entry in &body.entries {
            match &entry.kind {
                EntryKind::Check(check) => schema.checks.push(check),
                EntryKind::Field(field) => {
                    let (Some(Key::Name(name)), Some(ty)) = (field.path.first(), &field.ty) else { continue };
                    let default = match &field.value {
                        FieldValue::Expr(expr) => Some(expr),
                        _ => None,
                    };
                    let build = field.annotations.iter().any(|a| &*a.text == "build");
                    let ty_span = ty.span;
                    let ty = self.resolve(ty);
                    let field = SchemaField { name, doc: &entry.doc, ty, ty_span, default, build };
                    schema.fields.insert(name.text.as_ref().into(), field);
                }
                _ => {}
            }
        }
        schema
    }

    fn resolve(&mut self, ty: &'t TypeExpr) -> Type {
        match &ty.kind {
            TypeKind::Missing => Type::Error,
            TypeKind::Word(word) => Type::Words(Rc::new([Rc::from(&**word)])),
            TypeKind::List(inner) => Type::List(Rc::new(self.resolve(inner))),
            TypeKind::Optional(inner) => match self.resolve(inner) {
                optional @ Type::Optional(_) => optional,
                other => Type::Optional(Rc::new(other)),
            },
            TypeKind::Either(parts) => {
                let mut words: Vec<Rc<str>> = Vec::new();
                for part in parts {
                    match self.resolve(part) {
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
            TypeKind::Name { name, argument } => self.named(name, argument.as_deref()),
        }
    }

    fn named(&mut self, name: &'t Name, argument: Option<&'t TypeExpr>) -> Type {
        if &*name.text == "Map" {
            return match argument {
                Some(argument) => Type::Map(Rc::new(self.resolve(argument))),
                None => {
                    self.problems.push(
                        Report::error(&ARGUMENTS, "`Map` does not say of what")
                            .at(name.span, "")
                            .help("write `Map<String>`"),
                    );
                    Type::Error
                }
            };
        }
        if let Some(argument) = argument {
            self.problems.push(
                Report::error(&ARGUMENTS, format!("`{}` takes no type in `<>`", name.text))
                    .at(argument.span, "")
                    .help("only `Map<T>` does"),
            );
        }
        if let Some(ty) = primitive(&name.text) {
            return ty;
        }
        match self.types.get(&*name.text).map(|(declared, _)| *declared) {
            Some(Declared::Schema(id)) => Type::Schema(id),
            Some(Declared::Alias(ty)) => self.through(name, ty),
            Some(Declared::Refined(id, ty)) => Type::Refined(id, Rc::new(self.through(name, ty))),
            None => {
                let known =
                    self.types.keys().copied().chain(PRIMITIVES.iter().map(|(n, _)| *n)).chain(["Map"]);
                let mut known: Vec<&str> = known.collect();
                known.sort_unstable();
                let mut report = Report::error(&UNKNOWN_TYPE, format!("there is no type `{}`", name.text))
                    .at(name.span, "unknown type");
                report = match wording::nearest(&name.text, known) {
                    Some(near) => report.fix(format!("did you mean `{near}`?"), name.span, near),
                    None => report.help("a type is Bool, Int, Float, String, Duration, Bytes, Cpu, Version, Endpoint, Data, `[T]`, `Map<T>`, `\"a\" | \"b\"`, or declared with `type`"),
                };
                self.problems.push(report);
                Type::Error
            }
        }
    }

    /// The type that an alias stands for, unless it stands for itself.
    fn through(&mut self, name: &'t Name, ty: &'t TypeExpr) -> Type {
        if self.resolving.contains(&&*name.text) {
            self.problems.push(
                Report::error(&CYCLE, format!("the type `{}` is defined by itself", name.text))
                    .at(name.span, "used in its own definition")
                    .help("name another type here"),
            );
            return Type::Error;
        }
        self.resolving.push(&name.text);
        let ty = self.resolve(ty);
        self.resolving.pop();
        ty
    }

    fn parents(&mut self, declared: Vec<(Layered<'t>, Option<&'t Name>)>) -> Vec<Layered<'t>> {
        let names: Vec<&str> = declared.iter().map(|(p, _)| &*p.name.text).collect();
        let parents: Vec<Option<&Name>> = declared.iter().map(|(_, parent)| *parent).collect();
        let mut profiles: Vec<Layered> = declared.into_iter().map(|(profile, _)| profile).collect();
        for (at, parent) in parents.iter().enumerate() {
            let Some(parent) = parent else { continue };
            match names.iter().position(|name| *name == &*parent.text) {
                Some(found) => profiles[at].parent = Some(found),
                None => {
                    let mut report =
                        Report::error(&UNKNOWN_PROFILE, format!("there is no profile `{}`", parent.text))
                            .at(parent.span, "unknown profile");
                    if let Some(near) = wording::nearest(&parent.text, names.iter().copied()) {
                        report = report.fix(format!("did you mean `{near}`?"), parent.span, near);
                    }
                    self.problems.push(report);
                }
            }
        }
        for at in 0..profiles.len() {
            let (mut current, mut steps) = (profiles[at].parent, 0);
            while let Some(next) = current {
                steps += 1;
                if next == at || steps > profiles.len() {
                    let span = parents[at].map_or(profiles[at].name.span, |p| p.span);
                    self.problems.push(
                        Report::error(
                            &CYCLE,
                            format!("the profile `{}` extends itself", profiles[at].name.text),
                        )
                        .at(span, "leads back here")
                        .help("a profile extends the stack, or a profile that does not extend it"),
                    );
                    profiles[at].parent = None;
                    break;
                }
                current = profiles[next].parent;
            }
        }
        profiles
    }
}

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

fn primitive(name: &str) -> Option<Type> {
    PRIMITIVES.iter().find(|(n, _)| *n == name).map(|(_, ty)| ty.clone())
}

impl<'t> Program<'t> {
    /// The schema of an id.
    pub fn schema(&self, id: SchemaId) -> &Schema<'t> {
        &self.schemas[id.0]
    }

    /// The condition of a refined type.
    pub fn refinement(&self, id: RefinedId) -> &Refined<'t> {
        &self.refined[id.0]
    }

    /// The profiles a profile is made of, the one it is based on first.
    pub fn chain(&self, profile: usize) -> Vec<usize> {
        let mut chain = vec![profile];
        while let Some(parent) = chain.last().and_then(|last| self.profiles[*last].parent)
            && chain.len() <= self.profiles.len()
        {
            chain.push(parent);
        }
        chain.reverse();
        chain
    }
}
