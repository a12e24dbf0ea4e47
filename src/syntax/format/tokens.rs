//! A text as lines of tokens.

use crate::syntax::scan::{Literal, literal};

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
    let bytes = text.as_bytes();
    let mut lines = vec![Vec::new()];
    let (mut at, mut spaced) = (0, false);
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            b'\n' => {
                lines.push(Vec::new());
                (at, spaced) = (at + 1, false);
                continue;
            }
            b' ' | b'\t' | b'\r' => {
                (at, spaced) = (at + 1, true);
                continue;
            }
            b'#' => {
                at = text[at..].find('\n').map_or(bytes.len(), |end| at + end);
                Kind::Comment
            }
            b'(' | b'[' | b'{' => advance(&mut at, 1, Kind::Open),
            b')' | b']' | b'}' => advance(&mut at, 1, Kind::Close),
            b',' => advance(&mut at, 1, Kind::Comma),
            b'"' | b'r' if let Some(end) = text_end(bytes, at) => {
                at = end;
                Kind::Text
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                at = word_end(text, at);
                Kind::Word
            }
            _ => {
                let two = ["==", "!=", "<=", ">=", "??", "&&", "||"];
                let length = if two.iter().any(|sign| text[at..].starts_with(sign)) { 2 } else { 1 };
                let length = (length..).find(|n| text.is_char_boundary(at + n)).unwrap_or(1);
                advance(&mut at, length, Kind::Sign)
            }
        };
        if let Some(line) = lines.last_mut() {
            line.push(Token { kind, text: text[start..at].trim_end(), spaced });
        }
        spaced = false;
    }
    lines
}

fn advance(at: &mut usize, by: usize, kind: Kind) -> Kind {
    *at += by;
    kind
}

fn text_end(bytes: &[u8], at: usize) -> Option<usize> {
    match literal(bytes, at, 0) {
        Literal::Closed(end) => Some(end),
        _ => None,
    }
}

/// The end of a name, a number or a version, as the grammar has them.
fn word_end(text: &str, start: usize) -> usize {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let bytes = text.as_bytes();
    if let Some(end) = version_end(bytes, start) {
        return end;
    }
    let mut at = run(bytes, start, plain);
    while bytes[start].is_ascii_digit()
        && bytes.get(at) == Some(&b'.')
        && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    {
        at = run(bytes, at + 1, plain);
    }
    at
}

/// The end of a version: `v1.106.1`, `1.2.3-rc.1+build`; without the `v` it has two dots at least.
fn version_end(bytes: &[u8], start: usize) -> Option<usize> {
    let named = bytes[start] == b'v';
    let mut at = start + usize::from(named);
    for _ in 0..if named { 1 } else { 2 } {
        let end = run(bytes, at, u8::is_ascii_digit);
        let more = bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if end == at || !more {
            return None;
        }
        at = end + 1;
    }
    at = run(bytes, at, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    for sign in [b'-', b'+'] {
        if bytes.get(at) == Some(&sign) {
            let end = run(bytes, at + 1, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
            at = if end > at + 1 { end } else { at };
        }
    }
    Some(at)
}

/// The end of a run of bytes.
fn run(bytes: &[u8], start: usize, belongs: impl Fn(&u8) -> bool) -> usize {
    bytes[start..].iter().position(|byte| !belongs(byte)).map_or(bytes.len(), |length| start + length)
}
