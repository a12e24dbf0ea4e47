//! What a build wrote into files of the user's, so that the next one knows what is its own.
//!
//! Kept in one generated file beside the subchart, not in comments of the user's files.

use crate::yaml::Segment;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Name of the record in the subchart's folder.
pub const NAME: &str = ".vmsc.json";

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Files that are ours whole.
    #[serde(default)]
    pub files: Vec<String>,
    /// Entries in files of the user's.
    #[serde(default)]
    pub entries: Vec<OwnedEntry>,
    /// Collections of theirs that were empty or absent before, so that removing gives that back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filled: Vec<FilledCollection>,
}

/// A collection in a file of the user's that our entries filled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FilledCollection {
    /// The file, below the root.
    pub file: String,
    /// The way to it; empty for the whole file.
    pub path: Vec<Segment>,
    /// What stood there (`{}`, `~`, nothing); none where it was not there.
    pub was: Option<String>,
}

/// An entry in a file of the user's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnedEntry {
    /// The file, below the root.
    pub file: String,
    /// The way to it.
    pub path: Vec<Segment>,
    /// Digest of its text.
    pub digest: String,
}

impl Record {
    /// Reads a record; one that can't be read counts as none, and what it knew as the user's.
    pub fn parse(text: &str) -> Record {
        let without_mark: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        serde_json::from_value(without_mark).unwrap_or_default()
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        format!("{}\n", serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// The digests of our entries, by file and path.
    pub fn digests(&self) -> HashMap<(&str, &[Segment]), &str> {
        let entries = self.entries.iter();
        entries.map(|e| ((e.file.as_str(), e.path.as_slice()), e.digest.as_str())).collect()
    }
}
