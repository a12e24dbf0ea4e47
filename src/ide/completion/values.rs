//! Values of an expected type: words, literals, names in scope.

use super::item::{Completion, Kind, Snippet};
use super::place::Place;
use super::{reads, sample, verify};
use crate::ide::around::Around;
use crate::ide::describe::type_text;
use crate::ide::scope::fields_of;
use crate::semantics::builtins::{self, Types};
use crate::semantics::findings::Resolution;
use crate::semantics::ids::ModuleId;
use crate::semantics::quantity::{DURATIONS, SIZES, Unit};
use crate::semantics::types::Type;
use crate::syntax::tree::{EntryKind, ExprKind, Key, Node};

/// Offers the values that fit.
pub(super) fn offer(place: &Place, around: &Around, found: &mut Vec<Completion>) {
    let typed = &place.view.text()[place.replaced.clone()];
    if typed.starts_with(|c: char| c.is_ascii_digit()) {
        return units(place, typed, found);
    }
    literals(place, found);
    super::strings::values(place, around, found);
    if !matches!(place.expected.plain(), Type::Schema(_)) {
        locals(place, found);
        names(place, place.view.module(), "", found);
        functions(place, found);
    }
    lists(place, found);
}

/// Whether a value of a type fits.
pub(super) fn fits(place: &Place, ty: &Type) -> bool {
    if matches!(ty, Type::Error) || place.collection && !matches!(ty, Type::List(_) | Type::Map(_)) {
        return false;
    }
    // What is used further on is used as what it is now.
    if matches!(place.expected, Type::Error) && !matches!(place.now, Type::Error) && place.now != *ty {
        return false;
    }
    let lineage = &place.view.program().lineage;
    // Conditions are known for the value that is expected, not for any value of the type.
    match &place.expected {
        Type::Error => !ty.is_optional(),
        expected => expected.accepts(ty, lineage) && (verify::is_tried(place.view) || narrowed(expected, ty)),
    }
}

/// Whether a type's conditions are those that are expected, if any are.
fn narrowed(expected: &Type, ty: &Type) -> bool {
    match (expected.present(), ty.present()) {
        (Type::Refined(id, _), Type::Refined(other, _)) => id == other,
        (Type::Refined(..) | Type::Endpoint, _) => false,
        _ => true,
    }
}

fn push(place: &Place, label: &str, kind: Kind, rank: u8, found: &mut Vec<Completion>) {
    found.push(Completion { rank, ..Completion::new(label, kind, place.replaced.clone()) });
}

/// Words, `true` and `false`, the default, and what is there now.
fn literals(place: &Place, found: &mut Vec<Completion>) {
    let view = place.view;
    match place.expected.plain() {
        Type::Bool => ["true", "false"].iter().for_each(|word| push(place, word, Kind::Word, 0, found)),
        Type::Enum(words) => {
            for word in words.iter() {
                push(place, &format!("\"{word}\""), Kind::Word, 0, found);
            }
        }
        Type::Version if is_release(place) => push(place, &sample::newest(), Kind::Value, 1, found),
        _ => {}
    }
    if place.expected.is_optional() {
        push(place, "absent", Kind::Keyword, 7, found);
    }
    let default = place.field.and_then(|field| view.program().field(field));
    let default = default.filter(|field| same_type(&field.ty, &place.expected));
    let default = default.and_then(|field| field.default).filter(|default| sample::is_literal(default));
    let text = default.map(|default| view.text_of(default.span).to_owned());
    if let Some(text) = text.filter(|text| !text.contains('\n') && !has(found, text)) {
        found.push(Completion {
            detail: "the default".to_owned(),
            rank: 1,
            ..Completion::new(&text, Kind::Value, place.replaced.clone())
        });
    }
}

fn same_type(a: &Type, b: &Type) -> bool {
    a.present() == b.present()
}

fn has(found: &[Completion], label: &str) -> bool {
    found.iter().any(|completion| completion.label == label)
}

/// Whether the release of VictoriaMetrics is wanted.
fn is_release(place: &Place) -> bool {
    place.setting.as_ref().is_some_and(|setting| setting.as_slice() == ["version"])
}

/// The units of a number that is being typed.
fn units(place: &Place, typed: &str, found: &mut Vec<Completion>) {
    let digits: String = typed.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let words: Vec<(&str, &str)> = match place.expected.plain() {
        Type::Quantity(Unit::Duration) if !digits.contains('.') => {
            let names = ["years", "weeks", "days", "hours", "minutes", "seconds", "milliseconds"];
            DURATIONS.iter().map(|(suffix, _)| *suffix).zip(names).collect()
        }
        Type::Quantity(Unit::Bytes) => SIZES
            .iter()
            .filter(|(suffix, _)| matches!(*suffix, "Ki" | "Mi" | "Gi" | "Ti"))
            .map(|(suffix, _)| (*suffix, "bytes, in steps of 1024"))
            .collect(),
        Type::Quantity(Unit::Cpu) if !digits.contains('.') => {
            vec![("m", "thousandths of a core"), ("", "cores")]
        }
        _ => Vec::new(),
    };
    for (at, (suffix, name)) in words.into_iter().enumerate() {
        found.push(Completion {
            detail: name.to_owned(),
            rank: u8::try_from(at).unwrap_or(u8::MAX),
            ..Completion::new(&format!("{digits}{suffix}"), Kind::Value, place.replaced.clone())
        });
    }
}

/// Parameters, loop variables, and the fields of the schema around.
fn locals(place: &Place, found: &mut Vec<Completion>) {
    let mut seen = std::collections::HashSet::new();
    for (name, ty) in place.scope.locals.iter().rev() {
        if !seen.insert(&*name.text) || &*name.text == "_" {
            continue;
        }
        if fits(place, ty) {
            let detail = type_text(place.view, ty);
            found.push(Completion {
                detail,
                rank: 2,
                ..Completion::new(&name.text, Kind::Variable, place.replaced.clone())
            });
        }
        for (field, ty) in fields_of(place.view, ty) {
            if fits(place, &ty) {
                let label = format!("{}.{field}", name.text);
                let detail = type_text(place.view, &ty);
                found.push(Completion {
                    detail,
                    rank: 3,
                    ..Completion::new(&label, Kind::Variable, place.replaced.clone())
                });
            }
        }
    }
    if let Some(id) = place.scope.fields {
        for (name, field) in &place.view.program().schema(id).fields {
            let plain = field.default.is_none_or(sample::is_literal);
            if plain && fits(place, &field.ty) && Some(&**name) != own_field(place) {
                let detail = type_text(place.view, &field.ty);
                found.push(Completion {
                    detail,
                    rank: 3,
                    ..Completion::new(name, Kind::Field, place.replaced.clone())
                });
            }
        }
    }
    if let (Some(ty), true) = (&place.scope.it, place.scope.it.as_ref().is_some_and(|ty| fits(place, ty))) {
        let detail = type_text(place.view, ty);
        found.push(Completion {
            detail,
            rank: 2,
            ..Completion::new("it", Kind::Variable, place.replaced.clone())
        });
    }
}

/// The field of a schema whose default is being written.
fn own_field<'a>(place: &Place<'a>) -> Option<&'a str> {
    place.path.iter().find_map(|node| match node {
        Node::Entry(entry) => match &entry.kind {
            EntryKind::Field(field) => match field.path.first() {
                Some(Key::Name(name)) => Some(&*name.text),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

/// Constants, functions and data of a file; of an imported one with its name before them.
fn names(place: &Place, module: ModuleId, prefix: &str, found: &mut Vec<Completion>) {
    let view = place.view;
    let program = view.program();
    for (name, (resolution, _)) in &program.names(module).values {
        if prefix.is_empty() && place.scope.locals.iter().any(|(local, _)| *local.text == **name) {
            continue;
        }
        let label = format!("{prefix}{name}");
        let completion = |kind, ty: &Type| Completion {
            detail: type_text(view, ty),
            rank: 4,
            ..Completion::new(&label, kind, place.replaced.clone())
        };
        match resolution {
            Resolution::Let(id) => {
                let ty = view.findings().type_of_constant(*id);
                if fits(place, ty) && !reads::itself(place, *resolution) {
                    found.push(completion(Kind::Constant, ty));
                }
            }
            Resolution::Data(id) => {
                let ty = view.findings().type_of_data(*id);
                if fits(place, ty) && !matches!(ty.plain(), Type::Data | Type::Record(_)) {
                    found.push(completion(Kind::Constant, ty));
                }
            }
            Resolution::Fn(id) => {
                let ty = view.findings().type_of_result(*id);
                let function = program.function(*id);
                if fits(place, ty) && !reads::itself(place, *resolution) {
                    let text = called(
                        &label,
                        function
                            .params
                            .iter()
                            .filter(|param| param.default.is_none())
                            .map(|param| param.ty.plain().example()),
                    );
                    found.push(Completion { text, ..completion(Kind::Function, ty) });
                }
            }
            Resolution::Module(inner) if prefix.is_empty() => {
                names(place, *inner, &format!("{name}."), found);
            }
            _ => {}
        }
    }
}

pub(super) fn called<'e>(name: &str, arguments: impl Iterator<Item = &'e str>) -> Snippet {
    let mut text = Snippet::plain(format!("{name}("));
    for (at, argument) in arguments.enumerate() {
        text = if at == 0 { text } else { text.text(", ") };
        text = text.place(argument);
    }
    text.text(")")
}

/// Built-in functions whose result fits.
fn functions(place: &Place, found: &mut Vec<Completion>) {
    for builtin in builtins::ALL {
        let result = match &builtin.types {
            Types::Of(_, result) => result,
            Types::Paths(_) | Types::OneOfAll => continue,
        };
        if matches!(place.expected, Type::Error) || !fits(place, result) || !narrowed(&place.expected, result)
        {
            continue;
        }
        found.push(Completion {
            detail: builtin.signature.to_owned(),
            text: called(builtin.name, builtin.sample.iter().copied()),
            rank: 6,
            ..Completion::new(builtin.name, Kind::Function, place.replaced.clone())
        });
    }
}

/// A list, and a record, to fill in.
fn lists(place: &Place, found: &mut Vec<Completion>) {
    let inside_list = place.path.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => Some(matches!(expr.kind, ExprKind::List(_))),
        _ => None,
    });
    match place.expected.plain() {
        Type::List(inner) if inside_list != Some(true) => {
            let element = match inner.plain() {
                Type::Enum(words) => format!("\"{}\"", words.first().map_or("", |word| word)),
                Type::Schema(_) | Type::Data | Type::Record(_) | Type::Refined(..) => String::new(),
                ty => ty.example().to_owned(),
            };
            let text = match element.as_str() {
                "" => Snippet::plain("[").end().text("]"),
                element => Snippet::plain("[").place(element).text("]"),
            };
            found.push(Completion {
                text,
                rank: 1,
                ..Completion::new("[…]", Kind::Snippet, place.replaced.clone())
            });
        }
        Type::Schema(id) => {
            let text = sample::record(place, *id, Snippet::plain("{ ")).end().text(" }");
            found.push(Completion {
                text,
                rank: 1,
                ..Completion::new("{…}", Kind::Snippet, place.replaced.clone())
            });
        }
        _ => {}
    }
}
