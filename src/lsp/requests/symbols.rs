//! The declarations of a file and of all.

use crate::ide::{View, symbols};
use crate::lsp::answer::{Answer, encoded};
use crate::lsp::convert;
use crate::lsp::state::State;
use gen_lsp_types as lsp;
use serde_json::Value;
use std::collections::BTreeSet;

fn symbol_kind(kind: symbols::Kind) -> lsp::SymbolKind {
    match kind {
        symbols::Kind::File => lsp::SymbolKind::File,
        symbols::Kind::Constant => lsp::SymbolKind::Constant,
        symbols::Kind::Function => lsp::SymbolKind::Function,
        symbols::Kind::Type => lsp::SymbolKind::Interface,
        symbols::Kind::Schema => lsp::SymbolKind::Class,
        symbols::Kind::Stack => lsp::SymbolKind::Package,
        symbols::Kind::Profile => lsp::SymbolKind::Module,
        symbols::Kind::Test => lsp::SymbolKind::Event,
        symbols::Kind::Record => lsp::SymbolKind::Object,
        symbols::Kind::Field => lsp::SymbolKind::Field,
    }
}

pub(super) fn document_symbols(server: &mut State, params: lsp::DocumentSymbolParams) -> Answer {
    let path = server.path(&params.text_document.uri);
    let Some(view) = path.as_deref().and_then(|path| server.view(path)) else { return Ok(Value::Null) };
    let found: Vec<lsp::DocumentSymbol> =
        symbols::outline(view).into_iter().map(|one| document_symbol(server, view, one)).collect();
    encoded(found)
}

#[expect(deprecated, reason = "the struct has the field")]
fn document_symbol(server: &State, view: View<'_>, one: symbols::Symbol) -> lsp::DocumentSymbol {
    let range = |bytes| convert::range(view.source(), bytes, server.client.encoding);
    let children: Vec<lsp::DocumentSymbol> =
        one.children.into_iter().map(|child| document_symbol(server, view, child)).collect();
    lsp::DocumentSymbol {
        name: one.name,
        detail: None,
        kind: symbol_kind(one.kind),
        tags: None,
        deprecated: None,
        range: range(&one.range),
        selection_range: range(&one.name_range),
        children: Some(children),
    }
}

pub(super) fn workspace_symbols(server: &mut State, params: lsp::WorkspaceSymbolParams) -> Answer {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for root in server.workspace.roots() {
        for live in server.workspace.beside(&root.join("stacks.vms")) {
            for view in View::own(live).into_iter().flat_map(View::all) {
                let path = live.path_of(view.file);
                if !seen.insert(path.clone()) {
                    continue;
                }
                for one in symbols::find(view, &params.query) {
                    let range = convert::range(view.source(), &one.name_range, server.client.encoding);
                    let location = lsp::Location { uri: convert::address(&server.documents, &path), range };
                    found.push(lsp::WorkspaceSymbol {
                        location: location.into(),
                        data: None,
                        base_symbol_information: lsp::BaseSymbolInformation {
                            name: one.name,
                            kind: symbol_kind(one.kind),
                            tags: None,
                            container_name: None,
                        },
                    });
                }
            }
        }
    }
    encoded(found)
}
