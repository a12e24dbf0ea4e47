//! What may be typed, and what is being called.

use crate::ide::{self, Around};
use crate::lsp::answer::{Answer, At, at, encoded};
use crate::lsp::convert;
use crate::lsp::state::State;
use camino::Utf8Path;
use gen_lsp_types as lsp;
use serde_json::Value;

pub(super) fn completion(server: &mut State, params: lsp::CompletionParams) -> Answer {
    let Some(At { path, view, byte }) = at(server, &params.text_document_position_params) else {
        return Ok(Value::Null);
    };
    // A space begins a completion only where a value is wanted.
    let typed = params.context.and_then(|context| context.trigger_character);
    if typed.as_deref() == Some(" ") && !view.text()[..byte].trim_end().ends_with('=') {
        return Ok(Value::Null);
    }
    let around = around(server, &path);
    let client = &server.client;
    let items = ide::complete(view, byte, &around).into_iter().enumerate().map(|(at, one)| {
        let snippet = client.snippets && !one.text.is_plain();
        let new_text = if snippet { convert::snippet(&one.text) } else { one.text.filled() };
        let range = convert::range(view.source(), &one.replaced, client.encoding);
        let markdown = |value: String| {
            let kind = if client.markdown { lsp::MarkupKind::Markdown } else { lsp::MarkupKind::PlainText };
            lsp::Documentation::MarkupContent(lsp::MarkupContent { kind, value })
        };
        lsp::CompletionItem {
            label: one.label.clone(),
            kind: Some(convert::completion_kind(one.kind)),
            detail: Some(one.detail).filter(|detail| !detail.is_empty()),
            documentation: Some(one.doc).filter(|doc| !doc.is_empty()).map(markdown),
            sort_text: Some(format!("{:02}{at:04}", one.rank)),
            filter_text: Some(one.label),
            insert_text_format: Some(match snippet {
                true => lsp::InsertTextFormat::Snippet,
                false => lsp::InsertTextFormat::PlainText,
            }),
            text_edit: Some(lsp::TextEdit { range, new_text }.into()),
            command: one.goes_on.then(|| lsp::Command {
                title: "Suggest".to_owned(),
                tooltip: None,
                command: "editor.action.triggerSuggest".to_owned(),
                arguments: None,
            }),
            ..lsp::CompletionItem::default()
        }
    });
    let items: Vec<lsp::CompletionItem> = items.collect();
    encoded(lsp::CompletionList { is_incomplete: false, item_defaults: None, apply_kind: None, items })
}

/// The names in the project of a stack.
fn around(server: &State, path: &Utf8Path) -> Around {
    let stack = server.workspace.stack_of(path);
    let live = stack.as_deref().and_then(|stack| server.workspace.live(stack));
    let Some(live) = live else { return Around::default() };
    let file = live.values().first().and_then(|values| values.root.get("compose")?.get("file"));
    match file.map(|file| file.kind.to_string()) {
        Some(file) => Around::read(&live.place().root.join(file), &live.map().overlay),
        None => Around::default(),
    }
}

pub(super) fn signature(server: &mut State, params: lsp::SignatureHelpParams) -> Answer {
    let Some(At { view, byte, .. }) = at(server, &params.text_document_position_params) else {
        return Ok(Value::Null);
    };
    let Some(found) = ide::signature(view, byte) else { return Ok(Value::Null) };
    let units = |at: usize| u32::try_from(found.text[..at].encode_utf16().count()).unwrap_or(u32::MAX);
    let parameters = found.params.iter().map(|range| lsp::ParameterInformation {
        label: lsp::ParameterInformationLabel::Tuple((units(range.start), units(range.end))),
        documentation: None,
    });
    let active = u32::try_from(found.active).unwrap_or(0);
    let signature = lsp::SignatureInformation {
        label: found.text.clone(),
        documentation: None,
        parameters: Some(parameters.collect()),
        active_parameter: Some(lsp::ActiveParameter::Int(active)),
    };
    encoded(lsp::SignatureHelp {
        signatures: vec![signature],
        active_signature: Some(0),
        active_parameter: Some(lsp::ActiveParameter::Int(active)),
    })
}
