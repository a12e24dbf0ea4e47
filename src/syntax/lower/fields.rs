//! Lowers fields: paths, and the values they are given.

use super::{
    ABSENT, COLON, DEPTH, Diagnostic, Field, FieldValue, Key, Lower, MAX_DEPTH, P, Rule, Span, UNREADABLE,
    stray_report, wording,
};

impl<'a> Lower<'a> {
    pub(super) fn field(&mut self, pair: P<'a>, follower: Option<(usize, &str)>) -> Option<Field> {
        let mut annotations = Vec::new();
        let mut path = Vec::new();
        let (mut ty, mut value) = (None, FieldValue::Nothing);
        let end = pair.as_span().start() + pair.as_str().trim_end().len();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::annotation => annotations.extend(pair.into_inner().next().map(|p| self.name(&p))),
                Rule::path => path = self.path(pair),
                Rule::typed => {
                    let span = self.span(&pair);
                    if !self.in_schema {
                        self.colon(&path, span, &pair, follower);
                        // Already reported: keep the field, but ignore its value.
                        continue;
                    }
                    let mut inner = pair.into_inner();
                    ty = inner.next().map(|p| Box::new(self.ty(p)));
                    let default = inner.next();
                    let default =
                        default.map(|p| self.operand(p, "a default value", "write a value after `=`"));
                    value = default.map_or(value, FieldValue::Expr);
                }
                Rule::assign => {
                    let nothing =
                        pair.clone().into_inner().next().is_some_and(|p| p.as_rule() == Rule::missing);
                    if let Some((start, text)) = follower.filter(|_| nothing) {
                        self.emit(stray_report(text, self.at(start, start + text.len())));
                    }
                    value = FieldValue::Expr(self.assigned(pair, || path_text(&path), "field"))
                }
                Rule::block => value = FieldValue::Block(self.block(pair)),
                Rule::keyed => {
                    let mut inner = pair.into_inner();
                    let key = inner.next()?;
                    let key = self.map_key(key)?;
                    let body = inner.next()?;
                    value = match body.as_rule() {
                        Rule::block => FieldValue::Block(self.block(body)),
                        Rule::assign => FieldValue::Expr(self.assigned(body, || path_text(&path), "field")),
                        _ => {
                            self.keyed_nothing(&path_text(&path), &key, path.last().map(Key::span));
                            FieldValue::Nothing
                        }
                    };
                    path.push(key);
                }
                Rule::missing => self.no_value(&path, end, follower),
                _ => {}
            }
        }
        if path.len() > MAX_DEPTH {
            let span = path.first()?.span().to(path.last()?.span());
            self.emit(
                Diagnostic::error(&DEPTH, format!("this path has more than {MAX_DEPTH} segments"))
                    .at(span, ""),
            );
            return None;
        }
        Some(Field { annotations, path, ty, value })
    }

    /// Reports `name value`, or `name` alone.
    pub(super) fn no_value(&mut self, path: &[Key], end: usize, follower: Option<(usize, &str)>) {
        let name = path_text(path);
        let report = match follower {
            Some((start, text))
                if text.starts_with('-') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic()) =>
            {
                let whole = format!("{name}{}", text.split([' ', '=', '{', ':']).next().unwrap_or_default());
                Diagnostic::error(&UNREADABLE, "a name can't contain dashes")
                    .at(
                        self.at(end - name.len().min(end), start + whole.len() - name.len()),
                        "the dash is read as a minus",
                    )
                    .help(format!(
                        "fields are written `{}`; the key of a map stands in quotes, `\"{whole}\"`",
                        camel(&whole)
                    ))
            }
            Some((_, text))
                if matches!(&*name, "check" | "warn")
                    && text.starts_with(|c: char| c.is_ascii_alphabetic()) =>
            {
                Diagnostic::error(&COLON, format!("expected `[` before the code of a `{name}`"))
                    .at(self.at(end, end), "expected `[` and a code, or a condition")
                    .help(format!("write `{name} [my-rule] condition, \"message\"`"))
            }
            Some((start, text))
                if text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || c == '-') =>
            {
                Diagnostic::error(&COLON, format!("expected `=` after `{name}`"))
                    .at(self.at(end, end), "missing here")
                    .fix(format!("write `{name} = {}`", wording::short(text)), self.at(end, start), " = ")
            }
            Some((start, text)) => stray_report(text, self.at(start, start + text.len())),
            None => Diagnostic::error(&ABSENT, format!("expected a value for `{name}`"))
                .at(self.at(end, end), "missing here")
                .help(format!("write `{name} = …`, or `{name} {{ … }}` for a block")),
        };
        self.emit(report);
    }

    /// Reports `name "text"` without a block.
    pub(super) fn keyed_nothing(&mut self, name: &str, key: &Key, at: Option<Span>) {
        let Some(at) = at else { return };
        let span = key.span();
        if name == "for" {
            let report = Diagnostic::error(&COLON, "expected loop variables, found parentheses")
                .at(span, "not needed")
                .help("write `for x in list { … }`, or `for key, value in map { … }`");
            return self.emit(report);
        }
        let shown = self.text[span.start as usize..span.end as usize].to_owned();
        if matches!(name, "check" | "warn") {
            let report = Diagnostic::error(&COLON, format!("expected `[` before the code of a `{name}`"))
                .at(span, "not a code")
                .help(format!("write `{name} [my-rule] condition, \"message\"`"));
            return self.emit(report);
        }
        let report =
            Diagnostic::error(&COLON, format!("expected `=` or a block after `{name}`, found a value"))
                .at(at.after(), "missing here")
                .suggest(
                    format!("write `{name} = {shown}`"),
                    self.at(at.end as usize, span.start as usize),
                    " = ",
                )
                .help(format!("for an entry of a map, write `{name} {shown} {{ … }}`"));
        self.emit(report);
    }

    /// Reports `name: value` outside a schema.
    pub(super) fn colon(&mut self, path: &[Key], span: Span, pair: &P, follower: Option<(usize, &str)>) {
        let name = path_text(path);
        let value = match follower {
            Some((start, text)) if start <= span.end as usize + 1 => format!("{}{}", pair.as_str(), text),
            _ => pair.as_str().to_owned(),
        };
        let value = value.trim_start_matches([':', '=', ' ']).trim().to_owned();
        let colon = Span { end: span.start + 1, ..span };
        let report = Diagnostic::error(&COLON, format!("expected `=` after `{name}`, found `:`"))
            .at(colon, "use `=` here");
        let report = match value.is_empty() {
            true => report.help(format!("write `{name} {{ … }}` for a block of settings")),
            false if value.starts_with(|c: char| c.is_ascii_alphabetic()) && value.contains(':') => {
                report.help(format!("write `{name} = \"{}\"`", wording::short(&value)))
            }
            false => report.fix(format!("write `{name} = {}`", wording::short(&value)), colon, " ="),
        };
        self.emit(report);
    }

    pub(super) fn path(&mut self, pair: P<'a>) -> Vec<Key> {
        let segments = pair.into_inner();
        let mut keys = Vec::with_capacity(segments.len() + 1);
        for segment in segments {
            match segment.as_rule() {
                Rule::missing => {
                    let span = self.span(&segment);
                    self.report_absent(span, "a name after `.`", "write the field's name, or remove the `.`");
                }
                _ => keys.extend(self.map_key_inner(segment)),
            }
        }
        keys
    }

    pub(super) fn map_key(&mut self, pair: P<'a>) -> Option<Key> {
        let pair = pair.into_inner().next()?;
        self.map_key_inner(pair)
    }

    pub(super) fn map_key_inner(&mut self, pair: P<'a>) -> Option<Key> {
        Some(match pair.as_rule() {
            Rule::ident => Key::Name(self.name(&pair)),
            Rule::string => {
                let expr = self.text_expr(pair);
                match expr.plain_text() {
                    Some(text) => Key::Name(self.new_name(text, expr.span)),
                    None => Key::Computed(expr),
                }
            }
            Rule::key_ref => Key::Computed(self.chain(pair)?),
            _ => Key::Computed(self.primary(pair)),
        })
    }
}

pub(super) fn path_text(path: &[Key]) -> String {
    let segment = |key: &Key| match key {
        Key::Name(name) => name.text.to_string(),
        Key::Computed(_) => "…".to_owned(),
    };
    path.iter().map(segment).collect::<Vec<_>>().join(".")
}

/// Converts a name such as `scrape-interval` to camel case, as fields are written.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}
