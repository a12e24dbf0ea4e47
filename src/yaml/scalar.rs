//! Writes a string as a YAML scalar that YAML 1.1 and 1.2 parsers read back unchanged.

use std::fmt::Write;

/// Sequences to escape because they have a meaning where the scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Guard {
    /// None.
    #[default]
    Nothing,
    /// `%{`, because `%{NAME}` is replaced by a variable before the YAML is parsed.
    Percent,
    /// `%{` as in [`Guard::Percent`], and `{{` as in [`Guard::Template`].
    PercentInTemplate,
    /// `{{`, because the scalar is inside a template.
    Template,
}

impl Guard {
    fn escapes(self, before: char, brace_follows: bool) -> bool {
        let percent = matches!(self, Guard::Percent | Guard::PercentInTemplate) && before == '%';
        let braces =
            matches!(self, Guard::Template | Guard::PercentInTemplate) && (before == '{' || brace_follows);
        percent || braces
    }
}

/// Writes a string as a scalar: plain if no parser can mistake it for anything else, else
/// double-quoted.
pub fn scalar(text: &str, guard: Guard) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text, guard) }
}

/// Whether some reader of YAML takes a plain word for a Boolean, for null or for a number.
pub(super) fn is_word(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "none", "nan", "inf", "infinity",
    ];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '/');
    first
        && text.len() <= 100
        && !text.ends_with(' ')
        && chars.all(|c| c.is_ascii_alphanumeric() || "_./()<>+*,= -".contains(c))
        && !is_word(text)
}

/// Writes a string as a double-quoted scalar.
pub fn quoted(text: &str, guard: Guard) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut before = '\0';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '{' if guard.escapes(before, rest.peek() == Some(&'{')) => out.push_str("\\x7b"),
            c if is_invisible(c) => {
                let code = c as u32;
                // Writing to a string never fails.
                let _ = match code {
                    0..=0xFF => write!(out, "\\x{code:02x}"),
                    0x100..=0xFFFF => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
        before = c;
    }
    out.push('"');
    out
}

fn is_invisible(c: char) -> bool {
    let code = c as u32;
    c.is_control()
        || matches!(code, 0xA0 | 0xAD | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF)
        || matches!(code, 0xFDD0..=0xFDEF | 0xFFF9..=0xFFFB | 0xE0000..=0xE0FFF)
        || code & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_could_mistake_is_quoted() {
        for text in
            ["no", "1e3", "~", "", " a", "a ", "a: b", "a #b", "-", "0x1F", "12:30", "<<", "=", "{{ x }}"]
        {
            assert!(quoted(text, Guard::Nothing) == scalar(text, Guard::Nothing), "{text:?} stays plain");
        }
        assert_eq!(scalar("metrics-store", Guard::Nothing), "metrics-store");
        assert_eq!(scalar("a\u{200B}\u{1F600}\n", Guard::Nothing), "\"a\\u200b\u{1F600}\\n\"");
    }

    #[test]
    fn placeholders_and_templates_stay_text() {
        assert_eq!(scalar("%{HOME}", Guard::Percent), "\"%\\x7bHOME}\"");
        assert_eq!(scalar("{{ a }} {b}", Guard::Template), "\"\\x7b\\x7b a }} {b}\"");
        assert_eq!(scalar("%{{a", Guard::PercentInTemplate), "\"%\\x7b\\x7ba\"");
    }
}
