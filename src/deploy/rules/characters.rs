//! Characters that a string of the values can't have: Helm 3 refuses all values of a chart with a
//! schema when one of them has such a character ("control characters are not allowed").

use super::{Check, Rule};
use crate::diagnostics::{Page, Report};
use crate::semantics::data::{Kind, Value};

const PAGE: Page = Page::rule("E0630", "a string has a character that Helm can't carry");

pub(super) const RULE: Rule = Rule {
    page: PAGE,
    explanation: r#"Helm 3 refuses all values of a chart that has a schema when one string has a character from U+007F to U+009F, U+FFFE or U+FFFF.
- server { podLabels { a = "x\u{7f}" } }
+ server { podLabels { a = "x" } }"#,
    check: Check::Values(check),
};

/// Looks through all settings.
fn check(value: &Value, reports: &mut Vec<Report>) {
    if value.extent().ascii {
        return;
    }
    match &value.kind {
        Kind::Text(text) => {
            if let Some(wrong) = text.chars().find(|c| refused(*c)) {
                let code = wrong as u32;
                reports.push(
                    Report::error(&PAGE, format!("Helm can't carry the character U+{code:04X}"))
                        .at(value.span, "in this string")
                        .note("Helm 3 would refuse every value of the chart")
                        .help("remove it"),
                );
            }
        }
        Kind::List(items) => items.iter().for_each(|item| check(item, reports)),
        Kind::Record(record) => record.values().for_each(|item| check(item, reports)),
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
