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
    extent: Extent,
}

/// Values in order.
#[derive(Clone, Debug)]
pub struct List {
    items: Vec<Value>,
    extent: Extent,
}

/// What is known of a value as a whole. What is shared counts as often as it stands: whoever writes
/// it out, does so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// How many values there are, with itself.
    pub size: usize,
    /// How many lists and records are in each other.
    pub depth: usize,
    /// Whether it, or anything in it, is an error that was reported.
    pub error: bool,
    /// Whether all strings in it are printable ASCII.
    pub ascii: bool,
}

impl Extent {
    /// Of a single value.
    fn single(kind: &Kind) -> Extent {
        let ascii = match kind {
            Kind::Text(text) => text.bytes().all(|byte| byte < 0x7F),
            _ => true,
        };
        Extent { size: 1, depth: 0, error: matches!(kind, Kind::Error), ascii }
    }

    /// Of a list or record of these.
    fn around(values: &[Value]) -> Extent {
        let whole = Extent { size: 1, depth: 1, error: false, ascii: true };
        values.iter().map(Value::extent).fold(whole, |whole, inner| Extent {
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
        List { extent: Extent::around(&items), items }
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
        Record { extent: Extent::around(&values), names, values }
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
    pub kind: Kind,
    /// Where it was given: the expression behind `=`.
    pub span: Span,
    /// The way it came, if it was written elsewhere (a `let`, a function, a data file).
    pub from: Option<Rc<Way>>,
    /// Who gave it.
    pub layer: Layer,
}

/// A place that a value came from, and the way to there.
#[derive(Debug)]
pub struct Way {
    /// The place.
    pub at: Span,
    /// Where it came from to there.
    pub before: Option<Rc<Way>>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
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
    Text(Rc<str>),
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
    pub fn new(kind: Kind, span: Span) -> Value {
        Value { kind, span, from: None, layer: Layer::Default }
    }

    /// The same value, given elsewhere.
    #[must_use]
    pub fn given(mut self, span: Span, layer: Layer) -> Value {
        if self.span != span {
            let inside =
                self.span.chunk == span.chunk && span.start <= self.span.start && self.span.end <= span.end;
            if !inside {
                self.from = Some(Rc::new(Way { at: self.span, before: self.from }));
            }
        }
        self.span = span;
        self.layer = layer;
        self
    }

    /// The places it came from, the nearest first; at most four.
    pub fn way(&self) -> impl Iterator<Item = Span> {
        std::iter::successors(self.from.as_deref(), |way| way.before.as_deref()).map(|way| way.at).take(4)
    }

    /// How much it is.
    pub fn extent(&self) -> Extent {
        match &self.kind {
            Kind::List(list) => list.extent,
            Kind::Record(record) => record.extent,
            kind => Extent::single(kind),
        }
    }

    /// A field of a record.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match &self.kind {
            Kind::Record(record) => record.get(name),
            _ => None,
        }
    }

    /// Whether it, or anything in it, is an error that was reported.
    pub fn has_error(&self) -> bool {
        self.extent().error
    }

    /// Whether it is absent.
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, Kind::Absent)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.kind == other.kind
    }
}

impl fmt::Display for Kind {
    /// As a person would write it, strings without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Error => f.write_str("?"),
            Kind::Absent => f.write_str("absent"),
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Int(value) => write!(f, "{value}"),
            Kind::Float(value) => write!(f, "{value}"),
            Kind::Text(text) | Kind::Version(text) => f.write_str(text),
            Kind::Quantity(quantity) => write!(f, "{quantity}"),
            Kind::List(items) => {
                f.write_char('[')?;
                for (n, item) in items.iter().enumerate() {
                    write!(f, "{}{}", if n == 0 { "" } else { ", " }, item.kind)?;
                }
                f.write_char(']')
            }
            Kind::Record(record) => {
                f.write_str("{ ")?;
                for (n, (key, value)) in record.iter().enumerate() {
                    write!(f, "{}{key} = {}", if n == 0 { "" } else { ", " }, value.kind)?;
                }
                f.write_str(" }")
            }
        }
    }
}
