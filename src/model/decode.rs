//! From values to Rust types. Total: what evaluation reported as wrong becomes a default that knows
//! it is none, so that later stages can still look at the rest.

use crate::semantics::data::Map;
use crate::semantics::data::{Kind, Layer, Value};
use crate::semantics::quantity::{Quantity, Unit};
use crate::source::Span;
use std::borrow::Cow;
use std::rc::Rc;

/// A leaf: a value, where it was given and by which layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// Where it was given.
    pub span: Span,
    /// Who gave it.
    pub layer: Layer,
}

/// A type that a value can be read as.
pub trait Decode: Sized {
    /// Reads a value; none where it is an error, absent, or of another kind.
    fn decode(value: &Value) -> Option<Self>;
}

impl<T: Decode> Decode for Set<T> {
    fn decode(value: &Value) -> Option<Self> {
        Some(Set { value: T::decode(value)?, span: value.span, layer: value.layer })
    }
}

impl Decode for bool {
    fn decode(value: &Value) -> Option<Self> {
        match value.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }
}

impl Decode for i64 {
    fn decode(value: &Value) -> Option<Self> {
        match value.kind {
            Kind::Int(value) => Some(value),
            _ => None,
        }
    }
}

impl Decode for Rc<str> {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            Kind::Text(text) | Kind::Version(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Decode for Quantity {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            Kind::Quantity(quantity) => Some(quantity.clone()),
            // Cores, whole or in part, are a share of CPU as they are written.
            Kind::Int(cores) => Quantity::cores(*cores),
            Kind::Float(cores) => Quantity::literal(&cores.to_string(), Unit::Cpu),
            _ => None,
        }
    }
}

impl Decode for Value {
    fn decode(value: &Value) -> Option<Self> {
        (!matches!(value.kind, Kind::Error | Kind::Absent)).then(|| value.clone())
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            Kind::List(items) => Some(items.iter().filter_map(T::decode).collect()),
            _ => None,
        }
    }
}

impl<T: Decode> Decode for Map<T> {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            Kind::Record(record) => Some(
                record.iter().filter_map(|(key, value)| Some((key.clone(), T::decode(value)?))).collect(),
            ),
            _ => None,
        }
    }
}

/// Declares a record type with its decoder; a field's name in the language is the same in
/// camelCase. `FIELDS` lists them, for the test that compares them with the built-in schema.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $($(#[$doc])* pub $field: $ty,)* }

        impl $name {
            /// The names of the fields in Rust.
            pub const FIELDS: &[&str] = &[$(stringify!($field)),*];
        }

        impl $crate::model::Decode for $name {
            fn decode(value: &$crate::semantics::data::Value) -> Option<Self> {
                Some($name { $($field: $crate::model::decode::field(value, stringify!($field))?,)* })
            }
        }
    };
}
pub(super) use record;

/// A field of a record, required or optional as its Rust type says.
pub(super) fn field<T: Field>(record: &Value, name: &str) -> Option<T> {
    T::field(record.get(&language_name(name))?)
}

/// A field's Rust name as the language writes it.
pub fn language_name(name: &str) -> Cow<'_, str> {
    let name = name.strip_prefix("r#").unwrap_or(name);
    if !name.contains('_') {
        return name.into();
    }
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    let whole = parts.fold(first, |mut all, part| {
        let mut letters = part.chars();
        all.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        all.push_str(letters.as_str());
        all
    });
    whole.into()
}

/// A field that may be optional.
pub(super) trait Field: Sized {
    fn field(value: &Value) -> Option<Self>;
}

impl<T: Decode> Field for T {
    fn field(value: &Value) -> Option<Self> {
        T::decode(value)
    }
}

/// An optional leaf or record.
#[derive(Clone, Debug, PartialEq)]
pub struct Maybe<T>(pub Option<T>);

impl<T: Decode> Decode for Maybe<T> {
    fn decode(value: &Value) -> Option<Self> {
        match value.kind {
            Kind::Absent => Some(Maybe(None)),
            _ => Some(Maybe(Some(T::decode(value)?))),
        }
    }
}

impl<T> Maybe<T> {
    /// The value, if it is set.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}
