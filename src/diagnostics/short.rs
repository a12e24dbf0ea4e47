//! A line a report: `file:line:column: error[E0501]: title`.

use super::Report;
use crate::source::SourceMap;

/// The lines of some reports.
pub fn render(reports: &[Report], map: &SourceMap) -> String {
    let line = |report: &Report| {
        let place = report.primary().map(|span| {
            let (file, range) = map.locate(span);
            let (line, column) = map.line_column(file, range.start);
            format!("{}:{line}:{column}: ", map.file(file).name)
        });
        let (place, severity) = (place.unwrap_or_default(), report.severity.word());
        format!("{place}{severity}[{}]: {}\n", report.code.0, report.title)
    };
    reports.iter().map(line).collect()
}
