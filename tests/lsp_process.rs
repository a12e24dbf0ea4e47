//! The server as a process: it answers or ends, whatever comes in.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
mod editor;

use common::dice::Dice;
use editor::{Room, initialize, uri};
use lsp_server::{Message, Notification, Request, RequestId};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// A server over its standard input and output.
struct Process {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    asked: i32,
    published: Vec<Value>,
}

impl Process {
    fn start(folder: &Path) -> Process {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vmsc"))
            .args(["lsp", "--stdio"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Process { child, to, from, asked: 0, published: Vec::new() }
    }

    fn running(folder: &Path) -> Process {
        let mut process = Process::start(folder);
        process.ask("initialize", initialize(&["utf-8"])).unwrap();
        process.tell("initialized", json!({}));
        process
    }

    fn send(&mut self, message: Message) {
        message.write(self.to.as_mut().unwrap()).unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(Message::Notification(Notification { method: method.to_owned(), params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.asked += 1;
        let id: RequestId = self.asked.into();
        self.send(Message::Request(Request { id: id.clone(), method: method.to_owned(), params }));
        loop {
            match Message::read(&mut self.from).unwrap().expect("the server answers") {
                Message::Response(response) if response.id == id => {
                    return response.response_result.map_err(|error| error.message);
                }
                Message::Notification(message) if message.method == "textDocument/publishDiagnostics" => {
                    self.published.push(message.params);
                }
                _ => {}
            }
        }
    }

    /// Waits until diagnostics are published for which `wanted` holds.
    fn publishes(&mut self, wanted: &dyn Fn(&Value) -> bool) -> Value {
        loop {
            if let Some(at) = self.published.iter().position(wanted) {
                return self.published.drain(..=at).next_back().unwrap();
            }
            match Message::read(&mut self.from).unwrap().expect("the server publishes") {
                Message::Notification(message) if message.method == "textDocument/publishDiagnostics" => {
                    self.published.push(message.params);
                }
                _ => {}
            }
        }
    }

    fn open(&mut self, path: &Path, text: &str) -> String {
        let uri = uri(path);
        let document = json!({ "uri": uri, "languageId": "vms", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        uri
    }

    /// Ends the input, and waits for the end; what the server wrote to standard error.
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.to.take());
        std::io::copy(&mut self.from, &mut std::io::sink()).unwrap();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

/// Runs a server on some bytes.
fn fed(bytes: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vmsc"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The server may have ended before it read everything.
    let _ = child.stdin.take().unwrap().write_all(bytes);
    child.wait_with_output().unwrap()
}

fn frame(text: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
}

#[test]
fn garbage_ends_it_without_a_panic() {
    let inputs: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"\n\n\n".to_vec(),
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        b"Content-Length: 5\r\n\r\n{".to_vec(),
        b"Content-Length: x\r\n\r\n{}".to_vec(),
        b"Content-Length: 99999999999999999999\r\n\r\n".to_vec(),
        frame("{}"),
        frame("[]"),
        frame("\u{0}"),
        frame("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}"),
        frame("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}"),
        frame("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}"),
        [
            frame("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":7}}"),
            vec![0xff; 64],
        ]
        .concat(),
    ];
    let mut dice = Dice(3);
    let random =
        (0..40).map(|_| (0..dice.roll(200)).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect());
    let random: Vec<Vec<u8>> = random.collect();
    for input in inputs.iter().chain(&random) {
        let output = fed(input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("panicked"), "{input:?}: {said}");
        assert!(output.status.code().is_some(), "{input:?} ended by a signal");
    }
}

#[test]
fn it_ends_as_the_protocol_says() {
    let room = Room::new();
    let mut process = Process::running(&room.root());
    process.ask("shutdown", Value::Null).unwrap();
    assert!(process.ask("textDocument/hover", json!({})).is_err(), "nothing is done after `shutdown`");
    process.tell("exit", Value::Null);
    assert_eq!(process.end(), (Some(0), String::new()));
    // `exit` without `shutdown`, and the end of input, are no success.
    let mut process = Process::running(&room.root());
    process.tell("exit", Value::Null);
    assert_eq!(process.end().0, Some(1));
    assert_eq!(Process::running(&room.root()).end().0, Some(1));
    assert_eq!(Process::start(&room.root()).end().0, Some(1));
}

#[test]
fn wrong_requests_are_answered() {
    let room = Room::new();
    let mut process = Process::start(&room.root());
    assert!(process.ask("textDocument/hover", json!({})).unwrap_err().contains("initialize"));
    process.ask("initialize", json!({ "capabilities": { "general": 5, "textDocument": [] } })).unwrap();
    assert!(process.ask("initialize", initialize(&["utf-8"])).is_err());
    let stack = room.write("stacks/a.vms", "");
    let uri = process.open(&stack, "stack m { version = v1.106.1 }\n");
    assert!(process.ask("no/such", json!({})).unwrap_err().contains("no/such"));
    for method in
        ["textDocument/completion", "textDocument/rename", "workspace/executeCommand", "vmsc/output"]
    {
        assert!(process.ask(method, json!({ "textDocument": 4 })).is_err(), "{method}");
        assert!(process.ask(method, Value::Null).is_err(), "{method}");
    }
    // Places and files that are not there.
    let far = json!({ "line": 4_000_000_000u32, "character": 4_000_000_000u32 });
    for method in [
        "completion",
        "hover",
        "definition",
        "references",
        "prepareRename",
        "signatureHelp",
        "documentHighlight",
    ] {
        for uri in [uri.as_str(), "file:///no/such/file.vms", "untitled:Untitled-1", "file:///c%3A/x.vms", ""]
        {
            let mut params = json!({ "textDocument": { "uri": uri }, "position": far });
            params["context"] = json!({ "includeDeclaration": true });
            let _ = process.ask(&format!("textDocument/{method}"), params);
        }
    }
    for (method, params) in [
        (
            "textDocument/didChange",
            json!({ "textDocument": { "uri": "file:///never/opened.vms", "version": 1 }, "contentChanges": [{ "text": "x" }] }),
        ),
        ("textDocument/didClose", json!({ "textDocument": { "uri": "file:///never/opened.vms" } })),
        ("textDocument/didOpen", json!({ "textDocument": 1 })),
        ("$/cancelRequest", json!({ "id": 77 })),
        ("no/such", json!([])),
    ] {
        process.tell(method, params);
    }
    let text = process.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).unwrap();
    assert_eq!(text[0]["name"], "m", "it still works");
    assert_eq!(process.end().1, "");
}

/// The client never answers what the server asks of it, and sends everything at once.
#[test]
fn a_client_that_never_answers_is_served() {
    let room = Room::new();
    let mut process = Process::start(&room.root());
    let mut hello = initialize(&["utf-16"]);
    hello["capabilities"]["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    process.ask("initialize", hello).unwrap();
    process.tell("initialized", json!({}));
    let stack = room.write("stacks/a.vms", "");
    let uri = process.open(&stack, "stack m { version = v1.106.1 }\n");
    for version in 2..500 {
        let text = format!("stack m {{ version = v1.106.1, retention = {version}d }}\n");
        process.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text }] }),
        );
    }
    let wrong = "stack m { version = v1.106.1, retention = 3 }\n";
    process.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": uri, "version": 500 }, "contentChanges": [{ "text": wrong }] }),
    );
    let found =
        process.publishes(&|params| params["diagnostics"].as_array().is_some_and(|all| !all.is_empty()));
    assert_eq!(found["version"], 500);
    assert_eq!(process.end().1, "");
}

fn memory(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// After 100 000 edits it needs no more memory than after the first hundreds.
#[test]
fn it_does_not_grow() {
    let room = Room::new();
    let text = "let a = 1\n\nstack m {\n  version = v1.106.1\n  scrape {\n    interval = 30s\n  }\n}\n";
    let stack = room.write("stacks/a.vms", text);
    let mut process = Process::running(&room.root());
    let uri = process.open(&stack, text);
    let line = text.lines().position(|line| line.contains("interval = 30s")).unwrap();
    let column = text.lines().nth(line).unwrap().find("30s").unwrap();
    let mut now = "30s".to_owned();
    let mut change = |process: &mut Process, version: usize| {
        let next = match version % 5 {
            0 => "30s".to_owned(),
            1 => format!("{}s", version % 100),
            2 => "{".to_owned(),
            3 => String::new(),
            _ => "\"é\"\n\"".to_owned(),
        };
        let lines = now.matches('\n').count();
        let last = now.rsplit('\n').next().unwrap().len();
        let end = if lines == 0 { column + last } else { last };
        let range = json!({ "start": { "line": line, "character": column }, "end": { "line": line + lines, "character": end } });
        process.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "range": range, "text": next }] }),
        );
        now = next;
        if version.is_multiple_of(1000) {
            process.ask("textDocument/completion", json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })).unwrap();
            process.published.clear();
        }
    };
    let edits: usize = std::env::var("VMSC_EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    for version in 2..=2000 {
        change(&mut process, version);
    }
    let before = memory(&process);
    for version in 2001..=edits {
        change(&mut process, version);
    }
    let after = memory(&process);
    assert!(after < before + before / 4 + 4096, "{before} KiB after 2000 edits, {after} KiB after {edits}");
    assert_eq!(process.end().1, "");
}
