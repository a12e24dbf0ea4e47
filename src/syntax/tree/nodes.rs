//! Nodes of the syntax tree, and the chunks a file is parsed in.

use super::ids::{BlockId, ExprId, Ids, NameId};
use super::operators::{InfixOp, PrefixOp};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

/// A parsed file: one chunk per item, in source order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tree {
    /// Chunks of the file's items, in source order. The entries of large blocks are in nested chunks.
    pub chunks: Vec<Rc<Chunk>>,
}

impl Tree {
    /// All items of the file.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.chunks.iter().flat_map(|chunk| &chunk.items)
    }

    /// All chunks in pre-order.
    pub fn all_chunks(&self) -> Vec<&Rc<Chunk>> {
        fn collect<'t>(chunk: &'t Rc<Chunk>, found: &mut Vec<&'t Rc<Chunk>>) {
            found.push(chunk);
            chunk.pieces.iter().for_each(|piece| collect(piece, found));
        }
        let mut found = Vec::new();
        self.chunks.iter().for_each(|chunk| collect(chunk, &mut found));
        found
    }
}

/// Part of a file that is parsed on its own: an item, or some entries of a large block.
#[derive(Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// Span of the whole chunk.
    pub span: Span,
    /// The items, almost always exactly one; empty if the chunk is part of a block.
    pub items: Vec<Item>,
    /// The entries, if the chunk is part of a block.
    pub entries: Vec<Entry>,
    /// Number of ids its nodes use.
    pub ids: Ids,
    /// Whether it holds items or entries.
    pub form: Form,
    /// Chunks of its large blocks, in source order.
    pub pieces: Vec<Rc<Chunk>>,
    /// Whether text between its entries could not be read, if it is part of a block.
    #[serde(skip)]
    pub partial: bool,
    /// Diagnostics of this chunk, excluding those of its pieces.
    #[serde(skip)]
    pub diagnostics: Vec<Diagnostic>,
}

/// What a chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// Items of a file.
    Items,
    /// Entries of a block.
    Entries {
        /// Whether the block belongs to a schema.
        schema: bool,
    },
}

/// The entries of a block, in source order.
#[derive(Default, Serialize, Deserialize)]
pub struct Entries {
    /// Entries parsed together with the block; empty for a large block.
    own: Vec<Entry>,
    /// Chunks of a large block.
    pieces: Vec<Rc<Chunk>>,
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Entries {
    /// Wraps entries that were parsed together with their block.
    pub fn new(own: Vec<Entry>) -> Entries {
        Entries { own, pieces: Vec::new() }
    }

    /// Wraps the chunks of a large block.
    pub fn in_pieces(pieces: Vec<Rc<Chunk>>) -> Entries {
        Entries { own: Vec::new(), pieces }
    }

    /// Iterates over all entries in source order.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> + Clone {
        self.own.iter().chain(self.pieces.iter().flat_map(|piece| &piece.entries))
    }

    /// Entries parsed together with the block; none for a large block.
    pub fn own(&self) -> &[Entry] {
        &self.own
    }

    /// Chunks of a large block; empty for any other block.
    pub fn pieces(&self) -> &[Rc<Chunk>] {
        &self.pieces
    }
}

/// A name and its span.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Name {
    /// The name; empty if it is missing.
    pub text: Box<str>,
    /// Its place.
    pub span: Span,
    /// Itself.
    pub id: NameId,
}

/// `Name`, or `file.Name` of an imported file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NameRef {
    /// The imported file.
    pub file: Option<Name>,
    /// The name in it.
    pub name: Name,
}

impl NameRef {
    /// The reference as written.
    pub fn text(&self) -> String {
        match &self.file {
            Some(file) => format!("{}.{}", file.text, self.name.text),
            None => self.name.text.to_string(),
        }
    }

    /// Its place.
    pub fn span(&self) -> Span {
        self.file.as_ref().map_or(self.name.span, |file| file.span.to(self.name.span))
    }
}

/// A declaration.
#[derive(Debug, Serialize, Deserialize)]
pub struct Item {
    /// The doc comment above it: lines joined, comment markers removed.
    pub doc: String,
    /// The whole declaration.
    pub span: Span,
    /// Its name (an import's alias, a test's title).
    pub name: Name,
    /// What it declares.
    pub kind: ItemKind,
    /// Whether it has a syntax error outside of the entries of its block.
    #[serde(skip)]
    pub broken: bool,
}

/// What an item declares.
#[derive(Debug, Serialize, Deserialize)]
pub enum ItemKind {
    /// `import "path" as name: T`
    Import { path: Expr, ty: Option<TypeExpr> },
    /// `let name: T = value`
    Let { ty: Option<TypeExpr>, value: Expr },
    /// `fn name(params): T = body`
    Fn { params: Vec<Param>, ty: Option<TypeExpr>, body: Expr },
    /// `type Name = T where condition, "message"`
    Type { ty: TypeExpr, condition: Option<Expr>, message: Option<Expr> },
    /// `schema Name extends parent { … }`
    Schema { parent: Option<NameRef>, body: Block },
    /// `stack name: schema { … }`
    Stack { schema: Option<NameRef>, body: Block },
    /// `profile name extends parent { … }`
    Profile { parent: Option<Name>, body: Block },
    /// `test "title" with profile { … }`
    Test { profile: Option<Name>, body: Block },
}

/// A parameter of a function.
#[derive(Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Option<TypeExpr>,
    /// Its default.
    pub default: Option<Expr>,
}

/// `{ entries }`
#[derive(Debug, Serialize, Deserialize)]
pub struct Block {
    /// Span, including the braces.
    pub span: Span,
    /// Itself.
    pub id: BlockId,
    /// Whether its `{` is present.
    pub open: bool,
    /// Whether its `}` is present.
    pub closed: bool,
    /// Whether it may have more entries than these, because part of it could not be read.
    #[serde(skip)]
    pub partial: bool,
    /// The entries, in source order.
    pub entries: Entries,
}

/// An entry of a block.
#[derive(Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The doc comment above it.
    pub doc: String,
    /// The whole entry.
    pub span: Span,
    /// What it is.
    pub kind: EntryKind,
    /// Whether it has a syntax error outside of the entries of blocks in it, so that errors found in it
    /// later are consequences.
    #[serde(skip)]
    pub broken: bool,
}

/// What an entry is.
#[derive(Debug, Serialize, Deserialize)]
pub enum EntryKind {
    /// `a.b = value`, `a { … }`, `a "key" { … }`, `a: T = value`
    Field(Field),
    /// `check [CODE] condition, "message" { … }`
    Check(Box<Check>),
    /// `for a, b in source { … }`
    For { names: Vec<Name>, source: Expr, body: Block },
    /// `if condition { … } else { … }`
    If { condition: Expr, then: Block, otherwise: Option<Block> },
    /// `rejects { … } with CODE`
    Rejects { body: Block, code: Option<Name> },
}

/// A field of a record, or of a schema.
#[derive(Debug, Serialize, Deserialize)]
pub struct Field {
    /// `@build`
    pub annotations: Vec<Name>,
    /// At least one segment; the key of `job "key"` is the last.
    pub path: Vec<Key>,
    /// The type, in a schema.
    pub ty: Option<Box<TypeExpr>>,
    /// The field's value.
    pub value: FieldValue,
}

/// A segment of a field's path.
#[derive(Debug, Serialize, Deserialize)]
pub enum Key {
    /// An identifier or a plain string.
    Name(Name),
    /// A key to evaluate: `job (expr)`, `job s.name`, `"\(k)-x"`.
    Computed(Expr),
}

impl Key {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Key::Name(name) => name.span,
            Key::Computed(expr) => expr.span,
        }
    }
}

/// What follows a field's name.
#[derive(Debug, Serialize, Deserialize)]
pub enum FieldValue {
    /// `= expr`
    Expr(Expr),
    /// `{ … }`
    Block(Block),
    /// No value: a required or optional field of a schema, or an error that was reported.
    Nothing,
}

/// A `check` or `warn`, with the diagnostic it produces.
#[derive(Debug, Serialize, Deserialize)]
pub struct Check {
    /// `@build`: the check is left out of the chart.
    pub build: bool,
    /// `warn` rather than `check`.
    pub warn: bool,
    /// The code in brackets.
    pub code: Option<Name>,
    /// What must hold.
    pub condition: Expr,
    /// Title of the diagnostic.
    pub message: Option<Expr>,
    /// Labels: what each one points at, and its message.
    pub labels: Vec<(Expr, Expr)>,
    /// Notes.
    pub notes: Vec<Expr>,
    /// Help messages.
    pub helps: Vec<Expr>,
}

/// A type as written.
#[derive(Debug, Serialize, Deserialize)]
pub struct TypeExpr {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// The forms of a type.
#[derive(Debug, Serialize, Deserialize)]
pub enum TypeKind {
    /// `Name`, `lib.Name`, `Map<T>`
    Name { name: NameRef, argument: Option<Box<TypeExpr>> },
    /// `"word"`
    Word(Box<str>),
    /// `[T]`
    List(Box<TypeExpr>),
    /// `A | B`
    Either(Vec<TypeExpr>),
    /// `T?`
    Optional(Box<TypeExpr>),
    /// Nothing readable; reported.
    Missing,
}

/// An expression.
#[derive(Debug, Serialize, Deserialize)]
pub struct Expr {
    /// Its place.
    pub span: Span,
    /// Itself.
    pub id: ExprId,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of an expression.
#[derive(Debug, Serialize, Deserialize)]
pub enum ExprKind {
    /// Nothing readable; reported.
    Missing,
    /// `true`, `false`
    Bool(bool),
    /// `absent`
    Absent,
    /// A number with its suffix, or a version, as written.
    Number(Box<str>),
    /// A string: literal parts and interpolations.
    String(Vec<StringPart>),
    /// A bare name.
    Name(Box<str>),
    /// `self`
    SelfRecord,
    /// `stack`
    Stack,
    /// `base.name`; the name is empty if it is missing.
    Member(Box<Expr>, Name),
    /// `base[index]`
    Index(Box<Expr>, Box<Expr>),
    /// `name(arguments)`
    Call(Box<Expr>, Vec<Expr>),
    /// `!a`, `-a`
    Prefix(PrefixOp, Box<Expr>),
    /// `a op b`; the span is the operator's.
    Infix(InfixOp, Span, Box<Expr>, Box<Expr>),
    /// `if condition { then } else { otherwise }`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `[for … : expr]`
    Comprehension(Vec<ForClause>, Box<Expr>),
    /// `{ a = 1 }`
    Record(Block),
}

/// `for names in source if filter`
#[derive(Debug, Serialize, Deserialize)]
pub struct ForClause {
    /// One or two names.
    pub names: Vec<Name>,
    /// What to iterate over.
    pub source: Expr,
    /// Condition that an element must satisfy.
    pub filter: Option<Expr>,
}

/// Part of a string.
#[derive(Debug, Serialize, Deserialize)]
pub enum StringPart {
    /// Literal part, escapes resolved.
    Plain(Box<str>),
    /// `\(expr)`
    Value(Expr),
}

impl Expr {
    /// The value of a string without interpolations.
    pub fn plain_text(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::String(parts) => match parts.as_slice() {
                [] => Some(""),
                [StringPart::Plain(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}
