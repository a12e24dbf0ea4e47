//! What a program or the API server would refuse, as checks of `checks.yaml`: flags, whole scrape jobs, labels,
//! annotations and environment variables.

use super::checks::wrong;
use super::fill::{Slots, fill};
use super::formula::{go_text, helper};
use super::template::Template;
use crate::deploy::flags::unfollowed::UNFOLLOWED;
use crate::deploy::flags::{self, Program};
use crate::deploy::kubernetes::{KEY, KEYED, LABEL_VALUE, VARIABLE};
use crate::deploy::scrape::{JOB_KEYS, JOBS};
use crate::deploy::workload::{AGENT_VARIABLES, NODE, NODE_ADDRESS, Workload};
use crate::emit::Build;
use crate::yaml::Traced;

/// Path of the list of a program's flags, in the chart.
pub(super) fn flags_file(program: Program) -> String {
    format!("flags/{}.txt", program.name())
}

/// The flags of a program in the stack's release and build, one per line; `None` if the release is older or
/// newer than all known ones.
pub(super) fn known_flags(build: &Build, program: Program) -> Option<String> {
    let is_enterprise = build.workloads().any(|of| of.program == program && of.image.is_enterprise());
    let release = flags::release(&build.base().deployment.stack.version.value)?;
    let mut known = String::new();
    for flag in flags::table(program)
        .iter()
        .filter(|flag| flag.known_in(&release) && (is_enterprise || !flag.enterprise))
    {
        known.push_str(flag.name);
        known.push('\n');
    }
    (flags::OLDEST <= release && release <= flags::NEWEST).then_some(known)
}

/// Rejects flags that the release does not know, that settings already set, that open ports, and that others
/// would not follow.
pub(super) fn flags(build: &Build) -> Traced {
    let mut out = Template::default();
    for of in build.workloads() {
        let Some(record) = build.shape.field(&[of.name]).and_then(|field| field.inside.as_ref()) else {
            continue;
        };
        for field in record.values().filter(|field| field.annotations.flags) {
            let path = vec![of.name.to_owned(), field.name.clone()];
            let settings = if build.trace { vec![path.clone()] } else { Vec::new() };
            out.reading(&settings, |out| flags_of(build, of, &path.join("."), out));
        }
    }
    out.finish()
}

fn flags_of(build: &Build, of: &Workload, path: &str, out: &mut Template) {
    let reserved: Vec<String> = of.flags().iter().map(|flag| format!("{flag:?}")).collect();
    let known = known_flags(build, of.program).is_some();
    if known {
        // The list is that of the stack's release; another image may know others.
        let tag = [of.name, "image", "tag"].map(str::to_owned);
        let tag = format!("include \"{}\" .", helper(build.name(), &tag));
        out.action(format!(
            "$known := eq ({tag}) .Chart.AppVersion | ternary (.Files.Lines {:?}) list",
            flags_file(of.program)
        ));
    }
    out.block(format!("range $flag, $value := .Values.{path}"), |out| {
        out.action(format!("if has $flag (list {})", reserved.join(" ")));
        wrong(out, format!("\"{path}: -%s is set by a setting already; set that instead\" $flag"));
        out.action(format!("else if hasSuffix {:?} $flag", flags::LISTEN));
        wrong(
            out,
            format!(
                "\"{path}: -%s opens a port that neither the Service nor the network policy knows of\" $flag"
            ),
        );
        let unfollowed = format!("include \"{}.unfollowed\" $flag", build.name());
        out.action(format!("else if {unfollowed}"));
        wrong(out, format!("\"{path}: -%s %s\" $flag ({unfollowed} | trim)"));
        if known {
            out.action("else if and $known (not (has $flag $known))");
            let program = of.program.name();
            wrong(
                out,
                format!(
                    "\"{path}: {program} %s has no flag -%s, and would not start\" $.Chart.AppVersion $flag"
                ),
            );
        }
        out.action("end");
    });
}

/// A named template: why a flag is refused that others would not follow, or nothing.
pub(super) fn unfollowed(build: &Build) -> Traced {
    let mut out = Template::default();
    let comment = "What a flag does that the probes, the agents and the jobs do not follow.";
    out.define(&format!("{}.unfollowed", build.name()), comment, |out| {
        for (n, refused) in UNFOLLOWED.iter().enumerate() {
            let begin = if n == 0 { "if" } else { "else if" };
            out.action(format!("{begin} regexMatch {} .", go_text(&refused.pattern())));
            out.line(refused.does);
        }
        out.action("end");
    });
    out.finish()
}

/// Rejects whole scrape jobs that are no record with a name of its own, or have a key that VictoriaMetrics does
/// not read.
pub(super) fn jobs(build: &Build) -> Traced {
    let mut out = Template::default();
    let own: Vec<String> = build.workloads().map(|of| format!("{:?} true", of.job)).collect();
    let keys: Vec<String> = JOB_KEYS.iter().map(|key| format!("{key:?}")).collect();
    out.action(format!("$jobs := dict {}", own.join(" ")));
    out.block(format!("range $name, $job := .Values.{}", JOBS.join(".")), |out| {
        out.action("if ($job | default dict).enabled");
        out.action("$_ := set $jobs $name true");
        out.action("end");
    });
    out.action(format!("$keys := list {}", keys.join(" ")));
    for of in build.workloads() {
        let path = of.extra_jobs;
        let settings: Vec<String> = path.split('.').map(str::to_owned).collect();
        out.reading(if build.trace { std::slice::from_ref(&settings) } else { &[] }, |out| {
            out.block(format!("range $n, $job := .Values.{path}"), |out| {
                out.action("if not (kindIs \"map\" $job)");
                wrong(out, format!("\"{path}#%d: a scrape job must be a map\" $n"));
                out.action("else if not $job.job_name");
                wrong(out, format!("\"{path}#%d: a scrape job needs a job_name\" $n"));
                out.action("else");
                if of.reads_node {
                    let node = go_text(&format!("%[{{]({NODE}|{NODE_ADDRESS})[}}]"));
                    out.block(format!("if not (regexMatch {node} (toJson $job))"), |out| {
                        wrong(out, format!("\"{path}#%d: each node's agent would scrape this job; name %%{{{NODE}}} in it, or give it to the server, which scrapes it once (scrape.extraScrapeConfigs)\" $n"));
                    });
                }
                out.block("if hasKey $jobs (toString $job.job_name)", |out| {
                    wrong(out, format!("\"{path}#%d: %q is the name of another scrape job\" $n $job.job_name"));
                });
                out.action("$_ := set $jobs (toString $job.job_name) true");
                out.block("range $key, $value := $job", |out| {
                    out.block("if not (has $key $keys)", |out| {
                        wrong(out, format!("\"{path}#%d: VictoriaMetrics does not support %q in a scrape job, and would not start\" $n $key"));
                    });
                });
                out.action("end");
            });
        });
    }
    out.finish()
}

/// Rejects keys and values that can't be those of labels and annotations.
pub(super) fn labels(build: &Build) -> Traced {
    let mut out = Template::default();
    for labels in [false, true] {
        let (what, with_value) = if labels { ("label", LABEL_VALUE) } else { ("annotation", "") };
        out.line("{{- range $path, $map := dict");
        for keyed in KEYED.iter().filter(|keyed| keyed.labels == labels) {
            let path: Vec<String> = keyed.path.iter().map(|name| (*name).to_owned()).collect();
            let name = path.join(".");
            out.reading(if build.trace { std::slice::from_ref(&path) } else { &[] }, |out| {
                out.line(format!("  {name:?} .Values.{name}"));
            });
        }
        out.line("}}");
        out.block("range $key, $value := $map", |out| {
            out.block(format!("if not (regexMatch {} $key)", go_text(KEY)), |out| {
                wrong(out, format!("\"%s: %q is not a valid {what} key\" $path $key"));
            });
            if labels {
                out.block(format!("if not (regexMatch {} (toString $value))", go_text(with_value)), |out| {
                    wrong(out, "\"%s.%s: %q is not a valid label value\" $path $key (toString $value)");
                });
            }
        });
        out.action("end");
    }
    out.finish()
}

/// Rejects environment variables that are set twice, by us, or that can't be set.
pub(super) fn variables(build: &Build) -> Traced {
    let mut out = Template::default();
    for of in build.workloads() {
        let own = AGENT_VARIABLES.iter().filter(|_| of.reads_node);
        let known = format!("dict{}", own.map(|(name, _)| format!(" {name:?} true")).collect::<String>());
        let (pattern, jobs) = (go_text(VARIABLE), format!("={}", of.extra_jobs));
        let names = [("names", known.as_str()), ("pattern", &pattern), ("jobs", &jobs)];
        let slots = Slots { build, of: Some(of), names: &names, lines: &|_| None };
        out.append(fill(&slots, include_str!("templates/parts/variables.yaml")));
    }
    out.finish()
}
