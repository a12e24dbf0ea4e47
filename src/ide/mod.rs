//! What an editor asks about a file: one feature a file, in the compiler's own terms. Positions are bytes,
//! files are paths; [`crate::lsp`] translates.
//!
//! Read in this order: [`view`] (a file as a feature sees it), [`scope`] and [`symbol`] (what names mean;
//! [`mention`] finds them).

mod actions;
mod around;
mod completion;
mod definition;
mod describe;
mod edit;
mod folding;
mod formatting;
mod hints;
mod hover;
mod mention;
mod moves;
mod outputs;
mod references;
mod rename;
mod scope;
mod settings;
mod signature;
mod symbol;
pub mod symbols;
#[cfg(test)]
mod testing;
mod tokens;
mod trial;
mod view;

pub use actions::{Action, Fix, Kind as ActionKind, fix_all, fixes, refactorings};
pub use around::Around;
pub use completion::{Completion, Kind as CompletionKind, Part, Snippet, complete};
pub use definition::{Target, definition, implementation, type_definition};
pub use edit::{Edits, applied};
pub use folding::{Fold, folds, selections};
pub use formatting::formatting;
pub use hints::{Hint, hints};
pub use hover::{Hover, hover};
pub use mention::{Mention, mention_at, mentions};
pub use moves::moves;
pub use outputs::{Output, Outputs, Place};
pub use references::{Reference, references};
pub use rename::{Rename, prepare, rename};
pub use settings::setting_at;
pub use signature::{Signature, signature};
pub use symbol::{Declaration, Symbol};
pub use tokens::{Class, SemanticToken, tokens};
pub use view::{Side, View};
