//! Loops and comprehensions: what is gone through, and what its elements are.

use super::{
    ARGUMENTS, DUPLICATE, Diagnostic, ELEMENTS, Expr, ForClause, Name, Rc, Scope, Span, TAKEN, Type, Typing,
};

impl<'p, 't> Typing<'p, 't> {
    /// The scope inside of `for names in source`.
    pub(super) fn looped(&mut self, names: &'t [Name], source: &'t Expr, scope: &Scope<'t>) -> Scope<'t> {
        let mut found = self.infer(source, scope);
        if found.is_optional() {
            self.compare(source, &found.clone(), found.present(), scope, None);
            found = Type::Error;
        }
        self.variables(names);
        let (key, value) = match found.plain() {
            Type::List(inner) => (None, (**inner).clone()),
            Type::Map(inner) => (Some(Type::String), (**inner).clone()),
            Type::Record(fields) => (Some(Type::String), self.any_of(fields)),
            Type::Data => ((names.len() > 1).then_some(Type::String), Type::Data),
            Type::Error => ((names.len() > 1).then_some(Type::Error), Type::Error),
            other => {
                let words = other.in_words();
                let report = Diagnostic::error(
                    &ELEMENTS,
                    format!("`for` goes through a list or a map, and this is {words}"),
                )
                .at(source.span, words);
                self.report(source, report);
                ((names.len() > 1).then_some(Type::Error), Type::Error)
            }
        };
        let types = self.variable_types(names, key, value, source);
        let mut inner = scope.clone();
        inner.locals.extend(names.iter().map(|name| &*name.text).zip(types));
        inner
    }

    /// The names of a loop's variables.
    fn variables(&mut self, names: &'t [Name]) {
        for name in names.iter().filter(|name| matches!(&*name.text, "self" | "stack" | "it")) {
            self.diagnostics.push(
                Diagnostic::error(&TAKEN, format!("`{}` is a name of the language", name.text))
                    .at(name.span, "can't be a loop's variable")
                    .help("choose another name"),
            );
        }
        if let [first, second] = names
            && first.text == second.text
            && &*first.text != "_"
        {
            self.diagnostics.push(
                Diagnostic::error(
                    &DUPLICATE,
                    format!("both variables of the loop are called `{}`", first.text),
                )
                .at(second.span, "again here")
                .because(first.span, "first here")
                .help("the first is the key, the second the value: give them two names"),
            );
        }
    }

    /// The types of a loop's variables, for elements that have keys or none.
    fn variable_types(
        &mut self,
        names: &'t [Name],
        key: Option<Type>,
        value: Type,
        source: &'t Expr,
    ) -> Vec<Type> {
        match (names, key) {
            ([_], None) => vec![value],
            ([_, _], Some(key)) => vec![key, value],
            ([one], Some(_)) => {
                let report = Diagnostic::error(
                    &ARGUMENTS,
                    "a loop over a map has two variables, the key and the value",
                )
                .at(one.span, "only one here")
                .suggest(
                    format!("write `for k, {} in …`", one.text),
                    Span { end: one.span.start, ..one.span },
                    "k, ",
                );
                self.report(source, report);
                vec![Type::Error]
            }
            ([first, ..], _) => {
                let report = Diagnostic::error(&ARGUMENTS, "a loop over a list has one variable")
                    .at(first.span.to(names[names.len() - 1].span), "two here")
                    .help("for the positions, go through `range(len(list))`");
                self.report(source, report);
                vec![Type::Error; names.len()]
            }
            ([], _) => Vec::new(),
        }
    }

    /// `[for … : value]`
    pub(super) fn comprehension(
        &mut self,
        clauses: &'t [ForClause],
        body: &'t Expr,
        scope: &Scope<'t>,
        inner: &mut dyn FnMut(&mut Self, &'t Expr, &Scope<'t>),
    ) {
        let mut scope = scope.clone();
        for clause in clauses {
            scope = self.looped(&clause.names, &clause.source, &scope);
            if let Some(filter) = &clause.filter {
                self.check_against(filter, &Type::Bool, &scope, None);
                scope = self.narrowed(filter, true, &scope);
            }
        }
        inner(self, body, &scope);
    }

    /// One type for all fields of a record, where there is one.
    pub(super) fn any_of(&self, fields: &indexmap::IndexMap<Rc<str>, Type>) -> Type {
        Type::of_any(fields.values(), &self.program.lineage)
    }

    /// The type of what is of one of two types, where one fits both.
    pub(super) fn united(&self, a: &Type, b: &Type) -> Option<Type> {
        Type::united(a, b, &self.program.lineage)
    }
}
