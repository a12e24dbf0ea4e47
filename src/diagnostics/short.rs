//! One line per diagnostic: `file:line:column: error[E0501]: title`.

use super::Diagnostic;
use crate::source::SourceMap;

/// Renders diagnostics, one per line.
pub fn render(diagnostics: &[Diagnostic], map: &SourceMap) -> String {
    let line = |report: &Diagnostic| {
        let place = report.primary().map(|span| {
            let (file, range) = map.locate(span);
            let (line, column) = map.line_column(file, range.start);
            format!("{}:{line}:{column}: ", map.file(file).name)
        });
        let (place, severity) = (place.unwrap_or_default(), report.severity.word());
        format!("{place}{severity}[{}]: {}\n", report.code.0, report.title)
    };
    diagnostics.iter().map(line).collect()
}
