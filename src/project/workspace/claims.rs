//! Two stacks of one name in one place would write the same files.

use crate::compile::Compiled;
use crate::diagnostics::Diagnostic;
use crate::project::codes::same_name;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashMap;

/// The outputs of stacks, each with the file of the stack that was the first to claim it.
#[derive(Debug, Default)]
pub struct Claims(HashMap<(Utf8PathBuf, String), String>);

impl Claims {
    /// Claims the outputs of a stack; `file` is its name in diagnostics. Returns an error if another file's
    /// stack has one of them.
    pub fn claim(&mut self, root: &Utf8Path, file: &str, compiled: &Compiled) -> Option<Diagnostic> {
        let deployment = &compiled.variants.first()?.deployment;
        let settings = &deployment.stack;
        let chart = settings.chart.parent.as_ref().map_or("", |parent| &*parent.value);
        let mut first = None;
        for place in [chart, &settings.compose.file.value] {
            let output = format!("{place}\n{}", deployment.name);
            let known = self.0.entry((root.to_owned(), output)).or_insert_with(|| file.to_owned());
            if known != file && first.is_none() {
                first = Some(known.clone());
            }
        }
        first.map(|first| same_name(&first, compiled.places.name))
    }
}
