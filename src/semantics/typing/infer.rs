//! The type of an expression that nothing is known of.

use super::{
    Block, DUPLICATE, EntryKind, Expr, ExprKind, FieldRef, FieldValue, Given, IndexMap, InfixOp, Key,
    Lineage, MISMATCH, Name, Number, OPERATOR, OPTIONAL, PrefixOp, Rc, Report, Resolution, SHAPE, Scope,
    Span, TextPart, Trail, Type, Typing, UNKNOWN_FIELD, UNKNOWN_NAME, Unit, WORD, key, literal_type,
    path_text, quantity, wording,
};

impl<'p, 't> Typing<'p, 't> {
    /// The type of an expression with nothing around it to decide.
    pub(super) fn infer(&mut self, expr: &'t Expr, scope: &Scope<'t>) -> Type {
        let ty = self.inferred(expr, scope);
        self.found(expr, &ty);
        ty
    }

    fn inferred(&mut self, expr: &'t Expr, scope: &Scope<'t>) -> Type {
        match &expr.kind {
            ExprKind::Missing => {
                self.poison(expr);
                Type::Error
            }
            ExprKind::Bool(_) => Type::Bool,
            ExprKind::Absent => Type::Absent,
            ExprKind::Number(text) => match quantity::read(text) {
                Number::Wrong(wrong) => {
                    let report = self.wrong_number(expr.span, text, &wrong, &Type::Error, None);
                    self.tell(expr, report)
                }
                read => literal_type(&read),
            },
            ExprKind::Text(parts) => {
                self.warn_foreign(expr, scope);
                for part in parts {
                    if let TextPart::Value(value) = part {
                        let found = self.infer(value, scope);
                        if found.is_optional() {
                            self.compare(value, &found, found.present(), scope, None);
                        }
                    }
                }
                match expr.plain_text() {
                    Some(text) => Type::Words(Rc::new([Rc::from(text)])),
                    None => Type::Text,
                }
            }
            ExprKind::Name(name) => self.bare_name(expr, name, scope),
            ExprKind::SelfRecord => match &scope.record {
                Some(ty) => ty.clone(),
                None => {
                    let report = Report::error(&UNKNOWN_NAME, "`self` means nothing outside a block")
                        .at(expr.span, "no record is around this");
                    self.tell(expr, report)
                }
            },
            ExprKind::Stack if scope.constant => {
                let report = Report::error(&UNKNOWN_NAME, "`stack` means nothing here")
                    .at(expr.span, "a constant or function is the same for every stack")
                    .help("write it in the stack, or hand the value to a function");
                self.tell(expr, report)
            }
            ExprKind::Stack => Type::Schema(self.program.root),
            ExprKind::Member(base, name) => self.member(expr, base, name, scope),
            ExprKind::Index(base, index) => self.index(expr, base, index, scope),
            ExprKind::Call(function, arguments) => self.call(expr, function, arguments, scope),
            ExprKind::Prefix(PrefixOp::Not, inner) => {
                self.want(inner, &Type::Bool, scope, None);
                Type::Bool
            }
            ExprKind::Prefix(PrefixOp::Negate, inner) => match self.infer(inner, scope) {
                found @ (Type::Int | Type::Float | Type::Quantity(_) | Type::Minutes | Type::Error) => found,
                other => {
                    let report = Report::error(
                        &OPERATOR,
                        format!("`-` needs a number, and this is {}", other.in_words()),
                    )
                    .at(inner.span, other.in_words());
                    self.tell(expr, report)
                }
            },
            ExprKind::Infix(op, at, left, right) => self.infix(expr, *op, *at, left, right, scope),
            ExprKind::If(condition, then, otherwise) => {
                self.want(condition, &Type::Bool, scope, None);
                let then_scope = self.narrowed(condition, true, scope);
                let else_scope = self.narrowed(condition, false, scope);
                let ty = self.infer(then, &then_scope);
                let other = self.infer(otherwise, &else_scope);
                self.joined(expr, &[(then, ty), (otherwise, other)])
            }
            ExprKind::List(items) => {
                let found: Vec<(&Expr, Type)> =
                    items.iter().map(|item| (item, self.infer(item, scope))).collect();
                match found.is_empty() {
                    true => Type::List(Rc::new(Type::Error)),
                    false => Type::List(Rc::new(self.joined(expr, &found))),
                }
            }
            ExprKind::Comprehension(clauses, body) => {
                let mut element = Type::Error;
                self.comprehension(clauses, body, scope, &mut |typing, body, scope| {
                    element = typing.infer(body, scope);
                });
                Type::List(Rc::new(element))
            }
            ExprKind::Record(block) => self.record(block, scope),
        }
    }

    /// The type of a record that nothing says the schema of: its fields, where they are known.
    fn record(&mut self, block: &'t Block, scope: &Scope<'t>) -> Type {
        let mut fields = IndexMap::new();
        let simple = block.entries.iter().all(|entry| match &entry.kind {
            EntryKind::Field(field) => matches!(field.path.as_slice(), [Key::Name(_)]),
            _ => false,
        });
        if !simple {
            let inner = scope.inside(&Type::Data);
            self.block(block, &Type::Data, &inner, &Trail::root(), &mut Given::default());
            return Type::Data;
        }
        let inner = scope.inside(&Type::Data);
        if self.using.is_none() {
            self.findings.fill(block, &Type::Data);
        }
        for entry in &block.entries {
            let EntryKind::Field(field) = &entry.kind else { continue };
            let [Key::Name(name)] = field.path.as_slice() else { continue };
            self.resolve_name(name, Resolution::Key);
            let ty = match &field.value {
                FieldValue::Nothing => Type::Error,
                FieldValue::Block(block) => self.record(block, &inner),
                FieldValue::Expr(expr) => self.infer(expr, &inner),
            };
            if let Some((first, _)) = fields.insert(Rc::from(&*name.text), (name.span, ty)) {
                self.problems.push(
                    Report::error(&DUPLICATE, format!("`{}` is given twice", name.text))
                        .at(name.span, "again here")
                        .because(first, "first here")
                        .help("keep one of them"),
                );
            }
        }
        Type::Record(Rc::new(fields.into_iter().map(|(name, (_, ty))| (name, ty)).collect()))
    }

    /// The one type of several expressions; ambiguous literals take that of the others.
    pub(super) fn joined(&mut self, whole: &'t Expr, parts: &[(&'t Expr, Type)]) -> Type {
        let mut best: Option<Type> = None;
        for (_, ty) in parts {
            best = Some(match best {
                None => ty.clone(),
                Some(known) => self.united(&known, ty).unwrap_or(known),
            });
        }
        let best = best.unwrap_or(Type::Error);
        for (expr, ty) in parts {
            let lineage = &self.program.lineage;
            let fits = best.accepts(ty, lineage) || best.present().accepts(ty.present(), lineage);
            if let (Type::Quantity(unit), Type::Minutes) = (best.plain(), ty) {
                self.decide(expr, *unit);
            } else if !fits {
                let report = Report::error(
                    &MISMATCH,
                    format!("this is {}, and the others are {}", ty.in_words(), best.in_words()),
                )
                .at(expr.span, ty.in_words())
                .because(parts[0].0.span, parts[0].1.in_words())
                .help("all of them must be of one type");
                return self.tell(whole, report);
            }
        }
        best
    }

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
            return self.unknown_in_file(expr, file, name);
        }
        if let Some(report) = self.unknown_base(expr, base, name, scope) {
            return self.tell(expr, report);
        }
        let found = self.infer(base, scope);
        if name.text.is_empty() {
            // What is missing is reported.
            self.poison(expr);
            return Type::Error;
        }
        if found.is_optional() {
            let shown = path_text(base).unwrap_or_else(|| "this".into());
            let report = Report::error(&OPTIONAL, format!("`{shown}` may be absent"))
                .at(base.span, "not known to be set here")
                .help(format!("ask `isSet({shown})` first"));
            return self.tell(expr, report);
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
                    return self.tell(expr, report);
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
                    return self.tell(expr, report);
                }
            },
            other => {
                let report = Report::error(&SHAPE, format!("{} has no fields", other.in_words()))
                    .at(name.span, "a field of it")
                    .because(base.span, other.in_words());
                return self.tell(expr, report);
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
                self.want(index, &Type::Int, scope, None);
                (*inner).clone()
            }
            Type::Map(inner) => {
                self.want(index, &Type::Text, scope, None);
                self.present(expr, Type::Optional(inner), scope)
            }
            Type::Data => Type::Data,
            Type::Record(fields) => {
                self.want(index, &Type::Text, scope, None);
                match index.plain_text().and_then(|key| fields.get(key)) {
                    Some(ty) => self.present(expr, ty.clone(), scope),
                    None => Type::Data,
                }
            }
            other => {
                let report = Report::error(&SHAPE, format!("{} has no elements", other.in_words()))
                    .at(base.span, other.in_words())
                    .help("`[…]` is for lists and maps");
                self.tell(expr, report)
            }
        }
    }

    pub(super) fn infix(
        &mut self,
        expr: &'t Expr,
        op: InfixOp,
        at: Span,
        left: &'t Expr,
        right: &'t Expr,
        scope: &Scope<'t>,
    ) -> Type {
        match op {
            InfixOp::And | InfixOp::Or => {
                self.want(left, &Type::Bool, scope, None);
                let inner = self.narrowed(left, op == InfixOp::And, scope);
                self.want(right, &Type::Bool, &inner, None);
                return Type::Bool;
            }
            InfixOp::Else => {
                let found = self.infer(left, scope);
                let other = self.infer(right, scope);
                return self.joined(expr, &[(left, found.present().clone()), (right, other)]);
            }
            _ => {}
        }
        let (mut a, mut b) = (self.infer(left, scope), self.infer(right, scope));
        for (side, ty) in [(left, &mut a), (right, &mut b)] {
            if ty.is_optional() {
                self.compare(side, &ty.clone(), ty.present(), scope, None);
                *ty = Type::Error;
            }
        }
        if a == Type::Error || b == Type::Error {
            self.ambiguous(left, &a, &b);
            self.ambiguous(right, &b, &a);
            return if op.compares() { Type::Bool } else { Type::Error };
        }
        // A literal takes its unit from the other side.
        let (for_left, for_right) = (b.clone(), a.clone());
        for (side, own, other) in [(left, &mut a, for_left), (right, &mut b, for_right)] {
            if *own == Type::Minutes {
                let unit = match other.plain() {
                    Type::Quantity(unit @ (Unit::Cpu | Unit::Duration)) => *unit,
                    _ => Unit::Duration,
                };
                self.decide(side, unit);
                *own = Type::Quantity(unit);
            }
        }
        if op.compares() {
            let ordered = !matches!(op, InfixOp::Equal | InfixOp::NotEqual);
            let plain = a.plain().clone();
            let comparable = !ordered
                || matches!(
                    plain,
                    Type::Int | Type::Float | Type::Quantity(_) | Type::Version | Type::Text | Type::Words(_)
                );
            let text = |ty: &Type| matches!(ty.plain(), Type::Text | Type::Words(_) | Type::Endpoint);
            self.impossible(op, (left, &a), (right, &b));
            if comparable
                && (a.accepts(&b, &self.program.lineage)
                    || b.accepts(&a, &self.program.lineage)
                    || text(&a) && text(&b))
            {
                return Type::Bool;
            }
            self.refuse(expr, op, at, (left, &a), (right, &b));
            return Type::Bool;
        }
        match result(op, a.plain(), b.plain(), &self.program.lineage) {
            Some(ty) => ty,
            None => self.refuse(expr, op, at, (left, &a), (right, &b)),
        }
    }

    /// `==` with a word that the other side never is.
    fn impossible(&mut self, op: InfixOp, a: (&'t Expr, &Type), b: (&'t Expr, &Type)) {
        if !matches!(op, InfixOp::Equal | InfixOp::NotEqual) {
            return;
        }
        for (side, other) in [(a, b), (b, a)] {
            if let (Some(text), Type::Words(words)) = (side.0.plain_text(), other.1.plain())
                && other.0.plain_text().is_none()
                && !words.iter().any(|word| &**word == text)
            {
                let shown = path_text(other.0).unwrap_or_else(|| "the other side".to_owned());
                let report = Report::error(&WORD, format!("`{shown}` is never \"{}\"", wording::short(text)))
                    .at(side.0.span, "none of the allowed words");
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                let report = match wording::nearest(text, words.iter().map(|word| &**word)) {
                    Some(near) => report.near(
                        format!("did you mean \"{near}\"?"),
                        side.0.span,
                        text,
                        &format!("\"{near}\""),
                    ),
                    None => report.help(format!("it is {}", wording::one_of(&quoted))),
                };
                self.tell(side.0, report);
            }
        }
    }

    pub(super) fn ambiguous(&mut self, side: &'t Expr, own: &Type, other: &Type) {
        if *own == Type::Minutes
            && let Type::Quantity(unit) = other.plain()
        {
            self.decide(side, *unit);
        }
    }

    /// `100m` is decided to be of a unit.
    fn decide(&mut self, expr: &'t Expr, unit: Unit) {
        self.found(expr, &Type::Quantity(unit));
    }

    pub(super) fn refuse(
        &mut self,
        expr: &'t Expr,
        op: InfixOp,
        at: Span,
        left: (&Expr, &Type),
        right: (&Expr, &Type),
    ) -> Type {
        let verb = if op.compares() { "compares" } else { "takes" };
        let title = format!(
            "`{}` {verb} things of one kind, and these are {} and {}",
            op.text(),
            left.1.in_words(),
            right.1.in_words()
        );
        let report = Report::error(&OPERATOR, title)
            .at(at, "")
            .because(left.0.span, left.1.in_words())
            .because(right.0.span, right.1.in_words());
        let is_text = |ty: &Type| matches!(ty.plain(), Type::Text | Type::Words(_) | Type::Endpoint);
        let report = match (op, is_text(left.1), is_text(right.1)) {
            (InfixOp::Add, true, false) | (InfixOp::Add, false, true) => {
                let (other, ty) = if is_text(left.1) { right } else { left };
                let one = matches!(
                    ty.plain(),
                    Type::Int | Type::Float | Type::Quantity(_) | Type::Bool | Type::Version
                );
                match path_text(other).filter(|_| one) {
                    Some(shown) => report.help(format!("a string holds values: write `\"…\\({shown})…\"`")),
                    None => report,
                }
            }
            _ => report,
        };
        self.tell(expr, report)
    }
}

/// The type of an arithmetic operation.
pub(super) fn result(op: InfixOp, a: &Type, b: &Type, lineage: &Lineage) -> Option<Type> {
    use InfixOp::{Add, Divide, Merge, Multiply, Remainder, Subtract};
    use Type::{Float, Int, Quantity};
    let text = |ty: &Type| matches!(ty, Type::Text | Type::Words(_) | Type::Endpoint);
    Some(match (op, a, b) {
        (Add | Subtract | Multiply | Remainder, Int, Int) => Int,
        (Divide, Int, Int) => Float,
        (Add | Subtract | Multiply | Divide, Int | Float, Int | Float) => Float,
        (Add | Subtract | Remainder, Quantity(x), Quantity(y)) if x == y => Quantity(*x),
        (Divide, Quantity(x), Quantity(y)) if x == y => Float,
        (Multiply, Quantity(x), Int | Float) | (Multiply, Int | Float, Quantity(x)) => Quantity(*x),
        (Divide, Quantity(x), Int | Float) => Quantity(*x),
        (Add, a, b) if text(a) && text(b) => Type::Text,
        (Add, Type::List(x), Type::List(y)) => Type::List(Rc::new(Type::united(x, y, lineage)?)),
        (Merge, Type::Record(x), Type::Record(y)) => {
            let mut fields = (**x).clone();
            for (name, ty) in y.iter() {
                let merged = match fields.get(name) {
                    Some(known) => result(Merge, known.plain(), ty.plain(), lineage).unwrap_or(ty.clone()),
                    None => ty.clone(),
                };
                fields.insert(name.clone(), merged);
            }
            Type::Record(Rc::new(fields))
        }
        (Merge, Type::Record(_), Type::Data | Type::Schema(_) | Type::Map(_)) => b.clone(),
        (Merge, Type::Data | Type::Schema(_) | Type::Map(_), Type::Record(_)) => a.clone(),
        (Merge, Type::Data, Type::Data | Type::Schema(_) | Type::Map(_)) => b.clone(),
        (Merge, Type::Schema(_) | Type::Map(_), Type::Data) => a.clone(),
        (Merge, a, b) if a == b && matches!(a, Type::Schema(_) | Type::Map(_)) => a.clone(),
        _ => return None,
    })
}

/// What is said of a field that a record does not have.
fn no_such_field(fields: &IndexMap<Rc<str>, Type>, name: &Name) -> Report {
    let report = Report::error(&UNKNOWN_FIELD, format!("the record has no field `{}`", name.text))
        .at(name.span, "unknown field");
    let known: Vec<&str> = fields.keys().map(|k| &**k).collect();
    match wording::nearest(&name.text, known.iter().copied()) {
        Some(near) => report.near(format!("did you mean `{near}`?"), name.span, &name.text, near),
        None if known.is_empty() => report.help("it has no fields at all"),
        None => report.help(format!("its fields are {}", wording::all_of(&known[..known.len().min(8)]))),
    }
}
