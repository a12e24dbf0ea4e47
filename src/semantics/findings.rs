//! The results of name resolution and typing: what each name refers to, the type of each expression and
//! what was expected of it, and what each block fills. Evaluation, formulas, `vmsc get` and editors read
//! them.
//!
//! Tables are kept per chunk, by the ids of its expressions, names and blocks, so an unchanged chunk
//! keeps its findings. Nothing in here points into a tree.

use super::builtins::BuiltinId;
use super::data::{Value, ValueKind};
use super::ids::{AliasId, DataId, FieldRef, FnId, LetId, ModuleId, RefinedId, SchemaId};
use super::quantity::Unit;
use super::types::Type;
use crate::diagnostics::Diagnostic;
use crate::source::ChunkId;
use crate::syntax::tree::{Block, BlockId, Chunk, Expr, ExprId, Key, Name, NameId};
use foldhash::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::rc::Rc;

/// What a name refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Resolution {
    /// The name is not declared, or has not been resolved.
    #[default]
    Unknown,
    /// A constant.
    Let(LetId),
    /// A function.
    Fn(FnId),
    /// A built-in function.
    Builtin(BuiltinId),
    /// An imported `.vms` file.
    Module(ModuleId),
    /// Imported data.
    Data(DataId),
    /// An import that could not be read.
    Failed,
    /// A parameter or loop variable, by the number of those in scope before it.
    Local(u32),
    /// `it`, the value that a type's condition checks.
    It,
    /// A field of a schema.
    Field(FieldRef),
    /// A key of a map or of data, looked up by name.
    Key,
    /// A schema.
    Schema(SchemaId),
    /// A type with a condition.
    Refined(RefinedId),
    /// A type alias.
    Alias(AliasId),
    /// A primitive type.
    Primitive,
    /// A profile, by its index in declaration order.
    Profile(u32),
    /// The code of a check or of a built-in diagnostic.
    Code,
}

/// The type expected of an expression, and the field that expects it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The expected type.
    pub ty: Type,
    /// The field that the expression is a value for; `None` for conditions, arguments and elements.
    pub field: Option<FieldRef>,
}

/// The findings of one chunk.
#[derive(Clone, Debug, Default)]
pub struct ChunkFindings {
    /// Resolutions of the expressions that are a name, `file.name`, `record.field` or a callee.
    exprs: Vec<Resolution>,
    /// Resolutions of the names that are not expressions.
    names: Vec<Resolution>,
    /// The type of each expression; empty for the built-in schema, for which only quantities are kept.
    types: Vec<Type>,
    /// The quantities among the expressions of the built-in schema, in order.
    units: Vec<(ExprId, Unit)>,
    /// The types expected of expressions, in the order they were typed.
    expected: Vec<(ExprId, Expected)>,
    /// What each block fills: a record of a schema, a map, or data.
    blocks: Vec<Type>,
    /// Cached values of literals.
    literals: Vec<OnceCell<Rc<ValueKind>>>,
}

impl ChunkFindings {
    fn of(chunk: &Chunk) -> ChunkFindings {
        let (exprs, names, blocks) =
            (chunk.ids.exprs as usize, chunk.ids.names as usize, chunk.ids.blocks as usize);
        ChunkFindings {
            exprs: vec![Resolution::Unknown; exprs],
            names: vec![Resolution::Unknown; names],
            types: vec![Type::Error; exprs],
            units: Vec::new(),
            expected: Vec::new(),
            blocks: vec![Type::Error; blocks],
            literals: vec![OnceCell::new(); exprs],
        }
    }
}

/// The serialized findings of a chunk of the built-in schema: only what evaluation needs.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChunkSkeleton {
    exprs: Vec<Resolution>,
    names: Vec<Resolution>,
    /// The quantities among its expressions.
    units: Vec<(ExprId, Unit)>,
}

/// An expression, identified by its chunk and its id.
pub type ExprKey = (ChunkId, ExprId);

/// The findings of all chunks of a program. Clones share the chunks that neither changes.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Findings by chunk id: here the built-in schema's, in `own` the user's.
    builtin: Vec<Option<Rc<ChunkFindings>>>,
    own: Vec<Option<Rc<ChunkFindings>>>,
    /// Expressions with an error that was already reported.
    pub poisoned: HashSet<ExprKey>,
    /// Blocks with an error that was already reported; their contents are skipped.
    pub poisoned_blocks: HashSet<(ChunkId, BlockId)>,
    /// Paths into data whose fields are unknown.
    pub loose: HashSet<ExprKey>,
    /// Functions that call themselves.
    pub endless: HashSet<FnId>,
    /// The types of constants and of functions' results.
    pub(super) lets: HashMap<LetId, Type>,
    pub(super) fns: HashMap<FnId, Type>,
    /// Imported data and its types, by id.
    pub(super) data: Vec<(Type, Value)>,
    /// Findings about the layers that tests expect to be rejected.
    pub rejected: HashMap<(ChunkId, BlockId), Rejected>,
    /// Whether some of the user's files has a syntax error.
    unread: bool,
    /// Blocks and path keys that set an unknown field of their record.
    partial: HashSet<Giver>,
    /// Fields that were most likely meant by an unknown name, which is reported.
    pub meant: HashSet<FieldRef>,
    /// Whether the types of some constants depend on all their uses.
    pub(super) demands: bool,
}

/// The findings about a layer that a test expects to be rejected.
#[derive(Clone, Debug, Default)]
pub struct Rejected {
    /// Its type errors.
    pub diagnostics: Vec<Diagnostic>,
    /// Fields that were most likely meant by its unknown names.
    pub meant: HashSet<FieldRef>,
}

/// Sets the entry of an id, if the table has one: not all findings of the built-in schema are kept.
fn set<T>(table: &mut [T], id: u32, value: T) {
    if let Some(slot) = table.get_mut(id as usize) {
        *slot = value;
    }
}

/// The syntax that sets a record's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Giver {
    /// A block.
    Block(ChunkId, BlockId),
    /// A segment of a path that is a name.
    Name(ChunkId, NameId),
    /// A computed segment of a path.
    Expr(ChunkId, ExprId),
}

impl Giver {
    fn chunk(self) -> ChunkId {
        match self {
            Giver::Block(chunk, _) | Giver::Name(chunk, _) | Giver::Expr(chunk, _) => chunk,
        }
    }
}

impl From<&Block> for Giver {
    fn from(block: &Block) -> Giver {
        Giver::Block(block.span.chunk, block.id)
    }
}

impl From<&Key> for Giver {
    fn from(key: &Key) -> Giver {
        match key {
            Key::Name(name) => Giver::Name(name.span.chunk, name.id),
            Key::Computed(expr) => Giver::Expr(expr.span.chunk, expr.id),
        }
    }
}

/// Returns the table key of an expression.
pub fn key(expr: &Expr) -> ExprKey {
    (expr.span.chunk, expr.id)
}

impl Findings {
    /// Creates empty findings for some chunks.
    pub fn of<'t>(chunks: impl Iterator<Item = &'t Rc<Chunk>>) -> Findings {
        Findings::default().with(chunks)
    }

    /// Extracts the findings of some chunks for serialization, in the order of the chunks.
    pub(super) fn skeleton<'t>(&self, chunks: impl Iterator<Item = &'t Rc<Chunk>>) -> Vec<ChunkSkeleton> {
        let of = |chunk: &ChunkFindings| {
            let units = chunk.types.iter().zip(0..).filter_map(|(ty, at)| match ty.plain() {
                Type::Quantity(unit) => Some((ExprId(at), *unit)),
                _ => None,
            });
            ChunkSkeleton { exprs: chunk.exprs.clone(), names: chunk.names.clone(), units: units.collect() }
        };
        chunks.filter_map(|chunk| self.get(chunk.span.chunk)).map(of).collect()
    }

    /// Restores the serialized findings of some chunks. Only the types of quantities are known.
    pub(super) fn read<'t>(
        written: Vec<ChunkSkeleton>,
        chunks: impl Iterator<Item = &'t Rc<Chunk>>,
    ) -> Findings {
        let mut findings = Findings::default();
        for (chunk, written) in chunks.zip(written) {
            let known = ChunkFindings {
                exprs: written.exprs,
                names: written.names,
                units: written.units,
                literals: vec![OnceCell::new(); chunk.ids.exprs as usize],
                ..ChunkFindings::default()
            };
            findings.insert(chunk.span.chunk, known);
        }
        findings
    }

    /// Returns a copy with empty findings for more chunks.
    pub fn with<'t>(&self, chunks: impl Iterator<Item = &'t Rc<Chunk>>) -> Findings {
        let mut findings = self.clone();
        chunks.for_each(|chunk| findings.add(chunk));
        findings
    }

    fn insert(&mut self, chunk: ChunkId, known: ChunkFindings) {
        let (table, at) = self.table(chunk);
        if table.len() <= at {
            table.resize_with(at + 1, || None);
        }
        table[at] = Some(Rc::new(known));
    }

    fn table(&mut self, chunk: ChunkId) -> (&mut Vec<Option<Rc<ChunkFindings>>>, usize) {
        (if chunk.is_builtin() { &mut self.builtin } else { &mut self.own }, chunk.index())
    }

    /// The findings of a chunk.
    fn get(&self, chunk: ChunkId) -> Option<&ChunkFindings> {
        let table = if chunk.is_builtin() { &self.builtin } else { &self.own };
        table.get(chunk.index())?.as_deref()
    }

    fn get_mut(&mut self, chunk: ChunkId) -> Option<&mut ChunkFindings> {
        let (table, at) = self.table(chunk);
        table.get_mut(at)?.as_mut().map(Rc::make_mut)
    }

    /// The type of a constant.
    pub fn type_of_constant(&self, id: LetId) -> &Type {
        self.lets.get(&id).unwrap_or(&Type::Error)
    }

    /// The type of a function's result.
    pub fn type_of_result(&self, id: FnId) -> &Type {
        self.fns.get(&id).unwrap_or(&Type::Error)
    }

    /// The type of imported data.
    pub fn type_of_data(&self, id: DataId) -> &Type {
        self.data.get(id.index()).map_or(&Type::Error, |(ty, _)| ty)
    }

    // ------------------------------------------------------------------------------- resolutions

    /// The resolution of an expression that is a name, a member or a callee.
    pub fn resolution(&self, expr: &Expr) -> Resolution {
        let found = self.get(expr.span.chunk).and_then(|chunk| chunk.exprs.get(expr.id.0 as usize));
        found.copied().unwrap_or_default()
    }

    /// The resolution of a name that is not an expression.
    pub fn name(&self, name: &Name) -> Resolution {
        let found = self.get(name.span.chunk).and_then(|chunk| chunk.names.get(name.id.0 as usize));
        found.copied().unwrap_or_default()
    }

    pub(super) fn resolve(&mut self, expr: &Expr, resolution: Resolution) {
        if let Some(chunk) = self.get_mut(expr.span.chunk) {
            set(&mut chunk.exprs, expr.id.0, resolution);
        }
    }

    pub(super) fn resolve_name(&mut self, name: &Name, resolution: Resolution) {
        if let Some(chunk) = self.get_mut(name.span.chunk) {
            set(&mut chunk.names, name.id.0, resolution);
        }
    }

    // ------------------------------------------------------------------------------------- types

    /// The type of an expression; [`Type::Error`] if unknown.
    pub fn type_of(&self, expr: &Expr) -> &Type {
        let Some(chunk) = self.get(expr.span.chunk) else { return &Type::Error };
        if let Some(found) = chunk.types.get(expr.id.0 as usize) {
            return found;
        }
        match chunk.units.binary_search_by_key(&expr.id, |(id, _)| *id).map(|at| chunk.units[at].1) {
            Ok(Unit::Duration) => &Type::Quantity(Unit::Duration),
            Ok(Unit::Bytes) => &Type::Quantity(Unit::Bytes),
            Ok(Unit::Cpu) => &Type::Quantity(Unit::Cpu),
            Err(_) => &Type::Error,
        }
    }

    /// The type expected of an expression, if any.
    pub fn expected(&self, expr: &Expr) -> Option<&Expected> {
        let expected = &self.get(expr.span.chunk)?.expected;
        // The last entry counts, because a list is checked as a whole and then element by element.
        expected.iter().rev().find(|(id, _)| *id == expr.id).map(|(_, expected)| expected)
    }

    /// What a block fills.
    pub fn filled(&self, block: &Block) -> &Type {
        let found = self.get(block.span.chunk).and_then(|chunk| chunk.blocks.get(block.id.0 as usize));
        found.unwrap_or(&Type::Error)
    }

    pub(super) fn set_type(&mut self, expr: &Expr, ty: &Type) {
        if let Some(chunk) = self.get_mut(expr.span.chunk) {
            set(&mut chunk.types, expr.id.0, ty.clone());
        }
    }

    pub(super) fn set_expected(&mut self, expr: &Expr, ty: &Type, field: Option<FieldRef>) {
        if let Some(chunk) = self.get_mut(expr.span.chunk) {
            chunk.expected.push((expr.id, Expected { ty: ty.clone(), field }));
        }
    }

    pub(super) fn fill(&mut self, block: &Block, ty: &Type) {
        if let Some(chunk) = self.get_mut(block.span.chunk) {
            set(&mut chunk.blocks, block.id.0, ty.clone());
        }
    }

    // ---------------------------------------------------------------------------- for evaluation

    /// The value of a literal, read on first use. One with an error in it is not kept: an evaluation that is
    /// stopped within a list leaves its elements without values.
    pub(super) fn literal(&self, expr: &Expr, read: impl FnOnce(&Type) -> ValueKind) -> ValueKind {
        let chunk = self.get(expr.span.chunk);
        let Some(cell) = chunk.and_then(|chunk| chunk.literals.get(expr.id.0 as usize)) else {
            return read(&Type::Error);
        };
        if let Some(known) = cell.get() {
            return (**known).clone();
        }
        let kind = read(self.type_of(expr));
        if !kind.weight().error {
            let _ = cell.set(Rc::new(kind.clone()));
        }
        kind
    }

    /// Whether an error in an expression was already reported.
    pub fn is_poisoned(&self, expr: &Expr) -> bool {
        !self.poisoned.is_empty() && self.poisoned.contains(&key(expr))
    }

    /// Whether an error in a block was already reported.
    pub fn is_poisoned_block(&self, block: &Block) -> bool {
        !self.poisoned_blocks.is_empty() && self.poisoned_blocks.contains(&(block.span.chunk, block.id))
    }

    /// Marks an expression whose errors have been reported.
    pub(super) fn poison(&mut self, expr: &Expr) {
        self.poisoned.insert(key(expr));
    }

    /// Records that `giver` sets an unknown field of its record.
    pub(super) fn give_partly(&mut self, giver: Giver) {
        self.partial.insert(giver);
    }

    /// Whether any block or key sets an unknown field of its record.
    pub fn has_partial(&self) -> bool {
        !self.partial.is_empty()
    }

    /// Whether `giver` sets an unknown field of its record.
    pub fn is_partial(&self, giver: Giver) -> bool {
        self.partial.contains(&giver)
    }

    /// Removes what was recorded about the expressions and blocks of some chunks.
    pub(super) fn forget(&mut self, chunks: &HashSet<ChunkId>) {
        self.poisoned.retain(|(chunk, _)| !chunks.contains(chunk));
        self.poisoned_blocks.retain(|(chunk, _)| !chunks.contains(chunk));
        self.loose.retain(|(chunk, _)| !chunks.contains(chunk));
        self.partial.retain(|giver| !chunks.contains(&giver.chunk()));
    }

    /// Whether the file of any chunk has a syntax error, so that blocks may be partial.
    pub fn has_unread(&self) -> bool {
        self.unread
    }

    /// Whether a block or key in one of `chunks` sets an unknown field of its record.
    pub(super) fn is_partial_in(&self, chunks: &HashSet<ChunkId>) -> bool {
        self.partial.iter().any(|giver| chunks.contains(&giver.chunk()))
    }

    /// Adds empty findings for a chunk, replacing any it had.
    pub fn add(&mut self, chunk: &Chunk) {
        self.unread |= !chunk.diagnostics.is_empty();
        self.insert(chunk.span.chunk, ChunkFindings::of(chunk));
    }
}
