//! The volume with the samples: a build that names another one, or a smaller one, is stopped or warned of.

use super::codes::{SMALLER, VOLUME};
use super::outputs::Wanted;
use super::owned::record::Place;
use super::plan::Planner;
use crate::compile::Compiled;
use crate::deploy::Deployment;
use crate::diagnostics::Diagnostic;
use crate::emit::compose::VOLUME_SUFFIX;
use crate::emit::helm;
use crate::semantics::quantity::{Quantity, Unit};
use crate::source::Span;
use crate::yaml::read as yaml_read;
use std::collections::BTreeSet;

impl Planner<'_, '_> {
    /// Reports stacks whose samples would stay behind in a volume of another name.
    pub(super) fn check_volumes(&mut self, wanted: &Wanted) {
        for at in 0..wanted.members.len() {
            self.at = Some(at);
            self.check_volume(wanted, at);
        }
        self.at = None;
    }

    fn check_volume(&mut self, wanted: &Wanted, at: usize) {
        let (compiled, source) = (self.members[at].compiled, self.members[at].source);
        let base = &compiled.variants[0].deployment;
        let persistence = &base.stack.persistence;
        if !persistence.enabled.value || persistence.volume.is_some() {
            return;
        }
        let before = self.volumes_before(wanted, at, source);
        let (name, place) = (&base.name, compiled.places.name);
        if let Some(old) = before.first().filter(|_| !before.contains(name.as_str())) {
            let report = Diagnostic::error(
                &VOLUME,
                format!("`{name}` would start empty: the samples are in the volume `{old}`"),
            )
            .at(place, "the volume is called like the stack")
            .help(format!("write `persistence.volume = \"{old}\"` to keep them"))
            .help(format!("write `persistence.volume = \"{name}\"` to start anew"));
            return self.report(report);
        }
        if persistence.existing_claim.is_none() {
            self.check_old_claim(wanted, at, base);
        }
    }

    /// The names of volumes that a stack wrote into compose files: under its own file, or under one that is
    /// gone and wrote to the same place.
    fn volumes_before(&self, wanted: &Wanted, at: usize, source: &str) -> BTreeSet<String> {
        let home = &wanted.members[at];
        let beside = |place: &Place| {
            *place.file == *home.compose_file
                || home.parent.as_ref().is_some_and(|parent| place.file.starts_with(&format!("{parent}/")))
        };
        let leaves = &self.before.leaves;
        let marked = leaves.iter().filter(|(place, _)| beside(place)).flat_map(|(_, marks)| marks);
        let gone: BTreeSet<&str> =
            marked.map(|(by, _)| by).filter(|by| self.gone.contains(*by)).map(|by| &**by).collect();
        let of_other = |name: &str| {
            let mut others = wanted.members.iter().enumerate();
            others.any(|(n, home)| n != at && home.name == name)
        };
        let by_us = |by: &str| by == source || gone.contains(by);
        let ours = leaves.iter().filter(|(_, marks)| marks.iter().any(|(by, _)| by_us(by)));
        let names = ours.filter_map(|(place, _)| match place.path.as_slice() {
            [volumes, name, ..] if volumes.key() == Some("volumes") => {
                name.key()?.strip_suffix(VOLUME_SUFFIX)
            }
            _ => None,
        });
        names.filter(|name| !of_other(name)).map(str::to_owned).collect()
    }

    /// Reports a chart of vmsc 0.1 on disk whose claim an override named.
    fn check_old_claim(&mut self, wanted: &Wanted, at: usize, base: &Deployment) {
        let home = &wanted.members[at];
        let folder = match &home.parent {
            Some(parent) => format!("{parent}/charts/{}", home.name),
            None => format!("charts/{}", home.name),
        };
        let whole = base.stack.fullname_override.as_ref();
        let Some(given) = whole.or(base.stack.name_override.as_ref()) else { return };
        let claim = self.text_on_disk(&format!("{folder}/templates/persistentvolumeclaim.yaml"));
        if !claim.is_some_and(|text| {
            text.contains(&format!("name: {{{{ include \"{}.fullname\" . }}}}", home.name))
        }) {
            return;
        }
        let (setting, keep) = match whole {
            Some(_) => ("fullnameOverride", "existingClaim"),
            None => ("nameOverride", "volume"),
        };
        let (name, value) = (base.name.clone(), given.value.clone());
        let report = Diagnostic::error(
            &VOLUME,
            format!("`{name}` would start empty: charts of vmsc 0.1 named the volume by `{setting}`"),
        )
        .at(given.span, "no longer names the volume")
        .help(format!("write `persistence.{keep} = \"{value}\"` to keep the samples of what is installed"))
        .help(format!("write `persistence.volume = \"{name}\"` if nothing is installed, or to start anew"));
        self.report(report);
    }

    /// Warns of a volume that would be smaller than the outputs on disk have it, or than the base where it is
    /// the same volume.
    pub(super) fn check_size(&mut self, wanted: &Wanted, at: usize) {
        let home = &wanted.members[at];
        let compiled: &Compiled = self.members[at].compiled;
        let umbrella = home.parent.clone();
        let folder = umbrella.clone().unwrap_or_else(|| format!("charts/{}", home.name));
        let (base, name) = (&compiled.variants[0].deployment, home.name.clone());
        for variant in &compiled.variants {
            let persistence = &variant.deployment.stack.persistence;
            if !persistence.enabled.value || persistence.existing_claim.is_some() {
                continue;
            }
            let (size, profile) = (&persistence.size, variant.profile.as_deref());
            let file = helm::values_file(&folder, profile);
            let path: Vec<&str> =
                umbrella.iter().map(|_| name.as_str()).chain(["persistence", "size"]).collect();
            let on_disk = self.text_on_disk(&file).and_then(|text| {
                let values = yaml_read::value(&text).ok()?;
                Quantity::literal(yaml_read::at(&values, &path)?.as_str()?, Unit::Bytes)
            });
            if let Some(before) = on_disk.filter(|before| before.amount > size.value.amount) {
                self.smaller(size.span, &size.value, &format!("`{file}` has {before}"), &before.to_string());
                continue;
            }
            let Some(profile) = profile else { continue };
            let of_base = &base.stack.persistence;
            if !of_base.enabled.value || of_base.size.value.amount <= size.value.amount {
                continue;
            }
            let shared = variant.deployment.volume() == base.volume();
            let said = persistence
                .volume
                .as_ref()
                .is_some_and(|own| of_base.volume.as_ref().is_none_or(|base| base.span != own.span));
            if said && shared {
                let before = &of_base.size.value;
                self.smaller(
                    size.span,
                    &size.value,
                    &format!("the stack has {before}, and `{profile}` the same volume"),
                    &before.to_string(),
                );
            } else if !said {
                self.notes.push(format!(
                    "profile `{profile}` has a smaller volume ({}) than the stack ({}): it can't be installed over it",
                    size.value, of_base.size.value
                ));
            }
        }
    }

    fn smaller(&mut self, span: Span, size: &Quantity, why: &str, keep: &str) {
        let place = self.places().map(|places| places.name).filter(|_| span.chunk.is_builtin());
        let report = Diagnostic::warning(&SMALLER, format!("the volume would get smaller: {size}"))
            .at(place.unwrap_or(span), why)
            .note("a volume claim can't shrink: the API server would refuse the upgrade")
            .help(format!("write `persistence.size = {keep}` or more, or another `persistence.volume`, which starts empty"));
        self.report(report);
    }

    /// The text of a file of the project as it is on disk; `None` if there is none that can be read.
    fn text_on_disk(&mut self, path: &str) -> Option<String> {
        let full = self.root.join(path);
        self.map().overlay.text(&full).ok()
    }
}
