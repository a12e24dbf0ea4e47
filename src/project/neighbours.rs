//! What stands beside the subchart and gets in its way: archives, a lock file, and what the stack
//! wrote under another name.

use super::mark;
use super::plan::Planner;
use super::problems::{ARCHIVE, LOCK};
use super::record::{NAME, Record};
use crate::diagnostics::Report;
use crate::source::read;

impl Planner<'_> {
    /// Files of the umbrella's that make Helm look elsewhere.
    pub(super) fn neighbours(&mut self, parent: &str, name: &str) {
        let charts = self.root.join(parent).join("charts");
        let packed = |file: &String| {
            let rest = file
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.strip_suffix(".tgz"));
            rest.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        };
        for archive in read::names(&charts).iter().filter(|file| packed(file)) {
            self.reports.push(
                Report::warning(
                    &ARCHIVE,
                    format!("`{parent}/charts/{archive}` is in the way of the subchart"),
                )
                .at(self.places.parent, "Helm 3 takes the archive and not the folder beside it")
                .help(format!("remove it: `rm {parent}/charts/{archive}`")),
            );
        }
        let lock = self.root.join(parent).join("Chart.lock");
        let locked = read::text(&lock).is_ok_and(|text| !text.contains(&format!("name: {name}\n")));
        if locked {
            self.reports.push(
                Report::warning(&LOCK, format!("`{parent}/Chart.lock` does not know the subchart"))
                    .at(self.places.parent, "`helm dependency build` says that it is out of sync")
                    .help(format!("run `helm dependency update {parent}`")),
            );
        }
    }

    /// What this stack wrote when it had another name: the subchart beside ours that says it was
    /// compiled from the same file.
    pub(super) fn renamed(&mut self, folder: &str, record: &Record) {
        let Some((charts, own)) = folder.rsplit_once('/') else { return };
        for name in read::names(&self.root.join(charts)).into_iter().filter(|name| name != own) {
            let path = format!("{charts}/{name}/{NAME}");
            let Ok(text) = read::text(&self.root.join(&path)) else { continue };
            if mark::source(&text) != Some(self.source) {
                continue;
            }
            let mut before = Record::parse(&text);
            before.files.push(path);
            self.gone(&before, &mut record.clone());
        }
    }
}
