//! How a file is laid out: formatting, folding, selections.

use crate::ide;
use crate::lsp::answer::{Answer, encoded};
use crate::lsp::convert;
use crate::lsp::state::State;
use gen_lsp_types as lsp;
use serde_json::Value;

pub(super) fn formatting(server: &mut State, uri: &lsp::Uri, range: Option<lsp::Range>) -> Answer {
    let path = server.path(uri);
    let Some(view) = path.as_deref().and_then(|path| server.view(path)) else { return Ok(Value::Null) };
    let encoding = server.client.encoding;
    let within = range.map(|range| convert::bytes(view.source(), range, encoding));
    let edits = ide::formatting(view, within.as_ref()).into_iter().map(|(bytes, new_text)| lsp::TextEdit {
        range: convert::range(view.source(), &bytes, encoding),
        new_text,
    });
    encoded(edits.collect::<Vec<_>>())
}

pub(super) fn folding(server: &mut State, params: lsp::FoldingRangeParams) -> Answer {
    let path = server.path(&params.text_document.uri);
    let Some(view) = path.as_deref().and_then(|path| server.view(path)) else { return Ok(Value::Null) };
    let folds = ide::folds(view).into_iter().map(|fold| {
        let range = convert::range(view.source(), &fold.range, server.client.encoding);
        // The line of the closer stays.
        let end_line = if fold.is_comment { range.end.line } else { range.end.line.saturating_sub(1) };
        lsp::FoldingRange {
            start_line: range.start.line,
            start_character: None,
            end_line: end_line.max(range.start.line),
            end_character: None,
            kind: fold.is_comment.then_some(lsp::FoldingRangeKind::Comment),
            collapsed_text: None,
        }
    });
    encoded(folds.filter(|fold| fold.end_line > fold.start_line).collect::<Vec<_>>())
}

pub(super) fn selections(server: &mut State, params: lsp::SelectionRangeParams) -> Answer {
    let path = server.path(&params.text_document.uri);
    let Some(view) = path.as_deref().and_then(|path| server.view(path)) else { return Ok(Value::Null) };
    let encoding = server.client.encoding;
    let one = |position: &lsp::Position| {
        let byte = convert::byte(view.source(), *position, encoding);
        let ranges = ide::selections(view, byte).into_iter().rev();
        let ranges = ranges.map(|bytes| convert::range(view.source(), &bytes, encoding));
        let nested = ranges
            .fold(None, |parent, range| Some(lsp::SelectionRange { range, parent: parent.map(Box::new) }));
        nested.unwrap_or(lsp::SelectionRange {
            range: lsp::Range { start: *position, end: *position },
            parent: None,
        })
    };
    encoded(params.positions.iter().map(one).collect::<Vec<_>>())
}
