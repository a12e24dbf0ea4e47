//! Diagnostics of semantic analysis: names (E02xx), types and units (E03xx), evaluation (E04xx).

use crate::diagnostics::explain::{self, Explanation};
use crate::diagnostics::{Diagnostic, pages};
use crate::syntax::tree::InfixOp;

pages! {
    Names {
        /// A name that nothing declares.
        UNKNOWN_NAME "E0201" "unknown name";
        /// A name or field given twice.
        DUPLICATE "E0202" "a name or field is defined twice";
        /// A type that nothing declares.
        UNKNOWN_TYPE "E0203" "unknown type";
        /// A field that the record does not have.
        UNKNOWN_FIELD "E0204" "unknown field";
        /// A function that does not exist.
        UNKNOWN_FUNCTION "E0205" "unknown function";
        /// A profile that does not exist.
        UNKNOWN_PROFILE "E0206" "unknown profile";
        /// A second stack, or one in an imported file.
        STACKS "E0207" "a stack is in the wrong place";
        /// A file without a stack.
        NO_STACK "E0211" "a file has no stack";
        /// A value that depends on itself.
        CYCLE "E0208" "a value depends on itself";
        /// A declaration with a name reserved by the language.
        TAKEN "E0209" "a declaration uses a built-in name";
        /// Something in a place where it has no meaning.
        PLACE "E0210" "an entry is in the wrong place";
        /// `${name}` in a string, where such a name exists.
        INTERPOLATION "W0212" "`${…}` in a string is plain text";
    }
    Types {
        /// A value of another type than the field's.
        MISMATCH "E0301" "a value has the wrong type";
        /// A string that is not one of those allowed.
        WORD "E0302" "a string is not one of the allowed values";
        /// A unit that does not exist.
        UNIT "E0303" "a number has an unknown unit";
        /// A number that can't be read or is not exact.
        NUMBER "E0304" "a number is invalid or out of range";
        /// An optional value used without checking that it is set.
        OPTIONAL "E0305" "an optional value is used as if it were set";
        /// An operator applied to types it does not support.
        OPERATOR "E0306" "an operator does not accept these types";
        /// A function called with the wrong arguments.
        ARGUMENTS "E0307" "a function is called with the wrong arguments";
        /// A missing required field.
        REQUIRED "E0308" "a required field is missing";
        /// A quantity without a unit.
        BARE "E0309" "a quantity has no unit";
        /// A block where a value is expected, or the other way round.
        SHAPE "E0310" "a block where a value is expected, or the other way round";
        /// A `for` over something that has no elements.
        ELEMENTS "E0311" "a `for` loops over something that has no elements";
        /// Cores given as a large whole number.
        CORES "W0301" "a share of CPU is a large whole number";
    }
    Values {
        /// A value that a type's condition rejects.
        REFINED "E0401" "a value is outside what its type allows";
        /// Division by zero.
        ZERO "E0402" "division by zero";
        /// A number that does not fit.
        OVERFLOW "E0403" "a result is out of range";
        /// An index or key that does not exist.
        INDEX "E0404" "an element does not exist";
        /// A regular expression that does not compile.
        REGEX "E0405" "a regular expression does not compile";
        /// Too long a chain of lazy values that depend on each other.
        CHAIN "E0406" "more than 1 000 values depend on each other in a chain";
        /// More values than a stack may have.
        VALUES "E0407" "there are more than 1 000 000 values";
        /// A loop over too many elements.
        LOOP "E0408" "a loop has more than 100 000 elements";
        /// An evaluation that takes too many steps.
        STEPS "E0409" "evaluating this takes too many steps";
        /// A failed test, or a failed check without a code of its own.
        TEST "E0410" "a check or test fails";
        /// A value that can't be computed, where no other code applies.
        UNKNOWN_VALUE "E0411" "a value can't be computed";
        /// Lists and records nested too deeply.
        NESTED "E0412" "a value is nested more than 500 deep";
    }
}

/// Returns the explanations of this stage's codes.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), KINDS)
}

/// Creates the diagnostic for an operator between incompatible operands, described by `left` and
/// `right`.
pub(super) fn of_two_kinds(op: InfixOp, left: &str, right: &str) -> Diagnostic {
    let verb = if op.compares() { "compares" } else { "takes" };
    let title = format!("`{}` {verb} values of one kind, found {left} and {right}", op.text());
    Diagnostic::error(&OPERATOR, title)
}
