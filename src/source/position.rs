//! Lines and columns as other programs count them.

use super::SourceFile;

/// Unit of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 bytes.
    Utf8,
    /// UTF-16 code units, the default of the Language Server Protocol.
    Utf16,
}

/// A zero-based position in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// Offset in the line, in the units of an [`Encoding`].
    pub column: u32,
}

impl Encoding {
    fn length(self, text: &str) -> u32 {
        let length = match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.encode_utf16().count(),
        };
        super::offset(length)
    }
}

impl SourceFile {
    /// The position of a byte. A byte inside a character, or past the end of the text, is moved back.
    pub fn position(&self, byte: usize, encoding: Encoding) -> Position {
        let byte = super::floor_boundary(&self.text, byte.min(self.text.len()));
        let line = self.line(byte);
        let column = encoding.length(&self.text[self.line_starts()[line]..byte]);
        Position { line: super::offset(line), column }
    }

    /// The byte at a position. A column past the end of the line is clamped to before the line break, a line
    /// past the end of the text to the end of the text, and a column inside a character to the start of that
    /// character.
    pub fn byte(&self, position: Position, encoding: Encoding) -> usize {
        let starts = self.line_starts();
        let line = position.line as usize;
        let Some(start) = starts.get(line).copied() else { return self.text.len() };
        let end = starts.get(line + 1).copied().unwrap_or(self.text.len());
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        let mut before = 0;
        for (at, c) in text.char_indices() {
            let mut buffer = [0; 4];
            before += encoding.length(c.encode_utf8(&mut buffer));
            if before > position.column {
                return start + at;
            }
        }
        start + text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    const TEXT: &str = "aé😀b\r\n\n😀\nlast";

    #[test]
    fn every_boundary_comes_back_in_both_encodings() {
        let mut map = SourceMap::default();
        let file = map.add("a.vms", TEXT);
        let file = map.file(file);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for byte in (0..=TEXT.len()).filter(|at| TEXT.is_char_boundary(*at)) {
                let back = file.byte(file.position(byte, encoding), encoding);
                // No position is inside a line break.
                let inside = TEXT[..byte].ends_with('\r');
                assert_eq!(back, byte - usize::from(inside), "{byte} {encoding:?}");
            }
        }
    }

    #[test]
    fn columns_count_units_and_what_is_too_far_is_the_end() {
        let mut map = SourceMap::default();
        let file = map.add("a.vms", TEXT);
        let file = map.file(file);
        let at = |line, column| Position { line, column };
        let b = TEXT.find('b').unwrap();
        assert_eq!(file.position(b, Encoding::Utf8), at(0, 7));
        assert_eq!(file.position(b, Encoding::Utf16), at(0, 4));
        assert_eq!(file.byte(at(0, 3), Encoding::Utf16), TEXT.find('😀').unwrap());
        assert_eq!(file.byte(at(0, 99), Encoding::Utf16), b + 1);
        assert_eq!(file.byte(at(9, 0), Encoding::Utf16), TEXT.len());
        assert_eq!(file.position(999, Encoding::Utf8), at(3, 4));
    }
}
