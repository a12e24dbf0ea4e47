//! Names: constants, functions, imports, parameters and fields.

use super::*;
use crate::room;

impl<'p, 't> Typing<'p, 't> {
    /// The type of a constant; its value is checked once.
    pub(super) fn constant(&mut self, id: LetId) -> Type {
        match self.lets.get(&id) {
            Some(Found::Type(ty)) => return ty.clone(),
            // Evaluation tells the whole circle.
            Some(Found::Busy) => return Type::Error,
            None => {}
        }
        self.lets.insert(id, Found::Busy);
        let program = self.program;
        let constant = &program.lets[id.0];
        let scope = Scope::constant(constant.module);
        self.not_absent(constant.value, "a constant");
        let ty = match &constant.ty {
            Some(ty) => {
                let place = Place { path: &constant.name.text, field: None };
                room::step(|| self.value(constant.value, ty, &scope, &place));
                ty.clone()
            }
            // One constant may be as deep as an expression can be, and need the next.
            None => match room::step(|| self.infer(constant.value, &scope)) {
                Type::Minutes => Type::Quantity(Unit::Duration),
                ty => ty,
            },
        };
        self.lets.insert(id, Found::Type(ty.clone()));
        ty
    }

    /// The type of a function's result; its body is checked once.
    pub(super) fn function(&mut self, id: FnId) -> Type {
        match self.fns.get(&id) {
            Some(Found::Type(ty)) => return ty.clone(),
            Some(Found::Busy) => return self.circle(id),
            None => {}
        }
        self.fns.insert(id, Found::Busy);
        let program = self.program;
        let function = &program.fns[id.0];
        self.calls.push((id, function.name.span));
        let mut scope = Scope::constant(function.module);
        for param in &function.params {
            if let Some(default) = param.default {
                let place = Place { path: &param.name.text, field: None };
                self.value(default, &param.ty, &scope, &place);
            }
            scope.locals.push((&param.name.text, param.ty.clone()));
        }
        let ty = match &function.ty {
            Some(ty) => {
                let place = Place { path: &function.name.text, field: None };
                room::step(|| self.value(function.body, ty, &scope, &place));
                ty.clone()
            }
            None => match room::step(|| self.infer(function.body, &scope)) {
                Type::Minutes => Type::Quantity(Unit::Duration),
                ty => ty,
            },
        };
        self.calls.pop();
        self.fns.insert(id, Found::Type(ty.clone()));
        ty
    }

    /// `absent` where something has to stand.
    pub(super) fn not_absent(&mut self, expr: &'t Expr, what: &str) {
        if matches!(expr.kind, ExprKind::Absent) {
            let report = Report::error(&REQUIRED, format!("{what} can't be absent"))
                .at(expr.span, "takes nothing away here")
                .help("write a value");
            self.tell(expr.span, report);
        }
    }

    /// Functions that call each other in a circle.
    fn circle(&mut self, id: FnId) -> Type {
        let start = self.calls.iter().position(|(known, _)| *known == id).unwrap_or(0);
        let program = self.program;
        let name = |id: FnId| &program.fns[id.0].name.text;
        let mut report = Report::error(&CYCLE, format!("the function `{}` calls itself", name(id)));
        for (n, (step, span)) in self.calls[start..].iter().enumerate() {
            let next = self.calls.get(start + n + 1).map_or(id, |(next, _)| *next);
            let text = format!("`{}` calls `{}`", name(*step), name(next));
            report = if n == 0 { report.at(*span, text) } else { report.because(*span, text) };
        }
        self.tables.endless.extend(self.calls[start..].iter().map(|(id, _)| *id));
        self.problems.push(report.help("a function can't call itself: a stack always comes to an end"));
        Type::Error
    }

    /// What a path's first names mean, where no field, parameter or loop variable is in the way.
    pub(super) fn global(&self, expr: &Expr, scope: &Scope<'t>) -> Option<Named> {
        let mut root = expr;
        while let ExprKind::Member(base, _) = &root.kind {
            root = base;
        }
        let ExprKind::Name(name) = &root.kind else { return None };
        let field = |id: SchemaId| self.program.schema(id).fields.contains_key(&**name);
        let hidden =
            scope.locals.iter().any(|(known, _)| **known == **name) || scope.fields.is_some_and(field);
        if hidden { None } else { self.program.resolve(scope.module, expr) }
    }

    pub(super) fn bare_name(&mut self, expr: &'t Expr, name: &'t str, scope: &Scope<'t>) -> Type {
        if let ("it", Some(ty)) = (name, &scope.it) {
            return ty.clone();
        }
        if let Some((_, ty)) = scope.locals.iter().rev().find(|(known, _)| *known == name) {
            return self.present(expr, ty.clone(), scope);
        }
        if let Some(id) = scope.fields
            && let Some(field) = self.program.schema(id).fields.get(name)
        {
            return self.present(expr, field.ty.clone(), scope);
        }
        match self.program.named(scope.module, name) {
            Some(named) => self.value_of(expr, named, name),
            None => self.unknown_name(expr, name, scope),
        }
    }

    /// The type of what a name stands for.
    pub(super) fn value_of(&mut self, expr: &'t Expr, named: Named, name: &str) -> Type {
        match named {
            Named::Let(id) => self.constant(id),
            Named::Data(id) => self.data.get(id.0).cloned().unwrap_or(Type::Error),
            Named::Failed => {
                self.tables.poisoned.insert(expr.span);
                Type::Error
            }
            Named::Fn(_) => {
                let report = Report::error(&UNKNOWN_NAME, format!("`{name}` is a function"))
                    .at(expr.span, "not a value")
                    .help(format!("write `{name}(…)`"));
                self.tell(expr.span, report)
            }
            Named::Module(_) => {
                let report = Report::error(&UNKNOWN_NAME, format!("`{name}` is an imported file"))
                    .at(expr.span, "not a value")
                    .help(format!("write `{name}.` and the name of what it declares"));
                self.tell(expr.span, report)
            }
        }
    }

    fn unknown_name(&mut self, expr: &'t Expr, name: &str, scope: &Scope<'t>) -> Type {
        let report =
            Report::error(&UNKNOWN_NAME, format!("there is no `{name}` here")).at(expr.span, "unknown name");
        let field = match scope.record.as_ref().map(Type::plain) {
            Some(Type::Schema(id)) => self.program.schema(*id).fields.contains_key(name),
            _ => false,
        };
        let names = self.program.modules[scope.module.0].values.keys().copied();
        let locals = scope.locals.iter().map(|(name, _)| *name);
        let own = scope.fields.into_iter().flat_map(|id| self.program.schema(id).fields.keys().map(|k| &**k));
        let wanted = self.wanted.take();
        let slip = names.clone().find(|known| wording::is_slip(name, known));
        let known = names.chain(locals).chain(own).chain(["self", "stack", "true", "false"]);
        let truth = match name.to_ascii_lowercase().as_str() {
            "yes" | "on" | "true" => Some("true"),
            "no" | "off" | "false" => Some("false"),
            _ => None,
        };
        let text = matches!(
            wanted,
            None | Some(Type::Text | Type::Words(_) | Type::Data | Type::Endpoint | Type::Error)
        );
        let imported = self.program.modules[scope.module.0].values.iter().find_map(|(alias, (named, _))| {
            let Named::Module(file) = named else { return None };
            let (found, _) = self.program.modules[file.0].values.get(name)?;
            (!matches!(found, Named::Module(_))).then(|| format!("{alias}.{name}"))
        });
        let report = if let Some(imported) = imported {
            report.fix(format!("an import has it: write `{imported}`"), expr.span, &imported)
        } else if let (Some(truth), Some(Type::Bool)) = (truth, &wanted) {
            report.fix(format!("write `{truth}`"), expr.span, truth)
        } else if let Some(slip) = slip {
            report.fix(format!("did you mean `{slip}`?"), expr.span, slip)
        } else if field {
            report.note("a bare name is a `let`, never a field").fix(
                format!("for the field, write `self.{name}`"),
                expr.span,
                &format!("self.{name}"),
            )
        } else if builtins::find(name).is_some() {
            report.help(format!("`{name}` is a function: write `{name}(…)`"))
        } else if !scope.constant && self.program.schema(self.program.root).fields.contains_key(name) {
            report.note("a bare name is a `let`, never a field").fix(
                format!("for the field, write `stack.{name}`"),
                expr.span,
                &format!("stack.{name}"),
            )
        } else if let Some(near) = wording::nearest(name, known) {
            report.near(format!("did you mean `{near}`?"), expr.span, name, near)
        } else if let (false, Some(wanted)) = (text, &wanted) {
            let example = wanted.example();
            report.help(format!("write a value such as `{example}`, or declare `let {name} = {example}`"))
        } else {
            report.suggest(format!("for a string, write `\"{name}\"`"), expr.span, &format!("\"{name}\""))
        };
        self.tell(expr.span, report)
    }

    /// The report where `file.name` begins with a name that nothing has and that is near to none: a file
    /// that is not imported, or another language's word for constants.
    pub(super) fn unknown_base(
        &self,
        expr: &Expr,
        base: &Expr,
        name: &Name,
        scope: &Scope<'t>,
    ) -> Option<Report> {
        let ExprKind::Name(file) = &base.kind else { return None };
        if self.is_name(file, scope) || &**file == "it" && scope.it.is_some() {
            return None;
        }
        let report = Report::error(&UNKNOWN_NAME, format!("there is no `{file}` here"));
        if matches!(&**file, "var" | "local" | "let" | "locals" | "vars") {
            let report = report.at(base.span, "this is how Terraform writes it");
            return Some(match self.is_name(&name.text, scope) {
                true => report.fix(format!("write `{}`", name.text), expr.span, &name.text),
                false => report.help(format!("declare `let {} = …`, and write `{}`", name.text, name.text)),
            });
        }
        let import = format!("write `import \"{file}.vms\" as {file}` above the stack, if it is a file");
        (!self.names_near(file, scope)).then(|| report.at(base.span, "no value, and no import").help(import))
    }

    /// Whether a name that means nothing is near to one that does, or is a field's.
    fn names_near(&self, name: &str, scope: &Scope<'t>) -> bool {
        let fields = match scope.record.as_ref().map(Type::plain) {
            Some(Type::Schema(id)) => Some(*id),
            _ => None,
        };
        let fields = fields.into_iter().chain([self.program.root]);
        let fields = fields.flat_map(|id| self.program.schema(id).fields.keys().map(|k| &**k));
        let names = self.program.modules[scope.module.0].values.keys().copied();
        let known = names.chain(scope.locals.iter().map(|(name, _)| *name)).chain(["self", "stack"]);
        wording::nearest(name, known.chain(fields)).is_some() || builtins::find(name).is_some()
    }

    /// `file.name` where the file has no such name.
    pub(super) fn unknown_in_file(&mut self, expr: &'t Expr, file: ModuleId, name: &'t Name) -> Type {
        let known = self.program.modules[file.0].values.iter();
        let known = known.filter(|(_, (named, _))| !matches!(named, Named::Module(_))).map(|(name, _)| *name);
        let report = Report::error(&UNKNOWN_NAME, format!("the imported file has no `{}`", name.text))
            .at(name.span, "unknown name");
        let known: Vec<&str> = known.collect();
        let report = match wording::nearest(&name.text, known.iter().copied()) {
            Some(near) => report.near(format!("did you mean `{near}`?"), name.span, &name.text, near),
            None if known.is_empty() => report.help("it declares nothing"),
            None => report.help(format!("it has {}", wording::all_of(&known[..known.len().min(8)]))),
        };
        self.tell(expr.span, report)
    }

    /// A path's type without `?` where it is known to be set.
    pub(super) fn present(&self, expr: &Expr, ty: Type, scope: &Scope<'t>) -> Type {
        match (&ty, path_text(expr)) {
            (Type::Optional(inner), Some(path)) if scope.set.contains(&path) => (**inner).clone(),
            _ => ty,
        }
    }
}
