//! Terminal output: diagnostics, status lines and requested data.

use super::{Format, Global, When};
use crate::diagnostics::{Diagnostic, github, human, json, sarif, short, wording};
use crate::source::SourceMap;
use codespan_reporting::term::termcolor::{ColorChoice, NoColor, StandardStream};
use std::cell::RefCell;
use std::io::{IsTerminal, Write};

/// Writes diagnostics in the requested format.
pub(super) fn reports(reports: &[Diagnostic], map: &SourceMap, global: &Global) {
    let told = reports.iter().filter(|report| report.is_error() || !global.quiet);
    let told: Vec<Diagnostic> = told.cloned().collect();
    let shown = &told[..told.len().min(global.max_errors)];
    match global.message_format {
        Format::Human => {
            let mut stream = StandardStream::stderr(color(global));
            // If standard error is closed, there is nowhere to report the failure.
            let _ = human::render(shown, map, &mut stream);
            let _ = stream.write_all(summary(&told, shown.len()).as_bytes());
        }
        Format::Short => {
            let _ = std::io::stderr().write_all(short::render(shown, map).as_bytes());
        }
        Format::Json => data(&json::render(shown, map)),
        Format::Github => data(&github::render(shown, map)),
        Format::Sarif => SARIF.with_borrow_mut(|results| results.extend(sarif::results(shown, map))),
    }
}

/// Clears the terminal, with what was scrolled away.
pub(super) fn clear() {
    let _ = std::io::stderr().write_all(b"\x1b[2J\x1b[3J\x1b[H");
}

thread_local! {
    /// SARIF results of all stacks in a run, which go into a single log.
    static SARIF: RefCell<Vec<serde_json::Value>> = const { RefCell::new(Vec::new()) };
}

/// Writes output that appears once per run.
pub(super) fn finish(global: &Global) {
    if global.message_format == Format::Sarif {
        data(&sarif::log(SARIF.take(), env!("CARGO_PKG_VERSION")));
    }
}

/// Counts the errors and warnings, if there is more than one diagnostic.
fn summary(told: &[Diagnostic], shown: usize) -> String {
    let errors = told.iter().filter(|report| report.is_error()).count();
    let warnings = told.len() - errors;
    let mut out = String::new();
    if told.len() > shown {
        out.push_str(&format!("… and {} more\n", told.len() - shown));
    }
    let parts = [(errors, "error"), (warnings, "warning")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    if told.len() > 1 {
        let parts: Vec<String> = parts.map(|(count, what)| wording::count(count, what)).collect();
        out.push_str(&format!("{}\n", parts.join(", ")));
    }
    out
}

/// Renders diagnostics to a string, without color.
pub(super) fn drawn(reports: &[Diagnostic], map: &SourceMap) -> String {
    let mut buffer = NoColor::new(Vec::new());
    // Writing to memory never fails.
    let _ = human::render(reports, map, &mut buffer);
    String::from_utf8_lossy(&buffer.into_inner()).into_owned()
}

/// Prints an error that has no source location.
pub(super) fn failure(text: &str) {
    let _ = writeln!(std::io::stderr(), "error: {text}");
}

/// Prints a status line, unless `--quiet` is set.
pub(super) fn line(global: &Global, text: &str) {
    if !global.quiet {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// Asks the user something.
pub(super) fn prompt(text: &str) {
    let _ = write!(std::io::stderr(), "{text}");
}

/// Writes requested data to standard output.
pub(super) fn data(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn color(global: &Global) -> ColorChoice {
    match global.color {
        When::Always => ColorChoice::Always,
        When::Never => ColorChoice::Never,
        When::Auto
            if std::io::stderr().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) =>
        {
            ColorChoice::Auto
        }
        When::Auto => ColorChoice::Never,
    }
}
