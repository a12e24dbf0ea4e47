//! Dependency chains and cycles.

use super::{CYCLE, Diagnostic, Eval, MAX_CHAIN, NodeId, Span, Step, Value, ValueKind, stack_space};

impl<'p, 't> Eval<'p, 't> {
    /// Runs one step of a dependency chain; returns an error if the chain is longer than [`MAX_CHAIN`].
    pub(super) fn with_cycle_guard(
        &mut self,
        step: Step,
        at: Span,
        run: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        if self.chain.len() >= MAX_CHAIN {
            self.report_too_far(at);
            return Value::new(ValueKind::Error, at);
        }
        self.chain.push((step, at));
        let value = stack_space::ensure_for_step(|| run(self));
        self.chain.pop();
        value
    }

    pub(super) fn cycle(&mut self, id: NodeId) -> Value {
        let at = self.highest(id).map_or_else(|| self.anywhere(), |d| d.at);
        self.report_cycle(Step::Field(id));
        Value::new(ValueKind::Error, at)
    }

    pub(super) fn shown(&self, step: Step) -> String {
        match step {
            Step::Field(id) if id == NodeId::ROOT => "stack".to_owned(),
            Step::Field(id) => self.path(id),
            Step::Constant(id) => self.program.constant(id).name.text.to_string(),
            Step::Function(id) => self.program.function(id).name.text.to_string(),
        }
    }

    pub(super) fn report_cycle(&mut self, step: Step) {
        let start = self.chain.iter().position(|(known, _)| *known == step).unwrap_or(0);
        let name = &self.shown(step);
        let steps: Vec<(String, Span)> =
            self.chain[start..].iter().map(|(step, span)| (self.shown(*step), *span)).collect();
        let Some((_, first)) = steps.first() else { return };
        let mut report = Diagnostic::error(&CYCLE, format!("`{name}` depends on itself"));
        report = report.at(
            *first,
            match steps.get(1) {
                Some((next, _)) => format!("`{name}` needs `{next}`"),
                None => "is written in terms of itself".to_owned(),
            },
        );
        for (n, (step, span)) in steps.iter().enumerate().skip(1).take(6) {
            let next = steps.get(n + 1).map_or(name, |(next, _)| next);
            report = report.because(*span, format!("`{step}` needs `{next}`"));
        }
        report = report.help("write the value of one of them");
        self.diagnostics.push(report);
    }
}
