//! Infers an expression's type without an expected type.

use super::{
    Block, DUPLICATE, Diagnostic, EntryKind, Expr, ExprKind, FieldValue, Given, IndexMap, Key, MISMATCH,
    Number, OPERATOR, PrefixOp, Rc, Resolution, Scope, StringPart, Trail, Type, Typing, UNKNOWN_NAME,
    literal_type, quantity,
};

impl<'p, 't> Typing<'p, 't> {
    /// Infers the type of an expression and records it.
    pub(super) fn infer(&mut self, expr: &'t Expr, scope: &Scope<'t>) -> Type {
        let ty = self.inferred(expr, scope);
        self.found(expr, &ty);
        ty
    }

    #[expect(clippy::too_many_lines, reason = "one arm per kind of expression")]
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
                    self.report(expr, report)
                }
                read => literal_type(&read),
            },
            ExprKind::String(parts) => {
                self.warn_foreign(expr, scope);
                for part in parts {
                    if let StringPart::Value(value) = part {
                        let found = self.infer(value, scope);
                        if found.is_optional() {
                            self.compare(value, &found, found.present(), scope, None);
                        }
                    }
                }
                match expr.plain_text() {
                    Some(text) => Type::Enum(Rc::new([Rc::from(text)])),
                    None => Type::String,
                }
            }
            ExprKind::Name(name) => self.bare_name(expr, name, scope),
            ExprKind::SelfRecord => match &scope.record {
                Some(ty) => ty.clone(),
                None => {
                    let report = Diagnostic::error(&UNKNOWN_NAME, "`self` can't be used outside a block")
                        .at(expr.span, "not inside a record");
                    self.report(expr, report)
                }
            },
            ExprKind::Stack if scope.constant => {
                let report = Diagnostic::error(&UNKNOWN_NAME, "`stack` can't be used here")
                    .at(expr.span, "a constant or function is the same for every stack")
                    .help("write it in the stack, or hand the value to a function");
                self.report(expr, report)
            }
            ExprKind::Stack => Type::Schema(self.program.root),
            ExprKind::Member(base, name) => self.member(expr, base, name, scope),
            ExprKind::Index(base, index) => self.index(expr, base, index, scope),
            ExprKind::Call(function, arguments) => self.call(expr, function, arguments, scope),
            ExprKind::Prefix(PrefixOp::Not, inner) => {
                self.check_against(inner, &Type::Bool, scope, None);
                Type::Bool
            }
            ExprKind::Prefix(PrefixOp::Negate, inner) => match self.infer(inner, scope) {
                found @ (Type::Int | Type::Float | Type::Quantity(_) | Type::AmbiguousM | Type::Error) => {
                    found
                }
                other => {
                    let report = Diagnostic::error(
                        &OPERATOR,
                        format!("`-` needs a number, found {}", other.in_words()),
                    )
                    .at(inner.span, other.in_words());
                    self.report(expr, report)
                }
            },
            ExprKind::Infix(op, at, left, right) => self.infix(expr, *op, *at, left, right, scope),
            ExprKind::If(condition, then, otherwise) => {
                self.check_against(condition, &Type::Bool, scope, None);
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

    /// Infers the type of a record literal without a schema: the types of its fields, if they are known.
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
        for entry in block.entries.iter() {
            let EntryKind::Field(field) = &entry.kind else { continue };
            let [Key::Name(name)] = field.path.as_slice() else { continue };
            self.resolve_name(name, Resolution::Key);
            let ty = match &field.value {
                FieldValue::Nothing => Type::Error,
                FieldValue::Block(block) => self.record(block, &inner),
                FieldValue::Expr(expr) if entry.broken => {
                    self.head(entry, expr, |typing| typing.infer(expr, &inner));
                    Type::Error
                }
                FieldValue::Expr(expr) => self.infer(expr, &inner),
            };
            if let Some((first, _)) = fields.insert(Rc::from(&*name.text), (name.span, ty)) {
                self.tell(
                    Diagnostic::error(&DUPLICATE, format!("`{}` is set twice", name.text))
                        .at(name.span, "again here")
                        .because(first, "first here")
                        .help("keep one of them"),
                );
            }
        }
        if block.partial {
            return Type::Error;
        }
        Type::Record(Rc::new(fields.into_iter().map(|(name, (_, ty))| (name, ty)).collect()))
    }

    /// Returns the common type of several expressions; ambiguous literals take the type of the others.
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
            if let (Type::Quantity(unit), Type::AmbiguousM) = (best.plain(), ty) {
                self.decide(expr, *unit);
            } else if !fits {
                let report = Diagnostic::error(
                    &MISMATCH,
                    format!("this is {}, but the others are {}", ty.in_words(), best.in_words()),
                )
                .at(expr.span, ty.in_words())
                .because(parts[0].0.span, parts[0].1.in_words())
                .help("all of them must be of one type");
                return self.report(whole, report);
            }
        }
        best
    }
}
