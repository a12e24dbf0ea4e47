//! What the client can do, as far as vmsc asks.

use crate::source::position::Encoding;
use serde_json::Value;

/// The capabilities of a client that matter here.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// How it counts columns.
    pub(super) encoding: Encoding,
    /// Whether completions may have places to fill in.
    pub(super) snippets: bool,
    /// Whether it asks before it makes an edit with a warning.
    pub(super) annotations: bool,
    /// Whether it takes edits with versions.
    pub(super) versions: bool,
    /// Whether it watches files for the server.
    pub(super) watches: bool,
    /// Whether it shows Markdown.
    pub(super) markdown: bool,
    /// Whether it asks again for hints when told that they changed.
    pub(super) refreshes_hints: bool,
}

impl Default for Client {
    fn default() -> Client {
        Client {
            encoding: Encoding::Utf16,
            snippets: false,
            annotations: false,
            versions: false,
            watches: false,
            markdown: false,
            refreshes_hints: false,
        }
    }
}

impl Client {
    /// Reads what a client says of itself when it starts; anything else in there is ignored.
    pub(super) fn new(initialize: &Value) -> Client {
        let get = |path: &str| initialize.pointer(&format!("/capabilities/{path}"));
        let is = |path: &str| get(path).and_then(Value::as_bool).unwrap_or_default();
        let has = |path: &str, word: &str| {
            let list = get(path).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|one| one.as_str() == Some(word)))
        };
        Client {
            encoding: match has("general/positionEncodings", "utf-8") {
                true => Encoding::Utf8,
                false => Encoding::Utf16,
            },
            snippets: is("textDocument/completion/completionItem/snippetSupport"),
            annotations: get("workspace/workspaceEdit/changeAnnotationSupport").is_some(),
            versions: is("workspace/workspaceEdit/documentChanges"),
            watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
            markdown: has("textDocument/hover/contentFormat", "markdown"),
            refreshes_hints: is("workspace/inlayHint/refreshSupport"),
        }
    }
}
