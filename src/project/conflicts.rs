//! Conflicts between the outputs and other files of the project: a chart archive, a lock file, a port
//! that is taken.

use super::codes::{ARCHIVE, LOCK, PUBLISHED, at_file, shared_service};
use super::outputs::Wanted;
use super::plan::Planner;
use crate::deploy::Deployment;
use crate::diagnostics::Diagnostic;
use crate::source::read;
use crate::yaml::located::{self, Data, Spanned};
use std::collections::HashSet;
use std::rc::Rc;

impl Planner<'_, '_> {
    /// Reports a chart archive or an out-of-sync lock file in the umbrella.
    pub(super) fn report_conflicts(&mut self, parent: &str, name: &str) {
        let Some(place) = self.places().map(|places| places.parent) else { return };
        let charts = self.root.join(parent).join("charts");
        let packed = |file: &String| {
            let rest = file
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.strip_suffix(".tgz"));
            rest.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        };
        for archive in read::names(&charts).iter().filter(|file| packed(file)) {
            let title = format!("`{parent}/charts/{archive}` overrides the subchart");
            self.report(
                Diagnostic::warning(&ARCHIVE, title)
                    .at(place, "Helm 3 uses the archive, not the folder beside it")
                    .help(format!("remove it: `rm {parent}/charts/{archive}`")),
            );
        }
        let lock = self.root.join(parent).join("Chart.lock");
        let locked =
            self.map().overlay.text(&lock).is_ok_and(|text| !text.contains(&format!("name: {name}\n")));
        if locked {
            let title = format!("`{parent}/Chart.lock` does not list the subchart");
            self.report(
                Diagnostic::warning(&LOCK, title)
                    .at(place, "`helm dependency build` will report it as out of sync")
                    .help(format!("run `helm dependency update {parent}`")),
            );
        }
    }

    /// Reports entries of the umbrella that install the subchart again, under an alias, with the same name of
    /// the Service.
    pub(super) fn report_aliases(&mut self, parent: &str, deployment: &Deployment) {
        let chart = format!("{parent}/Chart.yaml");
        let Some(Some(text)) = self.load(&chart) else { return };
        let Ok(root) = located::read(&text) else { return };
        let Some(Data::List(entries)) = root.get("dependencies").map(|entries| &entries.data) else { return };
        let values = self.load(&format!("{parent}/values.yaml")).flatten();
        let values = values.and_then(|values| located::read(&values).ok());
        let service = &*deployment.stack.service.name.value;
        let string = |entry: &Spanned, key: &str| match &entry.get(key)?.data {
            Data::String(text) => Some(text.to_string()),
            _ => None,
        };
        for entry in entries.iter() {
            let Some(alias) = string(entry, "alias") else { continue };
            if string(entry, "name").as_deref() != Some(&*deployment.name) || alias == *deployment.name {
                continue;
            }
            let own = values.as_ref().and_then(|values| {
                string(values.get(&alias)?.get("service")?, "name").filter(|own| own != service)
            });
            if own.is_none() {
                let report = shared_service(&alias, service, "")
                    .help(format!("give it a name of its own in `{parent}/values.yaml`: `{alias}: {{service: {{name: {alias}-store}}}}`"));
                let range = entry.get("alias").map_or(0..0, |alias| alias.range.clone());
                let label = "the same chart once more";
                let report = at_file(report, &chart, &text, range, label, self.map());
                self.report(report);
            }
        }
    }

    /// Reports other services in the planned compose file that publish our port.
    pub(super) fn report_published(
        &mut self,
        file: &str,
        wanted: &Wanted,
        at: usize,
        deployment: &Deployment,
    ) {
        let Some(Some(text)) = self.load(file) else { return };
        let Ok(root) = located::read(&text) else { return };
        let source = self.members[at].source;
        let before = Rc::clone(&self.before);
        let planned =
            wanted.leaves.iter().filter(|(_, leaf)| leaf.members.contains(&at)).map(|(place, _)| place);
        let recorded =
            before.leaves.iter().filter(|(_, marks)| marks.iter().any(|(stack, _)| **stack == *source));
        let own = planned.chain(&wanted.aside).chain(recorded.map(|(place, _)| place));
        let ours: HashSet<&str> = own
            .filter(|place| *place.file == *file)
            .filter_map(|place| match place.path.as_slice() {
                [services, name, ..] if services.key() == Some("services") => name.key(),
                _ => None,
            })
            .collect();
        let port = deployment.stack.compose.port.value;
        let bind = &*deployment.stack.compose.bind.value;
        let Some(services) = root.get("services") else { return };
        for service in services.entries().iter().filter(|entry| !ours.contains(&*entry.key)) {
            let Some(Data::List(ports)) = service.value.get("ports").map(|ports| &ports.data) else {
                continue;
            };
            let takes = |item: &&Spanned| published(item).is_some_and(|taken| taken.takes(port, bind));
            for taken in ports.iter().filter(takes) {
                let title = format!("`{}` also publishes port {port}", service.key);
                let report = Diagnostic::warning(&PUBLISHED, title);
                let label = "whichever starts second will fail";
                let report = at_file(report, file, &text, taken.range.clone(), label, self.map());
                self.report(report.help("write `compose { port = … }` with a port that is free"));
            }
        }
    }
}

/// The host ports that an entry of `ports` publishes (Compose Specification, ports).
struct Published {
    /// The host address; `None` for all addresses.
    address: Option<String>,
    first: i64,
    last: i64,
}

impl Published {
    /// Whether it publishes `port` on an address that overlaps `bind`.
    fn takes(&self, port: i64, bind: &str) -> bool {
        let all = |address: &str| matches!(address, "0.0.0.0" | "[::]" | "::");
        let address = self.address.as_deref().is_none_or(|own| own == bind || all(own) || all(bind));
        address && (self.first..=self.last).contains(&port)
    }

    fn new(address: Option<&str>, ports: &str) -> Option<Published> {
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let address = address.map(str::to_owned);
        Some(Published { address, first: first.parse().ok()?, last: last.parse().ok()? })
    }
}

/// Parses the TCP ports of an entry; `None` if it publishes none.
fn published(entry: &Spanned) -> Option<Published> {
    match &entry.data {
        Data::String(text) => {
            let text = text.strip_suffix("/tcp").unwrap_or(text);
            let (rest, container) = text.rsplit_once(':')?;
            if container.ends_with("/udp") {
                return None;
            }
            match rest.rsplit_once(':') {
                Some((address, ports)) => Published::new(Some(address), ports),
                None => Published::new(None, rest),
            }
        }
        Data::Map(_) => {
            let text = |key: &str| match &entry.get(key)?.data {
                Data::String(text) | Data::Number(text) => Some(&**text),
                _ => None,
            };
            if text("protocol").is_some_and(|protocol| protocol != "tcp") {
                return None;
            }
            Published::new(text("host_ip"), text("published")?)
        }
        _ => None,
    }
}
