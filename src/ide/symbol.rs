//! What a name means, as something that can be found again wherever it is named.

use super::view::View;
use crate::semantics::builtins::BuiltinId;
use crate::semantics::findings::Resolution;
use crate::semantics::ids::{AliasId, FieldRef, FnId, LetId, RefinedId, SchemaId};
use crate::source::{FileId, Span};

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symbol<'a> {
    /// A constant.
    Let(LetId),
    /// A function.
    Fn(FnId),
    /// A built-in function.
    Builtin(BuiltinId),
    /// An import, by the file that has it and the name that it has there.
    Import(FileId, &'a str),
    /// A parameter or a loop variable, by where it is declared.
    Local(Span),
    /// `it`
    It,
    /// A field, of the first schema that has it.
    Field(FieldRef),
    /// A schema.
    Schema(SchemaId),
    /// A type with a condition.
    Refined(RefinedId),
    /// A type alias.
    Alias(AliasId),
    /// A primitive type.
    Primitive(&'a str),
    /// A profile.
    Profile(usize),
    /// The stack.
    Stack,
    /// An entry of a map, such as a job, by its path in the stack.
    Entry(Vec<String>),
    /// The code of a check or a diagnostic.
    Code(&'a str),
}

/// Where something is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name.
    pub name: Span,
    /// The whole declaration.
    pub whole: Span,
}

impl<'a> Symbol<'a> {
    /// What a resolved name means; `None` for what is known only by its context.
    pub fn of(view: View<'a>, resolution: Resolution, text: &'a str) -> Option<Symbol<'a>> {
        Some(match resolution {
            Resolution::Let(id) => Symbol::Let(id),
            Resolution::Fn(id) => Symbol::Fn(id),
            Resolution::Builtin(id) => Symbol::Builtin(id),
            Resolution::Field(field) => Symbol::field(view, field),
            Resolution::Schema(id) => Symbol::Schema(id),
            Resolution::Refined(id) => Symbol::Refined(id),
            Resolution::Alias(id) => Symbol::Alias(id),
            Resolution::Primitive => Symbol::Primitive(text),
            Resolution::Profile(at) => Symbol::Profile(at as usize),
            Resolution::Code => Symbol::Code(text),
            Resolution::It => Symbol::It,
            Resolution::Module(_) | Resolution::Data(_) | Resolution::Failed => {
                Symbol::Import(view.file, text)
            }
            Resolution::Local(_) | Resolution::Key | Resolution::Unknown => return None,
        })
    }

    /// A field, wherever it was narrowed.
    pub fn field(view: View<'_>, field: FieldRef) -> Symbol<'static> {
        let program = view.program();
        let mut schema = field.schema;
        while let Some(parent) = program.lineage.parent(schema)
            && field.index() < program.schema(parent).fields.len()
        {
            schema = parent;
        }
        Symbol::Field(FieldRef { schema, ..field })
    }

    /// Where it is declared: for a field that is narrowed, where it was first.
    pub fn declaration(&self, view: View<'a>) -> Option<Declaration> {
        let program = view.program();
        let name = match self {
            Symbol::Let(id) => program.constant(*id).name.span,
            Symbol::Fn(id) => program.function(*id).name.span,
            Symbol::Field(field) => program.field(*field)?.name.span,
            Symbol::Schema(id) => program.schema(*id).name.span,
            Symbol::Refined(id) => program.refinement(*id).name.span,
            Symbol::Alias(id) => program.aliases.get(id.index()).name.span,
            Symbol::Profile(at) => program.profiles.get(*at)?.name.span,
            Symbol::Stack => program.stack.as_ref()?.name.span,
            Symbol::Local(span) => *span,
            Symbol::Import(file, name) => {
                let view = view.of(*file)?;
                let item = view.tree().items().find(|item| item.name.text.as_ref() == *name)?;
                return Some(Declaration { name: item.name.span, whole: item.span });
            }
            Symbol::Builtin(_) | Symbol::It | Symbol::Primitive(_) | Symbol::Entry(_) | Symbol::Code(_) => {
                return None;
            }
        };
        Some(Declaration { name, whole: name })
    }

    /// Whether it is declared by vmsc itself.
    pub fn is_builtin(&self, view: View<'a>) -> bool {
        match self {
            Symbol::Builtin(_) | Symbol::Primitive(_) | Symbol::It => true,
            symbol => symbol.declaration(view).is_some_and(|found| view.map().is_builtin(found.name)),
        }
    }
}
