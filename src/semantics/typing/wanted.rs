//! An expression where a type is wanted, and what is said where it is of another.

use super::*;

impl<'p, 't> Typing<'p, 't> {
    /// An expression where a type is wanted.
    pub(super) fn want(&mut self, expr: &'t Expr, want: &Type, scope: &Scope, place: Option<&Place>) {
        match (&expr.kind, want.plain()) {
            (ExprKind::Number(text), plain) => self.number(expr, text, plain, place),
            (ExprKind::Text(_), Type::Words(words)) if expr.plain_text().is_some() => {
                let text = expr.plain_text().unwrap_or_default();
                if !words.iter().any(|word| &**word == text) {
                    let report = self.wrong_word(expr.span, text, words, place);
                    self.tell(expr.span, report);
                }
            }
            (ExprKind::Text(_), Type::Endpoint) if expr.plain_text().is_some() => {
                if let Err(why) = endpoint(expr.plain_text().unwrap_or_default()) {
                    let report = Report::error(
                        &MISMATCH,
                        format!("{} is a host and a port, `host:port`", subject(place)),
                    )
                    .at(expr.span, why)
                    .help("write it as in `\"orchestrator:8080\"`");
                    self.tell(expr.span, report);
                }
            }
            // Untyped records take the type of where they stand.
            (ExprKind::Name(name), Type::Schema(_) | Type::Map(_))
                if self.program.lets.get(&**name).is_some_and(|c| {
                    c.ty.is_none()
                        && matches!(c.value.kind, ExprKind::Record(_) | ExprKind::Infix(InfixOp::Merge, ..))
                }) =>
            {
                let constant = &self.program.lets[&**name];
                self.want(constant.value, want, &Scope::default(), place);
            }
            (
                ExprKind::Infix(InfixOp::Merge, _, left, right),
                Type::Schema(_) | Type::Map(_) | Type::Data,
            ) => {
                self.want(left, want, scope, place);
                self.want(right, want, scope, place);
            }
            (ExprKind::List(items), Type::Data) => {
                for item in items {
                    self.want(item, &Type::Data, scope, None);
                }
            }
            (ExprKind::List(items), Type::List(inner)) => {
                for item in items {
                    self.value(
                        item,
                        inner,
                        scope,
                        &Place { path: place.map_or("", |p| p.path), field: None },
                    );
                }
            }
            (ExprKind::Record(block), Type::Schema(_) | Type::Map(_) | Type::Data) => {
                let inner = Scope { record: Some(want.plain().clone()), ..scope.clone() };
                let path = place.map_or("", |p| p.path);
                self.block(block, want.plain(), &inner, path, &mut HashMap::new());
            }
            (ExprKind::If(condition, then, otherwise), _) => {
                self.want(condition, &Type::Bool, scope, None);
                self.want(then, want, &self.narrowed(condition, true, scope), place);
                self.want(otherwise, want, &self.narrowed(condition, false, scope), place);
            }
            (ExprKind::Infix(InfixOp::Else, _, left, right), _) => {
                let optional = Type::Optional(Rc::new(want.present().clone()));
                self.want(left, &optional, scope, place);
                self.want(right, want, scope, place);
            }
            (ExprKind::Call(function, arguments), _)
                if matches!(&function.kind, ExprKind::Name(n) if matches!(&**n, "min" | "max"))
                    && arguments.len() > 1
                    && matches!(want.plain(), Type::Quantity(_)) =>
            {
                for argument in arguments {
                    self.want(argument, want.plain(), scope, place);
                }
            }
            _ => {
                let found = self.infer(expr, scope);
                self.compare(expr, &found, want, place);
            }
        }
    }

    /// Reports when a type that was found does not fit.
    pub(super) fn compare(&mut self, expr: &'t Expr, found: &Type, want: &Type, place: Option<&Place>) {
        if want.accepts(found) {
            if *found == Type::Minutes
                && let Type::Quantity(unit) = want.plain()
            {
                self.tables.units.insert(expr.span, *unit);
            }
            return;
        }
        if let Type::Optional(inner) = found
            && want.accepts(inner)
        {
            let shown = path_text(expr).unwrap_or_else(|| "this".into());
            let report = Report::error(&OPTIONAL, format!("`{shown}` may be absent"))
                .at(expr.span, "not known to be set here")
                .help(format!("write `{shown} ?? {}`, or ask `isSet({shown})` first", want.example()));
            self.tell(expr.span, report);
            return;
        }
        let (origin, through) = self.origin(expr);
        let mut report = Report::error(
            &MISMATCH,
            format!("{} is {}, and this is {}", subject(place), want.in_words(), found.in_words()),
        );
        report = report.at(expr.span, if through.is_some() { found.in_words() } else { String::new() });
        if let Some(name) = through {
            report = report.because(origin.span, format!("`{name}` is given here"));
            if *found == Type::Minutes
                || matches!(found, Type::Quantity(Unit::Duration))
                    && matches!(want.plain(), Type::Quantity(Unit::Cpu))
            {
                report = report.help(format!("write `let {name}: Cpu = …`"));
            }
        }
        report = self.about(report, place);
        let unquoted = expr.plain_text().filter(|text| reads_as(text, want.plain()));
        report = match unquoted {
            Some(text) => report.fix(format!("write `{text}`, without quotes"), expr.span, text),
            None => report.help(format!("a right value looks like `{}`", example(place, want))),
        };
        self.tell(expr.span, report);
    }

    /// The literal behind a constant's name.
    pub(super) fn origin(&self, expr: &'t Expr) -> (&'t Expr, Option<&'t str>) {
        if let ExprKind::Name(name) = &expr.kind
            && let Some(constant) = self.program.lets.get(&**name)
        {
            return (constant.value, Some(name));
        }
        (expr, None)
    }

    pub(super) fn about(&self, report: Report, place: Option<&Place>) -> Report {
        match place.and_then(|p| p.field.map(|f| (p.path, f))) {
            Some((path, field)) if !field.doc.is_empty() => {
                report.note(format!("`{path}`: {}", field.doc.trim_end_matches('.').replace('\n', " ")))
            }
            _ => report,
        }
    }

    pub(super) fn wrong_word(
        &self,
        span: Span,
        text: &str,
        words: &[Rc<str>],
        place: Option<&Place>,
    ) -> Report {
        let title = format!("{} can't be \"{}\"", subject(place), wording::short(text));
        let report = Report::error(&WORD, title).at(span, "none of the allowed words");
        let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
        match wording::nearest(text, words.iter().map(|w| &**w)) {
            Some(near) => report.fix(format!("did you mean \"{near}\"?"), span, &format!("\"{near}\"")),
            None => report.help(format!("it is {}", wording::one_of(&quoted))),
        }
    }
}

/// Something a person may type for a field: its default, where that is a literal.
pub(super) fn example(place: Option<&Place>, ty: &Type) -> String {
    let own = place.and_then(default_text).filter(|text| reads_as(text, ty.plain()));
    own.unwrap_or_else(|| ty.example()).to_owned()
}

/// The number that a field has by default.
pub(super) fn default_text<'t>(place: &Place<'_, 't>) -> Option<&'t str> {
    match &place.field?.default?.kind {
        ExprKind::Number(text) => Some(text),
        _ => None,
    }
}

pub(super) fn key_text(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

pub(super) fn subject(place: Option<&Place>) -> String {
    match place {
        Some(place) if !place.path.is_empty() => format!("`{}`", key_text(place.path)),
        _ => "what is wanted here".into(),
    }
}
