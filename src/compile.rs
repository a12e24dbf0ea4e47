//! The stages in a row: a file's text to deployments, with every report on the way.

use crate::deploy::{Deployment, rules};
use crate::diagnostics::{Label, Phase, Report, sort_and_merge};
use crate::emit::Variant;
use crate::load::{Loaded, Place, load};
use crate::model::{Decode, Stack};
use crate::prelude;
use crate::room;
use crate::semantics;
use crate::semantics::data::{Kind, Value};
use crate::semantics::formula::{Shape, describe};
use crate::semantics::names::{self, Files, Program, Test};
use crate::semantics::problems::{MISMATCH, NO_STACK, REQUIRED, TEST, UNKNOWN_VALUE};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax;
use crate::syntax::tree::{self, Block, EntryKind, ItemKind, Name};
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

/// What a stack compiles to.
#[derive(Debug)]
pub struct Compiled {
    loaded: Rc<Loaded>,
    /// The stack alone, then each profile.
    pub variants: Vec<Variant>,
    /// Where the compose file is named, and the umbrella.
    pub places: Places,
}

/// Settings that later reports point at.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// `chart.parent`, else the stack's name.
    pub parent: Span,
    /// `compose.file`, else the stack's name.
    pub compose: Span,
    /// The stack's name.
    pub name: Span,
}

impl Compiled {
    /// The schema of the stack's settings, which a build lowers and a check does not need.
    pub fn shape(&self, map: &SourceMap) -> Shape {
        let program = names::collect(files(&self.loaded), &mut Vec::new());
        program.map(|program| describe(&program, &|span| map.text(span))).unwrap_or_default()
    }
}

/// The built-in schema's settings.
pub fn builtin() -> Shape {
    let mut map = SourceMap::default();
    map.attach(prelude::get().sources.clone());
    let loaded = Loaded::default();
    let program = names::collect(files(&loaded), &mut Vec::new());
    program.map(|program| describe(&program, &|span| map.text(span))).unwrap_or_default()
}

/// What came of compiling a file.
#[derive(Debug)]
pub struct Outcome {
    /// What was compiled, where no report is an error.
    pub compiled: Option<Compiled>,
    /// Every report, in source order.
    pub reports: Vec<Report>,
    /// Whether the file has a stack, and is not only there to be imported.
    pub has_stack: bool,
}

/// Compiles a file of the map, which stands at a place.
pub fn compile(file: FileId, place: &Place, map: &mut SourceMap) -> Outcome {
    room::whole(|| in_room(file, place, map))
}

fn in_room(file: FileId, place: &Place, map: &mut SourceMap) -> Outcome {
    map.attach(prelude::get().sources.clone());
    let (mut reports, mut later) = (Vec::new(), Vec::new());
    let loaded = load(file, place, map, &mut reports, &mut later);
    let broken = reports.iter().any(Report::is_error);
    let meant = meaning(file, &loaded, broken, map, &mut later);
    consequences(&mut later, &reports, map);
    partial(&mut later, &reports, &loaded, map);
    later.iter_mut().for_each(|report| defaults(report, map));
    // What is wrong with a default is wrong with the stack that leaves it.
    let own = loaded.modules.first().into_iter().flat_map(|module| module.tree.items());
    let name =
        own.into_iter().find(|item| matches!(item.kind, ItemKind::Stack { .. })).map(|item| item.name.span);
    for report in later.iter_mut().filter(|report| report.labels.is_empty()) {
        report.labels.extend(name.map(|span| Label {
            span,
            text: "in this stack".to_owned(),
            primary: true,
        }));
    }
    reports.append(&mut later);
    sort_and_merge(&mut reports, map);
    let failed = reports.iter().any(Report::is_error);
    let own = loaded.modules.first().into_iter().flat_map(|module| module.tree.items());
    let has_stack = own.into_iter().any(|item| matches!(item.kind, ItemKind::Stack { .. }));
    let compiled = meant.filter(|_| !failed);
    let compiled = compiled.map(|(variants, places)| Compiled { loaded: Rc::new(loaded), variants, places });
    Outcome { compiled, reports, has_stack }
}

/// The same stack with one setting changed, for the stack alone or for a profile: `setting` is an
/// entry as it would be written. None where that does not compile.
pub fn changed(compiled: &Compiled, variant: usize, setting: &str, map: &mut SourceMap) -> Option<Compiled> {
    let file = map.add("a change", format!("profile change {{ {setting} }}"));
    let (tree, problems) = syntax::parse(file, map);
    let item = tree.items().next().filter(|_| problems.is_empty())?;
    let ItemKind::Profile { body, .. } = &item.kind else { return None };
    let program = names::collect(files(&compiled.loaded), &mut Vec::new())?;
    let mut reports = Vec::new();
    let values = semantics::evaluate_over(&program, variant.checked_sub(1), body, &mut reports)?;
    let stack = Stack::decode(&values).filter(|_| !reports.iter().any(Report::is_error))?;
    let mut variants: Vec<Variant> = compiled.variants.iter().map(Variant::clone).collect();
    let old = &variants[variant];
    let deployment = Deployment::new(&old.deployment.name, stack);
    variants[variant] = Variant { profile: old.profile.clone(), deployment, values };
    Some(Compiled { loaded: compiled.loaded.clone(), variants, places: compiled.places })
}

/// The variants that a profile lies over, the nearest first: those of the profiles that it extends,
/// and the stack alone.
pub fn below(compiled: &Compiled, variant: usize) -> Vec<usize> {
    let Some(profile) = variant.checked_sub(1) else { return Vec::new() };
    let Some(program) = names::collect(files(&compiled.loaded), &mut Vec::new()) else { return Vec::new() };
    let mut chain: Vec<usize> = program.chain(profile).iter().map(|at| at + 1).collect();
    chain.pop();
    chain.reverse();
    chain.push(0);
    chain
}

/// What came of a test of the stack's file.
#[derive(Debug)]
pub struct Tested {
    /// Its title.
    pub name: String,
    /// What does not hold; empty where it passes.
    pub reports: Vec<Report>,
}

/// Runs the tests of a stack that compiles.
pub fn test(compiled: &Compiled, map: &SourceMap) -> Vec<Tested> {
    let Some(program) = names::collect(files(&compiled.loaded), &mut Vec::new()) else { return Vec::new() };
    let run = |test: &Test| {
        let mut reports = semantics::test(&program, test);
        for entry in &test.body.entries {
            if let EntryKind::Rejects { body, code } = &entry.kind {
                reports.extend(not_rejected(&program, test.profile, body, code.as_ref(), map));
            }
        }
        reports.iter_mut().for_each(|report| defaults(report, map));
        sort_and_merge(&mut reports, map);
        Tested { name: test.name.text.to_string(), reports }
    };
    program.tests.iter().map(run).collect()
}

/// The report where a change that a test expects to be rejected is not, or for another reason.
fn not_rejected<'t>(
    program: &Program<'t>,
    profile: Option<usize>,
    body: &'t Block,
    code: Option<&Name>,
    map: &SourceMap,
) -> Option<Report> {
    let mut reports = Vec::new();
    if let Some(values) = semantics::evaluate_over(program, profile, body, &mut reports)
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
    // What can't be read or has the wrong type is a mistake of the test's own.
    let own = |report: &Report| {
        report.phase <= Phase::Types && ![REQUIRED.code(), MISMATCH.code()].contains(&report.code)
    };
    let told = |report: &Report| match code {
        Some(code) => *report.code.0 == *code.text,
        None => report.is_error() && !own(report),
    };
    let known = |code: &str| {
        let checks = program.schemas.iter().flat_map(|schema| &schema.checks);
        let pages = [semantics::problems::PAGES, &rules::pages()].concat();
        pages.iter().any(|page| page.code == code)
            || checks.into_iter().any(|check| tree::has_code(check.entry, code))
    };
    if let Some(code) = code.filter(|code| !known(&code.text)) {
        return Some(
            Report::error(&TEST, format!("no check has the code `{}`", code.text))
                .at(code.span, "unknown code")
                .help("`vmsc explain` lists the codes of the language; yours stand in your schema's checks"),
        );
    }
    if reports.iter().any(told) {
        return None;
    }
    let start = Span { end: body.span.start + 1, ..body.span };
    let report = match code {
        Some(code) => Report::error(&TEST, format!("this is not rejected with {}", code.text))
            .at(code.span, "no such report"),
        None => Report::error(&TEST, "this is not rejected").at(start, "compiles"),
    };
    let instead = reports.iter().filter(|report| report.is_error());
    let report =
        instead.fold(report, |report, other| report.note(format!("[{}] {}", other.code.0, other.title)));
    Some(report.help("write the check that rejects it, or remove this"))
}

fn files(loaded: &Loaded) -> Files<'_> {
    Files { builtin: &prelude::get().trees, loaded, root: prelude::ROOT }
}

/// The first value that could not be computed: the names on the way to it, the last first.
fn unknown(value: &Value) -> Option<(Vec<&str>, Span)> {
    match &value.kind {
        Kind::Error => Some((Vec::new(), value.span)),
        Kind::Record(record) => record.iter().find_map(|(name, value)| {
            let (mut way, span) = unknown(value)?;
            way.push(name);
            Some((way, span))
        }),
        Kind::List(items) => items.iter().find_map(unknown),
        _ => None,
    }
}

/// What is wrong on a line that can't be read follows from that.
fn consequences(later: &mut Vec<Report>, syntax: &[Report], map: &SourceMap) {
    let line = |span: Span| {
        let (file, range) = map.locate(span);
        (file, map.line_column(file, range.start).0)
    };
    let unclosed = syntax::problems::UNCLOSED.code();
    let unreadable: HashSet<_> = syntax
        .iter()
        .filter(|report| report.code != unclosed)
        .filter_map(Report::primary)
        .map(line)
        .collect();
    if !unreadable.is_empty() {
        later.retain(|report| report.primary().is_none_or(|span| !unreadable.contains(&line(span))));
    }
}

/// What settings do not go together with is not known where a block could be read in part only.
fn partial(later: &mut Vec<Report>, syntax: &[Report], loaded: &Loaded, map: &SourceMap) {
    if syntax.is_empty() || later.is_empty() {
        return;
    }
    let place = |span: Span| map.locate(span);
    let blocks = loaded.modules.iter().flat_map(|module| tree::blocks(&module.tree)).map(place);
    let mut blocks: Vec<(FileId, Range<usize>)> = blocks.collect();
    // A block before those in it.
    blocks.sort_by_key(|(file, range)| (*file, range.start, std::cmp::Reverse(range.end)));
    let mut mistakes: Vec<(FileId, usize)> =
        syntax.iter().filter_map(Report::primary).map(place).map(|(file, at)| (file, at.start)).collect();
    mistakes.sort_unstable();
    // The blocks around a mistake, the innermost last.
    let mut around: Vec<(FileId, Range<usize>)> = Vec::new();
    let mut broken: Vec<(FileId, Range<usize>)> = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    for (file, at) in mistakes {
        while let Some(block) = blocks.next_if(|(other, range)| (*other, range.start) < (file, at)) {
            around.retain(|(other, range)| *other == block.0 && range.end > block.1.start);
            around.push(block);
        }
        around.retain(|(other, range)| *other == file && range.end > at);
        // A block within one that is known already says nothing more.
        if let Some(block) = around.last()
            && !broken.last().is_some_and(|(other, range)| *other == file && range.end >= block.1.end)
        {
            broken.push(block.clone());
        }
    }
    for at in (1..broken.len()).rev() {
        if broken[at - 1].0 == broken[at].0 {
            broken[at - 1].1.start = broken[at - 1].1.start.min(broken[at].1.start);
        }
    }
    // Types and names are right or wrong by themselves.
    let of_settings = |report: &Report| report.phase >= Phase::Checks;
    later.retain(|report| {
        let Some((file, at)) = report.primary().map(place) else { return true };
        // They are in the order of their ends, and begin with the first beginning from there on.
        let first = broken.partition_point(|(other, range)| (*other, range.end) <= (file, at.start));
        let inside = |(other, range): &(FileId, Range<usize>)| *other == file && range.start <= at.start;
        !of_settings(report) || !broken.get(first).is_some_and(inside)
    });
}

/// A default stands in no file of the user's: it is told in a note instead of a label.
fn defaults(report: &mut Report, map: &SourceMap) {
    let (own, builtin): (Vec<_>, Vec<_>) =
        std::mem::take(&mut report.labels).into_iter().partition(|label| !map.is_builtin(label.span));
    report.labels = own;
    report.notes.extend(
        builtin.iter().map(|label| format!("`{}` is the default, {}", map.text(label.span), label.text)),
    );
}

fn meaning(
    file: FileId,
    loaded: &Loaded,
    broken: bool,
    map: &mut SourceMap,
    reports: &mut Vec<Report>,
) -> Option<(Vec<Variant>, Places)> {
    let program = names::collect(files(loaded), reports)?;
    let Some(stack) = &program.stack else {
        if !broken && !reports.iter().any(Report::is_error) {
            let end = map.file(file).text.trim_end().len();
            let span = map.whole(file, end..end);
            reports.push(
                Report::error(&NO_STACK, "this file has no stack")
                    .at(span, "nothing to compile")
                    .help("write `stack victoriametrics { version = v1.106.1 }`"),
            );
        }
        return None;
    };
    let name = stack.name;
    let evaluated = semantics::evaluate(&program, reports);
    if !broken && !reports.iter().any(Report::is_error) {
        // Whatever goes wrong is told: a build never ends without a word.
        let wrong = evaluated.iter().find_map(|layer| unknown(&layer.root));
        reports.extend(wrong.map(|(mut way, span)| {
            way.reverse();
            let path = way.join(".");
            Report::error(&UNKNOWN_VALUE, format!("`{path}` can't be computed")).at(span, "has no result")
        }));
    }
    let mut variants = Vec::new();
    for layer in evaluated {
        // A record that could not be read whole has been reported.
        let Some(stack) = Stack::decode(&layer.root) else { continue };
        let deployment = Deployment::new(&name.text, stack);
        variants.push(Variant { profile: layer.profile, deployment, values: layer.root });
    }
    if variants.len() == program.profiles.len() + 1 {
        let profiles: Vec<&Name> = program.profiles.iter().map(|profile| profile.name).collect();
        let deployments: Vec<&Deployment> = variants.iter().map(|variant| &variant.deployment).collect();
        let values: Vec<&Value> = variants.iter().map(|variant| &variant.values).collect();
        reports.extend(rules::check(&rules::Subject {
            name: name.span,
            profiles: &profiles,
            deployments: &deployments,
            values: &values,
        }));
    }
    let base = variants.first()?;
    let own = |span: Option<Span>| span.filter(|span| !map.is_builtin(*span)).unwrap_or(name.span);
    let settings = &base.deployment.stack;
    let places = Places {
        parent: own(settings.chart.parent.get().map(|parent| parent.span)),
        compose: own(Some(settings.compose.file.span)),
        name: name.span,
    };
    Some((variants, places))
}
