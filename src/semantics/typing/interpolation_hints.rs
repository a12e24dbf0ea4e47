//! Hints for interpolation in another language's syntax: `${name}` is that of shells, HCL and
//! JavaScript, `#{name}` that of Ruby, and both are plain text here.

use super::{Diagnostic, Expr, ExprKind, INTERPOLATION, Scope, Span, StringPart, Typing};
use crate::source::offset;

/// A name in a string that another language would interpolate.
pub(super) struct Foreign {
    /// Its span, or that of the whole string if the string has escapes or is raw.
    at: Span,
    /// As written, such as `${name}`.
    written: String,
    /// The interpolation in vmsc's own syntax.
    filled: String,
    /// Whether the span is that of the name alone.
    exact: bool,
}

impl Foreign {
    /// Adds help that shows the interpolation in vmsc's own syntax.
    pub(super) fn advise(&self, report: Diagnostic) -> Diagnostic {
        let advice = format!("`{}` is plain text here: write `{}`", self.written, self.filled);
        match self.exact {
            true => report.suggest(advice, self.at, &self.filled),
            false => report.help(format!("{advice} (a raw string is never filled in)")),
        }
    }
}

impl<'t> Typing<'_, 't> {
    /// Warns about the first name in a string that was meant to be interpolated.
    pub(super) fn warn_foreign(&mut self, expr: &'t Expr, scope: &Scope<'t>) {
        if let Some(foreign) = self.foreign(expr, &["${", "#{"], scope).first() {
            let report = Diagnostic::warning(&INTERPOLATION, "values in a string are written `\\(…)`")
                .at(foreign.at, "plain text, not replaced by a value");
            self.tell(foreign.advise(report));
        }
    }

    /// Finds the known names between one of `openers` and a `}` in the plain parts of a string.
    pub(super) fn foreign(&self, expr: &'t Expr, openers: &[&str], scope: &Scope<'t>) -> Vec<Foreign> {
        let ExprKind::String(parts) = &expr.kind else { return Vec::new() };
        let mut found = Vec::new();
        for part in parts {
            let StringPart::Plain(text) = part else { continue };
            // Without escapes, the source is exactly the text between two quotes.
            let exact = expr.span.start as usize + text.len() + 2 == expr.span.end as usize;
            let mut from = 0;
            for (start, _) in text.match_indices(['$', '#', '{']) {
                let opener = openers.iter().find(|opener| text[start..].starts_with(**opener));
                let Some(opener) = opener.filter(|_| start >= from) else { continue };
                let inside = &text[start + opener.len()..];
                let path = &inside[..inside.len() - inside.trim_start_matches(of_path).len()];
                from = start + opener.len() + path.len();
                let path = path.trim();
                let first = path.split('.').next().unwrap_or_default();
                if !text[from..].starts_with('}') || !is_path(path) || !self.is_name(first, scope) {
                    continue;
                }
                let end = from + 1;
                let place = |at: usize| expr.span.start + 1 + offset(at);
                found.push(Foreign {
                    at: match exact {
                        true => Span { start: place(start), end: place(end), ..expr.span },
                        false => expr.span,
                    },
                    written: text[start..end].to_owned(),
                    filled: format!("\\({path})"),
                    exact,
                });
            }
        }
        found
    }

    /// Whether a bare name resolves in a scope.
    pub(super) fn is_name(&self, name: &str, scope: &Scope<'t>) -> bool {
        name == "self"
            || name == "stack"
            || scope.locals.iter().any(|(known, _)| *known == name)
            || scope.fields.is_some_and(|id| self.program.schema(id).fields.contains_key(name))
            || self.program.named(scope.module, name).is_some()
    }
}

/// Whether a character may appear between the braces: names, dots and spaces.
fn of_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' ')
}

/// Whether a string consists of names separated by dots.
fn is_path(text: &str) -> bool {
    text.split('.').all(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
