//! Helpers that compute defaults: the value if it is set, otherwise its default expression.

use super::formula::{At, helper};
use super::template::Template;
use crate::emit::Build;
use crate::semantics::formula::{Default, Field, Shape};
use crate::semantics::types::Type;
use crate::yaml::Traced;

/// Defines a helper for each setting whose default is an expression.
pub(super) fn defaults(build: &Build) -> Traced {
    let mut out = Template::default();
    walk(build, build.shape, &[], &mut out);
    out.finish()
}

fn walk(build: &Build, shape: &Shape, path: &[String], out: &mut Template) {
    for field in shape.values() {
        let mut inner = path.to_vec();
        inner.push(field.name.clone());
        if let Some(default) = &field.default {
            define(build, field, default, path, out);
        }
        if let Some(inside) = &field.inside {
            if matches!(field.ty.plain(), Type::Map(_) | Type::List(_)) {
                inner.push("*".to_owned());
            }
            walk(build, inside, &inner, out);
        }
    }
}

/// The scope of a record's formulas in the body of a helper.
fn inside<'a>(build: &'a Build, path: &[String]) -> At<'a> {
    let in_element = path.iter().any(|part| part == "*");
    let fixed = if path.is_empty() { ".Values".to_owned() } else { format!(".Values.{}", path.join(".")) };
    At {
        chart: build.name(),
        shape: build.shape,
        path: path.to_vec(),
        record: if in_element { ".record".to_owned() } else { fixed },
        root: if in_element { ".root".to_owned() } else { ".".to_owned() },
        element: in_element.then(|| ".".to_owned()),
        it: String::new(),
        locals: Vec::new(),
    }
}

fn define(build: &Build, field: &Field, default: &Default, record: &[String], out: &mut Template) {
    let at = inside(build, record);
    let path = [record, std::slice::from_ref(&field.name)].concat();
    let set = format!("{}.{}", at.record, field.name);
    let shown = match field.ty.plain() {
        Type::Int => format!("{set} | int64"),
        _ => set.clone(),
    };
    let first = field.doc.lines().next().unwrap_or(&field.name).trim_end_matches('.');
    let computed = at.text(&default.formula);
    let computed = computed
        .strip_prefix('(')
        .and_then(|c| c.strip_suffix(')'))
        .filter(|c| balanced(c))
        .unwrap_or(&computed);
    let comment = format!("{first}; `{}` where it is not set.", default.text.replace("*/", "* /"));
    let mut settings = Vec::new();
    if build.trace {
        settings.push(path.clone());
        settings.extend(at.reads(&default.formula));
    }
    out.line("");
    out.define(&helper(build.name(), &path), &comment, |out| {
        out.reading(&settings, |out| {
            out.action(format!("if kindIs \"invalid\" {set}"));
            out.action(computed);
            out.action("else");
            out.action(shown);
            out.action("end");
        });
    });
}

/// Whether no parenthesis closes before it opens.
fn balanced(text: &str) -> bool {
    let mut depth = 0i32;
    text.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    }) && depth == 0
}
