//! A report as data: title, labels, notes, helps.

use super::wording;
use crate::source::{SourceMap, Span};
use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// The build goes on.
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

/// The stage that finds a mistake, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Reading files and imports.
    Files,
    /// Text to tree.
    Syntax,
    /// What names mean.
    Names,
    /// Types and units.
    Types,
    /// Evaluation.
    Values,
    /// Checks of schemas and tests, whatever their codes are.
    Checks,
    /// Rules that the language can't say.
    Rules,
    /// The project and its outputs.
    Project,
}

/// The stable name of a kind of report: `E0301`, `W0502`, or a name of the user's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(pub Cow<'static, str>);

/// What a code means, for the reference of errors.
#[derive(Clone, Copy, Debug)]
pub struct DiagnosticKind {
    /// The code it explains.
    pub code: &'static str,
    /// One line: what is wrong when this is reported.
    pub title: &'static str,
    /// The stage that reports it.
    pub phase: Phase,
}

impl DiagnosticKind {
    /// The page of a rule.
    pub const fn rule(code: &'static str, title: &'static str) -> DiagnosticKind {
        DiagnosticKind { code, title, phase: Phase::Rules }
    }

    /// The page's code, to make a report with.
    pub const fn code(&self) -> Code {
        Code(Cow::Borrowed(self.code))
    }
}

/// A piece of source with a remark.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// The remark; may be empty.
    pub text: String,
    /// Whether this is the place that is wrong, rather than a reason.
    pub primary: bool,
}

/// A change of source text.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What to replace; empty to insert.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// Whether this is what a person meant for certain, so that it may be done without asking.
    pub certain: bool,
}

/// Something to type, with the edit where it is certain.
#[derive(Clone, Debug)]
pub struct Help {
    /// The advice.
    pub text: String,
    /// The edit that does it.
    pub edit: Option<Edit>,
}

/// One mistake, told once.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Its stable name.
    pub code: Code,
    /// The stage that found it.
    pub phase: Phase,
    /// The profile that it is about, where the stack alone has no such mistake.
    pub profile: Option<Rc<str>>,
    /// The setting that it is about, dotted, where it is about a single one.
    pub setting: Option<Rc<str>>,
    /// What is wrong, one sentence without a full stop.
    pub title: String,
    /// Where and because of what.
    pub labels: Vec<Label>,
    /// More reasons, and what would have happened.
    pub notes: Vec<String>,
    /// What to type.
    pub helps: Vec<Help>,
}

impl Diagnostic {
    /// An error of a page.
    pub fn error(page: &DiagnosticKind, title: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, page.code(), page.phase, title)
    }

    /// A warning of a page.
    pub fn warning(page: &DiagnosticKind, title: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, page.code(), page.phase, title)
    }

    /// A report of any code and severity.
    pub fn new(severity: Severity, code: Code, phase: Phase, title: impl Into<String>) -> Diagnostic {
        let (profile, setting, labels, notes, helps) = Default::default();
        Diagnostic { severity, code, phase, profile, setting, title: title.into(), labels, notes, helps }
    }

    /// Says which setting it is about, dotted.
    #[must_use]
    pub fn about(mut self, setting: &str) -> Diagnostic {
        self.setting = Some(setting.into());
        self
    }

    /// Adds the place that is wrong.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// Adds a place that is a reason.
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

    /// Adds advice that can be carried out without asking.
    #[must_use]
    pub fn fix(self, text: impl Into<String>, span: Span, replacement: &str) -> Diagnostic {
        self.edit(text, span, replacement, true)
    }

    /// Adds advice that an editor can carry out when a person says so.
    #[must_use]
    pub fn suggest(self, text: impl Into<String>, span: Span, replacement: &str) -> Diagnostic {
        self.edit(text, span, replacement, false)
    }

    /// Adds the advice to write a name that is near to the one that is written.
    #[must_use]
    pub fn near(self, text: impl Into<String>, span: Span, written: &str, near: &str) -> Diagnostic {
        self.edit(text, span, near, wording::is_slip(written, near))
    }

    fn edit(mut self, text: impl Into<String>, span: Span, replacement: &str, certain: bool) -> Diagnostic {
        let edit = Some(Edit { span, replacement: replacement.to_owned(), certain });
        self.helps.push(Help { text: text.into(), edit });
        self
    }

    /// The place that decides where the report stands among others.
    pub fn primary(&self) -> Option<Span> {
        self.labels.iter().find(|label| label.primary).or(self.labels.first()).map(|l| l.span)
    }

    /// Whether another report says the same of the same place.
    pub fn repeats(&self, other: &Diagnostic) -> bool {
        self.code == other.code && self.primary() == other.primary() && self.title == other.title
    }

    /// Whether it stops a build.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Puts reports in source order and drops those that say the same of the same place.
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

/// Declares the pages of a stage, by phase: a constant each, and `KINDS` with all of them.
macro_rules! pages {
    ($($phase:ident { $($(#[doc = $doc:literal])* $name:ident $code:literal $title:literal;)* })*) => {
        $($($(#[doc = $doc])* pub const $name: $crate::diagnostics::DiagnosticKind = $crate::diagnostics::DiagnosticKind {
            code: $code,
            title: $title,
            phase: $crate::diagnostics::Phase::$phase,
        };)*)*
        /// Every page of this stage.
        pub const KINDS: &[$crate::diagnostics::DiagnosticKind] = &[$($($name),*),*];
    };
}
pub(crate) use pages;
