//! Expressions against types, before anything is evaluated.
//!
//! Goes on after every mistake: an expression with a type error is remembered as poisoned, and
//! evaluation stays silent about it and what depends on it.

use super::builtins::{self, Builtin};
use super::names::{Program, SchemaField, not_yet};
use super::problems::*;
use super::quantity::{self, Number, Unit, Wrong};
use super::types::{SchemaId, Type};
use crate::diagnostics::{Report, wording};
use crate::source::Span;
use crate::syntax::tree::*;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What typing found out, for evaluation.
#[derive(Debug, Default)]
pub struct Tables {
    /// Expressions whose mistakes are reported.
    pub poisoned: HashSet<Span>,
    /// What ambiguous literals are.
    pub units: HashMap<Span, Unit>,
}

/// Checks every expression of a program.
pub fn check<'t>(program: &Program<'t>, problems: &mut Vec<Report>) -> Tables {
    let mut typing =
        Typing { program, tables: Tables::default(), problems, lets: HashMap::new(), busy: Vec::new() };
    for name in program.lets.keys() {
        typing.constant(name);
    }
    for refined in &program.refined {
        let base = Scope { it: true, ..Scope::default() };
        typing.want(refined.condition, &Type::Bool, &base, None);
    }
    for (id, schema) in program.schemas.iter().enumerate() {
        let ty = Type::Schema(SchemaId(id));
        let scope = Scope { record: Some(ty), fields: Some(SchemaId(id)), ..Scope::default() };
        for field in schema.fields.values() {
            if let Some(default) = field.default {
                typing.value(
                    default,
                    &field.ty,
                    &scope,
                    &Place { path: &field.name.text, field: Some(field) },
                );
            }
        }
        for check in &schema.checks {
            typing.check_entry(check, &scope);
        }
    }
    let root = Type::Schema(program.root);
    for layered in program.stack.iter().chain(&program.profiles) {
        let mut leaves = HashMap::new();
        let scope = Scope { record: Some(root.clone()), ..Scope::default() };
        typing.block(layered.body, &root, &scope, "", &mut leaves);
    }
    typing.tables
}

/// What names mean at a place.
#[derive(Clone, Default)]
struct Scope {
    /// The type of `self`.
    record: Option<Type>,
    /// The schema whose fields stand by their bare names.
    fields: Option<SchemaId>,
    /// Whether `it` means something; its type is known where the refinement is used.
    it: bool,
    /// Optional paths that are known to be set.
    set: Vec<String>,
}

/// The field a value is for, to tell about it.
struct Place<'a, 't> {
    path: &'a str,
    field: Option<&'a SchemaField<'t>>,
}

struct Typing<'p, 't> {
    program: &'p Program<'t>,
    tables: Tables,
    problems: &'p mut Vec<Report>,
    lets: HashMap<&'t str, Type>,
    busy: Vec<&'t str>,
}

type Leaves = HashMap<String, Span>;

impl<'p, 't> Typing<'p, 't> {
    fn tell(&mut self, expr: Span, report: Report) -> Type {
        self.tables.poisoned.insert(expr);
        self.problems.push(report);
        Type::Error
    }

    // ---------------------------------------------------------------------------------- blocks

    /// The entries of a block against a record type. `leaves` holds what this layer gave already.
    fn block(&mut self, block: &'t Block, ty: &Type, scope: &Scope, path: &str, leaves: &mut Leaves) {
        if self.nameless(block, ty, path) {
            return;
        }
        for entry in &block.entries {
            match &entry.kind {
                EntryKind::Field(field) => self.entry(field, ty, scope, path, leaves),
                EntryKind::For { names, .. } => {
                    let span = names.first().map_or(entry.span, |n| n.span);
                    self.problems.push(not_yet("for", span));
                }
                EntryKind::If { condition, .. } => {
                    self.problems.push(not_yet("if { entries }", condition.span))
                }
                EntryKind::Check(check) => self.problems.push(not_yet("check", check.condition.span)),
                EntryKind::Rejects { body, .. } => self.problems.push(not_yet("rejects", body.span)),
            }
        }
    }

    /// `job { path = "/x" }`: fields of an entry where entries belong. Told once.
    fn nameless(&mut self, block: &'t Block, ty: &Type, path: &str) -> bool {
        let Type::Map(inner) = ty.plain() else { return false };
        let Type::Schema(id) = inner.plain() else { return false };
        let fields = &self.program.schema(*id).fields;
        let known = |entry: &&Entry| match &entry.kind {
            EntryKind::Field(field) => {
                field.path.len() == 1
                    && matches!(field.value, FieldValue::Expr(_))
                    && matches!(&field.path[0], Key::Name(name) if fields.contains_key(&*name.text))
            }
            _ => false,
        };
        let Some(first) = block.entries.iter().find(known) else { return false };
        let name = key_text(path);
        self.problems.push(
            Report::error(&SHAPE, format!("this `{name}` has no name"))
                .at(Span { end: block.span.start + 1, ..block.span }, "a name belongs before this")
                .because(first.span, format!("a field of one {name}"))
                .help(format!("write `{name} \"name\" {{ … }}`")),
        );
        true
    }

    fn entry(&mut self, entry: &'t Field, ty: &Type, scope: &Scope, path: &str, leaves: &mut Leaves) {
        let program = self.program;
        let mut current = ty.clone();
        let mut full = path.to_owned();
        let mut schema_field = None;
        let mut last = None;
        for key in &entry.path {
            let name = match key {
                Key::Name(name) => name.text.to_string(),
                Key::Computed(expr) => {
                    self.want(expr, &Type::Text, scope, None);
                    "*".to_owned()
                }
            };
            match self.step(&current, &name, key.span(), &full, schema_field, last) {
                Some((next, field)) => {
                    current = next;
                    schema_field = field.map(|(schema, at)| &program.schemas[schema].fields[at]);
                }
                None => return,
            }
            full = if full.is_empty() { name } else { format!("{full}.{name}") };
            last = Some(key.span());
        }
        let Some(last) = last else { return };
        let place = Place { path: &full, field: schema_field };
        match &entry.value {
            FieldValue::Nothing => {}
            FieldValue::Block(block) => match current.plain() {
                Type::Schema(_) | Type::Map(_) | Type::Data | Type::Error => {
                    let inner = Scope { record: Some(current.plain().clone()), ..scope.clone() };
                    self.block(block, current.plain(), &inner, &full, leaves);
                }
                other => {
                    let report =
                        Report::error(&SHAPE, format!("`{full}` is {}, not a block", other.in_words()))
                            .at(Span { end: block.span.start + 1, ..block.span }, "a block starts here")
                            .help(format!("write `{} = {}`", key_text(&full), example(Some(&place), other)));
                    self.problems.push(report);
                }
            },
            FieldValue::Expr(expr) => {
                if !full.contains('*') {
                    if let Some(first) = leaves.get(&full) {
                        let report = Report::error(&DUPLICATE, format!("`{full}` is given twice"))
                            .at(last, "again here")
                            .because(*first, "first here")
                            .help("keep one of them");
                        self.problems.push(report);
                    } else {
                        leaves.insert(full.clone(), last);
                    }
                }
                self.value(expr, &current, scope, &place);
            }
        }
    }

    /// The type behind a name of a record type, and the schema's field.
    fn step(
        &mut self,
        ty: &Type,
        name: &str,
        span: Span,
        path: &str,
        field: Option<&SchemaField<'t>>,
        last: Option<Span>,
    ) -> Option<(Type, Option<(usize, usize)>)> {
        match ty.plain() {
            Type::Error => None,
            Type::Data => Some((Type::Data, None)),
            Type::Map(inner) => Some(((**inner).clone(), None)),
            Type::Schema(id) => {
                let schema = self.program.schema(*id);
                if let Some((at, _, field)) = schema.fields.get_full(name) {
                    return Some((field.ty.clone(), Some((id.0, at))));
                }
                let report = self.unknown_field(*id, name, span, path);
                self.problems.push(report);
                None
            }
            other => {
                let report =
                    Report::error(&SHAPE, format!("`{path}` is {} and has no fields", other.in_words()))
                        .at(span, "a field of it")
                        .help(format!(
                            "write `{} = {}`",
                            key_text(path),
                            example(Some(&Place { path, field }), other)
                        ));
                let report = match last {
                    Some(last) => report.because(last, other.in_words()),
                    None => report,
                };
                self.problems.push(report);
                None
            }
        }
    }

    fn unknown_field(&self, id: SchemaId, name: &str, span: Span, path: &str) -> Report {
        let schema = self.program.schema(id);
        let title = match path {
            "" => format!("a stack has no field `{name}`"),
            _ => format!("`{path}` has no field `{name}`"),
        };
        let report = Report::error(&UNKNOWN_FIELD, title).at(span, "unknown field");
        if let Some(near) = wording::nearest(name, schema.fields.keys().map(|k| &**k)) {
            return report.fix(format!("a field with a similar name exists: `{near}`"), span, near);
        }
        if let Some(place) = self.find_field(self.program.root, name, 0) {
            return report.help(format!("did you mean `{place}`?"));
        }
        let known: Vec<&str> = schema.fields.keys().map(|k| &**k).collect();
        match known.len() {
            0..=9 => report.help(format!("its fields are {}", wording::all_of(&known))),
            _ => report
                .help(format!("its fields are {}, …", wording::all_of(&known[..8]).replace(" and ", ", "))),
        }
    }

    /// The first path below a schema that ends in a field of this name.
    fn find_field(&self, id: SchemaId, name: &str, depth: usize) -> Option<String> {
        let fields = &self.program.schema(id).fields;
        if fields.contains_key(name) {
            return Some(name.to_owned());
        }
        fields.values().find_map(|field| match field.ty.plain() {
            Type::Schema(next) if depth < 6 => {
                let below = self.find_field(*next, name, depth + 1)?;
                Some(format!("{}.{below}", field.name.text))
            }
            _ => None,
        })
    }

    // ---------------------------------------------------------------------------------- values

    /// The value of a field.
    fn value(&mut self, expr: &'t Expr, ty: &Type, scope: &Scope, place: &Place) {
        match (&expr.kind, ty.plain()) {
            (ExprKind::Record(block), Type::Schema(_) | Type::Map(_) | Type::Data) => {
                let inner = Scope { record: Some(ty.plain().clone()), ..scope.clone() };
                self.block(block, ty.plain(), &inner, place.path, &mut HashMap::new());
            }
            (ExprKind::Absent, _) if !ty.is_optional() && place.field.is_some() => {
                let report = Report::error(&REQUIRED, format!("`{}` can't be absent", place.path))
                    .at(expr.span, "only an optional field can be taken away")
                    .help(format!("write a value, such as `{}`", ty.example()));
                self.tell(expr.span, report);
            }
            (ExprKind::Absent, _) => {}
            _ => self.want(expr, ty, scope, Some(place)),
        }
    }

    /// An expression where a type is wanted.
    fn want(&mut self, expr: &'t Expr, want: &Type, scope: &Scope, place: Option<&Place>) {
        match (&expr.kind, want.plain()) {
            (ExprKind::Number(text), plain) => self.number(expr, text, plain, place),
            (ExprKind::Text(_), Type::Words(words)) if expr.plain_text().is_some() => {
                let text = expr.plain_text().unwrap_or_default();
                if !words.iter().any(|word| &**word == text) {
                    let report = self.wrong_word(expr.span, text, words, place);
                    self.tell(expr.span, report);
                }
            }
            (ExprKind::Text(_), Type::Endpoint) if expr.plain_text().is_some() => {
                if let Err(why) = endpoint(expr.plain_text().unwrap_or_default()) {
                    let report = Report::error(
                        &MISMATCH,
                        format!("{} is a host and a port, `host:port`", subject(place)),
                    )
                    .at(expr.span, why)
                    .help("write it as in `\"orchestrator:8080\"`");
                    self.tell(expr.span, report);
                }
            }
            // Untyped records take the type of where they stand.
            (ExprKind::Name(name), Type::Schema(_) | Type::Map(_))
                if self.program.lets.get(&**name).is_some_and(|c| {
                    c.ty.is_none()
                        && matches!(c.value.kind, ExprKind::Record(_) | ExprKind::Infix(InfixOp::Merge, ..))
                }) =>
            {
                let constant = &self.program.lets[&**name];
                self.want(constant.value, want, &Scope::default(), place);
            }
            (
                ExprKind::Infix(InfixOp::Merge, _, left, right),
                Type::Schema(_) | Type::Map(_) | Type::Data,
            ) => {
                self.want(left, want, scope, place);
                self.want(right, want, scope, place);
            }
            (ExprKind::List(items), Type::Data) => {
                for item in items {
                    self.want(item, &Type::Data, scope, None);
                }
            }
            (ExprKind::List(items), Type::List(inner)) => {
                for item in items {
                    self.value(
                        item,
                        inner,
                        scope,
                        &Place { path: place.map_or("", |p| p.path), field: None },
                    );
                }
            }
            (ExprKind::Record(block), Type::Schema(_) | Type::Map(_) | Type::Data) => {
                let inner = Scope { record: Some(want.plain().clone()), ..scope.clone() };
                let path = place.map_or("", |p| p.path);
                self.block(block, want.plain(), &inner, path, &mut HashMap::new());
            }
            (ExprKind::If(condition, then, otherwise), _) => {
                self.want(condition, &Type::Bool, scope, None);
                self.want(then, want, &self.narrowed(condition, true, scope), place);
                self.want(otherwise, want, &self.narrowed(condition, false, scope), place);
            }
            (ExprKind::Infix(InfixOp::Else, _, left, right), _) => {
                let optional = Type::Optional(Rc::new(want.present().clone()));
                self.want(left, &optional, scope, place);
                self.want(right, want, scope, place);
            }
            (ExprKind::Call(function, arguments), _)
                if matches!(&function.kind, ExprKind::Name(n) if matches!(&**n, "min" | "max"))
                    && arguments.len() > 1
                    && matches!(want.plain(), Type::Quantity(_)) =>
            {
                for argument in arguments {
                    self.want(argument, want.plain(), scope, place);
                }
            }
            _ => {
                let found = self.infer(expr, scope);
                self.compare(expr, &found, want, place);
            }
        }
    }

    /// Reports when a type that was found does not fit.
    fn compare(&mut self, expr: &'t Expr, found: &Type, want: &Type, place: Option<&Place>) {
        if want.accepts(found) {
            if *found == Type::Minutes
                && let Type::Quantity(unit) = want.plain()
            {
                self.tables.units.insert(expr.span, *unit);
            }
            return;
        }
        if let Type::Optional(inner) = found
            && want.accepts(inner)
        {
            let shown = path_text(expr).unwrap_or_else(|| "this".into());
            let report = Report::error(&OPTIONAL, format!("`{shown}` may be absent"))
                .at(expr.span, "not known to be set here")
                .help(format!("write `{shown} ?? {}`, or ask `isSet({shown})` first", want.example()));
            self.tell(expr.span, report);
            return;
        }
        let (origin, through) = self.origin(expr);
        let mut report = Report::error(
            &MISMATCH,
            format!("{} is {}, and this is {}", subject(place), want.in_words(), found.in_words()),
        );
        report = report.at(expr.span, if through.is_some() { found.in_words() } else { String::new() });
        if let Some(name) = through {
            report = report.because(origin.span, format!("`{name}` is given here"));
            if *found == Type::Minutes
                || matches!(found, Type::Quantity(Unit::Duration))
                    && matches!(want.plain(), Type::Quantity(Unit::Cpu))
            {
                report = report.help(format!("write `let {name}: Cpu = …`"));
            }
        }
        report = self.about(report, place);
        let unquoted = expr.plain_text().filter(|text| reads_as(text, want.plain()));
        report = match unquoted {
            Some(text) => report.fix(format!("write `{text}`, without quotes"), expr.span, text),
            None => report.help(format!("a right value looks like `{}`", example(place, want))),
        };
        self.tell(expr.span, report);
    }

    /// The literal behind a constant's name.
    fn origin(&self, expr: &'t Expr) -> (&'t Expr, Option<&'t str>) {
        if let ExprKind::Name(name) = &expr.kind
            && let Some(constant) = self.program.lets.get(&**name)
        {
            return (constant.value, Some(name));
        }
        (expr, None)
    }

    fn about(&self, report: Report, place: Option<&Place>) -> Report {
        match place.and_then(|p| p.field.map(|f| (p.path, f))) {
            Some((path, field)) if !field.doc.is_empty() => {
                report.note(format!("`{path}`: {}", field.doc.trim_end_matches('.').replace('\n', " ")))
            }
            _ => report,
        }
    }

    fn wrong_word(&self, span: Span, text: &str, words: &[Rc<str>], place: Option<&Place>) -> Report {
        let title = format!("{} can't be \"{}\"", subject(place), wording::short(text));
        let report = Report::error(&WORD, title).at(span, "none of the allowed words");
        let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
        match wording::nearest(text, words.iter().map(|w| &**w)) {
            Some(near) => report.fix(format!("did you mean \"{near}\"?"), span, &format!("\"{near}\"")),
            None => report.help(format!("it is {}", wording::one_of(&quoted))),
        }
    }

    /// A number literal where a plain type is wanted.
    fn number(&mut self, expr: &'t Expr, text: &str, want: &Type, place: Option<&Place>) {
        let read = quantity::read(text);
        let report = match (&read, want) {
            (Number::Wrong(wrong), _) => self.wrong_number(expr.span, text, wrong, want, place),
            (Number::Int(_), Type::Int | Type::Float | Type::Data | Type::Error) => return,
            (Number::Float(_), Type::Float | Type::Data | Type::Error) => return,
            (Number::Version, Type::Version | Type::Data | Type::Error) => return,
            (Number::Int(cores), Type::Quantity(Unit::Cpu)) => {
                if *cores >= 64 {
                    let report =
                        Report::warning(&CORES, format!("{} is {cores} whole cores", subject(place)))
                            .at(expr.span, format!("{cores} cores"))
                            .fix(
                                format!("for thousandths of a core, write `{cores}m`"),
                                expr.span,
                                &format!("{cores}m"),
                            );
                    self.problems.push(report);
                }
                return;
            }
            (Number::Float(_), Type::Quantity(Unit::Cpu)) => match quantity::amount(text, Unit::Cpu) {
                Ok(_) => return,
                Err(wrong) => self.wrong_number(expr.span, text, &wrong, want, place),
            },
            (Number::Quantity(_), Type::Data | Type::Error) => return,
            (Number::Quantity(units), Type::Quantity(unit)) => {
                if units.contains(unit) {
                    if units.len() > 1 {
                        self.tables.units.insert(expr.span, *unit);
                    }
                    return;
                }
                self.other_unit(expr.span, text, units[0], *unit, place)
            }
            (Number::Int(_) | Number::Float(_), Type::Quantity(unit)) => {
                self.bare(expr.span, text, *unit, place)
            }
            (Number::Version, _) | (_, Type::Version) if matches!(want, Type::Version) => {
                let report =
                    Report::error(&MISMATCH, format!("{} is a version, such as `v1.106.1`", subject(place)))
                        .at(expr.span, "three numbers and two dots are needed");
                self.about(report, place).help("write all three numbers")
            }
            (_, Type::Text | Type::Words(_)) => {
                let report = Report::error(
                    &MISMATCH,
                    format!("{} is {}, and this is a number", subject(place), want.in_words()),
                )
                .at(expr.span, "");
                self.about(report, place).fix(
                    format!("write `\"{text}\"`"),
                    expr.span,
                    &format!("\"{text}\""),
                )
            }
            (found, _) => {
                let found = match found {
                    Number::Int(_) => "a whole number",
                    Number::Float(_) => "a number with a fraction",
                    Number::Version => "a version",
                    _ => "a quantity",
                };
                let report = Report::error(
                    &MISMATCH,
                    format!("{} is {}, and this is {found}", subject(place), want.in_words()),
                )
                .at(expr.span, "");
                self.about(report, place).help(format!("write something like `{}`", want.example()))
            }
        };
        self.tell(expr.span, report);
    }

    fn other_unit(&self, span: Span, text: &str, found: Unit, want: Unit, place: Option<&Place>) -> Report {
        let want = Type::Quantity(want);
        let title = format!(
            "{} is {}, and this is {}",
            subject(place),
            want.in_words(),
            Type::Quantity(found).in_words()
        );
        let report = Report::error(&MISMATCH, title).at(span, quantity::in_words(text, found));
        let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let unit: String = example(place, &want).chars().skip_while(char::is_ascii_digit).collect();
        self.about(report, place).help(format!("did you mean `{digits}{unit}`?"))
    }

    fn bare(&self, span: Span, text: &str, unit: Unit, place: Option<&Place>) -> Report {
        let title = match text {
            "0" if unit == Unit::Duration => {
                format!("{} is a duration, and a bare 0 is none", subject(place))
            }
            _ => format!("{} needs a unit", subject(place)),
        };
        let report = Report::error(&BARE, title).at(span, "a number without a unit");
        // What is kept for days is not asked for in seconds: the default tells the scale.
        let days = place.and_then(default_text).is_some_and(|text| text.ends_with(['d', 'w', 'y']));
        let suffixes: &[&str] = match unit {
            Unit::Duration if days => &["d", "w", "y"],
            Unit::Duration => &["s", "m", "h"],
            Unit::Bytes => &["Mi", "Gi", "Ti"],
            Unit::Cpu => &["m"],
        };
        let report = self.about(report, place);
        let number = if text == "0" { "15" } else { text };
        let forms: Vec<String> = suffixes.iter().map(|s| format!("{number}{s}")).collect();
        report.help(format!("write {}", wording::one_of(&forms)))
    }

    fn wrong_number(
        &self,
        span: Span,
        text: &str,
        wrong: &Wrong,
        want: &Type,
        place: Option<&Place>,
    ) -> Report {
        let digits: String =
            text.chars().take_while(|c| c.is_ascii_digit() || *c == '.' || *c == '_').collect();
        match wrong {
            Wrong::Unit(unit) => {
                let report =
                    Report::error(&UNIT, format!("there is no unit `{unit}`")).at(span, "unknown unit");
                let report = self.about(report, place);
                match meant_unit(unit, want) {
                    Some(near) => report.fix(format!("did you mean `{digits}{near}`?"), span, &format!("{digits}{near}")),
                    None => report.help(match want {
                        Type::Quantity(Unit::Bytes) => "bytes are written `512Ki`, `128Mi`, `10Gi`, `1Ti`, or `k M G T` for powers of ten",
                        Type::Quantity(Unit::Cpu) => "a share of CPU is written `100m`, `0.5` or `2`",
                        _ => "a duration is written `500ms`, `15s`, `1h30m`, `30d`, `2w` or `1y`",
                    }),
                }
            }
            Wrong::Order => Report::error(&NUMBER, format!("the units of `{text}` are out of order"))
                .at(span, "")
                .help("write the largest first and each once, as in `1h30m`"),
            Wrong::Inexact => Report::error(
                &NUMBER,
                format!("`{}` is too large, or too fine to be exact", wording::short(text)),
            )
            .at(span, "")
            .help("write it in a smaller or a larger unit, as a whole number"),
            Wrong::Form => Report::error(&NUMBER, format!("`{}` is no number", wording::short(text)))
                .at(span, "")
                .help("a number is `10`, `0.5`, a quantity `10Gi`, a version `v1.2.3`"),
        }
    }

    // ------------------------------------------------------------------------------- inference

    fn constant(&mut self, name: &str) -> Type {
        let program = self.program;
        let Some((name, constant)) = program.lets.get_key_value(name) else { return Type::Error };
        if let Some(ty) = self.lets.get(*name) {
            return ty.clone();
        }
        if self.busy.contains(name) {
            return Type::Error;
        }
        self.busy.push(name);
        let scope = Scope::default();
        let ty = match &constant.ty {
            Some(ty) => {
                self.value(constant.value, ty, &scope, &Place { path: name, field: None });
                ty.clone()
            }
            None => match self.infer(constant.value, &scope) {
                Type::Minutes => Type::Quantity(Unit::Duration),
                ty => ty,
            },
        };
        self.busy.pop();
        self.lets.insert(name, ty.clone());
        ty
    }

    /// The type of an expression with nothing around it to decide.
    fn infer(&mut self, expr: &'t Expr, scope: &Scope) -> Type {
        match &expr.kind {
            ExprKind::Missing => {
                self.tables.poisoned.insert(expr.span);
                Type::Error
            }
            ExprKind::Bool(_) => Type::Bool,
            ExprKind::Absent => Type::Absent,
            ExprKind::Number(text) => match quantity::read(text) {
                Number::Int(_) => Type::Int,
                Number::Float(_) => Type::Float,
                Number::Version => Type::Version,
                Number::Quantity(units) if units.len() > 1 => Type::Minutes,
                Number::Quantity(units) => Type::Quantity(units[0]),
                Number::Wrong(wrong) => {
                    let report = self.wrong_number(expr.span, text, &wrong, &Type::Error, None);
                    self.tell(expr.span, report)
                }
            },
            ExprKind::Text(parts) => {
                for part in parts {
                    if let TextPart::Value(value) = part {
                        let found = self.infer(value, scope);
                        if found.is_optional() {
                            self.compare(value, &found, found.present(), None);
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
                    self.tell(expr.span, report)
                }
            },
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
                    self.tell(expr.span, report)
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
            ExprKind::Comprehension(..) => {
                let report = not_yet("for", expr.span);
                self.tell(expr.span, report)
            }
            ExprKind::Record(block) => {
                let inner = Scope { record: Some(Type::Data), ..scope.clone() };
                self.block(block, &Type::Data, &inner, "", &mut HashMap::new());
                Type::Data
            }
        }
    }

    /// The one type of several expressions; ambiguous literals take that of the others.
    fn joined(&mut self, whole: &'t Expr, parts: &[(&'t Expr, Type)]) -> Type {
        let mut best: Option<Type> = None;
        for (_, ty) in parts {
            best = Some(match best {
                None => ty.clone(),
                Some(Type::Words(a)) if matches!(ty, Type::Words(_)) => {
                    let b = match ty {
                        Type::Words(b) => b.clone(),
                        _ => a.clone(),
                    };
                    let mut words: Vec<Rc<str>> = a.to_vec();
                    words.extend(b.iter().filter(|w| !a.contains(w)).cloned());
                    Type::Words(words.into())
                }
                Some(best) if best.accepts(ty) && best != Type::Error => best,
                Some(best) if ty.accepts(&best) || best == Type::Error => ty.clone(),
                Some(best) if ty.present().accepts(best.present()) => ty.clone(),
                Some(best) => best,
            });
        }
        let best = best.unwrap_or(Type::Error);
        for (expr, ty) in parts {
            let fits = best.accepts(ty) || best.present().accepts(ty.present());
            if let (Type::Quantity(unit), Type::Minutes) = (best.plain(), ty) {
                self.tables.units.insert(expr.span, *unit);
            } else if !fits {
                let report = Report::error(
                    &MISMATCH,
                    format!("this is {}, and the others are {}", ty.in_words(), best.in_words()),
                )
                .at(expr.span, ty.in_words())
                .because(parts[0].0.span, parts[0].1.in_words())
                .help("all of them must be of one type");
                return self.tell(whole.span, report);
            }
        }
        best
    }

    fn bare_name(&mut self, expr: &'t Expr, name: &str, scope: &Scope) -> Type {
        if name == "it" && scope.it {
            return Type::Error;
        }
        if let Some(id) = scope.fields
            && let Some(field) = self.program.schema(id).fields.get(name)
        {
            return self.present(expr, field.ty.clone(), scope);
        }
        if self.program.lets.contains_key(name) {
            return self.constant(name);
        }
        let mut report =
            Report::error(&UNKNOWN_NAME, format!("there is no `{name}` here")).at(expr.span, "unknown name");
        let field = match scope.record.as_ref().map(Type::plain) {
            Some(Type::Schema(id)) => self.program.schema(*id).fields.contains_key(name),
            _ => false,
        };
        let known = self.program.lets.keys().copied().chain(["self", "stack", "true", "false"]);
        report = if field {
            report.note("a bare name is a `let`, never a field").fix(
                format!("for the field, write `self.{name}`"),
                expr.span,
                &format!("self.{name}"),
            )
        } else if builtins::find(name).is_some() {
            report.help(format!("`{name}` is a function: write `{name}(…)`"))
        } else if self.program.schema(self.program.root).fields.contains_key(name) {
            report.note("a bare name is a `let`, never a field").fix(
                format!("for the field, write `stack.{name}`"),
                expr.span,
                &format!("stack.{name}"),
            )
        } else if let Some(near) = wording::nearest(name, known) {
            report.fix(format!("did you mean `{near}`?"), expr.span, near)
        } else {
            report.fix(format!("for a string, write `\"{name}\"`"), expr.span, &format!("\"{name}\""))
        };
        self.tell(expr.span, report)
    }

    /// A path's type without `?` where it is known to be set.
    fn present(&self, expr: &Expr, ty: Type, scope: &Scope) -> Type {
        match (&ty, path_text(expr)) {
            (Type::Optional(inner), Some(path)) if scope.set.contains(&path) => (**inner).clone(),
            _ => ty,
        }
    }

    fn member(&mut self, expr: &'t Expr, base: &'t Expr, name: &'t Name, scope: &Scope) -> Type {
        let found = self.infer(base, scope);
        if found.is_optional() {
            let shown = path_text(base).unwrap_or_else(|| "this".into());
            let report = Report::error(&OPTIONAL, format!("`{shown}` may be absent"))
                .at(base.span, "not known to be set here")
                .help(format!("ask `isSet({shown})` first"));
            return self.tell(expr.span, report);
        }
        let ty = match found.plain() {
            Type::Error => return Type::Error,
            Type::Data => return Type::Data,
            Type::Map(inner) => Type::Optional(inner.clone()),
            Type::Schema(id) => match self.program.schema(*id).fields.get(&*name.text) {
                Some(field) => field.ty.clone(),
                None => {
                    let path = path_text(base).unwrap_or_default();
                    let path = path.trim_start_matches("stack.").trim_start_matches("self.");
                    let path = if matches!(path, "stack" | "self") { "" } else { path };
                    let report = self.unknown_field(*id, &name.text, name.span, path);
                    return self.tell(expr.span, report);
                }
            },
            other => {
                let report = Report::error(&SHAPE, format!("{} has no fields", other.in_words()))
                    .at(name.span, "a field of it")
                    .because(base.span, other.in_words());
                return self.tell(expr.span, report);
            }
        };
        self.present(expr, ty, scope)
    }

    fn index(&mut self, expr: &'t Expr, base: &'t Expr, index: &'t Expr, scope: &Scope) -> Type {
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
            other => {
                let report = Report::error(&SHAPE, format!("{} has no elements", other.in_words()))
                    .at(base.span, other.in_words())
                    .help("`[…]` is for lists and maps");
                self.tell(expr.span, report)
            }
        }
    }

    fn infix(
        &mut self,
        expr: &'t Expr,
        op: InfixOp,
        at: Span,
        left: &'t Expr,
        right: &'t Expr,
        scope: &Scope,
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
                self.compare(side, &ty.clone(), ty.present(), None);
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
                self.tables.units.insert(side.span, unit);
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
            if comparable && (a.accepts(&b) || b.accepts(&a) || text(&a) && text(&b)) {
                return Type::Bool;
            }
            self.refuse(expr, op, at, (left, &a), (right, &b));
            return Type::Bool;
        }
        match result(op, a.plain(), b.plain()) {
            Some(ty) => ty,
            None => self.refuse(expr, op, at, (left, &a), (right, &b)),
        }
    }

    fn ambiguous(&mut self, side: &'t Expr, own: &Type, other: &Type) {
        if *own == Type::Minutes
            && let Type::Quantity(unit) = other.plain()
        {
            self.tables.units.insert(side.span, *unit);
        }
    }

    fn refuse(
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
        self.tell(expr.span, report)
    }

    fn call(&mut self, expr: &'t Expr, function: &'t Expr, arguments: &'t [Expr], scope: &Scope) -> Type {
        let ExprKind::Name(name) = &function.kind else {
            let report = Report::error(&UNKNOWN_FUNCTION, "only a function can be called")
                .at(function.span, "not a function's name");
            return self.tell(expr.span, report);
        };
        let Some((builtin, low, high)) = builtins::find(name) else {
            let mut report = Report::error(&UNKNOWN_FUNCTION, format!("there is no function `{name}`"))
                .at(function.span, "unknown function");
            if let Some(near) = wording::nearest(name, builtins::ALL.iter().map(|(n, ..)| *n)) {
                report = report.fix(format!("did you mean `{near}`?"), function.span, near);
            }
            return self.tell(expr.span, report);
        };
        if arguments.len() < low || arguments.len() > high {
            let takes =
                if low == high { wording::count(low, "value") } else { format!("{low} to {high} values") };
            let report = Report::error(
                &ARGUMENTS,
                format!("`{name}` takes {takes}, and is given {}", arguments.len()),
            )
            .at(expr.span, "")
            .help(format!("write `{}`", signature(builtin)));
            return self.tell(expr.span, report);
        }
        if matches!(builtin, Builtin::IsSet | Builtin::Present) {
            for argument in arguments {
                self.settable(argument, scope);
            }
            return if builtin == Builtin::IsSet { Type::Bool } else { Type::Int };
        }
        let mut found: Vec<(&Expr, Type)> = arguments.iter().map(|a| (a, self.infer(a, scope))).collect();
        for (argument, ty) in &mut found {
            if ty.is_optional() {
                self.compare(argument, &ty.clone(), ty.present(), None);
                *ty = Type::Error;
            }
        }
        self.result(expr, builtin, &found)
    }

    /// `isSet` asks about a path, whatever of it may be absent.
    fn settable(&mut self, expr: &'t Expr, scope: &Scope) {
        let mut open = scope.clone();
        if let ExprKind::Member(base, _) | ExprKind::Index(base, _) = &expr.kind {
            let mut base: &Expr = base;
            loop {
                open.set.extend(path_text(base));
                match &base.kind {
                    ExprKind::Member(inner, _) | ExprKind::Index(inner, _) => base = inner,
                    _ => break,
                }
            }
        }
        if path_text(expr).is_none() {
            let report = Report::error(&ARGUMENTS, "only a field can be set or not")
                .at(expr.span, "not a path to a field");
            self.tell(expr.span, report);
            return;
        }
        self.infer(expr, &open);
    }

    fn result(&mut self, expr: &'t Expr, builtin: Builtin, found: &[(&'t Expr, Type)]) -> Type {
        use Builtin::*;
        let list_of = |ty: &Type| match ty.plain() {
            Type::List(inner) => Some((**inner).clone()),
            _ => None,
        };
        let first = found[0].1.plain().clone();
        if first == Type::Error {
            return match builtin {
                StartsWith | EndsWith | Contains | Matches | IsRegex => Type::Bool,
                Len | Round | Floor | Ceil | Int => Type::Int,
                Join | Trim | Lower | Upper | Replace => Type::Text,
                _ => Type::Error,
            };
        }
        let text =
            |ty: &Type| matches!(ty.plain(), Type::Text | Type::Words(_) | Type::Endpoint | Type::Error);
        let number = matches!(first, Type::Int | Type::Float);
        let ok = match builtin {
            IsSet | Present => return Type::Error,
            Len => (text(&first) || matches!(first, Type::List(_) | Type::Map(_) | Type::Data))
                .then_some(Type::Int),
            Min | Max if found.len() == 1 => list_of(&first),
            Min | Max => Some(self.joined(expr, found)),
            Sum => list_of(&first)
                .filter(|ty| matches!(ty.plain(), Type::Int | Type::Float | Type::Quantity(_) | Type::Error)),
            Abs => (number || matches!(first, Type::Quantity(_))).then_some(first.clone()),
            Round | Floor | Ceil => number.then_some(Type::Int),
            Int => (number || text(&first)).then_some(Type::Int),
            Join => (list_of(&first).is_some() && text(&found[1].1)).then_some(Type::Text),
            Split => (text(&first) && text(&found[1].1)).then(|| Type::List(Rc::new(Type::Text))),
            Trim | Lower | Upper => text(&first).then_some(Type::Text),
            Replace => found.iter().all(|(_, ty)| text(ty)).then_some(Type::Text),
            StartsWith | EndsWith | Matches => found.iter().all(|(_, ty)| text(ty)).then_some(Type::Bool),
            IsRegex => text(&first).then_some(Type::Bool),
            Contains => match &first {
                Type::List(inner) => {
                    (inner.accepts(&found[1].1) || text(inner) && text(&found[1].1)).then_some(Type::Bool)
                }
                Type::Map(_) | Type::Data => text(&found[1].1).then_some(Type::Bool),
                other => (text(other) && text(&found[1].1)).then_some(Type::Bool),
            },
            Keys => matches!(first, Type::Map(_) | Type::Data).then(|| Type::List(Rc::new(Type::Text))),
            Values => match &first {
                Type::Map(inner) => Some(Type::List(inner.clone())),
                Type::Data => Some(Type::List(Rc::new(Type::Data))),
                _ => None,
            },
            Sort | Unique => list_of(&first).map(|inner| Type::List(Rc::new(inner))),
            Range => {
                found.iter().all(|(_, ty)| *ty.plain() == Type::Int).then(|| Type::List(Rc::new(Type::Int)))
            }
        };
        ok.unwrap_or_else(|| {
            let given: Vec<String> = found.iter().map(|(_, ty)| ty.in_words()).collect();
            let report = Report::error(
                &ARGUMENTS,
                format!("`{}` does not take {}", builtins::name(builtin), given.join(" and ")),
            )
            .at(expr.span, "")
            .help(format!("write `{}`", signature(builtin)));
            self.tell(expr.span, report)
        })
    }

    fn check_entry(&mut self, check: &'t Check, scope: &Scope) {
        self.want(&check.condition, &Type::Bool, scope, None);
        // The report is made where the condition is false.
        let failed = self.narrowed(&check.condition, false, scope);
        let texts = check
            .message
            .iter()
            .chain(&check.notes)
            .chain(&check.helps)
            .chain(check.labels.iter().map(|(_, t)| t));
        for text in texts {
            self.want(text, &Type::Text, &failed, None);
        }
        for (path, _) in &check.labels {
            self.infer(path, &failed);
        }
    }

    /// What is known where a condition has a truth value: which paths are set.
    fn narrowed(&self, condition: &Expr, truth: bool, scope: &Scope) -> Scope {
        let mut inner = scope.clone();
        collect_set(condition, truth, &mut inner.set);
        inner
    }
}

fn collect_set(condition: &Expr, truth: bool, set: &mut Vec<String>) {
    match &condition.kind {
        ExprKind::Prefix(PrefixOp::Not, inner) => collect_set(inner, !truth, set),
        ExprKind::Infix(InfixOp::And, _, a, b) if truth => {
            collect_set(a, true, set);
            collect_set(b, true, set);
        }
        ExprKind::Infix(InfixOp::Or, _, a, b) if !truth => {
            collect_set(a, false, set);
            collect_set(b, false, set);
        }
        ExprKind::Call(function, arguments) if truth => {
            if let (ExprKind::Name(name), [path]) = (&function.kind, arguments.as_slice())
                && &**name == "isSet"
            {
                set.extend(path_text(path));
                let mut path = path;
                while let ExprKind::Member(base, _) | ExprKind::Index(base, _) = &path.kind {
                    set.extend(path_text(base));
                    path = base;
                }
            }
        }
        _ => {}
    }
}

/// A path as text, where an expression is one.
fn path_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        ExprKind::SelfRecord => Some("self".into()),
        ExprKind::Stack => Some("stack".into()),
        ExprKind::Member(base, name) => Some(format!("{}.{}", path_text(base)?, name.text)),
        ExprKind::Index(base, index) => Some(format!("{}[{}]", path_text(base)?, index.plain_text()?)),
        _ => None,
    }
}

/// Something a person may type for a field: its default, where that is a literal.
fn example(place: Option<&Place>, ty: &Type) -> String {
    let own = place.and_then(default_text).filter(|text| reads_as(text, ty.plain()));
    own.unwrap_or_else(|| ty.example()).to_owned()
}

/// The number that a field has by default.
fn default_text<'t>(place: &Place<'_, 't>) -> Option<&'t str> {
    match &place.field?.default?.kind {
        ExprKind::Number(text) => Some(text),
        _ => None,
    }
}

fn key_text(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn subject(place: Option<&Place>) -> String {
    match place {
        Some(place) if !place.path.is_empty() => format!("`{}`", key_text(place.path)),
        _ => "what is wanted here".into(),
    }
}

/// The type of an arithmetic operation.
fn result(op: InfixOp, a: &Type, b: &Type) -> Option<Type> {
    use InfixOp::*;
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
        (Add, Type::List(x), Type::List(y)) if x.accepts(y) => Type::List(x.clone()),
        (Add, Type::List(x), Type::List(y)) if y.accepts(x) => Type::List(y.clone()),
        (Merge, Type::Data, Type::Data | Type::Schema(_) | Type::Map(_)) => b.clone(),
        (Merge, Type::Schema(_) | Type::Map(_), Type::Data) => a.clone(),
        (Merge, a, b) if a == b && matches!(a, Type::Schema(_) | Type::Map(_)) => a.clone(),
        _ => return None,
    })
}

fn signature(builtin: Builtin) -> &'static str {
    use Builtin::*;
    match builtin {
        IsSet => "isSet(field)",
        Present => "present(a, b, …)",
        Len => "len(text or list)",
        Min => "min(a, b, …) or min(list)",
        Max => "max(a, b, …) or max(list)",
        Sum => "sum(list)",
        Abs => "abs(number)",
        Round => "round(number)",
        Floor => "floor(number)",
        Ceil => "ceil(number)",
        Int => "int(number or text)",
        Join => "join(list, \", \")",
        Split => "split(text, \",\")",
        Trim => "trim(text)",
        Lower => "lower(text)",
        Upper => "upper(text)",
        Replace => "replace(text, \"from\", \"to\")",
        StartsWith => "startsWith(text, \"start\")",
        EndsWith => "endsWith(text, \"end\")",
        Contains => "contains(text or list, part)",
        Matches => "matches(text, r\"pattern\")",
        IsRegex => "isRegex(text)",
        Keys => "keys(map)",
        Values => "values(map)",
        Sort => "sort(list)",
        Unique => "unique(list)",
        Range => "range(10) or range(1, 10)",
    }
}

/// Whether a string's text, without quotes, is a value of a type.
fn reads_as(text: &str, want: &Type) -> bool {
    match (quantity::read(text), want) {
        (Number::Int(_), Type::Int | Type::Float) | (Number::Float(_), Type::Float) => true,
        (Number::Version, Type::Version) => true,
        (Number::Quantity(units), Type::Quantity(unit)) => units.contains(unit),
        _ => matches!((text, want), ("true" | "false", Type::Bool)),
    }
}

/// The unit a person most likely meant.
fn meant_unit(unit: &str, want: &Type) -> Option<&'static str> {
    let bytes = !matches!(want, Type::Quantity(Unit::Duration | Unit::Cpu));
    let time = !matches!(want, Type::Quantity(Unit::Bytes | Unit::Cpu));
    let folded = unit.to_ascii_lowercase();
    const TIME: &[(&str, &[&str])] = &[
        ("ms", &["msec", "msecs", "millis", "millisecond", "milliseconds"]),
        ("s", &["sec", "secs", "second", "seconds"]),
        ("m", &["min", "mins", "minute", "minutes"]),
        ("h", &["hr", "hrs", "hour", "hours"]),
        ("d", &["day", "days"]),
        ("w", &["week", "weeks"]),
        ("y", &["yr", "year", "years"]),
    ];
    const BYTES: &[(&str, &[&str])] = &[
        ("Ki", &["ki", "kib", "kb"]),
        ("Mi", &["mi", "mib", "mb"]),
        ("Gi", &["gi", "gib", "gb", "g"]),
        ("Ti", &["ti", "tib", "tb", "t"]),
        ("Pi", &["pi", "pib", "pb"]),
    ];
    let find = |table: &'static [(&'static str, &'static [&'static str])]| {
        table
            .iter()
            .find(|(right, wrong)| wrong.contains(&&*folded) || right.eq_ignore_ascii_case(unit))
            .map(|(right, _)| *right)
    };
    (time.then(|| find(TIME)).flatten()).or_else(|| bytes.then(|| find(BYTES)).flatten())
}

/// Whether text is `host:port`.
pub(super) fn endpoint(text: &str) -> Result<(), String> {
    if text.contains("://") {
        return Err("has a scheme".into());
    }
    let Some((host, port)) = text.rsplit_once(':') else { return Err("has no port".into()) };
    if host.is_empty() {
        return Err("has no host".into());
    }
    if port.contains('/') {
        return Err("has a path".into());
    }
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if host.contains(|c: char| c.is_whitespace() || c == '/' || c == '@')
        || (host.contains(':') && !bracketed)
    {
        return Err("the host can't be read".into());
    }
    match port.parse::<u16>() {
        Ok(port) if port > 0 => Ok(()),
        _ => Err("a port is 1 to 65535".into()),
    }
}
