//! Runs the checks of every record and builds their diagnostics.

use super::Asked;
use super::{Env, Eval, NodeId};
use crate::diagnostics::{Code, Diagnostic, Help, Label, Phase, Severity, wording};
use crate::semantics::codes::TEST;
use crate::semantics::data::{Layer, Value, ValueKind};
use crate::semantics::findings::{Findings, Resolution};
use crate::semantics::ids::SchemaId;
use crate::semantics::names::Checked;
use crate::semantics::types::Type;
use crate::syntax::tree::{Check, Entry, EntryKind, Expr, ExprKind, StringPart};

/// Runs all checks of the stack's record and of the records in it, in schema order.
pub(super) fn run(eval: &mut Eval) {
    let mut waiting = vec![NodeId::ROOT];
    while let Some(id) = waiting.pop() {
        // An absent record has no children.
        if matches!(eval.value(id).kind, ValueKind::Record(_)) {
            run_one(eval, id);
            waiting.extend(eval.children(id).into_iter().rev());
        }
    }
}

/// Runs the checks of one record. Records outside the tree, such as elements of lists, are checked one
/// by one.
pub(super) fn run_one(eval: &mut Eval, id: NodeId) {
    let Type::Schema(schema) = *eval.get(id).ty.plain() else { return };
    let program = eval.program;
    let checks = &program.schema(schema).checks;
    if checks.is_empty() || !matches!(eval.value(id).kind, ValueKind::Record(_)) {
        return;
    }
    let env = Env { record: Some(id), fields: Some(id), ..Env::default() };
    for (at, Checked { entry, .. }) in checks.iter().enumerate() {
        if !eval.holds_by_default(id, schema, at, entry) {
            self::entry(eval, id, entry, &env);
        }
    }
}

impl<'t> Eval<'_, 't> {
    /// Whether a check reads only fields that have their default here, and holds for these defaults. Most
    /// checks of most records do, and need not run again.
    fn holds_by_default(&mut self, id: NodeId, schema: SchemaId, at: usize, entry: &'t Entry) -> bool {
        let EntryKind::Check(check) = &entry.kind else { return false };
        let findings = self.findings;
        let asked = match self.asked.get(&(schema, at)) {
            Some(asked) => asked.clone(),
            None => {
                let mut fields = Vec::new();
                let known = asks_only_fields(&check.condition, findings, &mut fields);
                let asked = known.then(|| Asked { fields: fields.into(), holds: false });
                self.asked.insert((schema, at), asked.clone());
                asked
            }
        };
        let Some(asked) = asked else { return false };
        if !asked.fields.iter().all(|field| self.has_default(id, schema, *field)) {
            return false;
        }
        if !asked.holds {
            let env = Env { record: Some(id), fields: Some(id), ..Env::default() };
            let (told, limits) = (self.diagnostics.len(), self.told.clone());
            let holds = matches!(self.expr(&check.condition, &env).kind, ValueKind::Bool(true));
            if !holds || self.diagnostics.len() > told {
                // The check runs again in full, and reports then.
                self.diagnostics.truncate(told);
                self.told = limits;
                return false;
            }
            self.asked.insert((schema, at), Some(Asked { holds: true, ..asked }));
        }
        true
    }
}

/// Whether an expression reads nothing but fields of its record, by their bare names.
fn asks_only_fields(expr: &Expr, findings: &Findings, fields: &mut Vec<usize>) -> bool {
    match &expr.kind {
        ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Absent => true,
        ExprKind::Name(_) => match findings.resolution(expr) {
            Resolution::Field(field) => {
                fields.push(field.index());
                true
            }
            _ => false,
        },
        ExprKind::String(parts) => parts.iter().all(|part| match part {
            StringPart::Plain(_) => true,
            StringPart::Value(value) => asks_only_fields(value, findings, fields),
        }),
        ExprKind::Call(function, arguments) => {
            matches!(findings.resolution(function), Resolution::Builtin(_))
                && arguments.iter().all(|argument| asks_only_fields(argument, findings, fields))
        }
        ExprKind::Prefix(_, inner) => asks_only_fields(inner, findings, fields),
        ExprKind::Infix(_, _, a, b) => {
            asks_only_fields(a, findings, fields) && asks_only_fields(b, findings, fields)
        }
        ExprKind::List(items) => items.iter().all(|item| asks_only_fields(item, findings, fields)),
        _ => false,
    }
}

/// Runs a check, or the checks in a loop or an `if`.
pub(super) fn entry<'t>(eval: &mut Eval<'_, 't>, id: NodeId, entry: &'t Entry, env: &Env) {
    match &entry.kind {
        EntryKind::Check(check) => {
            if matches!(eval.expr(&check.condition, env).kind, ValueKind::Bool(false)) {
                let report = report(eval, id, check, env);
                eval.diagnostics.extend(report);
            }
        }
        EntryKind::For { names, source, body } => {
            eval.each(names, source, env, &mut |eval, env| {
                body.entries.iter().for_each(|inner| self::entry(eval, id, inner, env));
                true
            });
        }
        EntryKind::If { condition, then, otherwise } => {
            let branch = match eval.expr(condition, env).kind {
                ValueKind::Bool(true) => Some(then),
                ValueKind::Bool(false) => otherwise.as_ref(),
                _ => None,
            };
            let inner = branch.into_iter().flat_map(|block| block.entries.iter());
            inner.for_each(|inner| self::entry(eval, id, inner, env));
        }
        EntryKind::Field(_) | EntryKind::Rejects { .. } => {}
    }
}

fn text<'t>(eval: &mut Eval<'_, 't>, expr: &'t Expr, env: &Env) -> String {
    eval.expr(expr, env).kind.to_string()
}

/// Builds the diagnostic of a check that does not hold. Returns `None` if no field it reads is set, and
/// an unknown field of the record has been reported.
fn report<'t>(eval: &mut Eval<'_, 't>, id: NodeId, check: &'t Check, env: &Env) -> Option<Diagnostic> {
    let severity = if check.warn { Severity::Warning } else { Severity::Error };
    let code = check.code.as_ref().map_or(TEST.code(), |c| Code(c.text.to_string().into()));
    let title = match &check.message {
        Some(message) => text(eval, message, env),
        None => "this check fails".to_owned(),
    };
    let mut report = Diagnostic::new(severity, code, Phase::Checks, title);
    for (path, remark) in &check.labels {
        label(eval, &mut report, path, remark, env);
    }
    if check.labels.is_empty() {
        let mut leaves = Vec::new();
        paths(&check.condition, &mut leaves);
        leaves.into_iter().for_each(|path| leaf(eval, &mut report, path, env));
    }
    let nothing_given = report.labels.is_empty();
    if nothing_given && eval.is_partial(id) {
        return None;
    }
    // The assertion of a test has no code, so its own condition is labelled.
    if (check.message.is_none() || check.code.is_none() && report.labels.is_empty())
        && check.labels.is_empty()
    {
        report.labels.insert(0, Label { span: check.condition.span, text: String::new(), primary: true });
        report.labels[1..].iter_mut().for_each(|label| label.primary = false);
    }
    if report.labels.is_empty()
        && let Some(span) = eval.place(id)
    {
        report = report.at(span, "");
    }
    report.notes.extend(check.notes.iter().map(|note| text(eval, note, env)));
    if nothing_given && let Some(meant) = eval.entry_meant(id) {
        report = report.help(format!("only the profile has this entry: did you mean `{meant}`?"));
    }
    for help in &check.helps {
        let text = text(eval, help, env);
        report.helps.push(Help { text, edit: None });
    }
    Some(report)
}

/// Labels the place where a value was set. Defaults have no place in the user's files, so they become
/// notes, not labels.
fn label<'t>(eval: &mut Eval<'_, 't>, report: &mut Diagnostic, path: &'t Expr, remark: &'t Expr, env: &Env) {
    let reached = eval.reach(path, env);
    let name = eval.reached_node(&reached).map(|id| eval.path(id)).unwrap_or_default();
    let value = eval.reached(reached);
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
    labels(report, &value, remark);
}

/// Labels a setting that a condition reads, for a check without labels of its own.
fn leaf<'t>(eval: &mut Eval<'_, 't>, report: &mut Diagnostic, path: &'t Expr, env: &Env) {
    let reached = eval.reach(path, env);
    if let Some(id) = eval.reached_node(&reached) {
        let value = eval.value(id);
        if value.layer == Layer::Default && !matches!(value.kind, ValueKind::Record(_) | ValueKind::Error) {
            let name = eval.path(id);
            report.notes.push(match value.is_absent() {
                true => format!("`{name}` is not set"),
                false => format!("`{name}` is {}, the default", wording::short(&value.kind.to_string())),
            });
        }
        let told = report.labels.iter().any(|label| label.span == value.span);
        if value.layer > Layer::Default
            && !told
            && !matches!(value.kind, ValueKind::Record(_) | ValueKind::Error)
        {
            let shown = wording::short(&value.kind.to_string());
            labels(report, &value, format!("`{}` is {shown}", eval.path(id)));
        }
    }
}

/// Labels where a value was set, and the places it came from.
fn labels(report: &mut Diagnostic, value: &Value, text: String) {
    let primary = report.labels.is_empty();
    report.labels.push(Label { span: value.span, text, primary });
    let shown = wording::short(&value.kind.to_string());
    for span in value.origins() {
        report.labels.push(Label { span, text: format!("{shown} comes from here"), primary: false });
    }
}

/// Collects the longest paths that an expression reads.
fn paths<'t>(expr: &'t Expr, found: &mut Vec<&'t Expr>) {
    let mut all = |inner: &mut dyn Iterator<Item = &'t Expr>| inner.for_each(|expr| paths(expr, found));
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Index(..) => found.push(expr),
        ExprKind::Call(_, arguments) => all(&mut arguments.iter()),
        ExprKind::Prefix(_, inner) => paths(inner, found),
        ExprKind::Infix(_, _, a, b) => all(&mut [&**a, &**b].into_iter()),
        ExprKind::If(a, b, c) => all(&mut [&**a, &**b, &**c].into_iter()),
        ExprKind::List(items) => all(&mut items.iter()),
        ExprKind::String(parts) => all(&mut parts.iter().filter_map(|part| match part {
            StringPart::Value(value) => Some(value),
            StringPart::Plain(_) => None,
        })),
        _ => {}
    }
}
