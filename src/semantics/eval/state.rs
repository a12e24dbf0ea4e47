//! The state of an evaluation.

use super::super::data::Names;
use super::super::data::ValueKind;
use super::super::data::{Layer, Map, Value};
use super::super::findings::{Findings, Giver};
use super::super::ids::{FieldRef, FnId, LetId, SchemaId};
use super::super::names::{Program, SchemaField};
use super::super::stop::Stop;
use super::super::types::Type;
use crate::diagnostics::{Diagnostic, wording};
use crate::source::Span;
use crate::source::offset;
use crate::syntax::tree::{Block, Expr, Field};
use crate::syntax::tree::{ExprKind, FieldValue};
use foldhash::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::rc::Rc;

/// Maximum length of a chain of values that depend on each other.
pub(super) const MAX_CHAIN: usize = 1_000;

/// Maximum number of values that layers may set, counted one by one.
pub(super) const MAX_VALUES: usize = 1_000_000;

/// Maximum number of fields, set or not.
pub(super) const MAX_NODES: usize = 4_000_000;

/// Maximum number of evaluation steps.
pub(super) const MAX_STEPS: usize = 20_000_000;

/// Maximum nesting depth of lists and records.
pub(super) const MAX_DEPTH: usize = 500;

/// Maximum length of a list or map that a loop iterates over.
pub(super) const MAX_LOOP: usize = 100_000;

/// Index of a node in the tree, starting at one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::semantics) struct NodeId(pub(super) NonZeroU32);

/// The environment in which an expression is evaluated.
#[derive(Clone, Debug, Default)]
pub(in crate::semantics) struct Env {
    /// `self`
    pub(super) record: Option<NodeId>,
    /// The record whose fields are in scope by their bare names.
    pub(super) fields: Option<NodeId>,
    /// `it`
    pub(super) it: Option<Rc<Value>>,
    /// Parameters and loop variables, the innermost first.
    pub(super) locals: Option<Rc<Local>>,
}

/// A parameter or loop variable.
#[derive(Debug)]
pub(super) struct Local {
    /// How many locals are in scope before it.
    pub(super) at: u32,
    pub(super) value: Value,
    pub(super) outer: Option<Rc<Local>>,
}

impl Env {
    /// Returns this environment with one more parameter or loop variable.
    pub(super) fn with(&self, value: Value) -> Env {
        let at = self.locals.as_ref().map_or(0, |outer| outer.at + 1);
        let local = Local { at, value, outer: self.locals.clone() };
        Env { locals: Some(Rc::new(local)), ..self.clone() }
    }

    pub(super) fn local(&self, at: u32) -> Option<&Value> {
        let locals = std::iter::successors(self.locals.as_deref(), |local| local.outer.as_deref());
        locals.into_iter().find(|local| local.at == at).map(|local| &local.value)
    }
}

#[derive(Clone, Debug)]
pub(super) enum Source<'t> {
    /// An entry, and how many segments of its path have been walked.
    Entry(&'t Field, usize),
    Block(&'t Block),
    Expr(&'t Expr),
    Value(Rc<Value>),
}

#[derive(Clone, Debug)]
pub(super) struct Definition<'t> {
    pub(super) layer: Layer,
    pub(super) source: Source<'t>,
    pub(super) env: Env,
    /// The span of the definition's name, for diagnostics.
    pub(super) at: Span,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Progress {
    Todo,
    Doing,
    Done,
}

/// The children of a node.
#[derive(Default)]
pub(super) enum Children {
    /// None yet.
    #[default]
    None,
    /// The fields of a schema's record, in order, with a node for each that needed one.
    Fields(Box<[Option<NodeId>]>),
    /// The entries of a map or of data.
    Entries(Box<Map<NodeId>>),
}

pub(in crate::semantics) struct Node<'p, 't> {
    pub(in crate::semantics) key: Rc<str>,
    pub(in crate::semantics) parent: Option<NodeId>,
    pub(in crate::semantics) ty: &'p Type,
    /// Its declaration in the schema, if it is a schema field.
    pub(super) field: Option<&'p SchemaField<'t>>,
    /// The definitions from layers, without the field's default.
    pub(super) definitions: Vec<Definition<'t>>,
    pub(super) shape: Progress,
    pub(super) children: Children,
    pub(super) progress: Progress,
    pub(super) value: Option<Value>,
}

pub(in crate::semantics) struct Eval<'p, 't> {
    pub(in crate::semantics) program: &'p Program<'t>,
    pub(super) findings: &'p Findings,
    /// Fields that were most likely meant by a misspelled name, which is already reported.
    pub(super) meant: &'p HashSet<FieldRef>,
    pub(in crate::semantics) nodes: Vec<Node<'p, 't>>,
    /// Schema layouts by schema index, built on first use.
    pub(super) layouts: Vec<Option<Layout>>,
    /// Checks that read only fields of their own record, by schema and index; `None` for other checks.
    pub(super) asked: HashMap<(SchemaId, usize), Option<Asked>>,
    /// Number of nodes, and of fields without a node.
    pub(super) fields: usize,
    pub(in crate::semantics) diagnostics: Vec<Diagnostic>,
    /// Limits that have been reported.
    pub(super) told: HashSet<Limit>,
    pub(super) constants: HashMap<LetId, Option<Value>>,
    /// The steps being evaluated, each with its span.
    pub(super) chain: Vec<(Step, Span)>,
    /// How many right-hand sides of `&` are being merged, nested in each other.
    pub(super) merging: usize,
    /// How many records in lists are being evaluated, nested in each other.
    pub(super) nested: usize,
    /// Number of values set so far.
    pub(super) given: usize,
    /// Number of evaluation steps so far.
    pub(super) steps: usize,
    /// The signal that stops the evaluation, if any.
    pub(super) stop: Option<&'p Stop>,
}

/// The layers on top of the stack's own.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::semantics) struct Over<'t, 'p> {
    /// A profile.
    pub(in crate::semantics) profile: Option<usize>,
    /// A block layered on top of that, and the fields that its misspelled names most likely meant.
    pub(in crate::semantics) more: Option<(&'t Block, &'p HashSet<FieldRef>)>,
    /// Whether to leave out the stack and its profiles, so that only the schema's defaults are left.
    pub(in crate::semantics) bare: bool,
    /// The signal that stops the evaluation, if any.
    pub(in crate::semantics) stop: Option<&'p Stop>,
}

/// A value being evaluated.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Step {
    Field(NodeId),
    Constant(LetId),
    Function(FnId),
}

impl NodeId {
    /// The stack's record.
    pub(in crate::semantics) const ROOT: NodeId = NodeId(NonZeroU32::MIN);

    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl<'p, 't> Eval<'p, 't> {
    /// Whether the evaluation ran out of steps or was stopped. Reports the limit unless it was stopped.
    #[inline]
    pub(super) fn out_of_steps(&mut self, at: Span) -> bool {
        // Jumps over a multiple are rare and few: the next steps come to one.
        if self.steps.is_multiple_of(64) && self.stop.is_some_and(Stop::is_told) {
            self.steps = MAX_STEPS + 1;
            self.told.insert(Limit::Steps);
        }
        let out = self.steps > MAX_STEPS;
        if out {
            self.report_too_long(at);
        }
        out
    }

    pub(super) fn new(
        program: &'p Program<'t>,
        findings: &'p Findings,
        root: &'p Type,
        over: Over<'t, 'p>,
    ) -> Option<Self> {
        let stack = program.stack.as_ref()?;
        let mut eval = Eval {
            program,
            findings,
            meant: over.more.map_or(&findings.meant, |(_, meant)| meant),
            nodes: Vec::new(),
            layouts: (0..program.schemas.len()).map(|_| None).collect(),
            asked: HashMap::default(),
            fields: 0,
            diagnostics: Vec::new(),
            told: HashSet::default(),
            constants: HashMap::default(),
            chain: Vec::new(),
            merging: 0,
            nested: 0,
            given: 0,
            steps: 0,
            stop: over.stop,
        };
        let root = eval.node("".into(), None, root);
        let env = Env { record: Some(root), ..Env::default() };
        let chain = over.profile.map(|profile| program.chain(profile)).unwrap_or_default();
        let mut layers = vec![(stack.body, Layer::Stack, stack.name.span)];
        for (depth, at) in chain.iter().enumerate() {
            let profile = &program.profiles[*at];
            layers.push((
                profile.body,
                Layer::Profile(u16::try_from(depth).unwrap_or(u16::MAX)),
                profile.name.span,
            ));
        }
        if let Some((more, _)) = over.more {
            layers.push((more, Layer::Profile(u16::try_from(chain.len()).unwrap_or(u16::MAX)), more.span));
        }
        if over.bare {
            layers.drain(..=chain.len());
        }
        for (body, layer, at) in layers {
            let source = Source::Block(body);
            eval.nodes[0].definitions.push(Definition { layer, source, env: env.clone(), at });
        }
        Some(eval)
    }

    /// Evaluates constants that nothing uses, so that errors in them are reported too.
    pub(super) fn unused(&mut self) {
        for id in 0..self.program.lets.len() {
            if self.program.lets[id].module != Program::builtin() {
                self.constant(LetId::new(id));
            }
        }
    }

    pub(super) fn node(&mut self, key: Rc<str>, parent: Option<NodeId>, ty: &'p Type) -> NodeId {
        self.fields += 1;
        self.nodes.push(Node {
            key,
            parent,
            ty,
            field: None,
            definitions: Vec::new(),
            shape: Progress::Todo,
            children: Children::None,
            progress: Progress::Todo,
            value: None,
        });
        // The length is at least one, and `MAX_NODES` is far below `u32::MAX`.
        NodeId(NonZeroU32::new(offset(self.nodes.len())).unwrap_or(NonZeroU32::MIN))
    }

    pub(in crate::semantics) fn get(&self, id: NodeId) -> &Node<'p, 't> {
        &self.nodes[id.index()]
    }

    pub(super) fn get_mut(&mut self, id: NodeId) -> &mut Node<'p, 't> {
        &mut self.nodes[id.index()]
    }

    /// Returns the children in order, without schema fields that have no node.
    pub(in crate::semantics) fn children(&self, id: NodeId) -> Vec<NodeId> {
        match &self.get(id).children {
            Children::Fields(fields) => fields.iter().flatten().copied().collect(),
            Children::Entries(entries) => entries.values().copied().collect(),
            Children::None => Vec::new(),
        }
    }

    /// Returns the dotted path of a node.
    pub(in crate::semantics) fn path(&self, id: NodeId) -> String {
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

    /// Returns where a node is set: its highest non-default definition, else that of its parent.
    pub(in crate::semantics) fn place(&self, id: NodeId) -> Option<Span> {
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

    /// Returns the entry of a lower layer that an entry only a profile has was most likely meant to be.
    pub(in crate::semantics) fn entry_meant(&self, id: NodeId) -> Option<Rc<str>> {
        let of_profile = |id: NodeId| {
            let mut layers = self.get(id).definitions.iter().map(|definition| definition.layer);
            layers.all(|layer| matches!(layer, Layer::Profile(_)))
        };
        let node = self.get(id);
        let Children::Entries(entries) = &self.get(node.parent?).children else { return None };
        if !of_profile(id) {
            return None;
        }
        let below = entries.iter().filter(|(_, other)| !of_profile(**other)).map(|(name, _)| &**name);
        wording::nearest(&node.key, below).map(Into::into)
    }

    /// Whether a definition of a record sets an unknown field, which is already reported.
    pub(in crate::semantics) fn is_partial(&self, id: NodeId) -> bool {
        let partly = |definition: &Definition<'t>| match flatten(definition) {
            Source::Block(block) => self.findings.is_partial(block.into()),
            Source::Entry(field, depth) => {
                let key = depth.checked_sub(1).and_then(|at| field.path.get(at));
                key.is_some_and(|key| self.findings.is_partial(Giver::from(key)))
            }
            _ => false,
        };
        self.findings.has_partial() && self.get(id).definitions.iter().any(partly)
    }

    /// Whether a field is not set, but may be set in a part of its record that could not be read.
    pub(super) fn is_unread(&self, id: NodeId) -> bool {
        self.findings.has_unread()
            && self.get(id).definitions.iter().all(|definition| definition.layer == Layer::Default)
            && self.get(id).parent.is_some_and(|record| self.has_unread_block(record))
    }

    /// Whether part of a record's definitions could not be read.
    fn has_unread_block(&self, id: NodeId) -> bool {
        self.get(id).definitions.iter().any(|definition| match flatten(definition) {
            Source::Block(block) => block.partial || self.findings.is_poisoned_block(block),
            Source::Expr(Expr { kind: ExprKind::Record(block), .. }) => block.partial,
            _ => false,
        })
    }

    /// The first line of a field's doc comment.
    pub(in crate::semantics) fn doc(&self, id: NodeId) -> Option<String> {
        let first = self.get(id).field?.doc.lines().next()?.trim_end_matches('.');
        (!first.is_empty()).then(|| first.to_owned())
    }

    pub(in crate::semantics) fn anywhere(&self) -> Span {
        self.program.schema(self.program.root).name.span
    }
}

/// An evaluation limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::semantics) enum Limit {
    Values,
    Steps,
    Depth,
    Chain,
    Defaults,
}

/// The facts about a schema that all its records share.
pub(in crate::semantics) struct Layout {
    /// The field names, in order.
    pub(in crate::semantics) names: Rc<Names>,
    /// The default of each field.
    pub(super) defaults: Vec<DefaultState>,
}

/// What is known about the default of a field.
#[derive(Clone)]
pub(super) enum DefaultState {
    /// Not evaluated yet, or an error was reported for it.
    Unknown,
    /// There is none, and the field is optional.
    Nothing,
    /// The same value in all records.
    Same(Value),
    /// Evaluated in each record.
    Own,
}

/// A check that reads only fields of its own record.
#[derive(Clone)]
pub(in crate::semantics) struct Asked {
    /// The indexes of the fields.
    pub(super) fields: Rc<[usize]>,
    /// Whether it is known to hold if all of them have their default.
    pub(super) holds: bool,
}

/// Unwraps a definition: an entry at the end of its path to its value, a record literal to its block.
pub(in crate::semantics) fn flatten<'t>(definition: &Definition<'t>) -> Source<'t> {
    let expr = |expr: &'t Expr| match &expr.kind {
        ExprKind::Record(block) => Source::Block(block),
        _ => Source::Expr(expr),
    };
    match &definition.source {
        Source::Entry(field, depth) if *depth == field.path.len() => match &field.value {
            FieldValue::Expr(value) => expr(value),
            FieldValue::Block(block) => Source::Block(block),
            FieldValue::Nothing => Source::Value(Rc::new(Value::new(ValueKind::Error, definition.at))),
        },
        Source::Entry(..) => definition.source.clone(),
        Source::Expr(value) => expr(value),
        other => other.clone(),
    }
}
