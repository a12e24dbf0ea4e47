//! Byte helpers shared by the scan, and the nesting limits.

/// Deepest nesting of brackets and interpolations.
pub const MAX_DEPTH: usize = 64;

/// Longest chain of operators in an expression, or of `else if`.
pub const MAX_LINKS: usize = 200;

/// The closing bracket for an opening one.
pub(super) fn closer(opener: u8) -> u8 {
    match opener {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// Whether a line can only be the start of a declaration.
pub(super) fn declares(line: &str) -> bool {
    let name_end = line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len());
    let after = line[name_end..].trim_start_matches([' ', '\t']);
    if after.len() == line.len() - name_end {
        return false;
    }
    let name = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    match &line[..name_end] {
        "import" | "test" => after.starts_with('"'),
        "let" | "fn" | "type" | "schema" | "stack" | "profile" => name,
        _ => false,
    }
}

/// Whether a byte may be part of a name.
pub fn of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a byte begins a plain name, which no scan for brackets and strings needs to look into: `r`
/// may begin a raw string, and `if` counts as nesting.
pub(super) fn plain_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() && !matches!(byte, b'r' | b'i')
}

/// Returns where the run of name bytes that begins at `at` ends.
pub(super) fn name_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| !of_word(*byte)).map_or(bytes.len(), |length| at + length)
}

/// End of the line that contains a byte: its newline, or the end of the text.
pub fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}
