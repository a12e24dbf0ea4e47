//! A builder for Go templates: lines, actions and blocks, and which settings the lines read.

use crate::yaml::Traced;
use std::fmt::Display;

/// An action on a line of its own, which leaves no line behind.
pub(super) fn action(expression: impl Display) -> String {
    format!("{{{{- {expression} }}}}")
}

/// An expression whose value is put into the line around it.
pub(super) fn value(expression: impl Display) -> String {
    format!("{{{{ {expression} }}}}")
}

/// The end of a block.
pub(super) fn end() -> String {
    action("end")
}

/// A template in the making.
#[derive(Default)]
pub(super) struct Template {
    out: Traced,
}

impl Template {
    /// A line as it is.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.out.text.push_str(line.as_ref());
        self.out.text.push('\n');
    }

    /// An action on a line of its own.
    pub(super) fn action(&mut self, expression: impl Display) {
        self.line(action(expression));
    }

    /// A block: `{{- OPEN }}`, what is in it, and `{{- end }}`.
    pub(super) fn block(&mut self, open: impl Display, body: impl FnOnce(&mut Template)) {
        self.action(open);
        body(self);
        self.action("end");
    }

    /// A named template with a comment above it.
    pub(super) fn define(&mut self, name: &str, comment: &str, body: impl FnOnce(&mut Template)) {
        self.line(format!("{{{{/*\n{comment}\n*/}}}}\n{{{{- define {name:?} -}}}}"));
        body(self);
        self.action("end");
    }

    /// What is written here reads settings, by their paths.
    pub(super) fn reading(&mut self, settings: &[Vec<String>], body: impl FnOnce(&mut Template)) {
        let mut inner = Template::default();
        body(&mut inner);
        let lines = inner.out.text.matches('\n').count();
        let read = settings.iter().map(|setting| (0..lines, setting.clone()));
        inner.out.origins.extend(read);
        self.append(inner.out);
    }

    /// Appends a text that begins a line.
    pub(super) fn append(&mut self, text: Traced) {
        self.out.append(text);
    }

    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.out.text.is_empty()
    }

    /// The text.
    pub(super) fn finish(self) -> Traced {
        self.out
    }
}
