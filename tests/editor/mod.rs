//! A client of the language server, in this process, with a clock that the test holds.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
#![allow(dead_code)]

use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vmsc::lsp::Server;

/// A position: line and column, from 0, in UTF-16 units or bytes.
pub type Place = (u32, u32);

/// A server and what its client knows.
pub struct Editor {
    pub server: Server,
    pub now: Duration,
    pub texts: BTreeMap<String, String>,
    versions: i32,
    asked: i32,
    /// What was published last, by address.
    pub diagnostics: BTreeMap<String, Vec<Value>>,
    /// What the server said besides.
    pub said: Vec<Notification>,
    utf8: bool,
}

impl Editor {
    /// A client that counts in UTF-16 units and can do everything.
    pub fn new() -> Editor {
        Editor::with(&["utf-16"])
    }

    /// A client that counts in one of these units.
    pub fn with(encodings: &[&str]) -> Editor {
        let mut editor = Editor {
            server: Server::default(),
            now: Duration::ZERO,
            texts: BTreeMap::new(),
            versions: 0,
            asked: 0,
            diagnostics: BTreeMap::new(),
            said: Vec::new(),
            utf8: encodings.contains(&"utf-8"),
        };
        let started = editor.ask("initialize", initialize(encodings)).unwrap();
        assert_eq!(started["serverInfo"]["name"], "vmsc");
        editor.tell("initialized", json!({}));
        editor
    }

    fn take(&mut self, messages: Vec<Message>) -> Option<lsp_server::Response> {
        let mut answer = None;
        for message in messages {
            match message {
                Message::Response(response) => answer = Some(response),
                Message::Notification(notification) => {
                    if notification.method == "textDocument/publishDiagnostics" {
                        let params = notification.params;
                        let uri = params["uri"].as_str().unwrap().to_owned();
                        let diagnostics = params["diagnostics"].as_array().unwrap().clone();
                        self.diagnostics.insert(uri, diagnostics);
                    } else {
                        self.said.push(notification);
                    }
                }
                Message::Request(_) => {}
            }
        }
        answer
    }

    /// Sends a request; returns its answer or its error.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.asked += 1;
        let request = Request { id: self.asked.into(), method: method.to_owned(), params };
        let messages = self.server.handle(Message::Request(request), self.now);
        let response = self.take(messages).expect("every request is answered");
        response.response_result.map_err(|error| error.message)
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        let notification = Notification { method: method.to_owned(), params };
        let messages = self.server.handle(Message::Notification(notification), self.now);
        self.take(messages);
    }

    /// Opens a file with a text.
    pub fn open(&mut self, path: &Path, text: &str) -> String {
        let uri = uri(path);
        self.texts.insert(uri.clone(), text.to_owned());
        self.versions += 1;
        let document = json!({ "uri": uri, "languageId": "vms", "version": self.versions, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        uri
    }

    /// Replaces bytes of a file's text.
    pub fn edit(&mut self, uri: &str, bytes: std::ops::Range<usize>, with: &str) {
        let text = &self.texts[uri];
        let range =
            json!({ "start": self.position(text, bytes.start), "end": self.position(text, bytes.end) });
        let mut after = text.clone();
        after.replace_range(bytes, with);
        self.texts.insert(uri.to_owned(), after);
        self.versions += 1;
        self.tell(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": self.versions },
                "contentChanges": [{ "range": range, "text": with }],
            }),
        );
    }

    /// Does what waits now.
    pub fn work(&mut self) {
        while self.server.deadline().is_some_and(|deadline| deadline <= self.now) {
            let messages = self.server.tick(self.now);
            self.take(messages);
        }
    }

    /// Lets time pass, with what is to be done in it.
    pub fn wait(&mut self, time: Duration) {
        self.work();
        self.now += time;
        self.work();
    }

    /// Waits until the server has nothing to do.
    pub fn idle(&mut self) {
        while let Some(deadline) = self.server.deadline() {
            self.now = self.now.max(deadline);
            let messages = self.server.tick(self.now);
            self.take(messages);
        }
    }

    /// A byte of a text as the client counts.
    pub fn position(&self, text: &str, byte: usize) -> Value {
        let line = text[..byte].matches('\n').count();
        let start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
        let column = match self.utf8 {
            true => byte - start,
            false => text[start..byte].encode_utf16().count(),
        };
        json!({ "line": line, "character": column })
    }

    /// A position as a byte.
    pub fn byte(&self, text: &str, position: &Value) -> usize {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let column = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut units = 0;
        for (at, c) in text[start..].char_indices() {
            if units >= column || c == '\n' {
                return start + at;
            }
            units += if self.utf8 { c.len_utf8() } else { c.len_utf16() };
        }
        text.len()
    }

    /// Asks about a byte of a file.
    pub fn at(&mut self, method: &str, uri: &str, byte: usize, more: Value) -> Result<Value, String> {
        let position = self.position(&self.texts[uri], byte);
        let mut params = json!({ "textDocument": { "uri": uri }, "position": position });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ask(method, params)
    }

    /// The completions at a byte.
    pub fn complete(&mut self, uri: &str, byte: usize) -> Vec<Value> {
        let found = self.at("textDocument/completion", uri, byte, json!({})).unwrap();
        found["items"].as_array().cloned().unwrap_or_default()
    }

    /// The text with a list of edits applied.
    pub fn applied(&self, text: &str, edits: &[Value]) -> String {
        let mut edits: Vec<(usize, usize, String)> = edits
            .iter()
            .map(|edit| {
                let range = &edit["range"];
                let start = self.byte(text, &range["start"]);
                (start, self.byte(text, &range["end"]), edit["newText"].as_str().unwrap().to_owned())
            })
            .collect();
        edits.sort();
        let mut text = text.to_owned();
        for (start, end, with) in edits.into_iter().rev() {
            text.replace_range(start..end, &with);
        }
        text
    }

    /// The edits of a workspace edit, by address.
    pub fn edits_of(edit: &Value) -> BTreeMap<String, Vec<Value>> {
        let mut found = BTreeMap::new();
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            let uri = change["textDocument"]["uri"].as_str().unwrap().to_owned();
            found.insert(uri, change["edits"].as_array().unwrap().clone());
        }
        for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
            found.insert(uri.clone(), edits.as_array().unwrap().clone());
        }
        found
    }
}

/// What a client that can do everything says when it starts.
pub fn initialize(encodings: &[&str]) -> Value {
    json!({
        "processId": null,
        "rootUri": null,
        "capabilities": {
            "general": { "positionEncodings": encodings },
            "textDocument": {
                "completion": { "completionItem": { "snippetSupport": true } },
                "hover": { "contentFormat": ["markdown"] },
            },
            "workspace": {
                "workspaceEdit": { "documentChanges": true, "changeAnnotationSupport": {} },
            },
        },
    })
}

/// The address of a file.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.to_str().unwrap())
}

/// An empty project in a temporary folder.
pub struct Room {
    pub folder: tempfile::TempDir,
}

impl Room {
    pub fn new() -> Room {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        std::fs::create_dir_all(folder.path().join("stacks")).unwrap();
        Room { folder }
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    pub fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// What `vmsc check` reports, one line each: file, bytes, severity, code and title; sorted, each once.
pub fn checked(root: &Path, arguments: &[&str]) -> Vec<String> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_vmsc"))
        .args(["check", "--message-format", "json", "--max-errors", "100000", "--root"])
        .arg(root)
        .args(arguments)
        .current_dir(root)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut found = Vec::new();
    for line in text.lines() {
        let report: Value = serde_json::from_str(line).unwrap();
        let labels = report["labels"].as_array().unwrap();
        let primary = labels.iter().find(|label| label["primary"] == true).or(labels.first());
        let place = primary.map(|label| {
            let file = label["file"].as_str().unwrap();
            format!("{file}:{}..{}", label["start"]["byte"], label["end"]["byte"])
        });
        let words = ["severity", "code", "title"].map(|key| report[key].as_str().unwrap().to_owned());
        found.push(format!("{} {}", place.unwrap_or_default(), words.join(" ")));
    }
    found.sort();
    found.dedup();
    found
}

impl Editor {
    /// What was published, as [`checked`] has it.
    pub fn published(&self, root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for (uri, diagnostics) in &self.diagnostics {
            let path = uri.strip_prefix("file://").unwrap();
            let text = self.texts.get(uri).cloned();
            let text = text.unwrap_or_else(|| std::fs::read_to_string(path).unwrap());
            let name = Path::new(path).strip_prefix(root).unwrap().display();
            for one in diagnostics {
                let start = self.byte(&text, &one["range"]["start"]);
                let end = self.byte(&text, &one["range"]["end"]);
                let severity = if one["severity"] == 1 { "error" } else { "warning" };
                let title = one["message"].as_str().unwrap().lines().next().unwrap();
                found.push(format!(
                    "{name}:{start}..{end} {severity} {} {title}",
                    one["code"].as_str().unwrap()
                ));
            }
        }
        found.sort();
        found.dedup();
        found
    }
}
