//! Formulas: paths to settings, constants, operators and a few functions. Code that lowers formulas into
//! another language handles each of these.

use crate::semantics::data::ValueKind;
use crate::semantics::types::Type;
use crate::syntax::tree::InfixOp;
use std::rc::Rc;

/// An expression over settings.
#[derive(Clone, Debug)]
pub struct Formula {
    /// Its form.
    pub kind: FormulaKind,
    /// The type of its value.
    pub ty: Type,
}

/// The forms of a formula.
#[derive(Clone, Debug)]
pub enum FormulaKind {
    /// A constant.
    Literal(ValueKind),
    /// A setting.
    Path(Base, Vec<Rc<str>>),
    /// `it`, the value that a condition checks.
    It,
    /// `!a`
    Not(Box<Formula>),
    /// `a op b`
    Infix(InfixOp, Box<Formula>, Box<Formula>),
    /// `if c { a } else { b }`
    If(Box<Formula>, Box<Formula>, Box<Formula>),
    /// A function call.
    Call(Function, Vec<Formula>),
    /// An interpolated string.
    String(Vec<Formula>),
    /// A list.
    List(Vec<Formula>),
}

/// What a path is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The whole stack.
    Root,
    /// The record that the default or check belongs to.
    Record,
    /// A variable of a loop around the check, counted from the outermost.
    Local(usize),
}

/// The functions of formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Whether a path is set.
    IsSet,
    /// The number of paths that are set.
    Present,
    /// The number of characters, elements or entries.
    Len,
    /// The smallest of some numbers.
    Min,
    /// The largest of some numbers.
    Max,
    /// The nearest whole number.
    Round,
    /// The number rounded down.
    Floor,
    /// The number rounded up.
    Ceil,
    /// Whether a string begins with another.
    StartsWith,
    /// Whether a string ends with another.
    EndsWith,
    /// Whether a string contains a substring, a list an element or a map a key.
    Contains,
    /// Whether a pattern matches a whole string.
    Matches,
}

impl Formula {
    /// Whether it is a Boolean, as far as its form tells.
    pub(super) fn is_truth(&self) -> bool {
        match &self.kind {
            FormulaKind::Literal(kind) => matches!(kind, ValueKind::Bool(_)),
            FormulaKind::Path(..) | FormulaKind::It => matches!(self.ty.plain(), Type::Bool | Type::Error),
            FormulaKind::Not(inner) => inner.is_truth(),
            FormulaKind::Infix(InfixOp::And | InfixOp::Or | InfixOp::Else, a, b) => {
                a.is_truth() && b.is_truth()
            }
            FormulaKind::Infix(op, ..) => op.compares(),
            FormulaKind::If(c, a, b) => c.is_truth() && a.is_truth() && b.is_truth(),
            FormulaKind::Call(function, _) => match function {
                Function::IsSet
                | Function::StartsWith
                | Function::EndsWith
                | Function::Contains
                | Function::Matches => true,
                Function::Present
                | Function::Len
                | Function::Min
                | Function::Max
                | Function::Round
                | Function::Floor
                | Function::Ceil => false,
            },
            FormulaKind::String(_) | FormulaKind::List(_) => false,
        }
    }

    /// Calls `visit` with each path in it.
    pub fn each_path<'f>(&'f self, visit: &mut dyn FnMut(Base, &'f [Rc<str>])) {
        match &self.kind {
            FormulaKind::Path(base, path) => visit(*base, path),
            FormulaKind::Not(inner) => inner.each_path(visit),
            FormulaKind::Infix(_, a, b) => [a, b].into_iter().for_each(|one| one.each_path(visit)),
            FormulaKind::If(a, b, c) => [a, b, c].into_iter().for_each(|one| one.each_path(visit)),
            FormulaKind::Call(_, items) | FormulaKind::String(items) | FormulaKind::List(items) => {
                items.iter().for_each(|item| item.each_path(visit));
            }
            FormulaKind::Literal(_) | FormulaKind::It => {}
        }
    }

    /// Whether it reads a path for which `wanted` holds.
    pub fn asks(&self, mut wanted: impl FnMut(Base, &[Rc<str>]) -> bool) -> bool {
        let mut found = false;
        self.each_path(&mut |base, path| found |= wanted(base, path));
        found
    }
}

/// A string constant.
pub(super) fn literal(text: &str) -> Formula {
    Formula { kind: FormulaKind::Literal(ValueKind::String(text.into())), ty: Type::String }
}
