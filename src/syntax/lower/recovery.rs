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
            quoted(text, span, "expected straight quotes, found typographic quotes", "typographic quotes")
        }
        '\'' => quoted(
            text,
            span,
            "expected double quotes, found a single quote",
            "single quotes don't start a string",
        ),
        '-' if text.starts_with("- ") || text == "-" => {
            make(&UNREADABLE, "expected a list in brackets, found `-`")
                .at(span, "this is how YAML writes an element")
                .help("write `name = [a, b]`")
        }
        '{' if !is_template(text) => make(&UNREADABLE, "a block must follow its name without `=`")
            .at(Span { end: span.start + 1, ..span }, "this block belongs to the entry before it")
            .help("write `job \"name\" { … }` for an entry, `name { … }` for a block"),
        '{' => make(&UNREADABLE, "templates are not supported")
            .at(span, "this is how Helm writes a value")
            .help("name the value with `let` and use the name, or write `\\(name)` inside a string"),
        ':' if text[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            make(&UNREADABLE, "a host and port must be in quotes")
                .at(span, "continues the name before it")
                .help("write it as in `\"orchestrator:8080\"`")
        }
        '$' => make(&UNREADABLE, "shell variables are not supported")
            .at(span, "this is how a shell or Compose writes a value")
            .help("name the value with `let` and use the name, or write `\\(name)` inside a string"),
        '/' if text[1..].starts_with(|c: char| c.is_ascii_alphanumeric()) && text.contains('=') => {
            make(&UNREADABLE, "a key with a slash must be in quotes")
                .at(Span { end: span.start + 1, ..span }, "continues the key before it")
                .help("write it as in `\"kubernetes.io/os\" = \"linux\"`")
        }
        '/' if text.starts_with("//") => make(&UNREADABLE, "a comment starts with `#`, not `//`")
            .at(span, "")
            .fix("write `#`", Span { end: span.start + 2, ..span }, "#"),
        '/' if text.starts_with("/*") => make(&UNREADABLE, "a comment starts with `#`, not `/*`")
            .at(Span { end: span.start + 2, ..span }, "not a comment")
            .help("write `#` before each of its lines"),
        '*' if text.starts_with("*/") => make(&UNREADABLE, "unexpected `*/`")
            .at(Span { end: span.start + 2, ..span }, "a comment ends with its line")
            .help("write `#` before each of its lines"),
        '=' if text.starts_with("= ") || text.starts_with("==") => make(&COLON, "expected `=`, found `==`")
            .at(Span { end: span.start + 1, ..span }, "one too many")
            .fix("remove it", Span { end: span.start + 1, ..span }, ""),
        '=' => make(&COLON, "expected a name, found `=`").at(span, "").help("write `name = value`"),
        '?' if text[1..].trim_start().starts_with(':') => {
            make(&UNREADABLE, "`?` goes after the type, not the name")
                .at(Span { end: span.start + 1, ..span }, "belongs after the type")
                .help(format!("write `name: {}?`", wording::short(text[1..].trim_start_matches([' ', ':']))))
        }
        '[' if text.starts_with("[]") => make(&UNREADABLE, "expected `[T]` for a list, found `T[]`")
            .at(Span { end: span.start + 2, ..span }, "brackets go around the type")
            .help("write it as in `names: [String]`"),
        '?' if !text.starts_with("??") && text.contains(':') => make(&UNREADABLE, "expected `if`, found `?`")
            .at(Span { end: span.start + 1, ..span }, "this is how C and HCL write it")
            .help("write `if condition { a } else { b }`"),
        '<' if text.starts_with("<<") => {
            make(&UNREADABLE, "expected `\"\"\"` for a multi-line string, found `<<`")
                .at(span, "this is how a shell and HCL write it")
                .help("write `\"\"\"`, the lines, and `\"\"\"` on a line of its own")
        }
        ';' => make(&UNREADABLE, "unexpected `;`")
            .at(Span { end: span.start + 1, ..span }, "an entry ends with its line")
            .fix("remove it", Span { end: span.start + 1, ..span }, ""),
        _ => make(&UNREADABLE, &format!("unexpected `{shown}`"))
            .at(span, "expected `name = value` or `name { … }`"),
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
