//! Checks for characters that chart values can't contain. If a chart has a schema, Helm 3 rejects all
//! its values when one of them contains such a character ("control characters are not allowed").

use super::{Check, Rule};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::semantics::data::{Value, ValueKind};

const KIND: DiagnosticKind = DiagnosticKind::rule("E0630", "a string has a character that Helm can't handle");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"Helm 3 refuses all values of a chart that has a schema when one string has a character from U+007F to U+009F, U+FFFE or U+FFFF.
- server { podLabels { a = "x\u{7f}" } }
+ server { podLabels { a = "x" } }"#,
    check: Check::Values(check),
};

/// Searches all settings.
fn check(value: &Value, diagnostics: &mut Vec<Diagnostic>) {
    if value.weight().ascii {
        return;
    }
    match &value.kind {
        ValueKind::String(text) => {
            if let Some(wrong) = text.chars().find(|c| refused(*c)) {
                let code = wrong as u32;
                diagnostics.push(
                    Diagnostic::error(&KIND, format!("Helm can't handle the character U+{code:04X}"))
                        .at(value.span, "in this string")
                        .note("Helm 3 would refuse every value of the chart")
                        .help("remove it"),
                );
            }
        }
        ValueKind::List(items) => items.iter().for_each(|item| check(item, diagnostics)),
        ValueKind::Record(record) => record.values().for_each(|item| check(item, diagnostics)),
        _ => {}
    }
}

fn refused(c: char) -> bool {
    let invisible = matches!(c as u32, 0x7F..=0x84 | 0x86..=0x9F);
    invisible || c as u32 & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn what_helm_refuses_is_refused() {
        assert!(['\u{7f}', '\u{9f}', '\u{fffe}', '\u{1ffff}'].into_iter().all(refused));
        assert!(!['a', 'é', '\u{85}', '\u{a0}', '😀'].into_iter().any(refused));
    }
}
