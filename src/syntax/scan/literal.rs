//! Finds the end of a string literal.

use super::{MAX_DEPTH, Words, line_end, of_word};

/// Result of looking for a string literal at a byte.
pub enum Literal {
    /// There is no string.
    None,
    /// The string ends before this byte.
    Closed(usize),
    /// The string is not closed; its line or the text ends here.
    Open(usize),
    /// Interpolations are nested too deeply; the scan skips to here.
    Deep(usize),
}

pub fn literal(bytes: &[u8], at: usize, depth: usize) -> Literal {
    if bytes[at] == b'r' {
        let before = at.checked_sub(1).map(|i| bytes[i]);
        if before.is_some_and(of_word) {
            return Literal::None;
        }
        let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
        if hashes > 3 || bytes.get(at + 1 + hashes) != Some(&b'"') {
            return Literal::None;
        }
        let end = line_end(bytes, at);
        let body = at + 2 + hashes;
        let close = (body..end).find(|i| {
            bytes[*i] == b'"'
                && bytes[i + 1..end.min(i + 1 + hashes)].iter().filter(|b| **b == b'#').count() == hashes
        });
        return close.map_or(Literal::Open(end), |i| Literal::Closed(i + 1 + hashes));
    }
    if bytes[at..].starts_with(b"\"\"\"") {
        return text_end(bytes, at + 3, true, depth);
    }
    text_end(bytes, at + 1, false, depth)
}

/// Finds the end of a string whose contents begin at `at`.
pub(super) fn text_end(bytes: &[u8], mut at: usize, multi: bool, depth: usize) -> Literal {
    while at < bytes.len() {
        match bytes[at] {
            b'\n' if !multi => return Literal::Open(at),
            b'"' if !multi => return Literal::Closed(at + 1),
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return Literal::Closed(at + 3),
            b'\\' if bytes.get(at + 1) == Some(&b'(') => {
                if depth + 1 > MAX_DEPTH {
                    return Literal::Deep(line_end(bytes, at));
                }
                match interpolation_end(bytes, at + 2, multi, depth + 1) {
                    Literal::Closed(end) => at = end,
                    other => return other,
                }
            }
            b'\\' if bytes.get(at + 1).is_some_and(|b| *b != b'\n') => at += 2,
            _ => at += 1,
        }
    }
    Literal::Open(bytes.len())
}

pub(super) fn interpolation_end(bytes: &[u8], mut at: usize, multi: bool, depth: usize) -> Literal {
    let mut open = 1;
    let mut words = Words::default();
    while at < bytes.len() {
        if words.deep(bytes, at) {
            return Literal::Deep(line_end(bytes, at));
        }
        match bytes[at] {
            b'\n' if !multi => return Literal::Open(at),
            b'(' | b'[' | b'{' => {
                open += 1;
                if depth + open > MAX_DEPTH {
                    return Literal::Deep(line_end(bytes, at));
                }
            }
            b')' | b']' | b'}' => {
                open -= 1;
                if open == 0 {
                    return if bytes[at] == b')' {
                        Literal::Closed(at + 1)
                    } else {
                        Literal::Open(line_end(bytes, at))
                    };
                }
            }
            b'"' | b'r' => match literal(bytes, at, depth + open) {
                Literal::None => {}
                Literal::Closed(end) => {
                    at = end;
                    continue;
                }
                other => return other,
            },
            _ => {}
        }
        at += 1;
    }
    Literal::Open(bytes.len())
}
