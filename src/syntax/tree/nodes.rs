//! The nodes of the tree, and the chunks that a file is parsed in.

use super::ids::{BlockId, ExprId, Ids, NameId};
use super::operators::{InfixOp, PrefixOp};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

/// A parsed file: its items in order, a chunk each.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tree {
    /// The chunks of the file's items, in source order; the entries of big blocks are in chunks of
    /// their own below them.
    pub chunks: Vec<Rc<Chunk>>,
}

impl Tree {
    /// All items of the file.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.chunks.iter().flat_map(|chunk| &chunk.items)
    }

    /// All chunks, each before those in it.
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

/// A piece of a file that was parsed by itself: an item, or some entries of a big block.
#[derive(Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The whole chunk.
    pub span: Span,
    /// The items, nearly always one; none where it is of a block.
    pub items: Vec<Item>,
    /// The entries, where it is of a block.
    pub entries: Vec<Entry>,
    /// How many ids its parts have.
    pub ids: Ids,
    /// What it is a piece of.
    pub form: Form,
    /// The chunks of its big blocks, in source order.
    pub pieces: Vec<Rc<Chunk>>,
    /// What could not be read in it; in its pieces aside.
    #[serde(skip)]
    pub diagnostics: Vec<Diagnostic>,
}

/// What a chunk is a piece of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// A file: items.
    Items,
    /// A block: entries.
    Entries {
        /// Whether they are those of a schema.
        schema: bool,
    },
}

/// The entries of a block, in source order.
#[derive(Default, Serialize, Deserialize)]
pub struct Entries {
    /// Those that were parsed with the block; of a big block there are none.
    own: Vec<Entry>,
    /// The chunks of a big block.
    pieces: Vec<Rc<Chunk>>,
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Entries {
    /// Entries that were parsed with their block.
    pub fn new(own: Vec<Entry>) -> Entries {
        Entries { own, pieces: Vec::new() }
    }

    /// The entries of a big block.
    pub fn in_pieces(pieces: Vec<Rc<Chunk>>) -> Entries {
        Entries { own: Vec::new(), pieces }
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> + Clone {
        self.own.iter().chain(self.pieces.iter().flat_map(|piece| &piece.entries))
    }

    /// The entries that were parsed with the block: all, but of a big block none.
    pub fn own(&self) -> &[Entry] {
        &self.own
    }

    /// The entries of a big block, a chunk at a time.
    pub fn pieces(&self) -> &[Rc<Chunk>] {
        &self.pieces
    }
}

/// A name with its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Name {
    /// The name; empty where it is missing.
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
    /// As it is written.
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
    /// The doc comment above it, lines joined, without the marks.
    pub doc: String,
    /// The whole declaration.
    pub span: Span,
    /// Its name (an import's alias, a test's title).
    pub name: Name,
    /// What it declares.
    pub kind: ItemKind,
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
    /// With the braces.
    pub span: Span,
    /// Itself.
    pub id: BlockId,
    /// Whether its `{` is there.
    pub open: bool,
    /// Whether its `}` is there.
    pub closed: bool,
    /// In source order.
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
    /// What stands behind it.
    pub value: FieldValue,
}

/// A segment of a field's path.
#[derive(Debug, Serialize, Deserialize)]
pub enum Key {
    /// An identifier or a plain string.
    Name(Name),
    /// Anything to be evaluated: `job (expr)`, `job s.name`, `"\(k)-x"`.
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

/// What stands behind a field's name.
#[derive(Debug, Serialize, Deserialize)]
pub enum FieldValue {
    /// `= expr`
    Expr(Expr),
    /// `{ … }`
    Block(Block),
    /// Nothing: a required or optional field of a schema, or a mistake that was reported.
    Nothing,
}

/// `check` or `warn` with its report.
#[derive(Debug, Serialize, Deserialize)]
pub struct Check {
    /// `@build`: it is not part of the chart.
    pub build: bool,
    /// `warn` rather than `check`.
    pub warn: bool,
    /// The code in brackets.
    pub code: Option<Name>,
    /// What must hold.
    pub condition: Expr,
    /// The report's title.
    pub message: Option<Expr>,
    /// Places to label, with their remarks.
    pub labels: Vec<(Expr, Expr)>,
    /// Notes.
    pub notes: Vec<Expr>,
    /// Helps.
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
    /// A number with its suffix, or a version; its text.
    Number(Box<str>),
    /// A string: text and interpolations in turn.
    String(Vec<StringPart>),
    /// A bare name.
    Name(Box<str>),
    /// `self`
    SelfRecord,
    /// `stack`
    Stack,
    /// `base.name`; the name is empty where it is missing.
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
    /// What is gone through.
    pub source: Expr,
    /// What must hold for an element to count.
    pub filter: Option<Expr>,
}

/// A piece of a string.
#[derive(Debug, Serialize, Deserialize)]
pub enum StringPart {
    /// As it is, escapes resolved.
    Plain(Box<str>),
    /// `\(expr)`
    Value(Expr),
}

impl Expr {
    /// The text of a string without interpolation.
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
