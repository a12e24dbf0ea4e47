//! What names and typing find out, kept: what each name means, the type of each expression and what
//! was expected of it, what each block fills. Evaluation, formulas, `vmsc get` and editors read it.
//!
//! Tables are kept a chunk, by the ids of its expressions, names and blocks, so an unchanged chunk
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

/// What a name means where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Resolution {
    /// It is not declared, or nobody asked.
    #[default]
    Unknown,
    /// A constant.
    Let(LetId),
    /// A function.
    Fn(FnId),
    /// A built-in function.
    Builtin(BuiltinId),
    /// An imported file of the language.
    Module(ModuleId),
    /// Imported data.
    Data(DataId),
    /// An import that could not be read.
    Failed,
    /// A parameter or loop variable: how many are in scope before it.
    Local(u32),
    /// `it`, the value that a type's condition is about.
    It,
    /// A field of a schema.
    Field(FieldRef),
    /// A key of a map or of data, which is looked up by its text.
    Key,
    /// A schema.
    Schema(SchemaId),
    /// A type with a condition.
    Refined(RefinedId),
    /// Another name of a type.
    Alias(AliasId),
    /// A type of the language's own.
    Primitive,
    /// A profile, in the order of their declarations.
    Profile(u32),
    /// The code of a check or of one of the language's own reports.
    Code,
}

/// What was wanted of an expression, and by whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The type that has to fit.
    pub ty: Type,
    /// The field that it is a value for; none for conditions, arguments and elements.
    pub field: Option<FieldRef>,
}

/// What is known of one chunk.
#[derive(Clone, Debug, Default)]
pub struct ChunkFindings {
    /// What an expression means that is a name, `file.name`, `record.field` or what is called.
    exprs: Vec<Resolution>,
    /// What the names mean that are no expressions.
    names: Vec<Resolution>,
    /// The type of each expression; empty for the built-in schema, of which only quantities are known.
    types: Vec<Type>,
    /// The quantities among the expressions of the built-in schema, in order.
    units: Vec<(ExprId, Unit)>,
    /// What was expected of expressions, in the order of their typing.
    expected: Vec<(ExprId, Expected)>,
    /// What each block fills: a record of a schema, a map, or data.
    blocks: Vec<Type>,
    /// Literals, as they were read first.
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

/// What is written down of a chunk of the built-in schema: what evaluation asks.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChunkSkeleton {
    exprs: Vec<Resolution>,
    names: Vec<Resolution>,
    /// The quantities among its expressions.
    units: Vec<(ExprId, Unit)>,
}

/// An expression of some chunk.
pub type ExprKey = (ChunkId, ExprId);

/// What is known of all chunks of a program. A copy shares what it does not change.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Of the built-in schema's chunks, and of the user's, by their ids.
    builtin: Vec<Option<Rc<ChunkFindings>>>,
    own: Vec<Option<Rc<ChunkFindings>>>,
    /// Expressions whose mistakes are reported.
    pub poisoned: HashSet<ExprKey>,
    /// Blocks whose mistakes are reported: nothing in them is looked at.
    pub poisoned_blocks: HashSet<(ChunkId, BlockId)>,
    /// Paths into data whose fields are not known.
    pub loose: HashSet<ExprKey>,
    /// Functions that call themselves.
    pub endless: HashSet<FnId>,
    /// The types of constants and of functions' results.
    pub(super) lets: HashMap<LetId, Type>,
    pub(super) fns: HashMap<FnId, Type>,
    /// Imported data, by its id, with its types.
    pub(super) data: Vec<(Type, Value)>,
    /// What tests expect to be rejected.
    pub rejected: HashMap<(ChunkId, BlockId), Rejected>,
    /// Blocks, and keys of a path, whose record was given a field that it does not have.
    partial: HashSet<Giver>,
    /// Fields that somebody most likely meant by a name that is reported.
    pub meant: HashSet<FieldRef>,
    /// Whether the types of some constants depend on all their uses.
    pub(super) demands: bool,
}

/// What was found out about a layer that a test expects to be rejected.
#[derive(Clone, Debug, Default)]
pub struct Rejected {
    /// What is wrong with its types.
    pub diagnostics: Vec<Diagnostic>,
    /// Fields that it most likely meant by names that are reported.
    pub meant: HashSet<FieldRef>,
}

/// Writes to a table by an id, where it has room for it: of the built-in schema not all is kept.
fn set<T>(table: &mut [T], id: u32, value: T) {
    if let Some(slot) = table.get_mut(id as usize) {
        *slot = value;
    }
}

/// What gives a record its entries.
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

/// An expression as a key of tables.
pub fn key(expr: &Expr) -> ExprKey {
    (expr.span.chunk, expr.id)
}

impl Findings {
    /// Room for the findings of some chunks.
    pub fn of<'t>(chunks: impl Iterator<Item = &'t Rc<Chunk>>) -> Findings {
        Findings::default().with(chunks)
    }

    /// Writes down what is known of some chunks, in their order.
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

    /// Reads what was written down of some chunks. Of their types only quantities are known.
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

    /// The same, with room for the findings of more chunks.
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

    /// What an expression means that is a name, a member or what is called.
    pub fn resolution(&self, expr: &Expr) -> Resolution {
        let found = self.get(expr.span.chunk).and_then(|chunk| chunk.exprs.get(expr.id.0 as usize));
        found.copied().unwrap_or_default()
    }

    /// What a name means that is no expression.
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

    /// The type of an expression; [`Type::Error`] where it is not known.
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

    /// What was expected of an expression; none where nothing decides.
    pub fn expected(&self, expr: &Expr) -> Option<&Expected> {
        let expected = &self.get(expr.span.chunk)?.expected;
        // The last answer counts: a list is looked at whole and then element by element.
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

    /// The value of a literal, read when it is first asked for.
    pub(super) fn literal(&self, expr: &Expr, read: impl FnOnce(&Type) -> ValueKind) -> ValueKind {
        let chunk = self.get(expr.span.chunk);
        match chunk.and_then(|chunk| chunk.literals.get(expr.id.0 as usize)) {
            Some(cell) => (**cell.get_or_init(|| Rc::new(read(self.type_of(expr))))).clone(),
            None => read(&Type::Error),
        }
    }

    /// Whether the mistakes of an expression are reported.
    pub fn is_poisoned(&self, expr: &Expr) -> bool {
        !self.poisoned.is_empty() && self.poisoned.contains(&key(expr))
    }

    /// Whether the mistakes of a block are reported.
    pub fn is_poisoned_block(&self, block: &Block) -> bool {
        !self.poisoned_blocks.is_empty() && self.poisoned_blocks.contains(&(block.span.chunk, block.id))
    }

    /// Remembers that a record was given a field that it does not have.
    pub(super) fn give_partly(&mut self, giver: Giver) {
        self.partial.insert(giver);
    }

    /// Whether any record was given a field that it does not have.
    pub fn has_partial(&self) -> bool {
        !self.partial.is_empty()
    }

    /// Whether a block or key gives a record a field that it does not have.
    pub fn is_partial(&self, giver: Giver) -> bool {
        self.partial.contains(&giver)
    }

    /// Forgets what is known of some chunks, but for what is wrong with a record as a whole.
    pub(super) fn forget(&mut self, chunks: &HashSet<ChunkId>) {
        self.poisoned.retain(|(chunk, _)| !chunks.contains(chunk));
        self.poisoned_blocks.retain(|(chunk, _)| !chunks.contains(chunk));
        self.loose.retain(|(chunk, _)| !chunks.contains(chunk));
        self.partial.retain(|giver| !chunks.contains(&giver.chunk()));
    }

    /// Whether a record whose giver stands in one of some chunks has a field that it does not have.
    pub(super) fn is_partial_in(&self, chunks: &HashSet<ChunkId>) -> bool {
        self.partial.iter().any(|giver| chunks.contains(&giver.chunk()))
    }

    /// Room for the findings of one more chunk, whatever was known of it.
    pub fn add(&mut self, chunk: &Chunk) {
        self.insert(chunk.span.chunk, ChunkFindings::of(chunk));
    }
}
