//! The front half of compiling: files, names and types, before anything is evaluated.

use super::Analysis;
use crate::diagnostics::Diagnostic;
use crate::load::{StackLocation, load};
use crate::prelude;
use crate::source::{FileId, SourceMap};
use crate::syntax;
use crate::syntax::tree::{Chunk, ItemKind, Tree};
use std::rc::Rc;

/// What is known of a stack's files.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub(super) analysis: Option<Analysis>,
    /// Syntax errors of all files.
    syntax: Vec<Diagnostic>,
    /// Diagnostics of imports and of data files.
    files: Vec<Diagnostic>,
    /// Diagnostics of names and types.
    names: Vec<Diagnostic>,
}

impl Front {
    /// Reads a file of the map and all that it imports.
    pub(super) fn new(file: FileId, place: &StackLocation, map: &mut SourceMap) -> Front {
        map.attach(prelude::get().sources.clone());
        let mut front = Front::default();
        let loaded = load(file, place, map, &mut front.syntax, &mut front.files);
        front.analysis = Analysis::new(loaded, &mut front.names);
        front
    }

    /// Parses and checks the stack's own file again. Returns `false`, with nothing changed but the map, if
    /// what it imports may have changed.
    pub(super) fn edit(&mut self, file: FileId, text: String, map: &mut SourceMap) -> bool {
        let Some(analysis) = &self.analysis else { return false };
        let Some(module) = analysis.loaded().modules.first() else { return false };
        self.syntax.retain(|report| report.primary().is_some_and(|span| map.locate(span).0 != file));
        let (tree, mut syntax) = syntax::reparse(file, text, map, &module.tree);
        let imports = |tree: &Tree| -> Vec<*const Chunk> {
            let imports = |chunk: &&Rc<Chunk>| {
                chunk.items.iter().any(|item| matches!(item.kind, ItemKind::Import { .. }))
            };
            tree.chunks.iter().filter(imports).map(Rc::as_ptr).collect()
        };
        if imports(&tree) != imports(&module.tree) {
            return false;
        }
        self.syntax.append(&mut syntax);
        self.names.clear();
        self.analysis = analysis.edited(tree, &mut self.names);
        true
    }

    /// Copies of the diagnostics: syntax errors, which explain many others, and the rest.
    pub(super) fn reports(&self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        (self.syntax.clone(), self.files.iter().chain(&self.names).cloned().collect())
    }
}
