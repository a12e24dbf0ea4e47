//! The reports of meaning: names (E02xx), types and units (E03xx), evaluation (E04xx).

use crate::diagnostics::explain::{self, Explanation};
use crate::diagnostics::{Diagnostic, pages};
use crate::syntax::tree::InfixOp;

pages! {
    Names {
        /// A bare name that nothing has.
        UNKNOWN_NAME "E0201" "a name is not known";
        /// The same thing twice.
        DUPLICATE "E0202" "a name or field is given twice";
        /// A type that nothing declares.
        UNKNOWN_TYPE "E0203" "a type is not known";
        /// A field that the record does not have.
        UNKNOWN_FIELD "E0204" "a field is not known";
        /// A function that does not exist.
        UNKNOWN_FUNCTION "E0205" "a function is not known";
        /// A profile that does not exist.
        UNKNOWN_PROFILE "E0206" "a profile is not known";
        /// A second stack, or one in an imported file.
        STACKS "E0207" "a stack stands where none belongs";
        /// Nothing to compile.
        NO_STACK "E0211" "a file has no stack";
        /// A value that is written in terms of itself.
        CYCLE "E0208" "a value depends on itself";
        /// A name that is taken by the language.
        TAKEN "E0209" "a declaration has a name of the language's own";
        /// Something where it means nothing.
        PLACE "E0210" "something stands where it means nothing";
        /// `${name}` where there is such a name.
        INTERPOLATION "W0212" "`${…}` in a string is plain text";
    }
    Types {
        /// A value of another type than the field's.
        MISMATCH "E0301" "a value has the wrong type";
        /// A string that is none of the allowed ones.
        WORD "E0302" "a string is none of the allowed ones";
        /// A unit that does not exist.
        UNIT "E0303" "a number has an unknown unit";
        /// A number that can't be read or is not exact.
        NUMBER "E0304" "a number can't be read or does not fit";
        /// An optional value used without asking.
        OPTIONAL "E0305" "an optional value is used as if it were set";
        /// An operator between types it does not take.
        OPERATOR "E0306" "an operator does not take these types";
        /// A function called with the wrong arguments.
        ARGUMENTS "E0307" "a function is called with the wrong arguments";
        /// A required field that is not there.
        REQUIRED "E0308" "a required field is missing";
        /// A quantity without a unit.
        BARE "E0309" "a quantity has no unit";
        /// A record where a value is wanted, or the other way round.
        SHAPE "E0310" "a block stands where a value is wanted, or the other way round";
        /// Something that has no elements is gone through.
        ELEMENTS "E0311" "a `for` goes through something that has no elements";
        /// Cores given as a large whole number.
        CORES "W0301" "a share of CPU is a large whole number";
    }
    Values {
        /// A value that a type's condition refuses.
        REFINED "E0401" "a value is outside what its type allows";
        /// Division by zero.
        ZERO "E0402" "a division by zero";
        /// A number that does not fit.
        OVERFLOW "E0403" "a result does not fit";
        /// An index or key that is not there.
        INDEX "E0404" "an element does not exist";
        /// A regular expression that does not compile.
        REGEX "E0405" "a regular expression does not compile";
        /// Lazy values that depend on each other in too long a chain.
        CHAIN "E0406" "a chain of values is longer than 1 000";
        /// More values than a stack may have.
        VALUES "E0407" "there are more than 1 000 000 values";
        /// A loop over too much.
        LOOP "E0408" "a loop is longer than 100 000";
        /// An evaluation that does not come to an end in time.
        STEPS "E0409" "evaluating this takes too many steps";
        /// A test, or a check without a code of its own.
        TEST "E0410" "a check or a test does not hold";
        /// A value that nothing else explains.
        UNKNOWN_VALUE "E0411" "a value can't be computed";
        /// Lists and records in each other, without an end in sight.
        NESTED "E0412" "a value is nested more than 500 deep";
    }
}

/// What the codes of this stage mean.
pub fn explanations() -> Vec<Explanation> {
    explain::pages(include_str!("pages.txt"), KINDS)
}

/// The report about an operator between two values that do not go together, in their words.
pub(super) fn of_two_kinds(op: InfixOp, left: &str, right: &str) -> Diagnostic {
    let verb = if op.compares() { "compares" } else { "takes" };
    let title = format!("`{}` {verb} things of one kind, and these are {left} and {right}", op.text());
    Diagnostic::error(&OPERATOR, title)
}
