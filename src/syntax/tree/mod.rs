//! The syntax tree. Every node has the span it was read from; [`chunks`] are the pieces that were
//! parsed by themselves.

mod chunks;
mod operators;

use crate::source::Span;
use serde::{Deserialize, Serialize};

pub use chunks::{Chunk, Entries, Form, Tree};
pub use operators::{InfixOp, PrefixOp};

/// An expression of a chunk. Counted from 0 in each chunk, so that tables of what is found out about
/// expressions need no search, and an unchanged chunk keeps its ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExprId(pub u32);

/// A name of a chunk, counted like [`ExprId`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NameId(pub u32);

/// A block of a chunk, counted like [`ExprId`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockId(pub u32);

/// How many expressions, names and blocks a chunk has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    /// Expressions.
    pub exprs: u32,
    /// Names.
    pub names: u32,
    /// Blocks.
    pub blocks: u32,
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
    Text(Vec<TextPart>),
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
pub enum TextPart {
    /// As it is, escapes resolved.
    Plain(Box<str>),
    /// `\(expr)`
    Value(Expr),
}

impl Expr {
    /// The text of a string without interpolation.
    pub fn plain_text(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Text(parts) => match parts.as_slice() {
                [] => Some(""),
                [TextPart::Plain(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The spans of all blocks of entries, those inside of expressions aside.
pub fn blocks(tree: &Tree) -> Vec<Span> {
    let mut found = Vec::new();
    for item in tree.items() {
        match &item.kind {
            ItemKind::Schema { body, .. }
            | ItemKind::Stack { body, .. }
            | ItemKind::Profile { body, .. }
            | ItemKind::Test { body, .. } => inner(body, &mut found),
            _ => {}
        }
    }
    found
}

fn inner(block: &Block, found: &mut Vec<Span>) {
    found.push(block.span);
    for entry in block.entries.iter() {
        match &entry.kind {
            EntryKind::Field(Field { value: FieldValue::Block(body), .. })
            | EntryKind::For { body, .. }
            | EntryKind::Rejects { body, .. } => inner(body, found),
            EntryKind::If { then, otherwise, .. } => {
                std::iter::once(then).chain(otherwise).for_each(|body| inner(body, found));
            }
            EntryKind::Field(_) | EntryKind::Check(_) => {}
        }
    }
}

/// Whether a check, or one inside of a loop or choice, has a code.
pub fn has_code(entry: &Entry, code: &str) -> bool {
    let inside = |block: &Block| block.entries.iter().any(|entry| has_code(entry, code));
    match &entry.kind {
        EntryKind::Check(check) => check.code.as_ref().is_some_and(|name| &*name.text == code),
        EntryKind::For { body, .. } => inside(body),
        EntryKind::If { then, otherwise, .. } => inside(then) || otherwise.as_ref().is_some_and(&inside),
        EntryKind::Field(_) | EntryKind::Rejects { .. } => false,
    }
}
