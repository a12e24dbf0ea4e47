//! Splits source text into lines of tokens.

use crate::syntax::scan::{TokenKind, token};

/// A token, and whether whitespace precedes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) spaced: bool,
}

/// Kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a number, a version.
    Word,
    /// A string literal of any form, verbatim.
    Text,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// `,`
    Comma,
    /// Any other sign.
    Sign,
    /// From `#` to the end of its line.
    Comment,
}

/// Tokenizes a text line by line. A blank line has no tokens; a multi-line string is one token.
pub(super) fn lines(text: &str) -> Vec<Vec<Token<'_>>> {
    let mut lines = vec![Vec::new()];
    let (mut at, mut spaced) = (0, false);
    while at < text.len() {
        let start = at;
        let (found, end) = token(text, at, 0);
        at = end;
        let kind = match found {
            TokenKind::Newline => {
                lines.push(Vec::new());
                spaced = false;
                continue;
            }
            TokenKind::Blanks => {
                spaced = true;
                continue;
            }
            TokenKind::Comment => Kind::Comment,
            TokenKind::Open => Kind::Open,
            TokenKind::Close => Kind::Close,
            TokenKind::Comma => Kind::Comma,
            TokenKind::Text => Kind::Text,
            TokenKind::Word => Kind::Word,
            TokenKind::Sign => Kind::Sign,
            // An unclosed quote: broken source is only skipped, not formatted.
            TokenKind::OpenText { .. } => {
                at = start + 1;
                Kind::Sign
            }
        };
        if let Some(line) = lines.last_mut() {
            line.push(Token { kind, text: text[start..at].trim_end(), spaced });
        }
        spaced = false;
    }
    lines
}
