//! Checks loops and comprehensions: what they iterate over, and the types of its elements.

use super::{
    ARGUMENTS, DUPLICATE, Diagnostic, ELEMENTS, Expr, ForClause, Name, Rc, Scope, Span, TAKEN, Type, Typing,
};

impl<'p, 't> Typing<'p, 't> {
    /// Returns the scope inside `for names in source`.
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
                let report =
                    Diagnostic::error(&ELEMENTS, format!("`for` needs a list or a map, found {words}"))
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

    /// Checks the names of a loop's variables.
    fn variables(&mut self, names: &'t [Name]) {
        for name in names.iter().filter(|name| matches!(&*name.text, "self" | "stack" | "it")) {
            self.tell(
                Diagnostic::error(&TAKEN, format!("`{}` is a built-in name", name.text))
                    .at(name.span, "can't be a loop variable")
                    .help("choose another name"),
            );
        }
        if let [first, second] = names
            && first.text == second.text
            && &*first.text != "_"
        {
            self.tell(
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

    /// Returns the types of a loop's variables, for elements with or without keys.
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
                    "a loop over a map needs two variables, the key and the value",
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
                let report = Diagnostic::error(&ARGUMENTS, "a loop over a list takes one variable")
                    .at(first.span.to(names[names.len() - 1].span), "two here")
                    .help("for the positions, go through `range(len(list))`");
                self.report(source, report);
                vec![Type::Error; names.len()]
            }
            ([], _) => Vec::new(),
        }
    }

    /// Checks `[for … : value]`.
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

    /// Returns the common type of all fields of a record, or data if there is none.
    pub(super) fn any_of(&self, fields: &indexmap::IndexMap<Rc<str>, Type>) -> Type {
        Type::of_any(fields.values(), &self.program.lineage)
    }

    /// Returns the common type of two types, if there is one.
    pub(super) fn united(&self, a: &Type, b: &Type) -> Option<Type> {
        Type::united(a, b, &self.program.lineage)
    }
}
