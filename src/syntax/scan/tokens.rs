//! The tokenizer: the only definition of tokens besides the grammar. A test keeps the two in sync.

use super::{Literal, line_end, literal, of_word};

/// Kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `\n`
    Newline,
    /// Whitespace within a line, including a carriage return.
    Blanks,
    /// From `#` to the end of its line.
    Comment,
    /// A name, a number, a version.
    Word,
    /// A string literal of any form, verbatim.
    Text,
    /// An unclosed string, or one that is nested too deeply, up to where the scan gives up.
    OpenText {
        /// Whether it is nested too deeply.
        deep: bool,
    },
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// `,`
    Comma,
    /// Any other sign; a two-character operator is one token.
    Sign,
}

/// Whether two bytes are an operator of two characters.
fn is_pair(first: u8, second: Option<u8>) -> bool {
    match second {
        Some(b'=') => matches!(first, b'=' | b'!' | b'<' | b'>'),
        Some(second) => first == second && matches!(first, b'?' | b'&' | b'|'),
        None => false,
    }
}

/// Returns the token at a byte of a text, and where it ends. `depth` is the number of open brackets.
pub fn token(text: &str, at: usize, depth: usize) -> (TokenKind, usize) {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'\n' => (TokenKind::Newline, at + 1),
        b' ' | b'\t' | b'\r' => (TokenKind::Blanks, run(bytes, at, |b| matches!(b, b' ' | b'\t' | b'\r'))),
        b'#' => (TokenKind::Comment, line_end(bytes, at)),
        b'(' | b'[' | b'{' => (TokenKind::Open, at + 1),
        b')' | b']' | b'}' => (TokenKind::Close, at + 1),
        b',' => (TokenKind::Comma, at + 1),
        byte => {
            if matches!(byte, b'"' | b'r') {
                match literal(bytes, at, depth) {
                    Literal::None => {}
                    Literal::Closed(end) => return (TokenKind::Text, end),
                    Literal::Open(end) => return (TokenKind::OpenText { deep: false }, end),
                    Literal::Deep(end) => return (TokenKind::OpenText { deep: true }, end),
                }
            }
            if of_word(byte) {
                return (TokenKind::Word, word_end(bytes, at));
            }
            let length = if is_pair(byte, bytes.get(at + 1).copied()) { 2 } else { 1 };
            let end = (at + length..).find(|end| text.is_char_boundary(*end));
            (TokenKind::Sign, end.unwrap_or(text.len()))
        }
    }
}

/// The end of a name, a number or a version.
fn word_end(bytes: &[u8], start: usize) -> usize {
    // Only these begin a version; nearly every word is a plain name.
    if !(bytes[start].is_ascii_digit() || bytes[start] == b'v') {
        return run(bytes, start, of_word);
    }
    if let Some(end) = version_end(bytes, start) {
        return end;
    }
    let mut at = run(bytes, start, of_word);
    while bytes[start].is_ascii_digit()
        && bytes.get(at) == Some(&b'.')
        && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    {
        at = run(bytes, at + 1, of_word);
    }
    at
}

/// The end of a version: `v1.106.1`, `1.2.3-rc.1+build`; without the `v`, it has at least two dots.
fn version_end(bytes: &[u8], start: usize) -> Option<usize> {
    let named = bytes[start] == b'v';
    let mut at = start + usize::from(named);
    for _ in 0..if named { 1 } else { 2 } {
        let end = run(bytes, at, |byte| byte.is_ascii_digit());
        let more = bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if end == at || !more {
            return None;
        }
        at = end + 1;
    }
    at = run(bytes, at, |byte| of_word(byte) || byte == b'.');
    for sign in [b'-', b'+'] {
        if bytes.get(at) == Some(&sign) {
            let end = run(bytes, at + 1, |byte| of_word(byte) || matches!(byte, b'.' | b'-'));
            at = if end > at + 1 { end } else { at };
        }
    }
    Some(at)
}

/// The end of a run of bytes.
fn run(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[start..].iter().position(|byte| !belongs(*byte)).map_or(bytes.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::syntax::grammar::{Rule, Vms};
    use pest::Parser;
    use pest::iterators::Pairs;
    use std::collections::HashMap;

    /// Collects the tokens of the grammar, with their start and end.
    fn atoms(pairs: Pairs<Rule>, found: &mut Vec<(Rule, usize, usize)>) {
        for pair in pairs {
            let (rule, span) = (pair.as_rule(), pair.as_span());
            match rule {
                // Unreadable text has other tokens.
                Rule::stray | Rule::stray_item => {}
                Rule::string
                | Rule::multi
                | Rule::raw
                | Rule::number
                | Rule::version
                | Rule::op
                | Rule::late_op => {
                    found.push((rule, span.start(), span.end()));
                }
                Rule::ident => {
                    let end = span.start() + span.as_str().trim_end().len();
                    found.push((rule, span.start(), end));
                }
                _ => atoms(pair.into_inner(), found),
            }
        }
    }

    /// Every name, number, version, string and operator of the grammar is one token of the tokenizer.
    #[test]
    fn the_table_is_the_grammar() {
        let mut tried = HashMap::new();
        for text in crate::syntax::tests::stacks() {
            // Balanced, as pest gets it.
            let mut map = SourceMap::default();
            let file = map.add("a.vms", "");
            for chunk in super::super::scan(&text, file, &mut map, &mut Vec::new()) {
                let mut tokens = HashMap::new();
                let mut at = 0;
                while at < chunk.text.len() {
                    let (kind, end) = token(&chunk.text, at, 0);
                    tokens.insert(at, (kind, end));
                    at = end;
                }
                let mut found = Vec::new();
                if let Ok(pairs) = Vms::parse(Rule::chunk, &chunk.text) {
                    atoms(pairs, &mut found);
                }
                for (rule, start, end) in found {
                    let kind = match rule {
                        Rule::string | Rule::multi | Rule::raw => TokenKind::Text,
                        Rule::op | Rule::late_op => TokenKind::Sign,
                        _ => TokenKind::Word,
                    };
                    assert_eq!(
                        tokens.get(&start),
                        Some(&(kind, end)),
                        "{rule:?} {:?}",
                        &chunk.text[start..end]
                    );
                    *tried.entry(rule).or_insert(0) += 1;
                }
            }
        }
        assert_eq!(tried.len(), 8, "each kind was met: {tried:?}");
    }
}
