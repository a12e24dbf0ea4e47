//! The files that a build reads, to see when one changes.

use super::open::Workspace;
use crate::compile::Live;
use crate::source::read;
use crate::syntax::tree::ItemKind;
use crate::yaml::meaning::digest;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// Files with digests of their texts; `None` for one that can't be read.
pub type Snapshot = BTreeMap<Utf8PathBuf, Option<String>>;

/// What a build of a project reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The folders that hold the files, and those where a missing import would be.
    pub folders: BTreeSet<Utf8PathBuf>,
    /// The files as they are now: stacks, what they import, and the YAML files beside the umbrella's
    /// `Chart.yaml` and beside the compose file.
    pub files: Snapshot,
}

impl Inputs {
    /// Reads the inputs of the project at a root.
    pub fn of(root: &Utf8Path) -> Inputs {
        let mut workspace = Workspace::default();
        workspace.open_root(root);
        let _ = workspace.evaluate(root, &crate::semantics::stop::Stop::default());
        let mut inputs = Inputs::default();
        let stacks = root.join("stacks");
        inputs.folders.insert(if read::kind(&stacks) == read::Kind::Directory {
            stacks
        } else {
            root.to_owned()
        });
        for live in workspace.beside(&root.join("stacks.vms")) {
            inputs.stack(live, root);
        }
        let folders: Vec<Utf8PathBuf> = inputs.folders.iter().cloned().collect();
        inputs.folders = folders.into_iter().map(|folder| existing(&folder)).collect();
        inputs
    }

    fn stack(&mut self, live: &Live, root: &Utf8Path) {
        for (file, _) in live.map().files() {
            self.file(live.path_of(file));
        }
        // Where an import is missing, it may come.
        let modules = live.analysis().map_or(&[][..], |analysis| &analysis.loaded().modules);
        for module in modules {
            let file = live.path_of(module.file);
            let folder = file.parent().unwrap_or(root);
            for item in module.tree.items() {
                if let ItemKind::Import { path, .. } = &item.kind
                    && let Some(path) = path.plain_text()
                    && let Some(parent) = folder.join(path).parent()
                {
                    self.folders.insert(parent.to_owned());
                }
            }
        }
        let settings = live.values().first().map(|values| &values.root);
        let text = |record: &str, field: &str| {
            let value =
                settings?.get(record)?.get(field).filter(|value| !value.is_absent() && !value.has_error());
            Some(value?.kind.to_string())
        };
        if let Some(parent) = text("chart", "parent") {
            self.yaml_in(&root.join(parent));
        }
        if let Some(file) = text("compose", "file") {
            self.yaml_in(root.join(file).parent().unwrap_or(root));
        }
    }

    fn file(&mut self, path: Utf8PathBuf) {
        if let Some(folder) = path.parent() {
            self.folders.insert(folder.to_owned());
        }
        let text = read::text(&path).ok().map(|text| digest(&text));
        self.files.insert(path, text);
    }

    fn yaml_in(&mut self, folder: &Utf8Path) {
        self.folders.insert(folder.to_owned());
        let is_yaml = |name: &String| name.ends_with(".yaml") || name.ends_with(".yml");
        for name in read::names(folder).into_iter().filter(is_yaml) {
            self.file(folder.join(name));
        }
    }
}

/// The nearest folder that exists.
fn existing(folder: &Utf8Path) -> Utf8PathBuf {
    let found = folder.ancestors().find(|folder| read::kind(folder) == read::Kind::Directory);
    found.unwrap_or(folder).to_owned()
}
