//! The stages in a row: a file's text to deployments, with every report on the way.

use crate::deploy::{Deployment, rules};
use crate::diagnostics::{Report, sort_and_merge};
use crate::emit::Variant;
use crate::load::{Loaded, Place, load};
use crate::model::{Decode, Stack};
use crate::prelude;
use crate::semantics::data::Value;
use crate::semantics::formula::{Shape, describe};
use crate::semantics::names::{self, Files};
use crate::semantics::{self, problems::STACKS};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax;
use std::collections::HashSet;

/// What a stack compiles to.
#[derive(Debug)]
pub struct Compiled {
    loaded: Loaded,
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

/// Compiles a file of the map, which stands at a place. Reports are in source order; what was
/// compiled is there only where none of them is an error.
pub fn compile(file: FileId, place: &Place, map: &mut SourceMap) -> (Option<Compiled>, Vec<Report>) {
    map.attach(prelude::get().sources.clone());
    let (mut reports, mut later) = (Vec::new(), Vec::new());
    let loaded = load(file, place, map, &mut reports, &mut later);
    let broken = reports.iter().any(Report::is_error);
    let meant = meaning(file, &loaded, broken, map, &mut later);
    consequences(&mut later, &reports, map);
    later.iter_mut().for_each(|report| defaults(report, map));
    reports.append(&mut later);
    sort_and_merge(&mut reports, map);
    let failed = reports.iter().any(Report::is_error);
    let compiled = meant.filter(|_| !failed);
    (compiled.map(|(variants, places)| Compiled { loaded, variants, places }), reports)
}

fn files(loaded: &Loaded) -> Files<'_> {
    Files { builtin: &prelude::get().trees, loaded, root: prelude::ROOT }
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
                Report::error(&STACKS, "this file has no stack")
                    .at(span, "nothing to compile")
                    .help("write `stack victoriametrics { version = v1.106.1 }`"),
            );
        }
        return None;
    };
    let name = stack.name;
    let evaluated = semantics::evaluate(&program, reports);
    let mut variants = Vec::new();
    for layer in evaluated {
        // A record that could not be read whole has been reported.
        let Some(stack) = Stack::decode(&layer.root) else { continue };
        let deployment = Deployment::new(&name.text, stack);
        variants.push(Variant { profile: layer.profile, deployment, values: layer.root });
    }
    if variants.len() == program.profiles.len() + 1 {
        let profiles: Vec<Span> = program.profiles.iter().map(|profile| profile.name.span).collect();
        let deployments: Vec<Deployment> =
            variants.iter().map(|variant| variant.deployment.clone()).collect();
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
