//! Semantic tokens and inlay hints.

use crate::ide::{self, Class};
use crate::lsp::answer::{Answer, encoded};
use crate::lsp::capabilities::CLASSES;
use crate::lsp::convert;
use crate::lsp::state::State;
use gen_lsp_types as lsp;
use serde_json::Value;

fn class_number(class: Class) -> u32 {
    let name = match class {
        Class::Comment => "comment",
        Class::Keyword => "keyword",
        Class::String => "string",
        Class::Number => "number",
        Class::Operator => "operator",
        Class::Property => "property",
        Class::Variable => "variable",
        Class::Parameter => "parameter",
        Class::Function => "function",
        Class::Namespace => "namespace",
        Class::Type => "type",
        Class::Schema => "class",
        Class::Layer => "struct",
        Class::Annotation => "decorator",
    };
    let at = CLASSES.iter().position(|known| *known == name).unwrap_or_default();
    u32::try_from(at).unwrap_or_default()
}

pub(super) fn tokens(server: &mut State, uri: &lsp::Uri, range: Option<lsp::Range>) -> Answer {
    let path = server.path(uri);
    let Some(view) = path.as_deref().and_then(|path| server.view(path)) else { return Ok(Value::Null) };
    let encoding = server.client.encoding;
    let within = range.map(|range| convert::bytes(view.source(), range, encoding));
    let mut last = lsp::Position::default();
    let mut data = Vec::new();
    for token in ide::tokens(view, within) {
        let range = convert::range(view.source(), &token.range, encoding);
        let start = range.start;
        let delta_line = start.line - last.line;
        let delta_start = if delta_line == 0 { start.character - last.character } else { start.character };
        data.push(lsp::SemanticToken {
            delta_line,
            delta_start,
            length: range.end.character - start.character,
            token_type: class_number(token.kind),
            token_modifiers_bitset: u32::from(token.declares) | u32::from(token.builtin) << 1,
        });
        last = start;
    }
    encoded(lsp::SemanticTokens { result_id: None, data })
}

pub(super) fn hints(server: &mut State, params: lsp::InlayHintParams) -> Answer {
    let Some(path) = server.path(&params.text_document.uri) else { return Ok(Value::Null) };
    server.evaluate(&path);
    let Some(view) = server.view(&path) else { return Ok(Value::Null) };
    let encoding = server.client.encoding;
    let within = convert::bytes(view.source(), params.range, encoding);
    let hints = ide::hints(view, &within, server.profile(&path)).into_iter().map(|hint| lsp::InlayHint {
        position: convert::place(view.source(), hint.at, encoding),
        label: lsp::Label::String(hint.text),
        kind: hint.is_type.then_some(lsp::InlayHintKind::Type),
        text_edits: None,
        tooltip: None,
        padding_left: None,
        padding_right: None,
        data: None,
    });
    encoded(hints.collect::<Vec<_>>())
}
