//! Reports for a person's eyes, drawn by codespan-reporting.

use super::{Report, Severity};
use crate::source::{FileId, SourceMap};
use codespan_reporting::diagnostic::{self as codespan, Diagnostic};
use codespan_reporting::files::{Error, Files, line_starts};
use codespan_reporting::term::{self, Config, termcolor::WriteColor};
use std::collections::HashMap;
use std::ops::Range;

/// Draws reports into `out`, with a blank line between two.
pub fn render(reports: &[Report], map: &SourceMap, out: &mut dyn WriteColor) -> Result<(), std::io::Error> {
    let files = Lines::new(map);
    let config = Config { tab_width: 4, ..Config::default() };
    for report in reports {
        let drawn = diagnostic(report, map);
        match term::emit_to_write_style(&mut *out, &config, &files, &drawn) {
            Ok(()) => {}
            Err(Error::Io(error)) => return Err(error),
            Err(other) => return Err(std::io::Error::other(other)),
        }
    }
    Ok(())
}

fn diagnostic(report: &Report, map: &SourceMap) -> Diagnostic<FileId> {
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
    Diagnostic::new(severity)
        .with_code(report.code.0.as_ref())
        .with_message(&report.title)
        .with_labels(labels.collect())
        .with_notes(notes.chain(helps).collect())
}

fn bullet(kind: &str, text: &str) -> String {
    let indent = " ".repeat(kind.len() + 2);
    format!("{kind}: {}", text.replace('\n', &format!("\n{indent}")))
}

/// The files of a map as codespan wants them; line starts are found once a file.
struct Lines<'a> {
    map: &'a SourceMap,
    starts: HashMap<FileId, Vec<usize>>,
}

impl<'a> Lines<'a> {
    fn new(map: &'a SourceMap) -> Self {
        let starts = map.files().map(|(id, file)| (id, line_starts(&file.text).collect()));
        Lines { map, starts: starts.collect() }
    }
}

impl<'a> Files<'a> for Lines<'a> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.map.file(id).name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.map.file(id).text)
    }

    fn line_index(&'a self, id: FileId, byte: usize) -> Result<usize, Error> {
        let starts = self.starts.get(&id).ok_or(Error::FileMissing)?;
        Ok(starts.partition_point(|start| *start <= byte).saturating_sub(1))
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        let starts = self.starts.get(&id).ok_or(Error::FileMissing)?;
        let start = *starts.get(line).ok_or(Error::LineTooLarge { given: line, max: starts.len() })?;
        let end = starts.get(line + 1).copied().unwrap_or(self.map.file(id).text.len());
        Ok(start..end)
    }
}
