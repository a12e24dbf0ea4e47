//! What a keystroke costs in an editor, as shares of parsing the whole file: `cargo bench --bench editor`.
//!
//! A job is typed letter by letter into the middle of a stack of 10 000 lines, with an editor that closes
//! brackets and quotes. Wanted: completion at most a
//! quarter, diagnostics at most one and a half, at the 95th percentile.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vmsc::lsp::Server;
use vmsc::source::SourceMap;

/// What is typed, with its closers.
const TYPED: &str = "\n    job \"typed\" {\n      targets  = [\"host:9100\", \"other:9100\"]\n      interval = 15s\n      path     = \"/typed\"\n    }";

fn stack(jobs: usize, one_line: bool) -> String {
    let job = |n: usize| match one_line {
        true => format!("    job \"job-{n}\" {{ targets = [\"host-{n}:9100\"] }}\n"),
        false => format!(
            "    job \"job-{n}\" {{\n      targets  = [\"host-{n}:9100\"]\n      interval = 30s\n      path     = \"/metrics\"\n    }}\n"
        ),
    };
    let jobs: String = (0..jobs).map(job).collect();
    format!("stack victoriametrics {{\n  version = v1.106.1\n  scrape {{\n{jobs}  }}\n}}\n")
}

fn notify(server: &mut Server, method: &str, params: Value) {
    let notification = Notification { method: method.to_owned(), params };
    server.handle(Message::Notification(notification), Duration::ZERO);
}

fn ask(server: &mut Server, id: i32, method: &str, params: Value) {
    let request = Request { id: id.into(), method: method.to_owned(), params };
    server.handle(Message::Request(request), Duration::ZERO);
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = ((times.len() - 1) as f64 * share) as usize;
    times[at]
}

/// The server that has the stack open, and where the person types.
struct Typist {
    server: Server,
    uri: String,
    line: usize,
    column: usize,
    /// The closing brackets that the editor put in and that are not yet typed over.
    closers: Vec<char>,
}

impl Typist {
    fn open(uri: &str, text: &str) -> Self {
        let mut server = Server::default();
        ask(
            &mut server,
            1,
            "initialize",
            json!({ "capabilities": { "general": { "positionEncodings": ["utf-8"] } } }),
        );
        let document = json!({ "uri": uri, "languageId": "vms", "version": 1, "text": text });
        notify(&mut server, "textDocument/didOpen", json!({ "textDocument": document }));
        server.tick(Duration::ZERO);
        let half = text.len() / 2;
        let behind = half + text[half..].find("}\n").expect("a job ends") + 1;
        let line = text[..behind].matches('\n').count();
        let column = behind - text[..behind].rfind('\n').map_or(0, |at| at + 1);
        Self { server, uri: uri.to_owned(), line, column, closers: Vec::new() }
    }

    /// What the editor sends for a key: it closes brackets and goes over closers that are there.
    fn key(&mut self, c: char) -> Value {
        let place = json!({ "line": self.line, "character": self.column });
        if self.closers.last() == Some(&c) {
            self.closers.pop();
            let end = json!({ "line": self.line, "character": self.column + 1 });
            return json!({ "range": { "start": place, "end": end }, "text": c.to_string() });
        }
        let mut text = c.to_string();
        if let Some(at) = "{[\"".find(c) {
            let closer = ['}', ']', '"'][at];
            self.closers.push(closer);
            text.push(closer);
        }
        json!({ "range": { "start": place.clone(), "end": place }, "text": text })
    }

    /// Types a key; returns the time until completion is answered, and until the reports are.
    fn press(&mut self, c: char, version: i32) -> (Duration, Duration) {
        let change = self.key(c);
        let document = json!({ "uri": self.uri, "version": version });
        let start = Instant::now();
        notify(
            &mut self.server,
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [change] }),
        );
        (self.line, self.column) = if c == '\n' { (self.line + 1, 0) } else { (self.line, self.column + 1) };
        let position = json!({ "line": self.line, "character": self.column });
        let typed = start.elapsed();
        ask(
            &mut self.server,
            version,
            "textDocument/completion",
            json!({ "textDocument": { "uri": self.uri }, "position": position }),
        );
        let completion = start.elapsed();
        let start = Instant::now();
        self.server.tick(Duration::from_secs(1));
        (completion, typed + start.elapsed())
    }
}

/// The time to parse the text once, of nine.
fn parsing(text: &str) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let mut map = SourceMap::default();
            let file = map.add("bench.vms", text.to_owned());
            let start = Instant::now();
            std::hint::black_box(vmsc::syntax::parse(file, &mut map));
            start.elapsed()
        })
        .collect();
    percentile(&mut times, 0.5)
}

fn main() {
    // Cargo passes flags of its own harness.
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().canonicalize().expect("it is there").join("bench.vms");
    let uri = format!("file://{}", path.display());
    for (name, text) in
        [("2000 jobs of 5 lines", stack(2000, false)), ("10000 jobs of a line", stack(10_000, true))]
    {
        let parse = parsing(&text).as_secs_f64();
        let mut typist = Typist::open(&uri, &text);
        let (mut completions, mut diagnostics): (Vec<_>, Vec<_>) =
            TYPED.chars().zip(2..).map(|(c, version)| typist.press(c, version)).unzip();
        let ratio = |times: &mut [Duration], share| percentile(times, share).as_secs_f64() / parse;
        println!(
            "{name}: parsing {:.1} ms; with a keystroke, completion {:.2} × (median {:.2}), diagnostics {:.2} × (median {:.2})",
            parse * 1000.0,
            ratio(&mut completions, 0.95),
            ratio(&mut completions, 0.5),
            ratio(&mut diagnostics, 0.95),
            ratio(&mut diagnostics, 0.5),
        );
    }
}
