//! Renders diagnostics for people, with codespan-reporting.

use super::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap};
use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Config, termcolor::WriteColor};
use std::ops::Range;

/// Renders diagnostics to `out`, with a blank line between them.
pub fn render(
    diagnostics: &[Diagnostic],
    map: &SourceMap,
    out: &mut dyn WriteColor,
) -> Result<(), std::io::Error> {
    let files = Lines(map);
    let config = Config { tab_width: 4, ..Config::default() };
    for report in diagnostics {
        let drawn = diagnostic(report, map);
        match term::emit_to_write_style(&mut *out, &config, &files, &drawn) {
            Ok(()) => {}
            Err(Error::Io(error)) => return Err(error),
            Err(other) => return Err(std::io::Error::other(other)),
        }
    }
    Ok(())
}

fn diagnostic(report: &Diagnostic, map: &SourceMap) -> codespan::Diagnostic<FileId> {
    let severity = match report.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
    };
    let labels = report.labels.iter().map(|label| {
        let (file, range) = map.locate(label.span);
        let style = match label.primary {
            true => codespan::LabelStyle::Primary,
            false => codespan::LabelStyle::Secondary,
        };
        codespan::Label::new(style, file, range).with_message(&label.text)
    });
    let notes = report.notes.iter().map(|note| bullet("note", note));
    let helps = report.helps.iter().map(|help| bullet("help", &help.text));
    codespan::Diagnostic::new(severity)
        .with_code(report.code.0.as_ref())
        .with_message(&report.title)
        .with_labels(labels.collect())
        .with_notes(notes.chain(helps).collect())
}

fn bullet(kind: &str, text: &str) -> String {
    let indent = " ".repeat(kind.len() + 2);
    format!("{kind}: {}", text.replace('\n', &format!("\n{indent}")))
}

/// Adapter from a map's files to codespan's interface.
struct Lines<'a>(&'a SourceMap);

impl<'a> Files<'a> for Lines<'a> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.0.file(id).name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.0.file(id).text)
    }

    fn line_index(&'a self, id: FileId, byte: usize) -> Result<usize, Error> {
        Ok(self.0.file(id).line(byte))
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        let file = self.0.file(id);
        let starts = file.line_starts();
        let start = *starts.get(line).ok_or(Error::LineTooLarge { given: line, max: starts.len() })?;
        Ok(start..starts.get(line + 1).copied().unwrap_or(file.text.len()))
    }
}
