//! Evaluates loops over lists and maps.

use super::{
    Diagnostic, Env, Eval, Expr, ForClause, LOOP, MAX_LOOP, Name, Rc, Step, Value, ValueKind, arithmetic,
};

impl<'p, 't> Eval<'p, 't> {
    /// Calls `run` for each element of a list or entry of a map, with the loop variables in scope, until it
    /// returns `false`. Returns `false` if it did, or if `source` cannot be iterated over.
    pub(super) fn each(
        &mut self,
        names: &'t [Name],
        source: &'t Expr,
        env: &Env,
        run: &mut dyn FnMut(&mut Self, &Env) -> bool,
    ) -> bool {
        let value = match env.record {
            Some(id) => self.with_cycle_guard(Step::Field(id), source.span, |eval| eval.expr(source, env)),
            None => self.expr(source, env),
        };
        let elements: Vec<Vec<Value>> = match (&value.kind, names) {
            (ValueKind::List(items), [_]) => items.iter().map(|item| vec![item.clone()]).collect(),
            (ValueKind::Record(record), [_, _]) => {
                let set = record.iter().filter(|(_, value)| !value.is_absent());
                let key =
                    |key: &Rc<str>, value: &Value| Value::new(ValueKind::String(key.clone()), value.span);
                set.map(|(name, value)| vec![key(name, value), value.clone()]).collect()
            }
            _ => return false,
        };
        if elements.len() > MAX_LOOP {
            self.diagnostics.push(
                Diagnostic::error(&LOOP, format!("a loop can have at most {MAX_LOOP} elements"))
                    .at(source.span, format!("{} elements", elements.len()))
                    .help("split the list"),
            );
            return false;
        }
        // Collecting the elements costs a step for each.
        self.steps += elements.len();
        elements.into_iter().all(|values| {
            if self.out_of_steps(source.span) {
                return false;
            }
            let env = values.into_iter().fold(env.clone(), |env, value| env.with(value));
            run(self, &env)
        })
    }

    /// Evaluates `[for … : value]`.
    pub(super) fn comprehension(&mut self, clauses: &'t [ForClause], body: &'t Expr, env: &Env) -> ValueKind {
        let mut found = Vec::new();
        self.clauses(clauses, env, &mut |eval, env| {
            let value = eval.expr(body, env);
            found.push(value);
            found.len() <= arithmetic::MAX_VALUES
        });
        if found.len() > arithmetic::MAX_VALUES {
            self.report_too_many(body.span);
            return ValueKind::Error;
        }
        ValueKind::List(Rc::new(found.into_iter().collect()))
    }

    fn clauses(
        &mut self,
        clauses: &'t [ForClause],
        env: &Env,
        run: &mut dyn FnMut(&mut Self, &Env) -> bool,
    ) -> bool {
        let [clause, rest @ ..] = clauses else { return run(self, env) };
        self.each(&clause.names, &clause.source, env, &mut |eval, env| match &clause.filter {
            Some(filter) if !matches!(eval.expr(filter, env).kind, ValueKind::Bool(true)) => true,
            _ => {
                eval.clauses(rest, env, run);
                true
            }
        })
    }
}
