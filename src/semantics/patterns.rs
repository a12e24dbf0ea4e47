//! Regular expressions as RE2 reads them, anchored at both ends.

use foldhash::HashMap;
use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;
use regex_syntax::hir::{Hir, Look};
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    static COMPILED: RefCell<HashMap<Rc<str>, Result<Regex, String>>> = RefCell::default();
}

/// Compiles a pattern and caches the result. Errors are in the regex engine's words.
pub fn compiled(pattern: &Rc<str>) -> Result<Regex, String> {
    COMPILED
        .with_borrow_mut(|known| known.entry(pattern.clone()).or_insert_with(|| anchored(pattern)).clone())
}

fn anchored(pattern: &str) -> Result<Regex, String> {
    let config = syntax::Config::new().dot_matches_new_line(true);
    let inner = syntax::parse_with(pattern, &config).map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or(&text);
        last.trim_start_matches("error: ").to_owned()
    })?;
    let whole = Hir::concat(vec![Hir::look(Look::Start), inner, Hir::look(Look::End)]);
    // Names and paths are short, so building a lazy DFA costs more than it saves when searching.
    let config = Config::new().hybrid(false).auto_prefilter(false).which_captures(WhichCaptures::None);
    Regex::builder().configure(config).build_from_hir(&whole).map_err(|error| reason(&error))
}

fn reason(error: &BuildError) -> String {
    match error.size_limit() {
        Some(limit) => format!("Compiled regex exceeds size limit of {limit} bytes."),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        let matches = |pattern: &str, text: &str| compiled(&pattern.into()).unwrap().is_match(text);
        assert!(matches("a|bc", "bc") && !matches("a|bc", "abc") && matches("a.b", "a\nb"));
        assert!(matches("", "") && !matches("", "a") && matches("(?i)A+", "aA"));
        assert!(!matches("a$|b", "ab") && matches("é+", "éé"));
    }

    #[test]
    fn why_a_pattern_is_wrong_is_said_of_the_pattern_itself() {
        assert_eq!(compiled(&"a(".into()).unwrap_err(), "unclosed group");
        assert!(compiled(&"a{1000}{1000}{1000}".into()).unwrap_err().contains("size limit"));
    }
}
