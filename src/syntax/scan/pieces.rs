//! Cuts big blocks of a balanced item at their entries' lines, so that an edit parses little again.
//!
//! What is between the braces of a big block is a hole in the text around it; the hole has pieces,
//! which may have holes of their own. Where it is not certain that a line begins an entry, nothing is
//! cut there.

use super::{TokenKind, of_word, token};
use std::ops::Range;

/// From how many bytes on a block is cut.
const BIG: usize = 4096;

/// About how long its pieces are.
const PIECE: usize = 2048;

/// The inside of a big block.
pub(super) struct Hole {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// What it is cut into, without gaps.
    pub(super) pieces: Vec<Piece>,
}

/// Some entries of a block.
pub(super) struct Piece {
    /// Their bytes.
    pub(super) range: Range<usize>,
    /// The holes in them, in order.
    pub(super) holes: Vec<Hole>,
}

/// The holes of an item, in order. Its brackets are balanced.
pub(super) fn holes(text: &str, item: Range<usize>) -> Vec<Hole> {
    if item.len() <= BIG {
        return Vec::new();
    }
    let mut cutter = Cutter { text, open: vec![Open::new(item.start, false)], last: None, line: item.start };
    cutter.run(item);
    cutter.open.pop().map(|item| item.holes).unwrap_or_default()
}

/// A bracket that is open.
struct Open {
    /// The byte after it.
    start: usize,
    /// Whether it is the brace of a block of entries.
    block: bool,
    /// Where an entry of it begins on a line of its own.
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
    /// The brackets around, the outermost first; the item is the first of them.
    open: Vec<Open>,
    /// The last byte of code.
    last: Option<usize>,
    /// Where the line begins, if an entry can begin there; else the end of the text.
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

    /// A line whose code begins at `at`; `begin` is where the comments above it do.
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

    /// Whether an entry may end with the code at a byte, and nothing that goes on in the next line.
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

    /// Whether a brace opens a block of entries: a plain path, a key or a loop is before it on its line.
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
