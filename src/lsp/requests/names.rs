//! Where names are declared and used, and renaming them.

use crate::ide::{self, Edits, Target, View};
use crate::lsp::answer::{Answer, At, at, encoded, workspace_edit};
use crate::lsp::state::State;
use crate::lsp::uri::{path_of, uri_of};
use crate::lsp::{convert, outputs, schema};
use crate::project::workspace::{Workspace, is_stack};
use camino::Utf8PathBuf;
use gen_lsp_types as lsp;
use lsp_server::ErrorCode;
use serde_json::Value;

pub(super) fn definition(
    server: &mut State,
    params: lsp::DefinitionParams,
    find: fn(View<'_>, usize) -> Vec<Target>,
) -> Answer {
    let place = params.text_document_position_params;
    let Some(path) = server.path(&place.text_document.uri) else { return Ok(Value::Null) };
    if !is_stack(&path) {
        // A line of an output leads to its setting.
        let line = place.position.line as usize;
        let found = outputs::settings_of_line(server, &path, line).into_iter().find_map(|(_, place)| place);
        let location = found.and_then(|place| outputs::location(server, &place));
        return encoded(location);
    }
    let Some(At { view, byte, .. }) = at(server, &place) else { return Ok(Value::Null) };
    let targets = find(view, byte);
    let locations: Vec<lsp::Location> =
        targets.iter().filter_map(|target| location(server, view, target)).collect();
    encoded(locations)
}

/// A place in a file of a stack; vmsc's own files are laid down where an editor can open them.
fn location(server: &State, view: View<'_>, target: &Target) -> Option<lsp::Location> {
    let source = view.map().file(target.file);
    let range = convert::range(source, &target.range, server.client.encoding);
    let uri = match view.map().is_builtin_file(target.file) {
        true => uri_of(&schema::laid_down(source)?),
        false => convert::address(&server.documents, &view.live.path_of(target.file)),
    };
    Some(lsp::Location { uri, range })
}

pub(super) fn references(server: &mut State, params: lsp::ReferenceParams) -> Answer {
    let Some(At { path, view, byte }) = at(server, &params.text_document_position_params) else {
        return Ok(Value::Null);
    };
    let stacks = server.stacks(&path);
    let found = ide::references(view, byte, &stacks).into_iter();
    let found = found.filter(|one| params.context.include_declaration || !one.declares);
    let locations: Vec<lsp::Location> =
        found.filter_map(|one| outputs::location(server, &one.place)).collect();
    encoded(locations)
}

pub(super) fn highlights(server: &mut State, params: lsp::DocumentHighlightParams) -> Answer {
    let Some(At { path, view, byte }) = at(server, &params.text_document_position_params) else {
        return Ok(Value::Null);
    };
    let found = ide::references(view, byte, &[view.live]).into_iter();
    let found = found.filter(|one| one.place.file == path).map(|one| lsp::DocumentHighlight {
        range: convert::range(view.source(), &one.place.range, server.client.encoding),
        kind: Some(match one.writes {
            true => lsp::DocumentHighlightKind::Write,
            false => lsp::DocumentHighlightKind::Read,
        }),
    });
    encoded(found.collect::<Vec<_>>())
}

pub(super) fn prepare_rename(server: &mut State, params: lsp::PrepareRenameParams) -> Answer {
    let Some(At { view, byte, .. }) = at(server, &params.text_document_position_params) else {
        return Ok(Value::Null);
    };
    match ide::prepare(view, byte) {
        Ok((bytes, placeholder)) => {
            let range = convert::range(view.source(), &bytes, server.client.encoding);
            encoded(lsp::PrepareRenamePlaceholder { range, placeholder })
        }
        Err(why) => Err((ErrorCode::RequestFailed, why)),
    }
}

pub(super) fn rename(server: &mut State, params: lsp::RenameParams) -> Answer {
    let Some(At { path, view, byte }) = at(server, &params.text_document_position_params) else {
        return Ok(Value::Null);
    };
    let renamed = ide::rename(view, byte, &params.new_name, &server.stacks(&path));
    let renamed = renamed.map_err(|why| (ErrorCode::RequestFailed, why))?;
    match (&renamed.consequence, server.client.annotations) {
        (Some(consequence), false) => {
            let edit = workspace_edit(server, &renamed.edits, None);
            // A client that can't ask is told.
            let consequence = consequence.clone();
            server.show(lsp::MessageType::Warning, &consequence);
            encoded(edit)
        }
        (warning, _) => encoded(workspace_edit(server, &renamed.edits, warning.as_deref())),
    }
}

pub(super) fn moves(server: &mut State, params: lsp::RenameFilesParams) -> Answer {
    let moved = params.files.iter().filter_map(|file| {
        let old = path_of(&file.old_uri.0)?;
        let old = Workspace::path_of(&old)?;
        let new = path_of(&file.new_uri.0)?;
        let new = Workspace::path_of(&new).unwrap_or(new);
        Some((old, new))
    });
    let moved: Vec<(Utf8PathBuf, Utf8PathBuf)> = moved.collect();
    let mut edits = Edits::default();
    for (old, _) in &moved {
        let root = Workspace::root_of(old);
        server.workspace.open_root(&root);
        let stacks = server.stacks(&root.join("stacks.vms"));
        edits = ide::moves(&stacks, &moved);
        if !edits.is_empty() {
            break;
        }
    }
    match edits.is_empty() {
        true => Ok(Value::Null),
        false => encoded(workspace_edit(server, &edits, None)),
    }
}
