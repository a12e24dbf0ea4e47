//! Stacks that are recorded, and whose file is gone.

use super::codes::{self, GONE_STACK};
use super::git;
use super::outputs::Wanted;
use super::plan::Planner;
use crate::diagnostics::Diagnostic;
use crate::source::read::{self, Kind};
use std::rc::Rc;

impl Planner<'_, '_> {
    /// A file elsewhere that declares a stack and is not part of the build: a stack may have moved there.
    fn moved_to(&self, stack: &str) -> Option<String> {
        let name = stack.rsplit('/').next().unwrap_or(stack);
        let mut found = Vec::new();
        read::walk(self.root, 6, &mut |path| {
            let below = path.strip_prefix(self.root).map(|path| path.to_string()).unwrap_or_default();
            if path.file_name() == Some(name)
                && !self.is_planned(&below)
                && !self.before.stacks().iter().any(|known| ***known == *below)
            {
                found.push(below);
            }
        });
        found.into_iter().next()
    }

    /// Decides about stacks whose file is gone: what they wrote is removed if git tracks the removal, or if
    /// another stack writes all of it now.
    pub(super) fn settle_gone(&mut self, wanted: &Wanted) {
        let before = Rc::clone(&self.before);
        for stack in before.stacks() {
            if self.is_planned(stack) || read::kind(&self.root.join(&**stack)) != Kind::Nothing {
                continue;
            }
            let mut leaves =
                before.leaves.iter().filter(|(_, marks)| marks.iter().any(|(source, _)| source == stack));
            let mut files = before.files.iter().filter(|(_, stacks)| stacks.contains(stack));
            let taken_over = leaves.all(|(place, _)| wanted.leaves.contains_key(place))
                && files.all(|(path, _)| wanted.files.contains_key(&**path));
            let moved = if taken_over || !self.options.whole { None } else { self.moved_to(stack) };
            if let Some(moved) = moved {
                let report = Diagnostic::error(
                    &GONE_STACK,
                    format!("`{stack}` is gone, and `{moved}` declares a stack that was never built"),
                )
                .help(format!("run `vmsc build {}` if it was moved there", codes::shell(&moved)))
                .help(format!("run `vmsc remove {}` to take out what it wrote", codes::shell(stack)));
                self.report(report);
                continue;
            }
            if taken_over || self.options.whole && git::tracks_removal(self.root, stack) {
                if !taken_over {
                    self.notes.push(format!("`{stack}` is gone: what it wrote is removed"));
                }
                self.gone.push(Rc::clone(stack));
                continue;
            }
            if self.options.whole {
                let stack_file = codes::shell(stack);
                let report = Diagnostic::error(
                    &GONE_STACK,
                    format!("`{stack}` is gone, and git does not track its removal"),
                )
                .note("a sparse checkout or a wrong branch may lack it")
                .help(format!("bring it back, or run `vmsc remove {stack_file}` to take out what it wrote"));
                self.report(report);
            }
        }
    }
}
