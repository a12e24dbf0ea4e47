//! Fixes and refactorings.

use crate::ide::{self, Edits};
use crate::lsp::answer::{Answer, encoded, workspace_edit};
use crate::lsp::convert;
use crate::lsp::state::State;
use gen_lsp_types as lsp;
use serde_json::Value;

pub(super) fn code_actions(server: &mut State, params: lsp::CodeActionParams) -> Answer {
    let Some(path) = server.path(&params.text_document.uri) else { return Ok(Value::Null) };
    server.evaluate(&path);
    let Some(view) = server.view(&path) else { return Ok(Value::Null) };
    let encoding = server.client.encoding;
    let range = convert::bytes(view.source(), params.range, encoding);
    let only = params.context.only.unwrap_or_default();
    let wanted = |kind: &str| {
        only.is_empty()
            || only
                .iter()
                .any(|only| kind == name_of(only) || kind.starts_with(&format!("{}.", name_of(only))))
    };
    let mut found: Vec<lsp::CodeAction> = Vec::new();
    let edit = |edits: &Edits| workspace_edit(server, edits, None);
    if wanted("quickfix") {
        let reports = server.reports(&path);
        for fix in ide::fixes(view.live, &reports, view.file, &range) {
            let report = convert::diagnostic(view.live, &reports[fix.of], &server.documents, encoding);
            let title = if fix.certain { fix.title } else { format!("{} (look at it)", fix.title) };
            found.push(lsp::CodeAction {
                title,
                kind: Some(lsp::CodeActionKind::QuickFix),
                diagnostics: report.map(|(_, report)| vec![report]),
                is_preferred: Some(fix.certain),
                edit: Some(edit(&fix.edits)),
                ..lsp::CodeAction::default()
            });
        }
    }
    if wanted("source.fixAll.vmsc") && (!only.is_empty() || !found.is_empty()) {
        let all = ide::fix_all(view.live);
        found.extend(all.map(|edits| lsp::CodeAction {
            title: "Fix all that is certain".to_owned(),
            kind: Some(lsp::CodeActionKind::Custom("source.fixAll.vmsc".into())),
            edit: Some(edit(&edits)),
            ..lsp::CodeAction::default()
        }));
    }
    if wanted("refactor")
        || ["extract", "inline", "rewrite"].iter().any(|kind| wanted(&format!("refactor.{kind}")))
    {
        for action in ide::refactorings(view, &range) {
            let kind = match action.kind {
                ide::ActionKind::Extract => lsp::CodeActionKind::RefactorExtract,
                ide::ActionKind::Inline => lsp::CodeActionKind::RefactorInline,
                ide::ActionKind::Rewrite | ide::ActionKind::Fill => lsp::CodeActionKind::RefactorRewrite,
            };
            if wanted(&name_of(&kind)) {
                found.push(lsp::CodeAction {
                    title: action.title,
                    kind: Some(kind),
                    edit: Some(edit(&action.edits)),
                    ..lsp::CodeAction::default()
                });
            }
        }
    }
    encoded(found)
}

/// The name of a kind of action, as the protocol has it.
fn name_of(kind: &lsp::CodeActionKind) -> String {
    serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}
