//! Fills the slots of the files in `templates/`.
//!
//! `«=path»` is the expression of a setting, `«$=path»` the same where `.` is not the root context,
//! and `@.` in a path is the workload's record. Other slots are names. A slot alone on its line
//! expands to as many lines as it needs, or to none if it is empty.

use super::formula::helper;
use super::names;
use super::template::Template;
use crate::deploy::workload::{DISK_REQUEST, HEALTH, NODE, SCRAPE_FILE, SCRAPE_FOLDER, Workload};
use crate::emit::Build;
use crate::yaml::Traced;

/// Directory of the Secrets for additional URLs.
const SECRETS: &str = "/etc/remote-write";

/// The values of a template's slots.
pub(super) struct Slots<'a> {
    /// The build.
    pub(super) build: &'a Build<'a>,
    /// The workload, if the template has workload slots.
    pub(super) of: Option<&'a Workload>,
    /// Additional slots by name; a string that begins with `=` is the path of a setting.
    pub(super) names: &'a [(&'a str, &'a str)],
    /// The slots that are alone on their line.
    pub(super) lines: &'a dyn Fn(&str) -> Option<Traced>,
}

/// Fills the slots of a template.
pub(super) fn fill(slots: &Slots, template: &str) -> Traced {
    let mut out = Template::default();
    for line in template.lines() {
        let slot = line
            .trim()
            .strip_prefix('«')
            .and_then(|rest| rest.strip_suffix('»'))
            .filter(|slot| !slot.contains('»'));
        if let Some(text) = slot.and_then(slots.lines) {
            out.append(text);
            continue;
        }
        let mut filled = Line { slots, text: String::new(), settings: Vec::new() };
        filled.fill(line);
        out.reading(&filled.settings, |out| out.line(&filled.text));
    }
    out.finish()
}

/// A line being filled.
struct Line<'a> {
    slots: &'a Slots<'a>,
    text: String,
    /// The settings it reads.
    settings: Vec<Vec<String>>,
}

impl Line<'_> {
    fn fill(&mut self, line: &str) {
        let mut rest = line;
        while let Some((before, (slot, after))) = next_slot(rest) {
            self.text.push_str(before);
            let filled = self.slot(slot);
            self.text.push_str(&filled);
            rest = after;
        }
        self.text.push_str(rest);
    }

    fn slot(&mut self, slot: &str) -> String {
        if let Some(path) = slot.strip_prefix('=') {
            return self.setting(path, "");
        }
        if let Some(path) = slot.strip_prefix("$=") {
            return self.setting(path, "$");
        }
        if let Some((_, text)) = self.slots.names.iter().find(|(name, _)| *name == slot) {
            return match text.strip_prefix('=') {
                Some(path) => self.setting(path, ""),
                None => (*text).to_owned(),
            };
        }
        match slot {
            "chart" => self.slots.build.name().to_owned(),
            "part-of" => self.slots.build.part_of.clone(),
            "health" => HEALTH.to_owned(),
            "scrape-folder" => SCRAPE_FOLDER.to_owned(),
            "scrape-file" => SCRAPE_FILE.to_owned(),
            "secrets" => SECRETS.to_owned(),
            "node" => NODE.to_owned(),
            "disk" => DISK_REQUEST.to_owned(),
            _ => self.of_workload(slot).unwrap_or_else(|| format!("«{slot}»")),
        }
    }

    /// Fills a slot about the workload.
    fn of_workload(&mut self, slot: &str) -> Option<String> {
        let of = self.slots.of?;
        Some(match slot {
            "name" => of.name.to_owned(),
            "job" => of.job.to_owned(),
            "port" => of.port.to_string(),
            "suffix" => of.suffix.map(|_| format!("-{}", of.name)).unwrap_or_default(),
            "object" => names::object(self.slots.build, of),
            "account" => names::account(self.slots.build, of),
            "service" => self.setting(&of.service.as_ref()?.name.path.join("."), ""),
            "service-port" => self.setting(&of.service.as_ref()?.port.path.join("."), ""),
            "on" => match of.switch {
                Some(_) => format!("and {}", self.switched_on(of)),
                None => self.switched_on(of),
            },
            "switched-on" => self.switched_on(of),
            _ => return None,
        })
    }

    /// The switches of the stack and the workload, separated by a space.
    fn switched_on(&mut self, of: &Workload) -> String {
        let stack = self.setting("enabled", "");
        match of.switch {
            Some(switch) => format!("{stack} {}", self.setting(switch, "")),
            None => stack,
        }
    }

    /// The expression of a setting; `root` is the prefix of `.Values`.
    fn setting(&mut self, path: &str, root: &str) -> String {
        let path = match (path.strip_prefix("@."), self.slots.of) {
            (Some(rest), Some(of)) => format!("{}.{rest}", of.name),
            _ => path.to_owned(),
        };
        let segments: Vec<String> = path.split('.').map(str::to_owned).collect();
        let computed = self.slots.build.shape.field(&segments).is_some_and(|field| field.default.is_some());
        let text = match computed {
            true => format!(
                "include \"{}\" {}",
                helper(self.slots.build.name(), &segments),
                match root {
                    "" => ".",
                    root => root,
                }
            ),
            false => format!("{root}.Values.{path}"),
        };
        if self.slots.build.trace {
            self.settings.push(segments);
        }
        text
    }
}

/// The part of a line before the next slot, the slot's name, and the rest of the line.
fn next_slot(line: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = line.split_once('«')?;
    Some((before, rest.split_once('»')?))
}

/// One document per workload, each inside its workload's switch. Workloads that always run come first.
pub(super) fn documents<'w>(
    build: &Build,
    workloads: impl Iterator<Item = (&'w Workload, &'static str, Option<&'static str>)>,
) -> Traced {
    let mut out = Template::default();
    for (of, template, also) in workloads {
        let slots = Slots { build, of: Some(of), names: &[], lines: &|_| None };
        let document = fill(&slots, template);
        let switches: Vec<&str> = of.switch.into_iter().chain(also.filter(|_| of.switch.is_some())).collect();
        if switches.is_empty() {
            if !out.is_empty() {
                out.line("---");
            }
            out.append(document);
            continue;
        }
        let paths: Vec<Vec<String>> =
            switches.iter().map(|path| path.split('.').map(str::to_owned).collect()).collect();
        let read: Vec<String> = switches.iter().map(|path| format!(".Values.{path}")).collect();
        let condition = match read.as_slice() {
            [one] => one.clone(),
            several => format!("and {}", several.join(" ")),
        };
        out.reading(if build.trace { &paths } else { &[] }, |out| out.action(format!("if {condition}")));
        out.line("---");
        out.append(document);
        out.action("end");
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_in_a_line() {
        assert_eq!(next_slot("a «=b.c» d"), Some(("a ", ("=b.c", " d"))));
    }
}
