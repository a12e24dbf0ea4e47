//! Phrases that diagnostics share, so that each has one wording.

/// The candidate closest to `word`, if it is close enough to be what the user meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let limit = (folded.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = fold(candidate);
            let distance = strsim::osa_distance(&folded, &other);
            let begins = |a: &str, b: &str| b.len() >= 3 && a.starts_with(b);
            let ends = |a: &str, b: &str| b.len() >= 4 && a.ends_with(b);
            let part = begins(&other, &folded) || begins(&folded, &other) || ends(&folded, &other);
            (distance <= limit || part).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether a word can only be a misspelling of another: a wrong, missing or extra letter, two swapped
/// letters, or the case and separators of another language.
pub fn is_slip(written: &str, meant: &str) -> bool {
    let (written, meant) = (fold(written), fold(meant));
    written == meant || (meant.chars().count() >= 4 && strsim::osa_distance(&written, &meant) <= 1)
}

/// Folds case and separators: `storage_class` is close to `storageClass`.
fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// "`a`", "`a` or `b`", "`a`, `b` or `c`".
pub fn one_of<S: AsRef<str>>(words: &[S]) -> String {
    joined(words, "or")
}

/// "`a`", "`a` and `b`", "`a`, `b` and `c`".
pub fn all_of<S: AsRef<str>>(words: &[S]) -> String {
    joined(words, "and")
}

fn joined<S: AsRef<str>>(words: &[S], conjunction: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// "1 job", "2 jobs".
pub fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Shortens text for a title or label: one line, at most 40 characters.
pub fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 40 && line.len() == text.len() {
        return line.to_owned();
    }
    line.chars().take(39).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let fields = ["size", "storageClass", "mountPath"];
        assert_eq!(nearest("sise", fields), Some("size"));
        assert_eq!(nearest("storage_class", fields), Some("storageClass"));
        assert_eq!(nearest("storageClassName", fields), Some("storageClass"));
        assert_eq!(nearest("retention", fields), None);
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
