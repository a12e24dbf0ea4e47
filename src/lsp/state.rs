//! What the server knows: open documents, their projects, what was published.

use super::calm::{Calm, PAUSE};
use super::client::Client;
use super::convert::{self, Documents};
use super::document::Document;
use super::schema;
use super::uri::path_of;
use crate::compile::Live;
use crate::diagnostics::Diagnostic;
use crate::ide::{Outputs, View};
use crate::project::workspace::{Workspace, is_stack};
use crate::semantics::stop::Stop;
use crate::source::SourceFile;
use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types as lsp;
use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a server that is running knows.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) client: Client,
    pub(super) workspace: Workspace,
    pub(super) documents: Documents,
    pub(super) stop: Stop,
    /// What is to be sent.
    out: Vec<Message>,
    /// Projects to evaluate, with when they were last changed.
    dirty: BTreeSet<Utf8PathBuf>,
    changed: BTreeMap<Utf8PathBuf, Duration>,
    calm: BTreeMap<Utf8PathBuf, Calm>,
    /// The planned outputs of stacks, until something changes.
    outputs: BTreeMap<Utf8PathBuf, Option<Outputs>>,
    /// The profiles that were chosen, by stack.
    profiles: BTreeMap<Utf8PathBuf, String>,
    /// Number of the last request to the client.
    asked: i32,
}

impl State {
    /// When [`State::tick`] has something to do.
    pub(super) fn deadline(&self) -> Option<Duration> {
        if !self.dirty.is_empty() {
            return Some(Duration::ZERO);
        }
        let waiting = self.calm.iter().filter(|(_, calm)| calm.waits());
        waiting.map(|(path, _)| self.pause_of(path)).min()
    }

    /// When the person has paused in the project of a file.
    fn pause_of(&self, path: &Utf8Path) -> Duration {
        let changed = self.changed.iter().filter(|(root, _)| path.starts_with(root));
        changed.map(|(_, at)| *at).max().map_or(Duration::ZERO, |at| at + PAUSE)
    }

    /// Does what waits: evaluates what changed, and publishes.
    pub(super) fn tick(&mut self, now: Duration) {
        while let Some(root) = self.dirty.first().cloned() {
            if self.workspace.evaluate(&root, &self.stop).is_err() {
                return;
            }
            self.dirty.remove(&root);
            self.update(&root);
        }
        let due: Vec<Utf8PathBuf> = self
            .calm
            .iter()
            .filter(|(path, calm)| calm.waits() && self.pause_of(path) <= now)
            .map(|(path, _)| path.clone())
            .collect();
        for path in due {
            let published = self.calm.get_mut(&path).and_then(Calm::publish);
            if let Some(diagnostics) = published {
                self.publish(&path, diagnostics);
            }
        }
        self.calm.retain(|_, calm| !calm.is_empty());
    }

    /// Takes what is wrong in a project now.
    fn update(&mut self, root: &Utf8Path) {
        let mut known: BTreeMap<Utf8PathBuf, Vec<lsp::Diagnostic>> = BTreeMap::new();
        for (live, report) in self.workspace.reports(root) {
            let found = convert::diagnostic(live, &report, &self.documents, self.client.encoding);
            let Some((path, diagnostic)) = found else { continue };
            let of_file = known.entry(path).or_default();
            // A library is checked with each stack that imports it.
            if !of_file.contains(&diagnostic) {
                of_file.push(diagnostic);
            }
        }
        let before = self.calm.keys().filter(|path| self.belongs(path, root)).cloned();
        let paths: BTreeSet<Utf8PathBuf> = before.chain(known.keys().cloned()).collect();
        for path in paths {
            let of_file = known.remove(&path).unwrap_or_default();
            let published = self.calm.entry(path.clone()).or_default().update(of_file);
            if let Some(diagnostics) = published {
                self.publish(&path, diagnostics);
            }
        }
    }

    fn belongs(&self, path: &Utf8Path, root: &Utf8Path) -> bool {
        let roots = self.workspace.roots();
        let nearest =
            roots.iter().filter(|known| path.starts_with(known)).max_by_key(|known| known.as_str().len());
        path.starts_with(root) && nearest.is_none_or(|nearest| nearest == root)
    }

    fn publish(&mut self, path: &Utf8Path, diagnostics: Vec<lsp::Diagnostic>) {
        let params = lsp::PublishDiagnosticsParams {
            uri: convert::address(&self.documents, path),
            version: self.documents.get(path).map(|document| document.version),
            diagnostics,
        };
        self.notify("textDocument/publishDiagnostics", &params);
    }

    /// Sends a message.
    pub(super) fn send(&mut self, message: Message) {
        self.out.push(message);
    }

    /// Takes what is to be sent.
    pub(super) fn sent(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.out)
    }

    pub(super) fn notify(&mut self, method: &str, params: &impl serde::Serialize) {
        let params = serde_json::to_value(params).unwrap_or_default();
        self.out.push(Message::Notification(Notification { method: method.to_owned(), params }));
    }

    /// Asks the client for something whose answer does not matter.
    pub(super) fn ask(&mut self, method: &str, params: Value) {
        self.asked += 1;
        let id = self.asked.into();
        self.out.push(Message::Request(Request { id, method: method.to_owned(), params }));
    }

    /// Shows the person a message.
    pub(super) fn show(&mut self, kind: lsp::MessageType, message: &str) {
        let params = lsp::ShowMessageParams { kind, message: message.to_owned() };
        self.notify("window/showMessage", &params);
    }

    /// Has the client say when files change on disk.
    pub(super) fn watch(&mut self) {
        if self.client.watches {
            let watchers = ["**/*.vms", "**/*.{yaml,yml,json}", "**/vmsc.owned"];
            let watchers: Vec<Value> = watchers.iter().map(|glob| json!({ "globPattern": glob })).collect();
            let registration = json!({
                "id": "files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": { "watchers": watchers },
            });
            self.ask("client/registerCapability", json!({ "registrations": [registration] }));
        }
    }

    pub(super) fn open(&mut self, document: lsp::TextDocumentItem) {
        let Some(path) = self.path(&document.uri).filter(|path| !schema::is_ours(path)) else { return };
        self.workspace.set(&path, &document.text);
        let source = SourceFile::new(path.as_str(), document.text);
        let (uri, version) = (document.uri.0, document.version);
        self.documents.insert(path.clone(), Document { uri, path: path.clone(), version, source });
        self.touched(&path);
    }

    pub(super) fn change(&mut self, params: lsp::DidChangeTextDocumentParams, now: Duration) {
        let uri = &params.text_document.text_document_identifier.uri;
        let Some(path) = self.path(uri) else { return };
        let Some(document) = self.documents.get_mut(&path) else { return };
        document.version = params.text_document.version;
        let changed = document.change(params.content_changes, self.client.encoding);
        self.workspace.set(&path, &document.source.text);
        if let Some(calm) = self.calm.get_mut(&path) {
            changed.into_iter().for_each(|changed| calm.change(changed));
        }
        let root = self.touched(&path);
        self.changed.insert(root, now);
    }

    pub(super) fn close(&mut self, uri: &lsp::Uri) {
        let Some(path) = self.path(uri) else { return };
        if self.documents.remove(&path).is_none() {
            return;
        }
        let root = Workspace::root_of(&path);
        self.workspace.close(&path);
        self.touched(&path);
        if !self.workspace.roots().contains(&root) {
            // Nobody has the project open any more.
            self.dirty.remove(&root);
            self.changed.remove(&root);
            let gone: Vec<Utf8PathBuf> =
                self.calm.keys().filter(|path| path.starts_with(&root)).cloned().collect();
            for path in gone {
                if let Some(published) = self.calm.remove(&path).and_then(|mut calm| calm.update(Vec::new()))
                {
                    self.publish(&path, published);
                }
            }
        }
    }

    /// Reads all open documents and their projects again, after a mistake of our own.
    pub(super) fn recover(&mut self) {
        self.workspace = Workspace::default();
        self.outputs.clear();
        let texts: Vec<(Utf8PathBuf, String)> =
            self.documents.values().map(|one| (one.path.clone(), one.source.text.clone())).collect();
        for (path, text) in texts {
            self.workspace.set(&path, &text);
        }
        self.dirty.extend(self.workspace.roots());
    }

    /// Leaves what changed unevaluated until it changes again.
    pub(super) fn rest(&mut self) {
        self.dirty.clear();
    }

    /// Looks at the disk again.
    pub(super) fn look_again(&mut self) {
        self.workspace.refresh();
        self.outputs.clear();
        self.dirty.extend(self.workspace.roots());
    }

    /// Remembers that the project of a file changed; returns its root.
    fn touched(&mut self, path: &Utf8Path) -> Utf8PathBuf {
        let root = Workspace::root_of(path);
        self.outputs.clear();
        self.dirty.insert(root.clone());
        root
    }

    /// The path of an address, with links resolved; `None` if it is no file's.
    pub(super) fn path(&self, uri: &lsp::Uri) -> Option<Utf8PathBuf> {
        let known = self.documents.values().find(|document| document.uri == uri.0);
        match known {
            Some(document) => Some(document.path.clone()),
            None => Workspace::path_of(&path_of(&uri.0)?),
        }
    }

    /// Some document that is open.
    pub(super) fn any_document(&self) -> Option<Utf8PathBuf> {
        self.documents.keys().find(|path| is_stack(path)).cloned()
    }

    /// The file at an address as a feature sees it.
    pub(super) fn view(&self, path: &Utf8Path) -> Option<View<'_>> {
        View::own(self.workspace.live(path)?)
    }

    /// Evaluates the stack of a file, if that was not done.
    pub(super) fn evaluate(&mut self, path: &Utf8Path) {
        let _ = self.workspace.evaluated(path, &Stop::default());
    }

    /// The stacks of the project of a file.
    pub(super) fn stacks(&self, path: &Utf8Path) -> Vec<&Live> {
        self.workspace.beside(path)
    }

    /// A file's text, open or not.
    pub(super) fn source(&self, path: &Utf8Path) -> Option<SourceFile> {
        let text = match self.documents.get(path) {
            Some(document) => document.source.text.clone(),
            None => self.workspace.text(path)?,
        };
        Some(SourceFile::new(path.as_str(), text))
    }

    /// What is wrong in a stack's files, as it was last evaluated.
    pub(super) fn reports(&self, path: &Utf8Path) -> Vec<Diagnostic> {
        let outcome = self.workspace.live(path).and_then(Live::outcome);
        outcome.map(|outcome| outcome.reports.clone()).unwrap_or_default()
    }

    /// The planned outputs of the stack of a file: of its own, or of one that imports it.
    pub(super) fn outputs(&mut self, path: &Utf8Path) -> Option<&Outputs> {
        let stack = self.workspace.stack_of(path)?;
        if !self.outputs.contains_key(&stack) {
            let planned = self.workspace.live(&stack).and_then(Outputs::new);
            self.outputs.insert(stack.clone(), planned);
        }
        self.outputs.get(&stack)?.as_ref()
    }

    /// The planned outputs, if they were planned since the last change.
    pub(super) fn planned(&self, path: &Utf8Path) -> Option<&Outputs> {
        let stack = self.workspace.stack_of(path)?;
        self.outputs.get(&stack)?.as_ref()
    }

    /// Chooses the profile whose values are shown.
    pub(super) fn choose_profile(&mut self, path: &Utf8Path, profile: Option<String>) {
        match profile {
            Some(profile) => self.profiles.insert(path.to_owned(), profile),
            None => self.profiles.remove(path),
        };
        if self.client.refreshes_hints {
            self.ask("workspace/inlayHint/refresh", Value::Null);
        }
    }

    /// The profile that was chosen for a stack.
    pub(super) fn profile(&self, path: &Utf8Path) -> Option<&str> {
        self.profiles.get(path).map(String::as_str)
    }
}
