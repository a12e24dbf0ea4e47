//! A builder for Go templates: lines, actions and blocks, and the settings that each line reads.

use crate::yaml::Traced;
use std::fmt::Display;

/// An action on its own line, which renders no line.
pub(super) fn action(expression: impl Display) -> String {
    format!("{{{{- {expression} }}}}")
}

/// An expression whose value is inserted into the surrounding line.
pub(super) fn value(expression: impl Display) -> String {
    format!("{{{{ {expression} }}}}")
}

/// The end of a block.
pub(super) fn end() -> String {
    action("end")
}

/// A template being built.
#[derive(Default)]
pub(super) struct Template {
    out: Traced,
}

impl Template {
    /// Appends a line verbatim.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.out.text.push_str(line.as_ref());
        self.out.text.push('\n');
    }

    /// Appends an action on its own line.
    pub(super) fn action(&mut self, expression: impl Display) {
        self.line(action(expression));
    }

    /// Appends a block: `{{- OPEN }}`, the body, and `{{- end }}`.
    pub(super) fn block(&mut self, open: impl Display, body: impl FnOnce(&mut Template)) {
        self.action(open);
        body(self);
        self.action("end");
    }

    /// Appends a named template with a comment above it.
    pub(super) fn define(&mut self, name: &str, comment: &str, body: impl FnOnce(&mut Template)) {
        self.line(format!("{{{{/*\n{comment}\n*/}}}}\n{{{{- define {name:?} -}}}}"));
        body(self);
        self.action("end");
    }

    /// Records that the lines written by `body` read these settings.
    pub(super) fn reading(&mut self, settings: &[Vec<String>], body: impl FnOnce(&mut Template)) {
        let mut inner = Template::default();
        body(&mut inner);
        let lines = inner.out.text.matches('\n').count();
        let read = settings.iter().map(|setting| (0..lines, setting.clone()));
        inner.out.origins.extend(read);
        self.append(inner.out);
    }

    /// Appends a string that starts on a new line.
    pub(super) fn append(&mut self, text: Traced) {
        self.out.append(text);
    }

    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.out.text.is_empty()
    }

    /// Returns the finished template.
    pub(super) fn finish(self) -> Traced {
        self.out
    }
}
