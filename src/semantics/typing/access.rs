//! Infers the types of members (`a.b`) and indexes (`a[b]`).

use super::{
    Diagnostic, Expr, FieldRef, IndexMap, Name, OPTIONAL, Rc, Resolution, SHAPE, Scope, Type, Typing,
    UNKNOWN_FIELD, key, path_text, wording,
};

impl<'p, 't> Typing<'p, 't> {
    #[expect(clippy::too_many_lines, reason = "one arm per kind of type that may have fields")]
    pub(super) fn member(
        &mut self,
        expr: &'t Expr,
        base: &'t Expr,
        name: &'t Name,
        scope: &Scope<'t>,
    ) -> Type {
        if let Some(named) = self.global(expr, scope) {
            self.resolve(expr, named);
            if let Some(file) = self.global(base, scope) {
                self.resolve(base, file);
            }
            return self.value_of(expr, named, &name.text);
        }
        if let Some(Resolution::Module(file)) = self.global(base, scope) {
            self.resolve(base, Resolution::Module(file));
            return self.unknown_in_file(expr, file, name);
        }
        if let Some(report) = self.unknown_base(expr, base, name, scope) {
            return self.report(expr, report);
        }
        let found = self.infer(base, scope);
        if name.text.is_empty() {
            // The missing name is already reported.
            self.poison(expr);
            return Type::Error;
        }
        if found.is_optional() {
            let shown = path_text(base).unwrap_or_else(|| "this".into());
            let report = Diagnostic::error(&OPTIONAL, format!("`{shown}` may be absent"))
                .at(base.span, "may not be set here")
                .help(format!("ask `isSet({shown})` first"));
            return self.report(expr, report);
        }
        let ty = match found.plain() {
            Type::Error => return Type::Error,
            Type::Data => {
                self.findings.loose.insert(key(expr));
                self.resolve(expr, Resolution::Key);
                return Type::Data;
            }
            Type::Map(inner) => {
                self.resolve(expr, Resolution::Key);
                Type::Optional(inner.clone())
            }
            Type::Record(fields) => match fields.get(&*name.text) {
                Some(ty) => {
                    self.resolve(expr, Resolution::Key);
                    ty.clone()
                }
                None => {
                    let report = no_such_field(fields, name);
                    return self.report(expr, report);
                }
            },
            Type::Schema(id) => match self.program.schema(*id).fields.get_full(&*name.text) {
                Some((at, _, field)) => {
                    self.resolve(expr, Resolution::Field(FieldRef::new(*id, at)));
                    field.ty.clone()
                }
                None => {
                    let path = path_text(base).unwrap_or_default();
                    let path = path.trim_start_matches("stack.").trim_start_matches("self.");
                    let path = if matches!(path, "stack" | "self") { "" } else { path };
                    let report = self.unknown_field(*id, &name.text, name.span, path);
                    return self.report(expr, report);
                }
            },
            other => {
                let report = Diagnostic::error(&SHAPE, format!("{} has no fields", other.in_words()))
                    .at(name.span, "no such field")
                    .because(base.span, other.in_words());
                return self.report(expr, report);
            }
        };
        self.present(expr, ty, scope)
    }

    pub(super) fn index(
        &mut self,
        expr: &'t Expr,
        base: &'t Expr,
        index: &'t Expr,
        scope: &Scope<'t>,
    ) -> Type {
        let found = self.infer(base, scope);
        match found.plain().clone() {
            Type::Error => Type::Error,
            Type::List(inner) => {
                self.check_against(index, &Type::Int, scope, None);
                (*inner).clone()
            }
            Type::Map(inner) => {
                self.check_against(index, &Type::String, scope, None);
                self.present(expr, Type::Optional(inner), scope)
            }
            Type::Data => Type::Data,
            Type::Record(fields) => {
                self.check_against(index, &Type::String, scope, None);
                match index.plain_text().and_then(|key| fields.get(key)) {
                    Some(ty) => self.present(expr, ty.clone(), scope),
                    None => Type::Data,
                }
            }
            other => {
                let report = Diagnostic::error(&SHAPE, format!("{} has no elements", other.in_words()))
                    .at(base.span, other.in_words())
                    .help("`[…]` is for lists and maps");
                self.report(expr, report)
            }
        }
    }
}

/// Builds the diagnostic for a field that a record does not have.
fn no_such_field(fields: &IndexMap<Rc<str>, Type>, name: &Name) -> Diagnostic {
    let report = Diagnostic::error(&UNKNOWN_FIELD, format!("the record has no field `{}`", name.text))
        .at(name.span, "unknown field");
    let known: Vec<&str> = fields.keys().map(|k| &**k).collect();
    match wording::nearest(&name.text, known.iter().copied()) {
        Some(near) => report.near(format!("did you mean `{near}`?"), name.span, &name.text, near),
        None if known.is_empty() => report.help("it has no fields at all"),
        None => report.help(format!("its fields are {}", wording::all_of(&known[..known.len().min(8)]))),
    }
}
