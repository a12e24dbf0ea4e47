//! Calls of functions.

use super::operators::{GIVE_A_TYPE, in_words};
use super::{
    BuiltinId, Compute, Env, Eval, Expr, Failure, FnId, INDEX, Kind, MISMATCH, NUMBER, OVERFLOW, REGEX,
    Report, Resolution, Step, Value, arithmetic,
};
use std::collections::BTreeSet;

impl<'p, 't> Eval<'p, 't> {
    pub(super) fn call(
        &mut self,
        expr: &'t Expr,
        function: &'t Expr,
        arguments: &'t [Expr],
        env: &Env,
    ) -> Value {
        match self.findings.resolution(function) {
            Resolution::Builtin(builtin) => {
                Value::new(self.builtin(builtin, expr, arguments, env), expr.span)
            }
            Resolution::Fn(id) => self.apply(id, expr, arguments, env),
            _ => Value::new(Kind::Error, expr.span),
        }
    }

    /// Calls a function of a person's.
    fn apply(&mut self, id: FnId, expr: &'t Expr, arguments: &'t [Expr], env: &Env) -> Value {
        if self.findings.endless.contains(&id) {
            return Value::new(Kind::Error, expr.span);
        }
        let program = self.program;
        let function = program.function(id);
        let mut inner = Env::default();
        for (at, param) in function.params.iter().enumerate() {
            let value = match (arguments.get(at), param.default) {
                (Some(argument), _) => self.expr_as(argument, &param.ty, env),
                (None, Some(default)) => self.expr_as(default, &param.ty, &inner),
                (None, None) => return Value::new(Kind::Error, expr.span),
            };
            if matches!(value.kind, Kind::Error) {
                return value;
            }
            inner = inner.with(value);
        }
        let value = self.guarded(Step::Function(id), expr.span, |eval| match &function.ty {
            Some(ty) => eval.expr_as(function.body, ty, &inner),
            None => eval.expr(function.body, &inner),
        });
        let layer = value.layer;
        value.given(expr.span, layer)
    }

    fn builtin(&mut self, builtin: BuiltinId, expr: &'t Expr, arguments: &'t [Expr], env: &Env) -> Kind {
        let builtin = builtin.get();
        let compute = match &builtin.compute {
            Compute::Set(of) => {
                let mut set = 0;
                for argument in arguments {
                    match self.is_set(argument, env) {
                        None => return Kind::Error,
                        Some(is_set) => set += usize::from(is_set),
                    }
                }
                return of(set);
            }
            Compute::Values(compute) => *compute,
        };
        // Nearly all functions take one or two values, which need no list.
        match arguments {
            [one] => {
                let mut values = [self.expr(one, env)];
                self.computed(builtin.name, compute, expr, arguments, &mut values)
            }
            [one, two] => {
                let mut values = [self.expr(one, env), self.expr(two, env)];
                self.computed(builtin.name, compute, expr, arguments, &mut values)
            }
            more => {
                let mut values: Vec<Value> = more.iter().map(|a| self.expr(a, env)).collect();
                self.computed(builtin.name, compute, expr, arguments, &mut values)
            }
        }
    }

    /// What a built-in function computes from evaluated arguments.
    fn computed(
        &mut self,
        name: &str,
        compute: fn(&[Value]) -> Result<Kind, Failure>,
        expr: &Expr,
        arguments: &[Expr],
        values: &mut [Value],
    ) -> Kind {
        if values.iter().any(|v| matches!(v.kind, Kind::Error | Kind::Absent)) {
            return Kind::Error;
        }
        let widened = arithmetic::widen(values).map_err(Failure::from);
        match widened.and_then(|()| compute(values)) {
            Ok(Kind::List(items)) => {
                self.steps += items.len();
                Kind::List(items)
            }
            Ok(kind) => kind,
            Err(failure) => {
                let report = match failure {
                    Failure::Kinds => of_other_kinds(name, arguments, values),
                    Failure::Regex(why) => Report::error(&REGEX, "this regular expression does not compile")
                        .at(arguments.get(1).map_or(expr.span, |a| a.span), why),
                    Failure::Overflow => {
                        Report::error(&OVERFLOW, "the result does not fit").at(expr.span, "")
                    }
                    Failure::Empty => {
                        Report::error(&INDEX, "an empty list has no smallest or largest element")
                            .at(expr.span, "")
                    }
                    Failure::NotANumber => {
                        Report::error(&NUMBER, "this text is no whole number").at(expr.span, "")
                    }
                };
                self.problems.push(report);
                Kind::Error
            }
        }
    }

    /// Whether a path is set: nothing on the way is absent.
    pub(super) fn is_set(&mut self, path: &'t Expr, env: &Env) -> Option<bool> {
        match self.asked_for(path, env).kind {
            Kind::Error => None,
            Kind::Absent => Some(false),
            _ => Some(true),
        }
    }
}

/// The report about a function of values that it does not take.
fn of_other_kinds(name: &str, arguments: &[Expr], values: &[Value]) -> Report {
    let title = format!("`{name}` does not take these values together");
    let kinds = |value: &Value| match &value.kind {
        Kind::List(items) => {
            let kinds: BTreeSet<String> = items.iter().map(|item| in_words(&item.kind)).collect();
            format!("a list of {}", Vec::from_iter(kinds).join(" and "))
        }
        kind => in_words(kind),
    };
    let mut given = arguments.iter().zip(values).map(|(argument, value)| (argument.span, kinds(value)));
    let report = Report::error(&MISMATCH, title);
    let report = match given.next() {
        Some((span, words)) => report.at(span, words),
        None => report,
    };
    given.fold(report, |report, (span, words)| report.because(span, words)).help(GIVE_A_TYPE)
}
