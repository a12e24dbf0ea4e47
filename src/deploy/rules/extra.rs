//! Whole scrape jobs that are passed on: keys that VictoriaMetrics reads, and discovery that stays on
//! its node.

use crate::deploy::Deployment;
use crate::deploy::program::NODE;
use crate::diagnostics::{Page, Report, wording};
use crate::semantics::data::{Kind, Value};
use crate::source::Span;

/// Every page of this rule.
pub(super) const PAGES: &[Page] = &[KEY, NODES, SHAPE, ROLE];

const KEY: Page = Page { code: "E0550", title: "a scrape job has a key that VictoriaMetrics does not read" };
const NODES: Page = Page { code: "E0551", title: "every agent would scrape the pods of all nodes" };
const SHAPE: Page = Page { code: "E0552", title: "a scrape job is no record with a name" };
const ROLE: Page = Page { code: "E0553", title: "discovery has a role that does not exist" };

/// What a scrape job may have, in every release known (documentation of `scrape_configs`).
const KEYS: &[&str] = &[
    "job_name",
    "scrape_interval",
    "scrape_timeout",
    "metrics_path",
    "honor_labels",
    "honor_timestamps",
    "scheme",
    "params",
    "basic_auth",
    "authorization",
    "oauth2",
    "bearer_token",
    "bearer_token_file",
    "tls_config",
    "proxy_url",
    "proxy_authorization",
    "proxy_basic_auth",
    "proxy_bearer_token",
    "proxy_bearer_token_file",
    "proxy_tls_config",
    "proxy_oauth2",
    "proxy_headers",
    "headers",
    "relabel_configs",
    "metric_relabel_configs",
    "sample_limit",
    "series_limit",
    "label_limit",
    "disable_compression",
    "disable_keepalive",
    "stream_parse",
    "scrape_align_interval",
    "scrape_offset",
    "no_stale_markers",
    "max_scrape_size",
    "follow_redirects",
    "static_configs",
    "file_sd_configs",
    "kubernetes_sd_configs",
    "dns_sd_configs",
    "http_sd_configs",
    "consul_sd_configs",
    "consulagent_sd_configs",
    "ec2_sd_configs",
    "gce_sd_configs",
    "azure_sd_configs",
    "docker_sd_configs",
    "dockerswarm_sd_configs",
    "digitalocean_sd_configs",
    "eureka_sd_configs",
    "openstack_sd_configs",
    "yandexcloud_sd_configs",
    "nomad_sd_configs",
    "kuma_sd_configs",
    "hetzner_sd_configs",
    "vultr_sd_configs",
    "marathon_sd_configs",
    "ovhcloud_sd_configs",
    "puppetdb_sd_configs",
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
        if !record.contains_key("job_name") {
            reports.push(
                Report::error(&SHAPE, "this scrape job has no `job_name`")
                    .at(job.span, "")
                    .help("write `job_name = \"…\"`"),
            );
        }
        for (key, value) in record.iter().filter(|(key, _)| !KEYS.contains(&&***key)) {
            let report = Report::error(&KEY, format!("VictoriaMetrics reads no `{key}` in a scrape job"))
                .at(value.span, "an unknown key")
                .note("its strict parser refuses the whole file, and the program does not start");
            reports.push(match wording::nearest(key, KEYS.iter().copied()) {
                Some(near) => report.help(format!("did you mean `{near}`?")),
                None => report.help("remove it"),
            });
        }
    }
    for job in &stack.vmagent.extra_scrape_configs {
        if let Some(Kind::List(lists)) = job.get("kubernetes_sd_configs").map(|v| &v.kind) {
            lists.iter().for_each(|discovery| nodes(discovery, reports));
        }
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
