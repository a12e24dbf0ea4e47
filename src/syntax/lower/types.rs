//! Lowers types.

use super::{Diagnostic, Lower, Name, P, Rule, Span, TypeExpr, TypeKind, UNCLOSED, UNREADABLE, wording};

impl<'a> Lower<'a> {
    pub(super) fn ty(&mut self, pair: P<'a>) -> TypeExpr {
        let span = self.trimmed(&pair);
        if pair.as_rule() == Rule::missing {
            self.report_absent(span, "a type", "write `= T`");
            return TypeExpr { span, kind: TypeKind::Missing };
        }
        let mut atoms = Vec::new();
        let mut optional = false;
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::optional => optional = true,
                _ => atoms.push(self.type_atom(pair)),
            }
        }
        let ty = match atoms.len() {
            1 => atoms.remove(0),
            _ => TypeExpr { span, kind: TypeKind::Either(atoms) },
        };
        match optional {
            true => TypeExpr { span, kind: TypeKind::Optional(Box::new(ty)) },
            false => ty,
        }
    }

    pub(super) fn type_atom(&mut self, pair: P<'a>) -> TypeExpr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::string => match self.text_expr(pair).plain_text() {
                Some(word) => TypeKind::Word(word.into()),
                None => TypeKind::Missing,
            },
            Rule::list_type => match pair.into_inner().next() {
                Some(inner) => TypeKind::List(Box::new(self.ty(inner))),
                None => TypeKind::Missing,
            },
            Rule::generic => {
                let mut names = Vec::new();
                let mut argument = None;
                let whole = self.trimmed(&pair);
                let mut closed = false;
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::r#type => argument = Some(Box::new(self.ty(part))),
                        Rule::angle => closed = true,
                        _ => names.push(self.name(&part)),
                    }
                }
                if argument.is_some() && !closed {
                    let after = names.last().map_or(whole.start, |name: &Name| name.span.end) as usize;
                    let end = whole.end as usize;
                    self.emit(
                        Diagnostic::error(&UNCLOSED, "this `<` is not closed")
                            .at(self.at(after, after + 1), "opened here")
                            .fix("add `>`", self.at(end, end), ">"),
                    );
                }
                TypeKind::Name { name: self.joined(names), argument }
            }
            _ => {
                self.no_type(span);
                TypeKind::Missing
            }
        };
        TypeExpr { span, kind }
    }

    /// Reports what is in place of a type, such as a type written as in another language.
    fn no_type(&mut self, span: Span) {
        let start = span.start as usize;
        let rest = self.text[start..].lines().next().unwrap_or_default();
        let first = self.at(start, start + rest.chars().next().map_or(0, char::len_utf8));
        if let Some(inside) = rest.strip_prefix('(') {
            let report = Diagnostic::error(&UNREADABLE, "expected a type, found `(`").at(first, "not needed");
            let report = match inside.split_once(')') {
                Some((inside, _)) if !inside.contains('(') => {
                    let whole = self.at(start, start + inside.len() + 2);
                    report.fix(format!("write `{}`", wording::short(inside)), whole, inside)
                }
                _ => report.help("remove them"),
            };
            return self.emit(report);
        }
        if rest.starts_with('{') {
            let report = Diagnostic::error(&UNREADABLE, "expected a type, found a block")
                .at(first, "a block starts here")
                .help("write `Map<String>` for a map from strings, or declare a `schema` and write its name");
            return self.emit(report);
        }
        self.report_absent(span, "a type", "write `String`, `Int`, `Duration`, `Bytes`, …");
    }
}
