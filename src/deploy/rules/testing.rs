//! Helpers for the tests of rules.

use super::{Subject, check};
use crate::deploy::Deployment;
use crate::load::{StackLocation, load};
use crate::model::{Decode, Stack};
use crate::prelude;
use crate::semantics::findings::Findings;
use crate::semantics::names::{Builtins, Files, collect};
use crate::semantics::stop::Stop;
use crate::semantics::{check as check_types, evaluate};
use crate::source::SourceMap;

/// Source strings that a rule's diagnostics point at. Bare settings are wrapped in a stack.
pub(super) fn reported(code: &str, text: &str) -> Vec<String> {
    let text = match text.starts_with("stack") {
        true => text.to_owned(),
        false => format!("stack m {{\nversion = v1.106.1\n{text}\n}}\n"),
    };
    let mut map = SourceMap::default();
    map.attach(prelude::get().sources.clone());
    let file = map.add("m.vms", text);
    let (mut syntax, mut diagnostics) = (Vec::new(), Vec::new());
    let loaded = load(file, &StackLocation::default(), &mut map, &mut syntax, &mut diagnostics);
    let base = &prelude::get().base;
    let chunks = loaded.modules.iter().flat_map(|module| module.tree.all_chunks());
    let mut findings: Findings = base.findings().with(chunks);
    let files = Files { builtin: Builtins::Known(base), loaded: &loaded };
    let program = collect(files, &mut findings, &mut diagnostics).unwrap();
    check_types(&program, &mut findings, &mut diagnostics);
    let evaluated = evaluate(&program, &findings, &Stop::default(), &mut diagnostics).unwrap();
    assert!(syntax.is_empty() && diagnostics.is_empty(), "{syntax:?} {diagnostics:?}");
    let name = program.stack.as_ref().unwrap().name;
    let deployed =
        evaluated.iter().map(|layer| Deployment::new(&name.text, Stack::decode(&layer.root).unwrap()));
    let deployments: Vec<Deployment> = deployed.collect();
    let subject = Subject {
        name: name.span,
        profiles: &program.profiles.iter().map(|profile| profile.name).collect::<Vec<_>>(),
        deployments: &deployments.iter().collect::<Vec<_>>(),
        values: &evaluated.iter().map(|layer| &layer.root).collect::<Vec<_>>(),
    };
    let found = check(&subject).into_iter().filter(|report| report.code.0 == code);
    found.filter_map(|report| report.primary()).map(|span| map.text(span).to_owned()).collect()
}
