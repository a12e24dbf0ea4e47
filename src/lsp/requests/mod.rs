//! The answers to requests: [`completion`], [`hover`](mod@hover), [`names`], [`symbols`], [`actions`], [`shape`],
//! [`colors`].

mod actions;
mod colors;
mod completion;
mod hover;
mod names;
mod shape;
mod symbols;

use super::answer::{Answer, decoded};
use super::state::State;
use super::{commands, outputs};
use crate::ide;
use gen_lsp_types as lsp;
use lsp_server::ErrorCode;
use serde_json::Value;

/// Answers a request.
pub(super) fn answer(server: &mut State, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/completion" => completion::completion(server, decoded(params)?),
        "textDocument/hover" => hover::hover(server, decoded(params)?),
        "textDocument/signatureHelp" => completion::signature(server, decoded(params)?),
        "textDocument/definition" => names::definition(server, decoded(params)?, ide::definition),
        "textDocument/typeDefinition" => names::definition(server, decoded(params)?, ide::type_definition),
        "textDocument/implementation" => names::definition(server, decoded(params)?, ide::implementation),
        "textDocument/references" => names::references(server, decoded(params)?),
        "textDocument/documentHighlight" => names::highlights(server, decoded(params)?),
        "textDocument/documentSymbol" => symbols::document_symbols(server, decoded(params)?),
        "workspace/symbol" => symbols::workspace_symbols(server, decoded(params)?),
        "textDocument/codeAction" => actions::code_actions(server, decoded(params)?),
        "textDocument/formatting" => {
            let params: lsp::DocumentFormattingParams = decoded(params)?;
            shape::formatting(server, &params.text_document.uri, None)
        }
        "textDocument/rangeFormatting" => {
            let params: lsp::DocumentRangeFormattingParams = decoded(params)?;
            shape::formatting(server, &params.text_document.uri, Some(params.range))
        }
        "textDocument/prepareRename" => names::prepare_rename(server, decoded(params)?),
        "textDocument/rename" => names::rename(server, decoded(params)?),
        "textDocument/foldingRange" => shape::folding(server, decoded(params)?),
        "textDocument/selectionRange" => shape::selections(server, decoded(params)?),
        "textDocument/semanticTokens/full" => {
            let params: lsp::SemanticTokensParams = decoded(params)?;
            colors::tokens(server, &params.text_document.uri, None)
        }
        "textDocument/semanticTokens/range" => {
            let params: lsp::SemanticTokensRangeParams = decoded(params)?;
            colors::tokens(server, &params.text_document.uri, Some(params.range))
        }
        "textDocument/inlayHint" => colors::hints(server, decoded(params)?),
        "workspace/willRenameFiles" => names::moves(server, decoded(params)?),
        "workspace/executeCommand" => {
            let params: lsp::ExecuteCommandParams = decoded(params)?;
            commands::execute(server, &params).map_err(|why| (ErrorCode::RequestFailed, why))
        }
        "vmsc/outputs" => outputs::list(server, params),
        "vmsc/output" => outputs::one(server, params),
        "vmsc/lines" => outputs::lines(server, params),
        "vmsc/setting" => outputs::setting(server, params),
        other => Err((ErrorCode::MethodNotFound, format!("there is no request `{other}`"))),
    }
}
