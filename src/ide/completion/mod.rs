//! What may be typed at a place.
//!
//! [`context`] finds out what is wanted there; [`declarations`], [`keys`], [`values`], [`members`], [`types`]
//! and [`strings`] offer it. [`sample`] writes values that fit a field, [`reads`] tells whether a value
//! would depend on itself, [`verify`] leaves out what a check would refuse, and an [`item`] is what is offered.

mod context;
mod declarations;
mod item;
mod keys;
mod members;
mod reads;
mod sample;
mod strings;
mod types;
mod values;
mod verify;

use super::around::Around;
use super::view::View;
use context::Context;
pub use item::{Completion, Kind, Part, Snippet};

/// All that may be typed at a byte.
pub fn complete(view: View<'_>, byte: usize, around: &Around) -> Vec<Completion> {
    let Some(context) = Context::at(view, byte) else { return Vec::new() };
    let mut found = Vec::new();
    match context {
        Context::Declaration(place) => declarations::offer(&place, &mut found),
        Context::Key(place) => {
            keys::offer(&place, &mut found);
            verify::keep_fine(&place, &mut found);
        }
        Context::CheckPart(place) => keys::offer_check_parts(&place, &mut found),
        Context::MapKey(place) => keys::offer_map_keys(&place, &mut found),
        Context::Value(place) => {
            values::offer(&place, around, &mut found);
            found.iter_mut().for_each(|one| one.doubtful = true);
            verify::keep_fine(&place, &mut found);
        }
        Context::Member(place) => {
            members::offer(&place, &mut found);
            found.iter_mut().for_each(|one| one.doubtful = true);
            verify::keep_fine(&place, &mut found);
        }
        Context::Type(place) => types::offer(&place, &mut found),
        Context::Reference(place, word) => {
            types::offer_reference(&place, &mut found);
            for one in &mut found {
                one.label.insert_str(0, word);
                one.text = Snippet::plain(&*one.label);
            }
        }
        Context::Text(place) => {
            strings::offer(&place, around, &mut found);
            found.iter_mut().for_each(|one| one.doubtful = true);
            verify::keep_fine(&place, &mut found);
        }
        Context::Annotation(replaced) => found.push(Completion {
            detail: "no value of the chart".to_owned(),
            ..Completion::new("build", Kind::Keyword, replaced)
        }),
        Context::Alias(place) => declarations::offer_alias(&place, &mut found),
    }
    found
}
