//! Types and their compatibility.

use super::ids::{RefinedId, SchemaId};
use super::quantity::Unit;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Which schema extends which.
#[derive(Clone, Debug, Default)]
pub struct Lineage(Vec<Option<SchemaId>>);

impl Lineage {
    /// Creates the lineage of this many schemas, none of which extends another.
    pub fn of(schemas: usize) -> Lineage {
        Lineage(vec![None; schemas])
    }

    /// Makes `id` extend `parent`, which must neither be `id` nor extend it.
    pub fn extend(&mut self, id: SchemaId, parent: SchemaId) {
        self.0[id.index()] = Some(parent);
    }

    /// The schema that `id` extends.
    pub fn parent(&self, id: SchemaId) -> Option<SchemaId> {
        self.0[id.index()]
    }

    /// Whether `id` is `other` or extends it.
    pub fn is(&self, id: SchemaId, other: SchemaId) -> bool {
        std::iter::successors(Some(id), |id| self.0[id.index()]).any(|id| id == other)
    }
}

/// A type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Type {
    /// Unknown because of an error that was already reported; compatible with every type.
    Error,
    /// `true`, `false`
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A string.
    String,
    /// A quantity.
    Quantity(Unit),
    /// `100m` where the context does not decide between minutes and a share of CPU.
    AmbiguousM,
    /// A version.
    Version,
    /// `host:port`
    Endpoint,
    /// Any plain data.
    Data,
    /// One of these strings.
    Enum(Rc<[Rc<str>]>),
    /// A list of these.
    List(Rc<Type>),
    /// A map from strings to these.
    Map(Rc<Type>),
    /// Possibly absent.
    Optional(Rc<Type>),
    /// A record of a schema.
    Schema(SchemaId),
    /// A record literal for which no schema is expected, with its fields.
    Record(Rc<IndexMap<Rc<str>, Type>>),
    /// A type with a condition: the id of the condition, and the type it refines.
    Refined(RefinedId, Rc<Type>),
    /// The type of `absent`.
    Absent,
}

impl Type {
    /// The type without `?`.
    pub fn present(&self) -> &Type {
        match self {
            Type::Optional(inner) => inner,
            other => other,
        }
    }

    /// The type without `?` and conditions.
    pub fn plain(&self) -> &Type {
        match self {
            Type::Optional(inner) | Type::Refined(_, inner) => inner.plain(),
            other => other,
        }
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.plain(), Type::Map(_))
    }

    /// Whether a value of it may be absent.
    pub fn is_optional(&self) -> bool {
        matches!(self, Type::Optional(_) | Type::Absent)
    }

    /// Whether it contains an undecided `100m`: minutes or a share of CPU.
    pub fn is_ambiguous(&self) -> bool {
        match self {
            Type::AmbiguousM => true,
            Type::List(inner) | Type::Map(inner) | Type::Optional(inner) | Type::Refined(_, inner) => {
                inner.is_ambiguous()
            }
            Type::Record(fields) => fields.values().any(Type::is_ambiguous),
            _ => false,
        }
    }

    /// Whether it is a quantity of `unit`, or a list or map of such quantities.
    pub fn has_unit(&self, unit: Unit) -> bool {
        match self {
            Type::Quantity(own) => *own == unit,
            Type::List(inner) | Type::Map(inner) | Type::Optional(inner) | Type::Refined(_, inner) => {
                inner.has_unit(unit)
            }
            _ => false,
        }
    }

    /// Whether a value of type `found` is allowed where `self` is expected.
    pub fn accepts(&self, found: &Type, lineage: &Lineage) -> bool {
        match (self, found) {
            (Type::Error, _) | (_, Type::Error) => true,
            (Type::Optional(_), Type::Absent) => true,
            (Type::Optional(want), Type::Optional(found)) => want.accepts(found, lineage),
            (Type::Optional(want), found) => want.accepts(found, lineage),
            (_, Type::Optional(_)) => false,
            (Type::Refined(a, _), Type::Refined(b, _)) if a == b => true,
            (Type::Refined(_, want), found) => want.accepts(found, lineage),
            (want, Type::Refined(_, found)) => want.accepts(found, lineage),
            (Type::Data, found) => !matches!(found, Type::Absent),
            (Type::Float, Type::Int) => true,
            (Type::Quantity(Unit::Cpu), Type::Int) => true,
            (Type::Quantity(Unit::Cpu | Unit::Duration), Type::AmbiguousM) => true,
            (Type::String, Type::Enum(_) | Type::Endpoint) => true,
            // Evaluation checks whether the string is an endpoint.
            (Type::Endpoint, Type::String | Type::Enum(_)) => true,
            (Type::Enum(want), Type::Enum(found)) => found.iter().all(|word| want.contains(word)),
            (Type::List(want), Type::List(found)) | (Type::Map(want), Type::Map(found)) => {
                want.accepts(found, lineage)
            }
            (Type::Schema(want), Type::Schema(found)) => lineage.is(*found, *want),
            // Evaluation checks that each field is present and fits.
            (Type::Schema(_), Type::Record(_)) => true,
            (Type::Map(want), Type::Record(fields)) => {
                fields.values().all(|found| want.accepts(found.present(), lineage))
            }
            (Type::Record(want), Type::Record(found)) => {
                want.iter().all(|(name, want)| match found.get(name) {
                    Some(found) => want.accepts(found, lineage),
                    None => want.is_optional(),
                })
            }
            (want, found) => want == found,
        }
    }

    /// The common type of some types, without `?`; [`Type::Data`] if there is none.
    pub fn of_any<'a>(types: impl IntoIterator<Item = &'a Type>, lineage: &Lineage) -> Type {
        let mut types = types.into_iter().map(Type::present);
        let Some(first) = types.next() else { return Type::Data };
        let all = types.try_fold(first.clone(), |all, ty| Type::united(&all, ty, lineage));
        all.unwrap_or(Type::Data)
    }

    fn optional(ty: &Type) -> Type {
        Type::Optional(Rc::new(ty.present().clone()))
    }

    /// The common type of two types, if there is one.
    pub fn united(a: &Type, b: &Type, lineage: &Lineage) -> Option<Type> {
        Some(match (a, b) {
            (Type::Error, other) | (other, Type::Error) => other.clone(),
            (Type::Enum(a), Type::Enum(b)) => {
                let more = b.iter().filter(|word| !a.contains(word));
                Type::Enum(a.iter().chain(more).cloned().collect())
            }
            (Type::Record(a), Type::Record(b)) => {
                let mut fields = (**a).clone();
                for (name, ty) in &mut fields {
                    *ty = match b.get(name) {
                        Some(other) => Type::united(ty, other, lineage)?,
                        None => Type::optional(ty),
                    };
                }
                for (name, ty) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                    fields.insert(name.clone(), Type::optional(ty));
                }
                Type::Record(Rc::new(fields))
            }
            (Type::Optional(a), b) | (b, Type::Optional(a)) => {
                Type::optional(&Type::united(a, b.present(), lineage)?)
            }
            (Type::List(a), Type::List(b)) => Type::List(Rc::new(Type::united(a, b, lineage)?)),
            (a, b) if a.accepts(b, lineage) => a.clone(),
            (a, b) if b.accepts(a, lineage) => b.clone(),
            _ => return None,
        })
    }

    /// Describes the type for a diagnostic, with its article: "an amount of bytes".
    pub fn in_words(&self) -> String {
        match self {
            Type::Error => "something wrong".into(),
            Type::Bool => "`true` or `false`".into(),
            Type::Int => "a whole number".into(),
            Type::Float => "a number".into(),
            Type::String => "a string".into(),
            Type::Quantity(Unit::Duration) => "a duration".into(),
            Type::Quantity(Unit::Bytes) => "an amount of bytes".into(),
            Type::Quantity(Unit::Cpu) => "a share of CPU".into(),
            Type::AmbiguousM => "a duration".into(),
            Type::Version => "a version".into(),
            Type::Endpoint => "an endpoint, `host:port`".into(),
            Type::Data => "plain data".into(),
            Type::Enum(words) => match &**words {
                [one] => format!("the string \"{one}\""),
                words => format!(
                    "one of {}",
                    words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", ")
                ),
            },
            Type::List(_) => "a list".into(),
            Type::Map(_) => "a map".into(),
            Type::Optional(inner) | Type::Refined(_, inner) => inner.in_words(),
            Type::Schema(_) | Type::Record(_) => "a record".into(),
            Type::Absent => "`absent`".into(),
        }
    }

    /// The type as written in a schema; for a record, just the word "record".
    pub fn written(&self) -> String {
        match self {
            Type::Bool => "Bool".into(),
            Type::Int => "Int".into(),
            Type::Float => "Float".into(),
            Type::String => "String".into(),
            Type::Quantity(Unit::Duration) | Type::AmbiguousM => "Duration".into(),
            Type::Quantity(Unit::Bytes) => "Bytes".into(),
            Type::Quantity(Unit::Cpu) => "Cpu".into(),
            Type::Version => "Version".into(),
            Type::Endpoint => "Endpoint".into(),
            Type::Data | Type::Error | Type::Absent => "Data".into(),
            Type::Enum(words) => {
                words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ")
            }
            Type::List(inner) => format!("[{}]", inner.written()),
            Type::Map(inner) => format!("Map<{}>", inner.written()),
            Type::Optional(inner) | Type::Refined(_, inner) => inner.written(),
            Type::Schema(_) | Type::Record(_) => "record".into(),
        }
    }

    /// An example of a value of this type.
    pub fn example(&self) -> &'static str {
        match self.plain() {
            Type::Bool => "true",
            Type::Int => "10",
            Type::Float => "0.5",
            Type::Quantity(Unit::Duration) | Type::AmbiguousM => "15s",
            Type::Quantity(Unit::Bytes) => "10Gi",
            Type::Quantity(Unit::Cpu) => "100m",
            Type::Version => "v1.106.1",
            Type::Endpoint => "\"host:8080\"",
            Type::List(_) => "[a, b]",
            Type::Map(_) | Type::Schema(_) | Type::Record(_) => "{ … }",
            _ => "\"text\"",
        }
    }
}
