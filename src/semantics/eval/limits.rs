//! Evaluation limits. Each is reported once, however often it is exceeded.

use super::Limit;
use super::{CHAIN, CYCLE, Diagnostic, Eval, MAX_CHAIN, MAX_DEPTH, MAX_NESTED, NESTED, STEPS, Span, VALUES};

impl Eval<'_, '_> {
    fn report_once(&mut self, limit: Limit, report: impl FnOnce() -> Diagnostic) {
        if self.told.insert(limit) {
            self.diagnostics.push(report());
        }
    }

    /// Reports that the stack has too many values.
    pub(super) fn report_too_many(&mut self, at: Span) {
        self.report_once(Limit::Values, || {
            Diagnostic::error(&VALUES, "the stack has more than 1 000 000 values")
                .at(at, "too many from here on")
                .help("go through fewer elements, or give them fewer fields")
        });
    }

    /// Reports that evaluation takes too many steps.
    pub(super) fn report_too_long(&mut self, at: Span) {
        self.report_once(Limit::Steps, || {
            Diagnostic::error(&STEPS, "evaluating the stack takes more than 20 000 000 steps")
                .at(at, "stopped here")
                .help("go through fewer elements, or call functions less often")
        });
    }

    /// Reports a value that is nested too deep.
    pub(super) fn report_too_deep(&mut self, at: Span) {
        self.report_once(Limit::Depth, || {
            Diagnostic::error(&NESTED, format!("a value is nested more than {MAX_DEPTH} deep"))
                .at(at, "one level too many")
                .help("put fewer lists or records in each other")
        });
    }

    /// Reports a dependency chain that is too long.
    pub(super) fn report_too_far(&mut self, at: Span) {
        self.report_once(Limit::Chain, || {
            Diagnostic::error(&CHAIN, format!("more than {MAX_CHAIN} values depend on each other in a chain"))
                .at(at, "too far from the start of the chain")
                .help("give one of them a value that does not depend on the others")
        });
    }

    /// Reports records whose defaults nest endlessly.
    pub(super) fn report_endless(&mut self, at: Span) {
        self.report_once(Limit::Defaults, || {
            Diagnostic::error(
                &CYCLE,
                format!("records are nested more than {MAX_NESTED} deep by their defaults"),
            )
            .at(at, "and so on")
            .help("give the field in the schema no record of the same schema by default")
        });
    }
}
