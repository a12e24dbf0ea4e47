//! Workflow commands of GitHub Actions, which annotate a pull request ("Workflow commands for GitHub
//! Actions", setting an error message).

use super::Diagnostic;
use crate::source::SourceMap;

/// Renders diagnostics as commands, one per line.
pub fn render(diagnostics: &[Diagnostic], map: &SourceMap) -> String {
    diagnostics.iter().map(|report| command(report, map)).collect()
}

fn command(report: &Diagnostic, map: &SourceMap) -> String {
    let mut properties = Vec::new();
    if let Some(span) = report.primary() {
        let (file, range) = map.locate(span);
        let (line, column) = map.line_column(file, range.start);
        let (end_line, end_column) = map.line_column(file, range.end);
        properties.push(format!("file={}", property(&map.file(file).name)));
        properties.push(format!("line={line},endLine={end_line}"));
        // Columns apply only to a range on one line.
        if line == end_line {
            properties.push(format!("col={column},endColumn={}", end_column.max(column + 1)));
        }
    }
    properties.push(format!("title={}", property(&report.code.0)));
    let mut text = report.title.clone();
    text.extend(report.notes.iter().map(|note| format!("\nnote: {note}")));
    text.extend(report.helps.iter().map(|help| format!("\nhelp: {}", help.text)));
    format!("::{} {}::{}\n", report.severity.word(), properties.join(","), data(&text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
