//! `.vmsc.json`, the record that 0.1 kept in the subchart's folder.

use crate::yaml::Segment;
use serde::Deserialize;
use std::rc::Rc;

/// File name of the record.
pub(super) const NAME: &str = ".vmsc.json";

/// What a build of 0.1 wrote.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Record {
    /// Files that vmsc owns entirely.
    #[serde(default)]
    pub(super) files: Vec<String>,
    /// Entries in the user's files.
    #[serde(default)]
    pub(super) entries: Vec<OwnedEntry>,
    /// The user's collections that were empty or missing before.
    #[serde(default)]
    pub(super) filled: Vec<FilledCollection>,
}

/// An entry that 0.1 wrote, with the digest of its text.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct OwnedEntry {
    pub(super) file: String,
    pub(super) path: Vec<Segment>,
    pub(super) digest: String,
}

/// A collection that was empty (`was`) or missing.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct FilledCollection {
    pub(super) file: String,
    pub(super) path: Vec<Segment>,
    pub(super) was: Option<String>,
}

/// The records of 0.1 that were found.
#[derive(Debug, Default)]
pub(super) struct OldRecords {
    /// Their files.
    pub(super) paths: Vec<String>,
    /// Their entries, each with its stack.
    pub(super) entries: Vec<(Rc<str>, OwnedEntry)>,
}
