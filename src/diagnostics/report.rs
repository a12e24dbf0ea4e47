//! A diagnostic as data: title, labels, notes, helps.

use super::wording;
use crate::source::{SourceMap, Span};
use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

/// Severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// The build continues.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// The stage that reports a diagnostic, in the order of the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Reading files and imports.
    Files,
    /// Parsing.
    Syntax,
    /// Name resolution.
    Names,
    /// Types and units.
    Types,
    /// Evaluation.
    Values,
    /// Checks in schemas and tests, whatever their codes.
    Checks,
    /// Rules that the language can't express.
    Rules,
    /// The project and its outputs.
    Project,
}

/// The stable name of a kind of diagnostic: `E0301`, `W0502`, or a user-defined name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(pub Cow<'static, str>);

/// A kind of diagnostic, for the error reference.
#[derive(Clone, Copy, Debug)]
pub struct DiagnosticKind {
    /// Its code.
    pub code: &'static str,
    /// One line: what is wrong when this is reported.
    pub title: &'static str,
    /// The stage that reports it.
    pub phase: Phase,
}

impl DiagnosticKind {
    /// Creates the kind of a rule.
    pub const fn rule(code: &'static str, title: &'static str) -> DiagnosticKind {
        DiagnosticKind { code, title, phase: Phase::Rules }
    }

    /// The code of its diagnostics.
    pub const fn code(&self) -> Code {
        Code(Cow::Borrowed(self.code))
    }
}

/// A source span with a message.
#[derive(Clone, Debug)]
pub struct Label {
    /// The span it points at.
    pub span: Span,
    /// The message; may be empty.
    pub text: String,
    /// Whether this is the location of the error, rather than a reason for it.
    pub primary: bool,
}

/// An edit of source text.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The span to replace; empty to insert.
    pub span: Span,
    /// The replacement.
    pub replacement: String,
    /// Whether the edit is certainly what the user meant, so that it can be applied without asking.
    pub certain: bool,
}

/// Advice, with an edit if there is one.
#[derive(Clone, Debug)]
pub struct Help {
    /// The advice.
    pub text: String,
    /// The edit that carries it out.
    pub edit: Option<Edit>,
}

/// An error or a warning, reported once.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Its stable code.
    pub code: Code,
    /// The stage that found it.
    pub phase: Phase,
    /// The profile it is about, if the stack alone does not have the error.
    pub profile: Option<Rc<str>>,
    /// The dotted path of the setting it is about, if it is a single one.
    pub setting: Option<Rc<str>>,
    /// What is wrong, one sentence without a full stop.
    pub title: String,
    /// The locations of the error and of its reasons.
    pub labels: Vec<Label>,
    /// Further reasons, and what would have happened.
    pub notes: Vec<String>,
    /// How to fix it.
    pub helps: Vec<Help>,
}

impl Diagnostic {
    /// Creates an error of a kind.
    pub fn error(page: &DiagnosticKind, title: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, page.code(), page.phase, title)
    }

    /// Creates a warning of a kind.
    pub fn warning(page: &DiagnosticKind, title: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, page.code(), page.phase, title)
    }

    /// Creates a diagnostic with any code and severity.
    pub fn new(severity: Severity, code: Code, phase: Phase, title: impl Into<String>) -> Diagnostic {
        let (profile, setting, labels, notes, helps) = Default::default();
        Diagnostic { severity, code, phase, profile, setting, title: title.into(), labels, notes, helps }
    }

    /// Sets the dotted path of the setting it is about.
    #[must_use]
    pub fn about(mut self, setting: &str) -> Diagnostic {
        self.setting = Some(setting.into());
        self
    }

    /// Adds a primary label: the location of the error.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// Adds a secondary label: a reason for the error.
    #[must_use]
    pub fn because(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.helps.push(Help { text: text.into(), edit: None });
        self
    }

    /// Adds advice with an edit that can be applied without asking.
    #[must_use]
    pub fn fix(self, text: impl Into<String>, span: Span, replacement: &str) -> Diagnostic {
        self.edit(text, span, replacement, true)
    }

    /// Adds advice with an edit that an editor can apply if the user asks for it.
    #[must_use]
    pub fn suggest(self, text: impl Into<String>, span: Span, replacement: &str) -> Diagnostic {
        self.edit(text, span, replacement, false)
    }

    /// Adds advice to replace a name by a similar one.
    #[must_use]
    pub fn near(self, text: impl Into<String>, span: Span, written: &str, near: &str) -> Diagnostic {
        self.edit(text, span, near, wording::is_slip(written, near))
    }

    fn edit(mut self, text: impl Into<String>, span: Span, replacement: &str, certain: bool) -> Diagnostic {
        let edit = Some(Edit { span, replacement: replacement.to_owned(), certain });
        self.helps.push(Help { text: text.into(), edit });
        self
    }

    /// The span that determines where the diagnostic is sorted.
    pub fn primary(&self) -> Option<Span> {
        self.labels.iter().find(|label| label.primary).or(self.labels.first()).map(|l| l.span)
    }

    /// Whether another diagnostic says the same about the same span.
    pub fn repeats(&self, other: &Diagnostic) -> bool {
        self.code == other.code && self.primary() == other.primary() && self.title == other.title
    }

    /// Whether it stops a build.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts diagnostics into source order and drops duplicates.
pub fn sort_and_merge(diagnostics: &mut Vec<Diagnostic>, map: &SourceMap) {
    let mut seen = HashSet::new();
    diagnostics.retain(|report| {
        let place = report.primary().map(|span| map.locate(span));
        seen.insert((report.severity, report.code.clone(), report.title.clone(), place))
    });
    diagnostics.sort_by_cached_key(|report| {
        report.primary().map(|span| {
            let (file, range) = map.locate(span);
            (file, range.start)
        })
    });
}

/// Declares the diagnostic kinds of a stage, by phase: a constant for each, and `KINDS` with all of them.
macro_rules! pages {
    ($($phase:ident { $($(#[doc = $doc:literal])* $name:ident $code:literal $title:literal;)* })*) => {
        $($($(#[doc = $doc])* pub const $name: $crate::diagnostics::DiagnosticKind = $crate::diagnostics::DiagnosticKind {
            code: $code,
            title: $title,
            phase: $crate::diagnostics::Phase::$phase,
        };)*)*
        /// All diagnostic kinds of this stage.
        pub const KINDS: &[$crate::diagnostics::DiagnosticKind] = &[$($($name),*),*];
    };
}
pub(crate) use pages;
