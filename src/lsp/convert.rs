//! Bytes, paths and diagnostics in the protocol's words.

use super::client::Client;
use super::document::Document;
use super::uri::uri_of;
use crate::compile::Live;
use crate::diagnostics::{Diagnostic, Severity};
use crate::ide::{CompletionKind, Edits, Part, Snippet};
use crate::source::position::{self, Encoding};
use crate::source::{SourceFile, Span};
use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types as lsp;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A range of bytes as lines and columns.
pub(super) fn range(source: &SourceFile, bytes: &Range<usize>, encoding: Encoding) -> lsp::Range {
    lsp::Range { start: place(source, bytes.start, encoding), end: place(source, bytes.end, encoding) }
}

/// A byte as a line and a column.
pub(super) fn place(source: &SourceFile, byte: usize, encoding: Encoding) -> lsp::Position {
    let found = source.position(byte, encoding);
    lsp::Position { line: found.line, character: found.column }
}

/// A line and a column as a byte.
pub(super) fn byte(source: &SourceFile, at: lsp::Position, encoding: Encoding) -> usize {
    source.byte(position::Position { line: at.line, column: at.character }, encoding)
}

/// A range of lines and columns as bytes.
pub(super) fn bytes(source: &SourceFile, range: lsp::Range, encoding: Encoding) -> Range<usize> {
    let start = byte(source, range.start, encoding);
    start..byte(source, range.end, encoding).max(start)
}

/// The documents that are open, by their paths.
pub(super) type Documents = BTreeMap<Utf8PathBuf, Document>;

/// The address of a file, as the client writes it if it has the file open.
pub(super) fn address(documents: &Documents, path: &Utf8Path) -> lsp::Uri {
    match documents.get(path) {
        Some(document) => lsp::Uri(document.uri.clone()),
        None => uri_of(path),
    }
}

/// A diagnostic, with the path of its file.
pub(super) fn diagnostic(
    live: &Live,
    report: &Diagnostic,
    documents: &Documents,
    encoding: Encoding,
) -> Option<(Utf8PathBuf, lsp::Diagnostic)> {
    let map = live.map();
    let located = |span: Span| {
        let (file, bytes) = map.locate(span);
        (!map.is_builtin(span)).then(|| (live.path_of(file), range(map.file(file), &bytes, encoding)))
    };
    let (path, place) = match report.primary() {
        Some(span) => located(span)?,
        None => (live.path_of(live.file()), lsp::Range::default()),
    };
    let mut related = Vec::new();
    let mut message = report.title.clone();
    let primary = report.primary();
    for label in &report.labels {
        match located(label.span) {
            _ if label.text.is_empty() => {}
            _ if Some(label.span) == primary => message.push_str(&format!("\n{}", label.text)),
            Some((path, range)) => {
                let location = lsp::Location { uri: address(documents, &path), range };
                related.push(lsp::DiagnosticRelatedInformation { location, message: label.text.clone() });
            }
            None => {}
        }
    }
    for note in &report.notes {
        message.push_str(&format!("\nnote: {note}"));
    }
    for help in &report.helps {
        message.push_str(&format!("\nhelp: {}", help.text));
    }
    let severity = match report.severity {
        Severity::Error => lsp::DiagnosticSeverity::Error,
        Severity::Warning => lsp::DiagnosticSeverity::Warning,
    };
    Some((
        path,
        lsp::Diagnostic {
            range: place,
            severity: Some(severity),
            code: Some(lsp::Code::String(report.code.0.to_string())),
            source: Some("vmsc".to_owned()),
            message: lsp::Message::String(message),
            related_information: (!related.is_empty()).then_some(related),
            ..lsp::Diagnostic::default()
        },
    ))
}

/// Text with places to fill in, in the protocol's syntax.
pub(super) fn snippet(snippet: &Snippet) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}");
    let mut out = String::new();
    let mut next = 1;
    for part in &snippet.0 {
        match part {
            Part::Text(text) => out.push_str(&escaped(text)),
            Part::Place(text) => {
                out.push_str(&format!("${{{next}:{}}}", escaped(text)));
                next += 1;
            }
            Part::End => out.push_str("$0"),
        }
    }
    out
}

/// What a completion is.
pub(super) fn completion_kind(kind: CompletionKind) -> lsp::CompletionItemKind {
    match kind {
        CompletionKind::Field => lsp::CompletionItemKind::Field,
        CompletionKind::Record => lsp::CompletionItemKind::Struct,
        CompletionKind::Entry => lsp::CompletionItemKind::Property,
        CompletionKind::Value => lsp::CompletionItemKind::Value,
        CompletionKind::Word => lsp::CompletionItemKind::EnumMember,
        CompletionKind::Constant => lsp::CompletionItemKind::Constant,
        CompletionKind::Variable => lsp::CompletionItemKind::Variable,
        CompletionKind::Function => lsp::CompletionItemKind::Function,
        CompletionKind::File => lsp::CompletionItemKind::File,
        CompletionKind::Schema => lsp::CompletionItemKind::Class,
        CompletionKind::Type => lsp::CompletionItemKind::Interface,
        CompletionKind::Profile => lsp::CompletionItemKind::Module,
        CompletionKind::Keyword => lsp::CompletionItemKind::Keyword,
        CompletionKind::Snippet => lsp::CompletionItemKind::Snippet,
    }
}

/// Edits of files. With a `warning`, the client asks the person first, if it can.
pub(super) fn workspace_edit(
    edits: &Edits,
    texts: &dyn Fn(&Utf8Path) -> Option<SourceFile>,
    documents: &Documents,
    client: &Client,
    warning: Option<&str>,
) -> lsp::WorkspaceEdit {
    let mut changes: HashMap<lsp::Uri, Vec<lsp::TextEdit>> = HashMap::new();
    let mut versioned = Vec::new();
    let asks = client.annotations && warning.is_some();
    for (path, edits) in edits.files() {
        let Some(source) = texts(path) else { continue };
        let uri = address(documents, path);
        let edits = edits.iter().map(|(bytes, text)| lsp::TextEdit {
            range: range(&source, bytes, client.encoding),
            new_text: text.clone(),
        });
        let edits: Vec<lsp::TextEdit> = edits.collect();
        if client.versions {
            let one = |edit: lsp::TextEdit| match asks {
                true => lsp::Edit::AnnotatedTextEdit(lsp::AnnotatedTextEdit {
                    annotation_id: "rename".to_owned(),
                    text_edit: edit,
                }),
                false => lsp::Edit::TextEdit(edit),
            };
            versioned.push(lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit {
                text_document: lsp::OptionalVersionedTextDocumentIdentifier {
                    version: documents.get(path).map(|document| document.version),
                    text_document_identifier: lsp::TextDocumentIdentifier { uri },
                },
                edits: edits.into_iter().map(one).collect(),
            }));
        } else {
            changes.insert(uri, edits);
        }
    }
    let annotations = warning.filter(|_| asks && client.versions).map(|warning| {
        let annotation = lsp::ChangeAnnotation {
            label: warning.to_owned(),
            needs_confirmation: Some(true),
            description: None,
        };
        HashMap::from([("rename".to_owned(), annotation)])
    });
    lsp::WorkspaceEdit {
        changes: (!client.versions).then_some(changes),
        document_changes: client.versions.then_some(versioned),
        change_annotations: annotations,
    }
}
