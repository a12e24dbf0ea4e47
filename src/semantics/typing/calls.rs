//! Checks function calls.

use super::{
    ARGUMENTS, Diagnostic, Expr, ExprKind, FnId, Resolution, Scope, Subject, Trail, Type, Typing,
    UNKNOWN_FUNCTION, builtins, path_text, wording,
};
use crate::semantics::builtins::{Arguments, Builtin, Types};

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
            if let ExprKind::Member(base, _) = &function.kind
                && let Some(file) = self.global(base, scope)
            {
                self.resolve(base, file);
            }
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
                self.resolve(base, Resolution::Module(file));
                return self.unknown_in_file(expr, file, name);
            }
            return self.no_function(expr, function);
        };
        let Some(id) = builtins::find(name) else {
            return self.unknown_function(expr, function, name, scope);
        };
        self.resolve(function, Resolution::Builtin(id));
        let builtin = id.get();
        if !builtin.arguments.contains(&arguments.len()) {
            let (low, high) = (*builtin.arguments.start(), *builtin.arguments.end());
            let takes =
                if low == high { wording::count(low, "value") } else { format!("{low} to {high} values") };
            let title = format!("`{name}` takes {takes}, found {}", arguments.len());
            let report = Diagnostic::error(&ARGUMENTS, title)
                .at(expr.span, "")
                .help(format!("write `{}`", builtin.signature));
            return self.report(expr, report);
        }
        if let Types::Paths(result) = &builtin.types {
            arguments.iter().for_each(|argument| self.settable(argument, scope));
            return result.clone();
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
        let report = Diagnostic::error(&UNKNOWN_FUNCTION, "only a function can be called")
            .at(function.span, "not the name of a function");
        self.report(expr, report)
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
        let known = builtins::ALL.iter().map(|builtin| builtin.name).chain(own);
        let report = Diagnostic::error(&UNKNOWN_FUNCTION, format!("there is no function `{name}`"))
            .at(function.span, "unknown function");
        let report = match wording::nearest(name, known) {
            Some(near) => report.near(format!("did you mean `{near}`?"), function.span, name, near),
            None => report.help(format!("write `fn {name}(…) = …`")),
        };
        self.report(expr, report)
    }

    /// Checks a call of a user-defined function.
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
            let title = format!("`{name}` takes {takes}, found {}", arguments.len());
            let params: Vec<&str> = function.params.iter().map(|param| &*param.name.text).collect();
            let report = Diagnostic::error(&ARGUMENTS, title)
                .at(expr.span, "")
                .because(function.name.span, "declared here")
                .help(format!("write `{name}({})`", params.join(", ")));
            return self.report(expr, report);
        }
        for (argument, param) in arguments.iter().zip(&function.params) {
            let trail = Trail::of(&param.name.text);
            let place = Subject { trail: &trail, field: None };
            if !param.ty.is_optional() {
                self.not_absent(argument, "an argument");
            }
            self.value(argument, &param.ty, scope, &place);
        }
        self.function(id)
    }

    /// Checks an argument of `isSet`: a path, any part of which may be absent.
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
            let report = Diagnostic::error(&ARGUMENTS, "expected a path to a field, found another value")
                .at(expr.span, "not a path to a field");
            self.report(expr, report);
            return;
        }
        self.infer(expr, &open);
    }

    /// Returns the type of a built-in function's result.
    fn result(&mut self, expr: &'t Expr, builtin: &Builtin, found: &[(&'t Expr, Type)]) -> Type {
        let types: Vec<Type> = found.iter().map(|(_, ty)| ty.clone()).collect();
        let of = Arguments { types: &types, lineage: &self.program.lineage };
        let result = match &builtin.types {
            Types::Paths(result) => Some(result.clone()),
            Types::OneOfAll => match found {
                [(_, one)] => match one.plain() {
                    Type::List(inner) => Some((**inner).clone()),
                    Type::Error => Some(Type::Error),
                    _ => None,
                },
                more => Some(self.joined(expr, more)),
            },
            Types::Of(_, unknown) if *types[0].plain() == Type::Error => Some(unknown.clone()),
            Types::Of(result, _) => result(&of),
        };
        result.unwrap_or_else(|| {
            let given: Vec<String> = types.iter().map(Type::in_words).collect();
            let title = format!("`{}` does not accept {}", builtin.name, given.join(" and "));
            let report = Diagnostic::error(&ARGUMENTS, title)
                .at(expr.span, "")
                .help(format!("write `{}`", builtin.signature));
            self.report(expr, report)
        })
    }
}
