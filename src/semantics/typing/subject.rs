//! How type errors describe a field: its name, its default, and an example value.

use super::ExprKind;
use super::Number;
use super::{Subject, Type, quantity};

/// Returns an example value for a field: its default if that is a literal, else one of its type.
pub(in crate::semantics) fn example(place: Option<&Subject>, ty: &Type) -> String {
    let own = place.and_then(default_text).filter(|text| reads_as(text, ty.plain()));
    own.unwrap_or_else(|| ty.example()).to_owned()
}

/// Returns the text of a field's default if it is a number literal.
pub(in crate::semantics) fn default_text<'t>(place: &Subject<'_, 't>) -> Option<&'t str> {
    match &place.field?.1.default?.kind {
        ExprKind::Number(text) => Some(text),
        _ => None,
    }
}

pub(in crate::semantics) fn subject(place: Option<&Subject>) -> String {
    match place {
        Some(place) if !place.trail.is_root() => format!("`{}`", place.trail.last()),
        _ => "this value".into(),
    }
}

/// Returns the type of a number literal without an expected type.
pub(in crate::semantics) fn literal_type(read: &Number) -> Type {
    match read {
        Number::Int(_) => Type::Int,
        Number::Float(_) => Type::Float,
        Number::Version => Type::Version,
        Number::Quantity(units) if units.is_ambiguous() => Type::AmbiguousM,
        Number::Quantity(units) => Type::Quantity(units.first()),
        Number::Wrong(_) => Type::Error,
    }
}

/// Whether the content of a string would be a value of a type without the quotes.
pub(in crate::semantics) fn reads_as(text: &str, want: &Type) -> bool {
    match (quantity::read(text), want) {
        (Number::Int(_), Type::Int | Type::Float) | (Number::Float(_), Type::Float) => true,
        (Number::Version, Type::Version) => true,
        (Number::Quantity(units), Type::Quantity(unit)) => units.contains(*unit),
        _ => matches!((text, want), ("true" | "false", Type::Bool)),
    }
}
