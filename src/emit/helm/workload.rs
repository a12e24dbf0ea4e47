//! The objects of a workload: its pod, configuration, service account and network policy.

use super::fill::{Slots, documents, fill};
use super::formula::helper;
use super::template::{Template, value};
use crate::deploy::setting::{SettingRef, Spelling};
use crate::deploy::workload::{AGENT_VARIABLES, Arg, ArgValue, Kind, Volume, Workload};
use crate::emit::Build;
use crate::semantics::data::ValueKind;
use crate::yaml::Traced;
use crate::yaml::scalar::{Guard, quoted};

/// The expression of a setting that does not belong to a job.
pub(super) fn expression(build: &Build, setting: &SettingRef) -> String {
    let computed = build.shape.field(&setting.path).is_some_and(|field| field.default.is_some());
    let value = match computed {
        true => format!("include \"{}\" .", helper(build.name(), &setting.path)),
        false => format!(".Values.{}", setting.path.join(".")),
    };
    let group = || if value.starts_with('.') { value.clone() } else { format!("({value})") };
    match (setting.spelling, &setting.value) {
        (Spelling::Retention, _) => format!("include \"{}.retention\" {}", build.name(), group()),
        (Spelling::FlagBytes, _) => format!("include \"{}.flagBytes\" {}", build.name(), group()),
        (_, ValueKind::Int(_)) if value.starts_with('.') => format!("{value} | int64"),
        _ => value,
    }
}

/// A ConfigMap with the scrape file of each workload.
pub(super) fn config_maps(build: &Build) -> Traced {
    let template = include_str!("templates/parts/configmap.yaml");
    documents(build, build.workloads().map(|of| (of, template, None)))
}

/// A network policy for each workload.
pub(super) fn network_policies(build: &Build) -> Traced {
    let (agents, server) = (
        concat!(
            include_str!("templates/parts/networkpolicy.yaml"),
            include_str!("templates/parts/peers-agents.yaml")
        ),
        concat!(
            include_str!("templates/parts/networkpolicy.yaml"),
            include_str!("templates/parts/peers-server.yaml")
        ),
    );
    documents(
        build,
        build.workloads().map(|of| (of, if of.service.is_some() { server } else { agents }, None)),
    )
}

/// What stands of each workload and can't change.
pub(super) fn standing(build: &Build) -> Traced {
    let mut out = Template::default();
    for of in build.workloads() {
        let (kind, more) = match of.kind {
            Kind::Stateful => ("StatefulSet", include_str!("templates/parts/standing-statefulset.yaml")),
            Kind::EachNode => ("DaemonSet", ""),
        };
        let part =
            |template, lines| fill(&Slots { build, of: Some(of), names: &[("kind", kind)], lines }, template);
        let lines = |slot: &str| (slot == "of-statefulset").then(|| part(more, &|_| None));
        out.append(part(include_str!("templates/parts/standing.yaml"), &lines));
    }
    out.finish()
}

/// A service account for each workload.
pub(super) fn accounts(build: &Build) -> Traced {
    let (none, some) = (
        include_str!("templates/parts/serviceaccount.yaml"),
        include_str!("templates/parts/serviceaccount-rights.yaml"),
    );
    let each = build.workloads().map(|of| match of.rights.is_empty() {
        true => (of, none, None),
        false => (of, some, Some("serviceAccount.create")),
    });
    documents(build, each)
}

/// The variables that an agent takes from its pod.
fn own_variables() -> Traced {
    let mut out = Template::default();
    for (name, field) in AGENT_VARIABLES {
        out.line(format!("            - name: {name}"));
        out.line("              valueFrom:");
        out.line("                fieldRef:");
        out.line(format!("                  fieldPath: {field}"));
    }
    out.finish()
}

/// The pod of a workload.
pub(super) struct Pod<'a> {
    pub(super) build: &'a Build<'a>,
    pub(super) of: &'a Workload,
}

impl Pod<'_> {
    fn part(&self, template: &str) -> Traced {
        self.part_with(template, &[])
    }

    fn part_with(&self, template: &str, names: &[(&str, &str)]) -> Traced {
        let slots = Slots { build: self.build, of: Some(self.of), names, lines: &|slot| self.lines(slot) };
        fill(&slots, template)
    }

    /// Fills a slot that is alone on its line.
    pub(super) fn lines(&self, slot: &str) -> Option<Traced> {
        Some(match slot {
            "pod" => self.part(include_str!("templates/parts/pod.yaml")),
            "args" => self.args(),
            "url-args" => self.url_args(),
            "env" => self.env(),
            "own-variables" => own_variables(),
            "resources" => self.resources(),
            "mounts" => self.mounts(),
            "volumes" => self.volumes(),
            "spread" => self.spread(),
            "rights" => self.rights(),
            _ => return None,
        })
    }

    /// Its arguments, one per line.
    fn args(&self) -> Traced {
        let mut out = Template::default();
        for arg in &self.of.args {
            let (text, settings) = self.arg(arg);
            let settings = if self.build.trace { settings } else { Vec::new() };
            out.reading(&settings, |out| out.line(format!("            - {text}")));
        }
        out.finish()
    }

    fn arg(&self, arg: &Arg) -> (String, Vec<Vec<String>>) {
        match &arg.value {
            ArgValue::Fixed(text) => (quoted(&format!("-{}={text}", arg.flag), Guard::Template), Vec::new()),
            ArgValue::Listen => {
                (quoted(&format!("-{}=:{}", arg.flag, self.of.port), Guard::Template), Vec::new())
            }
            ArgValue::Setting(setting) => {
                let read = expression(self.build, setting);
                let read = if read.contains(' ') { format!("({read})") } else { read };
                let text = value(format!("printf \"-{}=%v\" {read} | quote", arg.flag));
                (text, vec![setting.path.clone()])
            }
            ArgValue::ServerUrl { path } => {
                let Some((_, service)) = self.build.base().deployment.database() else {
                    return (String::new(), Vec::new());
                };
                let text = value(format!(
                    "printf \"-{}=http://%s:%d{path}\" {} ({}) | quote",
                    arg.flag,
                    expression(self.build, &service.name),
                    expression(self.build, &service.port),
                ));
                (text, vec![service.name.path.clone(), service.port.path.clone()])
            }
        }
    }

    /// The arguments for the additional remote-write URLs.
    fn url_args(&self) -> Traced {
        match self.of.extra_urls {
            Some(_) => self.part(include_str!("templates/parts/url-args.yaml")),
            None => Traced::default(),
        }
    }

    /// Its environment variables.
    fn env(&self) -> Traced {
        self.part(match self.of.reads_node {
            true => include_str!("templates/parts/env-node.yaml"),
            false => include_str!("templates/parts/env.yaml"),
        })
    }

    /// Its resources, including local disk if it writes to one.
    fn resources(&self) -> Traced {
        self.part(match self.of.local_disk {
            Some(_) => include_str!("templates/parts/resources-disk.yaml"),
            None => include_str!("templates/parts/resources.yaml"),
        })
    }

    /// Its volume mounts.
    fn mounts(&self) -> Traced {
        self.each(|volume| match volume {
            Volume::Data { .. } => include_str!("templates/parts/mount-data.yaml"),
            Volume::Scratch { .. } => include_str!("templates/parts/mount-scratch.yaml"),
            Volume::ScrapeFile => include_str!("templates/parts/mount-scrape-file.yaml"),
            Volume::Token => include_str!("templates/parts/mount-token.yaml"),
            Volume::UrlSecrets => include_str!("templates/parts/mount-url-secrets.yaml"),
        })
    }

    /// Its volumes.
    fn volumes(&self) -> Traced {
        self.each(|volume| match volume {
            Volume::Data { .. } => include_str!("templates/parts/volume-data.yaml"),
            Volume::Scratch { .. } => include_str!("templates/parts/volume-scratch.yaml"),
            Volume::ScrapeFile => include_str!("templates/parts/volume-scrape-file.yaml"),
            Volume::Token => include_str!("templates/parts/volume-token.yaml"),
            Volume::UrlSecrets => include_str!("templates/parts/volume-url-secrets.yaml"),
        })
    }

    fn each(&self, template: impl Fn(&Volume) -> &'static str) -> Traced {
        let mut out = Template::default();
        for volume in &self.of.volumes {
            let slots = match volume {
                Volume::Scratch { name, mount, size } => {
                    let size = format!("={size}");
                    vec![("volume", (*name).to_owned()), ("mount", (*mount).to_owned()), ("size", size)]
                }
                _ => Vec::new(),
            };
            let slots: Vec<(&str, &str)> = slots.iter().map(|(name, text)| (*name, text.as_str())).collect();
            out.append(self.part_with(template(volume), &slots));
        }
        out.finish()
    }

    /// Its topology spread constraints, if it has a setting for them.
    fn spread(&self) -> Traced {
        match self.build.shape.field(&[self.of.name, "topologySpreadConstraints"]) {
            Some(_) => self.part(include_str!("templates/parts/spread.yaml")),
            None => Traced::default(),
        }
    }

    /// The rules of its role in the Kubernetes API.
    fn rights(&self) -> Traced {
        let mut out = Template::default();
        for right in &self.of.rights {
            out.line("  - apiGroups: [\"\"]");
            out.line(format!("    resources: [{:?}]", right.resource));
            out.line(format!("    verbs: {:?}", right.verbs));
        }
        out.finish()
    }
}
