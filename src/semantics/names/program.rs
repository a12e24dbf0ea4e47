//! The tables of declarations.

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

/// All declarations of a stack, its imports and the built-in schema, with names resolved.
#[derive(Debug)]
pub struct Program<'t> {
    /// Schemas; a [`SchemaId`] is an index.
    pub schemas: Stacked<'t, Schema<'t>>,
    /// Types with a condition; a [`RefinedId`] is an index.
    pub refined: Stacked<'t, Refined<'t>>,
    /// Type aliases; an [`AliasId`] is an index.
    pub aliases: Stacked<'t, Alias<'t>>,
    /// Constants; a [`LetId`] is an index.
    pub lets: Vec<Let<'t>>,
    /// Functions; an [`FnId`] is an index.
    pub fns: Vec<Fn<'t>>,
    /// Imported data; a [`DataId`] is an index.
    pub data: Vec<Imported<'t>>,
    /// The names of each file.
    pub(super) modules: Vec<Names<'t>>,
    /// The precompiled built-in schema; `None` if the program itself is the built-in schema.
    pub(super) base: Option<&'t Base<'t>>,
    /// The stack, if there is one.
    pub stack: Option<Layered<'t>>,
    /// Profiles, in declaration order.
    pub profiles: Vec<Layered<'t>>,
    /// Tests, in declaration order.
    pub tests: Vec<Test<'t>>,
    /// The schema of the stack.
    pub root: SchemaId,
    /// Whether the stack names an unknown schema, so that it may have any fields.
    pub open: bool,
    /// Which schema extends which.
    pub lineage: Lineage,
}

/// The names of a file.
#[derive(Debug, Default)]
pub struct Names<'t> {
    /// Constants, functions and imports, with the spans of their declarations.
    pub values: IndexMap<&'t str, (Resolution, Span)>,
    /// Schemas and types.
    pub(super) types: HashMap<&'t str, (Declared<'t>, Span)>,
}

/// What the name of a type refers to.
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
    /// The file that declares it.
    pub module: ModuleId,
    /// The check.
    pub entry: &'t Entry,
}

/// A field of a schema.
#[derive(Clone, Debug)]
pub struct SchemaField<'t> {
    /// The schema that declares it.
    pub owner: SchemaId,
    /// The file that declares it.
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
    /// Its annotations.
    pub annotations: Annotations,
}

/// `type Name = base where condition, "message"`
#[derive(Debug)]
pub struct Refined<'t> {
    /// Its name.
    pub name: &'t Name,
    /// Its doc comment.
    pub doc: &'t str,
    /// The file that declares it.
    pub module: ModuleId,
    /// The type whose values it narrows.
    pub base: Type,
    /// What must hold for `it`.
    pub condition: &'t Expr,
    /// The error message.
    pub message: Option<&'t Expr>,
}

/// A constant.
#[derive(Debug)]
pub struct Let<'t> {
    /// Its name.
    pub name: &'t Name,
    /// The file that declares it.
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
    /// The file that declares it.
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
    /// Its value if no argument is given.
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

    /// Returns the schema with this id.
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

    /// Returns the constant with this id.
    pub fn constant(&self, id: LetId) -> &Let<'t> {
        &self.lets[id.index()]
    }

    /// Returns the function with this id.
    pub fn function(&self, id: FnId) -> &Fn<'t> {
        &self.fns[id.index()]
    }

    /// Returns the imported data with this id.
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

    /// The schemas and types that a file declares.
    pub fn types(&self, module: ModuleId) -> Vec<(&'t str, Resolution)> {
        self.names(module).types.iter().map(|(name, (declared, _))| (*name, declared.resolution())).collect()
    }

    /// Resolves a bare name in a file that is not a field, parameter or loop variable.
    pub fn named(&self, module: ModuleId, name: &str) -> Option<Resolution> {
        self.names(module).values.get(name).map(|(resolution, _)| *resolution)
    }

    /// Resolves a name of an imported file, which does not re-export the files that it imports.
    pub fn exported(&self, module: ModuleId, name: &str) -> Option<Resolution> {
        self.named(module, name).filter(|found| !matches!(found, Resolution::Module(_)))
    }

    /// The profiles that a profile extends, base first, then the profile itself.
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

/// A type alias.
#[derive(Debug)]
pub struct Alias<'t> {
    /// Its name.
    pub name: &'t Name,
    /// The aliased type.
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

    /// Returns the declaration at index `at`.
    pub fn get(&self, at: usize) -> &T {
        match self.base.get(at) {
            Some(base) => base,
            None => &self.own[at - self.base.len()],
        }
    }

    /// The number of declarations.
    pub fn len(&self) -> usize {
        self.base.len() + self.own.len()
    }

    /// Whether there are no declarations.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The declarations of the user's files.
    pub fn own(&self) -> impl Iterator<Item = &T> {
        self.own.iter()
    }

    /// The declarations of the user's files, with their indices.
    pub fn own_places(&self) -> impl Iterator<Item = (usize, &T)> {
        self.own.iter().enumerate().map(|(at, one)| (self.base.len() + at, one))
    }

    /// All declarations.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.base.iter().chain(&self.own)
    }
}

/// The precompiled built-in schema: its declarations and their findings.
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
