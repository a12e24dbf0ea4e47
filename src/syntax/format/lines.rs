//! Indents lines and aligns adjacent ones.

use super::spacing::join;
use super::tokens::{Kind, Token};

const INDENT: usize = 2;

/// A laid-out line, before alignment.
struct Line {
    indent: usize,
    text: String,
    /// The trailing comment.
    comment: Option<String>,
    /// The sign to align with adjacent lines, such as `=` or `{`, and its offset in `text`.
    anchor: Option<(char, usize)>,
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Open<'a> {
    text: &'a str,
    /// Indentation of its line; its contents are indented one step further.
    indent: usize,
    /// Whether it opens a list comprehension, which has no elements of its own.
    comprehension: bool,
}

/// Lays out the lines of a text.
#[expect(clippy::too_many_lines, reason = "one pass over the lines, with one state")]
pub(super) fn layout(lines: &[Vec<Token>]) -> String {
    let mut out: Vec<Line> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut goes_on = false;
    for (n, tokens) in lines.iter().enumerate() {
        let filled = |line: &&Vec<Token>| !line.is_empty() && !is_comma(line);
        let next = lines[n + 1..].iter().find(filled);
        let first =
            |line: &Vec<Token>| line.iter().find(|token| token.kind != Kind::Comma).map(|token| token.kind);
        let closing = next.is_none_or(|line| first(line) == Some(Kind::Close));
        let in_block = open.last().is_some_and(|open| open.text == "{");
        if tokens.is_empty() || (is_comma(tokens) && (closing || in_block)) {
            let first = out.last().is_none_or(|line| line.text.is_empty() || opens(&line.text));
            if tokens.is_empty() && !first && !closing {
                out.push(Line { indent: 0, text: String::new(), comment: None, anchor: None });
            }
            continue;
        }
        let tokens = &commas(tokens, next.map(Vec::as_slice), &open);
        let closers = tokens.iter().take_while(|token| token.kind == Kind::Close).count();
        let begins = matches!(tokens[0].text, "." | "??" | "&&" | "||");
        let further = (goes_on || begins) && closers == 0;
        let indent = match closers {
            0 => open.last().map_or(0, |open| open.indent + INDENT),
            _ => open.len().checked_sub(closers).and_then(|at| open.get(at)).map_or(0, |open| open.indent),
        };
        let indent = indent + if further { INDENT } else { 0 };
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                Kind::Open => {
                    let first = tokens.get(at + 1).or(next.and_then(|line| line.first()));
                    let comprehension = token.text == "[" && first.is_some_and(|token| token.text == "for");
                    open.push(Open { text: token.text, indent, comprehension });
                }
                Kind::Close => drop(open.pop()),
                _ => {}
            }
        }
        let (code, comment) = match tokens.split_last() {
            Some((last, code)) if last.kind == Kind::Comment && !code.is_empty() => {
                (code, Some(last.text.to_owned()))
            }
            _ => (tokens.as_slice(), None),
        };
        let spaced = join(code);
        let anchor = anchor(tokens).map(|(sign, token)| (sign, spaced.starts[token]));
        let anchor = anchor.filter(|_| !further && balanced(tokens));
        let last = tokens.iter().rfind(|token| token.kind != Kind::Comment);
        goes_on = match last {
            Some(last) => last.kind == Kind::Sign && !matches!(last.text, "?" | ">"),
            None => goes_on,
        };
        out.push(Line { indent, text: spaced.text, comment, anchor });
    }
    while out.last().is_some_and(|line| line.text.is_empty()) {
        out.pop();
    }
    align(&mut out);
    let columns = comments(&out);
    let written = |(line, column): (&Line, usize)| {
        let code = format!("{}{}", " ".repeat(line.indent), line.text);
        match &line.comment {
            _ if line.text.is_empty() => "\n".to_owned(),
            Some(comment) => format!("{code:column$}  {comment}\n"),
            None => format!("{}\n", code.trim_end()),
        }
    };
    out.iter().zip(columns).map(written).collect()
}

/// Whether the line is just a comma.
fn is_comma(line: &[Token]) -> bool {
    line.len() == 1 && line[0].kind == Kind::Comma
}

fn opens(text: &str) -> bool {
    text.ends_with(['{', '[', '('])
}

fn balanced(tokens: &[Token]) -> bool {
    let mut depth = 0;
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            Kind::Text if token.text.contains('\n') => return false,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// Removes redundant commas, and adds a trailing one to a list whose `]` begins the next line.
fn commas<'a>(tokens: &[Token<'a>], next: Option<&[Token<'a>]>, open: &[Open]) -> Vec<Token<'a>> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len() + 1);
    let mut inside: Vec<(&str, bool)> = open.iter().map(|open| (open.text, open.comprehension)).collect();
    // The message of a check follows a comma.
    let check = tokens.iter().any(|token| matches!(token.text, "check" | "warn"));
    for (n, token) in tokens.iter().enumerate() {
        let follows = tokens.get(n + 1).filter(|token| token.kind != Kind::Comment);
        match token.kind {
            Kind::Open => inside.push((token.text, false)),
            Kind::Close => drop(inside.pop()),
            Kind::Comma => {
                let before_close = follows.is_some_and(|token| token.kind == Kind::Close);
                // Of several commas in a row, only the last one counts.
                let several = tokens.get(n + 1).is_some_and(|token| token.kind == Kind::Comma);
                let opens = kept.last().is_none_or(|token| token.kind == Kind::Open);
                let useless = match inside.last() {
                    Some(("{", _)) => (follows.is_none() && !check) || before_close || several || opens,
                    Some(_) => before_close,
                    None => false,
                };
                if useless {
                    continue;
                }
            }
            _ => {}
        }
        kept.push(*token);
    }
    let first = next.and_then(|line| line.iter().find(|token| token.kind != Kind::Comma));
    let closes = first.is_some_and(|token| token.text == "]");
    let code = kept.iter().rposition(|token| token.kind != Kind::Comment);
    if let (Some(last), Some(("[", false)), true) = (code, inside.last(), closes)
        && !matches!(kept[last].kind, Kind::Comma | Kind::Open | Kind::Sign)
    {
        kept.insert(last + 1, Token { kind: Kind::Comma, text: ",", spaced: false });
    }
    kept
}

/// Width to which each line's code is padded before its comment: that of the widest adjacent line with a
/// comment.
fn comments(lines: &[Line]) -> Vec<usize> {
    let width = |line: &Line| match line.text.rsplit_once('\n') {
        Some((_, last)) => last.chars().count(),
        None => line.indent + line.text.chars().count(),
    };
    let mut columns = vec![0; lines.len()];
    let mut start = 0;
    while start < lines.len() {
        let end =
            lines[start..].iter().position(|line| line.comment.is_none()).map_or(lines.len(), |n| start + n);
        let widest = lines[start..end].iter().map(width).max().unwrap_or(0);
        columns[start..end].fill(widest);
        start = end + 1;
    }
    columns
}

/// The token of a line to align: the `=` of an entry, the `{` of a one-line block, or the string of a
/// `label`.
fn anchor(tokens: &[Token]) -> Option<(char, usize)> {
    const ALONE: &[&str] = &[
        "let", "fn", "type", "import", "schema", "stack", "profile", "test", "for", "if", "else", "check",
        "warn", "rejects",
    ];
    if ALONE.contains(&tokens[0].text) || tokens[0].kind == Kind::Close {
        return None;
    }
    if tokens[0].text == "label" {
        return tokens.iter().rposition(|token| token.kind == Kind::Text).map(|n| ('"', n));
    }
    let mut depth = 0;
    for (n, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (Kind::Open, "{") if depth == 0 && n > 0 => return Some(('{', n)),
            (Kind::Open, _) => depth += 1,
            (Kind::Close, _) => depth -= 1,
            (Kind::Sign, ":") if depth == 0 => return None,
            (Kind::Sign, "=") if depth == 0 => return Some(('=', n)),
            (Kind::Comma, _) if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Aligns runs of consecutive lines with the same indentation and sign.
fn align(lines: &mut [Line]) {
    let mut start = 0;
    while start < lines.len() {
        let kind = |line: &Line| line.anchor.map(|(sign, _)| (sign, line.indent));
        let Some(of) = kind(&lines[start]) else {
            start += 1;
            continue;
        };
        let end =
            lines[start..].iter().position(|line| kind(line) != Some(of)).map_or(lines.len(), |n| start + n);
        let column = |line: &Line| line.anchor.map_or(0, |(_, at)| line.text[..at].chars().count());
        let widest = lines[start..end].iter().map(column).max().unwrap_or(0);
        for line in &mut lines[start..end] {
            let missing = widest - column(line);
            if let Some((_, at)) = line.anchor {
                line.text.insert_str(at, &" ".repeat(missing));
            }
        }
        start = end;
    }
}
