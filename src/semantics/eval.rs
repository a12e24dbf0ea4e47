//! Layers to values: lazy and late bound, a cycle is a report.
//!
//! The record of the stack is a tree of nodes. Each node holds the definitions that the layers give
//! it, lowest first; records and maps get children from all of them, everything else takes the
//! highest. A node is evaluated when it is asked for, once.

use super::builtins::{self, Builtin, Failure};
use super::checks;
use super::data::{Kind, Layer, Record, Value};
use super::names::Program;
use super::problems::*;
use super::quantity::{self, Number, Quantity, Unit};
use super::types::Type;
use super::typing::Tables;
use crate::diagnostics::{Report, wording};
use crate::source::Span;
use crate::syntax::tree::*;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::rc::Rc;

/// Longest chain of values that depend on each other.
const MAX_CHAIN: usize = 1_000;

/// Bytes of stack that one step of a chain may take.
const STEP: usize = 32 << 20;

/// A node of the tree; an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeId(u32);

/// What names mean where an expression stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Env {
    /// `self`
    pub(super) record: Option<NodeId>,
    /// The record whose fields stand by their bare names.
    pub(super) fields: Option<NodeId>,
    /// `it`
    pub(super) it: Option<Value>,
}

#[derive(Clone, Debug)]
enum Source<'t> {
    /// An entry, with as many segments of its path walked.
    Entry(&'t Field, usize),
    Block(&'t Block),
    Expr(&'t Expr),
    Value(Value),
}

#[derive(Clone, Debug)]
struct Definition<'t> {
    layer: Layer,
    source: Source<'t>,
    env: Env,
    /// Where the definition's name stands, for reports.
    at: Span,
}

#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Todo,
    Doing,
    Done,
}

pub(super) struct Node<'t> {
    pub(super) key: Rc<str>,
    pub(super) parent: Option<NodeId>,
    pub(super) ty: Type,
    definitions: Vec<Definition<'t>>,
    shape: Progress,
    pub(super) children: IndexMap<Rc<str>, NodeId>,
    progress: Progress,
    value: Option<Value>,
}

pub(super) struct Eval<'p, 't> {
    pub(super) program: &'p Program<'t>,
    tables: &'p Tables,
    pub(super) nodes: Vec<Node<'t>>,
    pub(super) problems: Vec<Report>,
    constants: HashMap<&'t str, Option<Value>>,
    /// What is being evaluated, and where it is given.
    chain: Vec<(Step<'t>, Span)>,
}

/// Evaluates the stack with the layers of a profile over it, and runs all checks.
pub(super) fn evaluate<'t>(
    program: &Program<'t>,
    tables: &Tables,
    profile: Option<usize>,
    problems: &mut Vec<Report>,
) -> Option<Value> {
    let stack = program.stack.as_ref()?;
    let mut eval = Eval {
        program,
        tables,
        nodes: Vec::new(),
        problems: Vec::new(),
        constants: HashMap::new(),
        chain: Vec::new(),
    };
    let root = eval.node("", None, Type::Schema(program.root));
    let env = Env { record: Some(root), ..Env::default() };
    let mut layers = vec![(stack.body, Layer::Stack, stack.name.span)];
    for (depth, at) in profile.map(|p| program.chain(p)).unwrap_or_default().into_iter().enumerate() {
        let profile = &program.profiles[at];
        layers.push((profile.body, Layer::Profile(depth as u16), profile.name.span));
    }
    for (body, layer, at) in layers {
        eval.nodes[0].definitions.push(Definition {
            layer,
            source: Source::Block(body),
            env: env.clone(),
            at,
        });
    }
    let value = eval.value(root);
    checks::run(&mut eval);
    problems.append(&mut eval.problems);
    Some(value)
}

/// A value that is being evaluated.
#[derive(Clone, Copy, PartialEq)]
enum Step<'t> {
    Field(NodeId),
    Constant(&'t str),
}

impl NodeId {
    /// The record of the stack.
    pub(super) const ROOT: NodeId = NodeId(0);

    /// The node made after this one.
    pub(super) fn next(self) -> NodeId {
        NodeId(self.0 + 1)
    }
}

impl<'t> Eval<'_, 't> {
    pub(super) fn exists(&self, id: NodeId) -> bool {
        (id.0 as usize) < self.nodes.len()
    }

    pub(super) fn has_parent(&self, id: NodeId) -> bool {
        self.get(id).parent.is_some()
    }

    fn node(&mut self, key: &str, parent: Option<NodeId>, ty: Type) -> NodeId {
        self.nodes.push(Node {
            key: key.into(),
            parent,
            ty,
            definitions: Vec::new(),
            shape: Progress::Todo,
            children: IndexMap::new(),
            progress: Progress::Todo,
            value: None,
        });
        NodeId(self.nodes.len() as u32 - 1)
    }

    pub(super) fn get(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    fn get_mut(&mut self, id: NodeId) -> &mut Node<'t> {
        &mut self.nodes[id.0 as usize]
    }

    /// The path of a node, dotted.
    pub(super) fn path(&self, id: NodeId) -> String {
        let mut parts = Vec::new();
        let mut current = Some(id);
        while let Some(id) = current {
            let node = self.get(id);
            if node.parent.is_some() {
                parts.push(&*node.key);
            }
            current = node.parent;
        }
        parts.reverse();
        parts.join(".")
    }

    /// Where a node is given: its highest definition of the user's, else its parent's.
    pub(super) fn place(&self, id: NodeId) -> Option<Span> {
        let mut current = Some(id);
        while let Some(id) = current {
            let node = self.get(id);
            if let Some(definition) = node.definitions.iter().rev().find(|d| d.layer != Layer::Default) {
                return Some(definition.at);
            }
            current = node.parent;
        }
        self.program.stack.as_ref().map(|s| s.name.span)
    }

    // ---------------------------------------------------------------------------------- shapes

    /// Gives a record or map its children, from all its definitions.
    fn shape(&mut self, id: NodeId) {
        match self.get(id).shape {
            Progress::Done => return,
            Progress::Doing => {
                self.cycle(id);
                return;
            }
            Progress::Todo => {}
        }
        self.get_mut(id).shape = Progress::Doing;
        let ty = self.get(id).ty.plain().clone();
        if let Type::Schema(schema) = &ty {
            let program = self.program;
            for (name, field) in &program.schema(*schema).fields {
                let child = self.node(name, Some(id), field.ty.clone());
                if let Some(default) = field.default {
                    let env = Env { record: Some(id), fields: Some(id), it: None };
                    self.get_mut(child).definitions.push(Definition {
                        layer: Layer::Default,
                        source: Source::Expr(default),
                        env,
                        at: field.name.span,
                    });
                }
                self.get_mut(id).children.insert(name.clone(), child);
            }
        }
        for definition in self.get(id).definitions.clone() {
            match flatten(&definition) {
                Source::Block(block) => self.expand(id, block, &definition),
                Source::Expr(expr) if matches!(expr.kind, ExprKind::Absent) => self.clear(id),
                Source::Expr(expr) => {
                    let value =
                        self.guarded(Step::Field(id), definition.at, |eval| eval.expr(expr, &definition.env));
                    self.spread(id, &value.given(expr.span, definition.layer), &definition);
                }
                Source::Value(value) if value.is_absent() => self.clear(id),
                Source::Value(value) => self.spread(id, &value, &definition),
                Source::Entry(field, depth) => {
                    self.define(id, field, depth, definition.layer, &definition.env)
                }
            }
        }
        self.get_mut(id).shape = Progress::Done;
    }

    /// What lower layers gave is taken away.
    fn clear(&mut self, id: NodeId) {
        let children: Vec<NodeId> = self.get(id).children.values().copied().collect();
        for child in children {
            self.get_mut(child).definitions.retain(|d| d.layer == Layer::Default);
        }
        if matches!(self.get(id).ty.plain(), Type::Map(_) | Type::Data) {
            self.get_mut(id).children.clear();
        }
    }

    fn expand(&mut self, id: NodeId, block: &'t Block, definition: &Definition<'t>) {
        let env = Env { record: Some(id), ..definition.env.clone() };
        for entry in &block.entries {
            let EntryKind::Field(field) = &entry.kind else { continue };
            self.define(id, field, 0, definition.layer, &env);
        }
    }

    fn define(&mut self, id: NodeId, field: &'t Field, depth: usize, layer: Layer, env: &Env) {
        let Some(key) = field.path.get(depth) else { return };
        let name: Rc<str> = match key {
            Key::Name(name) => (&*name.text).into(),
            Key::Computed(expr) => match self.expr(expr, env).kind {
                Kind::Text(text) => text,
                _ => return,
            },
        };
        let at = key.span();
        if let Some(child) = self.child(id, &name) {
            let source = Source::Entry(field, depth + 1);
            self.get_mut(child).definitions.push(Definition { layer, source, env: env.clone(), at });
        }
    }

    fn spread(&mut self, id: NodeId, value: &Value, definition: &Definition<'t>) {
        let Kind::Record(record) = &value.kind else { return };
        for (name, item) in record.iter() {
            if let Some(child) = self.child(id, name) {
                let source = Source::Value(Value { layer: definition.layer, ..item.clone() });
                let (layer, env, at) = (definition.layer, definition.env.clone(), definition.at);
                self.get_mut(child).definitions.push(Definition { layer, source, env, at });
            }
        }
    }

    /// The child of a name; maps and data get a new one.
    fn child(&mut self, id: NodeId, name: &Rc<str>) -> Option<NodeId> {
        if let Some(child) = self.get(id).children.get(name) {
            return Some(*child);
        }
        let ty = match self.get(id).ty.plain() {
            Type::Map(inner) => (**inner).clone(),
            Type::Data => Type::Data,
            _ => return None,
        };
        let child = self.node(name, Some(id), ty);
        self.get_mut(id).children.insert(name.clone(), child);
        Some(child)
    }

    // ---------------------------------------------------------------------------------- values

    /// The value of a node.
    pub(super) fn value(&mut self, id: NodeId) -> Value {
        let node = self.get(id);
        if let Some(value) = &node.value {
            return value.clone();
        }
        if node.progress == Progress::Doing {
            return self.cycle(id);
        }
        self.get_mut(id).progress = Progress::Doing;
        let value = self.fresh(id);
        let node = self.get_mut(id);
        node.progress = Progress::Done;
        node.value = Some(value.clone());
        value
    }

    fn fresh(&mut self, id: NodeId) -> Value {
        let node = self.get(id);
        let ty = node.ty.clone();
        let highest = node.definitions.last().cloned();
        let optional = ty.is_optional();
        let of_map = node.parent.is_some_and(|p| matches!(self.get(p).ty.plain(), Type::Map(_) | Type::Data));
        let is_record = match ty.plain() {
            Type::Schema(_) | Type::Map(_) => true,
            Type::Data => {
                highest.as_ref().is_some_and(|d| matches!(flatten(d), Source::Block(_) | Source::Entry(..)))
                    || highest.as_ref().is_some_and(
                        |d| matches!(&d.source, Source::Value(v) if matches!(v.kind, Kind::Record(_))),
                    )
            }
            _ => false,
        };
        if let Some(definition) = &highest {
            let absent = match flatten(definition) {
                Source::Expr(expr) => matches!(expr.kind, ExprKind::Absent),
                Source::Value(value) => value.is_absent(),
                _ => false,
            };
            if absent && (optional || of_map) {
                return Value { layer: definition.layer, ..Value::new(Kind::Absent, definition.at) };
            }
        }
        if is_record {
            if optional && highest.is_none() {
                let span = self.place(id).unwrap_or_else(|| self.anywhere());
                return Value::new(Kind::Absent, span);
            }
            return self.record(id, highest.as_ref());
        }
        let Some(definition) = highest else { return self.undefined(id, &ty) };
        let value = match flatten(&definition) {
            Source::Expr(expr) => {
                let value =
                    self.guarded(Step::Field(id), definition.at, |eval| eval.expr(expr, &definition.env));
                value.given(expr.span, definition.layer)
            }
            Source::Value(value) => value,
            Source::Block(_) | Source::Entry(..) => Value::new(Kind::Error, definition.at),
        };
        self.accepted(value, &ty)
    }

    fn record(&mut self, id: NodeId, highest: Option<&Definition<'t>>) -> Value {
        let span = match highest {
            Some(definition) => definition.at,
            None => self.place(id).unwrap_or_else(|| self.anywhere()),
        };
        let layer = highest.map_or(Layer::Default, |d| d.layer);
        self.shape(id);
        let schema = matches!(self.get(id).ty.plain(), Type::Schema(_));
        let children: Vec<(Rc<str>, NodeId)> =
            self.get(id).children.iter().map(|(k, v)| (k.clone(), *v)).collect();
        let mut record = Record::with_capacity(children.len());
        for (name, child) in children {
            let value = self.value(child);
            if schema || !value.is_absent() {
                record.insert(name, value);
            }
        }
        Value { layer, ..Value::new(Kind::Record(Rc::new(record)), span) }
    }

    /// A field that nobody gave and that has no default.
    fn undefined(&mut self, id: NodeId, ty: &Type) -> Value {
        let span = self.place(id).unwrap_or_else(|| self.anywhere());
        if ty.is_optional() {
            return Value::new(Kind::Absent, span);
        }
        let path = self.path(id);
        let doc = self.doc(id);
        let name = self.get(id).key.clone();
        let mut report =
            Report::error(&REQUIRED, format!("`{path}` is required")).at(span, format!("has no `{name}`"));
        if let Some(doc) = doc {
            report = report.note(format!("`{path}`: {doc}"));
        }
        let example = match ty.plain() {
            Type::Words(words) => format!("\"{}\"", words[0]),
            _ => ty.example().to_owned(),
        };
        self.problems.push(report.help(format!("write `{name} = {example}`")));
        Value::new(Kind::Error, span)
    }

    /// The first line of a field's doc comment.
    pub(super) fn doc(&self, id: NodeId) -> Option<String> {
        let node = self.get(id);
        let Type::Schema(schema) = self.get(node.parent?).ty.plain() else { return None };
        let field = self.program.schema(*schema).fields.get(&node.key)?;
        let first = field.doc.lines().next()?.trim_end_matches('.');
        (!first.is_empty()).then(|| first.to_owned())
    }

    pub(super) fn anywhere(&self) -> Span {
        self.program.schema(self.program.root).name.span
    }

    /// A value against the conditions of its type.
    fn accepted(&mut self, mut value: Value, ty: &Type) -> Value {
        if matches!(value.kind, Kind::Error | Kind::Absent) {
            return value;
        }
        match ty {
            Type::Optional(inner) => self.accepted(value, inner),
            Type::Refined(id, base) => {
                let value = self.accepted(value, base);
                if matches!(value.kind, Kind::Error) {
                    return value;
                }
                let refined = self.program.refinement(*id);
                let env = Env { it: Some(value.clone()), ..Env::default() };
                if matches!(self.expr(refined.condition, &env).kind, Kind::Bool(false)) {
                    return self.refused(value, refined.message, &env);
                }
                value
            }
            Type::List(inner) => {
                if let Kind::List(items) = &value.kind
                    && matches!(
                        **inner,
                        Type::Refined(..) | Type::Endpoint | Type::List(_) | Type::Schema(_) | Type::Words(_)
                    )
                {
                    let items: Vec<Value> =
                        items.iter().map(|item| self.element(item.clone(), inner)).collect();
                    value.kind = Kind::List(Rc::new(items));
                }
                value
            }
            Type::Endpoint => match &value.kind {
                Kind::Text(text) => match super::typing::endpoint(text) {
                    Ok(()) => value,
                    Err(why) => {
                        let report =
                            Report::error(&MISMATCH, format!("`{}` is no `host:port`", wording::short(text)));
                        self.problems.push(source_labels(report, &value, &why));
                        Value { kind: Kind::Error, ..value }
                    }
                },
                _ => value,
            },
            Type::Words(words) => match &value.kind {
                Kind::Text(text) if !words.contains(text) => {
                    let report = Report::error(
                        &WORD,
                        format!("\"{}\" is none of the allowed words", wording::short(text)),
                    );
                    let report = source_labels(report, &value, "not allowed here");
                    let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
                    self.problems.push(report.help(format!("it is {}", wording::one_of(&quoted))));
                    Value { kind: Kind::Error, ..value }
                }
                _ => value,
            },
            _ => value,
        }
    }

    /// An element of a list; records in lists get their schema's defaults.
    fn element(&mut self, item: Value, ty: &Type) -> Value {
        match ty.plain() {
            Type::Schema(_) if matches!(item.kind, Kind::Record(_)) => {
                let id = self.node("[]", None, ty.plain().clone());
                let (layer, at) = (Layer::Stack, item.span);
                let source = Source::Value(item);
                self.get_mut(id).definitions.push(Definition { layer, source, env: Env::default(), at });
                let value = self.value(id);
                checks::run_one(self, id);
                value
            }
            _ => self.accepted(item, ty),
        }
    }

    fn refused(&mut self, value: Value, message: Option<&'t Expr>, env: &Env) -> Value {
        let message = match message {
            Some(message) => self.expr(message, env).kind.to_string(),
            None => "this value is not allowed".to_owned(),
        };
        let shown = wording::short(&value.kind.to_string());
        let report = Report::error(&REFINED, message);
        self.problems.push(source_labels(report, &value, &format!("{shown} is not")));
        Value { kind: Kind::Error, ..value }
    }

    /// Evaluates something inside a chain that must not grow without end.
    /// Runs one step of a chain of values; past the limit it is an error instead.
    fn guarded(&mut self, step: Step<'t>, at: Span, run: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.chain.len() >= MAX_CHAIN {
            if !self.problems.iter().any(|p| p.code == CHAIN.code()) {
                let report = Report::error(
                    &CHAIN,
                    format!("more than {MAX_CHAIN} values depend on each other in a chain"),
                )
                .at(at, "too far from where the chain began")
                .help("give one of them a value that does not depend on the others");
                self.problems.push(report);
            }
            return Value::new(Kind::Error, at);
        }
        self.chain.push((step, at));
        // An expression is at most some ten thousand levels deep, and a chain a thousand of them.
        let value = stacker::maybe_grow(STEP, 4 * STEP, || run(self));
        self.chain.pop();
        value
    }

    fn cycle(&mut self, id: NodeId) -> Value {
        let at = self.get(id).definitions.last().map_or_else(|| self.anywhere(), |d| d.at);
        self.report_cycle(Step::Field(id));
        Value::new(Kind::Error, at)
    }

    fn shown(&self, step: Step) -> String {
        match step {
            Step::Field(id) if id == NodeId::ROOT => "stack".to_owned(),
            Step::Field(id) => self.path(id),
            Step::Constant(name) => name.to_owned(),
        }
    }

    fn report_cycle(&mut self, step: Step<'t>) {
        let start = self.chain.iter().position(|(known, _)| *known == step).unwrap_or(0);
        let name = &self.shown(step);
        let steps: Vec<(String, Span)> =
            self.chain[start..].iter().map(|(step, span)| (self.shown(*step), *span)).collect();
        let Some((_, first)) = steps.first() else { return };
        let mut report = Report::error(&CYCLE, format!("`{name}` depends on itself"));
        report = report.at(
            *first,
            match steps.get(1) {
                Some((next, _)) => format!("`{name}` needs `{next}`"),
                None => "is written in terms of itself".to_owned(),
            },
        );
        for (n, (step, span)) in steps.iter().enumerate().skip(1).take(6) {
            let next = steps.get(n + 1).map_or(name, |(next, _)| next);
            report = report.because(*span, format!("`{step}` needs `{next}`"));
        }
        report = report.help("write the value of one of them");
        self.problems.push(report);
    }

    // ----------------------------------------------------------------------------- expressions

    /// Evaluates an expression.
    pub(super) fn expr(&mut self, expr: &'t Expr, env: &Env) -> Value {
        if !self.tables.poisoned.is_empty() && self.tables.poisoned.contains(&expr.span) {
            return Value::new(Kind::Error, expr.span);
        }
        let kind = match &expr.kind {
            ExprKind::Missing => Kind::Error,
            ExprKind::Bool(value) => Kind::Bool(*value),
            ExprKind::Absent => Kind::Absent,
            ExprKind::Number(text) => self.number(expr.span, text),
            ExprKind::Text(parts) => return self.text(expr, parts, env),
            ExprKind::Name(_)
            | ExprKind::SelfRecord
            | ExprKind::Stack
            | ExprKind::Member(..)
            | ExprKind::Index(..) => {
                return match self.reach(expr, env) {
                    Reached::Node(id) => self.value(id),
                    Reached::Value(value) => value,
                };
            }
            ExprKind::Call(function, arguments) => self.call(expr, function, arguments, env),
            ExprKind::Prefix(op, inner) => self.prefix(*op, inner, env),
            ExprKind::Infix(op, at, left, right) => self.infix(*op, *at, left, right, env),
            ExprKind::If(condition, then, otherwise) => match self.expr(condition, env).kind {
                Kind::Bool(true) => return self.expr(then, env),
                Kind::Bool(false) => return self.expr(otherwise, env),
                _ => Kind::Error,
            },
            ExprKind::List(items) => {
                Kind::List(Rc::new(items.iter().map(|item| self.expr(item, env)).collect()))
            }
            ExprKind::Comprehension(..) => Kind::Error,
            ExprKind::Record(block) => self.literal(block, env),
        };
        Value::new(kind, expr.span)
    }

    /// A record that stands inside an expression: its own fields, without a schema.
    fn literal(&mut self, block: &'t Block, env: &Env) -> Kind {
        let id = self.node("{}", None, Type::Data);
        let definition = Definition {
            layer: Layer::Stack,
            source: Source::Block(block),
            env: env.clone(),
            at: block.span,
        };
        self.get_mut(id).definitions.push(definition);
        self.value(id).kind
    }

    fn number(&mut self, span: Span, text: &str) -> Kind {
        let unit = match quantity::read(text) {
            Number::Int(value) => return Kind::Int(value),
            Number::Float(value) => return Kind::Float(value),
            Number::Version => return Kind::Version(text.into()),
            Number::Wrong(_) => return Kind::Error,
            Number::Quantity(units) => self.tables.units.get(&span).copied().unwrap_or(units[0]),
        };
        Quantity::literal(text, unit).map_or(Kind::Error, Kind::Quantity)
    }

    fn text(&mut self, expr: &'t Expr, parts: &'t [TextPart], env: &Env) -> Value {
        if let Some(text) = expr.plain_text() {
            return Value::new(Kind::Text(text.into()), expr.span);
        }
        let mut whole = String::new();
        for part in parts {
            match part {
                TextPart::Plain(text) => whole.push_str(text),
                TextPart::Value(value) => match self.expr(value, env).kind {
                    Kind::Error | Kind::Absent => return Value::new(Kind::Error, expr.span),
                    kind => whole.push_str(&kind.to_string()),
                },
            }
            if whole.len() > builtins::MAX_TEXT {
                let report = Report::error(&OVERFLOW, "this text is longer than 64 MiB").at(expr.span, "");
                self.problems.push(report);
                return Value::new(Kind::Error, expr.span);
            }
        }
        Value::new(Kind::Text(whole.into()), expr.span)
    }

    /// Follows a path without evaluating what it does not pass through.
    pub(super) fn reach(&mut self, expr: &'t Expr, env: &Env) -> Reached {
        let error = || Reached::Value(Value::new(Kind::Error, expr.span));
        match &expr.kind {
            ExprKind::SelfRecord => env.record.map_or_else(error, Reached::Node),
            ExprKind::Stack => Reached::Node(NodeId::ROOT),
            ExprKind::Name(name) => self.named(name, env).unwrap_or_else(error),
            ExprKind::Member(base, name) => {
                let base = self.reach(base, env);
                self.inside(base, &name.text, expr.span)
            }
            ExprKind::Index(base, index) => {
                let base = self.reach(base, env);
                match self.expr(index, env).kind {
                    Kind::Text(key) => self.inside(base, &key, expr.span),
                    Kind::Int(at) => self.element_at(base, at, expr.span),
                    _ => error(),
                }
            }
            _ => Reached::Value(self.expr(expr, env)),
        }
    }

    fn named(&mut self, name: &str, env: &Env) -> Option<Reached> {
        if name == "it"
            && let Some(it) = &env.it
        {
            return Some(Reached::Value(it.clone()));
        }
        if let Some(record) = env.fields {
            self.shape(record);
            if let Some(child) = self.get(record).children.get(name) {
                return Some(Reached::Node(*child));
            }
        }
        self.constant(name).map(Reached::Value)
    }

    fn constant(&mut self, name: &str) -> Option<Value> {
        let program = self.program;
        let (name, constant) = program.lets.get_key_value(name)?;
        match self.constants.get(name) {
            Some(Some(value)) => return Some(value.clone()),
            Some(None) => {
                self.report_cycle(Step::Constant(name));
                return Some(Value::new(Kind::Error, constant.name.span));
            }
            None => {}
        }
        self.constants.insert(name, None);
        let at = constant.name.span;
        let mut value =
            self.guarded(Step::Constant(name), at, |eval| eval.expr(constant.value, &Env::default()));
        if let Some(ty) = &constant.ty {
            value = self.accepted(value, ty);
        }
        self.constants.insert(name, Some(value.clone()));
        Some(value)
    }

    fn inside(&mut self, base: Reached, name: &str, span: Span) -> Reached {
        match base {
            Reached::Node(id) => {
                let highest = self.get(id).definitions.last();
                let optional = self.get(id).ty.is_optional() && highest.is_none();
                let plain = matches!(self.get(id).ty.plain(), Type::Schema(_) | Type::Map(_) | Type::Data);
                if optional || !plain {
                    let value = self.value(id);
                    return self.inside(Reached::Value(value), name, span);
                }
                self.shape(id);
                match self.get(id).children.get(name) {
                    Some(child) => Reached::Node(*child),
                    None => Reached::Value(Value::new(Kind::Absent, span)),
                }
            }
            Reached::Value(value) => Reached::Value(match &value.kind {
                Kind::Record(record) => {
                    record.get(name).cloned().unwrap_or_else(|| Value::new(Kind::Absent, span))
                }
                Kind::Absent => Value::new(Kind::Absent, span),
                _ => Value::new(Kind::Error, span),
            }),
        }
    }

    fn element_at(&mut self, base: Reached, at: i64, span: Span) -> Reached {
        let value = match base {
            Reached::Node(id) => self.value(id),
            Reached::Value(value) => value,
        };
        let Kind::List(items) = &value.kind else { return Reached::Value(Value::new(Kind::Error, span)) };
        if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
            return Reached::Value(item.clone());
        }
        let length = wording::count(items.len(), "element");
        self.problems.push(
            Report::error(&INDEX, format!("there is no element {at}"))
                .at(span, format!("the list has {length}"))
                .help("the first element is `[0]`"),
        );
        Reached::Value(Value::new(Kind::Error, span))
    }

    /// Whether a path is set: nothing on the way is absent.
    fn is_set(&mut self, path: &'t Expr, env: &Env) -> Option<bool> {
        let value = match self.reach(path, env) {
            Reached::Node(id) => self.value(id),
            Reached::Value(value) => value,
        };
        match value.kind {
            Kind::Error => None,
            Kind::Absent => Some(false),
            _ => Some(true),
        }
    }

    fn call(&mut self, expr: &'t Expr, function: &'t Expr, arguments: &'t [Expr], env: &Env) -> Kind {
        let ExprKind::Name(name) = &function.kind else { return Kind::Error };
        let Some((builtin, ..)) = builtins::find(name) else { return Kind::Error };
        if matches!(builtin, Builtin::IsSet | Builtin::Present) {
            let mut set = 0;
            for argument in arguments {
                match self.is_set(argument, env) {
                    None => return Kind::Error,
                    Some(true) => set += 1,
                    Some(false) => {}
                }
            }
            return if builtin == Builtin::IsSet { Kind::Bool(set == 1) } else { Kind::Int(set) };
        }
        let mut values: Vec<Value> = arguments.iter().map(|a| self.expr(a, env)).collect();
        if values.iter().any(|v| matches!(v.kind, Kind::Error | Kind::Absent)) {
            return Kind::Error;
        }
        widen(&mut values);
        match builtins::call(builtin, &values) {
            Ok(kind) => kind,
            Err(failure) => {
                let report = match failure {
                    Failure::Silent => return Kind::Error,
                    Failure::Regex(why) => Report::error(&REGEX, "this regular expression does not compile")
                        .at(arguments.get(1).map_or(expr.span, |a| a.span), why),
                    Failure::Overflow => {
                        Report::error(&OVERFLOW, "the result does not fit").at(expr.span, "")
                    }
                    Failure::Empty => {
                        Report::error(&INDEX, "an empty list has no smallest or largest element")
                            .at(expr.span, "")
                    }
                    Failure::NotANumber => {
                        Report::error(&NUMBER, "this text is no whole number").at(expr.span, "")
                    }
                };
                self.problems.push(report);
                Kind::Error
            }
        }
    }

    fn prefix(&mut self, op: PrefixOp, inner: &'t Expr, env: &Env) -> Kind {
        match (op, self.expr(inner, env).kind) {
            (PrefixOp::Not, Kind::Bool(value)) => Kind::Bool(!value),
            (PrefixOp::Negate, Kind::Int(value)) => Kind::Int(-value),
            (PrefixOp::Negate, Kind::Float(value)) => Kind::Float(-value),
            (PrefixOp::Negate, Kind::Quantity(q)) => Kind::Quantity(Quantity::of(q.unit, -q.amount)),
            _ => Kind::Error,
        }
    }

    fn infix(&mut self, op: InfixOp, at: Span, left: &'t Expr, right: &'t Expr, env: &Env) -> Kind {
        let a = self.expr(left, env);
        match (op, &a.kind) {
            (_, Kind::Error) => return Kind::Error,
            (InfixOp::And, Kind::Bool(false)) => return Kind::Bool(false),
            (InfixOp::Or, Kind::Bool(true)) => return Kind::Bool(true),
            (InfixOp::Else, Kind::Absent) => return self.expr(right, env).kind,
            (InfixOp::Else, _) => return a.kind,
            _ => {}
        }
        let b = self.expr(right, env);
        if matches!(b.kind, Kind::Error) {
            return Kind::Error;
        }
        let mut pair = [a, b];
        widen(&mut pair);
        match arithmetic(op, &pair[0].kind, &pair[1].kind) {
            Ok(kind) => kind,
            Err(Arithmetic::Silent) => Kind::Error,
            Err(Arithmetic::Zero) => {
                let report =
                    Report::error(&ZERO, "this divides by zero").at(at, "").because(right.span, "is 0");
                self.problems.push(report);
                Kind::Error
            }
            Err(Arithmetic::Overflow) => {
                let shown = format!("{} {} {}", pair[0].kind, op.text(), pair[1].kind);
                let report =
                    Report::error(&OVERFLOW, format!("`{}` does not fit", wording::short(&shown))).at(at, "");
                self.problems.push(report);
                Kind::Error
            }
        }
    }
}

/// Where a path leads.
pub(super) enum Reached {
    Node(NodeId),
    Value(Value),
}

/// What a definition says of its node, its path walked.
fn flatten<'t>(definition: &Definition<'t>) -> Source<'t> {
    let expr = |expr: &'t Expr| match &expr.kind {
        ExprKind::Record(block) => Source::Block(block),
        _ => Source::Expr(expr),
    };
    match &definition.source {
        Source::Entry(field, depth) if *depth == field.path.len() => match &field.value {
            FieldValue::Expr(value) => expr(value),
            FieldValue::Block(block) => Source::Block(block),
            FieldValue::Nothing => Source::Value(Value::new(Kind::Error, definition.at)),
        },
        Source::Entry(..) => definition.source.clone(),
        Source::Expr(value) => expr(value),
        other => other.clone(),
    }
}

/// Whole numbers stand for shares of CPU beside one.
fn widen(values: &mut [Value]) {
    let cpu = values.iter().any(|v| matches!(&v.kind, Kind::Quantity(q) if q.unit == Unit::Cpu));
    if cpu {
        for value in values {
            if let Kind::Int(cores) = value.kind {
                value.kind = Kind::Quantity(Quantity::of(Unit::Cpu, cores.saturating_mul(1000)));
            }
        }
    }
}

/// Labels where a value was given, and where it was written if that is elsewhere.
pub(super) fn source_labels(report: Report, value: &Value, text: &str) -> Report {
    let report = report.at(value.span, text);
    match value.from {
        Some(from) => report.because(from, format!("it is {} here", wording::short(&value.kind.to_string()))),
        None => report,
    }
}

enum Arithmetic {
    Silent,
    Zero,
    Overflow,
}

fn arithmetic(op: InfixOp, a: &Kind, b: &Kind) -> Result<Kind, Arithmetic> {
    use Arithmetic::{Overflow, Silent, Zero};
    use InfixOp::*;
    if op.compares() {
        let order = || builtins::compare(a, b).ok_or(Silent);
        return Ok(Kind::Bool(match op {
            Equal => a == b,
            NotEqual => a != b,
            Less => order()?.is_lt(),
            LessEqual => order()?.is_le(),
            Greater => order()?.is_gt(),
            _ => order()?.is_ge(),
        }));
    }
    Ok(match (op, a, b) {
        (And | Or, Kind::Bool(_), Kind::Bool(b)) => Kind::Bool(*b),
        (Divide, Kind::Int(a), Kind::Int(b)) => {
            if *b == 0 {
                return Err(Zero);
            }
            Kind::Float(*a as f64 / *b as f64)
        }
        (_, Kind::Int(a), Kind::Int(b)) => Kind::Int(whole(op, *a, *b)?),
        (Add | Subtract | Remainder, Kind::Quantity(x), Kind::Quantity(y)) if x.unit == y.unit => {
            Kind::Quantity(Quantity::of(x.unit, whole(op, x.amount, y.amount)?))
        }
        (Divide, Kind::Quantity(x), Kind::Quantity(y)) => {
            if y.amount == 0 {
                return Err(Zero);
            }
            Kind::Float(x.amount as f64 / y.amount as f64)
        }
        (Multiply, Kind::Quantity(q), Kind::Int(n)) | (Multiply, Kind::Int(n), Kind::Quantity(q)) => {
            Kind::Quantity(Quantity::of(q.unit, whole(op, q.amount, *n)?))
        }
        (Multiply | Divide, Kind::Quantity(q), number) | (Multiply, number, Kind::Quantity(q)) => {
            let factor = float(number).ok_or(Silent)?;
            if op == Divide && factor == 0.0 {
                return Err(Zero);
            }
            let exact = if op == Divide { q.amount as f64 / factor } else { q.amount as f64 * factor };
            if !exact.is_finite() || exact.abs() > 9.0e18 {
                return Err(Overflow);
            }
            Kind::Quantity(Quantity::of(q.unit, exact.round() as i64))
        }
        (Add, Kind::Text(a), Kind::Text(b)) if a.len() + b.len() > builtins::MAX_TEXT => {
            return Err(Overflow);
        }
        (Add, Kind::List(a), Kind::List(b)) if a.len() + b.len() > builtins::MAX_VALUES => {
            return Err(Overflow);
        }
        (Add, Kind::Text(a), Kind::Text(b)) => Kind::Text(format!("{a}{b}").into()),
        (Add, Kind::List(a), Kind::List(b)) => {
            Kind::List(Rc::new(a.iter().chain(b.iter()).cloned().collect()))
        }
        (Merge, Kind::Record(a), Kind::Record(b)) => Kind::Record(Rc::new(merge(a, b))),
        (_, a, b) => {
            let (a, b) = (float(a).ok_or(Silent)?, float(b).ok_or(Silent)?);
            if matches!(op, Divide | Remainder) && b == 0.0 {
                return Err(Zero);
            }
            let value = match op {
                Add => a + b,
                Subtract => a - b,
                Multiply => a * b,
                Divide => a / b,
                _ => a % b,
            };
            if !value.is_finite() {
                return Err(Overflow);
            }
            Kind::Float(value)
        }
    })
}

fn merge(a: &Record, b: &Record) -> Record {
    let mut merged = a.clone();
    for (key, value) in b {
        let both = match (merged.get(key).map(|v| &v.kind), &value.kind) {
            (Some(Kind::Record(left)), Kind::Record(right)) => {
                Some(Kind::Record(Rc::new(merge(left, right))))
            }
            _ => None,
        };
        let value = Value { kind: both.unwrap_or_else(|| value.kind.clone()), ..value.clone() };
        merged.insert(key.clone(), value);
    }
    merged
}

fn whole(op: InfixOp, a: i64, b: i64) -> Result<i64, Arithmetic> {
    if matches!(op, InfixOp::Divide | InfixOp::Remainder) && b == 0 {
        return Err(Arithmetic::Zero);
    }
    let result = match op {
        InfixOp::Add => a.checked_add(b),
        InfixOp::Subtract => a.checked_sub(b),
        InfixOp::Multiply => a.checked_mul(b),
        InfixOp::Remainder => a.checked_rem(b),
        _ => return Err(Arithmetic::Silent),
    };
    result.ok_or(Arithmetic::Overflow)
}

fn float(kind: &Kind) -> Option<f64> {
    match kind {
        Kind::Int(n) => Some(*n as f64),
        Kind::Float(n) => Some(*n),
        _ => None,
    }
}
