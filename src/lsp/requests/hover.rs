//! What a name is.

use crate::ide;
use crate::lsp::answer::{Answer, At, at, encoded};
use crate::lsp::convert;
use crate::lsp::state::State;
use gen_lsp_types as lsp;
use serde_json::Value;

pub(super) fn hover(server: &mut State, params: lsp::HoverParams) -> Answer {
    let place = params.text_document_position_params;
    let Some(path) = server.path(&place.text_document.uri) else { return Ok(Value::Null) };
    server.evaluate(&path);
    let _ = server.outputs(&path);
    let Some(At { view, byte, .. }) = at(server, &place) else { return Ok(Value::Null) };
    let Some(hover) = ide::hover(view, byte, server.planned(&path)) else { return Ok(Value::Null) };
    let range = convert::range(view.source(), &hover.range, server.client.encoding);
    encoded(lsp::Hover { contents: markup(server, hover.text).into(), range: Some(range) })
}

fn markup(server: &State, value: String) -> lsp::MarkupContent {
    match server.client.markdown {
        true => lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value },
        false => {
            let plain = value.lines().filter(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n");
            lsp::MarkupContent { kind: lsp::MarkupKind::PlainText, value: plain }
        }
    }
}
