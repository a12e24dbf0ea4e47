//! The Compose service, its scrape file, and an override file for each profile.
//!
//! [`service`] builds the service, [`scrape`] the scrape file, [`profile`] the override files;
//! [`place`] has the paths of the files.

mod place;
mod profile;
mod scrape;
mod service;

use super::{Build, CommentStyle, Edit, File, Target};
use crate::deploy::workload::SCRAPE_FILE;
use crate::yaml::{Segment, Yaml};
use place::{folder, mounted};
use scrape::scrapes_alone;
pub use service::VOLUME_SUFFIX;

/// Docker Compose.
pub const TARGET: Target = Target { files, edits, files_of, not_lowered: |_| Vec::new() };

/// The generated files: a scrape file, and one more for each profile with different jobs.
fn files(build: &Build) -> Vec<File> {
    let base = scrape::file(build, build.base());
    let mut files = Vec::new();
    for variant in build.profiles() {
        let text = scrape::file(build, variant);
        if text.text != base.text {
            let path = format!("{}/{SCRAPE_FILE}", folder(build, variant.profile.as_deref()));
            let file = File::new(path, text, CommentStyle::Hash);
            files.push(File { profile: variant.profile.clone(), ..file });
        }
    }
    files.insert(0, File::new(format!("{}/{SCRAPE_FILE}", folder(build, None)), base, CommentStyle::Hash));
    files
}

/// The files that may exist for a single profile.
fn files_of(build: &Build, profile: &str) -> Vec<String> {
    vec![profile::file(build, profile), format!("{}/{SCRAPE_FILE}", folder(build, Some(profile)))]
}

/// The entries in the user's compose file and in the override files.
fn edits(build: &Build) -> Vec<Edit> {
    let base = build.base();
    let compose = &base.deployment.stack.compose;
    let file = build.compose_file.clone();
    let edit = |path: [Segment; 2], value: Yaml| Edit {
        file: file.clone(),
        path: path.into(),
        value,
        create: true,
        profile: None,
    };
    let mut edits = Vec::new();
    for (name, service) in service::services(build, base) {
        edits.push(edit(["services".into(), name.into()], service));
    }
    for volume in service::volumes(base) {
        let empty = build.from(["persistence.volume", "persistence.enabled"], Yaml::Map(Vec::new()));
        edits.push(edit(["volumes".into(), volume.into()], empty));
    }
    if let Some(network) = compose.network.as_ref() {
        let empty = build.from(["compose.network"], Yaml::Map(Vec::new()));
        edits.push(edit(["networks".into(), (&*network.value).into()], empty));
    }
    edits.extend(profile::edits(build));
    edits
}
