//! What a person sees: reports in colour, and calm lines about what was done.

use super::{Global, When};
use crate::diagnostics::{Report, human};
use crate::source::SourceMap;
use codespan_reporting::term::termcolor::{ColorChoice, NoColor, StandardStream};
use std::io::{IsTerminal, Write};

/// Most reports that are drawn in one run.
const MOST: usize = 100;

/// Draws reports to standard error.
pub(super) fn reports(reports: &[Report], map: &SourceMap, global: &Global) {
    let shown: Vec<Report> =
        reports.iter().filter(|report| report.is_error() || !global.quiet).cloned().collect();
    let mut stream = StandardStream::stderr(color(global));
    // A closed standard error leaves nobody to tell.
    let _ = human::render(&shown[..shown.len().min(MOST)], map, &mut stream);
    if shown.len() > MOST {
        let _ = writeln!(stream, "… and {} more", shown.len() - MOST);
    }
    let errors = shown.iter().filter(|report| report.is_error()).count();
    let warnings = shown.len() - errors;
    if errors + warnings > 1 {
        let mut parts = Vec::new();
        if errors > 0 {
            parts.push(crate::diagnostics::wording::count(errors, "error"));
        }
        if warnings > 0 {
            parts.push(crate::diagnostics::wording::count(warnings, "warning"));
        }
        let _ = writeln!(stream, "{}", parts.join(", "));
    }
}

/// Reports as text, without colour.
pub(super) fn drawn(reports: &[Report], map: &SourceMap) -> String {
    let mut buffer = NoColor::new(Vec::new());
    // Memory takes everything.
    let _ = human::render(reports, map, &mut buffer);
    String::from_utf8_lossy(&buffer.into_inner()).into_owned()
}

/// One error without a place.
pub(super) fn failure(text: &str) {
    let _ = writeln!(std::io::stderr(), "error: {text}");
}

/// A line about what was done.
pub(super) fn line(global: &Global, text: &str) {
    if !global.quiet {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// Text that was asked for.
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
