//! A text as lines of tokens.

use crate::syntax::scan::{TokenKind, token};

/// A token and whether blanks stood before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) spaced: bool,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a number, a version.
    Word,
    /// A string of any form, as it is.
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

/// The lines of a text; one that is blank has no tokens. A string of several lines is one token.
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
            // A quote without its other: what is broken is not laid out, only walked over.
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
