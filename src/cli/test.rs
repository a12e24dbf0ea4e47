//! `vmsc test`

use super::session::{self, Session};
use super::{ExitStatus, Global, Input, output};
use crate::compile::{self, Tested};
use crate::diagnostics::wording;
use crate::project::codes::unwritable;
use crate::project::write;
use crate::source::SourceMap;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use quick_xml::escape::escape;

/// The arguments of `vmsc test`.
#[derive(Debug, Args)]
pub(super) struct Test {
    #[command(flatten)]
    input: Input,
    /// Write the results to FILE as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<Utf8PathBuf>,
}

impl Test {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let mut suites = String::new();
        let open = |stack: &Utf8Path| session::open(stack, &self.input, global);
        let ending =
            session::each(&self.input, global, &open, &mut |session| one(&session, global, &mut suites));
        if let Some(path) = &self.junit {
            let text =
                format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{suites}</testsuites>\n");
            if let Err(failure) = write::text(path, &text) {
                output::reports(&[unwritable(&failure)], &SourceMap::default(), global);
                return ExitStatus::Failed;
            }
        }
        ending
    }
}

fn one(session: &Session, global: &Global, suites: &mut String) -> ExitStatus {
    output::reports(&session.reports, &session.map, global);
    let Some(compiled) = &session.compiled else { return ExitStatus::Wrong };
    let tested = compile::run_tests(compiled, &session.map);
    for test in &tested {
        if !test.reports.is_empty() {
            output::line(global, &format!("the test \"{}\" fails:\n", test.name));
            output::reports(&test.reports, &session.map, global);
        } else if global.verbose {
            output::line(global, &format!("  passes  {}", test.name));
        }
    }
    suites.push_str(&suite(session, &tested));
    let failed = tested.iter().filter(|test| !test.reports.is_empty()).count();
    let tests = wording::count(tested.len(), "test");
    match (tested.len(), failed) {
        (0, _) => output::line(global, &format!("{}: no tests", session.name)),
        (_, 0) => output::line(global, &format!("{}: {tests} passed", session.name)),
        _ => output::failure(&format!("{}: {failed} of {tests} failed", session.name)),
    }
    if failed == 0 { ExitStatus::Fine } else { ExitStatus::Wrong }
}

/// Renders the results of a stack's tests as a JUnit XML suite.
fn suite(session: &Session, tested: &[Tested]) -> String {
    let failed = tested.iter().filter(|test| !test.reports.is_empty()).count();
    let name = xml(&session.name);
    let mut out = format!("  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failed}\">\n", tested.len());
    for test in tested {
        let head = format!("    <testcase classname=\"{name}\" name=\"{}\"", xml(&test.name));
        match test.reports.first() {
            None => out.push_str(&format!("{head}/>\n")),
            Some(first) => out.push_str(&format!(
                "{head}>\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n",
                xml(&first.title),
                xml(&first.code.0),
                xml(&output::drawn(&test.reports, &session.map)),
            )),
        }
    }
    out.push_str("  </testsuite>\n");
    out
}

/// Escapes a string for XML 1.0 and drops the control characters that it can't represent.
fn xml(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n') || (*c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}'));
    escape(text.chars().filter(allowed).collect::<String>()).into_owned()
}
