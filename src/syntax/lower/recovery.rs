//! Guesses what unreadable text was meant to be.

use super::{COLON, Diagnostic, DiagnosticKind, Span, UNREADABLE, wording};
use crate::source::offset;

/// Builds the diagnostic for unreadable text, guessing what it was meant to be.
#[expect(clippy::too_many_lines, reason = "one arm per way to write it elsewhere")]
pub(super) fn stray_report(text: &str, span: Span) -> Diagnostic {
    let make = |page: &DiagnosticKind, title: &str| Diagnostic::error(page, title.to_owned());
    let shown = wording::short(text);
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '“' | '”' | '‘' | '’' | '„' | '«' | '»' => {
            quoted(text, span, "a string stands in straight quotes", "these quotes are typographic")
        }
        '\'' => quoted(text, span, "a string stands in double quotes", "single quotes mean nothing here"),
        '-' if text.starts_with("- ") || text == "-" => make(&UNREADABLE, "a list is written in brackets")
            .at(span, "this is how YAML writes an element")
            .help("write `name = [a, b]`"),
        '{' if !is_template(text) => make(&UNREADABLE, "a block follows the name, without `=`")
            .at(Span { end: span.start + 1, ..span }, "this block belongs to the entry before it")
            .help("write `job \"name\" { … }` for an entry, `name { … }` for a block"),
        '{' => make(&UNREADABLE, "a stack has no templates")
            .at(span, "this is how Helm writes a value")
            .help("name the value with `let` and use the name, or write `\\(name)` inside a string"),
        ':' if text[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            make(&UNREADABLE, "a host and its port stand in quotes")
                .at(span, "this belongs to the name before it")
                .help("write it as in `\"orchestrator:8080\"`")
        }
        '$' => make(&UNREADABLE, "a stack has no shell variables")
            .at(span, "this is how a shell or Compose writes a value")
            .help("name the value with `let` and use the name, or write `\\(name)` inside a string"),
        '/' if text[1..].starts_with(|c: char| c.is_ascii_alphanumeric()) && text.contains('=') => {
            make(&UNREADABLE, "a key with a slash stands in quotes")
                .at(Span { end: span.start + 1, ..span }, "belongs to the key before it")
                .help("write it as in `\"kubernetes.io/os\" = \"linux\"`")
        }
        '/' if text.starts_with("//") => make(&UNREADABLE, "a comment starts with `#`").at(span, "").fix(
            "write `#`",
            Span { end: span.start + 2, ..span },
            "#",
        ),
        '/' if text.starts_with("/*") => {
            make(&UNREADABLE, "a comment starts with `#` and ends with its line")
                .at(Span { end: span.start + 2, ..span }, "does not begin one")
                .help("write `#` before each of its lines")
        }
        '*' if text.starts_with("*/") => make(&UNREADABLE, "a comment ends with its line")
            .at(Span { end: span.start + 2, ..span }, "ends nothing")
            .help("write `#` before each of its lines"),
        '=' if text.starts_with("= ") || text.starts_with("==") => {
            make(&COLON, "a value is given by one `=`")
                .at(Span { end: span.start + 1, ..span }, "one too many")
                .fix("remove it", Span { end: span.start + 1, ..span }, "")
        }
        '=' => make(&COLON, "`=` stands where a name belongs").at(span, "").help("write `name = value`"),
        '?' if text[1..].trim_start().starts_with(':') => {
            make(&UNREADABLE, "the `?` of an optional field stands behind its type")
                .at(Span { end: span.start + 1, ..span }, "belongs to the type")
                .help(format!("write `name: {}?`", wording::short(text[1..].trim_start_matches([' ', ':']))))
        }
        '[' if text.starts_with("[]") => make(&UNREADABLE, "the type of a list has the brackets around it")
            .at(Span { end: span.start + 2, ..span }, "not behind the type")
            .help("write it as in `names: [String]`"),
        '?' if !text.starts_with("??") && text.contains(':') => {
            make(&UNREADABLE, "a choice is written with `if`")
                .at(Span { end: span.start + 1, ..span }, "this is how C and HCL write it")
                .help("write `if condition { a } else { b }`")
        }
        '<' if text.starts_with("<<") => make(&UNREADABLE, "a text of several lines stands between `\"\"\"`")
            .at(span, "this is how a shell and HCL write it")
            .help("write `\"\"\"`, the lines, and `\"\"\"` on a line of its own"),
        ';' => make(&UNREADABLE, "entries end with their line")
            .at(Span { end: span.start + 1, ..span }, "no `;` is needed")
            .fix("remove it", Span { end: span.start + 1, ..span }, ""),
        _ => make(&UNREADABLE, &format!("`{shown}` can't be read here"))
            .at(span, "a setting is `name = value` or `name { … }`"),
    }
}

/// Whether a block is really a Helm template action, whose inner braces have been blanked out.
fn is_template(text: &str) -> bool {
    let inner = text.trim_start_matches(['{', ' ', '-']);
    let word = inner.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    inner.starts_with(['.', '$'])
        || matches!(
            word,
            "include" | "if" | "else" | "with" | "range" | "end" | "toYaml" | "template" | "tpl"
        )
}

/// Builds the diagnostic for a string in quotes other than `"`; more text may follow it.
fn quoted(text: &str, span: Span, title: &'static str, label: &str) -> Diagnostic {
    let report = Diagnostic::error(&UNREADABLE, title);
    let open = text.chars().next().unwrap_or('\'');
    let close: &[char] = if open == '\'' { &['\''] } else { &['“', '”', '‘', '’', '«', '»', '"'] };
    let inner = &text[open.len_utf8()..];
    let whole = inner.find(close).map(|end| {
        let length = inner[end..].chars().next().map_or(0, char::len_utf8);
        (&inner[..end], open.len_utf8() + end + length)
    });
    match whole {
        Some((inner, length)) if !inner.contains(['"', '\\']) => {
            let span = Span { end: span.start + offset(length), ..span };
            let plain = format!("\"{inner}\"");
            report.at(span, label).fix(format!("write `{}`", wording::short(&plain)), span, &plain)
        }
        _ => report
            .at(Span { end: span.start + offset(open.len_utf8()), ..span }, label)
            .help("write it between `\"` and `\"`"),
    }
}
