//! What is true without being written: the type of a quantity, a default that is computed.

use super::settings;
use super::view::View;
use crate::semantics::data::{Layer, ValueKind};
use crate::semantics::types::Type;
use crate::syntax::tree::{EntryKind, Expr, ExprKind, Field, FieldValue, Item, ItemKind};
use std::ops::Range;

/// A hint between two bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where it stands.
    pub at: usize,
    /// What it says.
    pub text: String,
    /// Whether it is a type.
    pub is_type: bool,
}

/// The hints in a range of a file; values in the stack are those with a profile, if one is chosen.
pub fn hints(view: View<'_>, within: &Range<usize>, profile: Option<&str>) -> Vec<Hint> {
    let mut found = Vec::new();
    for item in view.tree().items() {
        let range = view.range(item.span);
        if range.end < within.start || within.end < range.start {
            continue;
        }
        match &item.kind {
            ItemKind::Let { ty: None, value } => {
                let ty = view.findings().type_of(value);
                if let Type::Quantity(_) = ty {
                    let at = view.range(item.name.span).end;
                    found.push(Hint { at, text: format!(": {}", ty.written()), is_type: true });
                }
            }
            kind if settings::is_layer(kind) => defaults(view, item, profile, &mut found),
            _ => {}
        }
    }
    found.retain(|hint| within.start <= hint.at && hint.at <= within.end);
    found.sort_by_key(|hint| hint.at);
    found
}

/// Fields that a record leaves at a default that is computed from other settings.
fn defaults(view: View<'_>, item: &Item, chosen: Option<&str>, found: &mut Vec<Hint>) {
    let Some(outcome) = view.live.outcome() else { return };
    let profile = match &item.kind {
        ItemKind::Profile { .. } => Some(&*item.name.text),
        _ => chosen
            .filter(|chosen| outcome.evaluated.iter().any(|one| one.profile.as_deref() == Some(*chosen))),
    };
    let variant = outcome.evaluated.iter().find(|variant| variant.profile.as_deref() == profile);
    let Some(variant) = variant else { return };
    for one in settings::given(item) {
        let EntryKind::Field(Field { value: FieldValue::Block(block), .. }) = &one.entry.kind else {
            continue;
        };
        let Some(Type::Schema(id)) = settings::type_at(view, &one.path).map(|ty| ty.plain().clone()) else {
            continue;
        };
        let record = one.path.iter().try_fold(&variant.root, |value, name| value.get(name));
        let Some(record) = record else { continue };
        let mut texts = Vec::new();
        for (name, field) in &view.program().schema(id).fields {
            let computed = field.default.is_some_and(is_computed);
            let value = record.get(name).filter(|value| value.layer == Layer::Default);
            let Some(value) = value.filter(|_| computed) else { continue };
            let shown = match &value.kind {
                ValueKind::Error | ValueKind::Absent | ValueKind::Record(_) | ValueKind::List(_) => continue,
                ValueKind::String(text) => format!("\"{text}\""),
                kind => kind.to_string(),
            };
            texts.push(format!("{name} = {shown}"));
        }
        if !texts.is_empty() && block.open {
            let at = view.range(block.span).start + 1;
            found.push(Hint { at, text: format!(" {}", texts.join(", ")), is_type: false });
        }
    }
}

fn is_computed(expr: &Expr) -> bool {
    !matches!(
        expr.kind,
        ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::List(_)
            | ExprKind::Record(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn quantities_and_computed_defaults_are_hinted() {
        let text = format!(
            "let every = 15s\n{}",
            stack("scrape { job \"x\" { targets = [\"a:1\"], interval = 20s } }")
        );
        let at = cursor(&text);
        let found = hints(at.view(), &(0..text.len()), None);
        let shown: Vec<&str> = found.iter().map(|hint| hint.text.as_str()).collect();
        assert!(shown.contains(&": Duration") && shown.contains(&" timeout = 10s"), "{shown:?}");
        let _ = with_files;
    }
}
