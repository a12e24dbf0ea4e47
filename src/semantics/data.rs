//! Values, each with the place it was given and the layer that gave it.

use super::quantity::Quantity;
use crate::source::Span;
use indexmap::{IndexMap, IndexSet};
use std::fmt::{self, Write};
use std::ops::Deref;
use std::rc::Rc;

/// Which layer a value comes from; a later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A default of a schema.
    Default,
    /// The stack.
    Stack,
    /// The profile at this place in the chain, base first.
    Profile(u16),
}

/// Things by their names, in order.
pub type Map<T> = IndexMap<Rc<str>, T, foldhash::fast::RandomState>;

/// Names, in order.
pub type Names = IndexSet<Rc<str>, foldhash::fast::RandomState>;

/// Fields in the order of the schema, or entries of a map as written. Records of one schema share
/// their names.
#[derive(Clone, Debug)]
pub struct Record {
    names: Rc<Names>,
    values: Vec<Value>,
    weight: Weight,
}

/// Values in order.
#[derive(Clone, Debug)]
pub struct List {
    items: Vec<Value>,
    weight: Weight,
}

/// What is known of a value as a whole. What is shared counts as often as it stands: whoever writes
/// it out, does so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// How many values there are, with itself.
    pub size: usize,
    /// How many lists and records are in each other.
    pub depth: usize,
    /// Whether it, or anything in it, is an error that was reported.
    pub error: bool,
    /// Whether all strings in it are printable ASCII.
    pub ascii: bool,
}

impl Weight {
    /// Of a single value.
    fn single(kind: &ValueKind) -> Weight {
        let ascii = match kind {
            ValueKind::String(text) => text.bytes().all(|byte| byte < 0x7F),
            _ => true,
        };
        Weight { size: 1, depth: 0, error: matches!(kind, ValueKind::Error), ascii }
    }

    /// Of a list or record of these.
    fn around(values: &[Value]) -> Weight {
        let whole = Weight { size: 1, depth: 1, error: false, ascii: true };
        values.iter().map(Value::weight).fold(whole, |whole, inner| Weight {
            size: whole.size.saturating_add(inner.size),
            depth: whole.depth.max(inner.depth + 1),
            error: whole.error || inner.error,
            ascii: whole.ascii && inner.ascii,
        })
    }
}

impl FromIterator<Value> for List {
    fn from_iter<T: IntoIterator<Item = Value>>(items: T) -> List {
        let items: Vec<Value> = items.into_iter().collect();
        List { weight: Weight::around(&items), items }
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        self.items == other.items
    }
}

impl Record {
    /// The values of these names, in their order.
    pub fn new(names: Rc<Names>, values: Vec<Value>) -> Record {
        debug_assert_eq!(names.len(), values.len());
        Record { weight: Weight::around(&values), names, values }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(self.names.get_index_of(name)?)
    }

    /// The value of a name that most likely stands at a place.
    pub fn at(&self, at: usize, name: &str) -> Option<&Value> {
        match self.names.get_index(at) {
            Some(known) if **known == *name => self.values.get(at),
            _ => self.get(name),
        }
    }

    /// The names and their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Rc<str>, &Value)> {
        self.names.iter().zip(&self.values)
    }

    /// The names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &Rc<str>> {
        self.names.iter()
    }

    /// The values, in order.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter()
    }
}

impl FromIterator<(Rc<str>, Value)> for Record {
    /// Of two entries of one name, the later one counts.
    fn from_iter<T: IntoIterator<Item = (Rc<str>, Value)>>(entries: T) -> Record {
        let (names, values): (Names, Vec<Value>) = Map::from_iter(entries).into_iter().unzip();
        Record::new(Rc::new(names), values)
    }
}

impl PartialEq for Record {
    /// The same entries, in whatever order.
    fn eq(&self, other: &Record) -> bool {
        self.values.len() == other.values.len()
            && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

/// A value.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it was given: the expression behind `=`.
    pub span: Span,
    /// The way it came, if it was written elsewhere (a `let`, a function, a data file).
    pub from: Option<Rc<Origin>>,
    /// Who gave it.
    pub layer: Layer,
}

/// A place that a value came from, and the way to there.
#[derive(Debug)]
pub struct Origin {
    /// The place.
    pub at: Span,
    /// Where it came from to there.
    pub before: Option<Rc<Origin>>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// Reported already; whoever meets it stays silent.
    Error,
    /// An optional field that is not set.
    Absent,
    /// `true`, `false`
    Bool(bool),
    /// `8428`
    Int(i64),
    /// `0.5`
    Float(f64),
    /// A string, an endpoint or a word of an enumeration.
    String(Rc<str>),
    /// A duration, an amount of bytes or a share of CPU.
    Quantity(Quantity),
    /// A version as written.
    Version(Rc<str>),
    /// A list.
    List(Rc<List>),
    /// A record or map.
    Record(Rc<Record>),
}

impl Value {
    /// A value given at `span`.
    pub fn new(kind: ValueKind, span: Span) -> Value {
        Value { kind, span, from: None, layer: Layer::Default }
    }

    /// The same value, given elsewhere.
    #[must_use]
    pub fn given(mut self, span: Span, layer: Layer) -> Value {
        if self.span != span {
            let inside =
                self.span.chunk == span.chunk && span.start <= self.span.start && self.span.end <= span.end;
            if !inside {
                self.from = Some(Rc::new(Origin { at: self.span, before: self.from }));
            }
        }
        self.span = span;
        self.layer = layer;
        self
    }

    /// The places it came from, the nearest first; at most four.
    pub fn origins(&self) -> impl Iterator<Item = Span> {
        std::iter::successors(self.from.as_deref(), |way| way.before.as_deref()).map(|way| way.at).take(4)
    }

    /// How much it is.
    pub fn weight(&self) -> Weight {
        match &self.kind {
            ValueKind::List(list) => list.weight,
            ValueKind::Record(record) => record.weight,
            kind => Weight::single(kind),
        }
    }

    /// A field of a record.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match &self.kind {
            ValueKind::Record(record) => record.get(name),
            _ => None,
        }
    }

    /// Whether it, or anything in it, is an error that was reported.
    pub fn has_error(&self) -> bool {
        self.weight().error
    }

    /// Whether it is absent.
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, ValueKind::Absent)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.kind == other.kind
    }
}

impl fmt::Display for ValueKind {
    /// As a person would write it, strings without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueKind::Error => f.write_str("?"),
            ValueKind::Absent => f.write_str("absent"),
            ValueKind::Bool(value) => write!(f, "{value}"),
            ValueKind::Int(value) => write!(f, "{value}"),
            ValueKind::Float(value) => write!(f, "{value}"),
            ValueKind::String(text) | ValueKind::Version(text) => f.write_str(text),
            ValueKind::Quantity(quantity) => write!(f, "{quantity}"),
            ValueKind::List(items) => {
                f.write_char('[')?;
                for (n, item) in items.iter().enumerate() {
                    write!(f, "{}{}", if n == 0 { "" } else { ", " }, item.kind)?;
                }
                f.write_char(']')
            }
            ValueKind::Record(record) => {
                f.write_str("{ ")?;
                for (n, (key, value)) in record.iter().enumerate() {
                    write!(f, "{}{key} = {}", if n == 0 { "" } else { ", " }, value.kind)?;
                }
                f.write_str(" }")
            }
        }
    }
}
