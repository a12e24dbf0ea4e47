//! The scrape files of the agents and of the server, as templates.

use super::formula::helper;
use super::workload::{computed, expression};
use crate::deploy::scrape::{self, Job, OWN_JOBS, Place, Printer, What};
use crate::deploy::setting::Setting;
use crate::emit::Build;
use crate::yaml::Yaml;
use crate::yaml::scalar::{Guard, quoted};
use std::collections::HashSet;
use std::fmt::Write;

/// Prints settings as template expressions.
struct Template<'a> {
    build: &'a Build<'a>,
    /// Whether settings are those of a job, whose dict is `$at`.
    job: bool,
}

impl Printer for Template<'_> {
    fn setting(&self, setting: &Setting) -> Yaml {
        let chart = self.build.name();
        if setting.path.is_empty() {
            return Yaml::Raw(quoted(&setting.value.to_string(), Guard::PercentInTemplate));
        }
        let value = match (self.job, setting.path.last()) {
            (true, Some(field)) if computed(self.build.shape, &setting.path) => {
                let path = ["scrape", "job", field].map(str::to_owned);
                format!("(include \"{}\" $at)", helper(chart, &path))
            }
            (true, Some(field)) => format!("$at.record.{field}"),
            _ => format!("({})", expression(self.build, setting)),
        };
        Yaml::Raw(format!("{{{{ include \"{chart}.text\" {value} }}}}"))
    }

    fn in_namespace(&self, rest: &str) -> Yaml {
        let rest = quoted(rest, Guard::PercentInTemplate);
        let rest = &rest[1..rest.len() - 1];
        Yaml::Raw(format!("\"{{{{ $.Release.Namespace }}}}{rest}\""))
    }

    fn in_release(&self, rest: &str) -> Yaml {
        Yaml::Raw(format!("\"{{{{ $.Release.Namespace }}}};{{{{ $.Release.Name }}}}{rest}\""))
    }
}

/// Namespaces that discovery looks in, as a template.
fn namespaces() -> Yaml {
    Yaml::Raw("{{ append $.Values.vmagent.namespaces $.Release.Namespace | uniq | toJson }}".to_owned())
}

/// The jobs of base and all profiles, each once, in order of appearance.
pub(super) fn all_jobs<'b>(build: &'b Build) -> Vec<&'b Job> {
    let mut known = HashSet::new();
    let jobs = build.variants.iter().flat_map(|variant| &variant.deployment.jobs);
    jobs.filter(|job| known.insert(&*job.name)).collect()
}

fn in_kubernetes(job: &Job) -> bool {
    job.places.contains(&Place::Kubernetes)
}

/// A template's lines around a job: inside its switch, with its values in `$at`.
fn switched(out: &mut String, name: &str, indent: &str, body: impl FnOnce(&mut String)) {
    let _ = writeln!(out, "{indent}{{{{- with index .Values.scrape.job {name:?} }}}}");
    let _ = writeln!(out, "{indent}{{{{- if .enabled }}}}");
    let _ = writeln!(out, "{indent}{{{{- $at := dict \"record\" . \"root\" $ }}}}");
    body(out);
    let _ = writeln!(out, "{indent}{{{{- end }}}}");
    let _ = writeln!(out, "{indent}{{{{- end }}}}");
}

/// The namespaces clause exists only where namespaces are named.
fn discovered(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        match line.trim_start().strip_prefix("namespaces:") {
            Some(_) => {
                let _ = writeln!(out, "      {{{{- if $.Values.vmagent.namespaces }}}}\n{line}");
            }
            None if line.trim_start().starts_with("names: {{") => {
                let _ = writeln!(out, "{line}\n      {{{{- end }}}}");
            }
            None => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

fn item(yaml: Yaml) -> String {
    Yaml::List(vec![yaml]).to_text(0, Guard::PercentInTemplate)
}

/// Jobs that scrape the server and the agents.
fn own_jobs(build: &Build) -> Vec<Job> {
    let base = &build.base().deployment;
    let programs = [&base.server, &base.agent];
    let job = |(name, program): (&str, _)| scrape::own(&base.stack, program, name);
    OWN_JOBS.into_iter().zip(programs).map(job).collect()
}

/// The agents' jobs: pods of their node.
pub(super) fn agent(build: &Build) -> String {
    let jobs: Vec<&Job> = all_jobs(build).into_iter().filter(|job| in_kubernetes(job)).collect();
    let printer = Template { build, job: true };
    let mut out = String::from("scrape_configs:\n");
    let own = own_jobs(build);
    let always = Template { build, job: false };
    for job in &own {
        out.push_str(&discovered(&item(scrape::service_pods(job, Some(namespaces()), &always))));
    }
    for job in &jobs {
        match &job.what {
            What::Targets(_) | What::Own { .. } => {}
            What::Service { .. } => switched(&mut out, &job.name, "", |out| {
                out.push_str(&discovered(&item(scrape::service_pods(job, Some(namespaces()), &printer))));
            }),
            What::Pods => switched(&mut out, &job.name, "", |out| {
                let (head, after) = scrape::annotated_pods(job, Some(namespaces()), &printer);
                out.push_str(&discovered(&item(head)));
                let ours: Vec<_> = own.iter().filter_map(|job| scrape::drop_rule(job, &always)).collect();
                out.push_str(&Yaml::List(ours).to_text(4, Guard::PercentInTemplate));
                for other in &jobs {
                    if let Some(rule) = scrape::drop_rule(other, &printer) {
                        let _ = writeln!(
                            out,
                            "    {{{{- if (index $.Values.scrape.job {:?}).enabled }}}}",
                            other.name
                        );
                        out.push_str(&Yaml::List(vec![rule]).to_text(4, Guard::PercentInTemplate));
                        let _ = writeln!(out, "    {{{{- end }}}}");
                    }
                }
                out.push_str(&Yaml::List(after).to_text(4, Guard::PercentInTemplate));
                if let Some(rules) = scrape::sample_rules(job) {
                    out.push_str(&rules.to_text(2, Guard::PercentInTemplate));
                }
            }),
        }
    }
    out.push_str("{{- with .Values.vmagent.extraScrapeConfigs }}\n{{ toYaml . }}\n{{- end }}\n");
    out
}

/// The server's jobs: addresses.
pub(super) fn server(build: &Build) -> String {
    let printer = Template { build, job: true };
    let mut body = String::new();
    for job in all_jobs(build) {
        if let What::Targets(targets) = &job.what
            && in_kubernetes(job)
        {
            switched(&mut body, &job.name, "", |out| {
                out.push_str(&item(scrape::addresses(job, targets, &printer)))
            });
        }
    }
    let extra = "{{- with .Values.scrape.extraScrapeConfigs }}\n{{ toYaml . }}\n{{- end }}\n";
    if body.is_empty() {
        return format!(
            "scrape_configs:\n{{{{- if not .Values.scrape.extraScrapeConfigs }}}} []{{{{ end }}}}\n{extra}"
        );
    }
    format!("scrape_configs:\n{body}{extra}")
}
