//! Reports syntax of other languages in a condition, a list or a call.

use super::{COLON, Diagnostic, Lower, P, SEPARATOR, UNREADABLE};

/// What contains the elements.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Container {
    List,
    Call,
}

impl<'a> Lower<'a> {
    /// Reports a condition that continues as in another language: `a = b`, `a and b`, `not a`. Returns
    /// whether it does.
    pub(super) fn foreign_condition(&mut self, at: usize) -> bool {
        let blanks = self.text[at..].len() - self.text[at..].trim_start_matches([' ', '\t']).len();
        let at = at + blanks;
        let rest = &self.text[at..];
        if rest.starts_with('=') && !rest.starts_with("==") {
            let span = self.at(at, at + 1);
            let report = Diagnostic::error(&COLON, "expected `==`, found `=`")
                .at(span, "`=` sets a value")
                .fix("write `==`", span, "==");
            self.emit(report);
            return true;
        }
        let word = first_word(rest);
        let operator = match word {
            "and" => "&&",
            "or" => "||",
            _ => return self.negation(at),
        };
        let span = self.at(at, at + word.len());
        let report = Diagnostic::error(&UNREADABLE, format!("expected `{operator}`, found `{word}`"))
            .at(span, "not an operator")
            .fix(format!("write `{operator}`"), span, operator);
        self.emit(report);
        true
    }

    /// Reports what follows a value inside brackets.
    pub(super) fn stray_inside(&mut self, pair: &P) {
        if !self.foreign_condition(pair.as_span().start()) {
            self.report_stray(pair);
        }
    }

    /// Reports `not a`, where the word before the position is `not`.
    fn negation(&mut self, at: usize) -> bool {
        let before = self.text[..at].trim_end_matches([' ', '\t']);
        let Some(outside) = before.strip_suffix("not") else { return false };
        if outside.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return false;
        }
        let report = Diagnostic::error(&UNREADABLE, "expected `!`, found `not`")
            .at(self.at(outside.len(), before.len()), "not an operator")
            .fix("write `!`", self.at(outside.len(), at), "!");
        self.emit(report);
        true
    }

    /// Reports a list element or an argument that continues as in another language: `a = b`, `a; b`,
    /// `x => …`, `… for x in xs`. Returns whether it does.
    pub(super) fn foreign_element(&mut self, pair: &P<'a>, around: Container) -> bool {
        let start = pair.as_span().start();
        let text = pair.as_str();
        let first = self.at(start, start + 1);
        let report = if text.starts_with("=>") {
            Diagnostic::error(&UNREADABLE, "anonymous functions are not supported")
                .at(self.at(start, start + 2), "not allowed here")
                .help("write `[for x in list: …]` for a list made of another")
        } else if text.starts_with('=') && !text.starts_with("==") && around == Container::Call {
            Diagnostic::error(&COLON, "an argument can't be named")
                .at(first, "`=` is not allowed here")
                .help("write the values alone, in the order of the parameters")
        } else if text.starts_with('=') && !text.starts_with("==") {
            Diagnostic::error(&COLON, "an element of a list can't be named")
                .at(first, "`=` is not allowed here")
                .help("write `{ name = value }` for a record, or close the list before it")
        } else if text.starts_with(';') {
            Diagnostic::error(&SEPARATOR, "expected `,` between values, found `;`")
                .at(first, "not a separator")
                .fix("write `,`", first, ",")
        } else if first_word(text) == "for" {
            Diagnostic::error(&UNREADABLE, "`for` must come first in a list")
                .at(self.at(start, start + 3), "belongs at the start of the list")
                .help("write `[for x in list: …]`")
        } else {
            return false;
        };
        self.emit(report);
        true
    }
}

pub(super) fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
}
