//! Closes unclosed strings: decides where they end, and what of them to keep.

use super::repair::{Imbalance, Repair};
use super::{Literal, closer, declares, literal};
use crate::source::offset;

impl Repair<'_> {
    /// Closes an unclosed string before the brackets at the end of its line.
    pub(super) fn open_text(&mut self, at: usize, end: usize) -> usize {
        if self.source[at..].starts_with("\"\"\"") {
            return self.open_multi(at);
        }
        let line = &self.source[at..end];
        let kept = line.trim_end_matches([' ', '\t', '\r', ',', '{', '}', '[', ']', ')']).len().max(1);
        let cut = at + kept;
        let begin = offset(self.text.len());
        match completion(&line[..kept]) {
            // Keep interpolations, so that an editor still knows what they are while someone types.
            Some(missing) => {
                self.text.push_str(&line[..kept]);
                for byte in missing.chars() {
                    self.remember(offset(self.text.len()));
                    self.text.push(byte);
                }
            }
            // The contents could be anything: replace them by a placeholder of the same length.
            None => {
                self.text.push('"');
                self.text.extend(std::iter::repeat_n('_', kept.saturating_sub(1)));
                self.remember(offset(self.text.len()));
                self.text.push('"');
            }
        }
        self.diagnostics.push(Imbalance::OpenText { at: begin..offset(self.text.len()), multi: false });
        let line_begin = offset(self.text.rfind('\n').map_or(0, |n| n + 1));
        self.muted.push(line_begin..offset(self.text.len()) + offset(end - cut));
        let line = self.line;
        for opener in self.stack.iter_mut().filter(|o| o.line == line) {
            opener.muted = true;
        }
        self.code_end = self.text.len();
        cut
    }

    /// Closes an unclosed `"""` where its indented lines end, and replaces its contents by spaces.
    fn open_multi(&mut self, at: usize) -> usize {
        let begin = offset(self.text.len());
        let end = multi_end(self.source, at);
        self.text.push_str("\"\"");
        let rest = &self.source.as_bytes()[at + 2..end];
        self.text.extend(rest.iter().map(|byte| if *byte == b'\n' { '\n' } else { ' ' }));
        self.line += rest.iter().filter(|byte| **byte == b'\n').count();
        self.diagnostics.push(Imbalance::OpenText { at: begin..begin + 3, multi: true });
        self.muted.push(begin..offset(self.text.len()));
        self.code_end = begin as usize + 2;
        let line = self.line;
        for opener in self.stack.iter_mut().filter(|opener| opener.line <= line) {
            opener.muted |= end == self.source.trim_end().len();
        }
        end
    }
}

/// What to append to close a string with interpolations; `None` if it has none, or if more is missing.
fn completion(text: &str) -> Option<String> {
    if !text.starts_with('"') || !text.contains("\\(") {
        return None;
    }
    let mut open = Vec::new();
    let mut before = ' ';
    for c in text[1..].chars() {
        match c {
            '(' if before == '\\' => open.push(b')'),
            '(' | '[' | '{' if !open.is_empty() => open.push(closer(c as u8)),
            ')' | ']' | '}' if !open.is_empty() => drop(open.pop()),
            _ => {}
        }
        before = c;
    }
    let missing: String = open.iter().rev().map(|byte| *byte as char).chain(['"']).collect();
    let whole = format!("{text}{missing}");
    matches!(literal(whole.as_bytes(), 0, 0), Literal::Closed(end) if end == whole.len()).then_some(missing)
}

/// Where an unclosed `"""` at a byte ends: before the first line indented no further than its own, if those
/// in between are indented further; otherwise before the next declaration, or at the end of the text.
pub(super) fn multi_end(text: &str, at: usize) -> usize {
    let begin = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let own = indent(&text[begin..at]);
    let mut deeper = None;
    let mut line_begin = text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1);
    while line_begin < text.len() {
        let line_end = text[line_begin..].find('\n').map_or(text.len(), |newline| line_begin + newline);
        let line = &text[line_begin..line_end];
        if !line.trim().is_empty() {
            let further = indent(line) > own;
            let deep = *deeper.get_or_insert(further);
            if deep && !further || declares(line) {
                return line_begin - 1;
            }
        }
        line_begin = line_end + 1;
    }
    text.trim_end().len().max(at + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_string_keeps_what_is_interpolated() {
        assert_eq!(completion("\"a \\(b) c").as_deref(), Some("\""));
        assert_eq!(completion("\"a \\(s.").as_deref(), Some(")\""));
        assert_eq!(completion("\"a"), None);
        assert_eq!(completion("\"a \\(f([b").as_deref(), Some("]))\""));
    }

    #[test]
    fn an_open_text_ends_where_its_lines_do() {
        let ends_before = |text: &str| {
            let at = text.find("\"\"\"").unwrap();
            text[multi_end(text, at)..].trim().to_owned()
        };
        assert_eq!(ends_before("stack m {\n  a = \"\"\"\n    text\n\n    more\n  b = 1\n}\n"), "b = 1\n}");
        assert_eq!(ends_before("let a = \"\"\"\ntext\nstack m {\n}\n"), "stack m {\n}");
        assert_eq!(ends_before("let a = \"\"\"\n  text\n"), "");
    }
}
