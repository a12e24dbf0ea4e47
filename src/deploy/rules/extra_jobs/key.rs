//! Checks for keys that VictoriaMetrics does not read.

use super::records;
use crate::deploy::Deployment;
use crate::deploy::rules::{Check, Rule};
use crate::deploy::scrape::known_keys;
use crate::diagnostics::{Diagnostic, DiagnosticKind, wording};
use crate::semantics::data::{Value, ValueKind};
use crate::source::Span;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0550", "a scrape job has a key that VictoriaMetrics does not support");

pub(in crate::deploy::rules) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"The parser is strict: one unknown key, and the program does not start. Prometheus has keys that VictoriaMetrics has not.
- scrape { extraScrapeConfigs = [{ job_name = "a", scrape_protocols = ["x"] }] }
+ scrape { extraScrapeConfigs = [{ job_name = "a", static_configs = [{ targets = ["a:1"] }] }] }"#,
    check: Check::Deployment(check),
};

/// Strict parsing rejects unknown keys, and the program does not start.
fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    records(deployment).for_each(|job| keys("job", job, diagnostics));
}

/// Reports the unknown keys of a section, or of each of its elements.
fn keys(section: &str, value: &Value, diagnostics: &mut Vec<Diagnostic>) {
    let Some(known) = known_keys::of(section) else { return };
    let record = match &value.kind {
        ValueKind::List(items) => return items.iter().for_each(|item| keys(section, item, diagnostics)),
        ValueKind::Record(record) => record,
        _ => return,
    };
    for (key, value) in record.iter() {
        if known.contains(&&**key) {
            keys(key, value, diagnostics);
            continue;
        }
        let place = if section == "job" { "a scrape job".to_owned() } else { format!("`{section}`") };
        let report = Diagnostic::error(&KIND, format!("VictoriaMetrics does not support `{key}` in {place}"))
            .at(value.span, "the value of an unknown key")
            .note("its strict parser refuses the whole file, and the program does not start");
        diagnostics.push(match wording::nearest(key, known.iter().copied()) {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report.help("remove it"),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn keys_are_those_that_are_read() {
        assert_eq!(
            reported(
                "E0550",
                r#"scrape.extraScrapeConfigs = [{ job_name = "a", scrape_protocols = ["x"] }]"#
            ),
            [r#"["x"]"#]
        );
        assert_eq!(
            reported(
                "E0550",
                r#"scrape.extraScrapeConfigs = [{ job_name = "a", static_configs = [{ target = ["x"] }] }]"#
            ),
            [r#"["x"]"#]
        );
        assert_eq!(
            reported(
                "E0550",
                r#"scrape.extraScrapeConfigs = [{ job_name = "a", static_configs = [{ targets = ["x:1"] }] }]"#
            ),
            [] as [&str; 0]
        );
    }
}
