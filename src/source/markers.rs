//! The conflict markers that git leaves where a merge is not resolved.

use super::line_start;
use std::ops::Range;

/// Length of a marker; git writes longer ones where a conflict is inside another.
const SIGNS: usize = 7;

/// The sign of a line that is a marker: `<`, `|`, `=` or `>`.
pub fn of(line: &str) -> Option<char> {
    let sign = line.chars().next().filter(|sign| "<|=>".contains(*sign))?;
    let rest = line.trim_start_matches(sign);
    let ends = rest.trim_end().is_empty() || sign != '=' && rest.starts_with(' ');
    (line.len() - rest.len() >= SIGNS && ends).then_some(sign)
}

/// The lines (from 0) of the first unresolved part of a text, markers included.
pub fn unresolved(text: &str) -> Option<Range<usize>> {
    let begins = |line: &str, mark: char| of(line) == Some(mark);
    let mut start = None;
    for (n, line) in text.lines().enumerate() {
        if begins(line, '<') && start.is_none() {
            start = Some(n);
        }
        if let Some(start) = start
            && begins(line, '>')
        {
            return Some(start..n + 1);
        }
    }
    start.map(|start| start..start + 1)
}

/// The bytes of the marker that an unresolved part begins with, given the part's lines.
pub fn first_marker(text: &str, lines: &Range<usize>) -> Range<usize> {
    let start = line_start(text, lines.start);
    start..start + SIGNS
}

/// Both sides of a text with conflict markers, each whole. A text without markers has one side.
pub fn sides(text: &str) -> Vec<String> {
    if unresolved(text).is_none() {
        return vec![text.to_owned()];
    }
    let (mut ours, mut theirs) = (String::new(), String::new());
    let mut side = Side::Both;
    for line in text.split_inclusive('\n') {
        side = match of(line) {
            Some('<') => Side::Ours,
            Some('|') if side == Side::Ours => Side::Base,
            Some('=') if side != Side::Both => Side::Theirs,
            Some('>') if side != Side::Both => Side::Both,
            _ => {
                if matches!(side, Side::Both | Side::Ours) {
                    ours.push_str(line);
                }
                if matches!(side, Side::Both | Side::Theirs) {
                    theirs.push_str(line);
                }
                continue;
            }
        };
    }
    vec![ours, theirs]
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Both,
    Ours,
    Base,
    Theirs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_whole() {
        let text = "a\n<<<<<<< HEAD\nb\n||||||| base\nx\n=======\nc\n>>>>>>> other\nd\n";
        assert_eq!(unresolved(text), Some(1..8));
        assert_eq!(&text[first_marker(text, &(1..8))], "<<<<<<<");
        assert_eq!(sides(text), ["a\nb\nd\n", "a\nc\nd\n"]);
        assert_eq!(unresolved("a\n=======\n>>>>>>>b\n<<<<<<\n"), None);
        assert_eq!(unresolved("<<<<<<<< HEAD:a\n=========\n>>>>>>>> b\n"), Some(0..3));
        assert_eq!(unresolved("a\r\n<<<<<<<\r\n"), Some(1..2));
    }
}
