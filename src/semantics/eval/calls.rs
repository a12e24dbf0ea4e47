//! Evaluates function calls.

use super::operators::{GIVE_A_TYPE, in_words};
use super::{
    BuiltinId, Compute, Diagnostic, Env, Eval, Expr, Failure, FnId, INDEX, MISMATCH, NUMBER, OVERFLOW, REGEX,
    Resolution, Step, Value, ValueKind, arithmetic,
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
            _ => Value::new(ValueKind::Error, expr.span),
        }
    }

    /// Calls a user-defined function.
    fn apply(&mut self, id: FnId, expr: &'t Expr, arguments: &'t [Expr], env: &Env) -> Value {
        if self.findings.endless.contains(&id) {
            return Value::new(ValueKind::Error, expr.span);
        }
        let program = self.program;
        let function = program.function(id);
        let mut inner = Env::default();
        for (at, param) in function.params.iter().enumerate() {
            let value = match (arguments.get(at), param.default) {
                (Some(argument), _) => self.expr_as(argument, &param.ty, env),
                (None, Some(default)) => self.expr_as(default, &param.ty, &inner),
                (None, None) => return Value::new(ValueKind::Error, expr.span),
            };
            if matches!(value.kind, ValueKind::Error) {
                return value;
            }
            inner = inner.with(value);
        }
        let value = self.with_cycle_guard(Step::Function(id), expr.span, |eval| match &function.ty {
            Some(ty) => eval.expr_as(function.body, ty, &inner),
            None => eval.expr(function.body, &inner),
        });
        let layer = value.layer;
        value.given(expr.span, layer)
    }

    fn builtin(&mut self, builtin: BuiltinId, expr: &'t Expr, arguments: &'t [Expr], env: &Env) -> ValueKind {
        let builtin = builtin.get();
        let compute = match &builtin.compute {
            Compute::Set(of) => {
                let mut set = 0;
                for argument in arguments {
                    match self.is_set(argument, env) {
                        None => return ValueKind::Error,
                        Some(is_set) => set += usize::from(is_set),
                    }
                }
                return of(set);
            }
            Compute::Values(compute) => *compute,
        };
        // Nearly all functions take one or two arguments, which need no `Vec`.
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

    /// Computes a built-in function from its evaluated arguments.
    fn computed(
        &mut self,
        name: &str,
        compute: fn(&[Value]) -> Result<ValueKind, Failure>,
        expr: &Expr,
        arguments: &[Expr],
        values: &mut [Value],
    ) -> ValueKind {
        if values.iter().any(|v| matches!(v.kind, ValueKind::Error | ValueKind::Absent)) {
            return ValueKind::Error;
        }
        let widened = arithmetic::widen(values).map_err(Failure::from);
        match widened.and_then(|()| compute(values)) {
            Ok(ValueKind::List(items)) => {
                self.steps += items.len();
                ValueKind::List(items)
            }
            Ok(kind) => kind,
            Err(failure) => {
                let report = match failure {
                    Failure::Kinds => of_other_kinds(name, arguments, values),
                    Failure::Regex(why) => {
                        Diagnostic::error(&REGEX, "this regular expression does not compile")
                            .at(arguments.get(1).map_or(expr.span, |a| a.span), why)
                    }
                    Failure::Overflow => {
                        Diagnostic::error(&OVERFLOW, "the result is out of range").at(expr.span, "")
                    }
                    Failure::Empty => {
                        Diagnostic::error(&INDEX, "an empty list has no smallest or largest element")
                            .at(expr.span, "")
                    }
                    Failure::NotANumber => {
                        Diagnostic::error(&NUMBER, "this string is not a whole number").at(expr.span, "")
                    }
                };
                self.diagnostics.push(report);
                ValueKind::Error
            }
        }
    }

    /// Whether a path is set, with nothing absent along the way; `None` on an error.
    pub(super) fn is_set(&mut self, path: &'t Expr, env: &Env) -> Option<bool> {
        match self.asked_for(path, env).kind {
            ValueKind::Error => None,
            ValueKind::Absent => Some(false),
            _ => Some(true),
        }
    }
}

/// Builds the diagnostic for arguments that a function does not take together.
fn of_other_kinds(name: &str, arguments: &[Expr], values: &[Value]) -> Diagnostic {
    let title = format!("`{name}` needs values of one kind");
    let kinds = |value: &Value| match &value.kind {
        ValueKind::List(items) => {
            let kinds: BTreeSet<String> = items.iter().map(|item| in_words(&item.kind)).collect();
            format!("a list of {}", Vec::from_iter(kinds).join(" and "))
        }
        kind => in_words(kind),
    };
    let mut given = arguments.iter().zip(values).map(|(argument, value)| (argument.span, kinds(value)));
    let report = Diagnostic::error(&MISMATCH, title);
    let report = match given.next() {
        Some((span, words)) => report.at(span, words),
        None => report,
    };
    given.fold(report, |report, (span, words)| report.because(span, words)).help(GIVE_A_TYPE)
}
