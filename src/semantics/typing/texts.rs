//! Strings that were meant to be filled in: `${name}` means something in shells, HCL and JavaScript,
//! and is plain text here.

use super::*;

impl<'t> Typing<'_, 't> {
    /// Warns about `${name}` where there is such a name.
    pub(super) fn foreign_interpolation(&mut self, expr: &'t Expr, parts: &'t [TextPart], scope: &Scope<'t>) {
        for part in parts {
            let TextPart::Plain(text) = part else { continue };
            for (start, _) in text.match_indices("${") {
                let Some((path, _)) = text[start + 2..].split_once('}') else { continue };
                let first = path.split('.').next().unwrap_or_default();
                if !is_path(path) || !self.is_name(first, scope) {
                    continue;
                }
                let written = format!("${{{path}}}");
                let report = Report::warning(&INTERPOLATION, format!("`{written}` is plain text here"));
                let filled = format!("\\({path})");
                // Without escapes the text stands as it is between two quotes.
                let quoted = expr.span.start as usize + text.len() + 2 == expr.span.end as usize;
                let report = if quoted {
                    let start = expr.span.start + 1 + start as u32;
                    let at = Span { start, end: start + written.len() as u32, ..expr.span };
                    report.at(at, "not filled in").suggest(
                        format!("for the value of `{path}`, write `{filled}`"),
                        at,
                        &filled,
                    )
                } else {
                    report
                        .at(expr.span, "not filled in")
                        .help(format!("for the value of `{path}`, write `{filled}`, in a string without `r`"))
                };
                self.problems.push(report);
            }
        }
    }

    /// Whether a bare name means something where an expression stands.
    fn is_name(&self, name: &str, scope: &Scope<'t>) -> bool {
        name == "self"
            || name == "stack"
            || scope.locals.iter().any(|(known, _)| *known == name)
            || scope.fields.is_some_and(|id| self.program.schema(id).fields.contains_key(name))
            || self.program.named(scope.module, name).is_some()
    }
}

/// Whether a text is names with dots between them.
fn is_path(text: &str) -> bool {
    text.split('.').all(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
