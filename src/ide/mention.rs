//! What the names of a file mean, one by one.

use super::scope::Scope;
use super::symbol::Symbol;
use super::view::View;
use crate::semantics::findings::Resolution;
use crate::semantics::types::Type;
use crate::source::Span;
use crate::syntax::tree::{
    Block, EntryKind, Expr, ExprKind, FieldValue, Item, ItemKind, Key, Name, Node, StringPart,
};
use std::ops::Range;

/// A name, where it stands, and what it means.
#[derive(Clone, Debug)]
pub struct Mention<'a> {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it means.
    pub symbol: Symbol<'a>,
    /// Whether it declares that.
    pub declares: bool,
    /// The path of the setting that it names in a stack, if it names one.
    pub setting: Option<Vec<String>>,
}

/// All mentions of a file, in source order.
pub fn mentions<'a>(view: View<'a>) -> Vec<Mention<'a>> {
    let mut found = Vec::new();
    let mut walk = Walk { view, only: None, found: &mut found };
    view.tree().items().for_each(|item| walk.item(item));
    found
}

/// The mention at a byte; of two that touch there, the one that begins there.
pub fn mention_at<'a>(view: View<'a>, byte: usize) -> Option<Mention<'a>> {
    let mut found = Vec::new();
    let mut walk = Walk { view, only: Some(byte), found: &mut found };
    view.tree().items().for_each(|item| walk.item(item));
    let touching =
        found.into_iter().filter(|mention| mention.range.start <= byte && byte <= mention.range.end);
    // The innermost comes last.
    touching.max_by_key(|mention| (mention.range.start, std::cmp::Reverse(mention.range.end)))
}

struct Walk<'f, 'a> {
    view: View<'a>,
    /// Visit only what touches this byte.
    only: Option<usize>,
    found: &'f mut Vec<Mention<'a>>,
}

/// The path of the record that is being filled, in a stack; `None` elsewhere or if it is computed.
type Path = Option<Vec<String>>;

fn below(path: &Path, name: &str) -> Path {
    let mut path = path.clone()?;
    path.push(name.to_owned());
    Some(path)
}

impl<'a> Walk<'_, 'a> {
    fn skips(&self, span: Span) -> bool {
        self.only.is_some_and(|byte| {
            let range = self.view.range(span);
            byte < range.start || range.end < byte
        })
    }

    fn push(&mut self, span: Span, symbol: Symbol<'a>, declares: bool, setting: Path) {
        let range = self.view.range(span);
        if !range.is_empty() {
            self.found.push(Mention { range, symbol, declares, setting });
        }
    }

    /// Records a name by what it was resolved to.
    fn named(&mut self, name: &'a Name, declares: bool) {
        if let Some(symbol) = Symbol::of(self.view, self.view.findings().name(name), &name.text) {
            self.push(name.span, symbol, declares, None);
        }
    }

    fn item(&mut self, item: &'a Item) {
        if self.skips(item.span) {
            return;
        }
        let node = Node::Item(item);
        match &item.kind {
            ItemKind::Stack { .. } => self.push(item.name.span, Symbol::Stack, true, None),
            ItemKind::Profile { .. } => {
                let at = self
                    .view
                    .program()
                    .profiles
                    .iter()
                    .position(|known| std::ptr::eq(known.name, &item.name));
                if let Some(at) = at {
                    self.push(item.name.span, Symbol::Profile(at), true, None);
                }
            }
            ItemKind::Import { .. } => {
                let symbol = Symbol::Import(self.view.file, &item.name.text);
                self.push(item.name.span, symbol, true, None);
            }
            ItemKind::Test { .. } => {}
            _ => self.named(&item.name, true),
        }
        let is_layer =
            matches!(item.kind, ItemKind::Stack { .. } | ItemKind::Profile { .. } | ItemKind::Test { .. });
        let path: Path = is_layer.then(Vec::new);
        for child in node.children() {
            if matches!(child, Node::Name(name) if std::ptr::eq(name, &item.name)) {
                continue;
            }
            let mut scope = Scope::default();
            scope.enter(self.view, node, Some(child));
            self.node(child, &scope, &path);
        }
    }

    fn node(&mut self, node: Node<'a>, scope: &Scope<'a>, path: &Path) {
        if self.skips(node.span()) {
            return;
        }
        match node {
            Node::Name(name) => self.named(name, false),
            Node::NameRef(name) => {
                if let Some(file) = &name.file {
                    self.push(file.span, Symbol::Import(self.view.file, &file.text), false, None);
                }
                self.named(&name.name, false);
            }
            Node::Param(param) => {
                self.push(param.name.span, Symbol::Local(param.name.span), true, None);
                self.children(node, scope, path, 1);
            }
            Node::Block(block) => self.block(block, scope, path),
            Node::Entry(_) => {}
            Node::Key(_) | Node::Type(_) | Node::Item(_) => self.children(node, scope, path, 0),
            Node::Expr(expr) => self.expr(expr, scope, path),
        }
    }

    fn children(&mut self, node: Node<'a>, scope: &Scope<'a>, path: &Path, skipped: usize) {
        for child in node.children().into_iter().skip(skipped) {
            let mut inner = scope.clone();
            inner.enter(self.view, node, Some(child));
            self.node(child, &inner, path);
        }
    }

    fn block(&mut self, block: &'a Block, scope: &Scope<'a>, path: &Path) {
        let mut inner = scope.clone();
        inner.enter(self.view, Node::Block(block), None);
        for piece in block.entries.pieces() {
            if !self.skips(piece.span) {
                piece.entries.iter().for_each(|entry| self.entry(entry, &inner, path));
            }
        }
        block.entries.own().iter().for_each(|entry| self.entry(entry, &inner, path));
    }

    fn entry(&mut self, entry: &'a crate::syntax::tree::Entry, scope: &Scope<'a>, path: &Path) {
        if self.skips(entry.span) {
            return;
        }
        match &entry.kind {
            EntryKind::Field(field) => {
                let mut full = path.clone();
                for key in &field.path {
                    match key {
                        Key::Name(name) => {
                            full = below(&full, &name.text);
                            self.key(name, scope, &full);
                        }
                        Key::Computed(expr) => {
                            full = None;
                            self.expr(expr, scope, path);
                        }
                    }
                }
                field.ty.iter().for_each(|ty| self.node(Node::Type(ty), scope, &None));
                match &field.value {
                    FieldValue::Expr(Expr { kind: ExprKind::Record(block), .. }) => {
                        self.block(block, scope, &full);
                    }
                    FieldValue::Expr(expr) => self.node(Node::Expr(expr), scope, path),
                    FieldValue::Block(block) => self.node(Node::Block(block), scope, &full),
                    FieldValue::Nothing => {}
                }
            }
            EntryKind::For { names, .. } => {
                names.iter().for_each(|name| self.push(name.span, Symbol::Local(name.span), true, None));
                self.children(Node::Entry(entry), scope, path, names.len());
            }
            EntryKind::Rejects { body, code } => {
                self.block(body, scope, &Some(Vec::new()));
                if let Some(code) = code {
                    self.push(code.span, Symbol::Code(&code.text), false, None);
                }
            }
            EntryKind::Check(check) => {
                if let Some(code) = &check.code {
                    self.push(code.span, Symbol::Code(&code.text), true, None);
                }
                let skipped = usize::from(check.code.is_some());
                self.children(Node::Entry(entry), scope, path, skipped);
            }
            EntryKind::If { .. } => self.children(Node::Entry(entry), scope, path, 0),
        }
    }

    /// A name in the path of an entry.
    fn key(&mut self, name: &'a Name, scope: &Scope<'a>, full: &Path) {
        let symbol = match (self.view.findings().name(name), full) {
            (Resolution::Field(field), _) => Some(Symbol::field(self.view, field)),
            (Resolution::Key, Some(full)) => Some(Symbol::Entry(full.clone())),
            _ => None,
        };
        // A schema's own fields are declared by their entries.
        let declares = full.is_none() && scope.fields.is_some() && self.declares(name);
        if let Some(symbol) = symbol {
            self.push(name.span, symbol, declares, full.clone());
        }
    }

    fn declares(&self, name: &Name) -> bool {
        let Resolution::Field(field) = self.view.findings().name(name) else { return false };
        self.view.program().field(field).is_some_and(|field| std::ptr::eq(field.name, name))
    }

    fn expr(&mut self, expr: &'a Expr, scope: &Scope<'a>, path: &Path) {
        if self.skips(expr.span) {
            return;
        }
        let resolution = self.view.findings().resolution(expr);
        match &expr.kind {
            ExprKind::Name(text) => self.bare(expr, text, scope),
            ExprKind::Stack => self.push(expr.span, Symbol::Stack, false, None),
            ExprKind::Member(base, name) => {
                self.expr(base, scope, path);
                let full = setting_of(expr, path);
                let symbol = match (resolution, &full) {
                    (Resolution::Key, Some(full)) => Some(Symbol::Entry(full.clone())),
                    _ => Symbol::of(self.view, resolution, &name.text),
                };
                if let Some(symbol) = symbol {
                    self.push(name.span, symbol, false, full);
                }
            }
            ExprKind::Index(base, index) => {
                self.expr(base, scope, path);
                match setting_of(expr, path) {
                    Some(full) if index.plain_text().is_some() && self.is_map(base) => {
                        self.push(index.span, Symbol::Entry(full.clone()), false, Some(full));
                    }
                    _ => self.expr(index, scope, path),
                }
            }
            ExprKind::String(parts) => {
                for part in parts {
                    if let StringPart::Value(value) = part {
                        self.expr(value, scope, path);
                    }
                }
            }
            ExprKind::Comprehension(clauses, _) => {
                for name in clauses.iter().flat_map(|clause| &clause.names) {
                    self.push(name.span, Symbol::Local(name.span), true, None);
                }
                for child in Node::Expr(expr).children() {
                    if let Node::Expr(_) = child {
                        let mut inner = scope.clone();
                        inner.enter(self.view, Node::Expr(expr), Some(child));
                        self.node(child, &inner, path);
                    }
                }
            }
            _ => self.children(Node::Expr(expr), scope, path, 0),
        }
    }

    /// A name that stands alone.
    fn bare(&mut self, expr: &'a Expr, text: &'a str, scope: &Scope<'a>) {
        let symbol = match self.view.findings().resolution(expr) {
            Resolution::Local(at) => scope.locals.get(at as usize).map(|(name, _)| Symbol::Local(name.span)),
            resolution => Symbol::of(self.view, resolution, text),
        };
        if let Some(symbol) = symbol {
            self.push(expr.span, symbol, false, None);
        }
    }

    fn is_map(&self, base: &Expr) -> bool {
        matches!(self.view.findings().type_of(base).plain(), Type::Map(_))
    }
}

/// The path of the setting that an expression reads from the whole stack; `record` is the path of `self`.
pub fn setting_of(expr: &Expr, record: &Path) -> Path {
    match &expr.kind {
        ExprKind::Stack => Some(Vec::new()),
        ExprKind::SelfRecord => record.clone(),
        ExprKind::Member(base, name) => below(&setting_of(base, record), &name.text),
        ExprKind::Index(base, index) => below(&setting_of(base, record), index.plain_text()?),
        _ => None,
    }
}
