//! Override files: a profile's changes to the services.
//!
//! Compose appends lists in an override file to the base's lists, so changed lists use `!override`.

use super::service;
use crate::emit::{Build, Edit};
use crate::yaml::{Entry, Yaml};

/// The entries of every profile's override file.
pub(super) fn edits(build: &Build) -> Vec<Edit> {
    let mut edits = Vec::new();
    let base = service::services(build, build.base());
    for variant in build.profiles() {
        let profile = variant.profile.as_deref().unwrap_or_default();
        let file = file(build, profile);
        let edit = |kind: &str, name: String, value: Yaml| Edit {
            file: file.clone(),
            path: vec![kind.into(), name.into()],
            value,
            create: true,
            profile: Some(profile.to_owned()),
        };
        for (name, after) in service::services(build, variant) {
            let before = base.iter().find(|(known, _)| *known == name).map(|(_, service)| service);
            let changed = match before {
                Some(before) => difference(before, &after),
                None => Some(after),
            };
            edits.extend(changed.map(|value| edit("services", name, value)));
        }
        for volume in service::volumes(variant) {
            if !service::volumes(build.base()).contains(&volume) {
                let empty = build.from(["persistence.volume", "persistence.enabled"], Yaml::Map(Vec::new()));
                edits.push(edit("volumes", volume, empty));
            }
        }
    }
    edits
}

/// The compose file's name, with the profile before the extension.
pub(super) fn file(build: &Build, profile: &str) -> String {
    let base = &*build.compose_file;
    match base.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => format!("{stem}.{profile}.{ending}"),
        _ => format!("{base}.{profile}"),
    }
}

fn difference(before: &Yaml, after: &Yaml) -> Option<Yaml> {
    let (Yaml::Map(before), Yaml::Map(after)) = (before.plain(), after.plain()) else { return None };
    let mut changed = Vec::new();
    for entry in after {
        match before.iter().find(|known| known.key == entry.key) {
            Some(known) if known.value == entry.value => {}
            // Compose replaces these without a tag.
            Some(_) if matches!(entry.key.as_str(), "command" | "healthcheck") => changed.push(entry.clone()),
            Some(_) if matches!(entry.value.plain(), Yaml::List(_) | Yaml::Map(_)) => {
                let value = Yaml::Tagged("!override", Box::new(entry.value.clone()));
                changed.push(Entry::new(&entry.key, value));
            }
            _ => changed.push(entry.clone()),
        }
    }
    for gone in before.iter().filter(|known| !after.iter().any(|entry| entry.key == known.key)) {
        changed.push(Entry::new(&gone.key, Yaml::Tagged("!reset", Box::new(Yaml::Null))));
    }
    (!changed.is_empty()).then_some(Yaml::Map(changed))
}
