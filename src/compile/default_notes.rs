//! Turns labels on built-in defaults into notes.

use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;

/// Defaults have no location in the user's files, so labels on them become notes.
pub(super) fn labels_to_notes(report: &mut Diagnostic, map: &SourceMap) {
    let (own, builtin): (Vec<_>, Vec<_>) =
        std::mem::take(&mut report.labels).into_iter().partition(|label| !map.is_builtin(label.span));
    report.labels = own;
    report.notes.extend(
        builtin.iter().map(|label| format!("`{}` is the default, {}", map.text(label.span), label.text)),
    );
}
