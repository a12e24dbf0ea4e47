//! Balances the brackets of an item by indentation.

use super::{
    Diagnostic, Range, Span, TokenKind, UNCLOSED, UNCLOSED_TEXT, UNOPENED, closer, declares, line_end, token,
};
use crate::source::offset;

/// An imbalance that repair found; positions are those of the repaired text.
pub enum Imbalance {
    /// `closing` is what to insert at `end`: the closer, on a line of its own if the block spans lines.
    Unclosed {
        opener: char,
        at: Range<u32>,
        missing: Range<u32>,
        end: Range<u32>,
        closing: String,
    },
    Unopened {
        closer: char,
        at: Range<u32>,
    },
    Headless {
        at: Range<u32>,
        closer: Range<u32>,
    },
    OpenText {
        at: Range<u32>,
        multi: bool,
    },
}

impl Imbalance {
    pub(super) fn report(&self, span: &dyn Fn(&Range<u32>) -> Span) -> Diagnostic {
        match self {
            Imbalance::Unclosed { opener, at, missing, end, closing } => {
                let close = closer(*opener as u8) as char;
                Diagnostic::error(&UNCLOSED, format!("this `{opener}` is not closed"))
                    .at(span(at), "opened here")
                    .because(span(missing), format!("the indentation suggests `{close}` here"))
                    .fix(format!("add `{close}`"), span(end), closing)
            }
            Imbalance::Unopened { closer, at } => {
                Diagnostic::error(&UNOPENED, format!("unmatched `{closer}`"))
                    .at(span(at), "nothing to close here")
                    .help("remove it, or open the block that it should close")
            }
            Imbalance::Headless { at, closer } => {
                Diagnostic::error(&UNOPENED, "expected `{` before this block")
                    .at(span(at), "the indentation starts a block here")
                    .because(span(closer), "and ends here")
                    .fix("add ` {`", span(at), " {")
            }
            Imbalance::OpenText { at, multi: true } => {
                Diagnostic::error(&UNCLOSED_TEXT, "this `\"\"\"` is not closed")
                    .at(span(at), "the string starts here")
                    .help("add `\"\"\"` on a line of its own below the text")
            }
            Imbalance::OpenText { at, multi: false } => {
                Diagnostic::error(&UNCLOSED_TEXT, "this string is not closed")
                    .at(span(at), "a string must end on its own line")
                    .help("add the closing `\"`; text of several lines stands between `\"\"\"` and `\"\"\"`")
            }
        }
    }
}

pub(super) struct Opener {
    byte: u8,
    at: u32,
    pub(super) line: usize,
    indent: usize,
    /// Whether its contents begin on the same line.
    inline: bool,
    pub(super) muted: bool,
}

/// State of balancing an item's text by indentation.
pub(super) struct Repair<'a> {
    pub(super) source: &'a str,
    pub(super) text: String,
    inserted: Vec<u32>,
    pub(super) diagnostics: Vec<Imbalance>,
    pub(super) muted: Vec<Range<u32>>,
    pub(super) stack: Vec<Opener>,
    pub(super) line: usize,
    indent: usize,
    /// End in `text` of the last line that is not empty.
    pub(super) code_end: usize,
    /// Indentation of each line so far, and where its code ends in `text`.
    lines: Vec<(usize, usize)>,
}

pub(super) struct Repaired {
    pub(super) text: String,
    pub(super) inserted: Vec<u32>,
    pub(super) diagnostics: Vec<Imbalance>,
    pub(super) muted: Vec<Range<u32>>,
}

impl<'a> Repair<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Repair {
            source,
            text: String::with_capacity(source.len() + 8),
            inserted: Vec::new(),
            diagnostics: Vec::new(),
            muted: Vec::new(),
            stack: Vec::new(),
            line: 0,
            indent: 0,
            code_end: 0,
            lines: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Repaired {
        let bytes = self.source.as_bytes();
        let mut at = 0;
        let mut line_start = true;
        let mut first_on_line = true;
        while at < bytes.len() {
            if line_start {
                line_start = false;
                first_on_line = true;
                let blanks = bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                self.copy(at, at + blanks);
                at += blanks;
                let Some(byte) = bytes.get(at) else { break };
                if matches!(byte, b'\n' | b'\r' | b'#') {
                    at = self.skip_line(at, &mut line_start);
                    continue;
                }
                self.end_line();
                self.indent = blanks;
                self.close_by_indentation(*byte, at);
            }
            at = self.step(at, first_on_line, &mut line_start);
            first_on_line = false;
        }
        while let Some(opener) = self.stack.pop() {
            self.insert_closer(opener);
        }
        let Repair { text, inserted, diagnostics, muted, .. } = self;
        Repaired { text, inserted, diagnostics, muted }
    }

    fn copy(&mut self, from: usize, to: usize) {
        self.text.push_str(&self.source[from..to]);
    }

    /// Records the line that ends here.
    fn end_line(&mut self) {
        if self.code_end > self.lines.last().map_or(0, |(_, end)| *end) {
            self.lines.push((self.indent, self.code_end));
        }
    }

    /// Where the line ends that should have opened a closer's block: the last line with the same
    /// indentation, if only deeper lines follow it.
    fn head(&self) -> Option<usize> {
        let (indent, end) = *self.lines.iter().rev().find(|(indent, _)| *indent <= self.indent)?;
        let deeper = self.lines.last().is_some_and(|(last, _)| *last > indent);
        let open = self.text[..end].ends_with(['{', '}', '[', ']', '(', ')', ',', '=']);
        (indent == self.indent && deeper && !open).then_some(end)
    }

    /// Inserts a missing opener at the end of its line, and shifts all positions after it.
    fn insert_opener(&mut self, at: usize) {
        self.text.insert(at, '{');
        let from = offset(at);
        let moved = |position: &mut u32| *position += u32::from(*position >= from);
        self.inserted.iter_mut().for_each(moved);
        self.remember(from);
        let ranges = self.diagnostics.iter_mut().flat_map(|problem| match problem {
            Imbalance::Unclosed { at, missing, end, .. } => vec![at, missing, end],
            Imbalance::Headless { at, closer } => vec![at, closer],
            Imbalance::Unopened { at, .. } | Imbalance::OpenText { at, .. } => vec![at],
        });
        for range in ranges.chain(&mut self.muted) {
            moved(&mut range.start);
            moved(&mut range.end);
        }
        self.stack.iter_mut().for_each(|opener| moved(&mut opener.at));
        self.lines.iter_mut().filter(|(_, end)| *end >= at).for_each(|(_, end)| *end += 1);
        self.code_end += 1;
    }

    /// Records the position of an inserted byte; it is almost always the last one.
    pub(super) fn remember(&mut self, position: u32) {
        let at = self.inserted.partition_point(|known| *known < position);
        self.inserted.insert(at, position);
    }

    fn skip_line(&mut self, at: usize, line_start: &mut bool) -> usize {
        let end = line_end(self.source.as_bytes(), at);
        let next = (end + 1).min(self.source.len());
        self.copy(at, next);
        self.line += 1;
        *line_start = true;
        next
    }

    /// Closes the brackets that a line, judging by its column or its beginning, can't be inside of.
    fn close_by_indentation(&mut self, byte: u8, at: usize) {
        let closes = matches!(byte, b')' | b']' | b'}');
        while let Some(top) = self.stack.last() {
            // Only declarations are at the top level, so anything else belongs to the one before.
            let inside =
                self.stack.len() == 1 && self.indent == 0 && top.indent == 0 && !declares(&self.source[at..]);
            let outside = match closes || inside {
                true => self.indent < top.indent,
                false => self.indent <= top.indent,
            };
            // A list element is not a `name = value`, and no entry begins with a brace.
            let in_list = self.stack.len() > 1 && self.stack[self.stack.len() - 2].byte == b'[';
            let other = match top.byte {
                b'[' => gives(&self.source[at..], top.inline),
                b'{' => byte == b'{' && in_list,
                _ => false,
            };
            if !outside && !other {
                break;
            }
            if let Some(opener) = self.stack.pop() {
                self.insert_closer(opener);
            }
        }
    }

    fn insert_closer(&mut self, opener: Opener) {
        // A trailing comma separates the elements of the enclosing bracket.
        let kept = self.text[..self.code_end].trim_end();
        let element = self.stack.last().is_some_and(|around| around.byte != b'{');
        let at = match kept.strip_suffix(',') {
            Some(before) if element => before.trim_end().len(),
            _ => self.code_end,
        };
        let close = closer(opener.byte) as char;
        let (closing, line_end) = self.closing(opener.at as usize, at, close);
        self.text.insert(at, close);
        let at = offset(at);
        // Shift the fixes that are inserted after this closer.
        for problem in self.diagnostics.iter_mut().rev() {
            match problem {
                Imbalance::Unclosed { end, .. } if end.start > at => *end = end.start + 1..end.end + 1,
                _ => break,
            }
        }
        self.remember(at);
        self.code_end += 1;
        if !opener.muted {
            self.diagnostics.push(Imbalance::Unclosed {
                opener: opener.byte as char,
                at: opener.at..opener.at + 1,
                missing: at..at + 1,
                end: line_end + 1..line_end + 1,
                closing,
            });
        }
    }

    /// What to insert for a closer that is missing at a position, and where.
    fn closing(&self, opener: usize, at: usize, close: char) -> (String, u32) {
        let begin = self.text[..opener].rfind('\n').map_or(0, |newline| newline + 1);
        let indent = self.text[begin..].split(|c| !matches!(c, ' ' | '\t')).next().unwrap_or_default();
        if self.text[opener..at].contains('\n') {
            let end = self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline);
            return match self.text[..end].ends_with('\r') {
                true => (format!("\r\n{indent}{close}"), offset(end) - 1),
                false => (format!("\n{indent}{close}"), offset(end)),
            };
        }
        let blank = if close == '}' && !self.text[..at].ends_with(' ') { " " } else { "" };
        (format!("{blank}{close}"), offset(at))
    }

    /// Copies one token and returns where the next begins.
    fn step(&mut self, at: usize, first_on_line: bool, line_start: &mut bool) -> usize {
        let bytes = self.source.as_bytes();
        let (kind, end) = token(self.source, at, 0);
        match kind {
            TokenKind::Newline => {
                self.copy(at, end);
                self.line += 1;
                *line_start = true;
                return end;
            }
            TokenKind::Blanks | TokenKind::Comment => {
                self.copy(at, end);
                return end;
            }
            TokenKind::OpenText { deep: false } => return self.open_text(at, end),
            TokenKind::Text | TokenKind::OpenText { deep: true } => {
                self.line += bytes[at..end].iter().filter(|b| **b == b'\n').count();
            }
            TokenKind::Open => {
                let (line, indent) = (self.line, self.indent);
                self.stack.push(Opener {
                    byte: bytes[at],
                    at: offset(self.text.len()),
                    line,
                    indent,
                    inline: !ends_line(&self.source[at + 1..]),
                    muted: false,
                });
            }
            TokenKind::Close if !self.close(bytes[at], first_on_line) => {
                let close = bytes[at];
                if let Some(head) = self.head().filter(|_| close == b'}' && first_on_line) {
                    self.insert_opener(head);
                    let (head, here) = (offset(head), offset(self.text.len()));
                    self.diagnostics.push(Imbalance::Headless { at: head..head + 1, closer: here..here + 1 });
                    self.text.push('}');
                    self.code_end = self.text.len();
                    return at + 1;
                }
                self.diagnostics.push(Imbalance::Unopened {
                    closer: close as char,
                    at: offset(self.text.len())..offset(self.text.len()) + 1,
                });
                self.text.push(' ');
                return at + 1;
            }
            _ => {}
        }
        self.copy(at, end);
        self.code_end = self.text.len();
        end
    }

    /// Pops the opener that a closer closes, and first closes what is still open inside it. Returns whether
    /// there is one.
    fn close(&mut self, close: u8, first_on_line: bool) -> bool {
        let fits = |o: &Opener| {
            closer(o.byte) == close
                && (if first_on_line { o.indent == self.indent } else { o.line == self.line })
        };
        let fits_last =
            |o: &Opener| closer(o.byte) == close && !first_on_line && (o.inline || o.byte != b'{');
        let index = match self.stack.last() {
            Some(last) if fits_last(last) => self.stack.len() - 1,
            _ => match self.stack.iter().rposition(fits) {
                Some(index) => index,
                None => return false,
            },
        };
        while self.stack.len() > index + 1 {
            if let Some(opener) = self.stack.pop() {
                self.insert_closer(opener);
            }
        }
        self.stack.pop();
        true
    }
}

/// Whether a line assigns a value: `a.b = …`. In a list with one element per line, a line that closes a
/// brace is an element without its `{`.
fn gives(text: &str, inline: bool) -> bool {
    let line = text.split('\n').next().unwrap_or_default();
    if !inline && line.matches('}').count() > line.matches('{').count() {
        return false;
    }
    let name = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    let rest = name.trim_start_matches([' ', '\t']);
    line.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.starts_with('=') && !rest.starts_with("==")
}

/// Whether only whitespace or a comment follows on the line.
fn ends_line(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t', '\r']);
    rest.is_empty() || rest.starts_with(['\n', '#'])
}
