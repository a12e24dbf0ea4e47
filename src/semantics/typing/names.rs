//! Resolves names: constants, functions, imports, parameters and fields.

use super::{
    CYCLE, Diagnostic, Expr, ExprKind, FieldRef, FnId, LetId, ModuleId, Name, REQUIRED, Resolution, SchemaId,
    Scope, Subject, Trail, Type, Typing, UNKNOWN_NAME, Unit, builtins, path_text, wording,
};
use crate::stack_space;

impl<'p, 't> Typing<'p, 't> {
    /// Returns the type of a constant; its value is checked once.
    pub(super) fn constant(&mut self, id: LetId) -> Type {
        if let Some(ty) = self.findings.lets.get(&id) {
            return ty.clone();
        }
        if !self.busy_lets.insert(id) {
            // Evaluation reports the whole cycle.
            return Type::Error;
        }
        let program = self.program;
        let constant = program.constant(id);
        let scope = Scope::constant(constant.module);
        // The constant is checked by itself, independent of its use.
        let using = self.using.take();
        let broken = self.findings.is_poisoned(constant.value);
        let muted = std::mem::replace(&mut self.muted, broken);
        self.not_absent(constant.value, "a constant");
        let ty = match &constant.ty {
            Some(ty) => {
                let trail = Trail::of(&constant.name.text);
                let place = Subject { trail: &trail, field: None };
                stack_space::ensure_for_step(|| self.value(constant.value, ty, &scope, &place));
                ty.clone()
            }
            // Each constant may nest as deep as an expression can, and depend on the next.
            None => match stack_space::ensure_for_step(|| self.infer(constant.value, &scope)) {
                _ if broken => Type::Error,
                Type::AmbiguousM => Type::Quantity(Unit::Duration),
                ty => ty,
            },
        };
        (self.using, self.muted) = (using, muted);
        self.busy_lets.remove(&id);
        self.findings.lets.insert(id, ty.clone());
        ty
    }

    /// Returns the type of a function's result; its body is checked once.
    pub(super) fn function(&mut self, id: FnId) -> Type {
        if let Some(ty) = self.findings.fns.get(&id) {
            return ty.clone();
        }
        if !self.busy_fns.insert(id) {
            return self.circle(id);
        }
        let program = self.program;
        let function = program.function(id);
        let using = self.using.take();
        let broken = self.findings.is_poisoned(function.body);
        let muted = std::mem::replace(&mut self.muted, broken);
        self.calls.push((id, function.name.span));
        let mut scope = Scope::constant(function.module);
        for param in &function.params {
            if let Some(default) = param.default {
                let trail = Trail::of(&param.name.text);
                let place = Subject { trail: &trail, field: None };
                self.value(default, &param.ty, &scope, &place);
            }
            scope.locals.push((&param.name.text, param.ty.clone()));
        }
        let ty = match &function.ty {
            Some(ty) => {
                let trail = Trail::of(&function.name.text);
                let place = Subject { trail: &trail, field: None };
                stack_space::ensure_for_step(|| self.value(function.body, ty, &scope, &place));
                ty.clone()
            }
            None => match stack_space::ensure_for_step(|| self.infer(function.body, &scope)) {
                _ if broken => Type::Error,
                Type::AmbiguousM => Type::Quantity(Unit::Duration),
                ty => ty,
            },
        };
        self.calls.pop();
        (self.using, self.muted) = (using, muted);
        self.busy_fns.remove(&id);
        self.findings.fns.insert(id, ty.clone());
        ty
    }

    /// Reports `absent` where a value is required.
    pub(super) fn not_absent(&mut self, expr: &'t Expr, what: &str) {
        if matches!(expr.kind, ExprKind::Absent) {
            let report = Diagnostic::error(&REQUIRED, format!("{what} can't be absent"))
                .at(expr.span, "there is nothing to remove here")
                .help("write a value");
            self.report(expr, report);
        }
    }

    /// Reports functions that call each other in a cycle.
    fn circle(&mut self, id: FnId) -> Type {
        let start = self.calls.iter().position(|(known, _)| *known == id).unwrap_or(0);
        let program = self.program;
        let name = |id: FnId| &program.function(id).name.text;
        let mut report = Diagnostic::error(&CYCLE, format!("the function `{}` calls itself", name(id)));
        for (n, (step, span)) in self.calls[start..].iter().enumerate() {
            let next = self.calls.get(start + n + 1).map_or(id, |(next, _)| *next);
            let text = format!("`{}` calls `{}`", name(*step), name(next));
            report = if n == 0 { report.at(*span, text) } else { report.because(*span, text) };
        }
        self.findings.endless.extend(self.calls[start..].iter().map(|(id, _)| *id));
        self.tell(report.help("a function can't call itself: a stack always comes to an end"));
        Type::Error
    }

    /// Resolves the first names of a path, unless a field, parameter or loop variable shadows them.
    pub(super) fn global(&self, expr: &Expr, scope: &Scope<'t>) -> Option<Resolution> {
        let mut root = expr;
        while let ExprKind::Member(base, _) = &root.kind {
            root = base;
        }
        let ExprKind::Name(name) = &root.kind else { return None };
        let field = |id: SchemaId| self.program.schema(id).fields.contains_key(&**name);
        let hidden =
            scope.locals.iter().any(|(known, _)| **known == **name) || scope.fields.is_some_and(field);
        if hidden { None } else { self.in_file(scope.module, expr) }
    }

    /// Resolves `name` or `file.name` in a file, ignoring fields, parameters and loop variables.
    fn in_file(&self, module: ModuleId, expr: &Expr) -> Option<Resolution> {
        match &expr.kind {
            ExprKind::Name(name) => self.program.named(module, name),
            ExprKind::Member(base, name) => match self.in_file(module, base)? {
                Resolution::Module(inner) => self.program.exported(inner, &name.text),
                Resolution::Failed => Some(Resolution::Failed),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn bare_name(&mut self, expr: &'t Expr, name: &'t str, scope: &Scope<'t>) -> Type {
        if let ("it", Some(ty)) = (name, &scope.it) {
            self.resolve(expr, Resolution::It);
            return ty.clone();
        }
        if let Some(at) = scope.locals.iter().rposition(|(known, _)| *known == name) {
            self.resolve(expr, Resolution::Local(u32::try_from(at).unwrap_or(u32::MAX)));
            return self.present(expr, scope.locals[at].1.clone(), scope);
        }
        if let Some(id) = scope.fields
            && let Some((at, _, field)) = self.program.schema(id).fields.get_full(name)
        {
            self.resolve(expr, Resolution::Field(FieldRef::new(id, at)));
            return self.present(expr, field.ty.clone(), scope);
        }
        match self.program.named(scope.module, name) {
            Some(named) => {
                self.resolve(expr, named);
                self.value_of(expr, named, name)
            }
            None => self.unknown_name(expr, name, scope),
        }
    }

    /// Returns the type of what a name refers to.
    pub(super) fn value_of(&mut self, expr: &'t Expr, named: Resolution, name: &str) -> Type {
        match named {
            Resolution::Let(id) => self.constant(id),
            Resolution::Data(id) => self.findings.type_of_data(id).clone(),
            Resolution::Failed => {
                self.poison(expr);
                Type::Error
            }
            Resolution::Fn(_) => {
                let report = Diagnostic::error(&UNKNOWN_NAME, format!("`{name}` is a function"))
                    .at(expr.span, "not a value")
                    .help(format!("write `{name}(…)`"));
                self.report(expr, report)
            }
            Resolution::Module(_) => {
                let report = Diagnostic::error(&UNKNOWN_NAME, format!("`{name}` is an imported file"))
                    .at(expr.span, "not a value")
                    .help(format!("write `{name}.` and the name of what it declares"));
                self.report(expr, report)
            }
            // A file declares nothing else.
            _ => Type::Error,
        }
    }

    fn unknown_name(&mut self, expr: &'t Expr, name: &str, scope: &Scope<'t>) -> Type {
        let report = Diagnostic::error(&UNKNOWN_NAME, format!("unknown name `{name}`"))
            .at(expr.span, "not declared here");
        let field = match scope.record.as_ref().map(Type::plain) {
            Some(Type::Schema(id)) => self.program.schema(*id).fields.contains_key(name),
            _ => false,
        };
        let names = self.program.names(scope.module).values.keys().copied();
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
            None | Some(Type::String | Type::Enum(_) | Type::Data | Type::Endpoint | Type::Error)
        );
        let imported = self.program.names(scope.module).values.iter().find_map(|(alias, (named, _))| {
            let Resolution::Module(file) = named else { return None };
            let (found, _) = self.program.names(*file).values.get(name)?;
            (!matches!(found, Resolution::Module(_))).then(|| format!("{alias}.{name}"))
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
        self.report(expr, report)
    }

    /// Builds the diagnostic for `file.name` if `file` is unknown and similar to no known name: a file
    /// that is not imported, or another language's keyword for constants.
    pub(super) fn unknown_base(
        &self,
        expr: &Expr,
        base: &Expr,
        name: &Name,
        scope: &Scope<'t>,
    ) -> Option<Diagnostic> {
        let ExprKind::Name(file) = &base.kind else { return None };
        if self.is_name(file, scope) || &**file == "it" && scope.it.is_some() {
            return None;
        }
        let report = Diagnostic::error(&UNKNOWN_NAME, format!("unknown name `{file}`"));
        if matches!(&**file, "var" | "local" | "let" | "locals" | "vars") {
            let report = report.at(base.span, "this is how Terraform writes it");
            return Some(match self.is_name(&name.text, scope) {
                true => report.fix(format!("write `{}`", name.text), expr.span, &name.text),
                false => report.help(format!("declare `let {} = …`, and write `{}`", name.text, name.text)),
            });
        }
        let import = format!("write `import \"{file}.vms\" as {file}` above the stack, if it is a file");
        (!self.names_near(file, scope)).then(|| report.at(base.span, "not a value or an import").help(import))
    }

    /// Whether an unknown name is similar to a known name or a field, or is a built-in function.
    fn names_near(&self, name: &str, scope: &Scope<'t>) -> bool {
        let fields = match scope.record.as_ref().map(Type::plain) {
            Some(Type::Schema(id)) => Some(*id),
            _ => None,
        };
        let fields = fields.into_iter().chain([self.program.root]);
        let fields = fields.flat_map(|id| self.program.schema(id).fields.keys().map(|k| &**k));
        let names = self.program.names(scope.module).values.keys().copied();
        let known = names.chain(scope.locals.iter().map(|(name, _)| *name)).chain(["self", "stack"]);
        wording::nearest(name, known.chain(fields)).is_some() || builtins::find(name).is_some()
    }

    /// Reports `file.name` if the file has no such name.
    pub(super) fn unknown_in_file(&mut self, expr: &'t Expr, file: ModuleId, name: &'t Name) -> Type {
        let known = self.program.names(file).values.iter();
        let known =
            known.filter(|(_, (named, _))| !matches!(named, Resolution::Module(_))).map(|(name, _)| *name);
        let report =
            Diagnostic::error(&UNKNOWN_NAME, format!("the imported file does not declare `{}`", name.text))
                .at(name.span, "unknown name");
        let known: Vec<&str> = known.collect();
        let report = match wording::nearest(&name.text, known.iter().copied()) {
            Some(near) => report.near(format!("did you mean `{near}`?"), name.span, &name.text, near),
            None if known.is_empty() => report.help("it declares nothing"),
            None => report.help(format!("it has {}", wording::all_of(&known[..known.len().min(8)]))),
        };
        self.report(expr, report)
    }

    /// Returns the type of a path, without `?` if the path is known to be set.
    pub(super) fn present(&self, expr: &Expr, ty: Type, scope: &Scope<'t>) -> Type {
        match (&ty, path_text(expr)) {
            (Type::Optional(inner), Some(path)) if scope.set.contains(&path) => (**inner).clone(),
            _ => ty,
        }
    }
}
