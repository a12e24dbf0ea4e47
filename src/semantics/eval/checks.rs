//! Runs the checks of every record and makes their reports.

use super::{Env, Eval, NodeId, Reached};
use crate::diagnostics::{Code, Help, Label, Report, Severity, wording};
use crate::semantics::data::{Kind, Layer};
use crate::semantics::types::Type;
use crate::syntax::tree::{Check, Expr};

/// Runs all checks of the stack's record and of what is in it.
pub(super) fn run(eval: &mut Eval) {
    let mut id = NodeId::ROOT;
    // Children are made after their parents, so one pass in order sees each node once.
    while eval.exists(id) {
        if eval.has_parent(id) || id == NodeId::ROOT {
            run_one(eval, id);
        }
        id = id.next();
    }
}

/// Runs the checks of one record; one that stands apart from the tree, as an element of a list does,
/// is run by itself.
pub(super) fn run_one(eval: &mut Eval, id: NodeId) {
    let Type::Schema(schema) = *eval.get(id).ty.plain() else { return };
    let program = eval.program;
    let checks = &program.schema(schema).checks;
    if checks.is_empty() || !matches!(eval.value(id).kind, Kind::Record(_)) {
        return;
    }
    let env = Env { record: Some(id), fields: Some(id), it: None };
    for check in checks {
        if matches!(eval.expr(&check.condition, &env).kind, Kind::Bool(false)) {
            let report = report(eval, id, check, &env);
            eval.problems.push(report);
        }
    }
}

fn text<'t>(eval: &mut Eval<'_, 't>, expr: &'t Expr, env: &Env) -> String {
    eval.expr(expr, env).kind.to_string()
}

fn report<'t>(eval: &mut Eval<'_, 't>, id: NodeId, check: &'t Check, env: &Env) -> Report {
    let severity = if check.warn { Severity::Warning } else { Severity::Error };
    let code = check.code.as_ref().map_or("check".to_owned(), |c| c.text.to_string());
    let title = match &check.message {
        Some(message) => text(eval, message, env),
        None => "a check does not hold".to_owned(),
    };
    let mut report = Report::new(severity, Code(code.into()), title);
    for (path, remark) in &check.labels {
        label(eval, &mut report, path, remark, env);
    }
    if report.labels.is_empty()
        && let Some(span) = eval.place(id)
    {
        report = report.at(span, "");
    }
    report.notes.extend(check.notes.iter().map(|note| text(eval, note, env)));
    for help in &check.helps {
        let text = text(eval, help, env);
        report.helps.push(Help { text, edit: None });
    }
    report
}

/// Labels the place a value was given; a default is told in a note, for it stands in no file of
/// the user's.
fn label<'t>(eval: &mut Eval<'_, 't>, report: &mut Report, path: &'t Expr, remark: &'t Expr, env: &Env) {
    let (name, value) = match eval.reach(path, env) {
        Reached::Node(id) => (eval.path(id), eval.value(id)),
        Reached::Value(value) => (String::new(), value),
    };
    let remark = text(eval, remark, env);
    if value.layer == Layer::Default {
        let shown = wording::short(&value.kind.to_string());
        let note = match value.is_absent() {
            true => format!("`{name}` is not set"),
            false => format!("`{name}` is {shown}, the default"),
        };
        report.notes.push(note);
        return;
    }
    let primary = report.labels.is_empty();
    report.labels.push(Label { span: value.span, text: remark, primary });
    if let Some(from) = value.from {
        let shown = wording::short(&value.kind.to_string());
        report.labels.push(Label { span: from, text: format!("{shown} comes from here"), primary: false });
    }
}
