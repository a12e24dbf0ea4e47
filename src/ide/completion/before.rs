//! The tokens before a place.

use crate::ide::view::Token;
use crate::syntax::{TokenKind, token};

/// The tokens before a place.
pub(super) struct Before<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    /// Whether a line break or a comment is between the last token and the place.
    pub(super) fresh: bool,
}

impl Before<'_> {
    fn nth_last(&self, n: usize) -> &str {
        let at = self.tokens.len().checked_sub(n + 1);
        at.map_or("", |at| &self.text[self.tokens[at].range.clone()])
    }

    pub(super) fn last(&self) -> &str {
        self.nth_last(0)
    }

    pub(super) fn last_kind(&self) -> Option<TokenKind> {
        self.tokens.last().map(|token| token.kind)
    }
}

/// Where the interpolation around a byte of a string begins, given where the string does.
pub(super) fn interpolation(text: &str, string: usize, byte: usize) -> Option<usize> {
    let mut at = string + 1;
    while at < byte {
        if text.get(at..)?.starts_with("\\(") {
            let start = at + 2;
            let (mut depth, mut inner) = (0usize, start);
            loop {
                if inner >= byte {
                    return Some(start);
                }
                let (kind, end) = token(text, inner, 0);
                match kind {
                    TokenKind::Close if depth == 0 => break,
                    TokenKind::Open => depth += 1,
                    TokenKind::Close => depth -= 1,
                    TokenKind::Text if end > byte => return interpolation(text, inner, byte).or(Some(start)),
                    TokenKind::Newline | TokenKind::OpenText { .. } => return Some(start),
                    _ => {}
                }
                inner = end;
            }
            at = inner + 1;
        } else if text[at..].starts_with('\\') {
            at += 1 + text[at + 1..].chars().next().map_or(1, char::len_utf8);
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

/// The tokens between two bytes, without blanks.
pub(super) fn lexed(text: &str, mut at: usize, byte: usize) -> Vec<Token> {
    let mut found = Vec::new();
    while at < byte {
        let (kind, end) = token(text, at, 0);
        if kind != TokenKind::Blanks {
            found.push(Token { kind, range: at..end });
        }
        at = end;
    }
    // What is in front of it opens it.
    if found.is_empty() {
        found.push(Token { kind: TokenKind::Open, range: at - 1..at });
    }
    found
}
