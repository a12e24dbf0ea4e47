//! The declarations of all files.

use super::super::annotations::Annotations;
use super::super::data::Map;
use super::super::findings::{Findings, Resolution};
use super::super::ids::{AliasId, DataId, FieldRef, FnId, LetId, ModuleId, RefinedId, SchemaId};
use super::super::types::{Lineage, Type};
use crate::load::data;
use crate::source::Span;
use crate::syntax::tree::{Block, Entry, Expr, Name, TypeExpr};
use foldhash::HashMap;
use indexmap::IndexMap;

/// All declarations of a stack, of what it imports and of the built-in schema, names resolved.
#[derive(Debug)]
pub struct Program<'t> {
    /// Schemas; a [`SchemaId`] is an index.
    pub schemas: Stacked<'t, Schema<'t>>,
    /// Types with a condition; a [`RefinedId`] is an index.
    pub refined: Stacked<'t, Refined<'t>>,
    /// Other names of types; an [`AliasId`] is an index.
    pub aliases: Stacked<'t, Alias<'t>>,
    /// Constants; a [`LetId`] is an index.
    pub lets: Vec<Let<'t>>,
    /// Functions; an [`FnId`] is an index.
    pub fns: Vec<Fn<'t>>,
    /// Imported data; a [`DataId`] is an index.
    pub data: Vec<Imported<'t>>,
    /// What names mean in each file.
    pub(super) modules: Vec<Names<'t>>,
    /// What is known of the built-in schema, unless the program is that.
    pub(super) base: Option<&'t Base<'t>>,
    /// The stack, if there is one.
    pub stack: Option<Layered<'t>>,
    /// Profiles, as declared.
    pub profiles: Vec<Layered<'t>>,
    /// Tests, as declared.
    pub tests: Vec<Test<'t>>,
    /// The schema of the stack.
    pub root: SchemaId,
    /// Whether the stack names a schema that is not known, so that it may have any fields.
    pub open: bool,
    /// Which schema extends which.
    pub lineage: Lineage,
}

/// The names of a file.
#[derive(Debug, Default)]
pub struct Names<'t> {
    /// Constants, functions and imports, with where they are declared.
    pub values: IndexMap<&'t str, (Resolution, Span)>,
    /// Schemas and types.
    pub(super) types: HashMap<&'t str, (Declared<'t>, Span)>,
}

/// What a type's name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Declared<'t> {
    Schema(SchemaId),
    Alias(AliasId, &'t TypeExpr, ModuleId),
    Refined(RefinedId, &'t TypeExpr, ModuleId),
}

impl Declared<'_> {
    pub(super) fn resolution(self) -> Resolution {
        match self {
            Declared::Schema(id) => Resolution::Schema(id),
            Declared::Alias(id, ..) => Resolution::Alias(id),
            Declared::Refined(id, ..) => Resolution::Refined(id),
        }
    }
}

/// A record type.
#[derive(Debug)]
pub struct Schema<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its doc comment.
    pub doc: &'t str,
    /// Its fields in order, those of the schema it extends first.
    pub fields: Map<SchemaField<'t>>,
    /// Its checks in order, those of the schema it extends first.
    pub checks: Vec<Checked<'t>>,
}

/// A check of a schema, or a `for` or `if` around some.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'t> {
    /// The schema that has it.
    pub owner: SchemaId,
    /// The file it stands in.
    pub module: ModuleId,
    /// The check.
    pub entry: &'t Entry,
}

/// A field of a schema.
#[derive(Clone, Debug)]
pub struct SchemaField<'t> {
    /// The schema that declares it.
    pub owner: SchemaId,
    /// The file it stands in.
    pub module: ModuleId,
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
    /// What its schema says of it beside its type.
    pub annotations: Annotations,
}

/// `type Name = base where condition, "message"`
#[derive(Debug)]
pub struct Refined<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its doc comment.
    pub doc: &'t str,
    /// The file it stands in.
    pub module: ModuleId,
    /// The type whose values it narrows.
    pub base: Type,
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
    /// The file it stands in.
    pub module: ModuleId,
    /// Its type, where written.
    pub ty: Option<Type>,
    /// Its value.
    pub value: &'t Expr,
}

/// A function.
#[derive(Debug)]
pub struct Fn<'t> {
    /// Its name.
    pub name: &'t Name,
    /// The file it stands in.
    pub module: ModuleId,
    /// Its parameters.
    pub params: Vec<Param<'t>>,
    /// The type of its result, where written.
    pub ty: Option<Type>,
    /// Its body.
    pub body: &'t Expr,
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Param<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its type.
    pub ty: Type,
    /// What it is where it is not given.
    pub default: Option<&'t Expr>,
}

/// `import "data.yaml" as name: T`
#[derive(Debug)]
pub struct Imported<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its type, where written.
    pub ty: Option<Type>,
    /// The data.
    pub node: &'t data::DataFile,
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

/// `test "title" with profile { … }`
#[derive(Debug)]
pub struct Test<'t> {
    /// Its title.
    pub name: &'t Name,
    /// The profile it is run with, as an index.
    pub profile: Option<usize>,
    /// Its checks.
    pub body: &'t Block,
}

impl<'t> Program<'t> {
    /// The file of the built-in schema.
    pub fn builtin() -> ModuleId {
        ModuleId::new(0)
    }

    /// The stack's own file.
    pub fn own() -> ModuleId {
        ModuleId::new(1)
    }

    /// The schema of an id.
    pub fn schema(&self, id: SchemaId) -> &Schema<'t> {
        self.schemas.get(id.index())
    }

    /// A field of a schema.
    pub fn field(&self, field: FieldRef) -> Option<&SchemaField<'t>> {
        self.schema(field.schema).fields.get_index(field.index()).map(|(_, field)| field)
    }

    /// The condition of a refined type.
    pub fn refinement(&self, id: RefinedId) -> &Refined<'t> {
        self.refined.get(id.index())
    }

    /// The constant of an id.
    pub fn constant(&self, id: LetId) -> &Let<'t> {
        &self.lets[id.index()]
    }

    /// The function of an id.
    pub fn function(&self, id: FnId) -> &Fn<'t> {
        &self.fns[id.index()]
    }

    /// The imported data of an id.
    pub fn imported(&self, id: DataId) -> &Imported<'t> {
        &self.data[id.index()]
    }

    /// The names of a file.
    pub fn names(&self, module: ModuleId) -> &Names<'t> {
        match self.base {
            Some(base) if module == Program::builtin() => &base.names,
            _ => &self.modules[module.index()],
        }
    }

    /// What a bare name means in a file, where it is no field, parameter or loop variable.
    pub fn named(&self, module: ModuleId, name: &str) -> Option<Resolution> {
        self.names(module).values.get(name).map(|(resolution, _)| *resolution)
    }

    /// What a name means in an imported file: what that file imports is its own affair.
    pub fn exported(&self, module: ModuleId, name: &str) -> Option<Resolution> {
        self.named(module, name).filter(|found| !matches!(found, Resolution::Module(_)))
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

/// Another name of a type.
#[derive(Debug)]
pub struct Alias<'t> {
    /// Its name.
    pub name: &'t Name,
    /// What it stands for.
    pub ty: Type,
}

/// Declarations of the built-in schema, then those of the user's files.
#[derive(Debug)]
pub struct Stacked<'t, T> {
    pub(super) base: &'t [T],
    pub(super) own: Vec<T>,
}

impl<'t, T> Stacked<'t, T> {
    pub(in crate::semantics) fn new(base: &'t [T], own: Vec<T>) -> Stacked<'t, T> {
        Stacked { base, own }
    }

    /// The declaration at a place.
    pub fn get(&self, at: usize) -> &T {
        match self.base.get(at) {
            Some(base) => base,
            None => &self.own[at - self.base.len()],
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.base.len() + self.own.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those of the user's files.
    pub fn own(&self) -> impl Iterator<Item = &T> {
        self.own.iter()
    }

    /// Those of the user's files, with their places.
    pub fn own_places(&self) -> impl Iterator<Item = (usize, &T)> {
        self.own.iter().enumerate().map(|(at, one)| (self.base.len() + at, one))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.base.iter().chain(&self.own)
    }
}

/// The declarations of the built-in schema, with what is known of them.
#[derive(Debug)]
pub struct Base<'t> {
    pub(super) schemas: Vec<Schema<'t>>,
    pub(super) refined: Vec<Refined<'t>>,
    pub(super) aliases: Vec<Alias<'t>>,
    pub(super) names: Names<'t>,
    /// The schema of a stack.
    pub(super) root: SchemaId,
    pub(super) findings: Findings,
}
