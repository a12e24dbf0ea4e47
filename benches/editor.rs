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

fn main() {
    // Cargo passes flags of its own harness.
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().canonicalize().expect("it is there").join("bench.vms");
    let uri = format!("file://{}", path.display());
    for (name, text) in
        [("2000 jobs of 5 lines", stack(2000, false)), ("10000 jobs of a line", stack(10_000, true))]
    {
        let mut parses: Vec<Duration> = (0..9)
            .map(|_| {
                let mut map = SourceMap::default();
                let file = map.add("bench.vms", text.clone());
                let start = Instant::now();
                std::hint::black_box(vmsc::syntax::parse(file, &mut map));
                start.elapsed()
            })
            .collect();
        let parse = percentile(&mut parses, 0.5);
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
        let mut line = text[..behind].matches('\n').count();
        let mut column = behind - text[..behind].rfind('\n').map_or(0, |at| at + 1);
        let (mut completions, mut diagnostics) = (Vec::new(), Vec::new());
        let mut closers: Vec<char> = Vec::new();
        for (n, c) in TYPED.chars().enumerate() {
            let version = i32::try_from(n).unwrap_or_default() + 2;
            let place = json!({ "line": line, "character": column });
            // A closer that is there is gone over.
            let over = closers.last() == Some(&c);
            let (end, text) = match (over, "{[\"".find(c)) {
                (true, _) => {
                    closers.pop();
                    (json!({ "line": line, "character": column + 1 }), c.to_string())
                }
                (false, Some(at)) => {
                    let closer = ['}', ']', '"'][at];
                    closers.push(closer);
                    (place.clone(), format!("{c}{closer}"))
                }
                (false, None) => (place.clone(), c.to_string()),
            };
            let change = json!({ "range": { "start": place, "end": end }, "text": text });
            let document = json!({ "uri": uri, "version": version });
            let start = Instant::now();
            notify(
                &mut server,
                "textDocument/didChange",
                json!({ "textDocument": document, "contentChanges": [change] }),
            );
            (line, column) = if c == '\n' { (line + 1, 0) } else { (line, column + 1) };
            let position = json!({ "line": line, "character": column });
            let typed = start.elapsed();
            ask(
                &mut server,
                version,
                "textDocument/completion",
                json!({ "textDocument": { "uri": uri }, "position": position }),
            );
            completions.push(start.elapsed());
            let start = Instant::now();
            server.tick(Duration::from_secs(1));
            diagnostics.push(typed + start.elapsed());
        }
        let share = |times: &mut [Duration]| percentile(times, 0.95).as_secs_f64() / parse.as_secs_f64();
        println!(
            "{name}: parsing {:.1} ms; with a keystroke, completion {:.2} × (median {:.2}), diagnostics {:.2} × (median {:.2})",
            parse.as_secs_f64() * 1000.0,
            share(&mut completions),
            percentile(&mut completions, 0.5).as_secs_f64() / parse.as_secs_f64(),
            share(&mut diagnostics),
            percentile(&mut diagnostics, 0.5).as_secs_f64() / parse.as_secs_f64(),
        );
    }
}
