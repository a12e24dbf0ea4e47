//! What is known of a stack's file, its imports and the built-in schema, kept: declarations with what
//! their names mean, the types of expressions, and which schema a block fills.

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

/// Declarations point into the trees that they stand in.
struct Checked<'t> {
    program: Program<'t>,
    findings: Findings,
    /// What is wrong with names and types.
    reports: Vec<Diagnostic>,
}

self_cell!(
    struct Cell {
        owner: Loaded,
        #[covariant]
        dependent: Checked,
    }
);

/// The files of a stack with what is known of them. A clone is a handle to the same.
#[derive(Clone)]
pub struct Analysis(Rc<Cell>);

impl fmt::Debug for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Analysis").field(self.0.borrow_owner()).finish()
    }
}

impl Analysis {
    /// Resolves the names of some files, and types their expressions; mistakes are reported.
    pub fn new(loaded: Loaded, diagnostics: &mut Vec<Diagnostic>) -> Option<Analysis> {
        let base = &prelude::get().base;
        let cell = Cell::try_new(loaded, |loaded| {
            let chunks = loaded.modules.iter().flat_map(|module| module.tree.all_chunks());
            let mut findings = base.findings().with(chunks);
            let files = Files { builtin: Builtins::Known(base), loaded };
            let program = names::collect(files, &mut findings, diagnostics).ok_or(())?;
            // A file without a stack is checked with the stack that imports it.
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

    /// The analysis of the same files after an edit of the stack's own, parsed again by
    /// [`syntax::reparse`](crate::syntax::reparse): the same as a new one, found out with less work
    /// where values changed only. Imports must lead where they led.
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

    /// The files.
    pub fn loaded(&self) -> &Loaded {
        self.0.borrow_owner()
    }

    /// The declarations.
    pub fn program(&self) -> &Program<'_> {
        &self.0.borrow_dependent().program
    }

    /// What is known of names and expressions.
    pub fn findings(&self) -> &Findings {
        &self.0.borrow_dependent().findings
    }

    /// The values of the stack alone, then with each profile, unless somebody tells to stop.
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
