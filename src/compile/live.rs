//! A stack that is compiled again after each edit, for editors and `vmsc watch`.

use super::analysis::Analysis;
use super::back::evaluate;
use super::compiled::Outcome;
use super::front::Front;
use crate::load::StackLocation;
use crate::load::codes::unreadable;
use crate::semantics::Evaluated;
use crate::semantics::stop::{Stop, Stopped};
use crate::source::overlay::Overlay;
use crate::source::read::ReadError;
use crate::source::{FileId, SourceFile, SourceMap, markers};
use crate::stack_space;

/// A stack's file and what it imports, with what is known of them.
#[derive(Debug)]
pub struct Live {
    file: FileId,
    place: StackLocation,
    map: SourceMap,
    front: Front,
    outcome: Option<Outcome>,
    /// The values before the last edits, whose spans mean nothing any more.
    last: Vec<Evaluated>,
}

impl Live {
    /// Reads a file with what it imports, and checks names and types. `name` is its name in diagnostics;
    /// texts of `overlay` are taken for files on disk.
    pub fn new(name: &str, text: String, place: StackLocation, overlay: Overlay) -> Live {
        stack_space::ensure_for_run(|| {
            let mut map = SourceMap::for_editing();
            map.overlay = overlay;
            let file = map.add(name, text);
            let front = Front::new(file, &place, &mut map);
            Live { file, place, map, front, outcome: None, last: Vec::new() }
        })
    }

    /// A file that can't be read, whose only diagnostic says why.
    pub fn unreadable(name: &str, error: ReadError, place: StackLocation) -> Live {
        let mut live = Live::new(name, String::new(), place, Overlay::default());
        let report = unreadable(error, name, &mut live.map);
        live.outcome = Some(Outcome { reports: vec![report], has_stack: true, ..Outcome::default() });
        live
    }

    /// Takes a new text of the stack's own file, and checks names and types again.
    pub fn edit(&mut self, text: String, overlay: &Overlay) {
        stack_space::ensure_for_run(|| {
            let last = self.last_values();
            self.map.overlay = overlay.clone();
            let merged = |text: &str| markers::unresolved(text).is_some();
            let known = !merged(&self.source().text) && !merged(&text);
            if !known || !self.front.edit(self.file, text.clone(), &mut self.map) {
                *self = Live::new(&self.source().name, text, self.place.clone(), overlay.clone());
            }
            (self.outcome, self.last) = (None, last);
        });
    }

    /// Reads everything again, after another file changed.
    pub fn reload(&mut self, overlay: &Overlay) {
        let last = self.last_values();
        let source = self.source();
        *self = Live::new(&source.name, source.text.clone(), self.place.clone(), overlay.clone());
        self.last = last;
    }

    /// The values of the last evaluation that had some.
    fn last_values(&mut self) -> Vec<Evaluated> {
        match self.outcome.take() {
            Some(outcome) if !outcome.evaluated.is_empty() => outcome.evaluated,
            _ => std::mem::take(&mut self.last),
        }
    }

    /// The values of the stack alone, then with each profile, as they were last known. Their spans mean
    /// nothing if the stack was edited since.
    pub fn values(&self) -> &[Evaluated] {
        match &self.outcome {
            Some(outcome) if !outcome.evaluated.is_empty() => &outcome.evaluated,
            _ => &self.last,
        }
    }

    /// Evaluates the stack if that was not done since the last edit, unless `stop` interrupts it.
    pub fn evaluate(&mut self, stop: &Stop) -> Result<&Outcome, Stopped> {
        if self.outcome.is_none() {
            let evaluated =
                stack_space::ensure_for_run(|| evaluate(self.file, &self.front, &mut self.map, stop));
            self.outcome = Some(evaluated?);
        }
        self.outcome.as_ref().ok_or(Stopped)
    }

    /// The outcome of the last evaluation, if nothing was edited since.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// What is known of the files; `None` if vmsc's own schema can't be read.
    pub fn analysis(&self) -> Option<&Analysis> {
        self.front.analysis.as_ref()
    }

    /// The files.
    pub fn map(&self) -> &SourceMap {
        &self.map
    }

    /// Where the stack is.
    pub fn place(&self) -> &StackLocation {
        &self.place
    }

    /// Id of the stack's own file.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The stack's own file.
    pub fn source(&self) -> &SourceFile {
        self.map.file(self.file)
    }
}
