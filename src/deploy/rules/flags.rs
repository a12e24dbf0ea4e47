//! Flags of `extraArgs`: known to the release, of the right type, set by nothing else.

use crate::deploy::Deployment;
use crate::deploy::flags::{self, Flag, LISTEN};
use crate::deploy::workload::{ArgValue, Workload};
use crate::diagnostics::{Page, Report, wording};
use crate::semantics::data::{Kind, Value};
use crate::source::Span;
use semver::Version;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[UNKNOWN, TOO_NEW, TAKEN, PORT, TYPE, OLD];

const UNKNOWN: Page = Page::rule("E0520", "no release has this flag");
const TOO_NEW: Page = Page::rule("E0521", "the stack's release does not have this flag");
const TAKEN: Page = Page::rule("E0522", "a setting sets this flag already");
const PORT: Page = Page::rule("E0523", "a flag opens a port that nobody else knows of");
const TYPE: Page = Page::rule("E0524", "a flag is given a value that it does not take");
const OLD: Page = Page::rule("E0525", "the stack's release is older than what is known");

/// A flag that a release does not know stops the program at start (exit status 2).
pub(super) fn check(deployment: &Deployment, _: Span, reports: &mut Vec<Report>) {
    let stack = &deployment.stack;
    let Ok(release) = Version::parse(stack.version.value.trim_start_matches('v')) else { return };
    if release < flags::OLDEST {
        reports.push(
            Report::error(
                &OLD,
                format!("VictoriaMetrics {} is older than what vmsc knows", stack.version.value),
            )
            .at(stack.version.span, format!("the oldest known release is v{}", flags::OLDEST))
            .help(format!("use v{} or newer", flags::OLDEST)),
        );
        return;
    }
    for workload in &deployment.workloads {
        given(workload, &release, reports);
    }
}

fn given(workload: &Workload, release: &Version, reports: &mut Vec<Report>) {
    if workload.extra_args.is_empty() {
        return;
    }
    let (table, name) = (flags::table(workload.program), workload.program.name());
    for (flag, value) in &workload.extra_args {
        let bare = flag.trim_start_matches('-');
        if let Some(report) = misplaced(workload, flag, bare, value) {
            reports.push(report);
            continue;
        }
        match table.iter().find(|known| known.name == bare) {
            None => reports.push(unknown(&table, bare, value.span, name)),
            Some(known) => match unfit(known, bare, value.span, release, name) {
                Some(report) => reports.push(report),
                None => typed(known, bare, value, reports),
            },
        }
    }
}

/// What is wrong with a flag, whatever the program knows of it.
fn misplaced(workload: &Workload, flag: &str, bare: &str, value: &Value) -> Option<Report> {
    if bare != flag {
        let report = Report::error(&UNKNOWN, format!("a flag is written without its dash: `{bare}`"));
        let right = format!("write `\"{bare}\" = {}`", wording::short(&literal(&value.kind)));
        return Some(report.at(value.span, "the value of this flag").help(right));
    }
    if workload.flags().contains(&bare) {
        let setting = workload.args.iter().find(|arg| arg.flag == bare).and_then(|arg| match &arg.value {
            ArgValue::Setting(setting) => Some(setting.path.join(".")),
            _ => None,
        });
        let report = Report::error(&TAKEN, format!("`-{bare}` is set already"));
        let report = report.at(value.span, "set a second time here");
        return Some(match setting {
            Some(setting) => report.help(format!("set `{setting}` instead")),
            None => report.help("vmsc needs it to be what it is; remove this"),
        });
    }
    let (inner, value) = nested(value)?;
    let whole = format!("{bare}.{inner}");
    Some(
        Report::error(&UNKNOWN, format!("`{whole}` is one name, and stands in quotes"))
            .at(value.span, "the value of this flag")
            .note("without quotes a dot is a step into a record, and no flag has a record")
            .help(format!("write `\"{whole}\" = {}`", wording::short(&literal(&value.kind)))),
    )
}

/// The report about a flag that no release has.
fn unknown(table: &[Flag], bare: &str, at: Span, name: &str) -> Report {
    let report = Report::error(&UNKNOWN, format!("{name} has no flag `-{bare}`"))
        .at(at, "the value of an unknown flag")
        .note("a flag that a program does not know stops it at start");
    match wording::nearest(bare, table.iter().map(|known| known.name)) {
        Some(near) => report.help(format!("did you mean `\"{near}\"`?")),
        None => report.help("the program's `-help` lists its flags"),
    }
}

/// What is wrong with a flag of the program, whatever its value.
fn unfit(known: &Flag, bare: &str, at: Span, release: &Version, name: &str) -> Option<Report> {
    if !known.known_in(release) {
        let range = match known.last >= flags::NEWEST {
            true => format!("v{} has it", known.first),
            false => format!("v{} to v{} have it", known.first, known.last),
        };
        return Some(
            Report::error(&TOO_NEW, format!("{name} v{release} has no flag `-{bare}`"))
                .at(at, range)
                .note("a flag that a program does not know stops it at start")
                .help(format!("set `version = v{}` or newer, or remove the flag", known.first)),
        );
    }
    bare.ends_with(LISTEN).then(|| {
        Report::error(&PORT, format!("`-{bare}` opens a port that nothing else knows of"))
            .at(at, "neither the Service nor the network policy has it")
            .help("remove it")
    })
}

/// A value as it is written in a stack.
fn literal(value: &Kind) -> String {
    match value {
        Kind::Text(text) => format!("\"{text}\""),
        other => other.to_string(),
    }
}

/// The one value that a flag's name without quotes leads to, and the rest of its name.
fn nested(value: &Value) -> Option<(String, &Value)> {
    let Kind::Record(record) = &value.kind else { return None };
    let (name, inner) = record.iter().next()?;
    match nested(inner) {
        Some((rest, value)) => Some((format!("{name}.{rest}"), value)),
        None => Some((name.to_string(), inner)),
    }
}

fn typed(flag: &flags::Flag, name: &str, value: &Value, reports: &mut Vec<Report>) {
    let items = match &value.kind {
        Kind::List(items) if flag.repeats() => items.to_vec(),
        _ => vec![value.clone()],
    };
    for item in items {
        let Err(takes) = flag.spell(&item) else { continue };
        let report = Report::error(&TYPE, format!("`-{name}` takes {takes}"))
            .at(item.span, format!("{} is none", wording::short(&item.kind.to_string())));
        reports.push(report.help(format!("write {takes}")));
    }
}
