//! Lowers pest's pairs to the tree, with diagnostics for what is missing or unreadable.
//!
//! [`state`] holds the state of lowering a chunk. [`items`], [`entries`], [`fields`], [`checks`], [`types`],
//! [`expressions`] and [`texts`] lower one kind of node each. [`recovery`], [`foreign_syntax`] and
//! [`separators`] guess what unreadable text was meant to be.

mod checks;
mod entries;
mod expressions;
mod fields;
mod foreign_syntax;
mod items;
mod recovery;
mod separators;
mod state;
mod texts;
mod types;

use super::codes::{
    ABSENT, CHAIN, COLON, DEPTH, ESCAPE, INDENTATION, OUTSIDE, RESERVED, SEPARATOR, UNCLOSED, UNREADABLE,
};
use super::grammar::Rule;
use super::scan::{MAX_DEPTH, MAX_LINKS};
use super::tree::{
    Block, Check, Entry, EntryKind, Expr, ExprKind, Field, FieldValue, ForClause, InfixOp, Item, ItemKind,
    Key, Name, NameRef, Param, PrefixOp, StringPart, TypeExpr, TypeKind,
};
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::source::Span;
use foreign_syntax::Container;
use pest::iterators::Pairs;
use recovery::stray_report;
pub(super) use state::{Lower, Scanned};
use state::{P, doc_text, next_if};
use std::iter::Peekable;
