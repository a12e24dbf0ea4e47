//! One JSON object per diagnostic, one per line. The format is stable: fields may be added, but none is
//! removed.
//!
//! Lines and columns count from 1, columns in characters; bytes count from 0 in the file's UTF-8.

use super::Diagnostic;
use crate::source::{SourceMap, Span};
use serde_json::{Value, json};

/// Renders diagnostics as JSON, one per line.
pub fn render(diagnostics: &[Diagnostic], map: &SourceMap) -> String {
    diagnostics.iter().map(|report| format!("{}\n", object(report, map))).collect()
}

fn object(report: &Diagnostic, map: &SourceMap) -> Value {
    let labels = report.labels.iter().map(|label| {
        let mut object = place(label.span, map);
        object["text"] = json!(label.text);
        object["primary"] = json!(label.primary);
        object
    });
    let helps = report.helps.iter().map(|help| {
        let edits = help.edit.iter().map(|edit| {
            let mut object = place(edit.span, map);
            object["replacement"] = json!(edit.replacement);
            object["certain"] = json!(edit.certain);
            object
        });
        json!({ "text": help.text, "edits": edits.collect::<Vec<_>>() })
    });
    let mut object = json!({
        "severity": report.severity.word(),
        "code": report.code.0,
        "title": report.title,
        "labels": labels.collect::<Vec<_>>(),
        "notes": report.notes,
        "helps": helps.collect::<Vec<_>>(),
    });
    if let Some(profile) = &report.profile {
        object["profile"] = json!(&**profile);
    }
    object
}

fn place(span: Span, map: &SourceMap) -> Value {
    let (file, range) = map.locate(span);
    let position = |byte: usize| {
        let (line, column) = map.line_column(file, byte);
        json!({ "byte": byte, "line": line, "column": column })
    };
    json!({ "file": map.file(file).name, "start": position(range.start), "end": position(range.end) })
}
