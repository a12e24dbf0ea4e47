//! What the answers to requests have in common.

use super::convert;
use super::state::State;
use crate::ide::{Edits, View};
use camino::Utf8PathBuf;
use gen_lsp_types as lsp;
use lsp_server::ErrorCode;
use serde::Serialize;
use serde_json::Value;

/// An answer, or why there is none.
pub(super) type Answer = Result<Value, (ErrorCode, String)>;

/// Reads the parameters of a request.
pub(super) fn decoded<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(malformed)
}

/// Parameters that are not as they should be.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` has it")]
pub(super) fn malformed(error: serde_json::Error) -> (ErrorCode, String) {
    (ErrorCode::InvalidParams, error.to_string())
}

pub(super) fn encoded(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

/// The file and the byte that a request is about.
pub(super) struct At<'s> {
    pub(super) path: Utf8PathBuf,
    pub(super) view: View<'s>,
    pub(super) byte: usize,
}

pub(super) fn at<'s>(server: &'s State, place: &lsp::TextDocumentPositionParams) -> Option<At<'s>> {
    let path = server.path(&place.text_document.uri)?;
    let view = server.view(&path)?;
    let byte = convert::byte(view.source(), place.position, server.client.encoding);
    Some(At { path, view, byte })
}

/// Edits of files in the protocol's words, with a warning if they have consequences.
pub(super) fn workspace_edit(server: &State, edits: &Edits, warning: Option<&str>) -> lsp::WorkspaceEdit {
    convert::workspace_edit(edits, &|path| server.source(path), &server.documents, &server.client, warning)
}
