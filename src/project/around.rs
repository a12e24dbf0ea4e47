//! Looks at the user's files around what a build writes.

use super::outputs::Wanted;
use super::plan::Planner;

impl Planner<'_, '_> {
    /// Reports what is in the way of a stack's outputs, and what overrides them.
    pub(super) fn look_around(&mut self, wanted: &Wanted, at: usize) {
        self.check_size(wanted, at);
        self.note_readers(wanted, at);
        let home = &wanted.members[at];
        let (compiled, source) = (self.members[at].compiled, self.members[at].source);
        let shape = compiled.analysis.shape(self.map());
        let build = home.build(compiled, source, &shape, false);
        self.report_published(&home.compose_file, wanted, at, &compiled.variants[0].deployment);
        if let Some(parent) = &home.parent {
            self.report_conflicts(parent, &home.name);
            self.report_aliases(parent, &compiled.variants[0].deployment);
            self.report_refused_keys(parent, &build, wanted);
            self.overrides(parent, &build, compiled, wanted);
        }
    }
}
