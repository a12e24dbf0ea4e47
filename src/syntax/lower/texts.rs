//! Lowers strings.

use super::{Diagnostic, ESCAPE, Expr, ExprKind, INDENTATION, Lower, P, Rule, Span, StringPart};

impl<'a> Lower<'a> {
    pub(super) fn text_expr(&mut self, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        if pair.as_rule() == Rule::raw {
            let text = pair.as_str();
            let hashes = text[1..].bytes().take_while(|b| *b == b'#').count();
            let plain = &text[hashes + 2..text.len() - hashes - 1];
            return self.expr(span, ExprKind::String(vec![StringPart::Plain(plain.into())]));
        }
        let indent = (pair.as_rule() == Rule::multi).then(|| closing_indent(pair.as_str()));
        let inner = pair.into_inner();
        let mut parts = Vec::with_capacity(inner.len());
        let mut plain = String::new();
        let mut first = true;
        for part in inner {
            match part.as_rule() {
                Rule::interp => {
                    if !plain.is_empty() {
                        parts.push(StringPart::Plain(std::mem::take(&mut plain).into()));
                    }
                    let mut inner = part.into_inner();
                    if let Some(expr) = inner.next() {
                        parts.push(StringPart::Value(self.operand(expr, "a value", "write `\\(name)`")));
                    }
                    inner.for_each(|p| self.stray_inside(&p));
                }
                Rule::escape | Rule::multi_escape => {
                    let at = self.span(&part);
                    match unescape(part.as_str()) {
                        Some(c) => plain.push(c),
                        None => self.escape(part.as_str(), at),
                    }
                }
                _ => match indent {
                    None => plain.push_str(part.as_str()),
                    Some(indent) => {
                        let start = part.as_span().start();
                        self.dedent(part.as_str(), start, indent, first, &mut plain);
                    }
                },
            }
            first = false;
        }
        if indent.is_some()
            && let Some(cut) = plain.rfind('\n')
            && plain[cut + 1..].trim().is_empty()
        {
            plain.truncate(cut);
        }
        if !plain.is_empty() {
            parts.push(StringPart::Plain(plain.into()));
        }
        self.expr(span, ExprKind::String(parts))
    }

    pub(super) fn dedent(
        &mut self,
        text: &str,
        start: usize,
        indent: usize,
        first: bool,
        plain: &mut String,
    ) {
        let mut offset = start;
        for (number, line) in text.split('\n').enumerate() {
            let kept = line.strip_suffix('\r').unwrap_or(line);
            if number == 0 {
                plain.push_str(kept);
            } else {
                // The newline right after the opening quotes is not part of the string.
                if !(first && number == 1 && plain.trim().is_empty()) {
                    plain.push('\n');
                } else {
                    plain.clear();
                }
                let blanks = kept.bytes().take(indent).take_while(|b| matches!(b, b' ' | b'\t')).count();
                if blanks < indent && blanks < kept.len() {
                    let at = self.at(offset, offset + blanks);
                    self.emit(
                        Diagnostic::error(
                            &INDENTATION,
                            "this line is indented less than the closing `\"\"\"`",
                        )
                        .at(at, "")
                        .help("indent it as far as the closing quotes; what they are indented is taken away"),
                    );
                }
                plain.push_str(&kept[blanks..]);
            }
            offset += line.len() + 1;
        }
    }

    pub(super) fn escape(&mut self, text: &str, span: Span) {
        let report = Diagnostic::error(&ESCAPE, format!("unknown escape `{text}` in a string"))
            .at(span, "")
            .note("a string knows \\n \\t \\\" \\\\ \\u{1F600} and \\(value)")
            .fix(
                "write a backslash as `\\\\`, or a regular expression as r\"…\"",
                span,
                &format!("\\{text}"),
            );
        self.emit(report);
    }
}

pub(super) fn closing_indent(text: &str) -> usize {
    let body = &text[..text.len().saturating_sub(3)];
    let last = &body[body.rfind('\n').map_or(0, |at| at + 1)..];
    if last.bytes().all(|b| matches!(b, b' ' | b'\t')) { last.len() } else { 0 }
}

pub(super) fn unescape(text: &str) -> Option<char> {
    match text.as_bytes().get(1)? {
        b'n' => Some('\n'),
        b't' => Some('\t'),
        b'r' => Some('\r'),
        b'"' => Some('"'),
        b'\\' => Some('\\'),
        b'u' => {
            let digits = text.strip_prefix("\\u{")?.strip_suffix('}')?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)
        }
        _ => None,
    }
}
