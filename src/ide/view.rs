//! A file as a feature sees it: its text, its tree, and what is known of them.

use crate::compile::{Analysis, Live};
use crate::semantics::findings::Findings;
use crate::semantics::ids::ModuleId;
use crate::semantics::names::Program;
use crate::source::{FileId, SourceFile, SourceMap, Span};
use crate::syntax::tree::{Block, Entry, Expr, ExprKind, ItemKind, Node, Tree, TypeExpr, TypeKind};
use crate::syntax::{TokenKind, token};
use std::ops::Range;

/// A file of a stack that is open.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The stack.
    pub live: &'a Live,
    /// What is known of it.
    pub analysis: &'a Analysis,
    /// The file.
    pub file: FileId,
    at: usize,
}

/// Which of two nodes that touch at a place is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that ends there, as a person who types sees it.
    Left,
    /// The one that begins there, as a person who points sees it.
    Right,
}

impl<'a> View<'a> {
    /// A file of a stack; `None` if it is no `.vms` file.
    pub fn new(live: &'a Live, file: FileId) -> Option<View<'a>> {
        let analysis = live.analysis()?;
        let at = analysis.loaded().modules.iter().position(|module| module.file == file)?;
        Some(View { live, analysis, file, at })
    }

    /// The stack's own file.
    pub fn own(live: &'a Live) -> Option<View<'a>> {
        View::new(live, live.file())
    }

    /// The same stack's view of another file.
    pub fn of(self, file: FileId) -> Option<View<'a>> {
        View::new(self.live, file)
    }

    /// All `.vms` files of the stack.
    pub fn all(self) -> Vec<View<'a>> {
        let modules = &self.analysis.loaded().modules;
        modules.iter().enumerate().map(|(at, module)| View { file: module.file, at, ..self }).collect()
    }

    /// The sources.
    pub fn map(self) -> &'a SourceMap {
        self.live.map()
    }

    /// The file's name and text.
    pub fn source(self) -> &'a SourceFile {
        self.map().file(self.file)
    }

    /// The file's text.
    pub fn text(self) -> &'a str {
        &self.source().text
    }

    /// The file's tree.
    pub fn tree(self) -> &'a Tree {
        &self.analysis.loaded().modules[self.at].tree
    }

    /// The file as a namespace.
    pub fn module(self) -> ModuleId {
        ModuleId::new(self.at + 1)
    }

    /// The declarations.
    pub fn program(self) -> &'a Program<'a> {
        self.analysis.program()
    }

    /// Names and types.
    pub fn findings(self) -> &'a Findings {
        self.analysis.findings()
    }

    /// The bytes of a span of this file.
    pub fn range(self, span: Span) -> Range<usize> {
        self.map().locate(span).1
    }

    /// The text at a span.
    pub fn text_of(self, span: Span) -> &'a str {
        self.map().text(span)
    }

    /// All nodes of the file, in source order.
    pub fn nodes(self) -> Vec<Node<'a>> {
        let mut found = Vec::new();
        self.tree().items().for_each(|item| Node::Item(item).walk(&mut |node| found.push(node)));
        found
    }

    /// The nodes around a byte, outermost first.
    pub fn path(self, byte: usize, side: Side) -> Vec<Node<'a>> {
        let items: Vec<Node> = self.tree().items().map(Node::Item).collect();
        let mut path = Vec::new();
        let mut next = self.touched(&items, byte, side);
        while let Some(node) = next {
            path.push(node);
            next = self.touched(&self.below(node, byte), byte, side);
        }
        path
    }

    /// The children of a node, of a block in pieces those of the pieces around a byte.
    fn below(self, node: Node<'a>, byte: usize) -> Vec<Node<'a>> {
        match node {
            Node::Block(block) if !block.entries.pieces().is_empty() => {
                let near = block.entries.pieces().iter().filter(|piece| {
                    let range = self.range(piece.span);
                    range.start <= byte && byte <= range.end
                });
                near.flat_map(|piece| &piece.entries).map(Node::Entry).collect()
            }
            node => node.children(),
        }
    }

    fn touched(self, nodes: &[Node<'a>], byte: usize, side: Side) -> Option<Node<'a>> {
        let mut best: Option<(u8, Node)> = None;
        for node in nodes {
            let mut range = self.range(node.span());
            if range.end < byte && self.goes_on(*node, range.end, byte) {
                range.end = byte + 1;
            } else if range.end < byte && self.waits(*node, range.end, byte) {
                range.end = byte;
            }
            if !(range.start <= byte && byte <= range.end) {
                continue;
            }
            let rank = match side {
                _ if range.start < byte && byte < range.end => 3,
                _ if range.is_empty() => 1,
                Side::Left if range.end == byte => 2,
                Side::Right if range.start == byte => 2,
                _ => 0,
            };
            if best.is_none_or(|(known, _)| rank >= known) {
                best = Some((rank, *node));
            }
        }
        best.map(|(_, node)| node)
    }

    /// Whether a node ends with something that is missing, which would stand at a byte behind it on its line.
    fn waits(self, node: Node<'a>, end: usize, byte: usize) -> bool {
        let is_blank =
            self.text().get(end..byte).is_some_and(|text| text.trim_matches([' ', '\t']).is_empty());
        is_blank && ends_missing(node)
    }

    /// Whether a node with a block that is not closed goes on to a byte behind its last token: nothing is
    /// between, and the byte is further to the right than the line that opens the block.
    fn goes_on(self, node: Node<'a>, end: usize, byte: usize) -> bool {
        let block = match node {
            Node::Block(block) => Some(block),
            node => blocks_of(node).last().copied(),
        };
        let Some(block) = block.filter(|block| block.open && !block.closed) else { return false };
        let text = self.text();
        let between = text.get(end..byte).unwrap_or("x");
        let is_blank =
            between.lines().all(|line| line.trim_start().is_empty() || line.trim_start().starts_with('#'));
        let line = |at: usize| text[..at].rfind('\n').map_or(0, |at| at + 1);
        let opened = &text[line(self.range(block.span).start)..];
        let indent = opened.len() - opened.trim_start_matches([' ', '\t']).len();
        let is_next = text[..end].ends_with('{') && between.matches('\n').count() <= 1;
        is_blank && (is_next || byte - line(byte) > indent)
    }

    /// The tokens between the last whole entry or item before a byte and the token that contains the byte or
    /// ends there, without blanks; comments and newlines are among them.
    pub fn tokens_before(self, byte: usize) -> Vec<Token> {
        let text = self.text();
        let mut at = self.quiet_place(byte);
        let mut found = Vec::new();
        while at < byte {
            let (kind, end) = token(text, at, 0);
            if kind != TokenKind::Blanks {
                found.push(Token { kind, range: at..end });
            }
            at = end;
        }
        found
    }

    /// A place before a byte, outside of all tokens, from which tokens can be read.
    fn quiet_place(self, byte: usize) -> usize {
        let mut start = if self.text().starts_with("\u{FEFF}") { 3 } else { 0 };
        let mut nodes: Vec<Node> = self.tree().items().map(Node::Item).collect();
        loop {
            let mut around = None;
            for node in &nodes {
                let range = self.range(node.span());
                let goes_on = range.end < byte
                    && (self.waits(*node, range.end, byte) || self.goes_on(*node, range.end, byte));
                if range.end < byte && !goes_on {
                    start = start.max(range.end);
                } else if range.start < byte {
                    around = Some(*node);
                }
            }
            let Some(node) = around else { return start };
            let inner = blocks_of(node);
            let holds = |block: &&&Block| {
                let range = self.range(block.span);
                range.start < byte && block.open
            };
            match inner.iter().rfind(holds) {
                Some(block) => {
                    start = start.max(self.range(block.span).start);
                    nodes = self.entries_near(block, byte);
                }
                None => return start,
            }
        }
    }

    fn entries_near(self, block: &'a Block, byte: usize) -> Vec<Node<'a>> {
        match block.entries.pieces() {
            [] => block.entries.own().iter().map(Node::Entry).collect(),
            pieces => {
                let before = pieces.iter().filter(|piece| self.range(piece.span).start < byte);
                let near: Vec<&Entry> = before.flat_map(|piece| &piece.entries).collect();
                // The pieces before the last two end before the byte.
                near.into_iter().rev().take(256).rev().map(Node::Entry).collect()
            }
        }
    }
}

/// Whether the last part of a node is an expression that is missing.
fn ends_missing(node: Node<'_>) -> bool {
    match node {
        Node::Expr(Expr { kind: ExprKind::Missing, .. })
        | Node::Type(TypeExpr { kind: TypeKind::Missing, .. }) => true,
        Node::Block(block) => !block.open,
        Node::Name(name) => name.text.is_empty(),
        node => node.children().last().is_some_and(|last| ends_missing(*last)),
    }
}

/// The blocks right inside an item or an entry, outside of expressions.
fn blocks_of(node: Node<'_>) -> Vec<&Block> {
    let children = node.children().into_iter();
    children.filter_map(|child| if let Node::Block(block) = child { Some(block) } else { None }).collect()
}

/// A token with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub range: Range<usize>,
}

/// The block of an item: of a stack, profile, schema or test.
pub fn body(kind: &ItemKind) -> Option<&Block> {
    match kind {
        ItemKind::Schema { body, .. }
        | ItemKind::Stack { body, .. }
        | ItemKind::Profile { body, .. }
        | ItemKind::Test { body, .. } => Some(body),
        _ => None,
    }
}
