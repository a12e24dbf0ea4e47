//! Members, after a dot: fields of a record, declarations of an imported file, settings of the stack.

use super::item::{Completion, Kind, Snippet};
use super::place::{After, Place};
use super::sample;
use super::values::fits;
use crate::ide::describe::type_text;
use crate::ide::mention::setting_of;
use crate::ide::scope::fields_of;
use crate::ide::settings;
use crate::semantics::findings::Resolution;
use crate::semantics::types::Type;
use crate::syntax::tree::{Expr, ExprKind, Node};

/// Offers the members of the base, which is the last node of the place's path.
pub(super) fn offer(place: &Place, found: &mut Vec<Completion>) {
    let Some(Node::Expr(base)) = place.path.last() else { return };
    let view = place.view;
    if let Resolution::Module(module) = view.findings().resolution(base) {
        return of_file(place, module, found);
    }
    let record = settings::path_to(&place.path);
    if matches!(base.kind, ExprKind::Stack | ExprKind::SelfRecord)
        || setting_of(base, &record).is_some() && begins_with_stack(base)
    {
        let path = setting_of(base, &record).unwrap_or_default();
        let ty = match base.kind {
            ExprKind::Stack => Some(Type::Schema(view.program().root)),
            ExprKind::SelfRecord => place.scope.record.clone(),
            _ => Some(view.findings().type_of(base).clone()),
        };
        if let Some(ty) = ty {
            of_settings(place, &path, &ty, "", 0, found);
        }
        return;
    }
    for (name, ty) in fields_of(view, view.findings().type_of(base)) {
        if fits(place, &ty) {
            push(place, &name, &ty, Kind::Field, found);
        }
    }
}

fn begins_with_stack(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Stack => true,
        ExprKind::Member(base, _) | ExprKind::Index(base, _) => begins_with_stack(base),
        _ => false,
    }
}

fn push(place: &Place, label: &str, ty: &Type, kind: Kind, found: &mut Vec<Completion>) {
    let detail = type_text(place.view, ty);
    found.push(Completion { detail, rank: 2, ..Completion::new(label, kind, place.replaced.clone()) });
}

/// Settings below a path, by what is left of their own paths.
fn of_settings(
    place: &Place,
    path: &[String],
    ty: &Type,
    prefix: &str,
    depth: usize,
    found: &mut Vec<Completion>,
) {
    let Type::Schema(id) = ty.plain() else { return };
    for (name, field) in &place.view.program().schema(*id).fields {
        let label = format!("{prefix}{name}");
        let full: Vec<String> = path.iter().cloned().chain([name.to_string()]).collect();
        match field.ty.plain() {
            Type::Schema(_) if depth < 3 => {
                of_settings(place, &full, &field.ty, &format!("{label}."), depth + 1, found);
            }
            Type::Schema(_) | Type::Map(_) => {}
            _ if is_condition(place) && !fits(place, &field.ty) => {
                if let Some(text) = compared(place, &label, &full, &field.ty) {
                    let completion = Completion {
                        text,
                        rank: 4 + u8::try_from(depth).unwrap_or(u8::MAX),
                        ..Completion::new(&label, Kind::Field, place.replaced.clone())
                    };
                    found.push(sample::described(place, &full.join("."), field, completion));
                }
            }
            _ if fits(place, &field.ty) && is_independent(place, &full) => {
                let kind = Kind::Field;
                let completion = Completion {
                    rank: 2 + u8::try_from(depth).unwrap_or(u8::MAX),
                    ..Completion::new(&label, kind, place.replaced.clone())
                };
                found.push(sample::described(place, &full.join("."), field, completion));
            }
            _ => {}
        }
    }
}

/// Whether a condition begins here.
fn is_condition(place: &Place) -> bool {
    matches!(place.expected, Type::Bool) && place.after != After::Operator
}

/// A setting compared with its value, where a condition is wanted.
fn compared(place: &Place, label: &str, path: &[String], ty: &Type) -> Option<Snippet> {
    let value = sample::value_of(place, path).and_then(|value| sample::literal(&value.kind))?;
    let operator = match ty.plain() {
        _ if ty.is_optional() => return None,
        Type::Quantity(_) | Type::Int | Type::Float => ">=",
        Type::String | Type::Enum(_) | Type::Version => "==",
        _ => return None,
    };
    Some(Snippet::plain(format!("{label} {operator} ")).place(value))
}

/// Whether a setting can't depend on the one that is being written: it is given as a literal, or left at a
/// default that is one.
fn is_independent(place: &Place, path: &[String]) -> bool {
    let view = place.view;
    let in_layer = place.setting.is_some();
    if !in_layer {
        return true;
    }
    if place.setting.as_deref() == Some(path) {
        return false;
    }
    let items = view.tree().items().flat_map(settings::given);
    let mut values = items.filter(|one| one.path == path).filter_map(|one| one.value).peekable();
    if values.peek().is_some() {
        return values.all(sample::is_literal);
    }
    let parent = settings::type_at(view, &path[..path.len().saturating_sub(1)]);
    let Some(Type::Schema(id)) = parent.map(|ty| ty.plain().clone()) else { return false };
    let name = path.last().map_or("", |name| name);
    let field = view.program().schema(id).fields.get(name);
    field.is_some_and(|field| field.default.is_some_and(sample::is_literal))
}

/// The declarations of an imported file.
fn of_file(place: &Place, module: crate::semantics::ids::ModuleId, found: &mut Vec<Completion>) {
    let view = place.view;
    for (name, (resolution, _)) in &view.program().names(module).values {
        let (kind, ty) = match resolution {
            Resolution::Let(id) => (Kind::Constant, view.findings().type_of_constant(*id).clone()),
            Resolution::Data(id) => (Kind::Constant, view.findings().type_of_data(*id).clone()),
            Resolution::Fn(id) => (Kind::Function, view.findings().type_of_result(*id).clone()),
            _ => continue,
        };
        if !fits(place, &ty) {
            continue;
        }
        let mut completion = Completion {
            detail: type_text(view, &ty),
            rank: 2,
            ..Completion::new(name, kind, place.replaced.clone())
        };
        if let Resolution::Fn(id) = resolution {
            let params = view.program().function(*id).params.iter();
            let needed = params.filter(|param| param.default.is_none());
            completion.text = super::values::called(name, needed.map(|param| param.ty.plain().example()));
        }
        found.push(completion);
    }
}
