//! The entries of a block.

use super::{
    ABSENT, Block, COLON, DEPTH, Entry, EntryKind, Expr, Field, FieldValue, Key, Lower, MAX_DEPTH, MAX_LINKS,
    P, Pairs, Peekable, Report, Rule, SEPARATOR, Span, UNREADABLE, doc_text, next_if, stray_report, wording,
};

impl<'a> Lower<'a> {
    pub(super) fn block(&mut self, pair: P<'a>) -> Block {
        let span = self.span(&pair);
        let mut inner = pair.into_inner().peekable();
        let mut entries: Vec<Entry> = Vec::with_capacity(inner.len());
        let mut doc = Vec::new();
        let mut previous: Option<usize> = None;
        // Whether the entry before could not be told from the one before it, and whether that was a check.
        let (mut unread, mut of_check) = (false, false);
        while let Some(pair) = inner.next() {
            let start = pair.as_span().start();
            match pair.as_rule() {
                Rule::doc => {
                    doc.push(doc_text(&pair));
                    continue;
                }
                Rule::close_brace => continue,
                Rule::stray => {
                    let on_line = previous.is_some_and(|end| !self.text[end..start].contains('\n'));
                    let holds = pair.as_str().starts_with('[') && !pair.as_str().starts_with("[]");
                    if on_line && of_check && self.foreign_condition(start) {
                        continue;
                    }
                    match previous {
                        Some(end) if on_line && self.in_schema && holds => self.unseparated(end, &pair),
                        _ => self.stray(&pair),
                    }
                    continue;
                }
                _ => {}
            }
            if let Some(end) = previous {
                let between = &self.text[end..start];
                unread &= !between.contains('\n');
                // What follows on the line is part of what can't be told apart.
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
        self.new_block(span, true, entries)
    }

    /// Something follows an entry on its line.
    pub(super) fn unseparated(&mut self, end: usize, pair: &P) {
        let start = pair.as_span().start();
        let word: &str = pair.as_str().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let joined = matches!(word, "and" | "or") || self.text[..end].ends_with("not");
        if joined && self.foreign_condition(start) {
            return;
        }
        let report =
            self.foreign_entry(end, word, pair).or_else(|| self.misplaced_bracket(end, pair)).unwrap_or_else(
                // What is no word, such as `(key) = …`, is shown by its first character.
                || match pair.as_str().chars().next() {
                    Some(first) if word.is_empty() => {
                        self.no_separator(end, &pair.as_str()[..first.len_utf8()], pair)
                    }
                    _ => self.no_separator(end, word, pair),
                },
            );
        self.tell(report);
    }

    /// The report about a second part of an entry as other languages write it.
    fn foreign_entry(&self, end: usize, word: &str, pair: &P) -> Option<Report> {
        let start = pair.as_span().start();
        if word == "if" && !pair.as_str().contains('{') {
            let report = Report::error(&SEPARATOR, "a choice of values begins with `if`")
                .at(self.at(start, start + 2), "this is how Python writes it")
                .help("write `name = if condition { a } else { b }`");
            return Some(report);
        }
        if matches!(word, "elif" | "elsif" | "elseif") {
            let span = self.at(start, start + word.len());
            let report = Report::error(&SEPARATOR, "a further choice is written `else if`")
                .at(span, "a name, here")
                .fix("write `else if`", span, "else if");
            return Some(report);
        }
        if self.text[..end].ends_with(" with") && pair.as_str().starts_with('"') {
            let quoted = pair.as_str()[1..].find('"').map_or(1, |end| end + 2);
            let code = pair.as_str()[..quoted].trim_matches('"');
            let span = self.at(start, start + quoted);
            let report = Report::error(&SEPARATOR, "a code stands without quotes").at(span, "a string");
            return Some(report.fix(format!("write `{code}`"), span, code));
        }
        None
    }

    /// The report about a bracket behind a blank, or in a type.
    fn misplaced_bracket(&self, end: usize, pair: &P) -> Option<Report> {
        let start = pair.as_span().start();
        let begin = self.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let gives = self.text[begin..end].contains('=');
        let called = self.text[..end].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if gives && called && pair.as_str().starts_with('(') {
            let blank = self.at(end, start);
            return Some(
                Report::error(&SEPARATOR, "a function is called without a blank before its `(`")
                    .at(blank, "a blank")
                    .fix("remove it", blank, ""),
            );
        }
        (self.in_schema && !gives && pair.as_str().starts_with(['(', '['])).then(|| {
            Report::error(&SEPARATOR, "what a type holds stands in `<` and `>`")
                .at(self.at(start, start + 1), "not in these")
                .help("write it as in `names: Map<String>`")
        })
    }

    /// The report about an entry on the line of another, or a unit behind a blank.
    fn no_separator(&self, end: usize, word: &str, pair: &P) -> Report {
        const UNITS: &[&str] =
            &["ms", "s", "m", "h", "d", "w", "y", "Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T"];
        let start = pair.as_span().start();
        let before = self.text[..end]
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .next()
            .unwrap_or_default();
        let number = before.starts_with(|c: char| c.is_ascii_digit());
        let lone = pair.as_str().trim_end() == word;
        let word_end = match word.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            true => start + word.len(),
            false => start + 1,
        };
        let span = self.at(start, word_end);
        if !(number && (UNITS.contains(&word) || lone)) {
            return Report::error(&SEPARATOR, format!("`{word}` starts a new entry on the same line"))
                .at(span, "a newline or a comma belongs before this")
                .suggest("put a `,` before it, or write it on a line of its own", self.at(end, end), ",");
        }
        let report = Report::error(&SEPARATOR, "a number and its unit are written without a blank")
            .at(self.at(end, span.end as usize), "remove this blank");
        match UNITS.contains(&word) {
            true => report.fix(format!("write `{before}{word}`"), self.at(end, start), ""),
            false => report.help("write a unit right behind the number, as in `15s`, `30d` or `10Gi`"),
        }
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

    /// The condition and the block of an `if`.
    pub(super) fn if_link(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>) -> Option<(Expr, Block)> {
        let condition = self.operand(inner.next()?, "the condition", "write `if condition { … }`");
        Some((condition, self.body(inner.next()?, "`if`")))
    }

    /// Whether a chain of operators, or of `else if`, is one that later stages go down.
    pub(super) fn short_enough(&mut self, span: Span, links: usize) -> Option<()> {
        if links <= MAX_LINKS {
            return Some(());
        }
        self.tell(
            Report::error(&DEPTH, format!("this is a chain of more than {MAX_LINKS}"))
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
                        // Told already; the field is there, and what it is given is not looked at.
                        continue;
                    }
                    let mut inner = pair.into_inner();
                    ty = inner.next().map(|p| Box::new(self.ty(p)));
                    if let Some(pair) = inner.next() {
                        value =
                            FieldValue::Expr(self.operand(pair, "the default", "write a value after `=`"));
                    }
                }
                Rule::assign => {
                    let nothing =
                        pair.clone().into_inner().next().is_some_and(|p| p.as_rule() == Rule::missing);
                    if let Some((start, text)) = follower.filter(|_| nothing) {
                        self.tell(stray_report(text, self.at(start, start + text.len())));
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
            self.tell(
                Report::error(&DEPTH, format!("this path has more than {MAX_DEPTH} segments")).at(span, ""),
            );
            return None;
        }
        Some(Field { annotations, path, ty, value })
    }

    /// `name value`, `name` alone.
    pub(super) fn no_value(&mut self, path: &[Key], end: usize, follower: Option<(usize, &str)>) {
        let name = path_text(path);
        let report = match follower {
            Some((start, text))
                if text.starts_with('-') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic()) =>
            {
                let whole = format!("{name}{}", text.split([' ', '=', '{', ':']).next().unwrap_or_default());
                Report::error(&UNREADABLE, "a name has no dashes")
                    .at(
                        self.at(end - name.len().min(end), start + whole.len() - name.len()),
                        "a dash is a minus here",
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
                Report::error(&COLON, format!("the code of a `{name}` stands in brackets"))
                    .at(self.at(end, end), "`[` and a code, or the condition")
                    .help(format!("write `{name} [my-rule] condition, \"message\"`"))
            }
            Some((start, text))
                if text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || c == '-') =>
            {
                Report::error(&COLON, format!("`=` is missing after `{name}`"))
                    .at(self.at(end, end), "here")
                    .fix(format!("write `{name} = {}`", wording::short(text)), self.at(end, start), " = ")
            }
            Some((start, text)) => stray_report(text, self.at(start, start + text.len())),
            None => Report::error(&ABSENT, format!("`{name}` has no value"))
                .at(self.at(end, end), "here")
                .help(format!("write `{name} = …`, or `{name} {{ … }}` for a block")),
        };
        self.tell(report);
    }

    /// `name "text"` without a block.
    pub(super) fn keyed_nothing(&mut self, name: &str, key: &Key, at: Option<Span>) {
        let Some(at) = at else { return };
        let span = key.span();
        if name == "for" {
            let report = Report::error(&COLON, "the names of a loop stand without parentheses")
                .at(span, "not needed")
                .help("write `for x in list { … }`, or `for key, value in map { … }`");
            return self.tell(report);
        }
        let shown = self.text[span.start as usize..span.end as usize].to_owned();
        if matches!(name, "check" | "warn") {
            let report = Report::error(&COLON, format!("the code of a `{name}` stands in brackets"))
                .at(span, "not a code")
                .help(format!("write `{name} [my-rule] condition, \"message\"`"));
            return self.tell(report);
        }
        let report = Report::error(&COLON, format!("`{name}` is followed by a value without `=`"))
            .at(at.after(), "`=` or a block is missing")
            .suggest(
                format!("write `{name} = {shown}`"),
                self.at(at.end as usize, span.start as usize),
                " = ",
            )
            .help(format!("for an entry of a map, write `{name} {shown} {{ … }}`"));
        self.tell(report);
    }

    /// `name: value` in a stack.
    pub(super) fn colon(&mut self, path: &[Key], span: Span, pair: &P, follower: Option<(usize, &str)>) {
        let name = path_text(path);
        let value = match follower {
            Some((start, text)) if start <= span.end as usize + 1 => format!("{}{}", pair.as_str(), text),
            _ => pair.as_str().to_owned(),
        };
        let value = value.trim_start_matches([':', '=']).trim().to_owned();
        let colon = Span { end: span.start + 1, ..span };
        let report = Report::error(&COLON, format!("`{name}` is given its value by `=`, not by `:`"))
            .at(colon, "write `=` here");
        let report = match value.is_empty() {
            true => report.help(format!("write `{name} {{ … }}` for a block of settings")),
            false if value.starts_with(|c: char| c.is_ascii_alphabetic()) && value.contains(':') => {
                report.help(format!("write `{name} = \"{}\"`", wording::short(&value)))
            }
            false => report.fix(format!("write `{name} = {}`", wording::short(&value)), colon, " ="),
        };
        self.tell(report);
    }

    pub(super) fn path(&mut self, pair: P<'a>) -> Vec<Key> {
        let segments = pair.into_inner();
        let mut keys = Vec::with_capacity(segments.len() + 1);
        for segment in segments {
            match segment.as_rule() {
                Rule::missing => {
                    let span = self.span(&segment);
                    self.absent(span, "the name after `.`", "write the field's name, or remove the `.`");
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

/// `scrape-interval` as a field would be called.
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
