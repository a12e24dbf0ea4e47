//! Decodes values into Rust types. Total: evaluation has already reported invalid values; they decode
//! to `None`, or are left out of lists and maps, so that later stages can still check the rest.

use crate::semantics::data::Map;
use crate::semantics::data::{Layer, Record, Value, ValueKind};
use crate::semantics::quantity::{Quantity, Unit};
use crate::source::Span;
use std::rc::Rc;

/// A leaf: a value, with its location and the layer that gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Location of the value.
    pub span: Span,
    /// The layer that gave it.
    pub layer: Layer,
}

/// A type that can be decoded from a value.
pub trait Decode: Sized {
    /// Decodes a value; `None` if it is an error, absent, or of the wrong kind.
    fn decode(value: &Value) -> Option<Self>;
}

impl<T: Decode> Decode for Given<T> {
    fn decode(value: &Value) -> Option<Self> {
        Some(Given { value: T::decode(value)?, span: value.span, layer: value.layer })
    }
}

impl Decode for bool {
    fn decode(value: &Value) -> Option<Self> {
        match value.kind {
            ValueKind::Bool(value) => Some(value),
            _ => None,
        }
    }
}

impl Decode for i64 {
    fn decode(value: &Value) -> Option<Self> {
        match value.kind {
            ValueKind::Int(value) => Some(value),
            _ => None,
        }
    }
}

impl Decode for Rc<str> {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::String(text) | ValueKind::Version(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Decode for Quantity {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Quantity(quantity) => Some(quantity.clone()),
            // A whole or fractional number of cores is a CPU quantity.
            ValueKind::Int(cores) => Quantity::cores(*cores),
            ValueKind::Float(cores) => Quantity::literal(&cores.to_string(), Unit::Cpu),
            _ => None,
        }
    }
}

impl Decode for Value {
    fn decode(value: &Value) -> Option<Self> {
        (!matches!(value.kind, ValueKind::Error | ValueKind::Absent)).then(|| value.clone())
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::List(items) => Some(items.iter().filter_map(T::decode).collect()),
            _ => None,
        }
    }
}

impl<T: Decode> Decode for Map<T> {
    fn decode(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Record(record) => Some(
                record.iter().filter_map(|(key, value)| Some((key.clone(), T::decode(value)?))).collect(),
            ),
            _ => None,
        }
    }
}

/// An optional leaf or record.
impl<T: Decode> Decode for Option<T> {
    fn decode(value: &Value) -> Option<Self> {
        match value.kind {
            ValueKind::Absent => Some(None),
            _ => Some(Some(T::decode(value)?)),
        }
    }
}

/// Declares a record type and its decoder. A field's name in the language is its Rust name in
/// camelCase, and the fields are in the schema's order. `FIELDS` lists them for the test that
/// compares them with the built-in schema.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $($(#[$doc])* pub $field: $ty,)* }

        impl $name {
            /// The names of the fields.
            pub const FIELDS: &[&str] = &[$($crate::model::decode::camel!($field)),*];
        }

        impl $crate::model::Decode for $name {
            fn decode(value: &$crate::semantics::data::Value) -> Option<Self> {
                let mut fields = $crate::model::decode::Fields::of(value)?;
                Some($name { $($field: fields.next($crate::model::decode::camel!($field))?,)* })
            }
        }
    };
}
pub(super) use record;

/// Converts a Rust field name to its name in the language, at compile time.
macro_rules! camel {
    ($field:ident) => {{
        const RUST: &str = stringify!($field);
        const CAMEL: [u8; $crate::model::decode::camel_length(RUST)] =
            $crate::model::decode::camel_bytes(RUST);
        const NAME: &str = match std::str::from_utf8(&CAMEL) {
            Ok(name) => name,
            Err(_) => RUST,
        };
        NAME
    }};
}
pub(super) use camel;

/// Prefix of a Rust name that is a keyword.
const RAW: &str = "r#";

const fn first(name: &[u8]) -> usize {
    let raw = RAW.as_bytes();
    if name.len() > raw.len() && name[0] == raw[0] && name[1] == raw[1] { raw.len() } else { 0 }
}

/// Length of a Rust name in camelCase.
pub(super) const fn camel_length(name: &str) -> usize {
    let name = name.as_bytes();
    let (mut at, mut length) = (first(name), 0);
    while at < name.len() {
        length += (name[at] != b'_') as usize;
        at += 1;
    }
    length
}

/// Converts a Rust name to camelCase.
pub(super) const fn camel_bytes<const N: usize>(name: &str) -> [u8; N] {
    let name = name.as_bytes();
    let (mut at, mut length, mut upper) = (first(name), 0, false);
    let mut camel = [0; N];
    while at < name.len() {
        if name[at] == b'_' {
            upper = true;
        } else {
            camel[length] = if upper { name[at].to_ascii_uppercase() } else { name[at] };
            (length, upper) = (length + 1, false);
        }
        at += 1;
    }
    camel
}

/// The fields of a record in the order of its Rust type, which is usually the order of the values.
pub(super) struct Fields<'v> {
    record: &'v Record,
    at: usize,
}

impl<'v> Fields<'v> {
    /// The fields of a value; `None` if it is not a record.
    pub(super) fn of(value: &'v Value) -> Option<Fields<'v>> {
        match &value.kind {
            ValueKind::Record(record) => Some(Fields { record, at: 0 }),
            _ => None,
        }
    }

    /// Decodes the next field, given its name.
    pub(super) fn next<T: Decode>(&mut self, name: &str) -> Option<T> {
        let value = self.record.at(self.at, name)?;
        self.at += 1;
        T::decode(value)
    }
}
