//! Spacing between the tokens of a line.

use super::tokens::{Kind, Token};

/// The tokens of a line as text, with the offset of each.
#[derive(Debug, Default)]
pub(super) struct Spaced {
    /// The text.
    pub(super) text: String,
    /// Offset of each token in `text`.
    pub(super) starts: Vec<usize>,
}

/// Joins the tokens of a line.
pub(super) fn join(line: &[Token]) -> Spaced {
    let mut out = Spaced::default();
    // Number of open `<` of types.
    let mut angles = 0_usize;
    let mut unary = false;
    // Whether this is inside a check's code, which may contain dashes.
    let mut code = false;
    for (n, token) in line.iter().enumerate() {
        if n > 0 {
            let before = &line[n - 1];
            let space = match (before.text, token.text) {
                _ if token.kind == Kind::Comment => "  ",
                _ if unary => "",
                // `warn""` is an entry of a map, and `warn ""` a check.
                ("check" | "warn", _) if token.kind == Kind::Text && !token.spaced => "",
                (_, "-") | ("-", _) if code => "",
                (_, "<") if of_type(line, n) => "",
                ("<", _) if angles > 0 => "",
                (_, ">" | ">=") if angles > 0 => "",
                _ => between(before, token),
            };
            out.text.push_str(space);
        }
        unary = match token.text {
            "!" | "@" => true,
            "-" => !code && (n == 0 || operand_follows(&line[n - 1], angles)),
            _ => false,
        };
        let before = n.checked_sub(1).map_or("", |n| line[n].text);
        match (before, token.text) {
            ("check" | "warn", "[") | ("}", "with") => code = true,
            (_, "]") => code = false,
            _ => {}
        }
        match token.text {
            "<" if of_type(line, n) => angles += 1,
            ">" => angles = angles.max(1) - 1,
            _ => {}
        }
        out.starts.push(out.text.len());
        // In `Map<T>={}`, the `>` ends the type.
        let ends = token.text == ">=" && angles > 0;
        angles -= usize::from(ends);
        out.text.push_str(if ends { "> =" } else { token.text });
    }
    out
}

/// Whether a `<` opens the argument of a type.
fn of_type(line: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| &line[at]) else { return false };
    let closed = line[at..].iter().any(|token| token.text.starts_with('>'));
    if before.text == "Map" || before.kind != Kind::Word || !closed || line[at].spaced {
        return before.text == "Map";
    }
    // The name is capitalized like a type, or is where a type is expected.
    let outside = line[..at].iter().rev().find(|token| token.kind != Kind::Word && token.text != ".");
    before.text.starts_with(|c: char| c.is_ascii_uppercase())
        || outside.is_some_and(|token| matches!(token.text, ":" | "[" | "|" | "<"))
}

/// Whether an operand follows the token, so that a `-` before that operand is unary.
fn operand_follows(token: &Token, angles: usize) -> bool {
    match token.kind {
        Kind::Open | Kind::Comma => true,
        Kind::Sign => !(token.text == "?" || token.text == ">" && angles > 0),
        Kind::Word => matches!(token.text, "in" | "if" | "else" | "where" | "check" | "warn"),
        _ => false,
    }
}

fn between(before: &Token, token: &Token) -> &'static str {
    match (before.text, token.text) {
        ("(" | "[", _) | (_, ")" | "]") | (_, ",") => "",
        ("{", "}") => "",
        (".", _) | (_, ".") => "",
        (_, ":" | "?") => "",
        // `f(x)` and `job (x)`, `a[0]` and `check [CODE]`: keep the spacing as written.
        (_, "(" | "[") if matches!(before.kind, Kind::Word | Kind::Close | Kind::Text) => {
            match token.spaced {
                true => " ",
                false => "",
            }
        }
        _ => " ",
    }
}
