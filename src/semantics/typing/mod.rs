//! Expressions against types, before anything is evaluated.
//!
//! Goes on after every mistake: an expression with a type error is remembered as poisoned, and
//! evaluation stays silent about it and what depends on it.
//!
//! Read in this order: [`blocks`] (entries), [`wanted`] (a type is wanted), [`numbers`] (literals
//! with units), [`texts`] (strings), [`infer`] (no type is wanted), [`names`], [`calls`] (functions),
//! [`loops`], [`checks`] (conditions), [`imported`] (data files).

mod blocks;
mod calls;
mod checks;
mod imported;
mod infer;
mod loops;
mod names;
mod numbers;
mod texts;
mod wanted;

use super::builtins::{self, Builtin};
use super::data::Value;
use super::names::{Checked, DataId, FnId, LetId, ModuleId, Named, Program, SchemaField};
use super::problems::*;
use super::quantity::{self, Number, Unit, Wrong};
use super::types::{Lineage, SchemaId, Type};
use crate::diagnostics::{Report, wording};
use crate::source::Span;
use crate::syntax::tree::*;
use blocks::Leaves;
use checks::path_text;
use foldhash::{HashMap, HashSet};
use indexmap::IndexMap;
use numbers::reads_as;
use std::rc::Rc;
use wanted::{default_text, example, key_text, subject};

/// What typing found out, for evaluation.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Expressions whose mistakes are reported.
    pub poisoned: HashSet<Span>,
    /// What ambiguous literals are.
    pub units: HashMap<Span, Unit>,
    /// Imported data, by its id.
    pub data: Vec<Value>,
    /// Paths into data whose fields are not known.
    pub loose: HashSet<Span>,
    /// Functions that call themselves.
    pub endless: HashSet<FnId>,
    /// Blocks, and keys of a path, whose record was given a field that it does not have.
    pub partial: HashSet<Span>,
    /// Fields that somebody most likely meant by a name that is reported.
    pub meant: HashSet<(SchemaId, Rc<str>)>,
}

/// Checks every expression of a program.
pub fn check<'t>(program: &Program<'t>, problems: &mut Vec<Report>) -> Tables {
    let mut typing = Typing::new(program, Tables::default(), problems);
    for id in 0..program.data.len() {
        typing.imported(DataId(id));
    }
    for id in 0..program.lets.len() {
        typing.constant(LetId(id));
    }
    for id in 0..program.fns.len() {
        typing.function(FnId(id));
    }
    for refined in &program.refined {
        let scope = Scope { it: Some(refined.base.clone()), ..Scope::constant(refined.module) };
        typing.want(refined.condition, &Type::Bool, &scope, None);
        if let Some(message) = refined.message {
            typing.want(message, &Type::Text, &scope, None);
        }
    }
    for (id, schema) in program.schemas.iter().enumerate() {
        let id = SchemaId(id);
        let scope = |module| Scope { record: Some(Type::Schema(id)), fields: Some(id), ..Scope::of(module) };
        for field in schema.fields.values().filter(|field| field.owner == id) {
            if let Some(default) = field.default {
                let place = Place { path: &field.name.text, field: Some(field) };
                typing.value(default, &field.ty, &scope(field.module), &place);
            }
        }
        for Checked { module, entry, .. } in schema.checks.iter().filter(|check| check.owner == id) {
            typing.check_entry(entry, &scope(*module));
        }
    }
    for layered in program.stack.iter().chain(&program.profiles) {
        typing.layer(layered.body);
    }
    for test in &program.tests {
        typing.test(test.body);
    }
    typing.tables
}

/// Checks one more layer, which is no part of the program: what a test expects to be rejected.
pub fn check_layer<'t>(
    program: &Program<'t>,
    tables: &Tables,
    body: &'t Block,
    problems: &mut Vec<Report>,
) -> Tables {
    let mut typing = Typing::new(program, tables.clone(), problems);
    typing.layer(body);
    typing.tables
}

/// What names mean at a place.
#[derive(Clone, Debug, Default)]
struct Scope<'t> {
    /// The file.
    module: ModuleId,
    /// The type of `self`.
    record: Option<Type>,
    /// The schema whose fields stand by their bare names.
    fields: Option<SchemaId>,
    /// The type of `it`.
    it: Option<Type>,
    /// Parameters and loop variables, the innermost last.
    locals: Vec<(&'t str, Type)>,
    /// Whether `stack` means nothing, because the value is the same for every stack.
    constant: bool,
    /// Optional paths that are known to be set.
    set: Vec<String>,
}

impl<'t> Scope<'t> {
    /// In a file, where there is a stack.
    fn of(module: ModuleId) -> Scope<'t> {
        Scope { module, ..Scope::default() }
    }

    /// In a file, outside of every stack.
    fn constant(module: ModuleId) -> Scope<'t> {
        Scope { module, constant: true, ..Scope::default() }
    }

    /// Inside of a record.
    fn inside(&self, record: &Type) -> Scope<'t> {
        Scope { record: Some(record.plain().clone()), ..self.clone() }
    }
}

/// The field a value is for, to tell about it.
struct Place<'a, 't> {
    path: &'a str,
    field: Option<&'a SchemaField<'t>>,
}

/// What was found out about a constant or function.
#[derive(Clone, Debug)]
enum Found {
    /// It is being looked at.
    Busy,
    /// Its type.
    Type(Type),
}

struct Typing<'p, 't> {
    program: &'p Program<'t>,
    tables: Tables,
    problems: &'p mut Vec<Report>,
    lets: HashMap<LetId, Found>,
    fns: HashMap<FnId, Found>,
    /// The functions whose bodies are being checked, each called by the one before it.
    calls: Vec<(FnId, Span)>,
    data: Vec<Type>,
    /// The type that is wanted of the expression that is looked at.
    wanted: Option<Type>,
}

impl<'p, 't> Typing<'p, 't> {
    fn new(program: &'p Program<'t>, tables: Tables, problems: &'p mut Vec<Report>) -> Self {
        let (lets, fns, calls, data) = Default::default();
        Typing { program, tables, problems, lets, fns, calls, data, wanted: None }
    }

    fn tell(&mut self, expr: Span, report: Report) -> Type {
        self.tables.poisoned.insert(expr);
        self.problems.push(report);
        Type::Error
    }

    /// The entries of the stack or of a profile.
    fn layer(&mut self, body: &'t Block) {
        let root = Type::Schema(self.program.root);
        let scope = Scope::of(Program::OWN).inside(&root);
        self.block(body, &root, &scope, "", &mut Leaves::default());
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
    // Names of DNS, and Compose's, which may have `_`.
    let named = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let address = || host[1..host.len() - 1].chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    if !(named || bracketed && address()) {
        return Err("the host can't be read".into());
    }
    match port.parse::<u16>() {
        Ok(port) if port > 0 => Ok(()),
        _ => Err("a port is 1 to 65535".into()),
    }
}
