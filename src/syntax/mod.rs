//! Parses text into a syntax tree. Parsing never fails: what can't be read is reported and left out of the
//! tree.
//!
//! Read in this order: [`tree`] (the result), [`scan`] (the byte scan that splits a file into chunks and
//! balances their brackets), [`grammar`] (the pest grammar), [`parse`](mod@parse) (parses chunk by chunk),
//! [`lower`] (pest's pairs to the tree), [`mod@format`] (`vmsc fmt`), [`codes`] (the diagnostic kinds).

pub mod codes;
pub mod format;
mod grammar;
mod lower;
mod parse;
mod scan;
pub mod tree;

pub use parse::{parse, reparse};
pub use scan::{TokenKind, token};

#[cfg(test)]
pub(crate) mod tests {
    /// All `.vms` files of the tests and of vmsc itself.
    pub(crate) fn stacks() -> Vec<String> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders: Vec<_> = ["tests", "stacks", "src/prelude"].map(|name| root.join(name)).into();
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            #[expect(clippy::disallowed_methods, reason = "a test looks at files itself")]
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                #[expect(clippy::disallowed_methods, reason = "a test looks at files itself")]
                match path.extension().and_then(|ending| ending.to_str()) {
                    Some("vms") => found.extend(std::fs::read_to_string(&path)),
                    None if path.is_dir() => folders.push(path),
                    _ => {}
                }
            }
        }
        assert!(found.len() > 100, "the stacks are found");
        found
    }
}
