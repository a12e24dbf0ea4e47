//! What may be typed at a place.
//!
//! [`context`] finds out what is wanted there, from the [`mod@place`] and what is [`before`] it; [`declarations`], [`keys`], [`values`], [`members`], [`types`]
//! and [`strings`] offer it. [`sample`] writes values that fit a field, [`reads`] tells whether a value
//! would depend on itself, [`verify`] leaves out what a check would refuse, and an [`item`] is what is offered.

mod before;
mod context;
mod declarations;
mod item;
mod keys;
mod members;
mod place;
mod reads;
mod sample;
mod strings;
mod types;
mod values;
mod verify;

use super::around::Around;
use super::view::View;
use context::Context;
pub use item::{Completion, Kind, Part, Snippet};
pub(super) use sample::example as sample;

/// All that may be typed at a byte.
pub fn complete(view: View<'_>, byte: usize, around: &Around) -> Vec<Completion> {
    let Some(context) = Context::at(view, byte) else { return Vec::new() };
    let mut found = Vec::new();
    match context {
        Context::Declaration(place) => declarations::offer(&place, &mut found),
        Context::Key(place) => {
            keys::offer(&place, &mut found);
            verify::keep_fine(&place, &mut found);
        }
        Context::CheckPart(place) => keys::offer_check_parts(&place, &mut found),
        Context::MapKey(place) => keys::offer_map_keys(&place, &mut found),
        Context::Value(place) => {
            values::offer(&place, around, &mut found);
            found.iter_mut().for_each(|one| one.doubtful = true);
            verify::keep_fine(&place, &mut found);
        }
        Context::Member(place) => {
            members::offer(&place, &mut found);
            found.iter_mut().for_each(|one| one.doubtful = true);
            verify::keep_fine(&place, &mut found);
        }
        Context::Type(place) => types::offer(&place, &mut found),
        Context::Reference(place, word) => {
            types::offer_reference(&place, &mut found);
            for one in &mut found {
                one.label.insert_str(0, word);
                one.text = Snippet::plain(&*one.label);
            }
        }
        Context::Text(place) => {
            strings::offer(&place, around, &mut found);
            found.iter_mut().for_each(|one| one.doubtful = true);
            verify::keep_fine(&place, &mut found);
        }
        Context::Annotation(replaced) => found.push(Completion {
            detail: "no value of the chart".to_owned(),
            ..Completion::new("build", Kind::Keyword, replaced)
        }),
        Context::Alias(place) => declarations::offer_alias(&place, &mut found),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    fn labels(text: &str) -> Vec<String> {
        let at = cursor(text);
        complete(at.view(), at.byte, &Around::default()).into_iter().map(|one| one.label).collect()
    }

    #[track_caller]
    fn offers(text: &str, wanted: &[&str], not: &[&str]) {
        let labels = labels(text);
        let has = |label: &&&str| labels.iter().any(|known| known == **label);
        assert!(wanted.iter().all(|label| has(&label)), "{labels:?}");
        assert!(!not.iter().any(|label| has(&label)), "{labels:?}");
    }

    #[test]
    fn fields_that_are_not_given_yet() {
        offers("stack m {\n  $0\n}\n", &["version", "retention", "scrape"], &["size", "import"]);
        offers(&stack("$0"), &["retention"], &["version"]);
        offers(&stack("ret$0"), &["retention"], &["version"]);
        offers(&stack("persistence {\n    $0"), &["size", "storageClass"], &["retention"]);
        offers(&stack("persistence.$0"), &["size"], &["retention"]);
        offers(&stack("scrape { job \"a\" {\n    $0\n  } }"), &["targets", "interval"], &["job"]);
        offers(
            &stack("scrape { job \"a\" { targets = [\"a:1\"]\n    $0\n  } }"),
            &["interval"],
            &["targets", "service", "discover"],
        );
        assert_eq!(labels(&stack("retention = 30d $0")), [] as [String; 0]);
        assert_eq!(labels(&stack("# a comment $0")), [] as [String; 0]);
    }

    #[test]
    fn values_that_fit() {
        offers(&stack("enabled = $0"), &["true", "false"], &["30d"]);
        offers(&stack("compose { restart = $0 }"), &["\"always\"", "\"no\""], &["true"]);
        offers(&stack("compose { restart = \"$0\" }"), &["always", "no"], &[]);
        offers(&stack("retention = 30$0"), &["30d", "30w", "30y"], &["30Gi"]);
        offers(&stack("persistence { size = 5$0 }"), &["5Gi"], &["5d"]);
        offers(
            &format!("let keep: Duration = 30d\nlet size = 1Gi\n{}", stack("scrape { interval = $0 }")),
            &[],
            &["size"],
        );
        offers(&stack("scrape { job \"a\" { on = [$0] } }"), &["\"compose\"", "\"kubernetes\""], &[]);
        offers(
            &stack("server { extraArgs { $0 } }"),
            &["\"search.maxConcurrentRequests\""],
            &["\"retentionPeriod2\""],
        );
    }

    #[test]
    fn declarations_types_and_references() {
        offers("$0", &["stack", "let", "schema", "fn", "type"], &["profile", "test"]);
        offers(&format!("{}\n$0", stack("")), &["profile", "test"], &["stack"]);
        offers("let a: $0 = 1\n", &["Int", "String", "Duration"], &["let"]);
        offers(&format!("{}profile a {{}}\nprofile b extends $0 {{}}\n", stack("")), &["a"], &["b"]);
        offers("schema Mine extends $0 {}\n", &["Stack", "Job"], &["Mine"]);
        offers(&format!("{}test \"t\" {{\n  $0\n}}\n", stack("")), &["check", "rejects"], &["retention"]);
    }

    #[test]
    fn members_of_what_is_before_the_dot() {
        offers(&stack("retention = stack.$0"), &[], &["enabled"]);
        offers("schema S { a: Int, b: String = self.$0 }\n", &[], &["a"]);
        let at = with_files(
            &format!("import \"lib.vms\" as lib\n{}", stack("nameOverride = lib.$0")),
            &[("lib.vms", "let name = \"a\"\nlet size = 1Gi\n")],
        );
        let found = complete(at.view(), at.byte, &Around::default());
        assert!(!found.iter().any(|one| one.label == "size"), "{found:?}");
    }

    #[test]
    fn a_broken_file_is_completed_all_the_same() {
        offers(
            "stack m {\n  version = v1.106.1\n  scrape {\n    job \"a\" {\n      $0\n",
            &["targets", "interval"],
            &["version"],
        );
        offers("let a = (1\nstack m {\n  $0\n", &["version"], &[]);
    }
}
