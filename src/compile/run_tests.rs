//! Runs `test` items: their checks, and the changes they expect to be rejected.

use super::{Analysis, Compiled, default_notes};
use crate::deploy::{Deployment, rules};
use crate::diagnostics::{Diagnostic, Phase, sort_and_merge};
use crate::model::{Decode, Stack};
use crate::semantics;
use crate::semantics::codes::{MISMATCH, REQUIRED, TEST};
use crate::semantics::names::Test;
use crate::source::{SourceMap, Span};
use crate::syntax::tree::{self, Block, EntryKind, Name};

/// The result of a test in the stack's file.
#[derive(Debug)]
pub struct Tested {
    /// Its title.
    pub name: String,
    /// Its failures; empty if the test passes.
    pub reports: Vec<Diagnostic>,
}

/// Runs the tests of a compiled stack.
pub fn run_tests(compiled: &Compiled, map: &SourceMap) -> Vec<Tested> {
    let analysis = &compiled.analysis;
    let run = |test: &Test| {
        let mut reports = semantics::test(analysis.program(), analysis.findings(), test);
        for entry in test.body.entries.iter() {
            if let EntryKind::Rejects { body, code } = &entry.kind {
                reports.extend(not_rejected(analysis, test.profile, body, code.as_ref(), map));
            }
        }
        reports.iter_mut().for_each(|report| default_notes::labels_to_notes(report, map));
        sort_and_merge(&mut reports, map);
        Tested { name: test.name.text.to_string(), reports }
    };
    analysis.program().tests.iter().map(run).collect()
}

/// Reports a change that should be rejected but is accepted, or is rejected for another reason.
fn not_rejected(
    analysis: &Analysis,
    profile: Option<usize>,
    body: &Block,
    code: Option<&Name>,
    map: &SourceMap,
) -> Option<Diagnostic> {
    let (program, findings) = (analysis.program(), analysis.findings());
    let rejected = findings.rejected.get(&(body.span.chunk, body.id)).cloned().unwrap_or_default();
    let mut reports = rejected.diagnostics;
    if let Some(values) =
        semantics::evaluate_over(program, findings, profile, body, &rejected.meant, &mut reports)
        && let (Some(name), Some(stack)) = (program.stack.as_ref().map(|s| s.name), Stack::decode(&values))
    {
        let deployment = Deployment::new(&name.text, stack);
        let subject = rules::Subject {
            name: name.span,
            profiles: &[],
            deployments: &[&deployment],
            values: &[&values],
        };
        reports.extend(rules::check(&subject));
    }
    sort_and_merge(&mut reports, map);
    // A syntax or type error is a mistake in the test itself.
    let own = |report: &Diagnostic| {
        report.phase <= Phase::Types && ![REQUIRED.code(), MISMATCH.code()].contains(&report.code)
    };
    let told = |report: &Diagnostic| match code {
        Some(code) => *report.code.0 == *code.text,
        None => report.is_error() && !own(report),
    };
    let known = |code: &str| {
        let checks = program.schemas.iter().flat_map(|schema| &schema.checks);
        let pages = [semantics::codes::KINDS, &rules::pages()].concat();
        pages.iter().any(|page| page.code == code)
            || checks.into_iter().any(|check| tree::has_code(check.entry, code))
    };
    if let Some(code) = code.filter(|code| !known(&code.text)) {
        return Some(
            Diagnostic::error(&TEST, format!("no check has the code `{}`", code.text))
                .at(code.span, "unknown code")
                .help("`vmsc explain` lists the codes of the language; yours stand in your schema's checks"),
        );
    }
    if reports.iter().any(told) {
        return None;
    }
    let start = Span { end: body.span.start + 1, ..body.span };
    let report = match code {
        Some(code) => Diagnostic::error(&TEST, format!("this is not rejected with {}", code.text))
            .at(code.span, "not reported"),
        None => Diagnostic::error(&TEST, "this is not rejected").at(start, "this compiles"),
    };
    let instead = reports.iter().filter(|report| report.is_error());
    let report =
        instead.fold(report, |report, other| report.note(format!("[{}] {}", other.code.0, other.title)));
    Some(report.help("write the check that rejects it, or remove this"))
}
