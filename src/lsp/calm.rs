//! What is published when: what is gone goes at once, what is new waits until the person pauses.

use super::document::Changed;
use gen_lsp_types::Diagnostic;
use std::time::Duration;

/// How long a pause is.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

/// The diagnostics of a file: those that the client has, and those that are true.
#[derive(Debug, Default)]
pub(super) struct Calm {
    /// What the client has, with the lines where it would be now.
    shown: Vec<(Diagnostic, usize)>,
    /// What is true.
    known: Vec<Diagnostic>,
}

impl Calm {
    /// Moves what the client has as an edit moves it.
    pub(super) fn change(&mut self, changed: Option<Changed>) {
        if let Some(changed) = changed {
            for (_, line) in &mut self.shown {
                *line = changed.moved(*line);
            }
        }
    }

    /// Takes what is true now. Returns what to publish at once: what the client has and is still true, if
    /// some of it is gone or moved.
    pub(super) fn update(&mut self, known: Vec<Diagnostic>) -> Option<Vec<Diagnostic>> {
        let mut shown = std::mem::take(&mut self.shown);
        let before: Vec<Diagnostic> = shown.iter().map(|(diagnostic, _)| diagnostic.clone()).collect();
        let mut kept = Vec::new();
        for diagnostic in &known {
            let same = |(other, line): &(Diagnostic, usize)| {
                *line == line_of(diagnostic) && is_same(diagnostic, other)
            };
            if let Some(at) = shown.iter().position(same) {
                shown.swap_remove(at);
                kept.push(diagnostic.clone());
            }
        }
        self.known = known;
        self.shown = kept.iter().map(|diagnostic| (diagnostic.clone(), line_of(diagnostic))).collect();
        (kept != before).then_some(kept)
    }

    /// Whether something true is not published.
    pub(super) fn waits(&self) -> bool {
        self.known.len() != self.shown.len()
    }

    /// Publishes everything that is true, if something of it is not published.
    pub(super) fn publish(&mut self) -> Option<Vec<Diagnostic>> {
        if !self.waits() {
            return None;
        }
        self.shown = self.known.iter().map(|diagnostic| (diagnostic.clone(), line_of(diagnostic))).collect();
        Some(self.known.clone())
    }

    /// Whether the client has anything.
    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.known.is_empty()
    }
}

fn line_of(diagnostic: &Diagnostic) -> usize {
    diagnostic.range.start.line as usize
}

/// Whether two diagnostics on one line are the same: an edit may have moved them along it.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.code == other.code && one.severity == other.severity && one.message == other.message
}
