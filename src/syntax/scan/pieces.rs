//! Splits large blocks of a balanced item at the lines of their entries, so that little is parsed again
//! after an edit.
//!
//! The contents of a large block are a hole in the surrounding text; a hole consists of pieces, which may
//! have holes of their own. A block is split only at lines that certainly begin an entry.

use super::{TokenKind, name_end, of_word, plain_word, token};
use std::ops::Range;

/// Blocks longer than this are split, in bytes.
const BIG: usize = 4096;

/// Approximate length of a piece, in bytes.
const PIECE: usize = 2048;

/// Contents of a large block.
pub(super) struct Hole {
    /// Byte range of the contents.
    pub(super) range: Range<usize>,
    /// The pieces it is split into, without gaps.
    pub(super) pieces: Vec<Piece>,
}

/// Consecutive entries of a block.
pub(super) struct Piece {
    /// Byte range of the entries.
    pub(super) range: Range<usize>,
    /// Holes in the entries, in order.
    pub(super) holes: Vec<Hole>,
}

/// Finds the holes of an item, in order. Its brackets must be balanced.
pub(super) fn holes(text: &str, item: Range<usize>) -> Vec<Hole> {
    if item.len() <= BIG {
        return Vec::new();
    }
    let mut cutter = Cutter { text, open: vec![Open::new(item.start, false)], last: None, line: item.start };
    cutter.run(item);
    cutter.open.pop().map(|item| item.holes).unwrap_or_default()
}

/// An open bracket.
struct Open {
    /// Offset after the bracket.
    start: usize,
    /// Whether it opens a block of entries.
    block: bool,
    /// Offsets of the entries that begin on their own line.
    lines: Vec<usize>,
    holes: Vec<Hole>,
}

impl Open {
    fn new(start: usize, block: bool) -> Open {
        Open { start, block, lines: Vec::new(), holes: Vec::new() }
    }
}

struct Cutter<'a> {
    text: &'a str,
    /// The enclosing brackets, outermost first; the first is the item itself.
    open: Vec<Open>,
    /// Offset of the last byte of code.
    last: Option<usize>,
    /// Offset of the line's code if an entry can begin there, otherwise the end of the text.
    line: usize,
}

impl Cutter<'_> {
    fn run(&mut self, item: Range<usize>) {
        let bytes = self.text.as_bytes();
        let mut at = item.start;
        let mut line_start = true;
        let mut comments = None;
        while at < item.end {
            if line_start {
                line_start = false;
                let blanks =
                    bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
                match bytes.get(at + blanks) {
                    Some(b'#') => drop(comments.get_or_insert(at)),
                    Some(b'\n') | None => {}
                    Some(_) => self.begin_line(at + blanks, comments.take().unwrap_or(at)),
                }
                at += blanks;
                continue;
            }
            if plain_word(bytes[at]) {
                at = name_end(bytes, at);
                self.last = Some(at - 1);
                continue;
            }
            let (kind, end) = token(self.text, at, 0);
            match kind {
                TokenKind::Newline => line_start = true,
                TokenKind::Blanks | TokenKind::Comment => {}
                TokenKind::Open => {
                    let block = bytes[at] == b'{' && self.begins_block(at);
                    self.open.push(Open::new(at + 1, block));
                    self.last = Some(at);
                }
                TokenKind::Close => {
                    self.close(at);
                    self.last = Some(at);
                }
                _ => self.last = Some(end - 1),
            }
            at = end;
        }
    }

    /// Handles a line whose code begins at `at`; the comments above it begin at `begin`.
    fn begin_line(&mut self, at: usize, begin: usize) {
        let bytes = self.text.as_bytes();
        let (byte, word) = (bytes[at], word_at(self.text, at));
        let begins = byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@' | b'"');
        let certain = begins && word != "else" && self.last.is_none_or(|last| self.ends_entry(last));
        self.line = if certain { at } else { self.text.len() };
        if certain && let Some(open) = self.open.last_mut() {
            open.lines.push(begin);
        }
    }

    /// Whether the code at a byte can end an entry, instead of continuing on the next line.
    fn ends_entry(&self, last: usize) -> bool {
        match self.text.as_bytes()[last] {
            b'{' | b'}' | b']' | b')' | b'"' | b'?' => true,
            byte if of_word(byte) => {
                let word = self.text[..=last].rsplit(|c: char| !u8::try_from(c).is_ok_and(of_word)).next();
                !matches!(word, Some("if" | "else" | "in" | "for" | "where" | "with" | "extends" | "as"))
            }
            _ => false,
        }
    }

    /// Whether a brace opens a block of entries: it follows a plain path, a key or a loop on its line.
    fn begins_block(&self, at: usize) -> bool {
        if self.line >= at {
            return false;
        }
        let head = &self.text[self.line..at];
        let plain =
            |byte: u8| of_word(byte) || matches!(byte, b'.' | b'"' | b'-' | b'/' | b':' | b' ' | b'\t');
        !matches!(word_at(self.text, self.line), "check" | "warn" | "if" | "let" | "fn" | "type" | "import")
            && head.bytes().all(plain)
    }

    fn close(&mut self, at: usize) {
        let Some(closed) = self.open.pop() else { return };
        let Some(around) = self.open.last_mut() else { return };
        if !closed.block || at - closed.start <= BIG || closed.lines.len() < 2 {
            around.holes.extend(closed.holes);
            return;
        }
        let mut pieces: Vec<Piece> = Vec::new();
        let mut holes = closed.holes.into_iter().peekable();
        let mut begin = closed.start;
        let ends = closed.lines.iter().copied().skip(1).chain([at]);
        for end in ends {
            if end - begin < PIECE && end != at {
                continue;
            }
            let inside = std::iter::from_fn(|| holes.next_if(|hole| hole.range.start < end));
            pieces.push(Piece { range: begin..end, holes: inside.collect() });
            begin = end;
        }
        around.holes.push(Hole { range: closed.start..at, pieces });
    }
}

/// The word that begins at a byte.
fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.find(|c: char| !u8::try_from(c).is_ok_and(of_word)).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuts<'t>(text: &'t str, holes: &[Hole], depth: usize, found: &mut Vec<(usize, &'t str)>) {
        for piece in holes.iter().flat_map(|hole| &hole.pieces) {
            let first = text[piece.range.clone()].trim_start().lines().next().unwrap_or_default();
            found.push((depth, first));
            cuts(text, &piece.holes, depth + 1, found);
        }
    }

    fn found(text: &str) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        cuts(text, &holes(text, 0..text.len()), 0, &mut found);
        found
    }

    #[test]
    fn a_block_in_a_block_is_cut_at_its_entries() {
        let job = |n: usize| format!("    job \"j{n}\" {{\n      targets = [\"h{n}:1\"]\n    }}\n");
        let jobs: String = (0..200).map(job).collect();
        let text = format!("stack m {{\n  a = 1\n  scrape {{\n{jobs}  }}\n  # about b\n  b = 2\n}}\n");
        let found = found(&text);
        assert_eq!(found[0], (0, "a = 1"));
        assert!(found.iter().filter(|(depth, _)| *depth == 1).count() > 3, "{found:?}");
        assert!(
            found.iter().all(|(_, line)| line.starts_with("job") || *line == "a = 1" || *line == "# about b")
        );
    }

    #[test]
    fn what_goes_on_in_the_next_line_is_not_cut() {
        let long = "x".repeat(3000);
        for tail in
            ["a = 1 +\n  b", "check c,\n  \"m\" {\n    note \"n\"\n  }", "a = if\n  b { c } else { d }"]
        {
            let text = format!("schema S {{\n  w = \"{long}\"\n  {tail}\n  v = \"{long}\"\n}}\n");
            let found = found(&text);
            assert_eq!(found.len(), 2, "{found:?}");
            assert!(
                found[1].1.starts_with(tail.lines().next().unwrap()) || found[1].1.starts_with("v"),
                "{found:?}"
            );
        }
    }
}
