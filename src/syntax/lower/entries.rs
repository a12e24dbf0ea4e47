//! Lowers the entries of a block.

use super::{
    ABSENT, Block, COLON, DEPTH, Diagnostic, Entry, EntryKind, Expr, ExprKind, Field, FieldValue, Key, Lower,
    MAX_DEPTH, MAX_LINKS, P, Pairs, Peekable, Rule, Span, UNREADABLE, doc_text, next_if, stray_report,
    wording,
};

impl<'a> Lower<'a> {
    pub(super) fn block(&mut self, pair: P<'a>) -> Block {
        let span = self.span(&pair);
        let entries = self.entries(pair.into_inner());
        self.new_block(span, true, entries)
    }

    /// Lowers the entries of a block, or of a piece of one.
    pub(super) fn entries(&mut self, pairs: Pairs<'a, Rule>) -> Vec<Entry> {
        let mut inner = pairs.peekable();
        let mut entries: Vec<Entry> = Vec::with_capacity(inner.len());
        let mut doc = Vec::new();
        let mut previous: Option<usize> = None;
        // Whether the previous entry was not separated from the one before it, and whether the last entry
        // that was separated is a check.
        let (mut unread, mut of_check) = (false, false);
        while let Some(pair) = inner.next() {
            let start = pair.as_span().start();
            match pair.as_rule() {
                Rule::doc => {
                    doc.push(doc_text(&pair));
                    continue;
                }
                Rule::close_brace | Rule::EOI => continue,
                Rule::stray => {
                    let on_line = previous.is_some_and(|end| !self.text[end..start].contains('\n'));
                    let holds = pair.as_str().starts_with('[') && !pair.as_str().starts_with("[]");
                    if on_line && of_check && self.foreign_condition(start) {
                        continue;
                    }
                    match previous {
                        Some(end) if on_line && self.in_schema && holds => self.unseparated(end, &pair),
                        _ => self.report_stray(&pair),
                    }
                    continue;
                }
                _ => {}
            }
            if let Some(end) = previous {
                let between = &self.text[end..start];
                unread &= !between.contains('\n');
                // The rest of the line belongs to the unseparated entries.
                if unread || !between.contains(['\n', ',']) {
                    if !unread && of_check {
                        self.after_check(end, &pair);
                    } else if !unread {
                        self.unseparated(end, &pair);
                    }
                    unread = true;
                    previous = Some(pair.as_span().end());
                    continue;
                }
            }
            of_check = pair.as_rule() == Rule::check;
            let follower = inner.peek().filter(|next| {
                next.as_rule() == Rule::stray
                    && !self.text[pair.as_span().end()..next.as_span().start()].contains('\n')
            });
            let follower = follower.map(|p| (p.as_span().start(), p.as_str().trim_end()));
            previous = Some(start + pair.as_str().trim_end().len());
            let doc = std::mem::take(&mut doc).join("\n");
            if let Some(entry) = self.entry(pair, doc, follower) {
                entries.push(entry);
            }
        }
        entries
    }

    pub(super) fn entry(
        &mut self,
        pair: P<'a>,
        doc: String,
        follower: Option<(usize, &str)>,
    ) -> Option<Entry> {
        let span = self.trimmed(&pair);
        let kind = match pair.as_rule() {
            Rule::field => EntryKind::Field(self.field(pair, follower)?),
            Rule::check => EntryKind::Check(Box::new(self.check(pair)?)),
            Rule::for_entry => {
                let mut inner = pair.into_inner().peekable();
                let mut names = Vec::new();
                while let Some(name) = next_if(&mut inner, Rule::ident) {
                    names.push(self.name(&name));
                }
                let source = self.operand(inner.next()?, "`in` and a list", "write `for x in list { … }`");
                let body = self.body(inner.next()?, "loop");
                EntryKind::For { names, source, body }
            }
            Rule::if_entry => self.if_entry(pair)?,
            Rule::rejects => {
                let mut inner = pair.into_inner();
                let body = self.block(inner.next()?);
                let code = inner.next().map(|p| self.name(&p));
                EntryKind::Rejects { body, code }
            }
            _ => return None,
        };
        Some(Entry { doc, span, kind })
    }

    pub(super) fn if_entry(&mut self, pair: P<'a>) -> Option<EntryKind> {
        let whole = self.trimmed(&pair);
        let mut inner = pair.into_inner().peekable();
        let mut links = vec![(whole, self.if_link(&mut inner)?)];
        while let Some(pair) = next_if(&mut inner, Rule::else_if) {
            let span = Span { end: whole.end, ..self.span(&pair) };
            links.push((span, self.if_link(&mut pair.into_inner().peekable())?));
        }
        let mut otherwise = inner.next().map(|pair| self.body(pair, "`else`"));
        self.short_enough(whole, links.len())?;
        while let Some((span, (condition, then))) = links.pop() {
            let kind = EntryKind::If { condition, then, otherwise };
            if links.is_empty() {
                return Some(kind);
            }
            let entry = Entry { doc: String::new(), span, kind };
            otherwise = Some(self.new_block(span, true, vec![entry]));
        }
        None
    }

    /// Lowers the condition and the block of an `if`.
    pub(super) fn if_link(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>) -> Option<(Expr, Block)> {
        let mut condition = self.operand(inner.next()?, "a condition", CONDITION);
        // If the condition is incomplete, the block has been parsed as a record expression.
        if inner.peek().is_some_and(|pair| pair.as_rule() == Rule::missing)
            && let Some((block, what, help)) = last_record(&mut condition)
        {
            inner.next();
            self.report_absent(Span { end: block.span.start, ..block.span }, what, help);
            return Some((condition, block));
        }
        Some((condition, self.body(inner.next()?, "`if`")))
    }

    /// Reports a chain of operators or of `else if` that is too long for later stages to recurse into.
    pub(super) fn short_enough(&mut self, span: Span, links: usize) -> Option<()> {
        if links <= MAX_LINKS {
            return Some(());
        }
        self.emit(
            Diagnostic::error(&DEPTH, format!("this chain has more than {MAX_LINKS} links"))
                .at(span, "")
                .help("give a part of it a name with `let`, or use a list"),
        );
        None
    }

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
        let value = value.trim_start_matches([':', '=']).trim().to_owned();
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

/// Help for an incomplete `if`.
const CONDITION: &str = "write `if condition { … }`";

/// Takes the record off the end of an expression, and returns it with what is missing in its place and how
/// to write that.
fn last_record(expr: &mut Expr) -> Option<(Block, &'static str, &'static str)> {
    match &mut expr.kind {
        ExprKind::Record(_) => {
            expr.span.end = expr.span.start;
            match std::mem::replace(&mut expr.kind, ExprKind::Missing) {
                ExprKind::Record(block) => Some((block, "a condition", CONDITION)),
                _ => None,
            }
        }
        ExprKind::Infix(_, _, _, last) | ExprKind::Prefix(_, last) => last_record(last)
            .map(|(block, ..)| (block, "a value after the operator", "write the right-hand side")),
        _ => None,
    }
}
