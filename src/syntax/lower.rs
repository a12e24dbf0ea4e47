//! pest's pairs to the tree, with the reports about what is missing or unreadable.

use super::parse::Rule;
use super::problems::*;
use super::scan::{MAX_DEPTH, MAX_LINKS};
use super::tree::*;
use crate::diagnostics::{Page, Report, wording};
use crate::source::{ChunkId, Span};
use pest::iterators::{Pair, Pairs};
use std::collections::HashSet;
use std::iter::Peekable;
use std::ops::Range;

type P<'a> = Pair<'a, Rule>;

/// Lowers one chunk.
pub(super) struct Lower<'a> {
    chunk: ChunkId,
    text: &'a str,
    muted: &'a [Range<u32>],
    /// Reports found so far: one a line.
    pub(super) problems: Vec<Report>,
    lines_told: HashSet<usize>,
    /// The line that was asked for last, and the position in it.
    last_line: (usize, usize),
    in_schema: bool,
}

impl<'a> Lower<'a> {
    pub(super) fn new(chunk: ChunkId, text: &'a str, muted: &'a [Range<u32>]) -> Self {
        Lower {
            chunk,
            text,
            muted,
            problems: Vec::new(),
            lines_told: HashSet::new(),
            last_line: (0, 0),
            in_schema: false,
        }
    }

    // ------------------------------------------------------------------------------- reporting

    fn span(&self, pair: &P) -> Span {
        let span = pair.as_span();
        self.at(span.start(), span.end())
    }

    fn at(&self, start: usize, end: usize) -> Span {
        Span { chunk: self.chunk, start: start as u32, end: end as u32 }
    }

    /// Keeps a report unless its line has one already: what follows on a line is a consequence.
    fn tell(&mut self, report: Report) {
        let Some(span) = report.primary() else { return };
        // The ranges are in order and apart.
        let before = self.muted.partition_point(|range| range.start <= span.start);
        let muted = before.checked_sub(1).is_some_and(|at| span.start <= self.muted[at].end);
        let line = self.line_of((span.start as usize).min(self.text.len()));
        if self.lines_told.insert(line) && !muted {
            self.problems.push(report);
        }
    }

    /// Where the line of a position begins; problems come nearly in order, so the last answer helps.
    fn line_of(&mut self, at: usize) -> usize {
        let (known, seen) = self.last_line;
        let from = if known <= at { seen.min(at).max(known) } else { 0 };
        let begin = if known <= at { known } else { 0 };
        let line = self.text[from..at].rfind('\n').map_or(begin, |found| from + found + 1);
        self.last_line = (line, at);
        line
    }

    fn absent(&mut self, at: Span, what: &str, help: &str) {
        let at = self.attach(at);
        self.tell(Report::error(&ABSENT, format!("{what} is missing")).at(at, "here").help(help));
    }

    /// An empty span moves back over blanks to the end of what stands before it.
    fn attach(&self, span: Span) -> Span {
        if span.start != span.end {
            return span;
        }
        let before = self.text[..span.start as usize].trim_end_matches([' ', '\t', '\r', '\n']);
        self.at(before.len(), before.len())
    }

    fn stray(&mut self, pair: &P) {
        let text = pair.as_str().trim_end();
        let start = pair.as_span().start();
        let span = self.at(start, start + text.len());
        let report = stray_report(text, span);
        self.tell(report);
    }

    // ----------------------------------------------------------------------------------- items

    pub(super) fn chunk(&mut self, pairs: Pairs<'a, Rule>) -> Vec<Item> {
        let mut items = Vec::new();
        let mut doc = Vec::new();
        for pair in pairs.flat_map(Pair::into_inner) {
            match pair.as_rule() {
                Rule::doc => doc.push(doc_text(&pair)),
                Rule::EOI => {}
                Rule::stray => {
                    self.stray_item(&pair);
                    doc.clear();
                }
                Rule::closer => self.unopened(&pair),
                _ => {
                    let doc = std::mem::take(&mut doc).join("\n");
                    items.extend(self.item(pair, doc));
                }
            }
        }
        items
    }

    fn unopened(&mut self, pair: &P) {
        let span = self.span(pair);
        let title = format!("this `{}` closes nothing", pair.as_str());
        self.tell(Report::error(&UNOPENED, title).at(span, "nothing is open here").help("remove it"));
    }

    /// Something between declarations.
    fn stray_item(&mut self, pair: &P) {
        let text = pair.as_str().trim_end();
        let start = pair.as_span().start();
        let word = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        let span = self.at(start, start + word.len().max(1));
        let keywords = ["import", "let", "fn", "type", "schema", "stack", "profile", "test"];
        if keywords.contains(&word) {
            let report = Report::error(&ABSENT, format!("the name after `{word}` is missing"))
                .at(span, "what is it called?")
                .help(format!("write `{}`", declaration_form(word)));
            return self.tell(report);
        }
        if word.is_empty() {
            return self.stray(pair);
        }
        let mut report = Report::error(&OUTSIDE, format!("`{word}` stands outside every declaration"))
            .at(span, "a file has `stack`, `profile`, `let`, `type`, `schema` and `import`");
        report = match wording::nearest(word, keywords) {
            Some(near) => report.fix(format!("did you mean `{near}`?"), span, near),
            None => report.help("settings stand inside `stack name { … }`"),
        };
        self.tell(report);
    }

    fn item(&mut self, pair: P<'a>, doc: String) -> Option<Item> {
        let span = self.trimmed(&pair);
        let rule = pair.as_rule();
        let mut inner = pair.into_inner().peekable();
        self.in_schema = rule == Rule::schema_item;
        let (name, kind) = match rule {
            Rule::import => {
                let path = self.text_expr(inner.next()?);
                let name = self.next_name(
                    &mut inner,
                    "a name for what is imported",
                    "write `import \"file\" as name`",
                );
                let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
                (name, ItemKind::Import { path, ty })
            }
            Rule::let_item => {
                let name = self.name(&inner.next()?);
                let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
                let value = self.assigned(inner.next()?, &name.text, "let");
                (name, ItemKind::Let { ty, value })
            }
            Rule::fn_item => {
                let name = self.name(&inner.next()?);
                let params = inner.next()?;
                let params = match params.as_rule() {
                    Rule::params => self.params(params),
                    _ => {
                        let span = self.span(&params);
                        self.absent(span, "the list of parameters", "write `fn name(a: T): T = …`");
                        Vec::new()
                    }
                };
                let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
                let body = self.assigned(inner.next()?, &name.text, "fn");
                (name, ItemKind::Fn { params, ty, body })
            }
            Rule::type_item => {
                let name = self.name(&inner.next()?);
                let ty = self.ty(inner.next()?);
                let condition =
                    inner.next().map(|p| self.operand(p, "a condition", "write what must hold for `it`"));
                let message = inner
                    .next()
                    .map(|p| self.operand(p, "the message", "write what the error should say, in quotes"));
                (name, ItemKind::Type { ty, condition, message })
            }
            Rule::schema_item => {
                let name = self.name(&inner.next()?);
                let parent = self.clause(&mut inner, Rule::name_ref, "the schema that is extended");
                let body = self.body(inner.next()?, "schema");
                (name, ItemKind::Schema { parent, body })
            }
            Rule::stack_item => {
                let name = self.next_name(&mut inner, "the stack's name", "write `stack name { … }`");
                let schema = self.clause(&mut inner, Rule::name_ref, "the stack's schema");
                let body = self.body(inner.next()?, "stack");
                (name, ItemKind::Stack { schema, body })
            }
            Rule::profile_item => {
                let name = self.name(&inner.next()?);
                let parent = self.clause(&mut inner, Rule::ident, "the profile that is extended");
                let body = self.body(inner.next()?, "profile");
                (name, ItemKind::Profile { parent, body })
            }
            Rule::test_item => {
                let title = inner.next()?;
                let name = Name { span: self.span(&title), text: title.as_str().trim_matches('"').into() };
                let profile = self.clause(&mut inner, Rule::ident, "the profile to test with");
                let body = self.body(inner.next()?, "test");
                (name, ItemKind::Test { profile, body })
            }
            _ => return None,
        };
        Some(Item { doc, span, name, kind })
    }

    /// An `extends`, `with` or `:` clause, where there is one before the block.
    fn clause(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>, rule: Rule, what: &str) -> Option<Name> {
        if let Some(pair) = next_if(inner, rule) {
            return Some(self.name(&pair));
        }
        // Two nodes left: the clause's name is the missing one, the other is the body.
        if inner.peek().is_some_and(|p| p.as_rule() == Rule::missing) && inner.clone().count() > 1 {
            let pair = inner.next()?;
            let span = self.span(&pair);
            self.absent(span, what, "write its name");
        }
        None
    }

    fn body(&mut self, pair: P<'a>, word: &str) -> Block {
        if pair.as_rule() == Rule::block {
            return self.block(pair);
        }
        let span = self.span(&pair);
        self.absent(span, &format!("the block of this {word}"), "write `{`, the entries, and `}`");
        Block { span, entries: Vec::new() }
    }

    fn params(&mut self, pair: P<'a>) -> Vec<Param> {
        let mut params = Vec::new();
        for pair in pair.into_inner() {
            if pair.as_rule() != Rule::param {
                self.stray(&pair);
                continue;
            }
            let mut inner = pair.into_inner().peekable();
            let Some(name) = inner.next() else { continue };
            let name = self.name(&name);
            let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
            let default = inner.next().map(|p| self.operand(p, "the default", "write a value after `=`"));
            params.push(Param { name, ty, default });
        }
        params
    }

    // --------------------------------------------------------------------------------- entries

    fn block(&mut self, pair: P<'a>) -> Block {
        let span = self.span(&pair);
        let mut entries: Vec<Entry> = Vec::new();
        let mut doc = Vec::new();
        let mut previous: Option<usize> = None;
        let mut inner = pair.into_inner().peekable();
        while let Some(pair) = inner.next() {
            let start = pair.as_span().start();
            match pair.as_rule() {
                Rule::doc => {
                    doc.push(doc_text(&pair));
                    continue;
                }
                Rule::close_brace => continue,
                Rule::stray => {
                    self.stray(&pair);
                    continue;
                }
                _ => {}
            }
            if let Some(end) = previous
                && !self.text[end..start].contains(['\n', ','])
            {
                self.unseparated(end, &pair);
                previous = Some(pair.as_span().end());
                continue;
            }
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
        Block { span, entries }
    }

    /// Something follows an entry on its line.
    fn unseparated(&mut self, end: usize, pair: &P) {
        let start = pair.as_span().start();
        let word: &str = pair.as_str().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let span = self.at(start, start + word.len().max(1));
        let before = self.text[..end]
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .next()
            .unwrap_or_default();
        let number = before.starts_with(|c: char| c.is_ascii_digit());
        const UNITS: &[&str] =
            &["ms", "s", "m", "h", "d", "w", "y", "Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T"];
        let lone = pair.as_str().trim_end() == word;
        let report = if number && (UNITS.contains(&word) || lone) {
            let report = Report::error(&SEPARATOR, "a number and its unit are written without a blank")
                .at(self.at(end, span.end as usize), "remove this blank");
            match UNITS.contains(&word) {
                true => report.fix(format!("write `{before}{word}`"), self.at(end, start), ""),
                false => report.help("write a unit right behind the number, as in `15s`, `30d` or `10Gi`"),
            }
        } else {
            Report::error(&SEPARATOR, format!("`{word}` starts a new entry on the same line"))
                .at(span, "a newline or a comma belongs before this")
                .fix("put a `,` before it, or write it on a line of its own", self.at(end, end), ",")
        };
        self.tell(report);
    }

    fn entry(&mut self, pair: P<'a>, doc: String, follower: Option<(usize, &str)>) -> Option<Entry> {
        let span = self.trimmed(&pair);
        let kind = match pair.as_rule() {
            Rule::field => EntryKind::Field(self.field(pair, follower)?),
            Rule::check => EntryKind::Check(self.check(pair)?),
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

    fn if_entry(&mut self, pair: P<'a>) -> Option<EntryKind> {
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
            otherwise = Some(Block { span, entries: vec![Entry { doc: String::new(), span, kind }] });
        }
        None
    }

    /// The condition and the block of an `if`.
    fn if_link(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>) -> Option<(Expr, Block)> {
        let condition = self.operand(inner.next()?, "the condition", "write `if condition { … }`");
        Some((condition, self.body(inner.next()?, "`if`")))
    }

    /// Whether a chain of operators, or of `else if`, is one that later stages go down.
    fn short_enough(&mut self, span: Span, links: usize) -> Option<()> {
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

    fn field(&mut self, pair: P<'a>, follower: Option<(usize, &str)>) -> Option<Field> {
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
                        // Told already; what it may have meant is not looked at.
                        return None;
                    }
                    let mut inner = pair.into_inner();
                    ty = inner.next().map(|p| self.ty(p));
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
                    value = FieldValue::Expr(self.assigned(pair, path_text(&path).as_str(), "field"))
                }
                Rule::block => value = FieldValue::Block(self.block(pair)),
                Rule::keyed => {
                    let mut inner = pair.into_inner();
                    let key = inner.next()?;
                    let shown = path_text(&path);
                    let key = self.map_key(key)?;
                    let body = inner.next()?;
                    value = match body.as_rule() {
                        Rule::block => FieldValue::Block(self.block(body)),
                        Rule::assign => FieldValue::Expr(self.assigned(body, &shown, "field")),
                        _ => {
                            self.keyed_nothing(&shown, &key, path.last().map(Key::span));
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
    fn no_value(&mut self, path: &[Key], end: usize, follower: Option<(usize, &str)>) {
        let name = path_text(path);
        let report = match follower {
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
    fn keyed_nothing(&mut self, name: &str, key: &Key, at: Option<Span>) {
        let Some(at) = at else { return };
        let span = key.span();
        let shown = self.text[span.start as usize..span.end as usize].to_owned();
        let report = Report::error(&COLON, format!("`{name}` is followed by a value without `=`"))
            .at(at.after(), "`=` or a block is missing")
            .fix(format!("write `{name} = {shown}`"), self.at(at.end as usize, span.start as usize), " = ")
            .help(format!("for an entry of a map, write `{name} {shown} {{ … }}`"));
        self.tell(report);
    }

    /// `name: value` in a stack.
    fn colon(&mut self, path: &[Key], span: Span, pair: &P, follower: Option<(usize, &str)>) {
        let name = path_text(path);
        let value = match follower {
            Some((start, text)) if start <= span.end as usize + 1 => format!("{}{}", pair.as_str(), text),
            _ => pair.as_str().to_owned(),
        };
        let value = value.trim_start_matches(':').trim().to_owned();
        let colon = Span { end: span.start + 1, ..span };
        let report = Report::error(&COLON, format!("`{name}` is given its value by `=`, not by `:`"))
            .at(colon, "write `=` here");
        let report = match value.is_empty() {
            true => report.help(format!("write `{name} {{ … }}` for a block of settings")),
            false => report.fix(format!("write `{name} = {}`", wording::short(&value)), colon, " ="),
        };
        self.tell(report);
    }

    fn path(&mut self, pair: P<'a>) -> Vec<Key> {
        let mut keys = Vec::new();
        for segment in pair.into_inner() {
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

    fn map_key(&mut self, pair: P<'a>) -> Option<Key> {
        let pair = pair.into_inner().next()?;
        self.map_key_inner(pair)
    }

    fn map_key_inner(&mut self, pair: P<'a>) -> Option<Key> {
        Some(match pair.as_rule() {
            Rule::ident => Key::Name(self.name(&pair)),
            Rule::string => {
                let expr = self.text_expr(pair);
                match expr.plain_text() {
                    Some(text) => Key::Name(Name { text: text.into(), span: expr.span }),
                    None => Key::Computed(expr),
                }
            }
            Rule::key_ref => Key::Computed(self.chain(pair)?),
            _ => Key::Computed(self.primary(pair)),
        })
    }

    fn check(&mut self, pair: P<'a>) -> Option<Check> {
        let mut inner = pair.into_inner().peekable();
        let mut build = false;
        while let Some(annotation) = next_if(&mut inner, Rule::annotation) {
            build |= annotation.as_str().trim() == "@build";
        }
        let warn = inner.next()?.as_str().starts_with("warn");
        let code = next_if(&mut inner, Rule::code).and_then(|p| p.into_inner().next()).map(|p| self.name(&p));
        let condition = self.operand(inner.next()?, "the condition", "write what must hold");
        let mut check = Check {
            build,
            warn,
            code,
            condition,
            message: None,
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        };
        for pair in inner {
            match pair.as_rule() {
                Rule::check_block => self.check_block(pair, &mut check),
                _ => {
                    check.message =
                        Some(self.operand(pair, "the message", "write the report's title in quotes"))
                }
            }
        }
        Some(check)
    }

    fn check_block(&mut self, pair: P<'a>, check: &mut Check) {
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::check_label => {
                    let mut inner = pair.into_inner();
                    let (Some(path), Some(text)) = (inner.next(), inner.next()) else { continue };
                    let Some(path) = self.chain(path) else { continue };
                    let text = self.operand(text, "the remark", "write the label's text in quotes");
                    check.labels.push((path, text));
                }
                Rule::check_note => {
                    let mut inner = pair.into_inner();
                    let (Some(word), Some(text)) = (inner.next(), inner.next()) else { continue };
                    let text = self.operand(text, "the text", "write it in quotes");
                    match word.as_str().trim() {
                        "help" => check.helps.push(text),
                        _ => check.notes.push(text),
                    }
                }
                Rule::stray => self.stray(&pair),
                _ => {}
            }
        }
    }

    // ----------------------------------------------------------------------------------- types

    fn ty(&mut self, pair: P<'a>) -> TypeExpr {
        let span = self.trimmed(&pair);
        if pair.as_rule() == Rule::missing {
            self.absent(span, "the type", "write `= T`");
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

    fn type_atom(&mut self, pair: P<'a>) -> TypeExpr {
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
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::r#type => argument = Some(Box::new(self.ty(part))),
                        _ => names.push(self.name(&part)),
                    }
                }
                let text = names.iter().map(|n| &*n.text).collect::<Vec<_>>().join(".");
                let span = names.iter().map(|n| n.span).reduce(Span::to).unwrap_or(span);
                TypeKind::Name { name: Name { text: text.into(), span }, argument }
            }
            _ => {
                self.absent(span, "a type", "write `String`, `Int`, `Duration`, `Bytes`, …");
                TypeKind::Missing
            }
        };
        TypeExpr { span, kind }
    }

    // ----------------------------------------------------------------------------- expressions

    /// The expression after `=`.
    fn assigned(&mut self, pair: P<'a>, name: &str, word: &str) -> Expr {
        let inner = match pair.as_rule() {
            Rule::assign => pair.into_inner().next(),
            _ => Some(pair),
        };
        let Some(inner) = inner else { return self.nothing(self.at(0, 0)) };
        let help = match word {
            "field" => format!("write `{name} = …`"),
            _ => format!("write `{word} {name} = …`"),
        };
        self.operand(inner, &format!("the value of `{name}`"), &help)
    }

    fn nothing(&self, span: Span) -> Expr {
        Expr { span, kind: ExprKind::Missing }
    }

    /// An expression, or a report that it is missing.
    fn operand(&mut self, pair: P<'a>, what: &str, help: &str) -> Expr {
        match pair.as_rule() {
            Rule::missing => {
                let span = self.span(&pair);
                self.absent(span, what, help);
                self.nothing(self.attach(span))
            }
            Rule::line | Rule::inner => self.expression(pair),
            _ => self.primary(pair),
        }
    }

    /// A flat run of operands and operators, by precedence.
    fn expression(&mut self, pair: P<'a>) -> Expr {
        let mut operands: Vec<Expr> = Vec::new();
        let mut operators: Vec<(InfixOp, Span)> = Vec::new();
        let mut prefixes: Vec<(PrefixOp, Span)> = Vec::new();
        let mut current: Option<Expr> = None;
        let whole = self.trimmed(&pair);
        let end = whole.end as usize;
        let mut links = 0;
        for pair in pair.into_inner() {
            let span = self.span(&pair);
            links += 1;
            if links > 2 * MAX_LINKS {
                let _ = self.short_enough(whole, links);
                return self.nothing(whole);
            }
            match pair.as_rule() {
                Rule::prefix => {
                    prefixes
                        .push((if pair.as_str() == "!" { PrefixOp::Not } else { PrefixOp::Negate }, span));
                }
                Rule::op | Rule::late_op => {
                    self.finish(&mut current, &mut prefixes, &mut operands);
                    if let Some(op) = infix(pair.as_str()) {
                        while let Some((top, _)) = operators.last()
                            && top.strength() >= op.strength()
                            && op != InfixOp::Else
                        {
                            let chained = top.compares() && op.compares();
                            self.reduce(&mut operands, &mut operators);
                            if chained {
                                self.chained(span);
                                if let Some(operand) = operands.last_mut() {
                                    operand.kind = ExprKind::Missing;
                                }
                            }
                        }
                        operators.push((op, span));
                    }
                }
                Rule::member => {
                    let Some(base) = current.take() else { continue };
                    current = Some(self.member(base, pair));
                }
                Rule::index => {
                    let Some(base) = current.take() else { continue };
                    let full = base.span.to(span);
                    let mut inner = pair.into_inner();
                    let index = inner
                        .next()
                        .map(|p| self.operand(p, "the index", "write `list[0]` or `map[\"key\"]`"));
                    inner.for_each(|p| self.stray(&p));
                    let index = index.unwrap_or_else(|| self.nothing(span));
                    current =
                        Some(Expr { span: full, kind: ExprKind::Index(Box::new(base), Box::new(index)) });
                }
                Rule::call => {
                    let Some(base) = current.take() else { continue };
                    let full = base.span.to(span);
                    let arguments = self.elements(pair);
                    current = Some(Expr { span: full, kind: ExprKind::Call(Box::new(base), arguments) });
                }
                Rule::missing => {
                    self.absent(span, "a value after the operator", "write the right-hand side");
                    current = Some(self.nothing(self.attach(span)));
                }
                _ => current = Some(self.primary(pair)),
            }
        }
        self.finish(&mut current, &mut prefixes, &mut operands);
        while !operators.is_empty() && operands.len() > 1 {
            self.reduce(&mut operands, &mut operators);
        }
        operands.pop().unwrap_or_else(|| self.nothing(self.at(end, end)))
    }

    fn finish(
        &mut self,
        current: &mut Option<Expr>,
        prefixes: &mut Vec<(PrefixOp, Span)>,
        operands: &mut Vec<Expr>,
    ) {
        let Some(mut expr) = current.take() else { return };
        if prefixes.len() > MAX_DEPTH {
            let span = prefixes[MAX_DEPTH].1;
            self.tell(
                Report::error(&DEPTH, format!("more than {MAX_DEPTH} prefix operators stand here"))
                    .at(span, ""),
            );
            prefixes.truncate(MAX_DEPTH);
        }
        while let Some((op, span)) = prefixes.pop() {
            expr = Expr { span: span.to(expr.span), kind: ExprKind::Prefix(op, Box::new(expr)) };
        }
        operands.push(expr);
    }

    fn reduce(&mut self, operands: &mut Vec<Expr>, operators: &mut Vec<(InfixOp, Span)>) {
        let (Some(right), Some(left), Some((op, at))) = (operands.pop(), operands.pop(), operators.pop())
        else {
            return;
        };
        let span = left.span.to(right.span);
        operands.push(Expr { span, kind: ExprKind::Infix(op, at, Box::new(left), Box::new(right)) });
    }

    fn chained(&mut self, span: Span) {
        self.tell(
            Report::error(&CHAIN, "comparisons do not chain")
                .at(span, "a second comparison of the same value")
                .help("write `a < b && b < c`"),
        );
    }

    fn member(&mut self, base: Expr, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        let Some(name) = pair.into_inner().next() else { return base };
        if name.as_rule() == Rule::missing {
            self.absent(span, "the name after `.`", "write the field's name, or remove the `.`");
            return Expr { span: base.span, kind: ExprKind::Missing };
        }
        let name = self.name(&name);
        Expr { span: base.span.to(name.span), kind: ExprKind::Member(Box::new(base), name) }
    }

    /// A chain of names: `a.b[0].c`.
    fn chain(&mut self, pair: P<'a>) -> Option<Expr> {
        let mut inner = pair.into_inner();
        let mut expr = self.primary(inner.next()?);
        for pair in inner {
            let span = self.span(&pair);
            expr = match pair.as_rule() {
                Rule::index => {
                    let index = pair.into_inner().next().map(|p| self.operand(p, "the index", "write it"))?;
                    Expr { span: expr.span.to(span), kind: ExprKind::Index(Box::new(expr), Box::new(index)) }
                }
                _ => self.member(expr, pair),
            };
        }
        Some(expr)
    }

    fn primary(&mut self, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::number | Rule::version => ExprKind::Number(pair.as_str().into()),
            Rule::string | Rule::multi | Rule::raw => return self.text_expr(pair),
            Rule::name => self.word(pair.as_str().trim_end(), span),
            Rule::group => {
                let mut inner = pair.into_inner();
                let Some(first) = inner.next() else { return self.nothing(span) };
                let expr = self.operand(first, "a value in the parentheses", "write it, or remove them");
                inner.for_each(|p| self.stray(&p));
                return Expr { span, kind: expr.kind };
            }
            Rule::list => return self.list(pair),
            Rule::block => ExprKind::Record(self.block(pair)),
            Rule::if_expr => return self.if_expr(pair),
            Rule::line | Rule::inner => return self.expression(pair),
            _ => {
                self.stray(&pair);
                ExprKind::Missing
            }
        };
        Expr { span, kind }
    }

    fn word(&mut self, word: &str, span: Span) -> ExprKind {
        match word {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "absent" => ExprKind::Absent,
            "self" => ExprKind::SelfRecord,
            "stack" => ExprKind::Stack,
            "if" | "else" | "for" | "in" => {
                let report = Report::error(&RESERVED, format!("`{word}` is a word of the language"))
                    .at(span, "no value has this name")
                    .help("choose another name");
                self.tell(report);
                ExprKind::Missing
            }
            "null" | "nil" | "None" | "undefined" => {
                let report =
                    Report::error(&RESERVED, format!("there is no `{word}`: an optional field is absent"))
                        .at(span, "not a value")
                        .fix(
                            "write `absent` to take away what a lower layer gave, or leave the field out",
                            span,
                            "absent",
                        );
                self.tell(report);
                ExprKind::Missing
            }
            _ => ExprKind::Name(word.into()),
        }
    }

    fn list(&mut self, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        let comprehension = pair.clone().into_inner().next().filter(|p| p.as_rule() == Rule::comprehension);
        if let Some(comprehension) = comprehension {
            let mut clauses = Vec::new();
            let mut body = None;
            for pair in comprehension.into_inner() {
                match pair.as_rule() {
                    Rule::for_clause => clauses.push(self.for_clause(pair)),
                    _ => body = Some(self.operand(pair, "`:` and a value", "write `[for x in xs: value]`")),
                }
            }
            let body = Box::new(body.unwrap_or_else(|| self.nothing(span)));
            return Expr { span, kind: ExprKind::Comprehension(clauses, body) };
        }
        Expr { span, kind: ExprKind::List(self.elements(pair)) }
    }

    /// Elements of a list or arguments of a call, with what separates them.
    fn elements(&mut self, pair: P<'a>) -> Vec<Expr> {
        let mut elements = Vec::new();
        let mut separated = true;
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::comma => separated = true,
                Rule::inner => {
                    if !separated {
                        let span = self.trimmed(&pair);
                        let before = self.attach(self.at(span.start as usize, span.start as usize));
                        self.tell(
                            Report::error(&SEPARATOR, "a comma is missing between two values")
                                .at(before, "here")
                                .fix("add `,`", before, ","),
                        );
                    }
                    separated = false;
                    elements.push(self.expression(pair));
                }
                _ => self.stray(&pair),
            }
        }
        elements
    }

    fn for_clause(&mut self, pair: P<'a>) -> ForClause {
        let fallback = self.span(&pair);
        let mut names = Vec::new();
        let mut exprs = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::ident => names.push(self.name(&pair)),
                _ => exprs.push(self.operand(pair, "a list", "write `for x in list`")),
            }
        }
        let mut exprs = exprs.into_iter();
        let source = exprs.next().unwrap_or_else(|| self.nothing(fallback));
        ForClause { names, source, filter: exprs.next() }
    }

    fn if_expr(&mut self, pair: P<'a>) -> Expr {
        let whole = self.trimmed(&pair);
        let mut inner = pair.into_inner().peekable();
        let mut links = vec![(whole, self.choice(&mut inner, whole))];
        while let Some(pair) = next_if(&mut inner, Rule::else_choice) {
            let span = Span { end: whole.end, ..self.span(&pair) };
            links.push((span, self.choice(&mut pair.into_inner().peekable(), span)));
        }
        let mut otherwise = match inner.next() {
            Some(pair) => self.branch(pair, "the value after `else`"),
            None => {
                self.absent(whole.after(), "`else`", "an `if` that is a value needs both branches");
                self.nothing(whole)
            }
        };
        if self.short_enough(whole, links.len()).is_none() {
            return self.nothing(whole);
        }
        while let Some((span, (condition, then))) = links.pop() {
            let kind = ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
            otherwise = Expr { span, kind };
        }
        otherwise
    }

    /// The condition and the value of an `if`.
    fn choice(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>, span: Span) -> (Expr, Expr) {
        let condition = inner.next().map(|pair| self.branch(pair, "the condition"));
        let then = inner.next().map(|pair| self.branch(pair, "the value"));
        (condition.unwrap_or_else(|| self.nothing(span)), then.unwrap_or_else(|| self.nothing(span)))
    }

    /// `{ value }`, or what stands where it should.
    fn branch(&mut self, pair: P<'a>, what: &str) -> Expr {
        const FORM: &str = "write `if c { a } else { b }`";
        if pair.as_rule() != Rule::branch {
            return self.operand(pair, what, FORM);
        }
        let span = self.span(&pair);
        let mut inside = pair.into_inner();
        let expr = inside.next().map(|p| self.operand(p, what, FORM));
        inside.for_each(|p| self.stray(&p));
        expr.unwrap_or_else(|| self.nothing(span))
    }

    // ----------------------------------------------------------------------------------- texts

    fn text_expr(&mut self, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        if pair.as_rule() == Rule::raw {
            let text = pair.as_str();
            let hashes = text[1..].bytes().take_while(|b| *b == b'#').count();
            let plain = &text[hashes + 2..text.len() - hashes - 1];
            return Expr { span, kind: ExprKind::Text(vec![TextPart::Plain(plain.into())]) };
        }
        let indent = (pair.as_rule() == Rule::multi).then(|| closing_indent(pair.as_str()));
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut first = true;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::interp => {
                    if !plain.is_empty() {
                        parts.push(TextPart::Plain(std::mem::take(&mut plain).into()));
                    }
                    let mut inner = part.into_inner();
                    if let Some(expr) = inner.next() {
                        parts.push(TextPart::Value(self.operand(expr, "a value", "write `\\(name)`")));
                    }
                    inner.for_each(|p| self.stray(&p));
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
            parts.push(TextPart::Plain(plain.into()));
        }
        Expr { span, kind: ExprKind::Text(parts) }
    }

    fn dedent(&mut self, text: &str, start: usize, indent: usize, first: bool, plain: &mut String) {
        let mut offset = start;
        for (number, line) in text.split('\n').enumerate() {
            let kept = line.strip_suffix('\r').unwrap_or(line);
            if number == 0 {
                plain.push_str(kept);
            } else {
                // The newline right after the opening quotes is not part of the text.
                if !(first && number == 1 && plain.trim().is_empty()) {
                    plain.push('\n');
                } else {
                    plain.clear();
                }
                let blanks = kept.bytes().take(indent).take_while(|b| matches!(b, b' ' | b'\t')).count();
                if blanks < indent && blanks < kept.len() {
                    let at = self.at(offset, offset + blanks);
                    self.tell(
                        Report::error(&INDENTATION, "this line is indented less than the closing `\"\"\"`")
                            .at(at, "")
                            .help("indent it as far as the closing quotes; what they are indented is taken away"),
                    );
                }
                plain.push_str(&kept[blanks..]);
            }
            offset += line.len() + 1;
        }
    }

    fn escape(&mut self, text: &str, span: Span) {
        let report = Report::error(&ESCAPE, format!("`{text}` means nothing in a string"))
            .at(span, "")
            .note("a string knows \\n \\t \\\" \\\\ \\u{1F600} and \\(value)")
            .fix(
                "write a backslash as `\\\\`, or a regular expression as r\"…\"",
                span,
                &format!("\\{text}"),
            );
        self.tell(report);
    }

    fn name(&mut self, pair: &P) -> Name {
        let text = pair.as_str().trim_end();
        let start = pair.as_span().start();
        Name { text: text.into(), span: self.at(start, start + text.len()) }
    }

    fn next_name(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>, what: &str, help: &str) -> Name {
        match inner.next() {
            Some(pair) if pair.as_rule() == Rule::ident => self.name(&pair),
            Some(pair) => {
                let span = self.span(&pair);
                self.absent(span, what, help);
                Name { text: "".into(), span: self.attach(span) }
            }
            None => Name { text: "".into(), span: self.at(0, 0) },
        }
    }

    /// A pair's span without the blanks at its end.
    fn trimmed(&self, pair: &P) -> Span {
        let start = pair.as_span().start();
        self.at(start, start + pair.as_str().trim_end().len())
    }
}

fn next_if<'a>(inner: &mut Peekable<Pairs<'a, Rule>>, rule: Rule) -> Option<P<'a>> {
    inner.next_if(|pair| pair.as_rule() == rule)
}

fn doc_text(pair: &P) -> String {
    let text = pair.as_str().trim_start_matches('#').trim_end();
    text.strip_prefix(' ').unwrap_or(text).to_owned()
}

fn path_text(path: &[Key]) -> String {
    let segment = |key: &Key| match key {
        Key::Name(name) => name.text.to_string(),
        Key::Computed(_) => "…".to_owned(),
    };
    path.iter().map(segment).collect::<Vec<_>>().join(".")
}

fn closing_indent(text: &str) -> usize {
    let body = &text[..text.len().saturating_sub(3)];
    let last = &body[body.rfind('\n').map_or(0, |at| at + 1)..];
    if last.bytes().all(|b| matches!(b, b' ' | b'\t')) { last.len() } else { 0 }
}

fn unescape(text: &str) -> Option<char> {
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

fn infix(text: &str) -> Option<InfixOp> {
    use InfixOp::*;
    const ALL: [InfixOp; 15] = [
        Or,
        And,
        Equal,
        NotEqual,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        Else,
        Merge,
        Add,
        Subtract,
        Multiply,
        Divide,
        Remainder,
    ];
    ALL.into_iter().find(|op| op.text() == text)
}

fn declaration_form(word: &str) -> &'static str {
    match word {
        "import" => "import \"file.vms\" as name",
        "let" => "let name = value",
        "fn" => "fn name(a: T): T = value",
        "type" => "type Name = T where condition, \"message\"",
        "schema" => "schema Name { … }",
        "stack" => "stack name { … }",
        "profile" => "profile name { … }",
        _ => "test \"name\" { … }",
    }
}

/// What a piece of unreadable text most likely was meant to be.
fn stray_report(text: &str, span: Span) -> Report {
    let make = |page: &Page, title: &str| Report::error(page, title.to_owned());
    let shown = wording::short(text);
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '“' | '”' | '‘' | '’' | '„' | '«' | '»' => {
            let plain: String = text.chars().map(|c| if "“”‘’„«»".contains(c) { '"' } else { c }).collect();
            make(&UNREADABLE, "a string stands in straight quotes")
                .at(span, "these quotes are typographic")
                .fix(format!("write `{}`", wording::short(&plain)), span, &plain)
        }
        '\'' => {
            let plain = text.replace('\'', "\"");
            make(&UNREADABLE, "a string stands in double quotes")
                .at(span, "single quotes mean nothing here")
                .fix(format!("write `{}`", wording::short(&plain)), span, &plain)
        }
        '-' if text.starts_with("- ") || text == "-" => make(&UNREADABLE, "a list is written in brackets")
            .at(span, "this is how YAML writes an element")
            .help("write `name = [a, b]`"),
        '{' => make(&UNREADABLE, "a stack has no templates")
            .at(span, "this is how Helm writes a value")
            .help("name the value with `let` and use the name, or write `\\(name)` inside a string"),
        ':' if text[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            make(&UNREADABLE, "a host and its port stand in quotes")
                .at(span, "this belongs to the name before it")
                .help("write it as in `\"orchestrator:8080\"`")
        }
        '$' => make(&UNREADABLE, "a stack has no shell variables")
            .at(span, "this is how a shell or Compose writes a value")
            .help("name the value with `let` and use the name, or write `\\(name)` inside a string"),
        '/' if text.starts_with("//") || text.starts_with("/*") => make(
            &UNREADABLE,
            "a comment starts with `#`",
        )
        .at(span, "")
        .fix("write `#`", Span { end: span.start + 2, ..span }, "#"),
        '=' => make(&COLON, "`=` stands where a name belongs").at(span, "").help("write `name = value`"),
        ';' => make(&UNREADABLE, "entries end with their line")
            .at(Span { end: span.start + 1, ..span }, "no `;` is needed")
            .fix("remove it", Span { end: span.start + 1, ..span }, ""),
        _ => make(&UNREADABLE, &format!("`{shown}` can't be read here"))
            .at(span, "a setting is `name = value` or `name { … }`"),
    }
}
