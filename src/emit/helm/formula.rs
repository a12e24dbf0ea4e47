//! Formulas as template expressions.
//!
//! Numbers of all kinds are compared as `float64`, to which the results of all helpers and values set
//! in any way can be converted. It is exact up to 2^53, which is 9 PB or 285 000 years.

use crate::semantics::data::ValueKind;
use crate::semantics::formula::{Base, Formula, FormulaKind, Function, Shape};
use crate::semantics::quantity::Unit;
use crate::semantics::types::Type;
use crate::syntax::tree::InfixOp;
use std::fmt::Write;

/// The scope of a formula.
#[derive(Clone)]
pub(super) struct At<'a> {
    /// The chart's name, the prefix of its helpers.
    pub(super) chart: &'a str,
    /// The schema of the whole stack, to look up which settings have a computed default.
    pub(super) shape: &'a Shape,
    /// The schema path of the record, with `*` for an element of a map or list.
    pub(super) path: Vec<String>,
    /// The expression for the record.
    pub(super) record: String,
    /// The expression for the root context.
    pub(super) root: String,
    /// The dict passed to helpers of this element; `None` outside elements.
    pub(super) element: Option<String>,
    /// The expression for `it`.
    pub(super) it: String,
    /// The variables of the enclosing loops, outermost first.
    pub(super) locals: Vec<Local>,
}

/// A loop variable.
#[derive(Clone)]
pub(super) struct Local {
    /// Its expression.
    pub(super) value: String,
    /// The schema path of its value, if that is an element of a setting.
    pub(super) path: Vec<String>,
    /// The dict passed to helpers of this element.
    pub(super) element: String,
    /// The expression for its path in the values, for messages.
    pub(super) shown: String,
}

/// Replaces a formula that has no template form. It fails the rendering, because a chart must not
/// pass a check that was never evaluated.
const NEVER: &str = "(fail \"vmsc could not write this check: please report it\")";

/// The name of the helper that computes a default.
pub(super) fn helper(chart: &str, path: &[String]) -> String {
    let parts: Vec<&str> = path.iter().map(String::as_str).filter(|part| *part != "*").collect();
    format!("{chart}.{}", parts.join("."))
}

impl At<'_> {
    /// Whether the setting at a schema path has a computed default.
    fn has_default(&self, path: &[String]) -> bool {
        self.shape.field(path).is_some_and(|field| field.default.is_some())
    }

    fn is_build(&self, path: &[String]) -> bool {
        path.first()
            .and_then(|part| self.shape.field(std::slice::from_ref(part)))
            .is_some_and(|field| field.annotations.build)
    }

    /// Whether the record is nullable or inside a nullable one, which the chart's user may set to null.
    pub(super) fn in_nullable(&self) -> bool {
        (1..=self.path.len())
            .any(|upto| self.shape.field(&self.path[..upto]).is_some_and(|field| field.annotations.nullable))
    }

    /// The schema paths of the settings that a formula reads.
    pub(super) fn reads(&self, formula: &Formula) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        formula.each_path(&mut |base, path| {
            let known = !matches!(base, Base::Local(at) if self.locals[at].path.is_empty());
            found.extend(known.then(|| self.schema_path(base, path)));
        });
        found
    }

    /// The expression of a path, using its computed default if it has one.
    fn path(&self, base: Base, path: &[std::rc::Rc<str>]) -> String {
        let full = self.schema_path(base, path);
        if self.is_build(&full) {
            // The only setting that shapes the build and is also known to the chart.
            return format!("{}.Chart.AppVersion", dotted(&self.root));
        }
        if self.has_default(&full) {
            let context = match (&self.element, base) {
                (Some(element), Base::Record) => element.clone(),
                (_, Base::Local(at)) => self.locals[at].element.clone(),
                _ => self.root.clone(),
            };
            return format!("(include \"{}\" {context})", helper(self.chart, &full));
        }
        let start = match base {
            Base::Record => self.record.clone(),
            Base::Root => format!("{}.Values", dotted(&self.root)),
            Base::Local(at) => self.locals[at].value.clone(),
        };
        // Parentheses let a path continue through null.
        let nullable = base == Base::Record && self.element.is_none() && self.in_nullable();
        path.iter().enumerate().fold(start, |expr, (n, part)| match n {
            0 if !nullable => format!("{expr}.{part}"),
            _ => format!("({expr}).{part}"),
        })
    }

    /// The expression of a Boolean formula.
    pub(super) fn truth(&self, formula: &Formula) -> String {
        match &formula.kind {
            FormulaKind::Literal(ValueKind::Bool(value)) => value.to_string(),
            FormulaKind::Path(base, path) => self.path(*base, path),
            FormulaKind::It => self.it.clone(),
            FormulaKind::Not(inner) => format!("(not {})", self.truth(inner)),
            FormulaKind::Infix(op @ (InfixOp::And | InfixOp::Or), a, b) => {
                let word = if *op == InfixOp::And { "and" } else { "or" };
                format!("({word} {} {})", self.truth(a), self.truth(b))
            }
            FormulaKind::Infix(InfixOp::Else, a, b) => self.given(a, &self.truth(a), &self.truth(b)),
            FormulaKind::Infix(op, a, b) => self.comparison(*op, a, b),
            // `and` and `or` evaluate only the operands they need.
            FormulaKind::If(c, a, b) => {
                let (c, a, b) = (self.truth(c), self.truth(a), self.truth(b));
                format!("(or (and {c} {a}) (and (not {c}) {b}))")
            }
            FormulaKind::Call(Function::IsSet, items) => {
                format!("(not (kindIs \"invalid\" {}))", self.raw(&items[0]))
            }
            FormulaKind::Call(Function::StartsWith, items) => {
                format!("(hasPrefix {} {})", self.text(&items[1]), self.text(&items[0]))
            }
            FormulaKind::Call(Function::EndsWith, items) => {
                format!("(hasSuffix {} {})", self.text(&items[1]), self.text(&items[0]))
            }
            FormulaKind::Call(Function::Matches, items) => match &items[1].kind {
                FormulaKind::Literal(ValueKind::String(pattern)) => {
                    format!("(regexMatch {} {})", go_text(&format!("^(?s:{pattern})$")), self.text(&items[0]))
                }
                _ => format!(
                    "(regexMatch (printf \"^(?s:%s)$\" {}) {})",
                    self.text(&items[1]),
                    self.text(&items[0])
                ),
            },
            FormulaKind::Call(Function::Contains, items) => match items[0].ty.plain() {
                Type::List(_) => format!("(has {} {})", self.text(&items[1]), self.raw(&items[0])),
                Type::Map(_) => format!("(hasKey {} {})", self.raw(&items[0]), self.text(&items[1])),
                _ => format!("(contains {} {})", self.text(&items[1]), self.text(&items[0])),
            },
            // Lowering never produces these as Boolean formulas.
            FormulaKind::Literal(_)
            | FormulaKind::String(_)
            | FormulaKind::List(_)
            | FormulaKind::Call(
                Function::Present
                | Function::Len
                | Function::Min
                | Function::Max
                | Function::Round
                | Function::Floor
                | Function::Ceil,
                _,
            ) => NEVER.to_owned(),
        }
    }

    /// The expression of `a ?? b`; `some` and `none` are of the same type.
    fn given(&self, a: &Formula, some: &str, none: &str) -> String {
        format!("(ternary {some} {none} (not (kindIs \"invalid\" {})))", self.raw(a))
    }

    fn comparison(&self, op: InfixOp, a: &Formula, b: &Formula) -> String {
        let word = match op {
            InfixOp::Equal => "eq",
            InfixOp::NotEqual => "ne",
            InfixOp::Less => "lt",
            InfixOp::LessEqual => "le",
            InfixOp::Greater => "gt",
            _ => "ge",
        };
        match a.ty.plain() {
            Type::Bool => format!("({word} {} {})", self.truth(a), self.truth(b)),
            Type::Int | Type::Float | Type::Quantity(_) => {
                format!("({word} {} {})", self.number(a), self.number(b))
            }
            _ => format!("({word} {} {})", self.text(a), self.text(b)),
        }
    }

    /// The expression of a number as `float64`: milliseconds, bytes, millicores, or the number itself.
    #[expect(clippy::too_many_lines, reason = "one arm per kind of formula")]
    pub(super) fn number(&self, formula: &Formula) -> String {
        match &formula.kind {
            FormulaKind::Literal(kind) => go_float(kind),
            FormulaKind::Path(..) | FormulaKind::It => {
                let raw = self.raw(formula);
                match formula.ty.plain() {
                    Type::Quantity(unit) => {
                        format!("(include \"{}.{}\" {raw} | float64)", self.chart, measure(*unit))
                    }
                    _ => format!("({raw} | float64)"),
                }
            }
            FormulaKind::Infix(InfixOp::Else, a, b) => {
                // `ternary` evaluates both sides, so measuring an absent value must not fail.
                let raw = self.given(a, &self.raw(a), &self.text(b));
                match a.ty.plain() {
                    Type::Quantity(unit) => {
                        format!("(include \"{}.{}\" {raw} | float64)", self.chart, measure(*unit))
                    }
                    _ => self.given(a, &self.number(a), &self.number(b)),
                }
            }
            FormulaKind::Infix(op, a, b) => {
                let (x, y) = (self.number(a), self.number(b));
                match op {
                    InfixOp::Add => format!("(addf {x} {y})"),
                    InfixOp::Subtract => format!("(subf {x} {y})"),
                    InfixOp::Multiply => format!("(mulf {x} {y})"),
                    InfixOp::Divide => format!("(divf {x} {y})"),
                    _ => format!("(mod ({x} | int64) ({y} | int64) | float64)"),
                }
            }
            FormulaKind::If(c, a, b) => {
                format!("(ternary {} {} {})", self.number(a), self.number(b), self.truth(c))
            }
            // Length in characters, not bytes; an absent value has length 0.
            FormulaKind::Call(Function::Len, items) => {
                let (raw, ty) = (self.raw(&items[0]), &items[0].ty);
                let or = |nothing: &str| match ty.is_optional() {
                    true => format!("({raw} | default {nothing})"),
                    false => raw.clone(),
                };
                match ty.plain() {
                    Type::List(_) | Type::Map(_) => format!("(len {} | float64)", or("list")),
                    _ => format!("(len (splitList \"\" ({} | toString)) | float64)", or("\"\"")),
                }
            }
            FormulaKind::Call(Function::Present, items) => {
                let set =
                    |item: &Formula| format!("(ternary 0.0 1.0 (kindIs \"invalid\" {}))", self.raw(item));
                items.iter().skip(1).fold(set(&items[0]), |sum, item| format!("(addf {sum} {})", set(item)))
            }
            FormulaKind::Call(function @ (Function::Min | Function::Max), items) => {
                let word = if *function == Function::Min { "minf" } else { "maxf" };
                let items: Vec<String> = items.iter().map(|item| self.number(item)).collect();
                format!("({word} {})", items.join(" "))
            }
            FormulaKind::Call(Function::Floor, items) => format!("(floor {})", self.number(&items[0])),
            FormulaKind::Call(Function::Ceil, items) => format!("(ceil {})", self.number(&items[0])),
            FormulaKind::Call(Function::Round, items) => format!("(round {} 0)", self.number(&items[0])),
            FormulaKind::Not(_)
            | FormulaKind::String(_)
            | FormulaKind::List(_)
            | FormulaKind::Call(
                Function::IsSet
                | Function::StartsWith
                | Function::EndsWith
                | Function::Contains
                | Function::Matches,
                _,
            ) => NEVER.to_owned(),
        }
    }

    /// The schema path of the setting that a formula reads, if it is a path.
    pub(super) fn of(&self, formula: &Formula) -> Option<Vec<String>> {
        match &formula.kind {
            FormulaKind::Path(Base::Local(at), _) if self.locals[*at].path.is_empty() => None,
            FormulaKind::Path(base, path) => Some(self.schema_path(*base, path)),
            _ => None,
        }
    }

    fn schema_path(&self, base: Base, path: &[std::rc::Rc<str>]) -> Vec<String> {
        let mut full = match base {
            Base::Root => Vec::new(),
            Base::Record => self.path.clone(),
            Base::Local(at) => self.locals[at].path.clone(),
        };
        full.extend(path.iter().map(|part| part.to_string()));
        full
    }

    /// The expression of a value, unconverted.
    pub(super) fn raw(&self, formula: &Formula) -> String {
        match &formula.kind {
            FormulaKind::Path(base, path) => self.path(*base, path),
            FormulaKind::It => self.it.clone(),
            FormulaKind::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.text(item)).collect();
                format!("(list {})", items.join(" "))
            }
            FormulaKind::Infix(InfixOp::Else, a, b) => self.given(a, &self.raw(a), &self.raw(b)),
            _ => self.text(formula),
        }
    }

    /// The expression of a value as a string, in the form that a person would write.
    pub(super) fn text(&self, formula: &Formula) -> String {
        match &formula.kind {
            FormulaKind::Literal(kind) => go_text(&kind.to_string()),
            FormulaKind::Path(..) | FormulaKind::It => match formula.ty.plain() {
                Type::Int => format!("({} | int64 | toString)", self.raw(formula)),
                _ => format!("({} | toString)", self.raw(formula)),
            },
            FormulaKind::String(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.text(part)).collect();
                format!("(print {})", parts.join(" "))
            }
            FormulaKind::Call(function @ (Function::Min | Function::Max), items) if items.len() == 2 => {
                match formula.ty.plain() {
                    Type::Quantity(unit) => format!(
                        "(include \"{0}.choose\" (dict \"by\" \"{0}.{1}\" \"larger\" {2} \"of\" (list {3} {4})))",
                        self.chart,
                        measure(*unit),
                        *function == Function::Max,
                        self.text(&items[0]),
                        self.text(&items[1])
                    ),
                    _ => self.number_text(formula),
                }
            }
            FormulaKind::If(c, a, b) => {
                format!("(ternary {} {} {})", self.text(a), self.text(b), self.truth(c))
            }
            FormulaKind::Infix(InfixOp::Else, a, b) => self.given(a, &self.text(a), &self.text(b)),
            _ => match formula.ty.plain() {
                Type::Bool => format!("({} | toString)", self.truth(formula)),
                _ => self.number_text(formula),
            },
        }
    }

    fn number_text(&self, formula: &Formula) -> String {
        let number = self.number(formula);
        match formula.ty.plain() {
            Type::Quantity(Unit::Duration) => format!("(printf \"%dms\" ({number} | int64))"),
            Type::Quantity(Unit::Cpu) => format!("(printf \"%dm\" ({number} | int64))"),
            Type::Float => format!("({number} | toString)"),
            _ => format!("({number} | int64 | toString)"),
        }
    }
}

fn dotted(root: &str) -> String {
    if root == "." { String::new() } else { root.to_owned() }
}

/// The name of the helper that measures a unit.
pub(super) fn measure(unit: Unit) -> &'static str {
    match unit {
        Unit::Duration => "milliseconds",
        Unit::Bytes => "bytes",
        Unit::Cpu => "millicores",
    }
}

fn go_float(kind: &ValueKind) -> String {
    match kind {
        ValueKind::Int(value) => format!("{value}.0"),
        ValueKind::Float(value) => format!("{value:?}"),
        ValueKind::Quantity(quantity) => format!("{}.0", quantity.amount),
        ValueKind::Error
        | ValueKind::Absent
        | ValueKind::Bool(_)
        | ValueKind::String(_)
        | ValueKind::Version(_)
        | ValueKind::List(_)
        | ValueKind::Record(_) => NEVER.to_owned(),
    }
}

/// A string literal for a template. Backquotes keep patterns readable.
pub(super) fn go_text(text: &str) -> String {
    if text.contains('\\') && !text.contains('`') && !text.contains(char::is_control) {
        return format!("`{text}`");
    }
    let mut out = String::from("\"");
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            // Escape the second of two braces, which would look like the start of an action to a reader.
            '{' if before == '{' => out.push_str("\\u007b"),
            _ if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() => out.push(c),
            _ if (c as u32) < 0x10000 => drop(write!(out, "\\u{:04x}", c as u32)),
            _ => drop(write!(out, "\\U{:08x}", c as u32)),
        }
        before = c;
    }
    out.push('"');
    out
}
