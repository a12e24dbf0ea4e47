//! Lowers checks, and reports what does not belong in or after them.

use super::{COLON, Check, Diagnostic, Lower, P, Rule, SEPARATOR, UNREADABLE, next_if, wording};

impl<'a> Lower<'a> {
    pub(super) fn check(&mut self, pair: P<'a>) -> Option<Check> {
        let mut inner = pair.into_inner().peekable();
        let mut build = false;
        while let Some(annotation) = next_if(&mut inner, Rule::annotation) {
            build |= annotation.as_str().trim() == "@build";
        }
        let warn = inner.next()?.as_str().starts_with("warn");
        let code = next_if(&mut inner, Rule::code).and_then(|p| p.into_inner().next()).map(|p| self.name(&p));
        let pair = inner.next()?;
        let start = pair.as_span().start();
        let condition = match pair.as_rule() {
            Rule::missing if self.text[start..].starts_with(':') => {
                let at = self.at(start, start + 1);
                self.emit(
                    Diagnostic::error(&COLON, "expected a condition after the code, found `:`")
                        .at(at, "not needed")
                        .fix("remove it", at, ""),
                );
                self.nothing(at)
            }
            _ => self.operand(pair, "a condition", "write what must hold"),
        };
        let mut check = Check {
            build,
            warn,
            code,
            condition,
            message: None,
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        };
        for pair in inner {
            match pair.as_rule() {
                Rule::check_block => self.check_block(pair, &mut check),
                _ => {
                    check.message =
                        Some(self.operand(pair, "a message", "write the report's title in quotes"))
                }
            }
        }
        Some(check)
    }

    pub(super) fn check_block(&mut self, pair: P<'a>, check: &mut Check) {
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::check_label => {
                    let mut inner = pair.into_inner();
                    let (Some(path), Some(text)) = (inner.next(), inner.next()) else { continue };
                    let Some(path) = self.chain(path) else { continue };
                    let text = self.operand(text, "the label's text", "write the label's text in quotes");
                    check.labels.push((path, text));
                }
                Rule::check_note => {
                    let mut inner = pair.into_inner();
                    let (Some(word), Some(text)) = (inner.next(), inner.next()) else { continue };
                    let text = self.operand(text, "text", "write it in quotes");
                    match word.as_str().trim() {
                        "help" => check.helps.push(text),
                        _ => check.notes.push(text),
                    }
                }
                Rule::stray => self.stray_in_check(&pair),
                _ => {}
            }
        }
    }

    /// Reports anything in a check's block that is not a label, note or help.
    fn stray_in_check(&mut self, pair: &P<'a>) {
        let word: &str = pair.as_str().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        if word == "label" {
            let span = self.at(pair.as_span().start(), pair.as_span().start() + word.len());
            let report = Diagnostic::error(&UNREADABLE, "a label needs a field, then its text")
                .at(span, "the field comes first")
                .help("write `label field \"text\"`");
            return self.emit(report);
        }
        match wording::nearest(word, ["label", "note", "help"]) {
            Some(near) if !word.is_empty() => {
                let start = pair.as_span().start();
                let span = self.at(start, start + word.len());
                self.emit(
                    Diagnostic::error(&UNREADABLE, format!("a check has no `{word}`"))
                        .at(span, "unknown word")
                        .near(format!("did you mean `{near}`?"), span, word, near),
                );
            }
            _ => self.report_stray(pair),
        }
    }

    /// Reports what follows a check's condition.
    pub(super) fn after_check(&mut self, end: usize, pair: &P) {
        let start = pair.as_span().start();
        if self.foreign_condition(start) {
            return;
        }
        let word = pair.as_str().split([' ', '\n']).next().unwrap_or_default();
        let report = Diagnostic::error(&SEPARATOR, "unexpected text after a check's condition")
            .at(self.at(start, start + word.len().max(1)), "not part of the condition")
            .because(self.at(end, end), "the condition ends here")
            .help("the code of a check stands in brackets, its message behind a comma: `check [my-rule] condition, \"message\"`");
        self.emit(report);
    }
}
