//! Checks expressions against an expected type, and reports mismatches.

use super::example;
use super::subject;
use super::{
    Diagnostic, Expr, ExprKind, Given, InfixOp, MISMATCH, ModuleId, Number, OPTIONAL, Rc, Resolution, Scope,
    Span, Subject, Trail, Type, Typing, Unit, WORD, builtins, endpoint, path_text, quantity, reads_as,
    wording,
};

impl<'p, 't> Typing<'p, 't> {
    /// Checks an expression against an expected type.
    pub(super) fn check_against(
        &mut self,
        expr: &'t Expr,
        want: &Type,
        scope: &Scope<'t>,
        place: Option<&Subject<'_, 't>>,
    ) {
        self.expected_at(expr, want, place);
        if self.want_literal(expr, want, scope, place)
            || self.want_collection(expr, want, scope, place)
            || self.want_parts(expr, want, scope, place)
        {
            return;
        }
        self.wanted = Some(want.plain().clone());
        let found = self.infer(expr, scope);
        self.wanted = None;
        match self.value_behind(expr, scope).filter(|_| found.is_ambiguous()) {
            Some((value, module)) => self.used_as(expr, value, module, want, place),
            None => self.compare(expr, &found, want, scope, place),
        }
    }

    /// Checks a number or string literal against the expected type. Returns `false` if it does not apply.
    fn want_literal(
        &mut self,
        expr: &'t Expr,
        want: &Type,
        scope: &Scope<'t>,
        place: Option<&Subject<'_, 't>>,
    ) -> bool {
        match (&expr.kind, want.plain()) {
            (ExprKind::Number(text), plain) => self.number(expr, text, plain, place),
            (ExprKind::String(_), Type::Enum(words)) if expr.plain_text().is_some() => {
                self.found(expr, want.plain());
                let text = expr.plain_text().unwrap_or_default();
                if !words.iter().any(|word| &**word == text) {
                    let report = self.wrong_word(expr.span, text, words, place);
                    self.report(expr, report);
                }
            }
            (ExprKind::String(_), Type::Endpoint) if expr.plain_text().is_some() => {
                self.found(expr, &Type::Endpoint);
                if let Err(why) = endpoint(expr.plain_text().unwrap_or_default()) {
                    let report = Diagnostic::error(
                        &MISMATCH,
                        format!("{} must be a host and port, `host:port`", subject(place)),
                    )
                    .at(expr.span, why);
                    let report = match self.foreign(expr, &["${", "#{", "{"], scope).first() {
                        Some(foreign) => foreign.advise(report),
                        None => report.help("write it as in `\"orchestrator:8080\"`"),
                    };
                    self.report(expr, report);
                }
            }
            _ => return false,
        }
        true
    }

    /// Checks a list, map or record against the expected type. Returns `false` if it does not apply.
    fn want_collection(
        &mut self,
        expr: &'t Expr,
        want: &Type,
        scope: &Scope<'t>,
        place: Option<&Subject<'_, 't>>,
    ) -> bool {
        let root = Trail::root();
        let trail = place.map_or(&root, |place| place.trail);
        match (&expr.kind, want.plain()) {
            // An untyped record takes the type expected where it is used.
            (ExprKind::Name(_) | ExprKind::Member(..), Type::Schema(_) | Type::Map(_))
                if self.untyped_record(expr, scope).is_some() =>
            {
                if let Some((value, module)) = self.untyped_record(expr, scope) {
                    self.infer(expr, scope);
                    self.used_as(expr, value, module, want, place);
                }
            }
            (
                ExprKind::Infix(InfixOp::Merge, _, left, right),
                Type::Schema(_) | Type::Map(_) | Type::Data,
            ) => {
                self.found(expr, want.plain());
                self.check_against(left, want, scope, place);
                self.check_against(right, want, scope, place);
            }
            (ExprKind::List(items), Type::Data) => {
                self.found(expr, &Type::Data);
                for item in items {
                    self.check_against(item, &Type::Data, scope, None);
                }
            }
            (ExprKind::List(items), Type::List(inner)) => {
                self.found(expr, want.plain());
                let place = Subject { trail, field: None };
                for item in items {
                    self.not_absent(item, "an element of a list");
                    self.value(item, inner, scope, &place);
                }
            }
            (ExprKind::Comprehension(clauses, body), Type::List(element)) => {
                self.found(expr, want.plain());
                let place = Subject { trail, field: None };
                self.comprehension(clauses, body, scope, &mut |typing, body, scope| {
                    typing.value(body, element, scope, &place);
                });
            }
            (ExprKind::Record(block), Type::Schema(_) | Type::Map(_) | Type::Data) => {
                self.found(expr, want.plain());
                let inner = scope.inside(want);
                self.block(block, want.plain(), &inner, trail, &mut Given::default());
            }
            _ => return false,
        }
        true
    }

    /// Checks an operator or a call whose operands have the same expected type as the whole. Returns
    /// `false` if it does not apply.
    fn want_parts(
        &mut self,
        expr: &'t Expr,
        want: &Type,
        scope: &Scope<'t>,
        place: Option<&Subject<'_, 't>>,
    ) -> bool {
        match (&expr.kind, want.plain()) {
            (ExprKind::If(condition, then, otherwise), _) => {
                self.found(expr, want);
                self.check_against(condition, &Type::Bool, scope, None);
                self.check_against(then, want, &self.narrowed(condition, true, scope), place);
                self.check_against(otherwise, want, &self.narrowed(condition, false, scope), place);
            }
            (ExprKind::Infix(InfixOp::Else, _, left, right), _) => {
                self.found(expr, want);
                let optional = Type::Optional(Rc::new(want.present().clone()));
                self.check_against(left, &optional, scope, place);
                self.check_against(right, want, scope, place);
            }
            (ExprKind::Infix(InfixOp::Add | InfixOp::Subtract, _, left, right), Type::Quantity(_))
                if [left, right].iter().any(|side| matches!(side.kind, ExprKind::Number(_))) =>
            {
                self.found(expr, want.plain());
                self.check_against(left, want.plain(), scope, place);
                self.check_against(right, want.plain(), scope, place);
            }
            (ExprKind::Infix(InfixOp::Multiply, _, left, right), Type::Quantity(_))
                if self.infer(expr, scope) == Type::Quantity(Unit::Duration)
                    && [left, right].iter().any(|side| is_minutes(side)) =>
            {
                self.found(expr, want.plain());
                let side = if is_minutes(left) { left } else { right };
                self.check_against(side, want.plain(), scope, place);
            }
            (ExprKind::Call(function, arguments), _)
                if matches!(&function.kind, ExprKind::Name(n) if matches!(&**n, "min" | "max"))
                    && arguments.len() > 1
                    && matches!(want.plain(), Type::Quantity(_)) =>
            {
                self.found(expr, want.plain());
                if let ExprKind::Name(name) = &function.kind
                    && let Some(builtin) = builtins::find(name)
                {
                    self.resolve(function, Resolution::Builtin(builtin));
                }
                for argument in arguments {
                    self.check_against(argument, want.plain(), scope, place);
                }
            }
            _ => return false,
        }
        true
    }

    /// Checks the value of a constant without a type against the type expected where it is used.
    fn used_as(
        &mut self,
        expr: &'t Expr,
        value: &'t Expr,
        module: ModuleId,
        want: &Type,
        place: Option<&Subject<'_, 't>>,
    ) {
        let before = self.diagnostics.len();
        let using = self.using.replace(self.using.unwrap_or(expr.span));
        self.check_against(value, want, &Scope::constant(module), place);
        self.using = using;
        if self.diagnostics.len() > before {
            self.poison(expr);
        }
    }

    /// Returns the untyped record that a name refers to, and its file.
    fn untyped_record(&self, expr: &'t Expr, scope: &Scope<'t>) -> Option<(&'t Expr, ModuleId)> {
        let Some(Resolution::Let(id)) = self.global(expr, scope) else { return None };
        let constant = self.program.constant(id);
        let record = matches!(constant.value.kind, ExprKind::Record(_) | ExprKind::Infix(InfixOp::Merge, ..));
        (record && constant.ty.is_none()).then_some((constant.value, constant.module))
    }

    /// Describes the first part of a record that does not fit a schema, with its path.
    fn unfit(&self, want: &Type, found: &Type, path: &str) -> Option<String> {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match (want.plain(), found.present()) {
            (Type::Schema(id), Type::Record(fields)) => {
                let schema = self.program.schema(*id);
                fields.iter().find_map(|(name, found)| match schema.fields.get(name) {
                    Some(field) => self.unfit(&field.ty, found, &below(name)),
                    None => Some(format!("unknown field `{}`", below(name))),
                })
            }
            (Type::Map(inner), Type::Record(fields)) => {
                fields.iter().find_map(|(name, found)| self.unfit(inner, found, &below(name)))
            }
            (Type::List(want), Type::List(found)) => self.unfit(want, found, path),
            (plain, found) if !want.accepts(found, &self.program.lineage) => {
                Some(format!("`{path}` must be {}, found {}", plain.in_words(), found.in_words()))
            }
            _ => None,
        }
    }

    /// Reports an inferred type that does not fit the expected type.
    pub(super) fn compare(
        &mut self,
        expr: &'t Expr,
        found: &Type,
        want: &Type,
        scope: &Scope<'t>,
        place: Option<&Subject<'_, 't>>,
    ) {
        if want.accepts(found, &self.program.lineage) {
            if found.is_ambiguous() && want.has_unit(Unit::Cpu) {
                // Nothing leads back to the literal, so it was read as minutes, the default.
                let title = format!("{} must be {}, found a duration", subject(place), want.in_words());
                let report = Diagnostic::error(&MISMATCH, title)
                    .at(expr.span, "read as minutes by default")
                    .help("give a type to what it comes from, as in `let name: Cpu = …`");
                self.report(expr, report);
                return;
            }
            if let Some(why) = self.unfit(want, found, "") {
                let report =
                    Diagnostic::error(&MISMATCH, format!("{} has the wrong shape: {why}", subject(place)))
                        .at(expr.span, "wrong shape");
                self.report(expr, report);
            }
            return;
        }
        if let Type::Optional(inner) = found
            && want.accepts(inner, &self.program.lineage)
        {
            let shown = path_text(expr).unwrap_or_else(|| "this".into());
            let report = Diagnostic::error(&OPTIONAL, format!("`{shown}` may be absent"))
                .at(expr.span, "may not be set here")
                .help(format!("write `{shown} ?? {}`, or ask `isSet({shown})` first", want.example()));
            self.report(expr, report);
            return;
        }
        let report = self.of_another_type(expr, found, want, scope, place);
        self.report(expr, report);
    }

    /// Builds the diagnostic for an expression of the wrong type.
    fn of_another_type(
        &self,
        expr: &'t Expr,
        found: &Type,
        want: &Type,
        scope: &Scope<'t>,
        place: Option<&Subject<'_, 't>>,
    ) -> Diagnostic {
        let subject = match (place, want) {
            (None, Type::Bool) => "a condition".to_owned(),
            _ => subject(place),
        };
        let title = format!("{subject} must be {}, found {}", want.in_words(), found.in_words());
        let way = self.member_path(expr, scope);
        let mut report = Diagnostic::error(&MISMATCH, title);
        report = report.at(expr.span, if way.is_empty() { String::new() } else { found.in_words() });
        for (name, span) in &way {
            report = report.because(*span, format!("`{name}` is set here"));
        }
        if let Some((name, _)) = way.last()
            && matches!(found, Type::AmbiguousM | Type::Quantity(Unit::Duration))
            && matches!(want.plain(), Type::Quantity(Unit::Cpu))
        {
            report = report.help(format!("write `let {name}: Cpu = …`"));
        }
        report = self.about(report, place);
        self.advice(report, expr, found, want, place)
    }

    /// Adds help on what to write instead of an expression of the wrong type.
    fn advice(
        &self,
        report: Diagnostic,
        expr: &Expr,
        found: &Type,
        want: &Type,
        place: Option<&Subject<'_, 't>>,
    ) -> Diagnostic {
        let unquoted = expr.plain_text().filter(|text| reads_as(text, want.plain()));
        let switch = match (&expr.kind, want.plain(), place) {
            (ExprKind::Bool(_), Type::Schema(id), Some(place)) => {
                let field = self.program.schema(*id).fields.get("enabled");
                field.filter(|field| *field.ty.plain() == Type::Bool).map(|_| place.trail.last())
            }
            _ => None,
        };
        let result = self.untyped_result(expr, found, want);
        // A version may begin with a `v` or not; the type's condition decides which.
        let of_condition = matches!((want.present(), want.plain()), (Type::Refined(..), Type::Version));
        match unquoted {
            Some(text) if of_condition && !text.starts_with('v') => {
                report.suggest(format!("write `v{text}`, without quotes"), expr.span, &format!("v{text}"))
            }
            Some(text) => report.fix(format!("write `{text}`, without quotes"), expr.span, text),
            None if switch.is_some() => {
                let name = switch.unwrap_or_default();
                let value = matches!(expr.kind, ExprKind::Bool(true));
                report.help(format!("write `{name}.enabled = {value}`"))
            }
            None if *want.plain() == Type::String && matches!(expr.kind, ExprKind::Bool(_)) => {
                let value = format!("\"{}\"", matches!(expr.kind, ExprKind::Bool(true)));
                report.fix(format!("write `{value}`"), expr.span, &value)
            }
            None if result.is_some() => {
                let function = result.unwrap_or_default();
                report.help(format!("write the type of its result, as in `fn {function}(…): Cpu = …`"))
            }
            None => report.help(format!("a right value looks like `{}`", example(place, want))),
        }
    }

    /// Returns the function without a result type that yields minutes where a share of CPU is expected.
    fn untyped_result(&self, expr: &Expr, found: &Type, want: &Type) -> Option<&'p str> {
        let ExprKind::Call(function, _) = &expr.kind else { return None };
        let Resolution::Fn(id) = self.findings.resolution(function) else { return None };
        let program = self.program;
        let function = program.function(id);
        let minutes = *found == Type::Quantity(Unit::Duration) && *want.plain() == Type::Quantity(Unit::Cpu);
        (minutes && function.ty.is_none()).then_some(&*function.name.text)
    }

    /// Returns the constants between a name and its value, at most four.
    fn member_path(&self, expr: &'t Expr, scope: &Scope<'t>) -> Vec<(&'p str, Span)> {
        let mut way = Vec::new();
        let (mut expr, mut scope) = (expr, scope.clone());
        while way.len() < 4
            && let Some(Resolution::Let(id)) = self.global(expr, &scope)
        {
            let constant = self.program.constant(id);
            way.push((&*constant.name.text, constant.value.span));
            (expr, scope) = (constant.value, Scope::constant(constant.module));
        }
        way
    }

    pub(super) fn about(&self, report: Diagnostic, place: Option<&Subject>) -> Diagnostic {
        match place.and_then(|place| place.field.map(|(_, field)| (place.trail, field))) {
            Some((trail, field)) if !field.doc.is_empty() => {
                report.note(format!("`{trail}`: {}", field.doc.trim_end_matches('.').replace('\n', " ")))
            }
            _ => report,
        }
    }

    pub(super) fn wrong_word(
        &self,
        span: Span,
        text: &str,
        words: &[Rc<str>],
        place: Option<&Subject>,
    ) -> Diagnostic {
        let title = format!("{} can't be \"{}\"", subject(place), wording::short(text));
        let report = Diagnostic::error(&WORD, title).at(span, "not an allowed value");
        let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
        match wording::nearest(text, words.iter().map(|w| &**w)) {
            Some(near) => {
                report.near(format!("did you mean \"{near}\"?"), span, text, &format!("\"{near}\""))
            }
            None => report.help(format!("it is {}", wording::one_of(&quoted))),
        }
    }
}

/// Whether an expression is a literal such as `100m`, which may be minutes or a share of CPU.
fn is_minutes(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(text) => {
            matches!(quantity::read(text), Number::Quantity(units) if units.is_ambiguous())
        }
        _ => false,
    }
}
