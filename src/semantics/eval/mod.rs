//! Layers to values: lazy and late bound, a cycle is a report.
//!
//! The record of the stack is a tree of nodes. Each node holds the definitions that the layers give
//! it, lowest first; records and maps get children from all of them, everything else takes the
//! highest. A node is evaluated when it is asked for, once.
//!
//! Read in this order: [`shapes`] (definitions to children), [`values`] (a node's value), [`defaults`]
//! (fields that nobody gives), [`accepted`] (what its type makes of it), [`expressions`], [`operators`], [`calls`], [`loops`],
//! [`checks`] (conditions to reports), [`cycles`] (what needs itself), [`limits`] (where it gives up).

mod accepted;
mod calls;
mod checks;
mod cycles;
mod defaults;
mod expressions;
mod limits;
mod loops;
mod operators;
mod shapes;
mod values;

use super::arithmetic::{self, NoResult};
use super::builtins::{BuiltinId, Compute, Failure};
use super::data::{Extent, Kind, Layer, Map, Record, Value};
use super::findings::{Findings, Giver, Resolution};
use super::ids::{DataId, FieldRef, FnId, LetId, SchemaId};
use super::names::{Program, SchemaField, Test};
use super::problems::{
    CHAIN, CYCLE, DUPLICATE, INDEX, LOOP, MISMATCH, NESTED, NUMBER, OVERFLOW, REFINED, REGEX, REQUIRED,
    STEPS, UNKNOWN_FIELD, VALUES, WORD, ZERO,
};
use super::quantity::{self, Number, Quantity, Unit};
use super::stop::Stop;
use super::types::Type;
use crate::diagnostics::{Report, wording};
use crate::room;
use crate::source::Span;
use crate::source::offset;
use crate::syntax::tree::{
    Block, EntryKind, Expr, ExprKind, Field, FieldValue, ForClause, InfixOp, Key, Name, PrefixOp, TextPart,
};
use accepted::MAX_NESTED;
use defaults::Layout;
use foldhash::{HashMap, HashSet};
use limits::Limit;
use shapes::flatten;
use std::num::NonZeroU32;
use std::rc::Rc;

/// Longest chain of values that depend on each other.
const MAX_CHAIN: usize = 1_000;

/// Most values that layers may give, counted one by one.
const MAX_VALUES: usize = 1_000_000;

/// Most fields that there are, given or not.
const MAX_NODES: usize = 4_000_000;

/// Most expressions that are evaluated.
const MAX_STEPS: usize = 20_000_000;

/// Deepest nesting of lists and records in each other.
const MAX_DEPTH: usize = 500;

/// Longest list or map that a loop goes through.
const MAX_LOOP: usize = 100_000;

/// A node of the tree; an index, from one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeId(NonZeroU32);

/// What names mean where an expression stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Env {
    /// `self`
    record: Option<NodeId>,
    /// The record whose fields stand by their bare names.
    fields: Option<NodeId>,
    /// `it`
    it: Option<Rc<Value>>,
    /// Parameters and loop variables, the innermost first.
    locals: Option<Rc<Local>>,
}

/// A parameter or loop variable.
#[derive(Debug)]
struct Local {
    /// How many are in scope before it.
    at: u32,
    value: Value,
    outer: Option<Rc<Local>>,
}

impl Env {
    /// With one more parameter or loop variable.
    fn with(&self, value: Value) -> Env {
        let at = self.locals.as_ref().map_or(0, |outer| outer.at + 1);
        let local = Local { at, value, outer: self.locals.clone() };
        Env { locals: Some(Rc::new(local)), ..self.clone() }
    }

    fn local(&self, at: u32) -> Option<&Value> {
        let locals = std::iter::successors(self.locals.as_deref(), |local| local.outer.as_deref());
        locals.into_iter().find(|local| local.at == at).map(|local| &local.value)
    }
}

#[derive(Clone, Debug)]
enum Source<'t> {
    /// An entry, with as many segments of its path walked.
    Entry(&'t Field, usize),
    Block(&'t Block),
    Expr(&'t Expr),
    Value(Rc<Value>),
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

/// The children of a node.
#[derive(Default)]
enum Children {
    /// None so far.
    #[default]
    None,
    /// Those of a schema's record: its fields in order, a node for each that needed one.
    Fields(Box<[Option<NodeId>]>),
    /// Those of a map or of data.
    Entries(Box<Map<NodeId>>),
}

pub(super) struct Node<'p, 't> {
    pub(super) key: Rc<str>,
    pub(super) parent: Option<NodeId>,
    pub(super) ty: &'p Type,
    /// What the schema says of it, where it is a field of one.
    field: Option<&'p SchemaField<'t>>,
    /// What layers say, without the field's default.
    definitions: Vec<Definition<'t>>,
    shape: Progress,
    children: Children,
    progress: Progress,
    value: Option<Value>,
}

pub(super) struct Eval<'p, 't> {
    pub(super) program: &'p Program<'t>,
    findings: &'p Findings,
    /// Fields that somebody most likely meant by a name that is reported.
    meant: &'p HashSet<FieldRef>,
    pub(super) nodes: Vec<Node<'p, 't>>,
    /// Of the schemas that records were made of.
    layouts: Vec<Option<Layout>>,
    /// What is known of checks that ask fields of their record alone, by their schema and place.
    asked: HashMap<(SchemaId, usize), Option<checks::Asked>>,
    /// Nodes, and fields that there are without one.
    fields: usize,
    pub(super) problems: Vec<Report>,
    /// The limits that have been told.
    told: HashSet<Limit>,
    constants: HashMap<LetId, Option<Value>>,
    /// What is being evaluated, and where it is given.
    chain: Vec<(Step, Span)>,
    /// Whether the right side of a `&` is read, and how many around it.
    merging: usize,
    /// Records in lists of others that are being evaluated.
    nested: usize,
    /// Values that were given so far.
    given: usize,
    /// Expressions that were evaluated so far.
    steps: usize,
    /// Who may tell to stop.
    stop: Option<&'p Stop>,
}

/// The layers over the stack's own.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Over<'t, 'p> {
    /// A profile.
    pub(super) profile: Option<usize>,
    /// What is laid over that, with the fields that it meant by wrong names.
    pub(super) more: Option<(&'t Block, &'p HashSet<FieldRef>)>,
    /// Who may tell to stop.
    pub(super) stop: Option<&'p Stop>,
}

/// Evaluates the stack with layers over it, and runs all checks.
pub(super) fn evaluate<'t>(
    program: &Program<'t>,
    findings: &Findings,
    over: Over<'t, '_>,
    problems: &mut Vec<Report>,
) -> Option<Value> {
    let root = Type::Schema(program.root);
    let mut eval = Eval::new(program, findings, &root, over)?;
    let value = eval.value(NodeId::ROOT);
    checks::run(&mut eval);
    if over.profile.is_none() {
        eval.unused();
    }
    if eval.given > MAX_VALUES || eval.steps > MAX_STEPS || eval.fields > MAX_NODES {
        // What was given up half-way means nothing else.
        eval.problems.retain(|report| [VALUES.code(), STEPS.code()].contains(&report.code));
        problems.append(&mut eval.problems);
        return None;
    }
    problems.append(&mut eval.problems);
    Some(value)
}

/// Runs the checks of a test.
pub(super) fn test<'t>(
    program: &Program<'t>,
    findings: &Findings,
    test: &Test<'t>,
    problems: &mut Vec<Report>,
) -> Option<()> {
    let root = Type::Schema(program.root);
    let mut eval = Eval::new(program, findings, &root, Over { profile: test.profile, ..Over::default() })?;
    eval.value(NodeId::ROOT);
    eval.problems.clear();
    eval.told.clear();
    let env = Env { record: Some(NodeId::ROOT), ..Env::default() };
    for entry in test.body.entries.iter() {
        checks::entry(&mut eval, NodeId::ROOT, entry, &env);
    }
    problems.append(&mut eval.problems);
    Some(())
}

/// A value that is being evaluated.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Field(NodeId),
    Constant(LetId),
    Function(FnId),
}

impl NodeId {
    /// The record of the stack.
    pub(super) const ROOT: NodeId = NodeId(NonZeroU32::MIN);

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl<'p, 't> Eval<'p, 't> {
    /// Whether there were too many steps, or nobody waits for more; then nothing more is told.
    fn out_of_steps(&mut self, at: Span) -> bool {
        if self.stop.is_some_and(Stop::is_told) {
            self.steps = MAX_STEPS + 1;
            self.told.insert(Limit::Steps);
        }
        let out = self.steps > MAX_STEPS;
        if out {
            self.too_long(at);
        }
        out
    }

    fn new(
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
            problems: Vec::new(),
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
        for (body, layer, at) in layers {
            let source = Source::Block(body);
            eval.nodes[0].definitions.push(Definition { layer, source, env: env.clone(), at });
        }
        Some(eval)
    }

    /// Constants that nothing asked for: what is wrong in them is told too.
    fn unused(&mut self) {
        for id in 0..self.program.lets.len() {
            if self.program.lets[id].module != Program::builtin() {
                self.constant(LetId::new(id));
            }
        }
    }

    fn node(&mut self, key: Rc<str>, parent: Option<NodeId>, ty: &'p Type) -> NodeId {
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
        // At least one, and MAX_NODES are far fewer than there are numbers.
        NodeId(NonZeroU32::new(offset(self.nodes.len())).unwrap_or(NonZeroU32::MIN))
    }

    pub(super) fn get(&self, id: NodeId) -> &Node<'p, 't> {
        &self.nodes[id.index()]
    }

    fn get_mut(&mut self, id: NodeId) -> &mut Node<'p, 't> {
        &mut self.nodes[id.index()]
    }

    /// The children that there are, in order; of a schema's record not those fields that needed no node.
    pub(super) fn children(&self, id: NodeId) -> Vec<NodeId> {
        match &self.get(id).children {
            Children::Fields(fields) => fields.iter().flatten().copied().collect(),
            Children::Entries(entries) => entries.values().copied().collect(),
            Children::None => Vec::new(),
        }
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

    /// The entry below that an entry of a profile alone was most likely meant to be.
    pub(super) fn entry_meant(&self, id: NodeId) -> Option<Rc<str>> {
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

    /// Whether a record was given a field that it does not have, which is reported.
    pub(super) fn is_partial(&self, id: NodeId) -> bool {
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

    /// The first line of a field's doc comment.
    pub(super) fn doc(&self, id: NodeId) -> Option<String> {
        let first = self.get(id).field?.doc.lines().next()?.trim_end_matches('.');
        (!first.is_empty()).then(|| first.to_owned())
    }

    pub(super) fn anywhere(&self) -> Span {
        self.program.schema(self.program.root).name.span
    }
}
