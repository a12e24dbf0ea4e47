//! The parameters of the function that is being called.

use super::describe::type_text;
use super::view::{Side, View};
use crate::semantics::findings::Resolution;
use crate::syntax::TokenKind;
use crate::syntax::tree::{ExprKind, Node};
use std::ops::Range;

/// A function that is being called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The whole signature.
    pub text: String,
    /// The bytes of each parameter in it.
    pub params: Vec<Range<usize>>,
    /// The parameter that is being written.
    pub active: usize,
}

/// The call around a byte.
pub fn signature(view: View<'_>, byte: usize) -> Option<Signature> {
    let path = view.path(byte, Side::Left);
    let (function, whole) = path.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Call(function, _) if view.range(function.span).end < byte => Some((&**function, *expr)),
            _ => None,
        },
        _ => None,
    })?;
    let open = view.range(function.span).end;
    if byte <= open || view.range(whole.span).end == byte && view.text()[..byte].ends_with(')') {
        return None;
    }
    let active = commas(view, open + 1, byte);
    let program = view.program();
    let (head, params): (String, Vec<String>) = match view.findings().resolution(function) {
        Resolution::Fn(id) => {
            let known = program.function(id);
            let params = known.params.iter().map(|param| {
                let default = param.default.map(|value| format!(" = {}", view.text_of(value.span)));
                format!("{}: {}{}", param.name.text, type_text(view, &param.ty), default.unwrap_or_default())
            });
            (known.name.text.to_string(), params.collect())
        }
        Resolution::Builtin(id) => {
            let text = id.get().signature;
            let first = text.split(") or ").next().unwrap_or(text).trim_end_matches(')');
            let (name, params) = first.split_once('(')?;
            (name.to_owned(), split(params))
        }
        _ => return None,
    };
    let mut text = format!("{head}(");
    let mut ranges = Vec::new();
    for (at, param) in params.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { ", " });
        ranges.push(text.len()..text.len() + param.len());
        text.push_str(param);
    }
    text.push(')');
    Some(Signature { active: active.min(ranges.len().saturating_sub(1)), params: ranges, text })
}

/// The parameters of a signature; a comma inside of quotes is part of one.
fn split(params: &str) -> Vec<String> {
    let (mut found, mut quoted) = (vec![String::new()], false);
    for c in params.chars() {
        match c {
            ',' if !quoted => found.push(String::new()),
            c => {
                quoted ^= c == '"';
                if let Some(last) = found.last_mut().filter(|last| c != ' ' || !last.is_empty()) {
                    last.push(c);
                }
            }
        }
    }
    found
}

/// The commas between two bytes that are in no brackets.
fn commas(view: View<'_>, start: usize, end: usize) -> usize {
    let (mut depth, mut count, mut at) = (0usize, 0, start);
    while at < end {
        let (kind, next) = crate::syntax::token(view.text(), at, 0);
        match kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => count += 1,
            _ => {}
        }
        at = next;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn the_parameter_at_the_cursor_is_active() {
        let active = |text: &str| {
            let at = cursor(text);
            signature(at.view(), at.byte)
                .map(|found| (found.text.clone(), found.text[found.params[found.active].clone()].to_owned()))
        };
        let function = "fn f(a: Int, b: String = \"x\"): Int = a\n";
        let whole = "f(a: Int, b: String = \"x\")";
        assert_eq!(
            active(&format!("{function}let c = f($01)\n")),
            Some((whole.to_owned(), "a: Int".to_owned()))
        );
        assert_eq!(
            active(&format!("{function}let c = f(len([1, 2]), $0)\n")).unwrap().1,
            "b: String = \"x\""
        );
        assert_eq!(active("let c = join([\"a\"], $0)\n").unwrap().1, "\", \"");
        assert_eq!(active("let c = len(\"a\")$0\n"), None);
        let _ = (stack, with_files);
    }
}
