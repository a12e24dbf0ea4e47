//! A cached analysis of a stack's file, its imports and the built-in schema: resolved declarations,
//! types of expressions, and the schema that each block fills.

use crate::diagnostics::Diagnostic;
use crate::load::Loaded;
use crate::prelude;
use crate::semantics::again::Edit;
use crate::semantics::findings::Findings;
use crate::semantics::formula::{Shape, describe};
use crate::semantics::names::{self, Builtins, Files, Program};
use crate::semantics::stop::{Stop, Stopped};
use crate::semantics::{self, Evaluated};
use crate::source::SourceMap;
use crate::syntax::tree::Tree;
use self_cell::self_cell;
use std::fmt;
use std::rc::Rc;

/// Declarations borrow from the syntax trees that contain them.
struct Checked<'t> {
    program: Program<'t>,
    findings: Findings,
    /// Diagnostics about names and types.
    reports: Vec<Diagnostic>,
}

self_cell!(
    struct Cell {
        owner: Loaded,
        #[covariant]
        dependent: Checked,
    }
);

/// The files of a stack and their analysis. Cloning is cheap: clones share the data.
#[derive(Clone)]
pub struct Analysis(Rc<Cell>);

impl fmt::Debug for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Analysis").field(self.0.borrow_owner()).finish()
    }
}

impl Analysis {
    /// Resolves names and infers types in the given files, and reports errors.
    pub fn new(loaded: Loaded, diagnostics: &mut Vec<Diagnostic>) -> Option<Analysis> {
        let base = &prelude::get().base;
        let cell = Cell::try_new(loaded, |loaded| {
            let chunks = loaded.modules.iter().flat_map(|module| module.tree.all_chunks());
            let mut findings = base.findings().with(chunks);
            let files = Files { builtin: Builtins::Known(base), loaded };
            let program = names::collect(files, &mut findings, diagnostics).ok_or(())?;
            // A file without a stack is checked together with the stack that imports it.
            let (mut reports, alone) = (Vec::new(), program.stack.is_none());
            semantics::check(&program, &mut findings, &mut reports);
            if alone {
                reports.clear();
            }
            diagnostics.extend(reports.iter().cloned());
            Ok::<_, ()>(Checked { program, findings, reports })
        });
        cell.ok().map(|cell| Analysis(Rc::new(cell)))
    }

    /// Updates the analysis after an edit of the stack's own file, reparsed by
    /// [`syntax::reparse`](crate::syntax::reparse). The result equals a new analysis, with less work
    /// if only values changed. Imports must resolve to the same files as before.
    pub fn edited(&self, tree: Tree, diagnostics: &mut Vec<Diagnostic>) -> Option<Analysis> {
        let known = self.0.borrow_dependent();
        let mut loaded = self.loaded().clone();
        let module = loaded.modules.first_mut()?;
        let Some(edit) = Edit::between(&module.tree, &tree, &known.findings, &known.reports) else {
            module.tree = tree;
            return Analysis::new(loaded, diagnostics);
        };
        module.tree = tree;
        let mut findings = known.findings.clone();
        edit.prepare(&mut findings, &module.tree);
        let base = &prelude::get().base;
        let cell = Cell::try_new(loaded, |loaded| {
            let files = Files { builtin: Builtins::Known(base), loaded };
            let program = names::collect(files, &mut findings, diagnostics).ok_or(())?;
            let mut reports = Vec::new();
            if program.stack.is_some() {
                edit.check(&program, &mut findings, &known.reports, &mut reports);
            }
            diagnostics.extend(reports.iter().cloned());
            Ok::<_, ()>(Checked { program, findings, reports })
        });
        cell.ok().map(|cell| Analysis(Rc::new(cell)))
    }

    /// The loaded files.
    pub fn loaded(&self) -> &Loaded {
        self.0.borrow_owner()
    }

    /// The declarations.
    pub fn program(&self) -> &Program<'_> {
        &self.0.borrow_dependent().program
    }

    /// Resolved names and the types of expressions.
    pub fn findings(&self) -> &Findings {
        &self.0.borrow_dependent().findings
    }

    /// Evaluates the stack alone, then with each profile, unless `stop` interrupts it.
    pub fn evaluate(
        &self,
        stop: &Stop,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Vec<Evaluated>, Stopped> {
        semantics::evaluate(self.program(), self.findings(), stop, diagnostics)
    }

    /// The schema of the stack's settings.
    pub fn shape(&self, map: &SourceMap) -> Shape {
        describe(self.program(), self.findings(), &|span| map.text(span))
    }
}
