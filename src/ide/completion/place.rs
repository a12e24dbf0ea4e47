//! A place at which something is typed, and what follows it.

use crate::ide::scope::Scope;
use crate::ide::settings;
use crate::ide::view::View;
use crate::semantics::ids::FieldRef;
use crate::semantics::types::Type;
use crate::syntax::tree::{Block, Node};
use crate::syntax::{TokenKind, token};
use std::ops::Range;

/// A place at which something is typed.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) view: View<'a>,
    /// The word that is being typed, up to its end; empty if none is.
    pub(super) replaced: Range<usize>,
    /// The nodes around the place, outermost first.
    pub(super) path: Vec<Node<'a>>,
    pub(super) scope: Scope<'a>,
    /// What is expected there.
    pub(super) expected: Type,
    /// The field that expects it.
    pub(super) field: Option<FieldRef>,
    /// The path of the setting whose value or record this is, in a stack or a profile.
    pub(super) setting: Option<Vec<String>>,
    /// The innermost block.
    pub(super) block: Option<&'a Block>,
    /// The nodes around it, and itself.
    pub(super) outside: Vec<Node<'a>>,
    /// What follows on the line.
    pub(super) after: After,
    /// The type of the value that is there and would be replaced.
    pub(super) now: Type,
    /// Whether something to loop over is wanted.
    pub(super) collection: bool,
}

/// What follows a place on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing, a comment, a comma or a closer.
    Nothing,
    /// `{`
    Brace,
    /// `=`, `:`
    Value,
    /// `.`, `(` or `[`, right after it.
    Part,
    /// An operator.
    Operator,
    /// A word, a string, a bracket after a blank: something of its own.
    Other,
}

impl After {
    fn of(text: &str, byte: usize) -> After {
        let mut at = byte;
        while at < text.len() {
            let (kind, end) = token(text, at, 0);
            match (kind, &text[at..end]) {
                (TokenKind::Blanks, _) => at = end,
                (TokenKind::Newline | TokenKind::Comment | TokenKind::Close | TokenKind::Comma, _) => {
                    return After::Nothing;
                }
                (TokenKind::Open, "{") => return After::Brace,
                (TokenKind::Open, _) | (TokenKind::Sign, ".") if at == byte => return After::Part,
                (TokenKind::Sign, "!") => return After::Other,
                (TokenKind::Sign, "=" | ":") => return After::Value,
                (TokenKind::Sign, _) => return After::Operator,
                _ => return After::Other,
            }
        }
        After::Nothing
    }
}

impl<'a> Place<'a> {
    /// The place of a word that is being typed, with the nodes around it.
    pub(super) fn new(view: View<'a>, replaced: Range<usize>, path: Vec<Node<'a>>) -> Place<'a> {
        let scope = Scope::at(view, &path);
        let at = path.iter().rposition(|node| match node {
            Node::Block(block) => {
                let range = view.range(block.span);
                let inside = range.start < replaced.start && (replaced.start < range.end || !block.closed);
                block.open && inside
            }
            _ => false,
        });
        let outside = path[..at.map_or(0, |at| at + 1)].to_vec();
        let block = match outside.last() {
            Some(Node::Block(block)) => Some(*block),
            _ => None,
        };
        let setting = settings::path_to(&path);
        let after = After::of(view.text(), replaced.end);
        Place {
            view,
            replaced,
            path,
            scope,
            expected: Type::Error,
            field: None,
            setting,
            block,
            outside,
            after,
            now: Type::Error,
            collection: false,
        }
    }
}
