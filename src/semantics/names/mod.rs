//! Collects declarations into tables: which schemas, types, constants, functions and profiles there are,
//! and what a name refers to in a file.
//!
//! [`program`] has the tables. [`collect`](mod@collect) walks the files, [`schemas`] builds schemas and
//! [`types`] resolves types as written; [`base`] has the precompiled built-in schema.

mod base;
mod builder;
mod collect;
mod profiles;
mod program;
mod schemas;
mod types;

pub use base::Skeleton;
pub use collect::{Builtins, Files, collect};
pub use program::{Alias, Base, Stacked};

use super::annotations::Annotations;
use super::findings::Resolution;
use super::ids::{AliasId, DataId, FieldRef, FnId, LetId, ModuleId, RefinedId, SchemaId};
use super::types::{Lineage, Type};
use crate::source::Span;
use crate::syntax::tree::{
    Block, Entry, EntryKind, Field, FieldValue, Item, ItemKind, Key, Name, NameRef, Tree, TypeExpr, TypeKind,
};
use foldhash::HashMap;
use program::Declared;
pub use program::{
    Checked, Fn, Imported, Layered, Let, Names, Param, Program, Refined, Schema, SchemaField, Test,
};
use std::rc::Rc;
