//! Values, each with its source location and the layer that set it.

use super::quantity::Quantity;
use crate::source::Span;
use indexmap::{IndexMap, IndexSet};
use std::fmt::{self, Write};
use std::ops::Deref;
use std::rc::Rc;

/// The layer that a value comes from; later layers win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A default of a schema.
    Default,
    /// The stack.
    Stack,
    /// The profile at this index in the chain, base first.
    Profile(u16),
}

/// An ordered map keyed by name.
pub type Map<T> = IndexMap<Rc<str>, T, foldhash::fast::RandomState>;

/// An ordered set of names.
pub type Names = IndexSet<Rc<str>, foldhash::fast::RandomState>;

/// Fields in schema order, or the entries of a map as written. Records of one schema share their names.
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

/// Properties of a whole value. Shared parts count once per occurrence, as they do when the value is
/// written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The number of values in it, including itself.
    pub size: usize,
    /// How deeply lists and records are nested.
    pub depth: usize,
    /// Whether it, or anything in it, is an error that was reported.
    pub error: bool,
    /// Whether all strings in it are printable ASCII.
    pub ascii: bool,
}

impl ValueKind {
    /// Returns its weight.
    pub fn weight(&self) -> Weight {
        match self {
            ValueKind::List(list) => list.weight,
            ValueKind::Record(record) => record.weight,
            kind => Weight::single(kind),
        }
    }
}

impl Weight {
    /// The weight of a single value.
    fn single(kind: &ValueKind) -> Weight {
        let ascii = match kind {
            ValueKind::String(text) => text.bytes().all(|byte| byte < 0x7F),
            _ => true,
        };
        Weight { size: 1, depth: 0, error: matches!(kind, ValueKind::Error), ascii }
    }

    /// The weight of a list or record of `values`.
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
    /// Creates a record from `names` and their `values`, in the same order.
    pub fn new(names: Rc<Names>, values: Vec<Value>) -> Record {
        debug_assert_eq!(names.len(), values.len());
        Record { weight: Weight::around(&values), names, values }
    }

    /// Looks up a value by name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(self.names.get_index_of(name)?)
    }

    /// Looks up a value by name, trying index `at` first.
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
    /// If two entries have the same name, the later one wins.
    fn from_iter<T: IntoIterator<Item = (Rc<str>, Value)>>(entries: T) -> Record {
        let (names, values): (Names, Vec<Value>) = Map::from_iter(entries).into_iter().unzip();
        Record::new(Rc::new(names), values)
    }
}

impl PartialEq for Record {
    /// Records are equal if they have the same entries, in any order.
    fn eq(&self, other: &Record) -> bool {
        self.values.len() == other.values.len()
            && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

/// A value.
#[derive(Clone, Debug)]
pub struct Value {
    /// Its kind, with the data.
    pub kind: ValueKind,
    /// Where it was set: the expression after `=`.
    pub span: Span,
    /// Where it came from, if it was written elsewhere (a `let`, a function, a data file).
    pub from: Option<Rc<Origin>>,
    /// The layer that set it.
    pub layer: Layer,
}

/// A place that a value came from, linked to the one before it.
#[derive(Debug)]
pub struct Origin {
    /// The place.
    pub at: Span,
    /// Where the value was before that.
    pub before: Option<Rc<Origin>>,
}

/// The kind of a value, with its data.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// An error that was already reported; code that meets it reports nothing more.
    Error,
    /// An optional field that is not set.
    Absent,
    /// `true`, `false`
    Bool(bool),
    /// `8428`
    Int(i64),
    /// `0.5`
    Float(f64),
    /// A string, an endpoint or an enum value.
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

    /// Returns the value as set at `span` by `layer`.
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

    /// The places it came from, nearest first; at most four.
    pub fn origins(&self) -> impl Iterator<Item = Span> {
        std::iter::successors(self.from.as_deref(), |way| way.before.as_deref()).map(|way| way.at).take(4)
    }

    /// Returns its weight.
    pub fn weight(&self) -> Weight {
        self.kind.weight()
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
    /// Writes the value as a person would, with strings unquoted.
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
