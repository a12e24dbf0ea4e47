//! What the server can do.

use super::client::Client;
use super::commands;
use crate::source::position::Encoding;
use gen_lsp_types as lsp;

/// The classes of semantic tokens, in the order of their numbers.
pub(super) const CLASSES: &[&str] = &[
    "comment",
    "keyword",
    "string",
    "number",
    "operator",
    "property",
    "variable",
    "parameter",
    "function",
    "namespace",
    "type",
    "class",
    "struct",
    "decorator",
];

/// The modifiers of semantic tokens, in the order of their bits.
pub(super) const MODIFIERS: &[&str] = &["declaration", "defaultLibrary"];

/// The answer to `initialize`.
pub(super) fn capabilities(client: &Client) -> lsp::InitializeResult {
    let work_done_progress_options = lsp::WorkDoneProgressOptions::default;
    let encoding = match client.encoding {
        Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
        Encoding::Utf16 => lsp::PositionEncodingKind::UTF16,
    };
    let letters = |letters: &[&str]| Some(letters.iter().map(|letter| (*letter).to_owned()).collect());
    let moves = lsp::FileOperationRegistrationOptions {
        filters: vec![lsp::FileOperationFilter {
            scheme: Some("file".to_owned()),
            pattern: lsp::FileOperationPattern { glob: "**/*".to_owned(), matches: None, options: None },
        }],
    };
    let capabilities = lsp::ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(lsp::TextDocumentSync::Options(lsp::TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(lsp::TextDocumentSyncKind::Incremental),
            save: Some(lsp::Save::Bool(true)),
            ..lsp::TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: letters(&[".", "\"", "@", "/", "=", " "]),
            ..lsp::CompletionOptions::default()
        }),
        hover_provider: Some(true.into()),
        signature_help_provider: Some(lsp::SignatureHelpOptions {
            trigger_characters: letters(&["(", ","]),
            ..lsp::SignatureHelpOptions::default()
        }),
        definition_provider: Some(true.into()),
        type_definition_provider: Some(true.into()),
        implementation_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(lsp::CodeActionOptions {
            code_action_kinds: Some(vec![
                lsp::CodeActionKind::QuickFix,
                lsp::CodeActionKind::RefactorExtract,
                lsp::CodeActionKind::RefactorInline,
                lsp::CodeActionKind::RefactorRewrite,
                lsp::CodeActionKind::SourceFixAll,
            ]),
            ..lsp::CodeActionOptions::default()
        })),
        document_formatting_provider: Some(true.into()),
        document_range_formatting_provider: Some(true.into()),
        rename_provider: Some(lsp::RenameProvider::RenameOptions(lsp::RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: work_done_progress_options(),
        })),
        folding_range_provider: Some(true.into()),
        selection_range_provider: Some(true.into()),
        semantic_tokens_provider: Some(lsp::SemanticTokensProvider::SemanticTokensOptions(
            lsp::SemanticTokensOptions {
                legend: lsp::SemanticTokensLegend {
                    token_types: CLASSES.iter().map(|class| (*class).to_owned()).collect(),
                    token_modifiers: MODIFIERS.iter().map(|modifier| (*modifier).to_owned()).collect(),
                },
                range: Some(true.into()),
                full: Some(true.into()),
                work_done_progress_options: work_done_progress_options(),
            },
        )),
        inlay_hint_provider: Some(true.into()),
        execute_command_provider: Some(lsp::ExecuteCommandOptions {
            commands: commands::ALL.iter().map(|command| (*command).to_owned()).collect(),
            work_done_progress_options: work_done_progress_options(),
        }),
        workspace: Some(lsp::WorkspaceOptions {
            file_operations: Some(lsp::FileOperationOptions {
                will_rename: Some(moves),
                ..lsp::FileOperationOptions::default()
            }),
            ..lsp::WorkspaceOptions::default()
        }),
        ..lsp::ServerCapabilities::default()
    };
    lsp::InitializeResult {
        capabilities,
        server_info: Some(lsp::ServerInfo {
            name: "vmsc".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    }
}
