//! The Compose service, its scrape file, and an override file for each profile.
//!
//! [`service`] is the service as data, [`scrape`] the scrape file, [`profile`] the difference that
//! an override file says.

mod profile;
mod scrape;
mod service;

use super::{Build, Edit, File, Mark, Variant};
use crate::yaml::{Segment, Yaml};

/// The generated files: a scrape file, and one for each profile whose jobs differ.
pub fn files(build: &Build) -> Vec<File> {
    let base = scrape::file(build, build.base());
    let mut files = vec![File {
        path: format!("{}/scrape.yml", folder(build, None)),
        text: base.clone(),
        mark: Mark::Hash,
        profile: None,
    }];
    for variant in build.profiles() {
        let text = scrape::file(build, variant);
        if text != base {
            let path = format!("{}/scrape.yml", folder(build, variant.profile.as_deref()));
            files.push(File { path, text, mark: Mark::Hash, profile: variant.profile.clone() });
        }
    }
    files
}

/// The files that a profile may have for itself.
pub fn files_of(build: &Build, profile: &str) -> Vec<String> {
    vec![profile::file(build, profile), format!("{}/scrape.yml", folder(build, Some(profile)))]
}

/// The entries in the user's compose file and in the override files.
pub fn edits(build: &Build) -> Vec<Edit> {
    let base = build.base();
    let compose = &base.deployment.stack.compose;
    let file = compose.file.value.to_string();
    let edit = |path: [Segment; 2], value: Yaml, shared: bool| Edit {
        file: file.clone(),
        path: path.into(),
        value,
        shared,
        create: true,
        profile: None,
    };
    let mut edits = Vec::new();
    for (name, service) in service::services(build, base) {
        edits.push(edit(["services".into(), name.into()], service, false));
    }
    for volume in service::volumes(build, base) {
        edits.push(edit(["volumes".into(), volume.into()], Yaml::Map(Vec::new()), false));
    }
    if let Some(network) = compose.network.as_ref() {
        edits.push(edit(["networks".into(), (&*network.value).into()], Yaml::Map(Vec::new()), true));
    }
    edits.extend(profile::edits(build));
    edits
}

/// The folder that is mounted for the scrape file, below the compose file's.
fn folder(build: &Build, profile: Option<&str>) -> String {
    let relative = mounted(build, profile);
    match parent(build) {
        "" => relative,
        parent => format!("{parent}/{relative}"),
    }
}

/// The same, as the compose file names it.
fn mounted(build: &Build, profile: Option<&str>) -> String {
    match profile {
        None => build.name().to_owned(),
        Some(profile) => format!("{}/{profile}", build.name()),
    }
}

fn parent<'b>(build: &'b Build) -> &'b str {
    let file = &*build.base().deployment.stack.compose.file.value;
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a profile has a scrape file of its own.
fn scrapes_alone(build: &Build, variant: &Variant) -> bool {
    variant.profile.is_some() && scrape::file(build, variant) != scrape::file(build, build.base())
}
