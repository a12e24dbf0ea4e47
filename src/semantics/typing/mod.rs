//! Expressions against types, before anything is evaluated.
//!
//! Goes on after every mistake: an expression with a type error is remembered as poisoned, and
//! evaluation stays silent about it and what depends on it.
//!
//! Read in this order: [`blocks`] (entries), [`wanted`] (a type is wanted), [`numbers`] (literals
//! with units), [`infer`] (no type is wanted), [`calls`] (functions), [`checks`] (conditions).

mod blocks;
mod calls;
mod checks;
mod infer;
mod numbers;
mod wanted;

use super::builtins::{self, Builtin};
use super::names::{Program, SchemaField, not_yet};
use super::problems::*;
use super::quantity::{self, Number, Unit, Wrong};
use super::types::{SchemaId, Type};
use crate::diagnostics::{Report, wording};
use crate::source::Span;
use crate::syntax::tree::*;
use checks::path_text;
use numbers::reads_as;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use wanted::{default_text, example, key_text, subject};

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
