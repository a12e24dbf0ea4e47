//! Types, schemas and profiles, where one is named.

use super::item::{Completion, Kind, Snippet};
use super::place::Place;
use crate::semantics::findings::Resolution;
use crate::semantics::ids::ModuleId;
use crate::semantics::names::Program;
use crate::syntax::tree::{ItemKind, Node};

/// The types of the language.
const PRIMITIVES: &[&str] =
    &["Bool", "Int", "Float", "String", "Duration", "Bytes", "Cpu", "Version", "Endpoint", "Data"];

/// Offers types.
pub(super) fn offer(place: &Place, found: &mut Vec<Completion>) {
    let view = place.view;
    if let Some(module) = module_before(place) {
        return named(place, module, "", &mut |_| true, found);
    }
    for name in PRIMITIVES {
        found.push(Completion { rank: 1, ..Completion::new(name, Kind::Type, place.replaced.clone()) });
    }
    found.push(Completion {
        text: Snippet::plain("Map<").place("String").text(">"),
        rank: 3,
        ..Completion::new("Map<…>", Kind::Type, place.replaced.clone())
    });
    found.push(Completion {
        text: Snippet::plain("[").place("String").text("]"),
        rank: 3,
        ..Completion::new("[…]", Kind::Type, place.replaced.clone())
    });
    // A type can't be made of itself.
    let own =
        place.path.first().and_then(|node| if let Node::Item(item) = node { Some(*item) } else { None });
    let resolution = own.map(|item| view.findings().name(&item.name));
    let in_schema = own.is_some_and(|item| matches!(item.kind, ItemKind::Schema { .. }));
    let is_other = &mut |other: Resolution| {
        Some(other) != resolution && !(in_schema && matches!(other, Resolution::Schema(_)))
    };
    named(place, view.module(), "", is_other, found);
    if !in_schema && !matches!(own.map(|item| &item.kind), Some(ItemKind::Type { .. })) {
        named(place, Program::builtin(), "", is_other, found);
    }
    for (name, (resolution, _)) in &view.program().names(view.module()).values {
        if let Resolution::Module(inner) = resolution {
            named(place, *inner, &format!("{name}."), is_other, found);
        }
    }
}

/// The imported file whose types are wanted, after a dot.
fn module_before(place: &Place) -> Option<ModuleId> {
    let text = place.view.text();
    let before = text[..place.replaced.start].strip_suffix('.')?;
    let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    match place.view.program().named(place.view.module(), &before[start..])? {
        Resolution::Module(module) => Some(module),
        _ => None,
    }
}

/// The types that a file declares.
fn named(
    place: &Place,
    module: ModuleId,
    prefix: &str,
    wanted: &mut dyn FnMut(Resolution) -> bool,
    found: &mut Vec<Completion>,
) {
    let mut types = place.view.program().types(module);
    types.sort_unstable_by_key(|(name, _)| *name);
    for (name, resolution) in types {
        if !wanted(resolution) {
            continue;
        }
        let kind = match resolution {
            Resolution::Schema(_) => Kind::Schema,
            _ => Kind::Type,
        };
        let label = format!("{prefix}{name}");
        found.push(Completion { rank: 2, ..Completion::new(&label, kind, place.replaced.clone()) });
    }
}

/// Offers schemas after `extends` and after the name of a stack, and profiles after `extends` and `with`.
pub(super) fn offer_reference(place: &Place, found: &mut Vec<Completion>) {
    let Some(Node::Item(item)) = place.path.first() else { return };
    let view = place.view;
    let program = view.program();
    match &item.kind {
        ItemKind::Profile { .. } => {
            let own = program.profiles.iter().position(|profile| std::ptr::eq(profile.name, &item.name));
            for (at, profile) in program.profiles.iter().enumerate() {
                // A profile can't extend one that extends it.
                if own.is_none_or(|own| !program.chain(at).contains(&own)) {
                    push(place, &profile.name.text, Kind::Profile, found);
                }
            }
        }
        ItemKind::Test { .. } => {
            program.profiles.iter().for_each(|profile| push(place, &profile.name.text, Kind::Profile, found));
        }
        ItemKind::Schema { .. } | ItemKind::Stack { .. } => {
            let own = view.findings().name(&item.name);
            let is_stack = matches!(item.kind, ItemKind::Stack { .. });
            let lineage = &program.lineage;
            let wanted = &mut |other: Resolution| match (other, own) {
                (Resolution::Schema(id), _) if is_stack => {
                    let root = program.types(Program::builtin());
                    let root = root.iter().find_map(|(name, found)| match found {
                        Resolution::Schema(root) if *name == "Stack" => Some(*root),
                        _ => None,
                    });
                    root.is_some_and(|root| lineage.is(id, root))
                }
                (Resolution::Schema(id), Resolution::Schema(own)) => !lineage.is(id, own),
                _ => false,
            };
            if let Some(module) = module_before(place) {
                return named(place, module, "", wanted, found);
            }
            named(place, view.module(), "", wanted, found);
            named(place, Program::builtin(), "", wanted, found);
            for (name, (resolution, _)) in &program.names(view.module()).values {
                if let Resolution::Module(inner) = resolution {
                    named(place, *inner, &format!("{name}."), wanted, found);
                }
            }
        }
        _ => {}
    }
}

fn push(place: &Place, label: &str, kind: Kind, found: &mut Vec<Completion>) {
    found.push(Completion { rank: 1, ..Completion::new(label, kind, place.replaced.clone()) });
}
