//! Operators and their precedence.

use serde::{Deserialize, Serialize};

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrefixOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// An operator between operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InfixOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `??`
    Else,
    /// `&`
    Merge,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl InfixOp {
    /// Parses an operator.
    pub fn of(text: &str) -> Option<InfixOp> {
        Some(match text {
            "||" => InfixOp::Or,
            "&&" => InfixOp::And,
            "==" => InfixOp::Equal,
            "!=" => InfixOp::NotEqual,
            "<" => InfixOp::Less,
            "<=" => InfixOp::LessEqual,
            ">" => InfixOp::Greater,
            ">=" => InfixOp::GreaterEqual,
            "??" => InfixOp::Else,
            "&" => InfixOp::Merge,
            "+" => InfixOp::Add,
            "-" => InfixOp::Subtract,
            "*" => InfixOp::Multiply,
            "/" => InfixOp::Divide,
            "%" => InfixOp::Remainder,
            _ => return None,
        })
    }

    /// The operator as written.
    pub fn text(self) -> &'static str {
        match self {
            InfixOp::Or => "||",
            InfixOp::And => "&&",
            InfixOp::Equal => "==",
            InfixOp::NotEqual => "!=",
            InfixOp::Less => "<",
            InfixOp::LessEqual => "<=",
            InfixOp::Greater => ">",
            InfixOp::GreaterEqual => ">=",
            InfixOp::Else => "??",
            InfixOp::Merge => "&",
            InfixOp::Add => "+",
            InfixOp::Subtract => "-",
            InfixOp::Multiply => "*",
            InfixOp::Divide => "/",
            InfixOp::Remainder => "%",
        }
    }

    /// Precedence; comparisons do not chain.
    pub fn strength(self) -> u8 {
        match self {
            InfixOp::Or => 1,
            InfixOp::And => 2,
            InfixOp::Equal | InfixOp::NotEqual => 3,
            InfixOp::Less | InfixOp::LessEqual | InfixOp::Greater | InfixOp::GreaterEqual => 3,
            InfixOp::Else => 4,
            InfixOp::Merge => 5,
            InfixOp::Add | InfixOp::Subtract => 6,
            InfixOp::Multiply | InfixOp::Divide | InfixOp::Remainder => 7,
        }
    }

    /// Whether it is a comparison.
    pub fn compares(self) -> bool {
        self.strength() == 3
    }
}
