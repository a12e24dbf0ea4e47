//! SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning services.

use super::{Diagnostic, Label, Severity};
use crate::source::{SourceMap, Span};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Converts diagnostics to result objects.
pub fn results(diagnostics: &[Diagnostic], map: &SourceMap) -> Vec<Value> {
    diagnostics.iter().map(|report| result(report, map)).collect()
}

/// Renders a log of one run with these results.
pub fn log(results: Vec<Value>, version: &str) -> String {
    let rules: BTreeSet<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
    let rules: Vec<Value> = rules.into_iter().map(|id| json!({ "id": id })).collect();
    let driver = json!({ "name": "vmsc", "version": version, "rules": rules });
    let run = json!({ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results });
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    format!("{}\n", serde_json::to_string_pretty(&log).unwrap_or_default())
}

fn result(report: &Diagnostic, map: &SourceMap) -> Value {
    let level = match report.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = report.title.clone();
    text.extend(report.notes.iter().map(|note| format!("\nnote: {note}")));
    text.extend(report.helps.iter().map(|help| format!("\nhelp: {}", help.text)));
    let of = |label: &Label| {
        let mut location = json!({ "physicalLocation": physical(label.span, map) });
        if !label.text.is_empty() {
            location["message"] = json!({ "text": label.text });
        }
        location
    };
    let (primary, related): (Vec<&Label>, Vec<&Label>) =
        report.labels.iter().partition(|label| label.primary);
    let mut result = json!({
        "ruleId": report.code.0,
        "level": level,
        "message": { "text": text },
        "locations": primary.into_iter().map(of).collect::<Vec<_>>(),
        "relatedLocations": related.into_iter().map(of).collect::<Vec<_>>(),
    });
    let fixes = report.helps.iter().filter_map(|help| help.edit.as_ref().map(|edit| (help, edit)));
    let fixes = fixes.map(|(help, edit)| {
        let place = physical(edit.span, map);
        let replacement = json!({
            "deletedRegion": place["region"],
            "insertedContent": { "text": edit.replacement },
        });
        let change = json!({ "artifactLocation": place["artifactLocation"], "replacements": [replacement] });
        json!({ "description": { "text": help.text }, "artifactChanges": [change] })
    });
    let fixes: Vec<Value> = fixes.collect();
    if !fixes.is_empty() {
        result["fixes"] = json!(fixes);
    }
    result
}

fn physical(span: Span, map: &SourceMap) -> Value {
    let (file, range) = map.locate(span);
    let (line, column) = map.line_column(file, range.start);
    let (end_line, end_column) = map.line_column(file, range.end);
    json!({
        "artifactLocation": { "uri": uri(&map.file(file).name) },
        "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
    })
}

/// Converts a path to a relative reference (RFC 3986).
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
