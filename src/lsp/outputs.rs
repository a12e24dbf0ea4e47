//! Requests of vmsc's own, about the outputs of a stack.
//!
//! - `vmsc/outputs` `{ uri }`: the files that a build writes for the stack: `[{ path, uri, changes }]`.
//! - `vmsc/output` `{ uri, path }`: one of them as it would be, with the setting of each line that has one:
//!   `{ text, lines: [{ line, setting, location }] }`.
//! - `vmsc/lines` `{ uri, position }`: the lines that change with the setting at a place of the stack:
//!   `[{ path, lines }]`.
//! - `vmsc/setting` `{ uri, line }`: where the setting of a line of an output file is given: `[{ setting,
//!   location }]`.
//!
//! Lines are counted from 0. All are null for a stack with errors.

use super::answer::{Answer, malformed};
use super::convert;
use super::state::State;
use super::uri::uri_of;
use crate::ide::{Place, mention_at};
use crate::project::workspace::{Workspace, is_stack};
use crate::source::SourceFile;
use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types as lsp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct OfStack {
    uri: lsp::Uri,
}

#[derive(Deserialize)]
struct OfOutput {
    uri: lsp::Uri,
    path: String,
}

#[derive(Deserialize)]
struct AtPlace {
    uri: lsp::Uri,
    position: lsp::Position,
}

#[derive(Deserialize)]
struct AtLine {
    uri: lsp::Uri,
    line: usize,
}

pub(super) fn list(server: &mut State, params: Value) -> Answer {
    let OfStack { uri } = serde_json::from_value(params).map_err(malformed)?;
    let Some(outputs) = server.path(&uri).and_then(|path| server.outputs(&path)) else {
        return Ok(Value::Null);
    };
    let list = outputs.list();
    let list = list
        .iter()
        .map(|output| json!({ "path": output.path, "uri": uri_of(&output.full), "changes": output.changes }));
    Ok(list.collect())
}

pub(super) fn one(server: &mut State, params: Value) -> Answer {
    let OfOutput { uri, path } = serde_json::from_value(params).map_err(malformed)?;
    let Some(stack) = server.path(&uri) else { return Ok(Value::Null) };
    let Some(outputs) = server.outputs(&stack) else { return Ok(Value::Null) };
    let Some(text) = outputs.text(&path).map(str::to_owned) else { return Ok(Value::Null) };
    let lines = outputs.all_settings(&path);
    // Positions are found file by file.
    let mut sources: BTreeMap<Utf8PathBuf, Option<SourceFile>> = BTreeMap::new();
    let lines: Vec<Value> = lines
        .into_iter()
        .map(|(line, setting, place)| {
            let location = place.and_then(|place| {
                let source = sources
                    .entry(place.file.clone())
                    .or_insert_with(|| server.source(&place.file))
                    .as_ref()?;
                let range = convert::range(source, &place.range, server.client.encoding);
                Some(lsp::Location { uri: convert::address(&server.documents, &place.file), range })
            });
            json!({ "line": line, "setting": setting, "location": location })
        })
        .collect();
    Ok(json!({ "text": text, "lines": lines }))
}

pub(super) fn lines(server: &mut State, params: Value) -> Answer {
    let AtPlace { uri, position } = serde_json::from_value(params).map_err(malformed)?;
    let Some(path) = server.path(&uri) else { return Ok(Value::Null) };
    let setting = server.view(&path).and_then(|view| {
        let byte = convert::byte(view.source(), position, server.client.encoding);
        crate::ide::setting_at(view, byte).or_else(|| mention_at(view, byte)?.setting)
    });
    let Some(setting) = setting else { return Ok(json!([])) };
    let Some(outputs) = server.outputs(&path) else { return Ok(Value::Null) };
    let reached = outputs.reached(&setting);
    Ok(reached.into_iter().map(|(path, lines)| json!({ "path": path, "lines": lines })).collect())
}

pub(super) fn setting(server: &mut State, params: Value) -> Answer {
    let AtLine { uri, line } = serde_json::from_value(params).map_err(malformed)?;
    let Some(path) = server.path(&uri) else { return Ok(Value::Null) };
    let found = settings_of_line(server, &path, line);
    let found = found.into_iter().map(|(setting, place)| {
        json!({ "setting": setting, "location": place.and_then(|place| location(server, &place)) })
    });
    Ok(found.collect())
}

/// The settings that a line of a file comes from, if a stack of its project writes it.
pub(super) fn settings_of_line(
    server: &mut State,
    path: &Utf8Path,
    line: usize,
) -> Vec<(String, Option<Place>)> {
    let root = Workspace::root_of(path);
    server.workspace.open_root(&root);
    let stacks = server.stacks(path).into_iter().map(|live| live.path_of(live.file()));
    let stacks: Vec<Utf8PathBuf> = stacks.filter(|stack| is_stack(stack)).collect();
    for stack in stacks {
        let Some(outputs) = server.outputs(&stack) else { continue };
        let written = outputs.list().into_iter().find(|output| output.full == path);
        let Some(output) = written else { continue };
        // The file may not be as it would be written: the line is found by its text.
        let settings = outputs.settings(&output.path, line);
        if !settings.is_empty() {
            return settings;
        }
    }
    Vec::new()
}

/// A place in the protocol's words.
pub(super) fn location(server: &State, place: &Place) -> Option<lsp::Location> {
    let source = server.source(&place.file)?;
    let range = convert::range(&source, &place.range, server.client.encoding);
    Some(lsp::Location { uri: convert::address(&server.documents, &place.file), range })
}
