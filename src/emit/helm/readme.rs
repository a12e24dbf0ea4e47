//! The subchart's README: a description and a table of its values.

use crate::emit::{Build, yaml};
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::formula::Shape;
use crate::semantics::types::Type;
use crate::yaml::Yaml;
use std::fmt::Write;

/// Generates the README.
pub(super) fn readme(build: &Build) -> String {
    let stack = &build.base().deployment.stack;
    let mut out = format!(
        "# {name}\n\nVictoriaMetrics {version} as a StatefulSet with a volume, and an agent on each node that scrapes the pods of\nits node. Compiled from `{source}` by vmsc: edit the stack, then run `vmsc build`.\n\n",
        name = build.name(),
        version = stack.version.value,
        source = build.source,
    );
    let _ = write!(
        out,
        "Push to `http://{0}:{1}/api/v1/write`, query `http://{0}:{1}/api/v1/query`.\n\nA pod is scraped when it is annotated:\n\n```yaml\nprometheus.io/scrape: \"true\"\nprometheus.io/port: \"8080\"      # where the pod declares several ports, or none\nprometheus.io/path: /metrics\n```\n\n",
        stack.service.name.value, stack.service.port.value,
    );
    if build.parent.is_some() {
        out.push_str("What the stack says stands in the umbrella's `values.yaml`. Installed alone, without those values, this chart has the defaults\nbelow.\n\n");
    }
    out.push_str("## What is checked at install\n\nHelm refuses unknown keys (`values.schema.json`), and values that do not hold together, flags that the release does not know, scrape jobs\nthat would keep a program from starting, and what the API server would refuse half-way (`templates/checks.yaml`). Where `lookup` sees the\ncluster, what stands there counts too: a volume claim can't shrink, and a workload's selector can't change. Only `vmsc build` checks\nthe values of flags, what is inside of scrape jobs, that no endpoint is scraped twice, and the stack's tests. Only the API server checks\nthe fields of `affinity`, `tolerations`, `imagePullSecrets`, `updateStrategy` and security contexts.\n\n");
    out.push_str("## Values\n\n| key | type | default | |\n|---|---|---|---|\n");
    rows(build, build.shape, Some(build.defaults.unwrap_or(&build.base().values)), "", &mut out);
    out
}

fn rows(build: &Build, shape: &Shape, record: Option<&Value>, path: &str, out: &mut String) {
    for field in shape.values() {
        let path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        let value = record.and_then(|record| record.get(&field.name));
        match (&field.inside, field.ty.plain()) {
            (Some(inside), Type::Schema(_)) if !field.optional => rows(build, inside, value, &path, out),
            (Some(inside), Type::Map(_)) => {
                let keys: Vec<&str> = path.split('.').collect();
                for key in build.chart_keys(&keys) {
                    let own = value.and_then(|records| records.get(key));
                    rows(build, inside, own, &format!("{path}.{key}"), out);
                }
            }
            _ => {
                let shown = match (&field.default, value) {
                    (Some(default), _) => default.text.clone(),
                    (None, Some(value)) if !value.is_absent() && !matches!(value.kind, ValueKind::Error) => {
                        inline(&yaml(value))
                    }
                    _ => String::new(),
                };
                let shown =
                    if shown.is_empty() { String::new() } else { format!("`{}`", shown.replace('|', "\\|")) };
                let doc = field.doc.replace('\n', " ").replace('|', "\\|");
                let _ = writeln!(out, "| `{path}` | {} | {shown} | {doc} |", kind(&field.ty));
            }
        }
    }
}

fn kind(ty: &Type) -> &'static str {
    match ty.plain() {
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Float => "float",
        Type::Quantity(unit) => match unit {
            crate::semantics::quantity::Unit::Duration => "duration",
            crate::semantics::quantity::Unit::Bytes => "bytes",
            crate::semantics::quantity::Unit::Cpu => "cpu",
        },
        Type::List(_) => "list",
        Type::Map(_) | Type::Schema(_) | Type::Data => "map",
        _ => "string",
    }
}

/// Formats YAML on one line, as JSON, which every YAML parser accepts.
fn inline(yaml: &Yaml) -> String {
    match yaml {
        Yaml::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Yaml::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|e| format!("{}: {}", e.key, inline(&e.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_text(0, crate::yaml::scalar::Guard::Nothing).trim_end().to_owned(),
    }
}
