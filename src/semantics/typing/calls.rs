//! Calls of functions.

use super::*;

impl<'p, 't> Typing<'p, 't> {
    pub(super) fn call(
        &mut self,
        expr: &'t Expr,
        function: &'t Expr,
        arguments: &'t [Expr],
        scope: &Scope<'t>,
    ) -> Type {
        if let Some(named) = self.global(function, scope) {
            self.resolve(function, named);
            return match named {
                Resolution::Fn(id) => self.call_of(expr, id, arguments, scope),
                Resolution::Failed => {
                    arguments.iter().for_each(|argument| drop(self.infer(argument, scope)));
                    self.poison(expr);
                    Type::Error
                }
                _ => self.no_function(expr, function),
            };
        }
        let ExprKind::Name(name) = &function.kind else {
            if let ExprKind::Member(base, name) = &function.kind
                && let Some(Resolution::Module(file)) = self.global(base, scope)
            {
                return self.unknown_in_file(expr, file, name);
            }
            return self.no_function(expr, function);
        };
        let Some((builtin, low, high)) = builtins::find(name) else {
            return self.unknown_function(expr, function, name, scope);
        };
        self.resolve(function, Resolution::Builtin(builtin));
        if arguments.len() < low || arguments.len() > high {
            let takes =
                if low == high { wording::count(low, "value") } else { format!("{low} to {high} values") };
            let report = Report::error(
                &ARGUMENTS,
                format!("`{name}` takes {takes}, and is given {}", arguments.len()),
            )
            .at(expr.span, "")
            .help(format!("write `{}`", signature(builtin)));
            return self.tell(expr, report);
        }
        if matches!(builtin, Builtin::IsSet | Builtin::Present) {
            for argument in arguments {
                self.settable(argument, scope);
            }
            return if builtin == Builtin::IsSet { Type::Bool } else { Type::Int };
        }
        let mut found: Vec<(&Expr, Type)> = arguments.iter().map(|a| (a, self.infer(a, scope))).collect();
        for (argument, ty) in &mut found {
            if ty.is_optional() {
                self.compare(argument, &ty.clone(), ty.present(), scope, None);
                *ty = Type::Error;
            }
        }
        self.result(expr, builtin, &found)
    }

    fn no_function(&mut self, expr: &'t Expr, function: &'t Expr) -> Type {
        let report = Report::error(&UNKNOWN_FUNCTION, "only a function can be called")
            .at(function.span, "not a function's name");
        self.tell(expr, report)
    }

    fn unknown_function(
        &mut self,
        expr: &'t Expr,
        function: &'t Expr,
        name: &str,
        scope: &Scope<'t>,
    ) -> Type {
        let values = &self.program.names(scope.module).values;
        let own =
            values.iter().filter(|(_, (named, _))| matches!(named, Resolution::Fn(_))).map(|(name, _)| *name);
        let known = builtins::ALL.iter().map(|(name, ..)| *name).chain(own);
        let report = Report::error(&UNKNOWN_FUNCTION, format!("there is no function `{name}`"))
            .at(function.span, "unknown function");
        let report = match wording::nearest(name, known) {
            Some(near) => report.near(format!("did you mean `{near}`?"), function.span, name, near),
            None => report.help(format!("write `fn {name}(…) = …`")),
        };
        self.tell(expr, report)
    }

    /// A call of a function of a person's.
    fn call_of(&mut self, expr: &'t Expr, id: FnId, arguments: &'t [Expr], scope: &Scope<'t>) -> Type {
        let program = self.program;
        let function = program.function(id);
        let needed = function.params.iter().filter(|param| param.default.is_none()).count();
        if arguments.len() < needed || arguments.len() > function.params.len() {
            let most = function.params.len();
            let takes = match needed == most {
                true => wording::count(most, "value"),
                false => format!("{needed} to {most} values"),
            };
            let name = &function.name.text;
            let title = format!("`{name}` takes {takes}, and is given {}", arguments.len());
            let params: Vec<&str> = function.params.iter().map(|param| &*param.name.text).collect();
            let report = Report::error(&ARGUMENTS, title)
                .at(expr.span, "")
                .because(function.name.span, "declared here")
                .help(format!("write `{name}({})`", params.join(", ")));
            return self.tell(expr, report);
        }
        for (argument, param) in arguments.iter().zip(&function.params) {
            let trail = Trail::of(&param.name.text);
            let place = Place { trail: &trail, field: None };
            if !param.ty.is_optional() {
                self.not_absent(argument, "an argument");
            }
            self.value(argument, &param.ty, scope, &place);
        }
        self.function(id)
    }

    /// `isSet` asks about a path, whatever of it may be absent.
    pub(super) fn settable(&mut self, expr: &'t Expr, scope: &Scope<'t>) {
        let mut open = scope.clone();
        if let ExprKind::Member(base, _) | ExprKind::Index(base, _) = &expr.kind {
            let mut base: &Expr = base;
            loop {
                open.set.extend(path_text(base));
                match &base.kind {
                    ExprKind::Member(inner, _) | ExprKind::Index(inner, _) => base = inner,
                    _ => break,
                }
            }
        }
        if path_text(expr).is_none() {
            let report = Report::error(&ARGUMENTS, "only a field can be set or not")
                .at(expr.span, "not a path to a field");
            self.tell(expr, report);
            return;
        }
        self.infer(expr, &open);
    }

    pub(super) fn result(&mut self, expr: &'t Expr, builtin: Builtin, found: &[(&'t Expr, Type)]) -> Type {
        use Builtin::*;
        let list_of = |ty: &Type| match ty.plain() {
            Type::List(inner) => Some((**inner).clone()),
            _ => None,
        };
        let first = found[0].1.plain().clone();
        if first == Type::Error {
            return match builtin {
                StartsWith | EndsWith | Contains | Matches | IsRegex => Type::Bool,
                Len | Round | Floor | Ceil | Int => Type::Int,
                Join | Trim | Lower | Upper | Replace => Type::Text,
                _ => Type::Error,
            };
        }
        let text =
            |ty: &Type| matches!(ty.plain(), Type::Text | Type::Words(_) | Type::Endpoint | Type::Error);
        let number = matches!(first, Type::Int | Type::Float);
        let ok = match builtin {
            IsSet | Present => return Type::Error,
            Len => (text(&first)
                || matches!(first, Type::List(_) | Type::Map(_) | Type::Data | Type::Record(_)))
            .then_some(Type::Int),
            Min | Max if found.len() == 1 => list_of(&first),
            Min | Max => Some(self.joined(expr, found)),
            Sum => list_of(&first)
                .filter(|ty| matches!(ty.plain(), Type::Int | Type::Float | Type::Quantity(_) | Type::Error)),
            Abs => (number || matches!(first, Type::Quantity(_))).then_some(first.clone()),
            Round | Floor | Ceil => number.then_some(Type::Int),
            Int => (number || text(&first)).then_some(Type::Int),
            Join => (list_of(&first).is_some() && text(&found[1].1)).then_some(Type::Text),
            Split => (text(&first) && text(&found[1].1)).then(|| Type::List(Rc::new(Type::Text))),
            Trim | Lower | Upper => text(&first).then_some(Type::Text),
            Replace => found.iter().all(|(_, ty)| text(ty)).then_some(Type::Text),
            StartsWith | EndsWith | Matches => found.iter().all(|(_, ty)| text(ty)).then_some(Type::Bool),
            IsRegex => text(&first).then_some(Type::Bool),
            Contains => match &first {
                Type::List(inner) => (inner.accepts(&found[1].1, &self.program.lineage)
                    || text(inner) && text(&found[1].1))
                .then_some(Type::Bool),
                Type::Map(_) | Type::Data | Type::Record(_) => text(&found[1].1).then_some(Type::Bool),
                other => (text(other) && text(&found[1].1)).then_some(Type::Bool),
            },
            Keys => matches!(first, Type::Map(_) | Type::Data | Type::Record(_))
                .then(|| Type::List(Rc::new(Type::Text))),
            Values => match &first {
                Type::Map(inner) => Some(Type::List(inner.clone())),
                Type::Data => Some(Type::List(Rc::new(Type::Data))),
                Type::Record(fields) => Some(Type::List(Rc::new(self.any_of(fields)))),
                _ => None,
            },
            Sort | Unique => list_of(&first).map(|inner| Type::List(Rc::new(inner))),
            Range => {
                found.iter().all(|(_, ty)| *ty.plain() == Type::Int).then(|| Type::List(Rc::new(Type::Int)))
            }
        };
        ok.unwrap_or_else(|| {
            let given: Vec<String> = found.iter().map(|(_, ty)| ty.in_words()).collect();
            let report = Report::error(
                &ARGUMENTS,
                format!("`{}` does not take {}", builtins::name(builtin), given.join(" and ")),
            )
            .at(expr.span, "")
            .help(format!("write `{}`", signature(builtin)));
            self.tell(expr, report)
        })
    }
}

pub(super) fn signature(builtin: Builtin) -> &'static str {
    use Builtin::*;
    match builtin {
        IsSet => "isSet(field)",
        Present => "present(a, b, …)",
        Len => "len(text or list)",
        Min => "min(a, b, …) or min(list)",
        Max => "max(a, b, …) or max(list)",
        Sum => "sum(list)",
        Abs => "abs(number)",
        Round => "round(number)",
        Floor => "floor(number)",
        Ceil => "ceil(number)",
        Int => "int(number or text)",
        Join => "join(list, \", \")",
        Split => "split(text, \",\")",
        Trim => "trim(text)",
        Lower => "lower(text)",
        Upper => "upper(text)",
        Replace => "replace(text, \"from\", \"to\")",
        StartsWith => "startsWith(text, \"start\")",
        EndsWith => "endsWith(text, \"end\")",
        Contains => "contains(text or list, part)",
        Matches => "matches(text, r\"pattern\")",
        IsRegex => "isRegex(text)",
        Keys => "keys(map)",
        Values => "values(map)",
        Sort => "sort(list)",
        Unique => "unique(list)",
        Range => "range(10) or range(1, 10)",
    }
}
