//! Reports what follows an entry on its line without a comma in between.

use super::{Diagnostic, Lower, P, SEPARATOR};

impl<'a> Lower<'a> {
    /// Reports what follows an entry on its line.
    pub(super) fn unseparated(&mut self, end: usize, pair: &P) {
        let start = pair.as_span().start();
        let word: &str = pair.as_str().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let joined = matches!(word, "and" | "or") || self.text[..end].ends_with("not");
        if joined && self.foreign_condition(start) {
            return;
        }
        let report =
            self.foreign_entry(end, word, pair).or_else(|| self.misplaced_bracket(end, pair)).unwrap_or_else(
                // Anything but a word, such as `(key) = …`, is shown by its first character.
                || match pair.as_str().chars().next() {
                    Some(first) if word.is_empty() => {
                        self.no_separator(end, &pair.as_str()[..first.len_utf8()], pair)
                    }
                    _ => self.no_separator(end, word, pair),
                },
            );
        self.emit(report);
    }

    /// Diagnostic for the second part of an entry written as in another language.
    fn foreign_entry(&self, end: usize, word: &str, pair: &P) -> Option<Diagnostic> {
        let start = pair.as_span().start();
        if word == "if" && !pair.as_str().contains('{') {
            let report = Diagnostic::error(&SEPARATOR, "expected `if` before the values, not between them")
                .at(self.at(start, start + 2), "this is how Python writes it")
                .help("write `name = if condition { a } else { b }`");
            return Some(report);
        }
        if matches!(word, "elif" | "elsif" | "elseif") {
            let span = self.at(start, start + word.len());
            let report = Diagnostic::error(&SEPARATOR, "a further condition needs `else if`")
                .at(span, "not a keyword")
                .fix("write `else if`", span, "else if");
            return Some(report);
        }
        if self.text[..end].ends_with(" with") && pair.as_str().starts_with('"') {
            let quoted = pair.as_str()[1..].find('"').map_or(1, |end| end + 2);
            let code = pair.as_str()[..quoted].trim_matches('"');
            let span = self.at(start, start + quoted);
            let report = Diagnostic::error(&SEPARATOR, "expected a code, found a string")
                .at(span, "a code has no quotes");
            return Some(report.fix(format!("write `{code}`"), span, code));
        }
        None
    }

    /// Diagnostic for a bracket after a space, or for the wrong bracket in a type.
    fn misplaced_bracket(&self, end: usize, pair: &P) -> Option<Diagnostic> {
        let start = pair.as_span().start();
        let begin = self.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let gives = self.text[begin..end].contains('=');
        let called = self.text[..end].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if gives && called && pair.as_str().starts_with('(') {
            let blank = self.at(end, start);
            return Some(
                Diagnostic::error(&SEPARATOR, "unexpected space before the `(` of a call")
                    .at(blank, "not allowed here")
                    .fix("remove it", blank, ""),
            );
        }
        (self.in_schema && !gives && pair.as_str().starts_with(['(', '['])).then(|| {
            Diagnostic::error(&SEPARATOR, "a type argument must be in `<` and `>`")
                .at(self.at(start, start + 1), "expected `<`")
                .help("write it as in `names: Map<String>`")
        })
    }

    /// Diagnostic for two entries on one line, or for a space between a number and its unit.
    fn no_separator(&self, end: usize, word: &str, pair: &P) -> Diagnostic {
        const UNITS: &[&str] =
            &["ms", "s", "m", "h", "d", "w", "y", "Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T"];
        let start = pair.as_span().start();
        let before = self.text[..end]
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .next()
            .unwrap_or_default();
        let number = before.starts_with(|c: char| c.is_ascii_digit());
        let lone = pair.as_str().trim_end() == word;
        let word_end = match word.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            true => start + word.len(),
            false => start + 1,
        };
        let span = self.at(start, word_end);
        if !(number && (UNITS.contains(&word) || lone)) {
            return Diagnostic::error(&SEPARATOR, format!("expected a newline or `,` before `{word}`"))
                .at(span, "starts a new entry on the same line")
                .suggest("put a `,` before it, or write it on a line of its own", self.at(end, end), ",");
        }
        let report = Diagnostic::error(&SEPARATOR, "unexpected space between a number and its unit")
            .at(self.at(end, span.end as usize), "remove this space");
        match UNITS.contains(&word) {
            true => report.fix(format!("write `{before}{word}`"), self.at(end, start), ""),
            false => report.help("write a unit right behind the number, as in `15s`, `30d` or `10Gi`"),
        }
    }
}
