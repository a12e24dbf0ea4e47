//! Diagnostic kinds for reading a file: encoding and limits (E00xx), syntax (E01xx).

use crate::diagnostics::explain::{self, Explanation};
use crate::diagnostics::pages;

pages! {
    Syntax {
        /// A control character in the text.
        CONTROL "E0003" "a file has a control character";
        /// Brackets, prefixes or paths nest too deep.
        DEPTH "E0005" "something is nested more than 64 deep";
        /// An opener without its closer.
        UNCLOSED "E0101" "a bracket is not closed";
        /// A closer without its opener.
        UNOPENED "E0102" "a closing bracket has no opening one";
        /// A string without its end.
        UNCLOSED_TEXT "E0103" "a string is not closed";
        /// Something is absent.
        ABSENT "E0104" "something is missing";
        /// Something can't be read.
        UNREADABLE "E0105" "unexpected syntax";
        /// Two entries without a newline or comma between them.
        SEPARATOR "E0106" "two entries are not separated";
        /// An escape that strings do not have.
        ESCAPE "E0107" "a string has an escape that does not exist";
        /// A multi-line string whose lines are not indented as its closing quotes.
        INDENTATION "E0108" "a multi-line string is indented less than its closing quotes";
        /// A field outside a stack.
        OUTSIDE "E0109" "something is outside every declaration";
        /// `:` where `=` belongs, or the other way round.
        COLON "E0110" "`:` and `=` are mixed up";
        /// A comparison of a comparison.
        CHAIN "E0111" "comparisons are chained";
        /// A word that means something else here.
        RESERVED "E0112" "a reserved word is used as a name";
    }
}

/// Explanations of this stage's codes.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), KINDS)
}
