//! Lowers declarations.

use super::{
    ABSENT, Block, Diagnostic, Expr, Item, ItemKind, Lower, Name, NameRef, OUTSIDE, P, Pairs, Param,
    Peekable, Rule, Span, next_if, wording,
};

impl<'a> Lower<'a> {
    /// Reports anything between declarations that is not one.
    pub(super) fn stray_item(&mut self, pair: &P) {
        let text = pair.as_str().trim_end();
        let start = pair.as_span().start();
        let word = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        let span = self.at(start, start + word.len().max(1));
        let keywords = ["import", "let", "fn", "type", "schema", "stack", "profile", "test"];
        let rest = text[word.len()..].trim_start();
        if matches!(word, "stack" | "profile" | "schema" | "let" | "fn" | "type") && rest.starts_with('"') {
            let end = rest[1..].find('"').map_or(rest.len(), |end| end + 2);
            let name = rest[..end].trim_matches('"').to_owned();
            let at = start + text.len() - rest.len();
            let report =
                Diagnostic::error(&ABSENT, format!("expected a name after `{word}`, found a string"))
                    .at(self.at(at, at + end), "a name has no quotes")
                    .fix(format!("write `{word} {name}`"), self.at(at, at + end), &name);
            return self.emit(report);
        }
        if word == "import"
            && let Some((name, file)) = rest.split_once(" from ")
        {
            let file = file.trim().trim_matches(['\'', '"', ';']);
            let mut words = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = match words.rfind(|word| !word.is_empty()) {
                Some(name) if !rest.contains('{') => name.to_owned(),
                _ => name_of_file(file),
            };
            let report = Diagnostic::error(&ABSENT, "expected a file after `import`, found a name")
                .at(span, "this is how JavaScript writes it")
                .help(format!("write `import \"{file}\" as {name}`"));
            return self.emit(report);
        }
        if keywords.contains(&word) {
            let report = Diagnostic::error(&ABSENT, format!("expected a name after `{word}`"))
                .at(span, "needs a name")
                .help(format!("write `{}`", declaration_form(word)));
            return self.emit(report);
        }
        if word.is_empty() {
            return self.report_stray(pair);
        }
        let mut report = Diagnostic::error(&OUTSIDE, format!("expected a declaration, found `{word}`"))
            .at(span, "expected `stack`, `profile`, `let`, `fn`, `type`, `schema`, `test` or `import`");
        let form = match word {
            "const" | "var" | "val" | "local" | "locals" | "variable" => Some("let name = value"),
            "def" | "func" | "function" | "lambda" => Some("fn name(a: T): T = value"),
            _ if gives(rest) => {
                return self.emit(report.help(format!(
                    "a setting stands inside `stack name {{ … }}`, and a constant is `let {word} = …`"
                )));
            }
            _ => None,
        };
        if let Some(form) = form {
            return self.emit(report.help(format!("write `{form}`")));
        }
        report = match wording::nearest(word, keywords) {
            Some(near) => report.near(format!("did you mean `{near}`?"), span, word, near),
            None => report.help("settings stand inside `stack name { … }`"),
        };
        self.emit(report);
    }

    #[expect(clippy::too_many_lines, reason = "one arm per kind of declaration")]
    pub(super) fn item(&mut self, pair: P<'a>, doc: String) -> Option<Item> {
        let span = self.trimmed(&pair);
        let rule = pair.as_rule();
        let mut inner = pair.into_inner().peekable();
        self.in_schema = rule == Rule::schema_item;
        let (name, kind) = match rule {
            Rule::import => {
                let path = self.text_expr(inner.next()?);
                let name = match inner.peek() {
                    Some(pair) if pair.as_rule() != Rule::r#type => {
                        self.next_name(&mut inner, "a name for the import", "write `import \"file\" as name`")
                    }
                    _ => self.nameless_import(&path),
                };
                let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
                (name, ItemKind::Import { path, ty })
            }
            Rule::let_item => {
                let name = self.name(&inner.next()?);
                let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
                let value = self.assigned(inner.next()?, || name.text.to_string(), "let");
                (name, ItemKind::Let { ty, value })
            }
            Rule::fn_item => {
                let name = self.name(&inner.next()?);
                let params = inner.next()?;
                let params = match params.as_rule() {
                    Rule::params => self.params(params),
                    _ => {
                        let span = self.span(&params);
                        self.report_absent(span, "a parameter list", "write `fn name(a: T): T = …`");
                        Vec::new()
                    }
                };
                let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
                let body = self.assigned(inner.next()?, || name.text.to_string(), "fn");
                (name, ItemKind::Fn { params, ty, body })
            }
            Rule::type_item => {
                let name = self.name(&inner.next()?);
                let ty = self.ty(inner.next()?);
                let condition =
                    inner.next().map(|p| self.operand(p, "a condition", "write what must hold for `it`"));
                let message = inner
                    .next()
                    .map(|p| self.operand(p, "a message", "write what the error should say, in quotes"));
                (name, ItemKind::Type { ty, condition, message })
            }
            Rule::schema_item => {
                let name = self.name(&inner.next()?);
                let parent = self.clause(&mut inner, Rule::name_ref, "the schema to extend");
                let parent = parent.map(|pair| self.name_ref(pair));
                let body = self.body(inner.next()?, "schema");
                (name, ItemKind::Schema { parent, body })
            }
            Rule::stack_item => {
                let name = self.next_name(&mut inner, "a name for the stack", "write `stack name { … }`");
                let schema = self.clause(&mut inner, Rule::name_ref, "a schema for the stack");
                let schema = schema.map(|pair| self.name_ref(pair));
                let body = self.body(inner.next()?, "stack");
                (name, ItemKind::Stack { schema, body })
            }
            Rule::profile_item => {
                let name = self.name(&inner.next()?);
                let parent = self.clause(&mut inner, Rule::ident, "the profile to extend");
                let parent = parent.map(|pair| self.name(&pair));
                let body = self.body(inner.next()?, "profile");
                (name, ItemKind::Profile { parent, body })
            }
            Rule::test_item => {
                let title = inner.next()?;
                let name = self.new_name(title.as_str().trim_matches('"'), self.span(&title));
                let profile = self.clause(&mut inner, Rule::ident, "the profile to test with");
                let profile = profile.map(|pair| self.name(&pair));
                let body = self.body(inner.next()?, "test");
                (name, ItemKind::Test { profile, body })
            }
            _ => return None,
        };
        Some(Item { doc, span, name, kind, broken: false })
    }

    /// Reports an import without a name, and names it after its file.
    fn nameless_import(&mut self, path: &Expr) -> Name {
        let file = path.plain_text().unwrap_or_default();
        let name = name_of_file(file);
        let report = Diagnostic::error(&ABSENT, "expected `as` and a name after the import")
            .at(path.span.after(), "missing here")
            .suggest(
                format!("write `import \"{file}\" as {name}`"),
                path.span.after(),
                &format!(" as {name}"),
            );
        self.emit(report);
        self.new_name(name, path.span)
    }

    /// Takes an `extends`, `with` or `:` clause, if there is one before the block.
    pub(super) fn clause(
        &mut self,
        inner: &mut Peekable<Pairs<'a, Rule>>,
        rule: Rule,
        what: &str,
    ) -> Option<P<'a>> {
        if let Some(pair) = next_if(inner, rule) {
            return Some(pair);
        }
        // Two nodes are left: the missing name of the clause, and the body.
        if inner.peek().is_some_and(|p| p.as_rule() == Rule::missing) && inner.clone().count() > 1 {
            let pair = inner.next()?;
            let span = self.span(&pair);
            self.report_absent(span, what, "write its name");
        }
        None
    }

    /// `Name` or `file.Name`
    fn name_ref(&mut self, pair: P<'a>) -> NameRef {
        let names: Vec<Name> = pair.into_inner().map(|name| self.name(&name)).collect();
        self.joined(names)
    }

    /// Combines one or two names into a reference.
    pub(super) fn joined(&self, mut names: Vec<Name>) -> NameRef {
        let name = names.pop().unwrap_or_else(|| self.new_name("", self.at(0, 0)));
        NameRef { file: names.pop(), name }
    }

    pub(super) fn body(&mut self, pair: P<'a>, word: &str) -> Block {
        if pair.as_rule() == Rule::block {
            return self.block(pair);
        }
        let span = self.span(&pair);
        if self.text[span.start as usize..].starts_with('-') {
            let report = Diagnostic::error(&ABSENT, "a name can't contain dashes")
                .at(Span { end: span.start + 1, ..span }, "the dash is read as a minus")
                .help(match word {
                    "stack" => "use lower case letters and digits",
                    _ => "use letters, digits and `_`",
                });
            self.emit(report);
            return self.new_block(span, false, Vec::new(), true);
        }
        if word != "`if`" || !self.foreign_condition(span.start as usize) {
            self.report_absent(
                span,
                &format!("a block after this {word}"),
                "write `{`, the entries, and `}`",
            );
        }
        self.new_block(span, false, Vec::new(), true)
    }

    pub(super) fn params(&mut self, pair: P<'a>) -> Vec<Param> {
        let mut params = Vec::new();
        for pair in pair.into_inner() {
            if pair.as_rule() != Rule::param {
                self.report_stray(&pair);
                continue;
            }
            let mut inner = pair.into_inner().peekable();
            let Some(name) = inner.next() else { continue };
            let name = self.name(&name);
            let ty = next_if(&mut inner, Rule::r#type).map(|p| self.ty(p));
            let default = inner.next().map(|p| self.operand(p, "a default value", "write a value after `=`"));
            params.push(Param { name, ty, default });
        }
        params
    }
}

pub(super) fn declaration_form(word: &str) -> &'static str {
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

/// Whether the text after a name assigns it a value.
fn gives(rest: &str) -> bool {
    rest.starts_with('=') && !rest.starts_with("==")
}

/// Derives a name for an import from its file's name, or `lib` if that is no valid name.
fn name_of_file(file: &str) -> String {
    let stem = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let name: String = stem.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let taken = matches!(
        &*name,
        "stack" | "self" | "it" | "true" | "false" | "absent" | "if" | "else" | "for" | "in"
    );
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !taken { name } else { "lib".to_owned() }
}
