//! Lowers expressions: operands, and operators by precedence.

use super::{
    ABSENT, CHAIN, Container, DEPTH, Diagnostic, Expr, ExprKind, ForClause, InfixOp, Lower, MAX_DEPTH,
    MAX_LINKS, P, Pairs, Peekable, PrefixOp, RESERVED, Rule, SEPARATOR, Span, UNREADABLE, next_if,
};

impl<'a> Lower<'a> {
    /// Lowers the expression after `=`; `name` is only called if it is missing.
    pub(super) fn assigned(&mut self, pair: P<'a>, name: impl Fn() -> String, word: &str) -> Expr {
        let inner = match pair.as_rule() {
            Rule::assign => pair.into_inner().next(),
            _ => Some(pair),
        };
        let Some(inner) = inner else { return self.nothing(self.at(0, 0)) };
        if inner.as_rule() != Rule::missing {
            return self.operand(inner, "", "");
        }
        let name = name();
        let at = inner.as_span().start();
        if word == "fn" && self.text[at..].starts_with('{') {
            let report =
                Diagnostic::error(&ABSENT, format!("expected `=` and the body of `{name}`, found a block"))
                    .at(self.at(at, at + 1), "a block starts here")
                    .help(format!("write `fn {name}(…) = value`"));
            self.emit(report);
            return self.nothing(self.at(at, at));
        }
        let help = match word {
            "field" => format!("write `{name} = …`"),
            "fn" => format!("write `fn {name}(…) = …`"),
            _ => format!("write `{word} {name} = …`"),
        };
        self.operand(inner, &format!("a value for `{name}`"), &help)
    }

    pub(super) fn nothing(&self, span: Span) -> Expr {
        self.expr(span, ExprKind::Missing)
    }

    /// Lowers an expression, or reports that it is missing.
    pub(super) fn operand(&mut self, pair: P<'a>, what: &str, help: &str) -> Expr {
        match pair.as_rule() {
            Rule::missing => {
                let span = self.span(&pair);
                self.report_absent(span, what, help);
                self.nothing(self.attach(span))
            }
            Rule::line | Rule::inner => self.expression(pair),
            _ => self.primary(pair),
        }
    }

    /// Lowers a flat sequence of operands and operators by precedence.
    #[expect(clippy::too_many_lines, reason = "one pass over operands and operators, with one state")]
    pub(super) fn expression(&mut self, pair: P<'a>) -> Expr {
        let alone = |rule| !matches!(rule, Rule::prefix | Rule::op | Rule::late_op | Rule::missing);
        let mut inner = pair.clone().into_inner();
        if let (Some(only), None) = (inner.next(), inner.next())
            && alone(only.as_rule())
        {
            return self.primary(only);
        }
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
                    if let Some(op) = InfixOp::of(pair.as_str()) {
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
                        .map(|p| self.operand(p, "an index", "write `list[0]` or `map[\"key\"]`"));
                    inner.for_each(|p| self.stray_inside(&p));
                    let index = index.unwrap_or_else(|| self.nothing(span));
                    current = Some(self.expr(full, ExprKind::Index(Box::new(base), Box::new(index))));
                }
                Rule::call => {
                    let Some(base) = current.take() else { continue };
                    let full = base.span.to(span);
                    let arguments = self.elements(pair, Container::Call);
                    current = Some(self.expr(full, ExprKind::Call(Box::new(base), arguments)));
                }
                Rule::missing => {
                    self.report_absent(span, "a value after the operator", "write the right-hand side");
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

    pub(super) fn finish(
        &mut self,
        current: &mut Option<Expr>,
        prefixes: &mut Vec<(PrefixOp, Span)>,
        operands: &mut Vec<Expr>,
    ) {
        let Some(mut expr) = current.take() else { return };
        if prefixes.len() > MAX_DEPTH {
            let span = prefixes[MAX_DEPTH].1;
            self.emit(
                Diagnostic::error(&DEPTH, format!("more than {MAX_DEPTH} prefix operators in a row"))
                    .at(span, ""),
            );
            prefixes.truncate(MAX_DEPTH);
        }
        while let Some((op, span)) = prefixes.pop() {
            expr = self.expr(span.to(expr.span), ExprKind::Prefix(op, Box::new(expr)));
        }
        operands.push(expr);
    }

    pub(super) fn reduce(&mut self, operands: &mut Vec<Expr>, operators: &mut Vec<(InfixOp, Span)>) {
        let (Some(right), Some(left), Some((op, at))) = (operands.pop(), operands.pop(), operators.pop())
        else {
            return;
        };
        let span = left.span.to(right.span);
        operands.push(self.expr(span, ExprKind::Infix(op, at, Box::new(left), Box::new(right))));
    }

    pub(super) fn chained(&mut self, span: Span) {
        self.emit(
            Diagnostic::error(&CHAIN, "comparisons can't be chained")
                .at(span, "a second comparison of the same value")
                .help("write `a < b && b < c`"),
        );
    }

    pub(super) fn member(&mut self, base: Expr, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        let Some(name) = pair.into_inner().next() else { return base };
        if name.as_rule() == Rule::missing && self.text[span.start as usize + 1..].starts_with('.') {
            let report = Diagnostic::error(&UNREADABLE, "a range is written with `range`")
                .at(self.at(span.start as usize, span.start as usize + 2), "not an operator")
                .help("write `range(1, 4)`: 1, 2 and 3");
            self.emit(report);
            return self.expr(base.span, ExprKind::Missing);
        }
        if name.as_rule() == Rule::missing {
            self.report_absent(span, "a name after `.`", "write the field's name, or remove the `.`");
            let name = self.new_name("", span.after());
            return self.expr(base.span.to(span), ExprKind::Member(Box::new(base), name));
        }
        let name = self.name(&name);
        self.expr(base.span.to(name.span), ExprKind::Member(Box::new(base), name))
    }

    /// Lowers a chain of names: `a.b[0].c`.
    pub(super) fn chain(&mut self, pair: P<'a>) -> Option<Expr> {
        let mut inner = pair.into_inner();
        let mut expr = self.primary(inner.next()?);
        for pair in inner {
            let span = self.span(&pair);
            expr = match pair.as_rule() {
                Rule::index => {
                    let index = pair.into_inner().next().map(|p| self.operand(p, "an index", "write it"))?;
                    self.expr(expr.span.to(span), ExprKind::Index(Box::new(expr), Box::new(index)))
                }
                _ => self.member(expr, pair),
            };
        }
        Some(expr)
    }

    pub(super) fn primary(&mut self, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::number | Rule::version => ExprKind::Number(pair.as_str().into()),
            Rule::string | Rule::multi | Rule::raw => return self.text_expr(pair),
            Rule::name => self.word(pair.as_str().trim_end(), span),
            Rule::group => {
                let mut inner = pair.into_inner();
                let Some(first) = inner.next() else { return self.nothing(span) };
                let expr = self.operand(first, "a value in the parentheses", "write it, or remove them");
                inner.for_each(|p| self.stray_inside(&p));
                return Expr { span, ..expr };
            }
            Rule::list => return self.list(pair),
            Rule::block => ExprKind::Record(self.block(pair)),
            Rule::if_expr => return self.if_expr(pair),
            Rule::line | Rule::inner => return self.expression(pair),
            _ => {
                self.report_stray(&pair);
                ExprKind::Missing
            }
        };
        self.expr(span, kind)
    }

    pub(super) fn word(&mut self, word: &str, span: Span) -> ExprKind {
        match word {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "absent" => ExprKind::Absent,
            "self" => ExprKind::SelfRecord,
            "stack" => ExprKind::Stack,
            "if" | "else" | "for" | "in" => {
                let report = Diagnostic::error(
                    &RESERVED,
                    format!("expected a value, found the reserved word `{word}`"),
                )
                .at(span, "not a value")
                .help("choose another name");
                self.emit(report);
                ExprKind::Missing
            }
            "null" | "nil" | "None" | "undefined" => {
                let report = Diagnostic::error(&RESERVED, format!("expected a value, found `{word}`"))
                    .at(span, "not a value")
                    .suggest(
                        "write `absent` to take away what a lower layer gave, or leave the field out",
                        span,
                        "absent",
                    );
                self.emit(report);
                ExprKind::Missing
            }
            _ => ExprKind::Name(word.into()),
        }
    }

    pub(super) fn list(&mut self, pair: P<'a>) -> Expr {
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
            return self.expr(span, ExprKind::Comprehension(clauses, body));
        }
        let elements = self.elements(pair, Container::List);
        self.expr(span, ExprKind::List(elements))
    }

    /// Lowers the elements of a list or the arguments of a call, and reports wrong separators.
    pub(super) fn elements(&mut self, pair: P<'a>, around: Container) -> Vec<Expr> {
        let inner = pair.into_inner();
        // Every other pair is a comma.
        let mut elements = Vec::with_capacity(inner.len().div_ceil(2));
        let mut separated = true;
        for pair in inner {
            match pair.as_rule() {
                Rule::comma => {
                    if separated {
                        let start = pair.as_span().start();
                        let at = self.at(start, start + 1);
                        self.emit(
                            Diagnostic::error(&SEPARATOR, "expected a value, found `,`")
                                .at(at, "no value before this")
                                .fix("remove it", at, ""),
                        );
                    }
                    separated = true
                }
                Rule::inner => {
                    if !separated && self.foreign_element(&pair, around) {
                        break;
                    }
                    if !separated {
                        let span = self.trimmed(&pair);
                        let before = self.attach(self.at(span.start as usize, span.start as usize));
                        self.emit(
                            Diagnostic::error(&SEPARATOR, "expected `,` between two values")
                                .at(before, "missing here")
                                .fix("add `,`", before, ","),
                        );
                    }
                    separated = false;
                    elements.push(self.expression(pair));
                }
                _ if self.foreign_element(&pair, around) => {}
                _ => self.report_stray(&pair),
            }
        }
        elements
    }

    pub(super) fn for_clause(&mut self, pair: P<'a>) -> ForClause {
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

    pub(super) fn if_expr(&mut self, pair: P<'a>) -> Expr {
        let whole = self.trimmed(&pair);
        let mut inner = pair.into_inner().peekable();
        let mut links = vec![(whole, self.choice(&mut inner, whole))];
        while let Some(pair) = next_if(&mut inner, Rule::else_choice) {
            let span = Span { end: whole.end, ..self.span(&pair) };
            links.push((span, self.choice(&mut pair.into_inner().peekable(), span)));
        }
        let mut otherwise = match inner.next() {
            Some(pair) => self.branch(pair, "a value after `else`"),
            None => {
                self.report_absent(whole.after(), "`else`", "an `if` that is a value needs both branches");
                self.nothing(whole)
            }
        };
        if self.short_enough(whole, links.len()).is_none() {
            return self.nothing(whole);
        }
        while let Some((span, (condition, then))) = links.pop() {
            let kind = ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
            otherwise = self.expr(span, kind);
        }
        otherwise
    }

    /// Lowers the condition and the value of an `if`.
    pub(super) fn choice(&mut self, inner: &mut Peekable<Pairs<'a, Rule>>, span: Span) -> (Expr, Expr) {
        let condition = inner.next().map(|pair| self.branch(pair, "a condition"));
        let then = inner.next().map(|pair| self.branch(pair, "a value"));
        (condition.unwrap_or_else(|| self.nothing(span)), then.unwrap_or_else(|| self.nothing(span)))
    }

    /// Lowers `{ value }`, or reports what is in its place.
    pub(super) fn branch(&mut self, pair: P<'a>, what: &str) -> Expr {
        const FORM: &str = "write `if c { a } else { b }`";
        if pair.as_rule() == Rule::missing && self.foreign_condition(pair.as_span().start()) {
            return self.nothing(self.span(&pair));
        }
        if pair.as_rule() != Rule::branch {
            return self.operand(pair, what, FORM);
        }
        let span = self.span(&pair);
        let mut inside = pair.into_inner();
        let expr = inside.next().map(|p| self.operand(p, what, FORM));
        inside.for_each(|p| self.stray_inside(&p));
        expr.unwrap_or_else(|| self.nothing(span))
    }
}
