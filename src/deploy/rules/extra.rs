//! Whole scrape jobs that are passed on: keys that VictoriaMetrics reads, and discovery that stays on
//! its node.

use super::extra_keys;
use crate::deploy::Deployment;
use crate::deploy::workload::NODE;
use crate::diagnostics::{Page, Report, wording};
use crate::semantics::data::{Kind, Value};
use crate::source::Span;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[KEY, NODES, SHAPE, ROLE, ACTION];

const KEY: Page = Page::rule("E0550", "a scrape job has a key that VictoriaMetrics does not read");
const NODES: Page = Page::rule("E0551", "every agent would scrape the pods of all nodes");
const SHAPE: Page = Page::rule("E0552", "a scrape job is no record with a name");
const ROLE: Page = Page::rule("E0553", "discovery has a role that does not exist");

const ACTION: Page = Page::rule("E0554", "a rule of relabelling is none that VictoriaMetrics knows");

/// What relabelling can do (VictoriaMetrics docs, Relabeling), by the release that has it at last.
const ACTIONS: &[&str] = &[
    "replace",
    "replace_all",
    "keep",
    "drop",
    "keep_if_equal",
    "drop_if_equal",
    "keep_if_contains",
    "drop_if_contains",
    "keepequal",
    "dropequal",
    "keep_metrics",
    "drop_metrics",
    "hashmod",
    "labelmap",
    "labelmap_all",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
    "graphite",
];

const ROLES: &[&str] = &["node", "pod", "service", "endpoints", "endpointslice", "endpointslices", "ingress"];

/// Strict parsing refuses unknown keys, and the program does not start.
pub(super) fn check(deployment: &Deployment, _: Span, reports: &mut Vec<Report>) {
    let stack = &deployment.stack;
    for job in stack.scrape.extra_scrape_configs.iter().chain(&stack.vmagent.extra_scrape_configs) {
        let Kind::Record(record) = &job.kind else {
            reports.push(
                Report::error(&SHAPE, "a scrape job is a record")
                    .at(job.span, "")
                    .help("write `{ job_name = \"…\", … }`"),
            );
            continue;
        };
        if record.get("job_name").is_none() {
            reports.push(
                Report::error(&SHAPE, "this scrape job has no `job_name`")
                    .at(job.span, "")
                    .help("write `job_name = \"…\"`"),
            );
        }
        keys("job", job, reports);
        for rules in ["relabel_configs", "metric_relabel_configs"] {
            if let Some(Kind::List(rules)) = job.get(rules).map(|rules| &rules.kind) {
                rules.iter().for_each(|rule| action(rule, reports));
            }
        }
    }
    for job in &stack.vmagent.extra_scrape_configs {
        if let Some(Kind::List(lists)) = job.get("kubernetes_sd_configs").map(|v| &v.kind) {
            lists.iter().for_each(|discovery| nodes(discovery, reports));
        }
    }
}

/// What a section, or each of its elements, has that nothing reads.
fn keys(section: &str, value: &Value, reports: &mut Vec<Report>) {
    let Some(known) = extra_keys::of(section) else { return };
    let record = match &value.kind {
        Kind::List(items) => return items.iter().for_each(|item| keys(section, item, reports)),
        Kind::Record(record) => record,
        _ => return,
    };
    for (key, value) in record.iter() {
        if known.contains(&&**key) {
            keys(key, value, reports);
            continue;
        }
        let place = if section == "job" { "a scrape job".to_owned() } else { format!("`{section}`") };
        let report = Report::error(&KEY, format!("VictoriaMetrics reads no `{key}` in {place}"))
            .at(value.span, "under an unknown key")
            .note("its strict parser refuses the whole file, and the program does not start");
        reports.push(match wording::nearest(key, known.iter().copied()) {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report.help("remove it"),
        });
    }
}

/// A job with a wrong rule is left out, with a line in the log (VictoriaMetrics of 1.112 and 1.145);
/// 1.79 does not start.
fn action(rule: &Value, reports: &mut Vec<Report>) {
    let given = |key: &str| rule.get(key).filter(|value| !value.is_absent());
    let Some(Kind::Text(name)) = given("action").map(|action| &action.kind) else { return };
    let span = given("action").map_or(rule.span, |action| action.span);
    const LEFT_OUT: &str = "VictoriaMetrics leaves out a job with such a rule, and scrapes nothing of it";
    let action = name.to_ascii_lowercase();
    if !ACTIONS.contains(&&*action) {
        let report = Report::error(&ACTION, format!("relabelling has no action `{name}`"))
            .at(span, "unknown action")
            .note(LEFT_OUT);
        reports.push(match wording::nearest(name, ACTIONS.iter().copied()) {
            Some(near) => report.suggest(format!("did you mean `{near}`?"), span, &format!("\"{near}\"")),
            None => report.help(format!("it is {}", wording::one_of(ACTIONS))),
        });
        return;
    }
    let reads = matches!(&*action, "hashmod" | "lowercase" | "uppercase" | "replace_all")
        || matches!(&*action, "keep" | "drop") && given("if").is_none();
    // A misspelt key may be the one that is missed.
    let known = extra_keys::of("relabel_configs").unwrap_or_default();
    let misspelt = match &rule.kind {
        Kind::Record(record) => record.keys().any(|key| !known.contains(&&**key)),
        _ => false,
    };
    if reads && given("source_labels").is_none() && !misspelt {
        reports.push(
            Report::error(&ACTION, format!("`{name}` looks at labels, and none is named"))
                .at(span, "looks at `source_labels`")
                .note(LEFT_OUT)
                .help("write `source_labels = [\"__name__\"]`, or the labels that you mean"),
        );
    }
}

fn nodes(discovery: &Value, reports: &mut Vec<Report>) {
    let role = match discovery.get("role").map(|role| &role.kind) {
        Some(Kind::Text(role)) => role.to_string(),
        _ => String::new(),
    };
    if !ROLES.contains(&role.as_str()) {
        let span = discovery.get("role").map_or(discovery.span, |role| role.span);
        reports.push(
            Report::error(&ROLE, format!("discovery has no role `{role}`"))
                .at(span, "found nothing, and nobody would say so")
                .help(format!("it is {}", wording::one_of(ROLES))),
        );
        return;
    }
    let selected = match discovery.get("selectors").map(|selectors| &selectors.kind) {
        Some(Kind::List(selectors)) => selectors.iter().any(|selector| {
            let text = |key: &str| selector.get(key).map(|v| v.kind.to_string()).unwrap_or_default();
            text("role") == role && text("field").contains(&format!("spec.nodeName=%{{{NODE}}}"))
        }),
        _ => false,
    };
    if !selected {
        reports.push(
            Report::error(&NODES, "every agent would scrape what this finds, once a node")
                .at(discovery.span, "not restricted to the agent's node")
                .note("an agent runs on each node, and each would find all of them")
                .help(format!(
                    "write `role = \"pod\", selectors = [{{ role = \"pod\", field = \"spec.nodeName=%{{{NODE}}}\" }}]`"
                )),
        );
    }
}
