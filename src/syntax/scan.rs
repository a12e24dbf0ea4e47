//! The byte scan before pest: cuts a file into chunks, one an item, and balances their brackets.
//!
//! A balanced item is never touched. In one that is out of balance, indentation says where a closer
//! was forgotten: it is put there, and the report stands at its opener. So the rest of the file
//! stays readable, and the nesting limit is known before pest recurses.

use super::problems::{CONTROL, DEPTH, UNCLOSED, UNCLOSED_TEXT, UNOPENED};
use crate::diagnostics::Report;
use crate::source::{FileId, SourceMap, Span};
use std::borrow::Cow;
use std::ops::Range;

/// Deepest nesting of brackets and interpolations.
pub const MAX_DEPTH: usize = 64;

/// Longest chain of operators in an expression, or of `else if`.
pub const MAX_LINKS: usize = 200;

/// A piece of the file, ready for pest.
pub struct RawChunk<'a> {
    /// The text to parse, balanced; empty where it nests too deep.
    pub text: Cow<'a, str>,
    /// A span of the whole chunk, whose chunk id all its nodes get.
    pub span: Span,
    /// Parts of `text` whose problems are told already.
    pub muted: Vec<Range<u32>>,
}

/// Cuts a file into chunks.
pub fn scan<'a>(
    text: &'a str,
    file: FileId,
    map: &mut SourceMap,
    problems: &mut Vec<Report>,
) -> Vec<RawChunk<'a>> {
    let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let unseen = control_characters(text, start, file, map, problems);
    let items = items(text, start);
    items.into_iter().map(|item| chunk(text, item, &unseen, file, map, problems)).collect()
}

fn control_characters(
    text: &str,
    start: usize,
    file: FileId,
    map: &mut SourceMap,
    problems: &mut Vec<Report>,
) -> Vec<usize> {
    let bytes = text.as_bytes();
    let wrong = |at: &usize| match bytes[*at] {
        b'\t' | b'\n' => false,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        byte => byte < 0x20 || byte == 0x7f,
    };
    let found: Vec<usize> = (start..bytes.len()).filter(wrong).collect();
    let Some(first) = found.first().copied() else { return found };
    let more = found.len() - 1;
    let span = map.whole(file, first..first + 1);
    let mut report =
        Report::error(&CONTROL, format!("a control character, U+{:04X}, stands here", bytes[first]))
            .at(span, "can't be seen, and means nothing in a stack")
            .help("remove it; in a string, write it as `\\u{…}`");
    if more > 0 {
        report = report.note(format!("{more} more follow in this file"));
    }
    problems.push(report);
    found
}

/// An item's bytes and what the scan saw in them.
struct Item {
    range: Range<usize>,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Balanced,
    Unbalanced,
    /// Nests too deep, at this byte.
    Deep(usize),
}

/// The byte ranges of items: each goes from a word in the first column to the next such word.
fn items(text: &str, start: usize) -> Vec<Item> {
    let bytes = text.as_bytes();
    let mut items = Vec::new();
    let mut begin = start;
    let mut seen_word = false;
    let mut comments = None;
    let mut shape = Shape::Balanced;
    let mut stack: Vec<u8> = Vec::new();
    let mut words = Words::default();
    let mut at = start;
    let mut line_start = true;
    while at < bytes.len() {
        let byte = bytes[at];
        if line_start {
            line_start = false;
            let word = byte.is_ascii_alphabetic() || byte == b'_';
            if byte == b'#' {
                comments.get_or_insert(at);
            } else {
                if word && (stack.is_empty() || declares(&text[at..])) {
                    if seen_word {
                        let end = comments.unwrap_or(at);
                        if !stack.is_empty() && shape == Shape::Balanced {
                            shape = Shape::Unbalanced;
                        }
                        items.push(Item { range: begin..end, shape });
                        begin = end;
                        shape = Shape::Balanced;
                        stack.clear();
                        words = Words::default();
                    }
                    seen_word = true;
                }
                comments = None;
            }
        }
        if words.deep(bytes, at) {
            shape = worse(shape, Shape::Deep(at));
        }
        match byte {
            b'\n' => {
                line_start = true;
                at += 1;
            }
            b'#' => at = line_end(bytes, at),
            b'"' | b'r' => match literal(bytes, at, stack.len()) {
                Literal::None => at += 1,
                Literal::Closed(end) => at = end,
                Literal::Open(end) => {
                    shape = worse(shape, Shape::Unbalanced);
                    at = end;
                }
                Literal::Deep(end) => {
                    shape = worse(shape, Shape::Deep(at));
                    at = end;
                }
            },
            b'(' | b'[' | b'{' => {
                stack.push(byte);
                if stack.len() > MAX_DEPTH {
                    shape = worse(shape, Shape::Deep(at));
                }
                at += 1;
            }
            b')' | b']' | b'}' => {
                if stack.pop().map(closer) != Some(byte) {
                    shape = worse(shape, Shape::Unbalanced);
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    if !stack.is_empty() {
        shape = worse(shape, Shape::Unbalanced);
    }
    items.push(Item { range: begin..bytes.len(), shape });
    items
}

/// Nesting without brackets: conditions in conditions (`if if …`) and types in types (`Map<Map<…`).
#[derive(Default)]
struct Words {
    conditions: usize,
    types: usize,
}

impl Words {
    /// Sees a byte; whether what begins there nests too deep.
    fn deep(&mut self, bytes: &[u8], at: usize) -> bool {
        match bytes[at] {
            b'{' => self.conditions = self.conditions.saturating_sub(1),
            b'\n' => self.types = 0,
            b'>' => self.types = self.types.saturating_sub(1),
            b'<' if bytes[..at].ends_with(b"Map") => self.types += 1,
            b'i' if condition(bytes, at) => self.conditions += 1,
            _ => return false,
        }
        self.conditions > MAX_DEPTH || self.types > MAX_DEPTH
    }
}

/// Whether the word `if` stands here, and not as a field's name.
fn condition(bytes: &[u8], at: usize) -> bool {
    let of_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let Some(rest) = bytes[at..].strip_prefix(b"if") else { return false };
    if of_word(at.checked_sub(1).map(|before| &bytes[before])) || of_word(rest.first()) {
        return false;
    }
    !matches!(rest.iter().find(|b| !matches!(b, b' ' | b'\t')), Some(b'=' | b'.' | b':'))
}

fn worse(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Deep(at), _) | (_, Shape::Deep(at)) => Shape::Deep(at),
        (Shape::Balanced, other) | (other, Shape::Balanced) => other,
        _ => Shape::Unbalanced,
    }
}

/// Whether a line begins as only a declaration can.
fn declares(line: &str) -> bool {
    let word_end = line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len());
    let after = line[word_end..].trim_start_matches([' ', '\t']);
    if after.len() == line.len() - word_end {
        return false;
    }
    let name = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    match &line[..word_end] {
        "import" | "test" => after.starts_with('"'),
        "let" | "fn" | "type" | "schema" | "stack" | "profile" => name,
        _ => false,
    }
}

fn closer(opener: u8) -> u8 {
    match opener {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n)
}

/// A string, seen from its first byte.
enum Literal {
    /// It is none.
    None,
    /// It ends before this byte.
    Closed(usize),
    /// It does not end; the line does, here.
    Open(usize),
    /// Interpolations nest too deep; skipped to here.
    Deep(usize),
}

fn literal(bytes: &[u8], at: usize, depth: usize) -> Literal {
    if bytes[at] == b'r' {
        let before = at.checked_sub(1).map(|i| bytes[i]);
        if before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
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

/// The end of a string whose text begins at `at`.
fn text_end(bytes: &[u8], mut at: usize, multi: bool, depth: usize) -> Literal {
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

fn interpolation_end(bytes: &[u8], mut at: usize, multi: bool, depth: usize) -> Literal {
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

fn chunk<'a>(
    text: &'a str,
    item: Item,
    unseen: &[usize],
    file: FileId,
    map: &mut SourceMap,
    problems: &mut Vec<Report>,
) -> RawChunk<'a> {
    let source = &text[item.range.clone()];
    let base = item.range.start as u32;
    match item.shape {
        Shape::Balanced => {
            let chunk = map.add_chunk(file, base, Vec::new());
            let span = Span { chunk, start: 0, end: source.len() as u32 };
            let inside = unseen.iter().filter(|at| item.range.contains(at)).map(|at| at - item.range.start);
            let muted = inside.map(|at| at as u32..line_end(source.as_bytes(), at) as u32).collect();
            RawChunk { text: Cow::Borrowed(source), span, muted }
        }
        Shape::Deep(at) => {
            let at = (at - item.range.start) as u32;
            let chunk = map.add_chunk(file, base, Vec::new());
            problems.push(
                Report::error(&DEPTH, format!("this is nested more than {MAX_DEPTH} deep"))
                    .at(Span { chunk, start: at, end: at + 1 }, format!("level {}", MAX_DEPTH + 1))
                    .help("give a part of it a name with `let`"),
            );
            RawChunk { text: Cow::Borrowed(""), span: Span { chunk, start: 0, end: 0 }, muted: Vec::new() }
        }
        Shape::Unbalanced => {
            let repaired = Repair::new(source).run();
            let chunk = map.add_chunk(file, base, repaired.inserted);
            let at = |range: &Range<u32>| Span { chunk, start: range.start, end: range.end };
            for problem in &repaired.problems {
                problems.push(problem.report(&at));
            }
            let span = Span { chunk, start: 0, end: repaired.text.len() as u32 };
            RawChunk { text: Cow::Owned(repaired.text), span, muted: repaired.muted }
        }
    }
}

/// What repair found, in positions of the repaired text.
enum Imbalance {
    Unclosed { opener: char, at: Range<u32>, missing: Range<u32> },
    Unopened { closer: char, at: Range<u32> },
    Headless { at: Range<u32>, closer: Range<u32> },
    OpenText { at: Range<u32>, multi: bool },
}

impl Imbalance {
    fn report(&self, span: &dyn Fn(&Range<u32>) -> Span) -> Report {
        match self {
            Imbalance::Unclosed { opener, at, missing } => {
                let close = closer(*opener as u8) as char;
                Report::error(&UNCLOSED, format!("this `{opener}` is not closed"))
                    .at(span(at), "opened here")
                    .because(span(missing), format!("`{close}` is missing here, by the indentation"))
                    .fix(format!("add `{close}`"), span(missing), &close.to_string())
            }
            Imbalance::Unopened { closer, at } => {
                Report::error(&UNOPENED, format!("this `{closer}` closes nothing"))
                    .at(span(at), "nothing is open here")
                    .help("remove it, or open the block that it should close")
            }
            Imbalance::Headless { at, closer } => Report::error(&UNOPENED, "`{` is missing")
                .at(span(at), "a block begins here, by the indentation")
                .because(span(closer), "and ends here")
                .fix("add ` {`", span(at), " {"),
            Imbalance::OpenText { at, multi: true } => {
                Report::error(&UNCLOSED_TEXT, "this `\"\"\"` is not closed")
                    .at(span(at), "the text begins here")
                    .help("add `\"\"\"` on a line of its own below the text")
            }
            Imbalance::OpenText { at, multi: false } => {
                Report::error(&UNCLOSED_TEXT, "this string is not closed")
                    .at(span(at), "a string ends on its line")
                    .help("add the closing `\"`; text of several lines stands between `\"\"\"` and `\"\"\"`")
            }
        }
    }
}

struct Opener {
    byte: u8,
    at: u32,
    line: usize,
    indent: usize,
    muted: bool,
}

/// Balances one item's text by its indentation.
struct Repair<'a> {
    source: &'a str,
    text: String,
    inserted: Vec<u32>,
    problems: Vec<Imbalance>,
    muted: Vec<Range<u32>>,
    stack: Vec<Opener>,
    line: usize,
    indent: usize,
    /// End, in `text`, of the last line with something on it.
    code_end: usize,
    /// The lines so far: indentation, and where their code ends in `text`.
    lines: Vec<(usize, usize)>,
}

struct Repaired {
    text: String,
    inserted: Vec<u32>,
    problems: Vec<Imbalance>,
    muted: Vec<Range<u32>>,
}

impl<'a> Repair<'a> {
    fn new(source: &'a str) -> Self {
        Repair {
            source,
            text: String::with_capacity(source.len() + 8),
            inserted: Vec::new(),
            problems: Vec::new(),
            muted: Vec::new(),
            stack: Vec::new(),
            line: 0,
            indent: 0,
            code_end: 0,
            lines: Vec::new(),
        }
    }

    fn run(mut self) -> Repaired {
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
                self.close_by_indentation(*byte);
            }
            at = self.step(at, first_on_line, &mut line_start);
            first_on_line = false;
        }
        while let Some(opener) = self.stack.pop() {
            self.insert_closer(opener);
        }
        let Repair { text, inserted, problems, muted, .. } = self;
        Repaired { text, inserted, problems, muted }
    }

    fn copy(&mut self, from: usize, to: usize) {
        self.text.push_str(&self.source[from..to]);
    }

    /// Remembers the line that ends here.
    fn end_line(&mut self) {
        if self.code_end > self.lines.last().map_or(0, |(_, end)| *end) {
            self.lines.push((self.indent, self.code_end));
        }
    }

    /// The line that a closer's block should begin on: the last one that is indented as far, with
    /// only deeper ones since.
    fn head(&self) -> Option<usize> {
        let (indent, end) = *self.lines.iter().rev().find(|(indent, _)| *indent <= self.indent)?;
        let deeper = self.lines.last().is_some_and(|(last, _)| *last > indent);
        let open = self.text[..end].ends_with(['{', '}', '[', ']', '(', ')', ',', '=']);
        (indent == self.indent && deeper && !open).then_some(end)
    }

    /// Puts a forgotten opener where its line ends; everything behind it moves.
    fn insert_opener(&mut self, at: usize) {
        self.text.insert(at, '{');
        let from = at as u32;
        let moved = |position: &mut u32| *position += u32::from(*position >= from);
        self.inserted.iter_mut().for_each(moved);
        self.remember(from);
        let ranges = self.problems.iter_mut().flat_map(|problem| match problem {
            Imbalance::Unclosed { at, missing, .. } => vec![at, missing],
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

    /// Keeps the position of an inserted byte; nearly always it is the last one.
    fn remember(&mut self, position: u32) {
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

    /// Closes what the first byte of a line, at its column, can't stand inside of.
    fn close_by_indentation(&mut self, byte: u8) {
        let closes = matches!(byte, b')' | b']' | b'}');
        while let Some(top) = self.stack.last() {
            let outside = if closes { self.indent < top.indent } else { self.indent <= top.indent };
            if !outside {
                break;
            }
            if let Some(opener) = self.stack.pop() {
                self.insert_closer(opener);
            }
        }
    }

    fn insert_closer(&mut self, opener: Opener) {
        let at = self.code_end;
        let close = closer(opener.byte) as char;
        self.text.insert(at, close);
        let at = at as u32;
        self.remember(at);
        self.code_end += 1;
        if !opener.muted {
            self.problems.push(Imbalance::Unclosed {
                opener: opener.byte as char,
                at: opener.at..opener.at + 1,
                missing: at..at + 1,
            });
        }
    }

    /// Copies one token and returns where the next begins.
    fn step(&mut self, at: usize, first_on_line: bool, line_start: &mut bool) -> usize {
        let bytes = self.source.as_bytes();
        match bytes[at] {
            b'\n' => {
                self.copy(at, at + 1);
                self.line += 1;
                *line_start = true;
                return at + 1;
            }
            b' ' | b'\t' | b'\r' => {
                self.copy(at, at + 1);
                return at + 1;
            }
            b'#' => {
                let end = line_end(bytes, at);
                self.copy(at, end);
                return end;
            }
            b'"' | b'r' => match literal(bytes, at, 0) {
                Literal::None => {}
                Literal::Closed(end) | Literal::Deep(end) => {
                    self.copy(at, end);
                    self.line += bytes[at..end].iter().filter(|b| **b == b'\n').count();
                    self.code_end = self.text.len();
                    return end;
                }
                Literal::Open(end) => return self.open_text(at, end),
            },
            open @ (b'(' | b'[' | b'{') => {
                let (line, indent) = (self.line, self.indent);
                self.stack.push(Opener {
                    byte: open,
                    at: self.text.len() as u32,
                    line,
                    indent,
                    muted: false,
                });
            }
            close @ (b')' | b']' | b'}') if !self.close(close, first_on_line) => {
                if let Some(head) = self.head().filter(|_| close == b'}' && first_on_line) {
                    self.insert_opener(head);
                    let (head, here) = (head as u32, self.text.len() as u32);
                    self.problems.push(Imbalance::Headless { at: head..head + 1, closer: here..here + 1 });
                    self.text.push('}');
                    self.code_end = self.text.len();
                    return at + 1;
                }
                self.problems.push(Imbalance::Unopened {
                    closer: close as char,
                    at: self.text.len() as u32..self.text.len() as u32 + 1,
                });
                self.text.push(' ');
                return at + 1;
            }
            _ => {}
        }
        let next = (at + 1..=bytes.len()).find(|i| self.source.is_char_boundary(*i)).unwrap_or(bytes.len());
        self.copy(at, next);
        self.code_end = self.text.len();
        next
    }

    /// Finds what a closer closes; what stands open inside of that is closed before it.
    fn close(&mut self, close: u8, first_on_line: bool) -> bool {
        let fits = |o: &Opener| {
            closer(o.byte) == close
                && (if first_on_line { o.indent == self.indent } else { o.line == self.line })
        };
        let Some(index) = self.stack.iter().rposition(fits) else { return false };
        while self.stack.len() > index + 1 {
            if let Some(opener) = self.stack.pop() {
                self.code_end = self.text.trim_end().len();
                self.insert_closer(opener);
            }
        }
        self.stack.pop();
        true
    }

    /// Ends a string that does not end, before the brackets that its line ends with.
    fn open_text(&mut self, at: usize, end: usize) -> usize {
        let multi = self.source[at..].starts_with("\"\"\"");
        if multi {
            return self.open_multi(at);
        }
        let line = &self.source[at..end];
        let kept = line.trim_end_matches([' ', '\t', '\r', ',', '{', '}', '[', ']', ')']).len().max(1);
        let cut = at + kept;
        let begin = self.text.len() as u32;
        // What the string held may be anything: an empty one of the same length takes its place.
        self.text.push('"');
        self.text.extend(std::iter::repeat_n('_', kept.saturating_sub(1)));
        self.remember(self.text.len() as u32);
        self.text.push('"');
        self.problems.push(Imbalance::OpenText { at: begin..self.text.len() as u32, multi: false });
        let line_begin = self.text.rfind('\n').map_or(0, |n| n + 1) as u32;
        self.muted.push(line_begin..self.text.len() as u32 + (end - cut) as u32);
        let line = self.line;
        for opener in self.stack.iter_mut().filter(|o| o.line == line) {
            opener.muted = true;
        }
        self.code_end = self.text.len();
        cut
    }

    /// A `"""` without its end goes to the end of the item.
    fn open_multi(&mut self, at: usize) -> usize {
        let begin = self.text.len() as u32;
        let end = self.source.trim_end().len().max(at + 3);
        self.text.push_str("\"\"");
        self.text
            .extend(self.source.as_bytes()[at + 2..end].iter().map(|b| if *b == b'\n' { '\n' } else { ' ' }));
        self.problems.push(Imbalance::OpenText { at: begin..begin + 3, multi: true });
        self.muted.push(begin..self.text.len() as u32);
        self.code_end = begin as usize + 2;
        for opener in &mut self.stack {
            opener.muted = true;
        }
        end
    }
}
